//! Everything the oracle judges by, taken down at one time: three ledgers and what people have in their chats.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bot_auto_order::primitives::Timestamp;
use bot_auto_order::sandbox::pakasir;
use bot_auto_order::sandbox::telegram::{Call, Delivery};
use serde_json::Value;

use super::books::Books;
use crate::world::base::Base;
use crate::world::shelf::{Shelf, secrets_in};
use crate::world::town::Town;

/// How long a call may be on its way on a busy machine, in milliseconds.
const ON_ITS_WAY: i64 = 250;

/// A unit's text in a call to Telegram that was carried out.
#[derive(Debug, Clone)]
pub struct Sent {
    pub at: Timestamp,
    pub chat: i64,
    pub method: String,
    /// The message it stands in.
    pub message: i64,
    pub secret: String,
    /// The order whose code stands in the same message.
    pub order: Option<i64>,
}

/// What is known of one town.
pub struct Evidence {
    pub books: Books,
    pub shelf: Shelf,
    pub calls: Vec<Call>,
    pub deliveries: Vec<Delivery>,
    pub acked_elsewhere: Vec<i64>,
    pub strikes: Vec<Timestamp>,
    /// When a frozen process went on.
    pub thaws: Vec<Timestamp>,
    /// Since when the town was found quiet; what the service has planned since is on its way.
    pub calm: Option<Timestamp>,
    pub replicas: usize,
    pub project: String,
    pub transactions: Vec<pakasir::Transaction>,
    pub gateway_calls: Vec<pakasir::Call>,
    pub callbacks: Vec<pakasir::CallbackSent>,
    pub broken_rules: Vec<pakasir::Violation>,
    /// Units' texts as they were sent.
    pub sent: Vec<Sent>,
    /// Units' texts that stand in a chat now, files included.
    pub standing: BTreeMap<i64, BTreeSet<String>>,
}

impl Evidence {
    /// The ledgers first, the database last: what was answered before must be found in it.
    pub async fn gather(town: &Town, base: &Base) -> Self {
        let calls = town.stage.telegram.calls();
        let deliveries = town.stage.telegram.deliveries();
        let (gateway, project) = (&town.stage.gateway, &town.stage.project);
        let (gateway_calls, callbacks) = (gateway.calls(), gateway.callbacks());
        let transactions = project.transactions();
        let books = Books::read(base).await;
        let sent = sent(&calls, &books);
        Self {
            shelf: town.shelf.clone(),
            deliveries,
            acked_elsewhere: town.acked_elsewhere(),
            strikes: town.strikes(),
            thaws: town.thaws(),
            calm: town.calm(),
            replicas: town.settings.len(),
            project: project.slug().to_owned(),
            transactions,
            gateway_calls,
            callbacks,
            broken_rules: gateway.violations(),
            sent,
            standing: standing(town),
            calls,
            books,
        }
    }

    /// How many moments between two times left calls with unknown ends, calls cut off by a fault included. What a
    /// process had sent before it died may arrive [`ON_ITS_WAY`] later.
    pub fn ambiguous_between(&self, from: Timestamp, to: Timestamp, chat: i64) -> usize {
        let within = |at: &Timestamp| at.0 >= from.0 - ON_ITS_WAY && *at <= to;
        let cut = |call: &&Call| {
            let unknown = call.code == 0 || call.code >= 500;
            unknown && call.chat.is_some_and(|it| it.0 == chat) && within(&call.at)
        };
        self.strikes.iter().filter(|at| within(at)).count() + self.calls.iter().filter(cut).count()
    }

    /// Whether every ledger still holds its first entry; what fell out cannot be judged.
    pub fn is_whole(&self) -> bool {
        self.calls.first().is_none_or(|it| it.number == 1)
            && self.deliveries.first().is_none_or(|it| it.number == 1)
            && self.gateway_calls.first().is_none_or(|it| it.n == 1)
            && self.callbacks.first().is_none_or(|it| it.n == 1)
    }
}

/// Whether Telegram did what the call asked for; a call left hanging did happen.
pub fn was_done(call: &Call) -> bool {
    call.code == 200 || (call.code == 0 && call.message_id.is_some())
}

fn sent(calls: &[Call], books: &Books) -> Vec<Sent> {
    let codes: HashMap<&str, i64> =
        books.orders.values().map(|order| (order.code.as_str(), order.id)).collect();
    let mut sent = Vec::new();
    for call in calls.iter().filter(|call| was_done(call)) {
        let mut texts = Vec::new();
        strings(&call.params, &mut texts);
        let order = texts
            .iter()
            .flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()))
            .find_map(|word| codes.get(word).copied());
        let secrets: BTreeSet<&str> = texts.iter().flat_map(|text| secrets_in(text)).collect();
        sent.extend(secrets.into_iter().map(|secret| {
            Sent {
                at: call.at,
                chat: call.chat.map_or(0, |chat| chat.0),
                method: call.method.clone(),
                message: call
                    .message_id
                    .or_else(|| call.params["message_id"].as_i64())
                    .or_else(|| call.params["message_id"].as_str()?.parse().ok())
                    .unwrap_or_default(),
                secret: secret.to_owned(),
                order,
            }
        }));
    }
    sent
}

fn strings<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Array(values) => values.iter().for_each(|value| strings(value, into)),
        Value::Object(fields) => fields.values().for_each(|value| strings(value, into)),
        _ => {}
    }
}

fn standing(town: &Town) -> BTreeMap<i64, BTreeSet<String>> {
    let mut standing = BTreeMap::new();
    for person in town.everyone() {
        let all: &mut BTreeSet<String> = standing.entry(person.id().0).or_default();
        for seen in person.messages().into_iter().filter(|seen| seen.from_bot) {
            all.extend(secrets_in(&seen.text).into_iter().map(str::to_owned));
            if let Some((_, bytes)) = &seen.document {
                let text = String::from_utf8_lossy(bytes);
                all.extend(secrets_in(&text).into_iter().map(str::to_owned));
            }
        }
    }
    standing
}
