//! One HTTP request to a webhook over kept-alive connections, with plain HTTP to a local address.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use axum::http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, RETRY_AFTER,
};
use axum::http::{HeaderMap, Method, Request, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A webhook's answer is read up to here.
const MAX_ANSWER: usize = 1024 * 1024;
/// Idle connections kept to one address; Telegram opens at most 100.
const MAX_IDLE: usize = 100;

/// A webhook's address in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Host with its port when one was written.
    pub host: String,
    /// 443 unless another was written.
    pub port: u16,
    /// Path and query, at least `/`.
    pub path: String,
    /// `user:password` from the address.
    pub userinfo: Option<String>,
}

impl Target {
    /// Reads an `https` address; `None` when it is none.
    pub fn read(url: &str) -> Option<Self> {
        let rest =
            url.get(..8).filter(|s| s.eq_ignore_ascii_case("https://")).map(|_| &url[8..])?;
        let cut = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(cut);
        let (userinfo, host) = match authority.rsplit_once('@') {
            Some((userinfo, host)) => (Some(userinfo.to_owned()), host),
            None => (None, authority),
        };
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) => (name, port.parse().ok()?),
            None => (host, 443),
        };
        let path = path.split('#').next().unwrap_or_default();
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let valid = !name.is_empty() && path.parse::<Uri>().is_ok();
        valid.then(|| Self { host: host.to_owned(), port, path, userinfo })
    }

    /// The host without its port.
    pub fn name(&self) -> &str {
        self.host.split(':').next().unwrap_or_default()
    }
}

/// What a webhook answered.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Seconds of `Retry-After`, 0 when there is none.
    pub retry_after: u64,
    /// The body's type in small letters.
    pub content_type: String,
    /// The body.
    pub body: Bytes,
}

type Sender = SendRequest<Full<Bytes>>;

/// The idle connections by address.
#[derive(Default)]
pub struct Courier(Mutex<HashMap<SocketAddr, Vec<Sender>>>);

impl Courier {
    /// Posts `body`; the error says why there was no answer.
    pub async fn post(
        &self,
        address: SocketAddr,
        target: &Target,
        secret: Option<&str>,
        body: Bytes,
        (tasks, stop): (&TaskTracker, &CancellationToken),
    ) -> Result<Reply, String> {
        let request = || request(target, secret, body.clone());
        let answer = match self.idle(address) {
            Some(mut kept) => match kept.send_request(request()?).await {
                Ok(answer) => Ok((kept, answer)),
                // The other side closed it while it was idle: nothing was sent.
                Err(error) if error.is_canceled() || error.is_closed() => {
                    fresh(address, request()?, tasks, stop).await
                }
                Err(error) => Err(error.to_string()),
            },
            None => fresh(address, request()?, tasks, stop).await,
        };
        let (sender, answer) = answer?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, MAX_ANSWER).collect().await.map_err(|e| e.to_string())?;
        let closes = text(&head.headers, &CONNECTION).eq_ignore_ascii_case("close");
        if !closes {
            self.keep(address, sender);
        }
        Ok(Reply {
            status: head.status.as_u16(),
            retry_after: text(&head.headers, &RETRY_AFTER).trim().parse().unwrap_or(0),
            content_type: text(&head.headers, &CONTENT_TYPE).to_ascii_lowercase(),
            body: body.to_bytes(),
        })
    }

    fn idle(&self, address: SocketAddr) -> Option<Sender> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.get_mut(&address)?;
        kept.retain(|sender| !sender.is_closed());
        let ready = kept.iter().rposition(SendRequest::is_ready)?;
        Some(kept.swap_remove(ready))
    }

    fn keep(&self, address: SocketAddr, sender: Sender) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.entry(address).or_default();
        if kept.len() < MAX_IDLE {
            kept.push(sender);
        }
    }

    /// Closes every idle connection.
    pub fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

async fn fresh(
    address: SocketAddr,
    request: Request<Full<Bytes>>,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Result<(Sender, hyper::Response<hyper::body::Incoming>), String> {
    let stream = TcpStream::connect(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::ConnectionRefused => "Connection refused".to_owned(),
        _ => error.to_string(),
    })?;
    stream.set_nodelay(true).map_err(|error| error.to_string())?;
    let (mut sender, connection) =
        handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    let stop = stop.clone();
    tasks.spawn(async move {
        tokio::select! {
            // The request's own future reports what went wrong.
            _ = connection => {}
            () = stop.cancelled() => {}
        }
    });
    let answer = sender.send_request(request).await.map_err(|error| error.to_string())?;
    Ok((sender, answer))
}

fn request(
    target: &Target,
    secret: Option<&str>,
    body: Bytes,
) -> Result<Request<Full<Bytes>>, String> {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(&target.path)
        .header(HOST, &target.host)
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT_ENCODING, "gzip, deflate")
        .header(CONNECTION, "keep-alive");
    if let Some(secret) = secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    if let Some(userinfo) = &target.userinfo {
        request = request.header(AUTHORIZATION, format!("Basic {}", STANDARD.encode(userinfo)));
    }
    request.body(Full::new(body)).map_err(|error| error.to_string())
}

fn text<'a>(headers: &'a HeaderMap, name: &axum::http::HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
