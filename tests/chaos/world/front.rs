//! A shop whose doors are under trial: the outside on loopback, a database, and updates that anybody could write.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::primitives::{Clock, Timestamp, UserId};
use bot_auto_order::sandbox::Stage;
use serde_json::json;
use tempfile::TempDir;

use super::base::Base;
use super::program::{Process, Setting};
use super::sender::{Bodies, Door, Tally};
use super::wire;
use crate::report::Violation;
use crate::trial::Given;

const LOOK: Duration = Duration::from_millis(10);
/// Every so many updates a person asks for something and must be told, unless a trial says otherwise.
const ASKS: u64 = 10;
const FIRST_UPDATE: u64 = 1_000_000;
const FIRST_PERSON: i64 = 5_000_000;

/// A shop and its outside.
pub struct Front {
    pub stage: Stage,
    pub base: Base,
    pub setting: Setting,
    pub door: Door,
    /// Every so many updates a person asks for something and must be told.
    pub asks: u64,
    folder: TempDir,
}

impl Front {
    /// Makes the store; nothing runs yet.
    pub async fn open(given: &Given, name: &str) -> Self {
        let stage = Stage::start(Clock::system()).await.expect("loopback has free ports");
        let folder = tempfile::tempdir().expect("a folder");
        let base = Base::empty(given.store(), folder.path(), name).await;
        let mut setting = Setting::new(&given.program, folder.path(), &base.url());
        setting.lead_to(&stage);
        let shown = setting.run(&["store", "show", "--json"]);
        let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
        let url = shown["telegram_webhook_url"].as_str().expect("an address");
        let path = url.strip_prefix("https://toko.test").expect("under the public address");
        let path = path.to_owned();
        let door = Door { address: setting.bind, path, secret: String::new(), keeps: true };
        Self { stage, base, setting, door, asks: ASKS, folder }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts a process and waits until it is ready; the first one tells the webhook's secret.
    pub async fn start(&mut self) -> Process {
        let process = self.setting.serve();
        ready(&self.setting, Duration::from_secs(30)).await.expect("it starts");
        let bot = self.stage.bot.clone();
        let webhook = self.stage.telegram.until(move |_| bot.webhook()).await;
        self.door.secret = webhook.secret.expect("the service sets a secret");
        process
    }

    /// Updates of which a few ask for the balance, each by a person of its own.
    pub fn updates(&self) -> Bodies {
        let (bot, every) = (self.stage.bot.clone(), self.asks);
        Arc::new(move |number| {
            let asks = number.is_multiple_of(every);
            if asks {
                // Telegram takes what is said to him.
                let _ = bot.person(person(number), "Budi");
            }
            update(number, asks)
        })
    }

    /// Waits until nothing waits in the inbox or the outbox.
    pub async fn quiet(&self, patience: Duration) -> Result<(), String> {
        let clock = Clock::system();
        let deadline = clock.now().plus(patience);
        loop {
            let waiting = self.waiting("inbox").await + self.waiting("outbox").await;
            if waiting == 0 {
                return Ok(());
            }
            if clock.now() > deadline {
                return Err(format!("{waiting} rows still wait after {patience:?}"));
            }
            clock.sleep(LOOK * 10).await;
        }
    }

    pub async fn waiting(&self, table: &str) -> i64 {
        self.base.count(&format!("SELECT COUNT(*) FROM {table} WHERE state = 'pending'")).await
    }

    /// What an accepted delivery promises: it is in the inbox, worked on, and its person was told once.
    pub async fn kept(&self, tally: &Tally) -> Vec<Violation> {
        let rows = self.base.table("inbox", &["key", "state", "reason"]).await;
        let key = |row: &serde_json::Value| row["key"].as_str().unwrap_or_default().to_owned();
        let done: HashSet<String> =
            rows.iter().filter(|row| row["state"] == "done").map(key).collect();
        let known: HashSet<String> = rows.iter().map(key).collect();
        let told = self.told().await;
        let mut broken = Vec::new();
        for sent in tally.0.iter().filter(|sent| sent.is_accepted()) {
            let (number, key) = (sent.number, update_id(sent.number).to_string());
            let times = told.get(&person(number).0).copied().unwrap_or_default();
            let what = if !known.contains(&key) {
                format!("update {key} was answered {} and is not in the inbox", sent.status)
            } else if !done.contains(&key) {
                format!("update {key} is in the inbox and was never worked on")
            } else if number.is_multiple_of(self.asks) && times != 1 {
                format!("whoever sent update {key} was told {times} times")
            } else {
                continue;
            };
            let history = rows.iter().filter(|row| row["key"] == key.as_str());
            let history = history.map(ToString::to_string).collect();
            broken.push(Violation { promise: "I-ACK", what, history });
        }
        broken
    }

    /// How many messages the outbox holds for each person.
    pub async fn told(&self) -> HashMap<i64, i64> {
        let mut told = HashMap::new();
        for row in self.base.table("outbox", &["lane"]).await {
            let chat = row["lane"].as_str().and_then(|lane| lane.strip_prefix("chat:"));
            if let Some(chat) = chat.and_then(|chat| chat.parse().ok()) {
                *told.entry(chat).or_default() += 1;
            }
        }
        told
    }

    pub async fn close(self) {
        self.stage.stop().await;
        self.base.remove().await;
    }
}

/// Waits until the service of a setting says that it is ready; returns how long that took.
///
/// # Errors
/// When it does not get ready, with what it said.
pub async fn ready(setting: &Setting, patience: Duration) -> Result<Duration, String> {
    let clock = Clock::system();
    let begun: Timestamp = clock.now();
    loop {
        let asked = wire::ask(setting.probe, "GET /readyz");
        let asked = tokio::time::timeout(Duration::from_secs(5), asked).await;
        if matches!(&asked, Ok(Ok(answer)) if answer.status == 200) {
            return Ok(clock.now().since(begun));
        }
        let waited = clock.now().since(begun);
        if waited > patience {
            let said = setting.said();
            let last: Vec<&str> = said.lines().rev().take(5).collect();
            return Err(format!("not ready after {patience:?}: {asked:?} {last:#?}"));
        }
        clock.sleep(LOOK).await;
    }
}

pub const fn update_id(number: u64) -> u64 {
    FIRST_UPDATE + number
}

pub fn person(number: u64) -> UserId {
    UserId(FIRST_PERSON + i64::try_from(number).expect("few updates"))
}

fn update(number: u64, asks: bool) -> Vec<u8> {
    let (id, person) = (update_id(number), person(number).0);
    let from = json!({"id": person, "is_bot": false, "first_name": "Budi", "language_code": "id"});
    let chat = json!({"id": person, "type": "private", "first_name": "Budi"});
    let message = json!({"message_id": 7, "date": 1_750_000_000, "from": from, "chat": chat,
        "text": "/saldo", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]});
    let kind = if asks { "message" } else { "edited_message" };
    json!({"update_id": id, kind: message}).to_string().into_bytes()
}
