//! The door of the fake: an HTTP/1.1 listener that drops everything when it is stopped.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::http::{Method, Uri};
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::answer::Answer;
use super::gateway::{Asked, Gateway};
use super::{pages, v1, v2};

/// Connections open at one time; further ones wait to be accepted.
const MOST_CONNECTIONS: usize = 1024;
/// The largest request body in bytes; no honest call comes near it.
const BODY_LIMIT: usize = 64 * 1024;
/// How long a client may take to send its headers.
const HEADER_TIME: Duration = Duration::from_secs(30);

/// Both APIs and the hosted pages.
pub(super) fn router(gateway: &Arc<Gateway>) -> Router {
    v2::router()
        .merge(v1::router())
        .merge(pages::hosted())
        .route("/", get(front_page))
        .fallback(nothing_here)
        .method_not_allowed_fallback(nothing_here)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(Arc::clone(gateway))
}

/// Anybody may look at the front page, such as who asks whether the gateway is there at all.
async fn front_page() -> &'static str {
    "Pakasir"
}

/// A call that neither version knows is a client's mistake worth seeing.
async fn nothing_here(Shared(gateway): Shared<Arc<Gateway>>, method: Method, uri: Uri) -> Answer {
    let (project, reference) = (String::new(), String::new());
    let asked = Asked { route: "unknown", kind: None, project, reference, amount: None };
    // The path only: a query may hold a key.
    let rule = format!("there is no operation {method} {}", uri.path());
    gateway
        .serve(asked, |gateway| {
            gateway.broken("unknown", "", &rule);
            Answer::message(404, "Halaman tidak ditemukan")
        })
        .await
}

/// Accepts until the gateway is stopped.
pub(super) async fn listen(listener: TcpListener, router: Router, gateway: Arc<Gateway>) {
    let slots = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    while let Ok(slot) = Arc::clone(&slots).acquire_owned().await {
        let stream = tokio::select! {
            () = gateway.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        // An accept that fails concerns a client that has gone, or a lack of descriptors that passes.
        let Ok((stream, _)) = stream else {
            tokio::task::yield_now().await;
            continue;
        };
        let (service, stop) = (router.clone(), gateway.stop.clone());
        gateway.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = speak(stream, service) => {}
            }
            drop(slot);
        });
    }
}

async fn speak(stream: TcpStream, router: Router) {
    // Without this, small answers wait for the client's delayed acknowledgement.
    let _ = stream.set_nodelay(true);
    let spoken = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .await;
    if let Err(error) = spoken {
        tracing::debug!(%error, "a client of the fake gateway broke off");
    }
}
