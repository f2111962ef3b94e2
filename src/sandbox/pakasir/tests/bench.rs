//! The workbench of these tests: a bare client, a shop that takes callbacks, a clock by hand.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::post;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::primitives::{Clock, Timestamp};
use crate::sandbox::pakasir::{FakePakasir, FeePayer, NewProject, Project};

/// 22 November 2026, noon in Jakarta.
pub const NOON: &str = "2026-11-22T05:00:00Z";

/// A gateway with one project, and whoever talks to it.
pub struct Bench {
    pub clock: Clock,
    pub fake: FakePakasir,
    pub toko: Project,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }
}

pub async fn bench() -> Bench {
    bench_of(false, FeePayer::Customer).await
}

pub async fn bench_of(sandbox: bool, fee: FeePayer) -> Bench {
    let clock = Clock::manual(Timestamp::from_rfc3339(NOON).unwrap());
    let fake = FakePakasir::start(clock.clone()).await.unwrap();
    let toko = fake.add_project(NewProject { sandbox, fee, ..NewProject::named("toko") });
    Bench { clock, fake, toko }
}

impl Bench {
    pub fn key(&self) -> String {
        self.toko.api_key().expose().clone()
    }

    pub async fn create(&self, reference: &str, method: &str, amount: i64) -> Got {
        let body = json!({ "method": method, "amount": amount }).to_string();
        let path = format!("/api/v2/create-transaction/toko/{reference}");
        self.send(self.request("POST", &path).header("content-type", "application/json"), body)
            .await
    }

    pub async fn status(&self, txn_id: &str) -> Got {
        let path = format!("/api/v2/transaction-status/toko/{txn_id}");
        self.send(self.request("GET", &path), "").await
    }

    pub async fn cancel(&self, txn_id: &str) -> Got {
        let path = format!("/api/v2/cancel-transaction/toko/{txn_id}");
        self.send(self.request("POST", &path), "").await
    }

    pub async fn v1(&self, path: &str, reference: &str, amount: i64) -> Got {
        let body = json!({
            "project": "toko", "order_id": reference, "amount": amount, "api_key": self.key(),
        });
        self.send(Request::post(path), body.to_string()).await
    }

    pub async fn detail(&self, reference: &str, amount: i64) -> Got {
        let key = self.key();
        let path = format!(
            "/api/transactiondetail?project=toko&amount={amount}&order_id={reference}&api_key={key}"
        );
        self.send(Request::get(path), "").await
    }

    /// A request with the right key.
    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        Request::builder().method(method).uri(path).header("x-api-key", self.key())
    }

    pub async fn send(&self, request: axum::http::request::Builder, body: impl Into<Body>) -> Got {
        self.try_send(request, body).await.expect("an answer")
    }

    /// `None` when the connection ends without an answer.
    pub async fn try_send(
        &self,
        request: axum::http::request::Builder,
        body: impl Into<Body>,
    ) -> Option<Got> {
        let url = self.fake.url();
        let address = url.strip_prefix("http://").unwrap();
        let request = request
            .header("host", address)
            .header("connection", "close")
            .body(body.into())
            .unwrap();
        let stream = TcpStream::connect(address).await.ok()?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        let exchange = async move {
            let answer = sender.send_request(request).await.ok()?;
            let (head, body) = answer.into_parts();
            let bytes = body.collect().await.ok()?.to_bytes();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            Some(Got { status: head.status.as_u16(), headers: head.headers, text })
        };
        tokio::join!(exchange, connection).0
    }
}

/// A shop's webhook that writes down what comes and answers as told, else 200.
#[derive(Clone)]
pub struct Shop {
    pub address: SocketAddr,
    answers: Arc<Mutex<VecDeque<u16>>>,
    took: watch::Sender<Vec<(HeaderMap, Bytes)>>,
}

pub async fn shop(answers: &[u16]) -> Shop {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let shop = Shop {
        address: listener.local_addr().unwrap(),
        answers: Arc::new(Mutex::new(answers.iter().copied().collect())),
        took: watch::Sender::default(),
    };
    let router = Router::new().route("/pakasir/hook", post(take)).with_state(shop.clone());
    TaskTracker::new().spawn(async move { axum::serve(listener, router).await });
    shop
}

async fn take(Shared(shop): Shared<Shop>, headers: HeaderMap, body: Bytes) -> StatusCode {
    shop.took.send_modify(|took| took.push((headers, body)));
    let answer = shop.answers.lock().unwrap().pop_front().unwrap_or(200);
    StatusCode::from_u16(answer).unwrap()
}

impl Shop {
    pub fn url(&self) -> String {
        format!("http://{}/pakasir/hook", self.address)
    }

    /// Waits for the callbacks to be `count` and gives them.
    pub async fn took(&self, count: usize) -> Vec<(HeaderMap, Bytes)> {
        self.took.subscribe().wait_for(|took| took.len() >= count).await.unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.took.borrow().len()
    }
}
