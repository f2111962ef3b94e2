//! I-OUT: what goes out arrives, and twice only when nobody could know. I-LIVE: nothing hangs.
//! I-RATE: nobody is called before his time. I-ONE: two sweeps never look at the same time.
//!
//! I-OUT counts the messages that bring goods and the photos that bring an invoice, each of which is
//! one parcel's; a screen that a buyer asked for twice looks like one that was sent twice, so screens
//! are not counted. I-RATE sees `retry_after` of every 429 and the rules of the gateway; a sliding
//! second cannot be broken here while no limit is on. I-ONE sees two status calls about one payment
//! closer than the gateway's four seconds, which is what two sweeps at once would make; the fencing
//! number itself is in no ledger.

use std::collections::BTreeMap;

use bot_auto_order::primitives::Timestamp;

use super::Expected;
use super::evidence::{Evidence, was_done};
use super::history;
use crate::report::Violation;

/// Two looks at one payment are at least this far apart.
const LOOKS_APART: i64 = 4_000;

pub fn check(evidence: &Evidence, expected: Expected) -> Vec<Violation> {
    let mut found = parcels(evidence, expected);
    found.extend(repeated(evidence).into_iter().filter_map(|it| it.unexcused(evidence)));
    found.extend(alive(evidence));
    found.extend(paces(evidence));
    found.extend(looks(evidence));
    found
}

fn parcels(evidence: &Evidence, expected: Expected) -> Vec<Violation> {
    let wrong = evidence.books.outbox.iter().filter(|it| match it.state.as_str() {
        "sent" | "dropped" | "pending" => false,
        "parked" => !expected.parked,
        _ => !expected.dead_parcels,
    });
    wrong
        .map(|parcel| Violation {
            invariant: "I-OUT",
            what: format!("parcel {} is {}: {:?}", parcel.id, parcel.state, parcel.reason),
            history: vec![format!("{parcel:?}")],
        })
        .collect()
}

/// One message that was sent more than once.
pub struct Repeated {
    order: i64,
    chat: i64,
    kind: &'static str,
    /// When, in order.
    times: Vec<Timestamp>,
    /// How many parcels asked for it.
    asked: usize,
}

impl Repeated {
    /// How many copies are too many.
    pub fn copies(&self) -> usize {
        self.times.len().saturating_sub(self.asked.max(1))
    }

    fn unexcused(&self, evidence: &Evidence) -> Option<Violation> {
        let (first, last) = (*self.times.first()?, *self.times.last()?);
        let excused = evidence.ambiguous_between(first, last, self.chat);
        (self.copies() > excused).then(|| {
            let (kind, copies) = (self.kind, self.copies());
            let what =
                format!("{copies} extra {kind} went to {}, {excused} could be excused", self.chat);
            history::of_order(evidence, "I-OUT", self.order, what)
        })
    }

    /// Whether a buyer sees a unit's text twice by it.
    pub fn is_secret(&self) -> bool {
        self.kind == "goods"
    }
}

/// Goods and invoices that were sent more often than asked for.
pub fn repeated(evidence: &Evidence) -> Vec<Repeated> {
    let mut times: BTreeMap<(i64, &'static str, String), (i64, Vec<Timestamp>)> = BTreeMap::new();
    let mut goods: BTreeMap<(i64, u64), String> = BTreeMap::new();
    for sent in evidence.sent.iter().filter(|it| it.method.starts_with("send")) {
        if let Some(order) = sent.order {
            goods.entry((order, sent.number)).or_default().push_str(&sent.secret);
        }
    }
    let calls: BTreeMap<u64, _> = evidence.calls.iter().map(|it| (it.number, it)).collect();
    for ((order, number), secrets) in goods {
        let call = calls[&number];
        let chat = call.chat.map_or(0, |it| it.0);
        times.entry((order, "goods", secrets)).or_insert((chat, Vec::new())).1.push(call.at);
    }
    for (order, call) in invoices(evidence) {
        let chat = call.chat.map_or(0, |it| it.0);
        let key = (order, "invoice", String::new());
        times.entry(key).or_insert((chat, Vec::new())).1.push(call.at);
    }
    let mut asked: BTreeMap<i64, usize> = BTreeMap::new();
    for parcel in &evidence.books.outbox {
        if let (errand, Some(order)) = parcel.errand()
            && errand == "goods"
            && parcel.payload.contains("\"again\":true")
        {
            *asked.entry(order).or_default() += 1;
        }
    }
    let many = times.into_iter().filter(|(_, (_, times))| times.len() > 1);
    let repeated = many.map(|((order, kind, _), (chat, times))| {
        let again = if kind == "goods" { asked.get(&order).copied().unwrap_or(0) } else { 0 };
        Repeated { order, chat, kind, times, asked: 1 + again }
    });
    repeated.filter(|it| it.copies() > 0).collect()
}

/// The calls that put an invoice's photo into a chat, with the order's number.
fn invoices(evidence: &Evidence) -> Vec<(i64, &bot_auto_order::sandbox::telegram::Call)> {
    let codes: BTreeMap<&str, i64> =
        evidence.books.orders.values().map(|it| (it.code.as_str(), it.id)).collect();
    let photos = evidence.calls.iter().filter(|it| it.method == "sendPhoto" && was_done(it));
    photos
        .filter_map(|call| {
            let caption =
                call.params["caption"].as_str().filter(|it| it.contains("Bayar sebelum"))?;
            let mut words = caption.split(|c: char| !c.is_ascii_alphanumeric());
            words.find_map(|word| codes.get(word)).map(|order| (*order, call))
        })
        .collect()
}

/// I-LIVE: what should have ended when the town was quiet.
fn alive(evidence: &Evidence) -> Vec<Violation> {
    let books = &evidence.books;
    let mut found = Vec::new();
    for order in books.orders.values() {
        let hangs = matches!(order.state.as_str(), "invoicing" | "paid");
        let done = order.state == "delivered" && order.parts_sent < order.parts;
        if hangs || done {
            let what = format!("order {} stays {}", order.code, order.state);
            found.push(history::of_order(evidence, "I-LIVE", order.id, what));
        }
    }
    for fact in books.inbox.iter().filter(|it| it.state == "pending") {
        let what = format!("{} {} is not worked on", fact.source, fact.key);
        found.push(history::of_update(evidence, "I-LIVE", &fact.key, what));
    }
    for parcel in books.outbox.iter().filter(|it| it.state == "pending") {
        let what = format!("parcel {} is not on its way: {:?}", parcel.id, parcel.reason);
        let history = vec![format!("{parcel:?}")];
        found.push(Violation { invariant: "I-LIVE", what, history });
    }
    found
}

fn paces(evidence: &Evidence) -> Vec<Violation> {
    let mut until: BTreeMap<i64, (Timestamp, u64)> = BTreeMap::new();
    let mut found = Vec::new();
    for call in &evidence.calls {
        let Some(chat) = call.chat.map(|chat| chat.0) else { continue };
        if let Some((due, told)) = until.get(&chat)
            && call.at < *due
            && !call.in_webhook_answer
        {
            found.push(Violation {
                invariant: "I-RATE",
                what: format!(
                    "chat {chat} was called {} ms too early",
                    due.since(call.at).as_millis()
                ),
                history: vec![
                    format!("call #{told} was told to wait until {}", due.0),
                    format!("call #{} {} at {}", call.number, call.method, call.at.0),
                ],
            });
        }
        if call.code == 429
            && let Some(seconds) = retry_after(call.error.as_deref().unwrap_or_default())
        {
            until.insert(chat, (Timestamp(call.at.0 + seconds * 1_000), call.number));
        }
    }
    let rules = evidence.broken_rules.iter().map(|it| Violation {
        invariant: "I-RATE",
        what: format!("{} broke a rule of the gateway: {}", it.route, it.rule),
        history: vec![format!("{it:?}")],
    });
    found.extend(rules);
    found
}

fn retry_after(error: &str) -> Option<i64> {
    error.rsplit(' ').next()?.parse().ok()
}

fn looks(evidence: &Evidence) -> Vec<Violation> {
    let mut last: BTreeMap<&str, i64> = BTreeMap::new();
    let mut found = Vec::new();
    for call in evidence.gateway_calls.iter().filter(|it| it.route == "v2 status") {
        if let Some(before) = last.insert(&call.reference, call.at.0)
            && call.at.0 - before < LOOKS_APART
        {
            let what =
                format!("{} was asked about twice in {} ms", call.reference, call.at.0 - before);
            found.push(history::of_payment(evidence, "I-ONE", &call.reference, what));
        }
    }
    found
}
