//! The door: connections, paths, tokens, and faults that lie outside of a JSON answer.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State as Shared};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use super::answer::{Outcome, Refusal};
use super::faults::FaultKind;
use super::request::{self, MAX_BODY};
use super::state::{Executed, State};
use super::table;

/// Connections at once; a load test's pool stays far below.
const MAX_CONNECTIONS: usize = 4096;

/// Binds `address` and serves it until the state's token is cancelled.
pub async fn start(state: &Arc<State>, address: SocketAddr) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(address).await?;
    let bound = listener.local_addr()?;
    let held = Arc::clone(state);
    let stop = state.stop.clone();
    state.tasks.spawn(async move {
        tokio::select! {
            () = accept(held, listener) => {}
            () = stop.cancelled() => {}
        }
    });
    Ok(bound)
}

async fn accept(state: Arc<State>, listener: TcpListener) {
    let app = router(Arc::clone(&state));
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        // A connection that broke before it was accepted is its caller's matter.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let (app, stop) = (app.clone(), state.stop.clone());
        state.tasks.spawn(async move {
            tokio::select! {
                () = serve(app, stream) => {}
                () = stop.cancelled() => {}
            }
            drop(place);
        });
    }
}

/// An answer with this mark is never sent: the connection closes instead.
#[derive(Clone)]
struct Cut;

#[derive(Debug, thiserror::Error)]
#[error("a fault cut the connection")]
struct WasCut;

async fn serve(app: Router, stream: TcpStream) {
    // Small answers should not wait for more; when that cannot be set they are only slower.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let app = app.clone();
        async move {
            let answer: Result<Response, Infallible> = app.oneshot(request.map(Body::new)).await;
            let Ok(answer) = answer;
            if answer.extensions().get::<Cut>().is_some() { Err(WasCut) } else { Ok(answer) }
        }
    });
    // How a connection ended is written nowhere: a caller that hangs up is no event here.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// The whole interface as a service, also for tests without a network.
pub fn router(state: Arc<State>) -> Router {
    Router::new().fallback(enter).layer(DefaultBodyLimit::max(MAX_BODY)).with_state(state)
}

async fn enter(Shared(state): Shared<Arc<State>>, request: Request) -> Response {
    let path = request::decoded(request.uri().path().replace('+', "%2B").as_bytes());
    if let Some(rest) = path.strip_prefix("/file/bot") {
        return download(&state, rest);
    }
    let Some((token, method)) = path.strip_prefix("/bot").and_then(|rest| rest.split_once('/'))
    else {
        return refuse(&Refusal::not_found(None));
    };
    match call(&state, token, method, request).await {
        Ok(executed) => answer(&state, executed).await,
        Err(refusal) => refuse(&refusal),
    }
}

/// The bot of a token: 404 for what is no token, 401 for one that nobody has.
fn bot_of(state: &State, token: &str) -> Result<usize, Refusal> {
    if let Some(bot) = state.world().bot_by_token(token) {
        return Ok(bot);
    }
    let formed = token.split_once(':').is_some_and(|(id, secret)| {
        !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) && !secret.is_empty()
    });
    Err(if formed { Refusal::unauthorized() } else { Refusal::not_found(None) })
}

async fn call(
    state: &Arc<State>,
    token: &str,
    name: &str,
    request: Request,
) -> Result<Executed, Refusal> {
    let given = request::read(request).await;
    let note = |bot: usize, refusal: Refusal| {
        state.note_refused(bot, name, &refusal, false);
        refusal
    };
    let bot = bot_of(state, token).map_err(|refusal| note(usize::MAX, refusal))?;
    let given = given.map_err(|refusal| note(bot, refusal))?;
    let unknown = || note(bot, Refusal::not_found(Some("method not found")));
    let method = table::method(name).ok_or_else(unknown)?;
    let params = method.check(given).map_err(|refusal| note(bot, refusal))?;
    Ok(state.execute(bot, method, params, false))
}

async fn answer(state: &Arc<State>, executed: Executed) -> Response {
    match executed.fault {
        Some(FaultKind::Reset | FaultKind::ResetAfterStoring) => {
            let mut cut = Response::new(Body::empty());
            cut.extensions_mut().insert(Cut);
            return cut;
        }
        Some(FaultKind::BadGateway) => {
            let page = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>\r\n";
            let kind = [(CONTENT_TYPE, "text/html")];
            return (StatusCode::BAD_GATEWAY, kind, page).into_response();
        }
        // The server drops this future when the caller hangs up.
        Some(FaultKind::HangAfterStoring) => std::future::pending().await,
        Some(FaultKind::Slow(time)) => state.clock.sleep_until(executed.at.plus(time)).await,
        _ => {}
    }
    respond(&executed.outcome)
}

/// The HTTP form of what a method said.
pub fn respond(outcome: &Outcome) -> Response {
    match outcome {
        Ok(answer) => {
            let mut body = json!({"ok": true, "result": answer.result});
            if let Some(description) = answer.description {
                body["description"] = json!(description);
            }
            Json(body).into_response()
        }
        Err(refusal) => refuse(refusal),
    }
}

fn refuse(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(refusal.body())).into_response();
    if let Some(seconds) = refusal.retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// `/file/bot<TOKEN>/<path>`.
fn download(state: &State, rest: &str) -> Response {
    let Some((token, path)) = rest.split_once('/') else {
        return refuse(&Refusal::not_found(None));
    };
    let bot = match bot_of(state, token) {
        Ok(bot) => bot,
        Err(refusal) => return refuse(&refusal),
    };
    match state.world().bots[bot].files.by_path(path) {
        Some(stored) => {
            let kind = [(CONTENT_TYPE, "application/octet-stream")];
            (kind, stored.bytes.clone()).into_response()
        }
        None => refuse(&Refusal::not_found(None)),
    }
}
