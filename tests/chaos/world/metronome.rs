//! Somebody who sends an update every few milliseconds and writes down what he is answered, and when.
//!
//! His updates change nothing in the shop (a message was edited), so that only the doors are measured.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bot_auto_order::primitives::{Clock, Timestamp};
use bot_auto_order::sandbox::telegram::WebhookSeen;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_util::task::TaskTracker;

/// Far above every number the sandbox gives.
const FIRST: i64 = 3_000_000_000;
/// Nobody waits longer for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// So many people take turns, so that nobody's lane grows long.
const PEOPLE: i64 = 200;
/// Nobody of the crowd has such a number.
const FIRST_PERSON: i64 = 900_000_000;

/// One update and what became of it.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    pub update_id: i64,
    pub at: Timestamp,
    pub took: Duration,
    /// 0 when there was no answer.
    pub status: u16,
}

impl Sent {
    pub const fn taken(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

/// A sender at work.
#[derive(Debug)]
pub struct Sender {
    target: SocketAddr,
    path: String,
    secret: String,
    clock: Clock,
    next: AtomicI64,
    stopped: AtomicBool,
    tasks: TaskTracker,
    sent: Mutex<Vec<Sent>>,
}

impl Sender {
    /// Who sends what `webhook` asks for to `target`.
    pub fn to(target: SocketAddr, webhook: &WebhookSeen) -> Arc<Self> {
        let path = webhook.url.split_once("://").map_or("", |(_, rest)| rest);
        let path = path.find('/').map_or("/", |at| &path[at..]).to_owned();
        Arc::new(Self {
            target,
            path,
            secret: webhook.secret.clone().unwrap_or_default(),
            clock: Clock::system(),
            next: AtomicI64::new(FIRST),
            stopped: AtomicBool::new(false),
            tasks: TaskTracker::new(),
            sent: Mutex::default(),
        })
    }

    /// Sends one update each `every`, whatever the others are answered, until [`Sender::stop`].
    pub async fn send(self: &Arc<Self>, every: Duration) {
        while !self.stopped.load(Ordering::SeqCst) {
            let one = Arc::clone(self);
            self.tasks.spawn(async move { one.one().await });
            self.clock.sleep(every).await;
        }
    }

    async fn one(&self) {
        let update_id = self.next.fetch_add(1, Ordering::SeqCst);
        let (at, begun) = (self.clock.now(), std::time::Instant::now());
        let status = tokio::time::timeout(PATIENCE, self.post(update_id)).await;
        let status = status.ok().flatten().unwrap_or(0);
        let sent = Sent { update_id, at, took: begun.elapsed(), status };
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(sent);
    }

    async fn post(&self, update_id: i64) -> Option<u16> {
        let person = FIRST_PERSON + update_id % PEOPLE;
        let person = json!({"id": person, "is_bot": false, "first_name": "Pengirim"});
        let mut chat = person.clone();
        chat["type"] = json!("private");
        let date = self.clock.now().seconds();
        let message = json!({"message_id": 1, "date": date, "edit_date": date, "from": person,
            "chat": chat, "text": "apa kabar"});
        let update = json!({"update_id": update_id, "edited_message": message}).to_string();
        let request = Request::post(&self.path)
            .header("host", "toko.test")
            .header("connection", "close")
            .header("content-type", "application/json")
            .header("x-telegram-bot-api-secret-token", &self.secret)
            .body(Full::new(Bytes::from(update)))
            .ok()?;
        let stream = TcpStream::connect(self.target).await.ok()?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        let answer = async move {
            let answer = sender.send_request(request).await.ok()?;
            let status = answer.status().as_u16();
            answer.into_body().collect().await.ok()?;
            Some(status)
        };
        tokio::join!(answer, connection).0
    }

    /// Sends no more and waits for the last answer; everything in the order it was sent.
    pub async fn stop(&self) -> Vec<Sent> {
        self.stopped.store(true, Ordering::SeqCst);
        self.tasks.close();
        self.tasks.wait().await;
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone();
        sent.sort_by_key(|it| it.update_id);
        sent
    }
}
