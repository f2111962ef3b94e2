//! Clients that mean harm, or behave as if: they hold connections, dribble, lie about lengths, say nonsense.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bot_auto_order::primitives::Clock;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::sender::{Bodies, Door};
use super::wire::Wire;

/// Between two bytes of whoever dribbles.
const DRIBBLE: Duration = Duration::from_millis(500);
/// Before somebody who was sent away comes again.
const PAUSE: Duration = Duration::from_secs(2);
/// Nobody's kernel likes thousands in the same moment; a crowd needs this long to gather.
const GATHERING: Duration = Duration::from_secs(2);
/// Nobody waits longer for the other side.
const PATIENCE: Duration = Duration::from_secs(40);
/// Whoever is not waiting for an answer waits this long.
const SHORT: Duration = Duration::from_millis(20);
/// One byte more than the largest delivery.
pub const TOO_LARGE: usize = 256 * 1024 + 1;

/// Lets this process, and those it starts from now on, open as many files as it may.
pub fn raise_open_files() {
    let maximum = getrlimit(Resource::Nofile).maximum;
    // Where it cannot be raised, the crowd that does not come is counted.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

/// What a member of a crowd does with its connection.
#[derive(Debug, Clone, Copy)]
pub enum Manner {
    /// Says nothing.
    Idle,
    /// Says a head that has no end, byte by byte.
    DribblesHead,
    /// Says at once as much of a head as nobody needs.
    LongHead,
}

/// Many connections to one address, each opened again when it is closed, until the crowd is called off.
pub struct Crowd {
    members: JoinSet<()>,
    opened: Arc<AtomicU64>,
    enough: CancellationToken,
}

impl Crowd {
    pub fn gather(address: SocketAddr, size: usize) -> Self {
        let (enough, opened) = (CancellationToken::new(), Arc::new(AtomicU64::new(0)));
        let manners = [Manner::Idle, Manner::DribblesHead, Manner::Idle, Manner::LongHead];
        let members = (0..size)
            .map(|number| {
                let wait = GATHERING * u32::try_from(number).expect("few")
                    / u32::try_from(size).expect("few");
                let manner = manners[number % manners.len()];
                member(address, manner, wait, Arc::clone(&opened), enough.clone())
            })
            .collect();
        Self { members, opened, enough }
    }

    /// From now on nobody comes again; those who are there stay until they are sent away.
    pub fn disperse(&self) {
        self.enough.cancel();
    }

    /// How many connections there were in all; those that nobody closed are left.
    pub async fn end(mut self) -> u64 {
        self.members.shutdown().await;
        self.opened.load(Ordering::Relaxed)
    }
}

async fn member(
    address: SocketAddr,
    manner: Manner,
    wait: Duration,
    opened: Arc<AtomicU64>,
    enough: CancellationToken,
) {
    let clock = Clock::system();
    clock.sleep(wait).await;
    while !enough.is_cancelled() {
        if let Ok(wire) = Wire::open(address).await {
            opened.fetch_add(1, Ordering::Relaxed);
            let _ = tokio::time::timeout(PATIENCE, stay(wire, manner)).await;
        }
        enough.run_until_cancelled(clock.sleep(PAUSE)).await;
    }
}

/// Stays until the other side closes the connection.
async fn stay(mut wire: Wire, manner: Manner) {
    let clock = Clock::system();
    let begun = match manner {
        Manner::Idle => String::new(),
        Manner::DribblesHead => "POST /telegram/".to_owned(),
        Manner::LongHead => format!("GET / HTTP/1.1\r\nx-long: {}", "x".repeat(15 * 1024)),
    };
    if wire.write(begun.as_bytes()).await.is_err() {
        return;
    }
    if !matches!(manner, Manner::DribblesHead) {
        let _ = wire.read_to_end().await;
        return;
    }
    while !wire.is_closed() && wire.write(b"x").await.is_ok() {
        clock.sleep(DRIBBLE).await;
    }
}

/// What each of many exchanges ended with: a status, or 0 for a closed line.
pub type Ends = Vec<u16>;

/// Bodies one byte too large, each announced and sent whole.
pub async fn too_large(door: &Door, count: usize) -> Ends {
    let lines = 5.min(count.max(1));
    let mut senders = JoinSet::new();
    for _ in 0..lines {
        let door = door.clone();
        senders.spawn(async move {
            let request = door.request(&vec![b' '; TOO_LARGE]);
            let mut ends = Vec::new();
            for _ in 0..count.div_ceil(lines) {
                ends.push(exchange(door.address, &request, true).await);
            }
            ends
        });
    }
    senders.join_all().await.concat()
}

/// Bytes on a connection of their own, and what the first answer to them was, if one came.
pub async fn exchange(address: SocketAddr, bytes: &[u8], waits: bool) -> u16 {
    let talk = async {
        let mut wire = Wire::open(address).await.ok()?;
        // Whoever is refused early may find the line closed while still talking.
        let _ = wire.write(bytes).await;
        wire.read().await.ok()
    };
    tokio::time::timeout(if waits { PATIENCE } else { SHORT }, talk)
        .await
        .ok()
        .flatten()
        .map_or(0, |answer| answer.status)
}

/// Deliveries one behind the other on one connection, without waiting for an answer to any.
pub async fn pipelined(door: &Door, first: u64, count: u64, bodies: &Bodies) -> Ends {
    let requests: Vec<u8> =
        (first..first + count).flat_map(|number| door.request(&bodies(number))).collect();
    let talk = async {
        let mut ends = Vec::new();
        let Ok(mut wire) = Wire::open(door.address).await else { return ends };
        if wire.write(&requests).await.is_ok() {
            while ends.len() < usize::try_from(count).expect("few") {
                let Ok(answer) = wire.read().await else { break };
                ends.push(answer.status);
            }
        }
        ends
    };
    tokio::time::timeout(PATIENCE, talk).await.unwrap_or_default()
}

/// A whole delivery whose sender then closes his half of the line.
pub async fn half_closed(door: Door, body: Vec<u8>) -> u16 {
    let talk = async {
        let mut wire = Wire::open(door.address).await.ok()?;
        wire.write(&door.request(&body)).await.ok()?;
        wire.close_our_half().await.ok()?;
        wire.read().await.ok()
    };
    tokio::time::timeout(PATIENCE, talk).await.ok().flatten().map_or(0, |answer| answer.status)
}

/// A body that is announced and then dribbles.
pub async fn slow_body(door: Door) -> u16 {
    let clock = Clock::system();
    let talk = async {
        let mut wire = Wire::open(door.address).await.ok()?;
        wire.write(&door.head(10_000)).await.ok()?;
        loop {
            tokio::select! {
                answer = wire.read() => return answer.ok(),
                () = clock.sleep(DRIBBLE) => {}
            }
            // The answer may be there although the line is closed.
            let _ = wire.write(b"x").await;
        }
    };
    tokio::time::timeout(PATIENCE, talk).await.ok().flatten().map_or(0, |answer| answer.status)
}

/// Bytes that are no request.
pub fn garbage(dice: &mut fastrand::Rng) -> Vec<u8> {
    let known: [&[u8]; 8] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /telegram/x HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\n: \r\n\r\n",
        b"\r\n\r\n\r\n\r\n",
        b"GET /\0 HTTP/1.1\r\nhost: \xff\r\n\r\n",
    ];
    if dice.bool() {
        return known[dice.usize(..known.len())].to_vec();
    }
    let mut bytes: Vec<u8> = (0..dice.usize(1..3_000)).map(|_| dice.u8(..)).collect();
    bytes.extend_from_slice(b"\r\n\r\n");
    bytes
}
