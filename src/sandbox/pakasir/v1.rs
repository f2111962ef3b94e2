//! Version 1 of the API: wrapped objects, the key in body or query, transactions by reference and amount.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State as Shared};
use axum::routing::{get, post};
use bytes::Bytes;
use serde_json::{Value, json};

use super::answer::Answer;
use super::book::{Created, Refused, State, Transaction, Wanted};
use super::faults::CallKind;
use super::gateway::{Asked, Gateway};
use super::methods::{self, Version};
use super::wire;

const CREATE: &str = "v1 create";
const DETAIL: &str = "v1 detail";
const CANCEL: &str = "v1 cancel";
const SIMULATE: &str = "v1 simulate";
const FIELDS: [&str; 4] = ["project", "order_id", "amount", "api_key"];
/// Not in the document, but sent by clients that work.
const TOLERATED: [&str; 2] = ["redirect_url", "redirect"];

/// The four operations.
pub(super) fn router() -> Router<Arc<Gateway>> {
    Router::new()
        .route("/api/transactioncreate/{method}", post(create))
        .route("/api/transactiondetail", get(detail))
        .route("/api/transactioncancel", post(cancel))
        .route("/api/paymentsimulation", post(simulate))
}

/// The four fields every call names.
struct Order {
    project: String,
    reference: String,
    amount: i64,
    api_key: String,
}

async fn create(
    Shared(gateway): Shared<Arc<Gateway>>,
    Path(method): Path<String>,
    body: Bytes,
) -> Answer {
    gateway
        .serve(about(CREATE, Some(CallKind::Create), &body), |gateway| {
            posted(gateway, CREATE, &body)
                .and_then(|order| open(gateway, &method, &order))
                .unwrap_or_else(|refusal| refusal)
        })
        .await
}

fn open(gateway: &Gateway, method: &str, order: &Order) -> Result<Answer, Answer> {
    let refuse = |rule: &str| gateway.refuse(CREATE, &order.reference, rule);
    let instrument = methods::instrument(Version::V1, method)
        .ok_or_else(|| refuse("Metode pembayaran tidak dikenal"))?;
    let (least, most) = methods::bounds(Version::V1, instrument);
    if !(least..=most).contains(&order.amount) {
        return Err(Answer::message(400, &format!("Nominal minimal {least}")));
    }
    let wanted = Wanted {
        version: Version::V1,
        project: &order.project,
        reference: &order.reference,
        method,
        amount: order.amount,
    };
    let created = gateway.book().create(wanted, gateway.clock.now());
    match created {
        Created::New(made) => Ok(Answer::json(200, payment(&made))),
        Created::Found(found) => match found.state {
            State::Pending => Ok(Answer::json(200, payment(&found))),
            State::Completed => Err(Answer::error(400, "Transaction already completed")),
            _ => Err(Answer::error(400, "Transaction already closed")),
        },
        Created::Differs => Err(refuse("the order_id was used with another amount or method")),
        Created::Full => Err(Answer::message(503, "Gerbang penuh")),
    }
}

fn payment(transaction: &Transaction) -> Value {
    let number = match transaction.va_number.as_str() {
        "" => &transaction.qr_string,
        number => number,
    };
    json!({ "payment": {
        "project": transaction.project,
        "order_id": transaction.reference,
        "amount": transaction.amount,
        "fee": transaction.fee,
        "total_payment": transaction.total,
        "payment_method": transaction.method,
        "payment_number": number,
        "expired_at": wire::nanoseconds(transaction.expired_at),
    }})
}

async fn detail(
    Shared(gateway): Shared<Arc<Gateway>>,
    Query(query): Query<HashMap<String, String>>,
) -> Answer {
    let named = |name: &str| query.get(name).cloned().unwrap_or_default();
    let asked = Asked {
        route: DETAIL,
        kind: Some(CallKind::Status),
        project: named("project"),
        reference: named("order_id"),
        amount: named("amount").parse().ok(),
    };
    gateway
        .serve(asked, |gateway| {
            queried(gateway, &query)
                .and_then(|order| find(gateway, &order))
                .map_or_else(|refusal| refusal, |found| Answer::json(200, transaction(&found)))
        })
        .await
}

fn queried(gateway: &Gateway, query: &HashMap<String, String>) -> Result<Order, Answer> {
    let reference = query.get("order_id").cloned().unwrap_or_default();
    for (name, field) in FIELDS.iter().zip(["Project", "OrderId", "Amount", "ApiKey"]) {
        if query.get(*name).is_none_or(String::is_empty) {
            let rule = format!(
                "Key: '{field}' Error:Field validation for '{field}' failed on the 'required' tag"
            );
            return Err(gateway.refuse(DETAIL, &reference, &rule));
        }
    }
    let amount = query["amount"]
        .parse()
        .map_err(|_| gateway.refuse(DETAIL, &reference, "'amount' is no whole number"))?;
    let (project, api_key) = (query["project"].clone(), query["api_key"].clone());
    authorised(gateway, DETAIL, Order { project, reference, amount, api_key })
}

fn transaction(found: &Transaction) -> Value {
    json!({ "transaction": {
        "amount": found.amount,
        "order_id": found.reference,
        "project": found.project,
        "status": found.state.as_str(),
        "payment_method": found.method,
        "completed_at": found.completed_at.map(wire::jakarta).unwrap_or_default(),
    }})
}

async fn cancel(Shared(gateway): Shared<Arc<Gateway>>, body: Bytes) -> Answer {
    gateway
        .serve(about(CANCEL, Some(CallKind::Cancel), &body), |gateway| {
            posted(gateway, CANCEL, &body)
                .and_then(|order| find(gateway, &order))
                .and_then(|found| {
                    let outcome = gateway.book().cancel(&found.txn_id, gateway.clock.now());
                    outcome.map_err(refused)
                })
                .map_or_else(|refusal| refusal, |()| Answer::json(200, json!({ "success": true })))
        })
        .await
}

async fn simulate(Shared(gateway): Shared<Arc<Gateway>>, body: Bytes) -> Answer {
    gateway
        .serve(about(SIMULATE, None, &body), |gateway| {
            posted(gateway, SIMULATE, &body)
                .and_then(|order| find(gateway, &order))
                .and_then(|found| {
                    if !found.sandbox {
                        return Err(Answer::message(400, "Proyek tidak dalam mode sandbox"));
                    }
                    gateway.pay(&found.txn_id, false).map_err(refused)
                })
                .map_or_else(|refusal| refusal, |_| Answer::json(200, json!({ "success": true })))
        })
        .await
}

fn refused(why: Refused) -> Answer {
    match why {
        Refused::Unknown => Answer::message(404, "Transaksi tidak ditemukan"),
        Refused::Completed => Answer::error(400, "Transaction already completed"),
        Refused::Closed => Answer::error(400, "Transaction already closed"),
    }
}

fn about(route: &'static str, kind: Option<CallKind>, body: &[u8]) -> Asked {
    let body = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let named = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let (project, reference) = (named("project"), named("order_id"));
    Asked { route, kind, project, reference, amount: body["amount"].as_i64() }
}

fn posted(gateway: &Gateway, route: &'static str, body: &[u8]) -> Result<Order, Answer> {
    let refuse = |why: String| gateway.refuse(route, &about(route, None, body).reference, &why);
    let fields = wire::object(body, &FIELDS, &TOLERATED).map_err(refuse)?;
    let named = |name: &str| wire::text(&fields, name).map(str::to_owned).map_err(refuse);
    let order = Order {
        project: named("project")?,
        reference: named("order_id")?,
        amount: wire::rupiah(&fields, "amount").map_err(refuse)?,
        api_key: named("api_key")?,
    };
    if order.reference.is_empty() {
        return Err(refuse("the order_id is empty".to_owned()));
    }
    authorised(gateway, route, order)
}

fn authorised(gateway: &Gateway, route: &'static str, order: Order) -> Result<Order, Answer> {
    let key = order.api_key.as_bytes();
    match gateway.account(&order.project, |account| account.api_key.matches(key)) {
        None => Err(Answer::message(404, "Proyek tidak ditemukan")),
        Some(true) => Ok(order),
        Some(false) => {
            gateway.broken(route, &order.reference, "the api_key is wrong");
            Err(Answer::message(401, "Api key tidak valid"))
        }
    }
}

fn find(gateway: &Gateway, order: &Order) -> Result<Transaction, Answer> {
    let now = gateway.clock.now();
    let found =
        gateway.book().find_order(&order.project, &order.reference, Some(order.amount), now);
    found.ok_or_else(|| Answer::message(404, "Transaksi tidak ditemukan"))
}
