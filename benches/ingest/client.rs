//! A hundred connections that are kept alive, each with one delivery under way, on threads of their own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio_util::task::TaskTracker;

pub const CONNECTIONS: usize = 100;
/// How large a delivery's body is, in bytes.
const BODY: usize = 500;
/// How many people write.
const PEOPLE: i64 = 5_000;

/// The senders of one server.
pub struct Client {
    runtime: Runtime,
    connections: Vec<SendRequest<Full<Bytes>>>,
    secret: String,
    next: Arc<AtomicI64>,
}

impl Client {
    pub fn connect(address: SocketAddr, secret: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let driving = TaskTracker::new();
        let connections = runtime.block_on(async {
            let mut connections = Vec::new();
            for _ in 0..CONNECTIONS {
                let stream = TcpStream::connect(address).await.expect("connects");
                stream.set_nodelay(true).expect("a socket");
                let (sender, connection) =
                    handshake(TokioIo::new(stream)).await.expect("shakes hands");
                driving.spawn(async move {
                    // The sender reports what went wrong.
                    let _ = connection.await;
                });
                connections.push(sender);
            }
            connections
        });
        Self { runtime, connections, secret: secret.to_owned(), next: Arc::new(AtomicI64::new(1)) }
    }

    /// Deliveries answered 200 per second during `slice`, each a new one.
    pub fn rate(&mut self, path: &str, slice: Duration) -> f64 {
        let connections = std::mem::take(&mut self.connections);
        let begun = Instant::now();
        let (answered, connections) = self.runtime.block_on(async {
            let mut senders = JoinSet::new();
            for connection in connections {
                let (path, secret) = (path.to_owned(), self.secret.clone());
                let next = Arc::clone(&self.next);
                senders.spawn(async move {
                    keep_sending(connection, &path, &secret, &next, begun + slice).await
                });
            }
            let (mut answered, mut back) = (0_u32, Vec::new());
            while let Some(ended) = senders.join_next().await {
                let (count, connection) = ended.expect("every delivery is answered 200");
                answered += count;
                back.push(connection);
            }
            (answered, back)
        });
        self.connections = connections;
        f64::from(answered) / begun.elapsed().as_secs_f64()
    }
}

async fn keep_sending(
    mut connection: SendRequest<Full<Bytes>>,
    path: &str,
    secret: &str,
    next: &AtomicI64,
    until: Instant,
) -> (u32, SendRequest<Full<Bytes>>) {
    let mut answered = 0;
    while Instant::now() < until {
        let request = Request::post(path)
            .header("host", "toko.test")
            .header("content-type", "application/json")
            .header("x-telegram-bot-api-secret-token", secret)
            .body(Full::new(update(next.fetch_add(1, Ordering::Relaxed))))
            .expect("a request");
        connection.ready().await.expect("the connection is kept");
        let answer = connection.send_request(request).await.expect("an answer");
        assert_eq!(answer.status(), 200);
        answer.into_body().collect().await.expect("a body");
        answered += 1;
    }
    (answered, connection)
}

/// A message of [`BODY`] bytes.
fn update(id: i64) -> Bytes {
    let person = 1_000_000 + id % PEOPLE;
    let head = format!(
        r#"{{"update_id":{id},"message":{{"message_id":{id},"date":1750000000,"from":{{"id":{person},"is_bot":false,"first_name":"Budi","language_code":"id"}},"chat":{{"id":{person},"type":"private","first_name":"Budi"}},"text":""#
    );
    let room = BODY - head.len() - 3;
    Bytes::from(format!(r#"{head}{}"}}}}"#, "x".repeat(room)))
}
