//! The only file that speaks HTTP to the gateway: one request, one bounded answer, no redirects.

use std::error::Error as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Url};
use rustls::{ClientConfig, RootCertStore};

use super::answer::Answer;
use super::page::page_base;
use super::reader::Reader;
use super::wire::{Call, Verb};
use super::{Account, AccountFault, Answered, Ask, Failure, Gateway, Invoice, Sale, Status};

/// Largest answer that is read; a real one has about 600 bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// How long a call may take.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// To reach the gateway: name, TCP and TLS.
    connect: Duration,
    /// From first to last byte, connecting included.
    whole: Duration,
}

const PATIENCE: Patience =
    Patience { connect: Duration::from_secs(5), whole: Duration::from_secs(15) };

/// Opens the gateway for one account; nothing is sent yet.
///
/// Clients are cheap to keep and hold a connection pool: make one per store and share it.
///
/// # Errors
/// [`AccountFault`] when an address, the slug or the key cannot be used.
pub fn connect(account: Account) -> Result<Arc<dyn Gateway>, AccountFault> {
    Ok(Arc::new(Remote(Arc::new(Line::open(account, PATIENCE)?))))
}

/// Whether something answers HTTP where the gateway should be: any status will do.
///
/// # Errors
/// What was wrong with the address or the connection, in words without secrets.
pub async fn reachable(api_url: &str) -> Result<u16, String> {
    let http = build(PATIENCE).map_err(|fault| fault.to_string())?;
    let answered = http.get(api_url).send().await.map_err(reason)?;
    Ok(answered.status().as_u16())
}

/// The gateway at the other end of a line.
struct Remote(Arc<Line>);

/// Everything a call needs.
struct Line {
    http: Client,
    base: String,
    key_header: HeaderValue,
    reader: Reader,
}

impl Gateway for Remote {
    fn create(&self, ask: &Ask) -> Answered<Invoice> {
        let (line, ask) = (Arc::clone(&self.0), ask.clone());
        Box::pin(async move {
            let answer = line.exchange("create", line.reader.wire.create(&ask)).await?;
            line.reader.invoice(&ask, answer)
        })
    }

    fn status(&self, sale: &Sale) -> Answered<Status> {
        let (line, sale) = (Arc::clone(&self.0), sale.clone());
        Box::pin(async move {
            let answer = line.exchange("status", line.reader.wire.status(&sale)?).await?;
            line.reader.standing(&sale, answer)
        })
    }

    fn cancel(&self, sale: &Sale) -> Answered<()> {
        let (line, sale) = (Arc::clone(&self.0), sale.clone());
        Box::pin(async move {
            let answer = line.exchange("cancel", line.reader.wire.cancel(&sale)?).await?;
            line.reader.cancelled(answer)
        })
    }

    fn can_name(&self, sale: &Sale) -> bool {
        self.0.reader.wire.status(sale).is_ok()
    }
}

impl Line {
    fn open(account: Account, patience: Patience) -> Result<Self, AccountFault> {
        account.check_names()?;
        let base = address(&account.api_url).map_err(AccountFault::ApiUrl)?;
        address(&page_base(&account.public_domain)).map_err(AccountFault::PublicDomain)?;
        let mut key_header =
            HeaderValue::from_str(account.api_key.expose()).map_err(|_| AccountFault::ApiKey)?;
        key_header.set_sensitive(true);
        let http = build(patience)?;
        Ok(Self { http, base, key_header, reader: Reader::new(account)? })
    }

    /// Sends `call` and reads what comes back. Its failures are already clean.
    async fn exchange(&self, name: &'static str, call: Call) -> Result<Answer, Failure> {
        let answer = match self.send(call).await {
            Ok(answer) => answer,
            Err(failure) => return self.reader.clean(Err(failure)),
        };
        if !(200..300).contains(&answer.code) {
            let said = self.reader.presentable(&answer.told());
            let code = answer.code;
            tracing::debug!(call = name, code, %said, "the gateway did not accept a call");
        }
        Ok(answer)
    }

    async fn send(&self, call: Call) -> Result<Answer, Failure> {
        let url = Url::parse(&format!("{}{}", self.base, call.path.expose()))
            .map_err(|_| Failure::NotSent("the address of the call is malformed".to_owned()))?;
        let verb = match call.verb {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
        };
        let mut request = self.http.request(verb, url).header(ACCEPT, "application/json");
        if call.key_in_header {
            request = request.header("X-Api-Key", self.key_header.clone());
        }
        if let Some(body) = call.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.expose().clone());
        }
        let mut response = request.send().await.map_err(unsent)?;
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        Ok(Answer {
            code: response.status().as_u16(),
            retry_after: retry_after.map(str::to_owned),
            body: read(&mut response).await,
        })
    }
}

/// Reads the body up to [`MAX_ANSWER_BYTES`] and stops there, whatever the headers promise.
async fn read(response: &mut reqwest::Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(reason)? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(format!("the answer is longer than {MAX_ANSWER_BYTES} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Without a connection nothing was sent; after that, anything may have happened.
fn unsent(error: reqwest::Error) -> Failure {
    let untouched = error.is_connect() || error.is_builder();
    let reason = reason(error);
    if untouched { Failure::NotSent(reason) } else { Failure::Unknown(reason) }
}

/// The error and its causes in words, without the address, which holds v1's key.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// Checks an address of the configuration and gives it without a slash at its end.
/// The reasons name no value: an address may hold a password.
fn address(text: &str) -> Result<String, String> {
    let url = Url::parse(text.trim()).map_err(|fault| format!("is malformed: {fault}"))?;
    let host = url.host_str().unwrap_or_default();
    let loopback = host == "localhost"
        || host.trim_matches(['[', ']']).parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        _ => return Err("must begin with https:// (http:// only on loopback)".to_owned()),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user name or a password".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not hold a '?' or a '#'".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// A client that verifies TLS against the built-in roots, follows nothing, repeats nothing and
/// takes no proxy from its surroundings.
fn build(patience: Patience) -> Result<Client, AccountFault> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|fault| AccountFault::Client(fault.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        // Below the usual keep-alive of proxies, so that a call seldom meets a line just closed.
        .pool_idle_timeout(Duration::from_secs(30))
        .connect_timeout(patience.connect)
        .timeout(patience.whole)
        .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|fault| AccountFault::Client(reason(fault)))
}

#[cfg(test)]
mod tests;
