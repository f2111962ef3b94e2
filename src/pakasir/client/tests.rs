//! The client against a small gateway on loopback that misbehaves on command.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use super::*;
use crate::pakasir::Version;
use crate::pakasir::{Reference, State};
use crate::primitives::Rupiah;
use crate::primitives::Secret;

/// In every shape it must not be seen in; also needs percent-encoding in a query.
const CANARY: &str = "kunci+rahasia/CANARY=7";
const CANARY_ENCODED: &str = "kunci%2Brahasia%2FCANARY%3D7";

const CREATED: &str = r#"{"txn_id":"vwiqpcriq","project":"toko","order_id":"INV-12345678",
    "amount":45000,"fee":625,"total_payment":45625,"payment_method":"qris",
    "qr_string":"00020101021226","is_sandbox":false,"status":"pending"}"#;
const STANDING: &str = r#"{"txn_id":"vwiqpcriq","order_id":"INV-12345678","amount":45000,
    "is_sandbox":false,"status":"completed","completed_at":"2026-11-22T18:00:00+07:00"}"#;
const CREATED_V1: &str = r#"{"payment":{"project":"toko","order_id":"INV-12345678",
    "amount":45000,"fee":625,"total_payment":45625,"payment_method":"qris",
    "payment_number":"00020101021226","expired_at":"2025-09-19T01:18:49.678622564Z"}}"#;
const STANDING_V1: &str = r#"{"transaction":{"amount":45000,"order_id":"INV-12345678",
    "project":"toko","status":"pending","payment_method":"qris","completed_at":""}}"#;

/// A request as it arrived.
#[derive(Debug, Clone)]
struct Seen {
    line: String,
    headers: HeaderMap,
    body: Bytes,
}

type Behaviour = dyn Fn(&Seen) -> Response + Send + Sync;

/// A gateway that answers as told and remembers what it was asked.
#[derive(Clone)]
struct Fake {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    behave: Arc<Behaviour>,
}

impl Fake {
    async fn start(behave: impl Fn(&Seen) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let fake = Self { address, seen: Arc::default(), behave: Arc::new(behave) };
        let app = Router::new().fallback(Self::serve).with_state(fake.clone());
        // The runtime of the test ends the server with the test.
        TaskTracker::new().spawn(async move { axum::serve(listener, app).await });
        fake
    }

    async fn saying(code: u16, body: &'static str) -> Self {
        Self::start(move |_| (status(code), body).into_response()).await
    }

    async fn serve(Shared(fake): Shared<Self>, request: Request) -> Response {
        let (head, body) = request.into_parts();
        let line = format!("{} {}", head.method, head.uri);
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let seen = Seen { line, headers: head.headers, body };
        fake.seen.lock().unwrap().push(seen.clone());
        (fake.behave)(&seen)
    }

    fn gateway(&self, version: Version) -> Remote {
        gateway(version, &format!("http://{}/", self.address), quick())
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap()
}

fn quick() -> Patience {
    Patience { connect: Duration::from_secs(2), whole: Duration::from_secs(10) }
}

fn gateway(version: Version, api_url: &str, patience: Patience) -> Remote {
    Remote(Arc::new(Line::open(account(version, api_url), patience).unwrap()))
}

fn account(version: Version, api_url: &str) -> Account {
    Account {
        version,
        api_url: api_url.to_owned(),
        public_domain: "https://app.pakasir.com".to_owned(),
        slug: "toko".to_owned(),
        api_key: Secret::new(CANARY.to_owned()),
        sandbox: false,
    }
}

fn ask() -> Ask {
    Ask {
        reference: Reference::parse("INV-12345678").unwrap(),
        amount: Rupiah::new(45_000).unwrap(),
    }
}

fn sale() -> Sale {
    let Ask { reference, amount } = ask();
    Sale { reference, amount, txn_id: Some("vwiqpcriq".to_owned()) }
}

/// What each of the three calls says, with its success taken away.
async fn failures(gateway: &Remote) -> [Option<Failure>; 3] {
    [
        gateway.create(&ask()).await.err(),
        gateway.status(&sale()).await.err(),
        gateway.cancel(&sale()).await.err(),
    ]
}

#[tokio::test]
async fn v2_creates_asks_and_cancels() {
    let fake = Fake::start(|seen| match seen.line.split('/').nth(3).unwrap() {
        "create-transaction" => (status(201), CREATED).into_response(),
        "transaction-status" => STANDING.into_response(),
        _ => r#"{"message":"dibatalkan"}"#.into_response(),
    })
    .await;
    let gateway = fake.gateway(Version::V2);
    let invoice = gateway.create(&ask()).await.unwrap();
    assert_eq!((invoice.total.get(), invoice.qr_string.as_str()), (45_625, "00020101021226"));
    let standing = gateway.status(&sale()).await.unwrap();
    assert_eq!((standing.state.clone(), standing.differs_from(&sale())), (State::Completed, None));
    gateway.cancel(&sale()).await.unwrap();

    let seen = fake.seen();
    let lines: Vec<_> = seen.iter().map(|seen| seen.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "POST /api/v2/create-transaction/toko/INV-12345678",
            "GET /api/v2/transaction-status/toko/vwiqpcriq",
            "POST /api/v2/cancel-transaction/toko/vwiqpcriq",
        ]
    );
    assert!(seen.iter().all(|seen| seen.headers["x-api-key"] == CANARY));
    assert_eq!(seen[0].headers[header::CONTENT_TYPE], "application/json");
    assert_eq!(seen[0].body, r#"{"amount":45000,"method":"qris"}"#);
    assert!(seen[1].body.is_empty() && seen[2].body.is_empty());
}

#[tokio::test]
async fn v1_creates_asks_and_cancels() {
    let fake = Fake::start(|seen| match seen.line.as_str() {
        "POST /api/transactioncreate/qris" => CREATED_V1.into_response(),
        "POST /api/transactioncancel" => r#"{"success":true}"#.into_response(),
        _ => STANDING_V1.into_response(),
    })
    .await;
    let gateway = fake.gateway(Version::V1);
    let invoice = gateway.create(&ask()).await.unwrap();
    assert_eq!((invoice.total.get(), invoice.txn_id), (45_625, None));
    assert_eq!(invoice.expires_at.unwrap().0, 1_758_244_729_678);
    let standing = gateway.status(&sale()).await.unwrap();
    assert_eq!((standing.state, standing.completed_at), (State::Pending, None));
    gateway.cancel(&sale()).await.unwrap();

    let seen = fake.seen();
    assert_eq!(
        seen[1].line,
        format!(
            "GET /api/transactiondetail?project=toko&amount=45000&order_id=INV-12345678&api_key={CANARY_ENCODED}"
        )
    );
    assert!(seen.iter().all(|seen| !seen.headers.contains_key("x-api-key")));
    let body: serde_json::Value = serde_json::from_slice(&seen[2].body).unwrap();
    assert_eq!(body["api_key"], CANARY);
}

#[tokio::test]
async fn an_identical_create_is_an_identical_request() {
    let fake = Fake::saying(200, CREATED).await;
    let gateway = fake.gateway(Version::V2);
    let first = gateway.create(&ask()).await.unwrap();
    assert_eq!(gateway.create(&ask()).await.unwrap(), first);
    let seen = fake.seen();
    assert_eq!((&seen[0].line, &seen[0].body), (&seen[1].line, &seen[1].body));
}

#[tokio::test]
async fn each_status_has_its_failure() {
    for (code, expected) in [
        (401, Failure::Unauthorized),
        (403, Failure::Unauthorized),
        (400, Failure::Refused { code: 400, message: "tidak bisa".into() }),
        (422, Failure::Refused { code: 422, message: "tidak bisa".into() }),
        (429, Failure::RetryAfter(Duration::from_secs(5))),
        (500, Failure::Unknown("HTTP 500: tidak bisa".into())),
        (503, Failure::Unknown("HTTP 503: tidak bisa".into())),
    ] {
        let fake = Fake::saying(code, r#"{"message":"tidak bisa"}"#).await;
        for version in [Version::V2, Version::V1] {
            let failed = failures(&fake.gateway(version)).await;
            assert_eq!(failed, [const { None }; 3].map(|_: Option<()>| Some(expected.clone())));
        }
        assert_eq!(fake.seen().len(), 6, "a call was repeated behind the caller's back");
    }
}

#[tokio::test]
async fn a_404_means_what_was_asked() {
    let fake = Fake::saying(404, r#"{"message":"Transaksi telah dibatalkan"}"#).await;
    assert_eq!(
        failures(&fake.gateway(Version::V2)).await,
        [Some(Failure::CanceledReference), Some(Failure::NotFound), Some(Failure::NotFound)]
    );
    let refused = Failure::Refused { code: 404, message: "Transaksi telah dibatalkan".into() };
    assert_eq!(
        failures(&fake.gateway(Version::V1)).await,
        [Some(refused), Some(Failure::NotFound), Some(Failure::NotFound)]
    );
}

#[tokio::test]
async fn a_wait_is_read_from_the_header() {
    let fake =
        Fake::start(|_| (status(429), [(header::RETRY_AFTER, "17")], "pelan").into_response())
            .await;
    let failed = fake.gateway(Version::V2).status(&sale()).await.err();
    assert_eq!(failed, Some(Failure::RetryAfter(Duration::from_secs(17))));
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_carries_no_key() {
    let thief = Fake::saying(200, CREATED).await;
    for code in [301, 302, 303, 307, 308] {
        let target = format!("http://{}/api/v2/x?api_key={CANARY_ENCODED}", thief.address);
        let fake = Fake::start(move |_| {
            (status(code), [(header::LOCATION, target.clone())], CREATED).into_response()
        })
        .await;
        for version in [Version::V2, Version::V1] {
            for failure in failures(&fake.gateway(version)).await {
                let failure = failure.expect("a redirect is no success");
                assert!(matches!(failure, Failure::Unknown(_)), "{code}: {failure:?}");
                assert_hides_everything(&failure, thief.address);
            }
        }
    }
    assert!(thief.seen().is_empty(), "a key travelled to another host");
}

#[tokio::test]
async fn what_is_no_json_is_no_answer() {
    for body in
        ["", "<html><h1>502 Bad Gateway</h1></html>", r#"{"txn_id":"vw"#, "[]", "null", "\"ok\""]
    {
        let fake = Fake::saying(200, body).await;
        for version in [Version::V2, Version::V1] {
            let [created, standing, cancelled] = failures(&fake.gateway(version)).await;
            assert!(matches!(created, Some(Failure::Unknown(_))), "{body}: {created:?}");
            assert!(matches!(standing, Some(Failure::Unknown(_))), "{body}: {standing:?}");
            assert_eq!(cancelled, None, "any 2xx cancels");
        }
    }
}

#[tokio::test]
async fn missing_fields_and_strange_echoes_never_become_an_invoice() {
    let changed = |from: &'static str, to: &'static str| {
        Fake::start(move |_| CREATED.replace(from, to).into_response())
    };
    for (from, to) in [("qr_string", "qr"), ("total_payment", "sum"), ("45625", "\"45625\"")] {
        let created = changed(from, to).await.gateway(Version::V2).create(&ask()).await;
        assert!(matches!(created, Err(Failure::Unknown(_))), "{from}: {created:?}");
    }
    for (from, to) in [("45000", "450"), ("\"toko\"", "\"x\""), ("INV-1", "INV-2"), ("qris", "va")]
    {
        let created = changed(from, to).await.gateway(Version::V2).create(&ask()).await;
        assert!(matches!(created, Err(Failure::Mismatch(_))), "{from}: {created:?}");
    }
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    for code in [200, 400, 500] {
        let fake = Fake::start(move |_| {
            (status(code), Body::from(vec![b' '; MAX_ANSWER_BYTES + 1])).into_response()
        })
        .await;
        let told = fake.gateway(Version::V2).create(&ask()).await.unwrap_err().to_string();
        assert!(told.contains("the answer is longer than 65536 bytes"), "{code}: {told}");
    }
    let just = format!("{CREATED}{}", " ".repeat(MAX_ANSWER_BYTES - CREATED.len()));
    let fake = Fake::start(move |_| just.clone().into_response()).await;
    assert!(fake.gateway(Version::V2).create(&ask()).await.is_ok(), "64 KiB is allowed");
}

#[tokio::test]
async fn silence_is_an_unknown_outcome() {
    // Accepts connections and never says a word.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let patience = Patience { connect: Duration::from_secs(2), whole: Duration::from_millis(150) };
    for version in [Version::V2, Version::V1] {
        for failure in failures(&gateway(version, &url, patience)).await {
            let failure = failure.expect("silence is no success");
            assert!(matches!(failure, Failure::Unknown(_)), "{failure:?}");
            assert_hides_everything(&failure, listener.local_addr().unwrap());
        }
    }
}

#[tokio::test]
async fn half_an_answer_is_an_unknown_outcome() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    TaskTracker::new().spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4_096];
            let _ = socket.read(&mut request).await;
            let _ = socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"txn").await;
        }
    });
    let gateway = gateway(Version::V1, &format!("http://{address}"), quick());
    for failure in failures(&gateway).await.into_iter().take(2) {
        let failure = failure.expect("half an answer is no success");
        assert!(matches!(failure, Failure::Unknown(_)), "{failure:?}");
        assert_hides_everything(&failure, address);
    }
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    for version in [Version::V2, Version::V1] {
        for failure in failures(&gateway(version, &format!("http://{address}"), quick())).await {
            let failure = failure.expect("nobody listens");
            assert!(matches!(failure, Failure::NotSent(_)), "{failure:?}");
            assert_hides_everything(&failure, address);
        }
    }
}

#[tokio::test]
async fn a_server_without_a_certificate_gets_no_request() {
    let fake = Fake::saying(200, CREATED).await;
    let url = format!("https://{}", fake.address);
    for version in [Version::V2, Version::V1] {
        for failure in failures(&gateway(version, &url, quick())).await {
            let failure = failure.expect("plain text is no TLS");
            assert!(matches!(failure, Failure::NotSent(_)), "{failure:?}");
            assert_hides_everything(&failure, fake.address);
        }
    }
    assert!(fake.seen().is_empty());
}

#[tokio::test]
async fn a_gateway_that_repeats_our_request_does_not_give_the_key_away() {
    for code in [200, 400, 401, 404, 422, 429, 500, 502] {
        for shape in 0..4 {
            let fake = Fake::start(move |seen| {
                let key = seen.headers.get("x-api-key").map(|key| key.to_str().unwrap());
                let asked = format!(
                    "{} {} {}",
                    key.unwrap_or_default(),
                    seen.line,
                    String::from_utf8_lossy(&seen.body)
                );
                let body = match shape {
                    0 => serde_json::json!({ "message": asked }).to_string(),
                    1 => {
                        serde_json::json!({ "transaction": { "project": asked }, "project": asked })
                            .to_string()
                    }
                    2 => {
                        let echo = format!("{}{asked}", "x".repeat(50));
                        serde_json::json!({ "payment": { "project": echo }, "project": echo })
                            .to_string()
                    }
                    _ => format!("{}{asked}", "x".repeat(170)),
                };
                (status(code), body).into_response()
            })
            .await;
            for version in [Version::V2, Version::V1] {
                for failure in failures(&fake.gateway(version)).await.into_iter().flatten() {
                    assert_hides_the_key(&failure);
                }
            }
        }
    }
}

#[test]
fn an_account_that_cannot_work_is_refused_without_showing_it() {
    let refused = |change: fn(&mut Account)| {
        let mut account = account(Version::V2, "https://app.pakasir.com");
        change(&mut account);
        let shown = format!("{account:?}");
        assert!(!shown.contains(CANARY), "{shown}");
        let fault = connect(account).err().expect("refused");
        assert!(!format!("{fault:?} {fault}").contains("CANARY"), "{fault:?}");
        fault
    };
    for url in [
        "http://app.pakasir.com",
        "http://127.0.0.1.example.com",
        "http://192.168.1.1",
        "http://[2001:db8::1]",
        "ftp://127.0.0.1",
        "app.pakasir.com",
        "https://CANARY:CANARY@app.pakasir.com",
        "https://app.pakasir.com/?CANARY",
        "https://app.pakasir.com/#CANARY",
        "",
    ] {
        let mut account = account(Version::V2, url);
        let fault = connect(account.clone()).err();
        assert!(matches!(fault, Some(AccountFault::ApiUrl(_))), "{url}: {fault:?}");
        assert!(!format!("{fault:?}").contains("CANARY"), "{fault:?}");
        account.api_url = "https://app.pakasir.com".into();
        assert!(connect(account).is_ok());
    }
    assert_eq!(refused(|a| a.slug = "..".into()), AccountFault::Slug);
    assert_eq!(refused(|a| a.slug = String::new()), AccountFault::Slug);
    assert_eq!(refused(|a| a.api_key = Secret::new(String::new())), AccountFault::ApiKey);
    assert_eq!(refused(|a| a.api_key = Secret::new("CANARY\r\nX: y".into())), AccountFault::ApiKey);
    assert!(matches!(
        refused(|a| a.public_domain = "http://CANARY.example".into()),
        AccountFault::PublicDomain(_)
    ));
}

#[test]
fn the_key_in_the_header_is_marked_as_a_secret() {
    let line = Line::open(account(Version::V2, "http://localhost"), quick()).unwrap();
    assert_eq!(line.key_header, CANARY);
    assert!(!format!("{:?}", line.key_header).contains("CANARY"));
}

#[test]
fn loopback_may_do_without_tls() {
    for url in ["http://127.0.0.1:8081", "http://[::1]:8081/", "http://localhost:8081/fake"] {
        assert_eq!(address(url).as_deref(), Ok(url.trim_end_matches('/')));
    }
}

fn assert_hides_the_key(failure: &Failure) {
    for shown in
        [failure.to_string(), format!("{failure:?}"), serde_json::to_string(failure).unwrap()]
    {
        for trace in ["CANARY", "rahasia"] {
            assert!(!shown.contains(trace), "the key shows in {shown}");
        }
    }
}

fn assert_hides_everything(failure: &Failure, address: SocketAddr) {
    assert_hides_the_key(failure);
    let shown = format!("{failure} {failure:?}");
    for trace in ["http://", "https://", "/api/", "api_key", &address.port().to_string()] {
        assert!(!shown.contains(trace), "{trace} shows in {shown}");
    }
}
