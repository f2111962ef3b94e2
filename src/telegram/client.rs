//! The client that calls the Bot API; the one file here that knows of HTTP.

use std::error::Error as _;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_LENGTH, RETRY_AFTER};
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, Response, Url, redirect, retry};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use super::body::{parameters, part_text, safe_file_name, unformatted};
use super::failure::decide;
use super::limits::{DOWNLOAD_BYTES_MAX, clip};
use super::{Done, Failure, Method, Upload, looks_like_a_token};
use crate::primitives::Secret;

/// Calls of one bot on their way at once; further ones wait their turn.
const CALLS_AT_ONCE: usize = 32;
/// The longest answer read, in bytes; real ones have a few thousand.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// How long to wait for Telegram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOuts {
    /// For a connection with TLS.
    pub connect: Duration,
    /// For a call from its start to the end of its answer.
    pub call: Duration,
    /// The same for a call with a file, and for downloads.
    pub upload: Duration,
}

impl Default for TimeOuts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            call: Duration::from_secs(15),
            upload: Duration::from_mins(1),
        }
    }
}

/// Why there can be no client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The address of the Bot API is none.
    #[error("the address of the Bot API must be http:// or https:// with a host and no query")]
    BadUrl,
    /// The token is none; it is not shown.
    #[error("a bot token looks like 123456789:AbC-dEf_…, without spaces")]
    BadToken,
    /// The HTTP client cannot be built.
    #[error("cannot prepare HTTPS: {0}")]
    NoHttps(String),
}

/// Speaks to the Bot API as one bot. Clones share connections and the limit of calls at once.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    token: Secret<String>,
    turns: Arc<Semaphore>,
    time_outs: TimeOuts,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold credentials, too.
        write!(f, "Client({})", self.base.host_str().unwrap_or_default())
    }
}

impl Client {
    /// A client for the bot with `token` at `api_url` (`https://api.telegram.org`, a local Bot API
    /// server, or a sandbox on `http://127.0.0.1:…`).
    ///
    /// # Errors
    /// [`ClientError`]; none of them shows the token.
    pub fn new(api_url: &str, token: Secret<String>) -> Result<Self, ClientError> {
        Self::with_time_outs(api_url, token, TimeOuts::default())
    }

    /// The same with other time-outs.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_time_outs(
        api_url: &str,
        token: Secret<String>,
        time_outs: TimeOuts,
    ) -> Result<Self, ClientError> {
        check_token(&token)?;
        let mut base = Url::parse(api_url).map_err(|_| ClientError::BadUrl)?;
        let usable = matches!(base.scheme(), "http" | "https")
            && base.has_host()
            && base.query().is_none()
            && base.fragment().is_none();
        if !usable {
            return Err(ClientError::BadUrl);
        }
        let path = format!("{}/", base.path().trim_end_matches('/'));
        base.set_path(&path);
        let http = transport(time_outs.connect)?;
        Ok(Self { http, base, token, turns: Arc::new(Semaphore::new(CALLS_AT_ONCE)), time_outs })
    }

    /// A client for another bot over the same connections.
    ///
    /// # Errors
    /// [`ClientError::BadToken`].
    pub fn for_bot(&self, token: Secret<String>) -> Result<Self, ClientError> {
        check_token(&token)?;
        Ok(Self { token, turns: Arc::new(Semaphore::new(CALLS_AT_ONCE)), ..self.clone() })
    }

    /// Calls `method` once; nothing is repeated in here.
    ///
    /// # Errors
    /// [`Failure`] says what can be done about it.
    pub async fn call<M: Method>(&self, method: &M) -> Result<Done<M::Answer>, Failure> {
        self.exchange::<M>(parameters(method), method.upload()).await
    }

    /// Calls `method` once with the formatting taken off its text: the way out of
    /// [`Failure::UnparsableText`].
    ///
    /// # Errors
    /// As [`Client::call`].
    pub async fn call_plain<M: Method>(&self, method: &M) -> Result<Done<M::Answer>, Failure> {
        self.exchange::<M>(unformatted(parameters(method)), method.upload()).await
    }

    /// The file at `file_path` (from [`super::GetFile`]), at most 20 MB.
    ///
    /// # Errors
    /// [`Failure::BadFile`] when it is too large, gone, or the path is none; else as for a call.
    pub async fn download(&self, file_path: &str) -> Result<Bytes, Failure> {
        let strange = |part: &str| part.is_empty() || part.starts_with('.');
        if file_path.split('/').any(strange) || file_path.contains(['?', '#', '\\', '%', ':']) {
            return Err(Failure::BadFile);
        }
        let _turn = self.turn().await;
        let url = self.url(&format!("file/bot{}/{file_path}", self.token.expose()))?;
        let request = self.http.get(url).timeout(self.time_outs.upload);
        let response = self.send(request).await?;
        match response.status().as_u16() {
            200 => match self.read(response, DOWNLOAD_BYTES_MAX).await? {
                Some(bytes) => Ok(bytes),
                None => Err(Failure::BadFile),
            },
            404 | 410 => Err(Failure::BadFile),
            status => {
                let wait = told_to_wait(&response);
                let body = self.read(response, ANSWER_BYTES_MAX).await?.unwrap_or_default();
                Err(match decide::<Value>(status, wait, &body) {
                    Err(failure) => failure.map_text(|text| self.redact(text)),
                    Ok(_) => Failure::Unknown(format!("HTTP {status} for a file")),
                })
            }
        }
    }

    async fn exchange<M: Method>(
        &self,
        parameters: Map<String, Value>,
        upload: Option<&Upload>,
    ) -> Result<Done<M::Answer>, Failure> {
        let _turn = self.turn().await;
        let url = self.url(&format!("bot{}/{}", self.token.expose(), M::NAME))?;
        let request = self.http.post(url);
        let request = match upload {
            None => request.timeout(self.time_outs.call).json(&parameters),
            Some(upload) => {
                request.timeout(self.time_outs.upload).multipart(form(parameters, upload)?)
            }
        };
        let response = self.send(request).await?;
        let status = response.status().as_u16();
        let wait = told_to_wait(&response);
        let Some(body) = self.read(response, ANSWER_BYTES_MAX).await? else {
            return Err(Failure::Unknown(format!("HTTP {status} with a far too long answer")));
        };
        decide(status, wait, &body)
            .map_err(|failure: Failure| failure.map_text(|text| self.redact(text)))
    }

    async fn turn(&self) -> tokio::sync::SemaphorePermit<'_> {
        self.turns.acquire().await.expect("nobody closes the semaphore")
    }

    fn url(&self, path: &str) -> Result<Url, Failure> {
        // Built as text: joined as a reference, `bot1:x` would be read as a scheme.
        Url::parse(&format!("{}{path}", self.base))
            .map_err(|_| Failure::Refused { code: 0, description: "no such address".to_owned() })
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        request.send().await.map_err(|error| self.broken(error))
    }

    /// The body, or `None` when it has more than `limit` bytes.
    async fn read(&self, mut response: Response, limit: usize) -> Result<Option<Bytes>, Failure> {
        let told = response.headers().get(CONTENT_LENGTH).and_then(|told| told.to_str().ok());
        if told.and_then(|told| told.parse::<usize>().ok()).is_some_and(|told| told > limit) {
            return Ok(None);
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.broken(error))? {
            if body.len() + chunk.len() > limit {
                return Ok(None);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Some(body.freeze()))
    }

    /// What a broken exchange means: only before a connection stands is it certain that Telegram
    /// never got the call.
    fn broken(&self, error: reqwest::Error) -> Failure {
        let (never_left, bug) = (error.is_connect(), error.is_builder());
        let in_time = if error.is_timeout() { "timed out: " } else { "" };
        let error = error.without_url();
        let mut text = format!("{in_time}{error}");
        let mut source = error.source();
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        let text = self.redact(&text);
        if never_left {
            Failure::NotSent(text)
        } else if bug {
            Failure::Refused { code: 0, description: text }
        } else {
            Failure::Unknown(text)
        }
    }

    /// `text` without the token, however it got there, and of a length for a log.
    fn redact(&self, text: &str) -> String {
        clip(&text.replace(self.token.expose(), "<token>"), 300)
    }
}

fn check_token(token: &Secret<String>) -> Result<(), ClientError> {
    looks_like_a_token(token.expose()).then_some(()).ok_or(ClientError::BadToken)
}

fn told_to_wait(response: &Response) -> Option<u64> {
    response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

fn form(parameters: Map<String, Value>, upload: &Upload) -> Result<Form, Failure> {
    let mut form = Form::new();
    for (name, value) in parameters {
        form = form.text(name, part_text(value));
    }
    let length = u64::try_from(upload.bytes.len()).expect("memory is smaller than that");
    let part = Part::stream_with_length(upload.bytes.clone(), length)
        .file_name(safe_file_name(&upload.file_name))
        .mime_str(upload.mime)
        .map_err(|_| Failure::Refused { code: 0, description: "no media type".to_owned() })?;
    Ok(form.part(upload.part, part))
}

/// An HTTP client that trusts the machine's roots; where there are none (a bare container),
/// Mozilla's as compiled in.
fn transport(connect: Duration) -> Result<reqwest::Client, ClientError> {
    // An error means that a provider is installed already, and it can only be this one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    transport_builder(connect).build().or_else(|no_roots| {
        tracing::warn!(reason = %no_roots, "no usable root certificates here: using built-in ones");
        transport_builder(connect)
            .tls_backend_preconfigured(built_in_roots())
            .build()
            .map_err(|error| ClientError::NoHttps(error.without_url().to_string()))
    })
}

/// Without redirects, proxies of the environment, or repeats behind our back.
fn transport_builder(connect: Duration) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("bot-auto-order/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        .referer(false)
        .http1_only()
        .connect_timeout(connect)
        .pool_max_idle_per_host(CALLS_AT_ONCE)
        .pool_idle_timeout(Duration::from_secs(30))
        .tcp_keepalive(Duration::from_secs(30))
}

fn built_in_roots() -> rustls::ClientConfig {
    let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect::<rustls::RootCertStore>();
    let mut config =
        rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
