//! What all three ledgers say about one subject, told with a violation.

use bot_auto_order::primitives::Timestamp;

use super::evidence::Evidence;
use crate::report::Violation;

/// The longest part of a call's parameters that is told.
const LONGEST: usize = 160;
/// No history is longer.
const MOST: usize = 60;

/// A broken promise about an order, with everything known of it.
pub fn of_order(evidence: &Evidence, promise: &'static str, order: i64, what: String) -> Violation {
    let books = &evidence.books;
    let mut told: Vec<(i64, String)> = Vec::new();
    let Some(found) = books.orders.get(&order) else {
        return Violation { promise, what, history: vec![format!("there is no order {order}")] };
    };
    told.push((found.placed_at, format!("order {found:?}")));
    let chat = books.owner(found);
    let lines = books.lines.iter().filter(|it| it.order_id == order);
    told.extend(lines.map(|it| (found.placed_at, format!("line {it:?}"))));
    let units = books.units.iter().filter(|it| it.order_id == Some(order));
    told.extend(units.map(|it| (found.placed_at, format!("unit {it:?}"))));
    for payment in books.payments.iter().filter(|it| it.order_id == order) {
        told.push((found.placed_at, format!("payment {payment:?}")));
        told.extend(of_reference(evidence, &payment.reference));
    }
    for parcel in &books.outbox {
        if parcel.errand().1 == Some(order) {
            told.push((parcel.created_at, format!("parcel {}", cut(&format!("{parcel:?}")))));
        }
    }
    for call in evidence
        .calls
        .iter()
        .filter(|it| chat.is_some_and(|chat| it.chat.is_some_and(|to| to.0 == chat)))
    {
        let params = cut(&call.params.to_string());
        let line = format!("call #{} {} → {} {params}", call.number, call.method, call.code);
        told.push((call.at.0, line));
    }
    Violation { promise, what, history: in_order(told) }
}

/// A broken promise about a payment at the gateway.
pub fn of_payment(
    evidence: &Evidence,
    promise: &'static str,
    reference: &str,
    what: String,
) -> Violation {
    let payment = evidence.books.payments.iter().find(|it| it.reference == reference);
    if let Some(payment) = payment {
        return of_order(evidence, promise, payment.order_id, what);
    }
    let history = in_order(of_reference(evidence, reference));
    Violation { promise, what, history }
}

/// A broken promise about an update.
pub fn of_update(
    evidence: &Evidence,
    promise: &'static str,
    update: &str,
    what: String,
) -> Violation {
    let mut told: Vec<(i64, String)> = Vec::new();
    let tries = evidence.deliveries.iter().filter(|it| it.update_id.to_string() == update);
    told.extend(tries.map(|it| (it.at.0, format!("delivery {it:?}"))));
    let facts = evidence.books.inbox.iter().filter(|it| it.key == update);
    told.extend(facts.map(|it| (it.received_at, format!("inbox {it:?}"))));
    told.extend(evidence.strikes.iter().map(|at| (at.0, "strike".to_owned())));
    let near = told.iter().filter(|(_, line)| line != "strike").map(|(at, _)| *at);
    let (from, to) = (near.clone().min().unwrap_or(0), near.max().unwrap_or(0));
    told.retain(|(at, _)| *at >= from - 2_000 && *at <= to + 2_000);
    Violation { promise, what, history: in_order(told) }
}

fn of_reference(evidence: &Evidence, reference: &str) -> Vec<(i64, String)> {
    let mut told = Vec::new();
    for transaction in evidence.transactions.iter().filter(|it| it.reference == reference) {
        let at = |at: Timestamp| at.0;
        told.push((
            at(transaction.created_at),
            format!("gateway: {} for {} rupiah", transaction.txn_id, transaction.amount),
        ));
        if let Some(paid) = transaction.completed_at {
            told.push((
                at(paid),
                format!("gateway: {} is {}", transaction.txn_id, transaction.state.as_str()),
            ));
        }
    }
    let calls = evidence.gateway_calls.iter().filter(|it| it.reference == reference);
    told.extend(calls.map(|it| (it.at.0, format!("gateway call {} → {:?}", it.route, it.status))));
    let sent = evidence.callbacks.iter().filter(|it| it.body.contains(reference));
    told.extend(sent.map(|it| (it.at.0, format!("callback try {} → {:?}", it.attempt, it.status))));
    told
}

fn in_order(mut told: Vec<(i64, String)>) -> Vec<String> {
    told.sort_by_key(|(at, _)| *at);
    let left = told.len().saturating_sub(MOST);
    let mut lines: Vec<String> =
        told.into_iter().take(MOST).map(|(at, line)| format!("{at} {line}")).collect();
    if left > 0 {
        lines.push(format!("… and {left} lines more"));
    }
    lines
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}
