//! T0: a finished town is spoiled by hand, one wrong after another; the oracle must name each.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::sandbox::pakasir::State;
use bot_auto_order::sandbox::telegram::{Fault, FaultKind};
use serde_json::json;

use crate::oracle;
use crate::report::Report;
use crate::trial::{BOTH, Given, Trial};
use crate::world::buyer::Habit;
use crate::world::crowd::Trade;
use crate::world::line::{Letter, Line};
use crate::world::town::{Town, Wish};

pub const TRIAL: Trial = Trial {
    name: "T0",
    title: "oracle-bites",
    stores: BOTH,
    pieces: 1,
    play: |given| Box::pin(play(given)),
};

const PATIENCE: Duration = Duration::from_mins(1);

/// What is spoiled, in this order: what was spoiled before stays so.
const WRONGS: [(&str, Wrong); 10] = [
    ("I-RATE", Wrong::Impatience),
    ("I-OUT", Wrong::GoodsTwice),
    ("I-OWN", Wrong::GoodsToAStranger),
    ("I-PAY", Wrong::SilentPayment),
    ("I-RATE", Wrong::TwoLooks),
    ("I-FIFO", Wrong::Sql(OVERTAKEN)),
    (
        "I-ACK",
        Wrong::Sql(
            "DELETE FROM inbox WHERE key = (SELECT MAX(key) FROM inbox WHERE source = 'telegram')",
        ),
    ),
    (
        "I-LIVE",
        Wrong::Sql("UPDATE outbox SET state = 'pending' WHERE id = (SELECT MAX(id) FROM outbox)"),
    ),
    (
        "I-UNIT",
        Wrong::Sql(
            "DELETE FROM units WHERE id = (SELECT MAX(id) FROM units WHERE state = 'available')",
        ),
    ),
    ("I-NOPAY", Wrong::Sql("UPDATE orders SET state = 'delivered' WHERE state = 'cancelled'")),
];

/// The first thing a buyer said is done long after the others.
const OVERTAKEN: &str = "UPDATE inbox SET done_at = done_at + 3600000 WHERE id = \
    (SELECT MIN(id) FROM inbox WHERE source = 'telegram' AND lane = 'user:1000')";

#[derive(Clone, Copy)]
enum Wrong {
    /// A chat is called although Telegram said to wait.
    Impatience,
    /// An order's goods are sent to its buyer once more.
    GoodsTwice,
    /// A buyer's unit goes to another chat.
    GoodsToAStranger,
    /// The gateway has money that nobody noticed.
    SilentPayment,
    /// The gateway is asked about a payment twice in one second.
    TwoLooks,
    /// The books are changed behind the service's back.
    Sql(&'static str),
}

async fn play(given: Given) -> Report {
    let (mut report, mut dice) = (given.report(), given.dice());
    let town = Town::build(&given, &Wish { name: "bites", ..Wish::goods(&[40, 40]) }).await;
    let mut process = town.serve();
    town.ready(0, PATIENCE).await;
    let trade = Trade { habit: Some(Habit::Pays), at_once: 8, ..Trade::default() };
    let tally = town.trade(12, trade, &mut dice).await;
    let trade = Trade { habit: Some(Habit::Cancels), first: 2_000, ..trade };
    town.trade(2, trade, &mut dice).await;
    if let Err(left) = town.quiet(PATIENCE).await {
        report.must(false, "I-LIVE", left);
    }
    process.kill();
    oracle::examine(&town, &town.base, &mut report).await;
    report.must(tally.served == 12, "T0", format!("{} of 12 buyers were served", tally.served));
    let mut bitten = 0;
    let mut before = Report::new("T0", "before");
    for (promise, wrong) in WRONGS {
        spoil(&town, wrong).await;
        let mut after = Report::new("T0", "after");
        oracle::examine(&town, &town.base, &mut after).await;
        let named = after.count(promise) > before.count(promise);
        report.must(named, "T0", format!("a planted wrong was not named {promise}"));
        bitten += u32::from(named);
        before = after;
    }
    report.figure("wrongs", WRONGS.len());
    report.figure("named", bitten);
    town.remove().await;
    report
}

async fn spoil(town: &Arc<Town>, wrong: Wrong) {
    match wrong {
        Wrong::Sql(sql) => {
            let changed = town.base.alter(sql).await;
            assert!(changed > 0, "nothing to spoil: {sql}");
        }
        Wrong::Impatience => {
            let fault = Fault::next(FaultKind::TooManyRequests { retry_after: 600 });
            town.stage.telegram.fault(fault.on("sendMessage"));
            say(town, 1_001, "Tunggu").await;
            say(town, 1_001, "Tidak").await;
        }
        Wrong::GoodsTwice => {
            let (chat, text) = goods(town);
            say(town, chat, &text).await;
        }
        Wrong::GoodsToAStranger => {
            let (chat, text) = goods(town);
            say(town, chat + 1, &text).await;
        }
        Wrong::SilentPayment => {
            let transactions = town.stage.project.transactions();
            let cancelled = transactions.iter().find(|it| it.state == State::Canceled);
            let txn_id = &cancelled.expect("two orders were cancelled").txn_id;
            town.stage.project.set_state(txn_id, State::Completed);
        }
        Wrong::TwoLooks => {
            let transaction = &town.stage.project.transactions()[0];
            let slug = town.stage.project.slug();
            let path = format!("/api/v2/transaction-status/{slug}/{}", transaction.txn_id);
            let key = town.stage.project.api_key();
            let letter = Letter::get(&path).with("x-api-key", key.expose());
            let mut line = Line::to(address(&town.stage.gateway.url()));
            line.post(&letter).await;
            line.post(&letter).await;
        }
    }
}

/// The goods of somebody who was served.
fn goods(town: &Town) -> (i64, String) {
    let person = town.person(1_003);
    let messages = person.messages();
    let goods = messages.iter().find(|seen| seen.text.contains("-secret-"));
    (person.id().0, goods.expect("he was served").text.clone())
}

/// As the service speaks to Telegram.
async fn say(town: &Town, chat: i64, text: &str) {
    let path = format!("/bot{}/sendMessage", town.stage.token.expose());
    let letter = Letter::json(&path, &json!({"chat_id": chat, "text": text}));
    Line::to(address(&town.stage.telegram.url())).post(&letter).await;
}

fn address(url: &str) -> SocketAddr {
    url.trim_start_matches("http://").parse().expect("an address of ours")
}
