//! How a callback looks and how it travels: one HTTP/1.1 POST, to this machine only.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::http::header::{CONNECTION, CONTENT_TYPE, HOST};
use axum::http::{Request, Uri};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::book::Transaction;
use super::methods::Version;
use super::wire;

/// The most that is read of the shop's answer, in bytes.
const ANSWER_LIMIT: usize = 64 * 1024;

/// The `X-Secret` header of a callback sent by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretHeader {
    /// The project's own secret.
    Right,
    /// A secret of the right length that is not the project's.
    Wrong,
    /// No header.
    Missing,
    /// This text.
    Text(String),
}

/// The body of a callback sent by hand: JSON, text or any bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackBody(pub Bytes);

impl From<Value> for CallbackBody {
    fn from(value: Value) -> Self {
        Self(value.to_string().into())
    }
}

impl From<&str> for CallbackBody {
    fn from(text: &str) -> Self {
        Self(Bytes::copy_from_slice(text.as_bytes()))
    }
}

impl From<Vec<u8>> for CallbackBody {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

/// A callback that is ready to go.
#[derive(Clone)]
pub(super) struct Parcel {
    pub(super) url: String,
    pub(super) route: Option<SocketAddr>,
    pub(super) secret: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) body: Bytes,
}

/// What an honest callback of this version tells about `transaction`.
pub(super) fn body(version: Version, transaction: &Transaction) -> Value {
    let completed_at = transaction.completed_at.map(wire::jakarta);
    match version {
        Version::V2 => json!({
            "txn_id": transaction.txn_id,
            "order_id": transaction.reference,
            "amount": transaction.amount,
            "is_sandbox": transaction.sandbox,
            "status": transaction.state.as_str(),
            "completed_at": completed_at,
        }),
        Version::V1 => {
            let mut body = json!({
                "amount": transaction.amount,
                "order_id": transaction.reference,
                "project": transaction.project,
                "status": transaction.state.as_str(),
                "payment_method": transaction.method,
                "completed_at": completed_at.unwrap_or_default(),
            });
            // Undocumented, and seen only for play money.
            if transaction.sandbox {
                body["is_sandbox"] = json!(true);
            }
            body
        }
    }
}

/// Sends it and gives the HTTP status answered.
///
/// # Errors
/// A sentence that says why there was no answer.
pub(super) async fn post(parcel: Parcel) -> Result<u16, String> {
    let uri: Uri = parcel.url.parse().map_err(|_| "the callback's address is no URL".to_owned())?;
    let peer = destination(&uri, parcel.route)?;
    let request = request(&uri, parcel)?;
    let stream = TcpStream::connect(peer).await.map_err(|error| error.to_string())?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    let exchange = async move {
        let answer = sender.send_request(request).await.map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), ANSWER_LIMIT).collect().await;
        body.map_err(|error| error.to_string()).map(|_| status)
    };
    // The request carries `connection: close`, so both sides end together.
    let (status, _) = tokio::join!(exchange, connection);
    status
}

fn request(uri: &Uri, parcel: Parcel) -> Result<Request<Full<Bytes>>, String> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let mut request = Request::post(path).header(HOST, authority).header(CONNECTION, "close");
    if let Some(content_type) = parcel.content_type {
        request = request.header(CONTENT_TYPE, content_type);
    }
    if let Some(secret) = parcel.secret {
        request = request.header("x-secret", secret);
    }
    request.body(Full::new(parcel.body)).map_err(|_| "a header holds odd characters".to_owned())
}

/// Where to connect: the given route, or the URL's own host when it is this machine.
fn destination(uri: &Uri, route: Option<SocketAddr>) -> Result<SocketAddr, String> {
    if let Some(route) = route {
        return Ok(route);
    }
    if uri.scheme_str() != Some("http") {
        return Err("an https callback needs route_callbacks_to".to_owned());
    }
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let ip = match host {
        "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
        text => text.parse().map_err(|_| "only loopback addresses get callbacks".to_owned())?,
    };
    if !ip.is_loopback() {
        return Err("only loopback addresses get callbacks".to_owned());
    }
    Ok(SocketAddr::new(ip, uri.port_u16().unwrap_or(80)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callbacks_stay_on_this_machine() {
        let to = |url: &str, route| destination(&url.parse().expect("a URL"), route);
        let here: SocketAddr = "127.0.0.1:8080".parse().expect("an address");
        assert_eq!(to("http://127.0.0.1:8080/pakasir/x", None), Ok(here));
        assert_eq!(to("http://localhost:8080/", None), Ok(here));
        assert_eq!(to("https://toko.example/pakasir/x", Some(here)), Ok(here));
        for refused in ["https://127.0.0.1/", "http://192.0.2.1/", "http://toko.example/"] {
            assert!(to(refused, None).is_err(), "{refused}");
        }
    }
}
