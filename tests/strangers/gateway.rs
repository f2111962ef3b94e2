//! A stranger checks the fake gateway: an independent client of version 1 buys, pays, cancels and is refused.

use std::sync::Once;
use std::time::Duration;

use bot_auto_order::primitives::{Clock, Timestamp};
use bot_auto_order::sandbox::pakasir::{
    CallKind, FakePakasir, Fault, FaultKind, NewProject, Project, Version,
};
use pakasir_sdk::simulation::PayRequest;
use pakasir_sdk::transaction::{CancelRequest, CreateRequest, DetailRequest};
use pakasir_sdk::{
    Client, Error, PaymentMethod, PaymentUrlOptions, QrGenerator, SimulationService,
    TransactionService, TransactionStatus, WebhookParser, build_payment_url,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const ORDER: &str = "INV-20261122-0001";
const AMOUNT: i64 = 99_000;

struct Meeting {
    fake: FakePakasir,
    toko: Project,
    transactions: TransactionService,
    bank: SimulationService,
}

/// A sandbox project and the stranger's client with the right key.
async fn meet() -> Meeting {
    let start = Timestamp::from_rfc3339("2026-11-22T05:00:00Z").expect("a time");
    let fake = FakePakasir::start(Clock::manual(start)).await.expect("a free port");
    let toko = fake.add_project(NewProject { sandbox: true, ..NewProject::named("toko") });
    toko.version(Version::V1);
    let client = client(&fake, toko.api_key().expose());
    let transactions = TransactionService::new(client.clone());
    Meeting { fake, toko, transactions, bank: SimulationService::new(client) }
}

fn client(fake: &FakePakasir, key: &str) -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        rustls::crypto::ring::default_provider().install_default().expect("nobody came first");
    });
    let short = Duration::from_millis(1);
    Client::builder("toko", key).base_url(fake.url()).retries(2).retry_wait(short, short).build()
}

fn create(order_id: &str, amount: i64) -> CreateRequest {
    CreateRequest { order_id: order_id.to_owned(), amount }
}

fn order() -> DetailRequest {
    DetailRequest { order_id: ORDER.to_owned(), amount: AMOUNT }
}

fn bill() -> PayRequest {
    PayRequest { order_id: ORDER.to_owned(), amount: AMOUNT }
}

fn cancelled() -> CancelRequest {
    CancelRequest { order_id: ORDER.to_owned(), amount: AMOUNT }
}

fn status(error: &Error) -> Option<u16> {
    error.api_status().map(|status| status.as_u16())
}

#[tokio::test]
async fn the_stranger_creates_pays_and_reads_an_order() {
    let meeting = meet().await;
    let made = meeting.transactions.create(PaymentMethod::Qris, &create(ORDER, AMOUNT)).await;
    let payment = made.expect("created").payment;
    assert_eq!((payment.project.as_str(), payment.order_id.as_str()), ("toko", ORDER));
    assert_eq!((payment.amount, payment.fee, payment.total_payment), (AMOUNT, 1_003, 100_003));
    assert_eq!(payment.payment_method, PaymentMethod::Qris);
    let expiry = payment.parse_time().expect("nanoseconds are understood");
    assert_eq!(expiry.to_rfc3339(), "2026-11-22T06:00:00.000622564+00:00");
    let picture = QrGenerator::default().encode(&payment.payment_number).expect("drawn as a QR");
    assert!(picture.starts_with(b"\x89PNG"));

    let pending = meeting.transactions.detail(&order()).await.expect("found").transaction;
    assert_eq!(pending.status, TransactionStatus::Pending);
    assert_eq!(pending.completed_at.as_deref(), Some(""));

    meeting.bank.pay(&bill()).await.expect("paid");
    let paid = meeting.transactions.detail(&order()).await.expect("found").transaction;
    assert_eq!((paid.status, paid.amount), (TransactionStatus::Completed, AMOUNT));
    let at = paid.parse_time().expect("a time").expect("of RFC 3339");
    assert_eq!(at.to_rfc3339(), "2026-11-22T12:00:00+07:00");
    assert_eq!(meeting.fake.violations(), []);
}

#[tokio::test]
async fn the_stranger_understands_our_callback() {
    let meeting = meet().await;
    let request = create(ORDER, AMOUNT);
    meeting.transactions.create(PaymentMethod::BriVa, &request).await.expect("created");
    meeting.bank.pay(&bill()).await.expect("paid");
    let made = meeting.toko.transaction_for(ORDER).await;
    let body = meeting.toko.callback_body(&made.txn_id).to_string();
    let event = WebhookParser::new().parse_bytes(body.as_bytes()).expect("parsed");
    event.validate().expect("valid");
    assert_eq!((event.order_id.as_str(), event.amount), (ORDER, AMOUNT));
    assert_eq!((event.project.as_str(), event.payment_method), ("toko", PaymentMethod::BriVa));
    assert_eq!((event.status, event.is_sandbox), (TransactionStatus::Completed, true));
    assert!(event.parse_time().is_ok());
}

#[tokio::test]
async fn the_stranger_cancels_once() {
    let meeting = meet().await;
    let request = create(ORDER, AMOUNT);
    meeting.transactions.create(PaymentMethod::Qris, &request).await.expect("created");
    meeting.transactions.cancel(&cancelled()).await.expect("cancelled");
    let seen = meeting.transactions.detail(&order()).await.expect("found").transaction;
    assert_eq!(seen.status, TransactionStatus::Canceled);
    let twice = meeting.transactions.cancel(&cancelled()).await.expect_err("closed already");
    assert_eq!(status(&twice), Some(400));
    let late = meeting.bank.pay(&bill()).await.expect_err("closed already");
    assert_eq!(status(&late), Some(400));
}

#[tokio::test]
async fn the_stranger_meets_every_refusal() {
    let meeting = meet().await;
    let unknown = meeting.transactions.detail(&order()).await.expect_err("unknown");
    assert_eq!(status(&unknown), Some(404));
    let small = create(ORDER, 499);
    let small = meeting.transactions.create(PaymentMethod::Qris, &small).await;
    assert_eq!(status(&small.expect_err("too small")), Some(400));
    let odd = meeting.transactions.create(PaymentMethod::Paypal, &create(ORDER, AMOUNT)).await;
    assert_eq!(status(&odd.expect_err("no such method")), Some(400));

    let thief = TransactionService::new(client(&meeting.fake, "salah"));
    let refused = thief.create(PaymentMethod::Qris, &create(ORDER, AMOUNT)).await;
    assert_eq!(status(&refused.expect_err("a wrong key")), Some(401));

    meeting.transactions.create(PaymentMethod::Qris, &create(ORDER, AMOUNT)).await.expect("made");
    meeting.bank.pay(&bill()).await.expect("paid");
    let again = meeting.transactions.create(PaymentMethod::Qris, &create(ORDER, AMOUNT)).await;
    let again = again.expect_err("paid already").to_string();
    assert!(again.contains("Transaction already completed"), "{again}");
    let twice = meeting.bank.pay(&bill()).await.expect_err("paid already");
    assert_eq!(status(&twice), Some(400));
}

#[tokio::test]
async fn the_stranger_survives_or_reports_our_faults() {
    let meeting = meet().await;
    let plant = |times, kind| {
        meeting.fake.fault(Fault { call: Some(CallKind::Create), reference: None, times, kind });
    };
    let request = create(ORDER, AMOUNT);
    let buy = || meeting.transactions.create(PaymentMethod::Qris, &request);

    plant(1, FaultKind::Html502);
    plant(1, FaultKind::TooManyRequests { retry_after: Some(0) });
    assert_eq!(buy().await.expect("the third try").payment.order_id, ORDER);
    assert_eq!(meeting.fake.calls().len(), 3);

    plant(3, FaultKind::Status(503));
    assert!(matches!(buy().await, Err(Error::RequestFailedAfterRetries { .. })));
    plant(1, FaultKind::ServerErrorAfterStoring);
    assert_eq!(status(&buy().await.expect_err("not repeated")), Some(500));
    for kind in [FaultKind::MalformedJson, FaultKind::Html200, FaultKind::MissingTotal] {
        plant(1, kind.clone());
        assert!(matches!(buy().await, Err(Error::DecodeJson { .. })), "{kind:?}");
    }
    plant(1, FaultKind::HugeBody);
    assert!(matches!(buy().await, Err(Error::RequestFailed { .. })));
    assert_eq!(meeting.toko.transactions().len(), 1);
}

#[tokio::test]
async fn the_strangers_link_opens_our_page() {
    let meeting = meet().await;
    let options = PaymentUrlOptions {
        order_id: ORDER.to_owned(),
        redirect: Some("https://t.me/toko_bot".to_owned()),
        qris_only: true,
        ..PaymentUrlOptions::default()
    };
    let link = build_payment_url(&meeting.fake.url(), "toko", AMOUNT, &options).expect("a link");
    let path = link.strip_prefix(&meeting.fake.url()).expect("a link of ours");
    let page = ask(&meeting.fake, "GET", path).await;
    assert!(page.contains("Rp 100.003") && page.contains("https://t.me/toko_bot"));
    let made = meeting.toko.transaction_for(ORDER).await;
    let paid = ask(&meeting.fake, "POST", &format!("/pay-v2/{}", made.txn_id)).await;
    assert!(paid.starts_with("HTTP/1.1 200"), "{paid}");
    let seen = meeting.transactions.detail(&order()).await.expect("found").transaction;
    assert_eq!(seen.status, TransactionStatus::Completed);
}

/// Asks as a browser would, without a body, and gives the whole answer.
async fn ask(fake: &FakePakasir, method: &str, path: &str) -> String {
    let url = fake.url();
    let host = url.strip_prefix("http://").expect("plain HTTP");
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("text");
    answer
}
