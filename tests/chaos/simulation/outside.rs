//! One loopback listener that plays both Telegram and the gateway: every call waits until the script answers it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

/// A world makes one call at a time; a few more may wait for their answers.
const WAITING: usize = 64;
const LARGEST: usize = 1 << 20;

/// What the outside says to a call.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

impl Answer {
    pub fn json(status: u16, body: &Value) -> Self {
        Self { status, body: body.to_string() }
    }
}

/// A call that reached the outside and waits.
pub struct Call {
    /// `/bot…/sendMessage`, `/api/v2/…`.
    pub path: String,
    pub parameters: Map<String, Value>,
    answer: oneshot::Sender<Answer>,
}

impl Call {
    /// Lets the answer go; a caller that died meanwhile hears nothing.
    pub fn answer(self, answer: Answer) {
        let _ = self.answer.send(answer);
    }

    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    pub fn is_telegram(&self) -> bool {
        self.path.starts_with("/bot")
    }

    pub fn text(&self, name: &str) -> &str {
        self.parameters.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A number, which a form carries as text.
    pub fn number(&self, name: &str) -> Option<i64> {
        let value = self.parameters.get(name)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }

    /// An object, which a form carries as text.
    pub fn object(&self, name: &str) -> Value {
        match self.parameters.get(name) {
            Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
            Some(value) => value.clone(),
            None => Value::Null,
        }
    }
}

/// The listener; dropped it breaks every connection off.
pub struct Outside {
    pub address: SocketAddr,
    calls: mpsc::Receiver<Call>,
    _server: JoinSet<()>,
}

impl Outside {
    pub async fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback has free ports");
        let address = listener.local_addr().expect("it is bound");
        let (sender, calls) = mpsc::channel(WAITING);
        let router = Router::new().fallback(receive).with_state(Arc::new(sender));
        let mut server = JoinSet::new();
        server.spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { address, calls, _server: server }
    }

    /// The next call that comes in.
    pub async fn next(&mut self) -> Call {
        self.calls.recv().await.expect("the listener lives as long as the outside")
    }
}

async fn receive(State(calls): State<Arc<mpsc::Sender<Call>>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let parameters = read(request).await;
    let (answer, answered) = oneshot::channel();
    if calls.send(Call { path, parameters, answer }).await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    match answered.await {
        Ok(Answer { status, body }) => {
            let status = StatusCode::from_u16(status).expect("the script knows its statuses");
            (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

/// The parameters of a call, from JSON or from the text parts of a form.
async fn read(request: Request) -> Map<String, Value> {
    let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_vec());
    if kind.is_some_and(|kind| kind.starts_with(b"multipart/")) {
        let mut form = Multipart::from_request(request, &()).await.expect("a form");
        let mut parameters = Map::new();
        while let Some(part) = form.next_field().await.expect("a part") {
            let name = part.name().unwrap_or_default().to_owned();
            let is_file = part.file_name().is_some();
            let bytes: Bytes = part.bytes().await.expect("its bytes");
            if !is_file || name == "document" {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                parameters.insert(name, Value::String(text));
            }
        }
        return parameters;
    }
    let body = axum::body::to_bytes(request.into_body(), LARGEST).await.expect("a body");
    serde_json::from_slice(&body).unwrap_or_default()
}
