//! The listener: hyper with a timer, so that slow senders are cut off, a cap on connections, a graceful end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::Response;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::util::MapResponse;

/// Bounds of a listener.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long a request's head may take; an idle connection is closed after it as well.
    pub head: Duration,
    /// How many connections may be open at once.
    pub connections: usize,
    /// How long requests may finish after the stop.
    pub farewell: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { head: Duration::from_secs(15), connections: 1024, farewell: Duration::from_secs(5) }
    }
}

/// Serves `router` until `stop`, then lets open requests finish within `limits.farewell` and cuts off the rest.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    tasks: TaskTracker,
    stop: CancellationToken,
) {
    let address = listener.local_addr().ok();
    let seats = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let cut = CancellationToken::new();
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(limits.head).max_headers(64);
    loop {
        let seat = tokio::select! {
            () = stop.cancelled() => break,
            seat = Arc::clone(&seats).acquire_owned() => seat,
        };
        let Ok(seat) = seat else { break };
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let Some(stream) = admitted(accepted, address).await else { continue };
        let service = TowerToHyperService::new(MapResponse::new(router.clone(), same_for_all));
        let connection = server.serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        let cut = cut.clone();
        tasks.spawn(async move {
            // A peer that breaks the protocol or goes away ends its own connection only.
            let _ = cut.run_until_cancelled(connection).await;
            drop(seat);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(limits.farewell, graceful.shutdown()).await;
    cut.cancel();
}

/// What is not here looks the same everywhere: the router would name the methods that a path knows.
fn same_for_all(mut answer: Response) -> Response {
    if answer.status() == StatusCode::NOT_FOUND {
        answer.headers_mut().remove(header::ALLOW);
    }
    answer
}

/// The accepted stream; when the process is out of sockets, a pause instead of a busy loop.
async fn admitted(
    accepted: std::io::Result<(tokio::net::TcpStream, SocketAddr)>,
    address: Option<SocketAddr>,
) -> Option<tokio::net::TcpStream> {
    match accepted {
        Ok((stream, _)) => {
            let _ = stream.set_nodelay(true);
            Some(stream)
        }
        Err(error) => {
            tracing::warn!(%error, ?address, "a connection could not be accepted");
            let pause = crate::primitives::Clock::system();
            pause.sleep(Duration::from_millis(100)).await;
            None
        }
    }
}
