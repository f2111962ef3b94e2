//! Version 2 of the API: flat objects, the key in a header, transactions by the gateway's id.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::{Path, State as Shared};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::routing::{get, post};
use bytes::Bytes;
use serde_json::{Value, json};

use super::answer::Answer;
use super::book::{Created, Refused, State, Transaction, Wanted};
use super::faults::CallKind;
use super::gateway::{Asked, Gateway};
use super::methods::{self, Instrument, Version};
use super::wire;

const CREATE: &str = "v2 create";
const STATUS: &str = "v2 status";
const CANCEL: &str = "v2 cancel";
const FEES: &str = "v2 payment-fee";
/// References longer than this are refused; the contract names no limit.
const LONGEST_REFERENCE: usize = 128;

/// The four operations.
pub(super) fn router() -> Router<Arc<Gateway>> {
    Router::new()
        .route("/api/v2/create-transaction/{slug}/{order_id}", post(create))
        .route("/api/v2/transaction-status/{slug}/{txn_id}", get(status))
        .route("/api/v2/cancel-transaction/{slug}/{txn_id}", post(cancel))
        .route("/api/v2/payment-fee/{amount}", get(fees))
}

async fn create(
    Shared(gateway): Shared<Arc<Gateway>>,
    Path((project, reference)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let amount = serde_json::from_slice::<Value>(&body).ok().and_then(|v| v["amount"].as_i64());
    let asked = Asked {
        route: CREATE,
        kind: Some(CallKind::Create),
        project: project.clone(),
        reference: reference.clone(),
        amount,
    };
    gateway
        .serve(asked, |gateway| {
            allowed(gateway, CREATE, &project, &reference, &headers)
                .and_then(|()| paced(gateway, CallKind::Create, &project))
                .and_then(|()| find_or_create(gateway, &project, &reference, &headers, &body))
                .unwrap_or_else(|refusal| refusal)
        })
        .await
}

fn find_or_create(
    gateway: &Gateway,
    project: &str,
    reference: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Answer, Answer> {
    let refuse = |rule: &str| gateway.refuse(CREATE, reference, rule);
    let json = headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !json {
        return Err(refuse("Content-Type is not application/json"));
    }
    if reference.is_empty() || reference.len() > LONGEST_REFERENCE {
        return Err(refuse("the order_id is empty or too long"));
    }
    let fields = wire::object(body, &["method", "amount"], &[]).map_err(|why| refuse(&why))?;
    let method = wire::text(&fields, "method").map_err(|why| refuse(&why))?;
    let amount = wire::rupiah(&fields, "amount").map_err(|why| refuse(&why))?;
    let instrument = methods::instrument(Version::V2, method)
        .ok_or_else(|| refuse("Metode pembayaran tidak dikenal"))?;
    let (least, most) = methods::bounds(Version::V2, instrument);
    if !(least..=most).contains(&amount) {
        let message = format!("Nominal harus antara {least} dan {most}");
        return Err(Answer::message(400, &message));
    }
    let wanted = Wanted { version: Version::V2, project, reference, method, amount };
    let created = gateway.book().create(wanted, gateway.clock.now());
    match created {
        Created::New(transaction) => {
            Ok(Answer::json(201, shown(gateway, &transaction, instrument)))
        }
        Created::Found(transaction) if transaction.state == State::Canceled => {
            Err(Answer::message(404, "Transaksi telah dibatalkan"))
        }
        Created::Found(transaction) => {
            Ok(Answer::json(200, shown(gateway, &transaction, instrument)))
        }
        Created::Differs => Err(refuse("the order_id was used with another amount or method")),
        Created::Full => Err(Answer::message(503, "Gerbang penuh")),
    }
}

fn shown(gateway: &Gateway, transaction: &Transaction, instrument: Instrument) -> Value {
    let mut body = json!({
        "txn_id": transaction.txn_id,
        "project": transaction.project,
        "order_id": transaction.reference,
        "amount": transaction.amount,
        "fee": transaction.fee,
        "total_payment": transaction.total,
        "payment_method": transaction.method,
        "expired_at": transaction.expired_at.to_rfc3339(),
        "is_sandbox": transaction.sandbox,
        "status": transaction.state.as_str(),
        "completed_at": transaction.completed_at.map(wire::jakarta),
    });
    match instrument {
        Instrument::Qr => body["qr_string"] = json!(transaction.qr_string),
        Instrument::VirtualAccount => body["va_number"] = json!(transaction.va_number),
        Instrument::Page => {
            let link = format!("{}/pay-v2/{}", gateway.pages_url(), transaction.txn_id);
            return json!({ "txn_id": transaction.txn_id, "payment_link": link });
        }
    }
    body
}

async fn status(
    Shared(gateway): Shared<Arc<Gateway>>,
    Path((project, txn_id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let asked = about(&gateway, STATUS, CallKind::Status, &project, &txn_id);
    let reference = asked.reference.clone();
    gateway
        .serve(asked, |gateway| {
            if let Err(refusal) = allowed(gateway, STATUS, &project, &reference, &headers) {
                return refusal;
            }
            let now = gateway.clock.now();
            let mut book = gateway.book();
            let found = book.find(&txn_id, now).filter(|found| found.project == project);
            let Some(transaction) = found else {
                return Answer::message(404, "Transaksi tidak ditemukan");
            };
            if gateway.status_limit.load(Ordering::Relaxed) && !book.admit_status(&txn_id, now) {
                gateway.broken(STATUS, &reference, "more than one status query in 4 seconds");
                return Answer::message(429, "Terlalu banyak permintaan");
            }
            Answer::json(
                200,
                json!({
                    "txn_id": transaction.txn_id,
                    "order_id": transaction.reference,
                    "amount": transaction.amount,
                    "is_sandbox": transaction.sandbox,
                    "status": transaction.state.as_str(),
                    "completed_at": transaction.completed_at.map(wire::jakarta),
                }),
            )
        })
        .await
}

async fn cancel(
    Shared(gateway): Shared<Arc<Gateway>>,
    Path((project, txn_id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let asked = about(&gateway, CANCEL, CallKind::Cancel, &project, &txn_id);
    let reference = asked.reference.clone();
    gateway
        .serve(asked, |gateway| {
            allowed(gateway, CANCEL, &project, &reference, &headers)
                .and_then(|()| paced(gateway, CallKind::Cancel, &project))
                .map_or_else(
                    |refusal| refusal,
                    |()| close(gateway, &project, &txn_id, &reference, &body),
                )
        })
        .await
}

fn close(gateway: &Gateway, project: &str, txn_id: &str, reference: &str, body: &[u8]) -> Answer {
    if !body.is_empty() {
        return gateway.refuse(CANCEL, reference, "cancel takes no body");
    }
    let now = gateway.clock.now();
    let mut book = gateway.book();
    let own = book.find(txn_id, now).is_some_and(|found| found.project == project);
    let outcome = if own { book.cancel(txn_id, now) } else { Err(Refused::Unknown) };
    match outcome {
        Ok(()) => Answer::message(200, "Berhasil batalkan transaksi"),
        Err(Refused::Unknown) => Answer::message(404, "Transaksi tidak ditemukan"),
        Err(Refused::Completed) => Answer::message(400, "Transaksi telah selesai"),
        Err(Refused::Closed) => Answer::message(404, "Transaksi telah dibatalkan"),
    }
}

async fn fees(Shared(gateway): Shared<Arc<Gateway>>, Path(amount): Path<String>) -> Answer {
    let amount = amount.parse::<i64>().ok().filter(|amount| (1..=50_000_000).contains(amount));
    let (project, reference) = (String::new(), String::new());
    let asked = Asked { route: FEES, kind: None, project, reference, amount };
    gateway
        .serve(asked, |_| match amount {
            Some(amount) => Answer::json(200, methods::fee_table(amount)),
            None => Answer::message(400, "Nominal tidak valid"),
        })
        .await
}

fn about(
    gateway: &Gateway,
    route: &'static str,
    kind: CallKind,
    project: &str,
    txn_id: &str,
) -> Asked {
    let known = gateway.book().find(txn_id, gateway.clock.now());
    Asked {
        route,
        kind: Some(kind),
        project: project.to_owned(),
        amount: known.as_ref().map(|transaction| transaction.amount),
        reference: known.map(|transaction| transaction.reference).unwrap_or_default(),
    }
}

fn allowed(
    gateway: &Gateway,
    route: &'static str,
    project: &str,
    reference: &str,
    headers: &HeaderMap,
) -> Result<(), Answer> {
    let key = headers.get("x-api-key").map_or(&b""[..], |key| key.as_bytes());
    match gateway.account(project, |account| account.api_key.matches(key)) {
        None => Err(Answer::message(404, "Proyek tidak ditemukan")),
        Some(true) => Ok(()),
        Some(false) => {
            gateway.broken(route, reference, "X-Api-Key is missing or wrong");
            Err(Answer::message(401, "Api key tidak valid"))
        }
    }
}

fn paced(gateway: &Gateway, kind: CallKind, project: &str) -> Result<(), Answer> {
    if !gateway.pace_limit.load(Ordering::Relaxed) {
        return Ok(());
    }
    let now = gateway.clock.now();
    let admitted = gateway.account(project, |account| match kind {
        CallKind::Cancel => account.admit_cancel(now),
        CallKind::Create | CallKind::Status => account.admit_create(now),
    });
    match admitted {
        Some(false) => Err(Answer::message(429, "Terlalu banyak permintaan")),
        _ => Ok(()),
    }
}
