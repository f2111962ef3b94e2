//! Somebody who posts callbacks for money that nobody paid, in every way that might be believed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use bot_auto_order::primitives::{Clock, Timestamp};
use bot_auto_order::sandbox::pakasir::{State, Version};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::line::{Letter, Line};
use super::town::Town;

/// How a callback is forged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Bytes that mean nothing.
    Noise,
    /// About an order that nobody placed.
    Stranger,
    /// An honest one with a character changed.
    Mutated,
    /// An honest one that came before.
    Replayed,
    OtherProject,
    /// A rupiah more or less than asked.
    OffByOne,
    Sandbox,
    /// Everything is right but that nobody paid.
    Unpaid,
    OtherTransaction,
    OtherState,
    /// As `Unpaid`, with a secret of the right length.
    WrongSecret,
    NoSecret,
    /// As `Unpaid`, at an address that differs in one letter.
    WrongPath,
    /// As `Unpaid`, just after it was paid: no forgery any more.
    Paid,
}

const KINDS: [Kind; 13] = [
    Kind::Noise,
    Kind::Stranger,
    Kind::Mutated,
    Kind::Replayed,
    Kind::OtherProject,
    Kind::OffByOne,
    Kind::Sandbox,
    Kind::Unpaid,
    Kind::OtherTransaction,
    Kind::OtherState,
    Kind::WrongSecret,
    Kind::NoSecret,
    Kind::WrongPath,
];

/// What one knows who has seen a shop's callbacks.
#[derive(Debug, Clone)]
struct Target {
    body: Value,
    paid: bool,
}

/// What was sent and how it was answered.
#[derive(Debug, Default)]
pub struct Sent {
    pub answered: BTreeMap<(Kind, u16), u64>,
}

impl Sent {
    fn add(&mut self, kind: Kind, status: u16) {
        *self.answered.entry((kind, status)).or_default() += 1;
    }

    /// How many were answered so.
    pub fn with(&self, fits: impl Fn(Kind, u16) -> bool) -> u64 {
        self.answered.iter().filter(|((kind, status), _)| fits(*kind, *status)).map(|it| it.1).sum()
    }
}

/// The forger with all he knows.
pub struct Forger {
    town: Arc<Town>,
    path: String,
    secret: String,
    version: Version,
    targets: RwLock<Vec<Target>>,
    sent: Mutex<Sent>,
}

impl Forger {
    pub fn new(town: &Arc<Town>, version: Version) -> Arc<Self> {
        let project = &town.stage.project;
        Arc::new(Self {
            path: town.callback_path.clone(),
            secret: project.webhook_secret().expose().clone(),
            version,
            targets: RwLock::default(),
            sent: Mutex::default(),
            town: Arc::clone(town),
        })
    }

    /// Where he posts to.
    pub fn door(&self) -> std::net::SocketAddr {
        self.town.settings[0].bind
    }

    /// Whether this is what the door should say to it.
    pub fn is_right(&self, kind: Kind, status: u16) -> bool {
        let wanted = match kind {
            Kind::WrongPath => 404,
            Kind::WrongSecret | Kind::NoSecret if self.version == Version::V2 => 401,
            _ => 200,
        };
        status == wanted
    }

    pub fn sent(&self) -> std::sync::MutexGuard<'_, Sent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Learns every transaction there is now.
    pub fn listen(&self) {
        let project = &self.town.stage.project;
        let targets = project.transactions().into_iter().map(|it| Target {
            body: project.callback_body(&it.txn_id),
            paid: it.state == State::Completed,
        });
        let targets: Vec<Target> = targets.collect();
        *self.targets.write().unwrap_or_else(PoisonError::into_inner) = targets;
    }

    /// Sends `count`, over some connections, `rate` a second at most.
    pub async fn flood(
        self: &Arc<Self>,
        count: u64,
        rate: u64,
        lines: usize,
        dice: &mut fastrand::Rng,
    ) {
        self.listen();
        let (clock, next) = (Clock::system(), Arc::new(AtomicU64::new(0)));
        let begun = clock.now();
        let mut sending = JoinSet::new();
        for _ in 0..lines {
            let (forger, next, clock) = (Arc::clone(self), Arc::clone(&next), clock.clone());
            let mut dice = dice.fork();
            sending.spawn(async move {
                let mut line = Line::to(forger.door());
                loop {
                    let ticket = next.fetch_add(1, Ordering::Relaxed);
                    if ticket >= count {
                        return;
                    }
                    if ticket % rate == 0 {
                        forger.listen();
                    }
                    clock
                        .sleep_until(begun.plus(Duration::from_micros(ticket * 1_000_000 / rate)))
                        .await;
                    let kind = KINDS[dice.usize(0..KINDS.len())];
                    forger.send(&mut line, kind, &mut dice).await;
                }
            });
        }
        while let Some(ended) = sending.join_next().await {
            ended.expect("a sender does not panic");
        }
    }

    /// Says that a transaction was paid, again and again, while it really is.
    pub async fn race(&self, line: &mut Line, txn_id: &str) -> bool {
        let project = &self.town.stage.project;
        let body = believable(project.callback_body(txn_id));
        self.post(line, Kind::Unpaid, &body).await;
        let paid = project.pay(txn_id).is_ok();
        self.post(line, if paid { Kind::Paid } else { Kind::Unpaid }, &body).await;
        self.post(line, Kind::WrongSecret, &body).await;
        paid
    }

    async fn send(&self, line: &mut Line, kind: Kind, dice: &mut fastrand::Rng) {
        let target = self.target(kind == Kind::Replayed, dice);
        let body = forge(kind, target, dice);
        self.post(line, kind, &body).await;
    }

    /// Sends one, again when the door has no time.
    async fn post(&self, line: &mut Line, kind: Kind, body: &[u8]) {
        let mut path = self.path.clone();
        if kind == Kind::WrongPath {
            let last = path.pop();
            path.push(if last == Some('a') { 'b' } else { 'a' });
        }
        let wrong = self.secret.chars().rev().collect::<String>();
        let letter = Letter::post(&path, body);
        let letter = match kind {
            Kind::NoSecret => letter,
            Kind::WrongSecret => letter.with("x-secret", wrong),
            _ => letter.with("x-secret", &self.secret),
        };
        let status = line.post(&letter).await;
        self.sent().add(kind, status);
    }

    fn target(&self, paid: bool, dice: &mut fastrand::Rng) -> Option<Target> {
        let targets = self.targets.read().unwrap_or_else(PoisonError::into_inner);
        let start = dice.usize(0..targets.len().max(1));
        let (before, after) = targets.split_at(start.min(targets.len()));
        after.iter().chain(before).find(|it| it.paid == paid).or(targets.first()).cloned()
    }
}

fn forge(kind: Kind, target: Option<Target>, dice: &mut fastrand::Rng) -> Vec<u8> {
    let Some(target) = target else { return noise(dice) };
    if kind == Kind::Replayed && target.paid {
        return target.body.to_string().into_bytes();
    }
    let mut body: Value =
        serde_json::from_slice(&believable(target.body)).expect("it was just written");
    match kind {
        Kind::Noise => return noise(dice),
        Kind::Stranger => body["order_id"] = json!(stranger(dice)),
        Kind::Mutated => return mutated(&body, dice),
        Kind::OtherProject => body["project"] = json!("toko-lain"),
        Kind::OffByOne => {
            let amount = body["amount"].as_i64().unwrap_or(0);
            body["amount"] = json!(amount + if dice.bool() { 1 } else { -1 });
        }
        Kind::Sandbox => body["is_sandbox"] = json!(true),
        Kind::OtherTransaction => body["txn_id"] = json!(letters(dice)),
        Kind::OtherState => {
            let words = ["pending", "canceled", "expired", "COMPLETED", "paid", ""];
            body["status"] = json!(words[dice.usize(0..words.len())]);
        }
        _ => {}
    }
    body.to_string().into_bytes()
}

/// An honest callback's words for a payment that is not made.
fn believable(mut body: Value) -> Vec<u8> {
    body["status"] = json!("completed");
    if body["completed_at"].as_str().is_none_or(str::is_empty) {
        body["completed_at"] = json!(Timestamp::to_rfc3339(Clock::system().now()));
    }
    body.to_string().into_bytes()
}

fn noise(dice: &mut fastrand::Rng) -> Vec<u8> {
    let size = dice.usize(0..400);
    match dice.u32(0..4) {
        0 => std::iter::repeat_with(|| dice.u8(..)).take(size).collect(),
        1 => b"[".repeat(size),
        2 => json!({"order_id": dice.u64(..), "amount": "10000", "status": true})
            .to_string()
            .into_bytes(),
        _ => json!({"order_id": "'; DROP TABLE orders; --", "amount": dice.i64(..),
                    "status": "completed", "n": dice.u64(..)})
        .to_string()
        .into_bytes(),
    }
}

/// One character of the text is another one.
fn mutated(body: &Value, dice: &mut fastrand::Rng) -> Vec<u8> {
    let mut text = body.to_string().into_bytes();
    let at = dice.usize(0..text.len());
    let other = dice.u8(b' '..=b'~');
    text[at] = if other == text[at] { text[at] ^ 1 } else { other };
    text
}

fn stranger(dice: &mut fastrand::Rng) -> String {
    let symbol = || char::from(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[dice.usize(0..32)]);
    std::iter::once("INV-".to_owned())
        .chain(std::iter::once(std::iter::repeat_with(symbol).take(20).collect()))
        .collect()
}

fn letters(dice: &mut fastrand::Rng) -> String {
    std::iter::repeat_with(|| dice.lowercase()).take(9).collect()
}
