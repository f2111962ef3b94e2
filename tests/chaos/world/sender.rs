//! A strict sender of deliveries: kept connections, one delivery under way on each, every answer written down.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bot_auto_order::primitives::Clock;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::wire::{Answer, Wire};

/// Whoever is not answered within this has not been answered.
const PATIENCE: Duration = Duration::from_mins(1);

/// The body of the n-th delivery.
pub type Bodies = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;

/// How fast deliveries come.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// At a rate of their own, whether or not the earlier ones were answered.
    PerSecond(u32),
    /// The next one as soon as a connection is free.
    AsAnswered,
}

/// Where deliveries go and what they show.
#[derive(Debug, Clone)]
pub struct Door {
    pub address: SocketAddr,
    /// The path of the store's hook.
    pub path: String,
    pub secret: String,
}

impl Door {
    /// The same door by another way.
    pub fn by(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    /// A whole request.
    pub fn request(&self, body: &[u8]) -> Vec<u8> {
        let mut bytes = self.head(body.len());
        bytes.extend_from_slice(body);
        bytes
    }

    /// A request's head that announces a body.
    pub fn head(&self, length: usize) -> Vec<u8> {
        let Self { path, secret, .. } = self;
        format!(
            "POST {path} HTTP/1.1\r\nhost: toko.test\r\ncontent-type: application/json\r\n\
             x-telegram-bot-api-secret-token: {secret}\r\ncontent-length: {length}\r\n\r\n"
        )
        .into_bytes()
    }

    /// One delivery on a connection of its own.
    pub async fn post(&self, body: &[u8]) -> std::io::Result<Answer> {
        let mut wire = Wire::open(self.address).await?;
        wire.write(&self.request(body)).await?;
        wire.read().await
    }
}

/// What became of one delivery.
#[derive(Debug, Clone)]
pub struct Sent {
    pub number: u64,
    /// 0 when there was no answer.
    pub status: u16,
    /// `Retry-After`, or why there was no answer.
    pub remark: Option<String>,
    pub at: Instant,
    /// From the moment it was due.
    pub took: Duration,
}

impl Sent {
    pub const fn is_accepted(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

/// Deliveries under way.
pub struct Sending {
    connections: JoinSet<Vec<Sent>>,
    stop: CancellationToken,
}

impl Sending {
    /// Begins to send on so many connections, counting from `first`.
    pub fn begin(door: &Door, connections: usize, pace: Pace, first: u64, bodies: &Bodies) -> Self {
        let stop = CancellationToken::new();
        let (next, begun) = (Arc::new(AtomicU64::new(first)), Instant::now());
        let connections = (0..connections)
            .map(|_| {
                let line = Line { door: door.clone(), pace, first, begun, wire: None };
                line.send(Arc::clone(&next), Arc::clone(bodies), stop.clone())
            })
            .collect();
        Self { connections, stop }
    }

    /// Ends when what is under way is answered.
    pub async fn end(self) -> Tally {
        self.stop.cancel();
        Tally(self.connections.join_all().await.concat())
    }
}

/// One connection of a sender.
struct Line {
    door: Door,
    pace: Pace,
    first: u64,
    begun: Instant,
    wire: Option<Wire>,
}

impl Line {
    async fn send(
        mut self,
        next: Arc<AtomicU64>,
        bodies: Bodies,
        stop: CancellationToken,
    ) -> Vec<Sent> {
        let (clock, mut all) = (Clock::system(), Vec::new());
        while !stop.is_cancelled() {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let due = self.due(number);
            let early = due.saturating_duration_since(Instant::now());
            if !early.is_zero() && stop.run_until_cancelled(clock.sleep(early)).await.is_none() {
                break;
            }
            let request = self.door.request(&bodies(number));
            let exchange = tokio::time::timeout(PATIENCE, self.exchange(&request));
            let late = std::io::Error::other("no answer within a minute");
            let answer = exchange.await.unwrap_or(Err(late));
            let (status, remark) = match answer {
                Ok(answer) => (answer.status, answer.header("retry-after").map(str::to_owned)),
                Err(error) => {
                    self.wire = None;
                    (0, Some(error.to_string()))
                }
            };
            all.push(Sent { number, status, remark, at: due, took: due.elapsed() });
        }
        all
    }

    fn due(&self, number: u64) -> Instant {
        match self.pace {
            Pace::PerSecond(rate) => {
                let micros = (number - self.first) * 1_000_000 / u64::from(rate);
                self.begun + Duration::from_micros(micros)
            }
            Pace::AsAnswered => Instant::now(),
        }
    }

    /// One delivery on the kept connection, or on a new one when there is none any more.
    async fn exchange(&mut self, request: &[u8]) -> std::io::Result<Answer> {
        let mut wire = match self.wire.take().filter(|wire| !wire.is_closed()) {
            Some(wire) => wire,
            None => Wire::open(self.door.address).await?,
        };
        wire.write(request).await?;
        let answer = wire.read().await?;
        if answer.header("connection") != Some("close") {
            self.wire = Some(wire);
        }
        Ok(answer)
    }
}

/// Everything that was sent.
#[derive(Debug, Default)]
pub struct Tally(pub Vec<Sent>);

impl Tally {
    pub fn accepted(&self) -> usize {
        self.0.iter().filter(|sent| sent.is_accepted()).count()
    }

    /// Those that were not answered 2xx, in a line each.
    pub fn refusals(&self) -> Vec<String> {
        let refused = self.0.iter().filter(|sent| !sent.is_accepted());
        let line = |sent: &Sent| {
            let remark = sent.remark.as_deref().unwrap_or_default();
            format!("delivery {}: {} {remark} after {:?}", sent.number, sent.status, sent.took)
        };
        refused.map(line).collect()
    }

    /// The longest of the fastest `percent` of a hundred accepted deliveries.
    pub fn percentile(&self, percent: usize) -> Duration {
        let accepted = self.0.iter().filter(|sent| sent.is_accepted());
        percentile(accepted.map(|sent| sent.took).collect(), percent)
    }

    pub fn longest(&self) -> Duration {
        self.0.iter().map(|sent| sent.took).max().unwrap_or_default()
    }
}

/// The longest of the fastest `percent` of a hundred.
pub fn percentile(mut times: Vec<Duration>, percent: usize) -> Duration {
    times.sort_unstable();
    let at = (times.len() * percent).div_ceil(100);
    times.get(at.saturating_sub(1)).copied().unwrap_or_default()
}
