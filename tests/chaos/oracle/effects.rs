//! I-OUT: what goes out arrives, and twice only when nobody could know. I-LIVE: nothing hangs.
//! I-RATE: nobody is called before his time, and no payment is asked about faster than the gateway allows.
//!
//! I-OUT compares, person by person, what the books call sent with what Telegram did, and counts the messages in which goods stand, those they are edited into, and the photos that
//! bring an invoice, each of which is one parcel's; a screen that a buyer asked for twice looks like one
//! that was sent twice, so screens are not counted. Goods that are edited into a message may never stand
//! in two, whatever dies. I-RATE sees `retry_after` of every 429, by chat or else by method, the rules of
//! the gateway, and two status calls of v2 about one payment closer than its four seconds; a sliding
//! second cannot be broken here while no limit is on. I-ONE is in no ledger: who took what from whom
//! is seen by the notes of T7 and T14 on PostgreSQL.

use std::collections::BTreeMap;

use bot_auto_order::primitives::Timestamp;
use bot_auto_order::sandbox::pakasir;
use bot_auto_order::sandbox::telegram::Call;

use super::Expected;
use super::evidence::{Evidence, was_done};
use super::history;
use crate::report::Violation;

/// Two looks at one payment are at least this far apart.
const LOOKS_APART: i64 = 4_000;

pub fn check(evidence: &Evidence, expected: Expected) -> Vec<Violation> {
    let mut found = parcels(evidence, expected);
    found.extend(repeated(evidence).into_iter().filter_map(|it| it.unexcused(evidence)));
    found.extend(unconfirmed(evidence));
    found.extend(unread(evidence));
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
            promise: "I-OUT",
            what: format!("parcel {} is {}: {:?}", parcel.id, parcel.state, parcel.reason),
            history: vec![format!("{parcel:?}")],
        })
        .collect()
}

/// People in whose chats Telegram did less than the books call sent. Groups move, so they are left out.
fn unconfirmed(evidence: &Evidence) -> Vec<Violation> {
    let mut owed: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for parcel in evidence.books.outbox.iter().filter(|it| it.state == "sent") {
        let chat = parcel.lane.strip_prefix("chat:").and_then(|chat| chat.parse::<i64>().ok());
        let matters = matches!(parcel.errand().0.as_str(), "order" | "goods");
        if let Some(chat) = chat.filter(|chat| matters && *chat > 0) {
            owed.entry(chat).or_default().push(format!("{parcel:?}"));
        }
    }
    for call in &evidence.calls {
        let speaks = call.method.starts_with("send") || call.method.starts_with("edit");
        // An edit that would change nothing has nothing left to do.
        let stood = call.error.as_deref().is_some_and(|error| error.contains("not modified"));
        if speaks
            && (was_done(call) || stood)
            && let Some(parcels) = call.chat.and_then(|chat| owed.get_mut(&chat.0))
        {
            parcels.pop();
        }
    }
    let owed = owed.into_iter().filter(|(_, parcels)| !parcels.is_empty());
    owed.map(|(chat, history)| Violation {
        promise: "I-OUT",
        what: format!("{} parcels to {chat} are sent, and Telegram knows of none", history.len()),
        history,
    })
    .collect()
}

/// Copies are found by the words of invoices and of places for goods: where they are never seen although
/// people bought, the words have changed and nothing was looked at.
fn unread(evidence: &Evidence) -> Vec<Violation> {
    let orders = evidence.books.orders.values();
    let sold = orders.filter(|it| it.is_sold() && it.amount > 0).count();
    let edited = evidence.sent.iter().filter(|it| it.method == "editMessageText").count();
    [("sendPhoto", "caption", INVOICE, sold), ("sendMessage", "text", PLACE, edited)]
        .into_iter()
        .filter(|(method, field, words, seen)| {
            *seen > 0 && messages(evidence, method, field, words).is_empty()
        })
        .map(|(method, _, words, seen)| Violation {
            promise: "I-OUT",
            what: format!("no {method} says \"{words}\", and {seen} things were bought"),
            history: Vec::new(),
        })
        .collect()
}

/// One message that stands in a chat more than once.
pub struct Repeated {
    order: i64,
    chat: i64,
    kind: &'static str,
    /// When each of them was sent, in order.
    times: Vec<Timestamp>,
    /// How many parcels asked for it.
    asked: usize,
    /// Whether a lost answer can lead to it: not where a message of ours is edited.
    excusable: bool,
}

impl Repeated {
    /// How many copies are too many.
    pub fn copies(&self) -> usize {
        self.times.len().saturating_sub(self.asked.max(1))
    }

    fn unexcused(&self, evidence: &Evidence) -> Option<Violation> {
        let (first, last) = (*self.times.first()?, *self.times.last()?);
        let ambiguous = evidence.ambiguous_between(first, last, self.chat);
        let excused = if self.excusable { ambiguous } else { 0 };
        (self.copies() > excused).then(|| {
            let (kind, copies) = (self.kind, self.copies());
            let what =
                format!("{copies} extra {kind} went to {}, {excused} could be excused", self.chat);
            history::of_order(evidence, "I-OUT", self.order, what)
        })
    }

    /// Whether a buyer sees a unit's text twice by it.
    pub fn is_secret(&self) -> bool {
        self.kind == GOODS
    }
}

const GOODS: &str = "goods";

/// Goods, their places and invoices that stand in a chat more often than asked for.
pub fn repeated(evidence: &Evidence) -> Vec<Repeated> {
    let mut all = goods(evidence);
    let said = [("sendPhoto", "caption", INVOICE), ("sendMessage", "text", PLACE)];
    for (method, field, words) in said {
        let mut times: BTreeMap<i64, (i64, Vec<Timestamp>)> = BTreeMap::new();
        for (order, call) in messages(evidence, method, field, words) {
            let chat = call.chat.map_or(0, |it| it.0);
            times.entry(order).or_insert((chat, Vec::new())).1.push(call.at);
        }
        let kind = if field == "caption" { "invoices" } else { "places for goods" };
        // Every part of the goods has a place of its own.
        let parts = |order| evidence.books.orders.get(&order).map_or(1, |it| it.parts.max(1));
        all.extend(times.into_iter().map(|(order, (chat, times))| {
            let asked = if field == "caption" { 1 } else { parts(order) };
            let asked = usize::try_from(asked).unwrap_or(1);
            Repeated { order, chat, kind, times, asked, excusable: true }
        }));
    }
    all.retain(|it| it.copies() > 0);
    all
}

/// What an invoice says above its deadline.
const INVOICE: &str = "Bayar sebelum";
/// What the place says that goods will be put into.
const PLACE: &str = "muncul di chat ini";

/// Messages with the same units of an order, each counted once however often it was edited.
fn goods(evidence: &Evidence) -> Vec<Repeated> {
    let mut messages: BTreeMap<(i64, i64, i64), (Timestamp, bool, String)> = BTreeMap::new();
    for sent in &evidence.sent {
        let Some(order) = sent.order else { continue };
        let fresh = sent.method.starts_with("send");
        let known = messages.entry((order, sent.chat, sent.message));
        let known = known.or_insert((sent.at, fresh, String::new()));
        if !known.2.contains(&sent.secret) {
            known.2.push_str(&sent.secret);
        }
    }
    let mut times: BTreeMap<(i64, i64, String), (Vec<Timestamp>, bool)> = BTreeMap::new();
    for ((order, chat, _), (at, fresh, secrets)) in messages {
        let copies = times.entry((order, chat, secrets)).or_default();
        copies.0.push(at);
        copies.1 |= fresh;
    }
    let mut again: BTreeMap<i64, usize> = BTreeMap::new();
    for parcel in &evidence.books.outbox {
        if let (errand, Some(order)) = parcel.errand()
            && errand == "goods"
            && parcel.payload.contains("\"again\":true")
        {
            *again.entry(order).or_default() += 1;
        }
    }
    let many = times.into_iter().map(|((order, chat, _), (mut times, excusable))| {
        times.sort();
        let asked = 1 + again.get(&order).copied().unwrap_or(0);
        Repeated { order, chat, kind: GOODS, times, asked, excusable }
    });
    many.collect()
}

/// The calls that put a message with these words into a chat, with the order whose code it names.
fn messages<'a>(
    evidence: &'a Evidence,
    method: &str,
    field: &str,
    words: &str,
) -> Vec<(i64, &'a Call)> {
    let codes: BTreeMap<&str, i64> =
        evidence.books.orders.values().map(|it| (it.code.as_str(), it.id)).collect();
    let calls = evidence.calls.iter().filter(|it| it.method == method && was_done(it));
    calls
        .filter_map(|call| {
            let text = call.params[field].as_str().filter(|it| it.contains(words))?;
            let mut names = text.split(|c: char| !c.is_ascii_alphanumeric());
            names.find_map(|name| codes.get(name)).map(|order| (*order, call))
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
    // A sweep may plan a look at any time.
    let is_new = |created_at| evidence.calm.is_some_and(|calm| created_at >= calm.0);
    let pending = books.outbox.iter().filter(|it| it.state == "pending");
    for parcel in pending.filter(|it| !is_new(it.created_at)) {
        let what = format!("parcel {} is not on its way: {:?}", parcel.id, parcel.reason);
        let history = vec![format!("{parcel:?}")];
        found.push(Violation { promise: "I-LIVE", what, history });
    }
    found
}

/// A wait that Telegram asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Told {
    due: Timestamp,
    at: Timestamp,
    number: u64,
}

fn paces(evidence: &Evidence) -> Vec<Violation> {
    // A wait is the chat's where a call has one, else the method's.
    let mut until: BTreeMap<(Option<i64>, &str), Told> = BTreeMap::new();
    let mut found = Vec::new();
    // A process that was killed cannot remember what it alone was told; what a chat was told, its parcels do.
    let forgotten = |told: &Told, call: &Call| {
        evidence.strikes.iter().any(|at| *at >= told.at && *at <= call.at)
    };
    for call in &evidence.calls {
        let chat = call.chat.map(|chat| chat.0);
        let method = if chat.is_some() { "" } else { &*call.method };
        if let Some(told) = until.get(&(chat, method))
            && call.at < told.due
            && !call.in_webhook_answer
            && !(chat.is_none() && forgotten(told, call))
        {
            let whom = chat.map_or_else(|| method.to_owned(), |chat| format!("chat {chat}"));
            found.push(Violation {
                promise: "I-RATE",
                what: format!(
                    "{whom} was called {} ms too early",
                    told.due.since(call.at).as_millis()
                ),
                history: vec![
                    format!("call #{} was told to wait until {}", told.number, told.due.0),
                    format!("call #{} {} at {}", call.number, call.method, call.at.0),
                ],
            });
        }
        if call.code == 429
            && let Some(seconds) = retry_after(call.error.as_deref().unwrap_or_default())
        {
            let due = Timestamp(call.at.0 + seconds * 1_000);
            let wait = Told { due, at: call.at, number: call.number };
            let known = until.entry((chat, method)).or_insert(wait);
            *known = wait.max(*known);
        }
    }
    let excused = |it: &&pakasir::Violation| {
        it.rule.contains("status query") && went_on(evidence, it.at.0 - LOOKS_APART, it.at.0)
    };
    let rules = evidence.broken_rules.iter().filter(|it| !excused(it)).map(|it| Violation {
        promise: "I-RATE",
        what: format!("{} broke a rule of the gateway: {}", it.route, it.rule),
        history: vec![format!("{it:?}")],
    });
    found.extend(rules);
    found
}

fn retry_after(error: &str) -> Option<i64> {
    error.rsplit(' ').next()?.parse().ok()
}

/// Whether a frozen process went on in this time. One that is frozen between its last thought and its call
/// cannot take the call back; whoever dies takes his call with him.
fn went_on(evidence: &Evidence, from: i64, to: i64) -> bool {
    evidence.thaws.iter().any(|at| (from..=to).contains(&at.0))
}

fn looks(evidence: &Evidence) -> Vec<Violation> {
    let mut last: BTreeMap<&str, i64> = BTreeMap::new();
    let mut found = Vec::new();
    for call in evidence.gateway_calls.iter().filter(|it| it.route == "v2 status") {
        if let Some(before) = last.insert(&call.reference, call.at.0)
            && call.at.0 - before < LOOKS_APART
            && !went_on(evidence, before, call.at.0)
        {
            let what =
                format!("{} was asked about twice in {} ms", call.reference, call.at.0 - before);
            found.push(history::of_payment(evidence, "I-RATE", &call.reference, what));
        }
    }
    found
}
