//! A small proxy between a replica and its cluster, whose line can be cut, held, emptied or slowed.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::program::free_address;

const PIECE: usize = 16 * 1024;

/// What happens to the bytes of one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// They go on.
    Pass,
    /// They wait, as in a network that loses packets: they go on later.
    Hold,
    /// They are gone, as in a router that forgot the connection: nobody is told, nothing comes later.
    Swallow,
}

/// Both directions of every connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Weather {
    /// Towards the cluster.
    there: Flow,
    /// Towards the replica.
    back: Flow,
    /// Whether new connections are refused; old ones were reset.
    cut: bool,
    /// Grows with every reset.
    resets: u64,
}

/// How much the weather did.
#[derive(Debug, Default)]
struct Counts {
    connections: AtomicU64,
    swallowed: AtomicU64,
    reset: AtomicU64,
}

/// A listening proxy; it and all its connections end when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    weather: watch::Sender<Weather>,
    counts: Arc<Counts>,
    _end: DropGuard,
}

impl Proxy {
    /// A proxy that leads to `target` and passes everything.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn to(target: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(free_address()).await?;
        let address = listener.local_addr()?;
        let fair = Weather { there: Flow::Pass, back: Flow::Pass, cut: false, resets: 0 };
        let (weather, seen) = watch::channel(fair);
        let counts = Arc::new(Counts::default());
        let end = CancellationToken::new();
        let tasks = TaskTracker::new();
        let serving =
            serve(listener, target, seen, Arc::clone(&counts), tasks.clone(), end.clone());
        tasks.spawn(end.clone().run_until_cancelled_owned(serving));
        Ok(Self { address, weather, counts, _end: end.drop_guard() })
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sets what happens to the bytes, old connections' and new ones'.
    pub fn set(&self, there: Flow, back: Flow) {
        self.weather.send_modify(|weather| {
            *weather = Weather { there, back, cut: false, ..*weather };
        });
    }

    pub fn set_there(&self, there: Flow) {
        self.weather.send_modify(|weather| weather.there = there);
    }

    pub fn set_back(&self, back: Flow) {
        self.weather.send_modify(|weather| weather.back = back);
    }

    /// Everything passes again.
    pub fn pass(&self) {
        self.set(Flow::Pass, Flow::Pass);
    }

    /// Resets every connection and refuses new ones until the next [`Proxy::set`] or [`Proxy::pass`].
    pub fn cut(&self) {
        self.weather.send_modify(|weather| {
            weather.cut = true;
            weather.resets += 1;
        });
    }

    /// Connections that were led through so far.
    pub fn connections(&self) -> u64 {
        self.counts.connections.load(Ordering::Relaxed)
    }

    /// Bytes that vanished so far.
    pub fn swallowed(&self) -> u64 {
        self.counts.swallowed.load(Ordering::Relaxed)
    }

    /// Connections that were reset so far.
    pub fn reset(&self) -> u64 {
        self.counts.reset.load(Ordering::Relaxed)
    }
}

async fn serve(
    listener: TcpListener,
    target: SocketAddr,
    weather: watch::Receiver<Weather>,
    counts: Arc<Counts>,
    tasks: TaskTracker,
    end: CancellationToken,
) {
    loop {
        let Ok((near, _)) = listener.accept().await else { continue };
        let (weather, counts) = (weather.clone(), Arc::clone(&counts));
        let leading = async move {
            if weather.borrow().cut {
                let _ = near.set_zero_linger();
                return;
            }
            lead(near, target, weather, &counts).await;
        };
        tasks.spawn(end.clone().run_until_cancelled_owned(leading));
    }
}

/// Leads one connection until either side ends it or it is reset.
async fn lead(
    mut near: TcpStream,
    target: SocketAddr,
    weather: watch::Receiver<Weather>,
    counts: &Counts,
) {
    let Ok(mut far) = TcpStream::connect(target).await else {
        // Nobody is there: the caller learns it as he would without us.
        let _ = near.set_zero_linger();
        return;
    };
    counts.connections.fetch_add(1, Ordering::Relaxed);
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let resets = weather.borrow().resets;
    let mut cut = weather.clone();
    let is_cut = {
        let (near_read, near_write) = near.split();
        let (far_read, far_write) = far.split();
        let there = pump(near_read, far_write, weather.clone(), |it| it.there, &counts.swallowed);
        let back = pump(far_read, near_write, weather, |it| it.back, &counts.swallowed);
        tokio::select! {
            ((), ()) = async { tokio::join!(there, back) } => false,
            _ = cut.wait_for(|it| it.resets > resets) => true,
        }
    };
    if is_cut {
        let _ = (near.set_zero_linger(), far.set_zero_linger());
        counts.reset.fetch_add(1, Ordering::Relaxed);
    }
}

/// Carries the bytes of one direction until its sender is done, and passes that on too.
async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut weather: watch::Receiver<Weather>,
    of: impl Fn(&Weather) -> Flow,
    swallowed: &AtomicU64,
) {
    let mut piece = vec![0; PIECE];
    loop {
        // A broken sender is one that is done.
        let size = from.read(&mut piece).await.unwrap_or_default();
        // What is held goes on when the weather turns; the end of a sender is held as well.
        let Ok(now) = weather.wait_for(|it| of(it) != Flow::Hold).await.map(|it| of(&it)) else {
            return;
        };
        if size == 0 {
            if now != Flow::Swallow {
                let _ = to.shutdown().await;
            }
            return;
        }
        if now == Flow::Swallow {
            swallowed.fetch_add(u64::try_from(size).unwrap_or(0), Ordering::Relaxed);
            continue;
        }
        if to.write_all(&piece[..size]).await.is_err() {
            return;
        }
    }
}
