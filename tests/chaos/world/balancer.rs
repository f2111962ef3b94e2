//! What stands before two replicas: each request goes to the next one that says it is ready.
//!
//! It does what a cluster's own balancer does and no more: it asks `/readyz`, goes on to the other
//! replica when a connection is refused, and gives a silent one up. An answer is passed on as it is.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bot_auto_order::primitives::{Clock, Timestamp};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, client, header, server};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::probe;
use super::program::free_address;

/// How often each replica is asked, and how long it may take.
const ASK: Duration = Duration::from_millis(250);
const ASK_TIME: Duration = Duration::from_millis(750);
/// A replica that takes longer over a request is given up.
const PATIENCE: Duration = Duration::from_secs(7);

/// A replica's doors.
#[derive(Debug, Clone, Copy)]
pub struct Replica {
    pub bind: SocketAddr,
    pub probe: SocketAddr,
}

/// One request as the balancer saw it.
#[derive(Debug, Clone, Copy)]
pub struct Passed {
    pub at: Timestamp,
    pub took: Duration,
    /// Who answered, by his place; the last one tried when nobody did.
    pub replica: usize,
    pub status: u16,
    /// Whether a replica answered by itself.
    pub answered: bool,
}

#[derive(Debug)]
struct Inside {
    replicas: Vec<Replica>,
    ready: Vec<AtomicBool>,
    next: AtomicUsize,
    passed: Mutex<Vec<Passed>>,
    clock: Clock,
}

/// A running balancer; it ends when it is dropped.
#[derive(Debug)]
pub struct Balancer {
    address: SocketAddr,
    inside: Arc<Inside>,
    _end: DropGuard,
}

impl Balancer {
    /// # Errors
    /// When no port can be had.
    pub async fn before(replicas: Vec<Replica>) -> std::io::Result<Self> {
        let listener = TcpListener::bind(free_address()).await?;
        let address = listener.local_addr()?;
        let inside = Arc::new(Inside {
            ready: replicas.iter().map(|_| AtomicBool::new(true)).collect(),
            replicas,
            next: AtomicUsize::new(0),
            passed: Mutex::default(),
            clock: Clock::system(),
        });
        let (tasks, end) = (TaskTracker::new(), CancellationToken::new());
        for place in 0..inside.replicas.len() {
            let asking = ask(Arc::clone(&inside), place);
            tasks.spawn(end.clone().run_until_cancelled_owned(asking));
        }
        let serving = serve(listener, Arc::clone(&inside), tasks.clone(), end.clone());
        tasks.spawn(end.clone().run_until_cancelled_owned(serving));
        Ok(Self { address, inside, _end: end.drop_guard() })
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every request so far.
    pub fn passed(&self) -> Vec<Passed> {
        self.inside.passed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Keeps asking one replica; a single answer decides.
async fn ask(inside: Arc<Inside>, place: usize) {
    let probe = inside.replicas[place].probe;
    loop {
        let asked = tokio::time::timeout(ASK_TIME, probe::status(probe)).await;
        inside.ready[place].store(matches!(asked, Ok(Ok(200))), Ordering::SeqCst);
        inside.clock.sleep(ASK).await;
    }
}

async fn serve(
    listener: TcpListener,
    inside: Arc<Inside>,
    tasks: TaskTracker,
    end: CancellationToken,
) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let inside = Arc::clone(&inside);
        let connection = async move {
            let answer = service_fn(|request| pass(Arc::clone(&inside), request));
            let http = server::conn::http1::Builder::new();
            let _ = http.serve_connection(TokioIo::new(stream), answer).await;
        };
        tasks.spawn(end.clone().run_until_cancelled_owned(connection));
    }
}

async fn pass(
    inside: Arc<Inside>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (at, begun) = (inside.clock.now(), std::time::Instant::now());
    let (mut head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    head.headers.insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    let mut seen = Passed { at, took: Duration::ZERO, replica: 0, status: 502, answered: false };
    let mut answer = None;
    for place in inside.order() {
        seen.replica = place;
        let Ok(stream) = TcpStream::connect(inside.replicas[place].bind).await else { continue };
        let request = Request::from_parts(head.clone(), Full::new(body.clone()));
        answer = tokio::time::timeout(PATIENCE, exchange(stream, request)).await.ok().flatten();
        break;
    }
    seen.answered = answer.is_some();
    let mut answer = answer.unwrap_or_else(|| {
        let mut none = Response::new(Full::default());
        *none.status_mut() = StatusCode::BAD_GATEWAY;
        none.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
        none
    });
    answer.headers_mut().remove(header::CONNECTION);
    seen.status = answer.status().as_u16();
    seen.took = begun.elapsed();
    inside.passed.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    Ok(answer)
}

impl Inside {
    /// Every replica once: the next ready one first, those that are not ready last.
    fn order(&self) -> Vec<usize> {
        let (count, first) = (self.replicas.len(), self.next.fetch_add(1, Ordering::SeqCst));
        let mut order: Vec<usize> = (0..count).map(|place| (first + place) % count).collect();
        order.sort_by_key(|place| !self.ready[*place].load(Ordering::SeqCst));
        order
    }
}

async fn exchange(
    stream: TcpStream,
    request: Request<Full<Bytes>>,
) -> Option<Response<Full<Bytes>>> {
    let _ = stream.set_nodelay(true);
    let (mut sender, connection) =
        client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
    let answer = async move {
        let (head, body) = sender.send_request(request).await.ok()?.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        Some(Response::from_parts(head, Full::new(body)))
    };
    let (answer, _) = tokio::join!(answer, connection);
    answer
}
