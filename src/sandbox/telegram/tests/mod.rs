//! The checks of the fake itself, without the network where none is needed.

mod delivery;
mod formatting;
mod refusals;
mod stories;

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, State as Shared};
use axum::http::{HeaderMap, Request, Uri};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::{Bot, FakeTelegram, Person, server};
use crate::primitives::{Clock, Timestamp, UserId};

const TOKEN: &str = "123456:TEST-TOKEN-NOT-REAL";

/// A fake with one bot and one person, on a clock moved by hand.
struct Desk {
    telegram: FakeTelegram,
    bot: Bot,
    budi: Person,
    clock: Clock,
    app: Router,
}

/// An answer of the Bot API.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn description(&self) -> &str {
        self.body["description"].as_str().unwrap_or_default()
    }

    fn result(&self) -> &Value {
        assert_eq!(self.status, 200, "refused: {}", self.body);
        &self.body["result"]
    }
}

async fn desk() -> Desk {
    let clock = Clock::manual(Timestamp(1_795_300_000_000));
    let telegram = FakeTelegram::start(clock.clone()).await.expect("loopback has a free port");
    let bot = telegram.add_bot(TOKEN, "toko_bot");
    let budi = bot.person(UserId(1001), "Budi");
    let app = server::router(Arc::clone(&telegram.state));
    Desk { telegram, bot, budi, clock, app }
}

impl Desk {
    async fn send(&self, path: &str, content_type: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post(path).header("content-type", content_type);
        let request = request.body(body.into()).expect("a request");
        let response = self.app.clone().oneshot(request).await.expect("axum answers");
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body");
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Answer { status: head.status.as_u16(), headers: head.headers, body }
    }

    async fn call(&self, method: &str, params: Value) -> Answer {
        let path = format!("/bot{TOKEN}/{method}");
        self.send(&path, "application/json", params.to_string()).await
    }

    /// Sends a text to Budi.
    async fn text(&self, html: &str, more: Value) -> Answer {
        let mut params = json!({"chat_id": 1001, "text": html, "parse_mode": "HTML"});
        for (name, value) in more.as_object().expect("an object") {
            params[name] = value.clone();
        }
        self.call("sendMessage", params).await
    }

    /// Uploads a file under `field`.
    async fn upload(&self, method: &str, field: &str, name: &str, bytes: &[u8]) -> Answer {
        let mut body = format!(
            "--cut\r\ncontent-disposition: form-data; name=\"chat_id\"\r\n\r\n1001\r\n--cut\r\n\
             content-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--cut--\r\n");
        let path = format!("/bot{TOKEN}/{method}");
        self.send(&path, "multipart/form-data; boundary=cut", body).await
    }

    /// Registers a webhook that leads to `receiver`.
    async fn webhook(&self, receiver: &Receiver) {
        self.bot.route_webhooks_to(receiver.address);
        let params =
            json!({"url": "https://toko.example/telegram/hook", "secret_token": "rahasia"});
        self.call("setWebhook", params).await.result();
    }
}

/// A picture of that size.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::GrayImage::new(width, height)
        .write_to(&mut bytes, image::ImageFormat::Png)
        .expect("an image in memory");
    bytes.into_inner()
}

/// What a webhook got.
#[derive(Debug, Clone)]
struct Got {
    path: String,
    headers: HeaderMap,
    update: Value,
    /// Which connection it came over.
    port: u16,
}

/// A webhook with answers set in advance; 200 without a body when they run out.
struct Receiver {
    address: SocketAddr,
    shared: Arc<Mailroom>,
    _tasks: TaskTracker,
}

struct Mailroom {
    got: Mutex<Vec<Got>>,
    answers: Mutex<VecDeque<Response>>,
    /// Answers wait while it is false.
    open: watch::Sender<bool>,
    /// Requests inside now, and the most there ever were.
    inside: watch::Sender<(usize, usize)>,
}

async fn receiver() -> Receiver {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let shared = Arc::new(Mailroom {
        got: Mutex::default(),
        answers: Mutex::default(),
        open: watch::Sender::new(true),
        inside: watch::Sender::new((0, 0)),
    });
    let app = Router::new().fallback(take).with_state(Arc::clone(&shared));
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let tasks = TaskTracker::new();
    tasks.spawn(async move { axum::serve(listener, app).await });
    Receiver { address, shared, _tasks: tasks }
}

async fn take(
    Shared(room): Shared<Arc<Mailroom>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let update = serde_json::from_slice(&body).expect("an update is JSON");
    let got = Got { path: uri.path().to_owned(), headers, update, port: from.port() };
    room.got.lock().expect("not poisoned").push(got);
    room.inside.send_modify(|(now, most)| {
        *now += 1;
        *most = (*most).max(*now);
    });
    let mut open = room.open.subscribe();
    let _ = open.wait_for(|open| *open).await;
    room.inside.send_modify(|(now, _)| *now -= 1);
    let answer = room.answers.lock().expect("not poisoned").pop_front();
    answer.unwrap_or_default()
}

impl Receiver {
    fn answers(&self, answers: impl IntoIterator<Item = Response>) {
        self.shared.answers.lock().expect("not poisoned").extend(answers);
    }

    fn got(&self) -> Vec<Got> {
        self.shared.got.lock().expect("not poisoned").clone()
    }

    /// Waits until that many requests are inside at once.
    async fn holds(&self, count: usize) {
        let mut inside = self.shared.inside.subscribe();
        let _ = inside.wait_for(|(now, _)| *now >= count).await;
    }

    /// The most requests that were ever inside at once; counts from 0 again.
    fn peak(&self) -> usize {
        self.shared.inside.send_replace((0, 0)).1
    }

    fn update_ids(&self) -> Vec<i64> {
        self.got().iter().filter_map(|got| got.update["update_id"].as_i64()).collect()
    }
}

/// An answer with only a status.
fn status(code: u16) -> Response {
    Response::builder().status(code).body(Body::empty()).expect("a response")
}
