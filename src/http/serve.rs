//! The listener: hyper with a timer, so that slow senders are cut off, a cap on connections, a graceful end.

use std::convert::Infallible;
use std::io;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::entrance::Listener;
use super::idempotency::Delivered;
use super::seats::{Seat, Seats};

/// The most that is buffered of one connection, so also the longest head of a request.
const BUFFER: usize = 16 * 1024;
/// How long nobody is accepted when the process is out of files and nobody can leave.
const OUT_OF_FILES: Duration = Duration::from_millis(100);
/// How often that is written to the log.
const TELL_EVERY: Duration = Duration::from_secs(10);
/// More files than this are of no use to us.
const FILES: u64 = 65_536;

/// Bounds of a listener.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long a connection may be silent, or a head be on its way, before the first authenticated
    /// delivery.
    pub head: Duration,
    /// How long after it: longer than a proxy in front keeps a connection that it does not use, so
    /// that the proxy and not we close it.
    pub idle: Duration,
    /// How many connections may be open at once.
    pub connections: usize,
    /// How long, after the stop, kept connections are still heard: what is on its way is answered.
    pub last_call: Duration,
    /// How long requests may finish after that.
    pub farewell: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            connections: 1024,
            last_call: Duration::from_millis(100),
            farewell: Duration::from_secs(5),
        }
    }
}

impl Limits {
    /// For the webhooks: at most half of the files that the process may open; the database and
    /// the senders need the others.
    #[must_use]
    pub fn of_doors() -> Self {
        Self { connections: most_of(2, 1024), ..Self::default() }
    }

    /// For probes: few connections, and no last call, because nothing is lost with a probe.
    #[must_use]
    pub fn of_probes() -> Self {
        Self {
            connections: most_of(8, 64),
            last_call: Duration::ZERO,
            farewell: Duration::from_secs(1),
            ..Self::default()
        }
    }
}

fn most_of(share: u64, most: usize) -> usize {
    let files = getrlimit(Resource::Nofile).current.unwrap_or(FILES);
    usize::try_from(files / share).map_or(most, |connections| connections.clamp(4, most))
}

/// Raises the number of files the process may open as far as it is allowed to.
pub fn raise_open_files() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.unwrap_or(FILES).min(FILES);
    if current.is_some_and(|current| current < wanted) {
        let raised = Rlimit { current: Some(wanted), maximum };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::warn!(%error, "the limit of open files stays as it is");
        }
    }
}

/// Serves `router` until `stop`; then answers what is on its way for `limits.last_call`, lets open
/// requests finish within `limits.farewell`, and cuts off the rest.
pub async fn serve(
    listener: impl Into<Listener>,
    router: Router,
    limits: Limits,
    stop: CancellationToken,
) {
    let listener = listener.into();
    let hall = Hall::new(router, limits, stop);
    tokio::select! {
        () = hall.stop.cancelled() => {}
        () = hall.accept(&listener) => {}
    }
    hall.connections.close();
    let everyone_left = tokio::time::timeout(limits.last_call, hall.connections.wait());
    if listener.handed {
        // Who comes now waits for the next process.
        drop(listener);
        let _ = everyone_left.await;
    } else {
        tokio::select! {
            _ = everyone_left => {}
            () = hall.accept(&listener) => {}
        }
        drop(listener);
    }
    hall.closing.cancel();
    let _ = tokio::time::timeout(limits.farewell, hall.connections.wait()).await;
    hall.cut.cancel();
    hall.connections.wait().await;
}

/// What the connections of one listener share.
#[derive(Clone)]
struct Hall {
    router: Router,
    server: http1::Builder,
    limits: Limits,
    seats: Seats,
    connections: TaskTracker,
    /// Every answer is the last one of its connection.
    stop: CancellationToken,
    /// Kept connections are closed.
    closing: CancellationToken,
    /// Everything ends where it is.
    cut: CancellationToken,
}

impl Hall {
    fn new(router: Router, limits: Limits, stop: CancellationToken) -> Self {
        let mut server = http1::Builder::new();
        server.timer(TokioTimer::new()).header_read_timeout(limits.idle);
        server.max_headers(64).max_buf_size(BUFFER);
        Self {
            router,
            server,
            limits,
            seats: Seats::new(limits.connections),
            connections: TaskTracker::new(),
            stop,
            closing: CancellationToken::new(),
            cut: CancellationToken::new(),
        }
    }

    /// Lets in whoever comes; never ends by itself.
    async fn accept(&self, listener: &Listener) {
        let mut told = None;
        loop {
            match listener.socket.accept().await {
                Ok((stream, _)) => {
                    let seat = self.seats.take().await;
                    self.connections.spawn(self.clone().attend(stream, seat));
                }
                Err(error) if is_out_of_files(&error) => self.make_room(&error, &mut told).await,
                // Who left again before he was let in is nobody's loss.
                Err(error) => tracing::debug!(%error, "a connection could not be accepted"),
            }
        }
    }

    /// The process has no file left for a newcomer: somebody gives his up.
    async fn make_room(&self, error: &io::Error, told: &mut Option<Instant>) {
        if told.is_none_or(|at| at.elapsed() >= TELL_EVERY) {
            *told = Some(Instant::now());
            tracing::warn!(%error, "no file is left for a connection; raise the limit of open files");
        }
        let left = self.seats.one_left();
        self.seats.ask_one_to_leave();
        let _ = tokio::time::timeout(OUT_OF_FILES, left).await;
    }

    /// Serves one connection to its end.
    async fn attend(self, stream: TcpStream, seat: Seat) {
        // Small answers should not wait for more; when that cannot be set they are only slower.
        let _ = stream.set_nodelay(true);
        let answer = service_fn(|request| self.answer(request, &seat));
        let connection = self.server.serve_connection(TokioIo::new(stream), answer);
        let mut connection = std::pin::pin!(connection);
        let mut closes = false;
        loop {
            tokio::select! {
                // First what was said already; only then whether to go.
                biased;
                // A peer that breaks the protocol or goes away ends its own connection only.
                _ = connection.as_mut() => return,
                () = self.closing.cancelled(), if !closes => {
                    closes = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = seat.is_needed() => return,
                () = seat.is_overdue(self.limits.head, self.limits.idle) => return,
                () = self.cut.cancelled() => return,
            }
        }
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
        seat: &Seat,
    ) -> Result<Response, Infallible> {
        seat.begins();
        let Ok(answer) = self.router.clone().oneshot(request.map(Body::new)).await;
        seat.ends(answer.extensions().get::<Delivered>().is_some());
        let mut answer = same_for_all(answer);
        if self.stop.is_cancelled() {
            answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(answer)
    }
}

/// What is not here looks the same everywhere: the router would name the methods that a path knows.
fn same_for_all(mut answer: Response) -> Response {
    if answer.status() == StatusCode::NOT_FOUND {
        answer.headers_mut().remove(header::ALLOW);
    }
    answer
}

/// Whether the process or the system has no file left.
fn is_out_of_files(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::MFILE | Errno::NFILE))
}
