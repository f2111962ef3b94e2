//! One connection of a stranger's: HTTP requests one after another, opened again when it breaks.

use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// No answer that is read is longer.
const LONGEST: usize = 1024 * 1024;

/// A request to be sent, perhaps more than once.
#[derive(Debug, Clone)]
pub struct Letter {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

impl Letter {
    /// A POST of JSON.
    pub fn json(path: &str, body: &serde_json::Value) -> Self {
        Self {
            method: Method::POST,
            path: path.to_owned(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.to_string().into(),
        }
    }

    /// A GET.
    pub fn ask(path: &str) -> Self {
        let (method, headers) = (Method::GET, Vec::new());
        Self { method, path: path.to_owned(), headers, body: Bytes::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn request(&self) -> Request<Full<Bytes>> {
        let request = Request::builder().method(&self.method).uri(&self.path);
        let request = self
            .headers
            .iter()
            .fold(request.header("host", "toko.test"), |request, it| request.header(&it.0, &it.1));
        request.body(Full::new(self.body.clone())).expect("the letter is ours")
    }
}

/// The connection.
pub struct Postman {
    address: SocketAddr,
    sender: Option<SendRequest<Full<Bytes>>>,
    connections: JoinSet<()>,
}

impl Postman {
    pub fn to(address: SocketAddr) -> Self {
        Self { address, sender: None, connections: JoinSet::new() }
    }

    /// The status of the answer; 0 when there was none.
    pub async fn post(&mut self, letter: &Letter) -> u16 {
        let answered = tokio::time::timeout(PATIENCE, self.exchange(letter)).await;
        let status = answered.ok().and_then(Result::ok);
        if status.is_none() {
            self.sender = None;
        }
        status.unwrap_or(0)
    }

    async fn exchange(
        &mut self,
        letter: &Letter,
    ) -> Result<u16, Box<dyn std::error::Error + Send + Sync>> {
        let mut sender = match self.sender.take() {
            Some(sender) if sender.is_ready() => sender,
            _ => self.connect().await?,
        };
        let answer = sender.send_request(letter.request()).await?;
        let status = answer.status().as_u16();
        Limited::new(answer.into_body(), LONGEST).collect().await?;
        self.sender = Some(sender);
        Ok(status)
    }

    async fn connect(
        &mut self,
    ) -> Result<SendRequest<Full<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
        while self.connections.try_join_next().is_some() {}
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        self.connections.spawn(async move {
            // The request's own future says what went wrong.
            let _ = connection.await;
        });
        Ok(sender)
    }
}
