//! I-PAY: every payment ends as goods, as balance or with a person. I-NOPAY: nothing leaves without the gateway's word.
//!
//! I-NOPAY is shown by the gateway's ledger: a status answer that calls the very reference
//! completed lies between the payment and the first text of a unit; amount, project and mode are compared.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bot_auto_order::sandbox::pakasir::Transaction;

use super::books::{Order, Payment};
use super::evidence::Evidence;
use super::history;
use crate::report::Violation;

pub fn check(evidence: &Evidence) -> Vec<Violation> {
    let mut found = settled(evidence);
    found.extend(balances(evidence));
    found.extend(goods_of_the_paid(evidence));
    found.extend(unpaid_goods(evidence));
    found
}

/// The payments of the gateway that are completed, by reference.
fn completed(evidence: &Evidence) -> HashMap<&str, &Transaction> {
    let paid = evidence.transactions.iter().filter(|it| it.state.as_str() == "completed");
    paid.map(|it| (it.reference.as_str(), it)).collect()
}

/// Completed payments of the gateway that the books do not know as settled.
pub fn unsettled(evidence: &Evidence) -> Vec<&str> {
    let books = &evidence.books;
    let settled: BTreeSet<&str> = books
        .payments
        .iter()
        .filter(|it| it.is_settled())
        .map(|it| it.reference.as_str())
        .collect();
    let mut silent: Vec<&str> =
        completed(evidence).into_keys().filter(|it| !settled.contains(it)).collect();
    silent.sort_unstable();
    silent
}

fn settled(evidence: &Evidence) -> Vec<Violation> {
    let paid = completed(evidence);
    let mut found = Vec::new();
    for reference in unsettled(evidence) {
        let what = format!("{reference} is paid at the gateway and had no effect");
        found.push(history::of_payment(evidence, "I-PAY", reference, what));
    }
    for payment in evidence.books.payments.iter().filter(|it| it.state == "completed") {
        let reference = payment.reference.as_str();
        let wrong = match paid.get(reference) {
            None => Some((
                "I-NOPAY",
                format!("{reference} counts as paid and the gateway has no money"),
            )),
            Some(transaction) => effect(evidence, payment, transaction)
                .map(|what| ("I-PAY", format!("{reference}: {what}"))),
        };
        if let Some((promise, what)) = wrong {
            found.push(history::of_payment(evidence, promise, reference, what));
        }
    }
    found
}

/// What is wrong with what a payment led to.
fn effect(evidence: &Evidence, payment: &Payment, transaction: &Transaction) -> Option<String> {
    let books = &evidence.books;
    if payment.received != Some(transaction.amount) {
        return Some(format!("{:?} received, {} paid", payment.received, transaction.amount));
    }
    let credits: Vec<i64> = books
        .ledger
        .iter()
        .filter(|it| it.payment_id == Some(payment.id) && it.kind == "payment_credit")
        .map(|it| it.amount)
        .collect();
    let order = books.orders.get(&payment.order_id)?;
    match payment.outcome.as_deref() {
        Some("paid" | "late") if !credits.is_empty() => {
            Some(format!("goods and {credits:?} on the balance"))
        }
        Some("paid" | "late") if !order.is_sold() => Some(format!("the order is {}", order.state)),
        Some("credited" | "duplicate" | "under" | "over") if credits != [transaction.amount] => {
            Some(format!("{} was paid and {credits:?} is on the balance", transaction.amount))
        }
        Some("paid" | "late" | "credited" | "duplicate" | "under" | "over") => None,
        other => Some(format!("its outcome is {other:?}")),
    }
}

/// Every balance is the sum of its entries, and every entry is a payment's.
fn balances(evidence: &Evidence) -> Vec<Violation> {
    let books = &evidence.books;
    let mut sums: BTreeMap<i64, i64> = BTreeMap::new();
    for entry in &books.ledger {
        *sums.entry(entry.customer_id).or_default() += entry.amount;
    }
    let wrong = books.customers.values().filter_map(|customer| {
        let sum = sums.get(&customer.id).copied().unwrap_or(0);
        (sum != customer.balance).then(|| Violation {
            promise: "I-PAY",
            what: format!(
                "{} has {} and the ledger says {sum}",
                customer.user_id, customer.balance
            ),
            history: books
                .ledger
                .iter()
                .filter(|it| it.customer_id == customer.id)
                .map(|it| format!("{it:?}"))
                .collect(),
        })
    });
    let mut found: Vec<Violation> = wrong.collect();
    let paid: i64 = completed(evidence).values().map(|it| it.amount).sum();
    let received: i64 = books
        .payments
        .iter()
        .filter(|it| it.state == "completed")
        .filter_map(|it| it.received)
        .sum();
    let held = books.payments.iter().any(|it| it.outcome.as_deref() == Some("held"));
    if paid != received && !held {
        let what = format!("the gateway has {paid} rupiah of payments, the books {received}");
        found.push(Violation { promise: "I-PAY", what, history: Vec::new() });
    }
    found
}

/// What went out of each order.
fn texts(evidence: &Evidence) -> BTreeMap<i64, BTreeSet<&str>> {
    let mut texts: BTreeMap<i64, BTreeSet<&str>> = BTreeMap::new();
    for sent in &evidence.sent {
        if let Some(order) = sent.order {
            texts.entry(order).or_default().insert(&sent.secret);
        }
    }
    texts
}

/// A delivered order's buyer has every unit; an order of another state gave nothing away.
fn goods_of_the_paid(evidence: &Evidence) -> Vec<Violation> {
    let (texts, sums) = (texts(evidence), evidence.books.sums());
    let mut found = Vec::new();
    for order in evidence.books.orders.values() {
        let got = texts.get(&order.id).map_or(0, |texts| i64::try_from(texts.len()).unwrap_or(0));
        let due = sums.get(&order.id).map_or(0, |sum| sum.0);
        if order.state == "delivered" && got < due && !came_as_file(evidence, order) {
            let what = format!("order {} is delivered, {got} of {due} units were sent", order.code);
            found.push(history::of_order(evidence, "I-PAY", order.id, what));
        }
        if !order.is_sold() && got > 0 {
            let what = format!("order {} is {} and {got} units were sent", order.code, order.state);
            found.push(history::of_order(evidence, "I-NOPAY", order.id, what));
        }
        if got > due {
            let what = format!("order {} is for {due} units and {got} were sent", order.code);
            found.push(history::of_order(evidence, "I-NOPAY", order.id, what));
        }
    }
    found
}

/// Files are not in the calls' ledger; their texts are found in the chat.
fn came_as_file(evidence: &Evidence, order: &Order) -> bool {
    let chat = evidence.books.owner(order);
    evidence.calls.iter().any(|call| {
        call.method == "sendDocument" && call.code == 200 && call.chat.map(|it| it.0) == chat
    })
}

/// Every sold order that costs something was paid, exactly, by a status answer before it left.
fn unpaid_goods(evidence: &Evidence) -> Vec<Violation> {
    let (paid, sums) = (completed(evidence), evidence.books.sums());
    let mut first: BTreeMap<i64, i64> = BTreeMap::new();
    for sent in &evidence.sent {
        if let Some(order) = sent.order {
            let at = first.entry(order).or_insert(sent.at.0);
            *at = sent.at.0.min(*at);
        }
    }
    let mut answers: HashMap<&str, Vec<i64>> = HashMap::new();
    for call in &evidence.gateway_calls {
        let asks = matches!(call.route, "v2 status" | "v1 detail");
        if asks && call.status == Some(200) && call.said.as_deref() == Some("completed") {
            answers.entry(&call.reference).or_default().push(call.at.0);
        }
    }
    let mut payments: HashMap<i64, Vec<&Payment>> = HashMap::new();
    for payment in &evidence.books.payments {
        payments.entry(payment.order_id).or_default().push(payment);
    }
    let none = Vec::new();
    let sold = evidence.books.orders.values().filter(|it| it.is_sold() && it.amount > 0);
    let wrong = sold.filter_map(|order| {
        let cost = sums.get(&order.id).map_or(0, |sum| sum.1);
        let paying = payments.get(&order.id).unwrap_or(&none).iter().find_map(|payment| {
            let transaction = paid.get(payment.reference.as_str())?;
            matches!(payment.outcome.as_deref(), Some("paid" | "late")).then_some(*transaction)
        });
        let what = match paying {
            None => "no payment at the gateway".to_owned(),
            Some(it) if it.project != evidence.project => format!("project {}", it.project),
            Some(it) if it.sandbox => "play money".to_owned(),
            Some(it) if it.amount != order.amount || order.amount != cost => {
                format!("{} paid, {} asked, the lines cost {cost}", it.amount, order.amount)
            }
            Some(it) => {
                let from = it.completed_at.map_or(0, |at| at.0);
                let to = first.get(&order.id).copied().unwrap_or(i64::MAX);
                let asked = answers
                    .get(it.reference.as_str())
                    .is_some_and(|answers| answers.iter().any(|at| (from..=to).contains(at)));
                if asked {
                    return None;
                }
                format!("no answer called it completed between {from} and {to}")
            }
        };
        let what = format!("order {} is {} with {what}", order.code, order.state);
        Some(history::of_order(evidence, "I-NOPAY", order.id, what))
    });
    wrong.collect()
}
