//! A strict sender of deliveries: kept connections, one delivery under way on each, every answer written down.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bot_auto_order::primitives::{Clock, Timestamp};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::line::{Letter, Line};
use super::wire::Answer;

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
    /// Whether a connection is kept for the next delivery.
    pub keeps: bool,
}

impl Door {
    /// The same door by another way.
    pub fn by(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    /// The same door, where every delivery comes on a connection of its own.
    pub fn anew(&self) -> Self {
        Self { keeps: false, ..self.clone() }
    }

    /// A whole request.
    pub fn request(&self, body: &[u8]) -> Vec<u8> {
        let letter = Letter::post(&self.path, body);
        letter.with("x-telegram-bot-api-secret-token", &self.secret).bytes()
    }

    /// A request's head that announces a body.
    pub fn head(&self, length: usize) -> Vec<u8> {
        let mut request = self.request(&vec![b' '; length]);
        request.truncate(request.len() - length);
        request
    }

    /// One delivery on a connection of its own.
    pub async fn post(&self, body: &[u8]) -> std::io::Result<Answer> {
        Line::to(self.address).ask(&self.request(body)).await
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
    /// The same by the clock on the wall.
    pub due: Timestamp,
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
        Self::begin_few(door, connections, pace, first..u64::MAX, bodies)
    }

    /// As [`Sending::begin`], of so many deliveries.
    pub fn begin_few(
        door: &Door,
        connections: usize,
        pace: Pace,
        numbers: Range<u64>,
        bodies: &Bodies,
    ) -> Self {
        let stop = CancellationToken::new();
        let (first, last) = (numbers.start, numbers.end);
        let (next, begun) = (Arc::new(AtomicU64::new(first)), Instant::now());
        let connections = (0..connections)
            .map(|_| {
                let line = Line::to(door.address).with(PATIENCE, door.keeps);
                let hand = Hand { door: door.clone(), line, pace, first, last, begun };
                hand.send(Arc::clone(&next), Arc::clone(bodies), stop.clone())
            })
            .collect();
        Self { connections, stop }
    }

    /// Ends when every delivery of few is answered.
    pub async fn until_all_are_sent(self) -> Tally {
        Tally(self.connections.join_all().await.concat())
    }

    /// Ends when what is under way is answered.
    pub async fn end(self) -> Tally {
        self.stop.cancel();
        Tally(self.connections.join_all().await.concat())
    }
}

/// One connection of a sender.
struct Hand {
    door: Door,
    line: Line,
    pace: Pace,
    first: u64,
    last: u64,
    begun: Instant,
}

impl Hand {
    async fn send(
        mut self,
        next: Arc<AtomicU64>,
        bodies: Bodies,
        stop: CancellationToken,
    ) -> Vec<Sent> {
        let (clock, mut all) = (Clock::system(), Vec::new());
        while !stop.is_cancelled() {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= self.last {
                break;
            }
            let due = self.due(number);
            let early = due.saturating_duration_since(Instant::now());
            if !early.is_zero() && stop.run_until_cancelled(clock.sleep(early)).await.is_none() {
                break;
            }
            let request = self.door.request(&bodies(number));
            let (status, remark) = match self.line.ask(&request).await {
                Ok(answer) => (answer.status, answer.header("retry-after").map(str::to_owned)),
                Err(error) => (0, Some(error.to_string())),
            };
            let took = due.elapsed();
            let by_the_wall = clock.now().minus(took);
            all.push(Sent { number, status, remark, at: due, due: by_the_wall, took });
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
        self.percentile_of(percent, |_| true)
    }

    /// As [`Tally::percentile`], of those that were due when it says so.
    pub fn percentile_of(&self, percent: usize, due: impl Fn(Instant) -> bool) -> Duration {
        let accepted = self.0.iter().filter(|sent| sent.is_accepted() && due(sent.at));
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
