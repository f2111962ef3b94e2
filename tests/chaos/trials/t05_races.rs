//! T5: every update and callback one to five times, late and in any order; and races for the last unit.

use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::primitives::{Clock, MessageId};
use bot_auto_order::sandbox::telegram::Person;

use crate::oracle;
use crate::report::Report;
use crate::trial::{BOTH, Given, Store, Trial};
use crate::world::buyer::Habit;
use crate::world::crowd::Trade;
use crate::world::program::{Process, Setting};
use crate::world::relay::Relay;
use crate::world::town::{Town, Wish};

pub const TRIAL: Trial = Trial {
    name: "T5",
    title: "duplicates-and-races",
    stores: BOTH,
    pieces: 40,
    play: |given| Box::pin(play(given)),
};

const PATIENCE: Duration = Duration::from_mins(2);
const LOOK: Duration = Duration::from_millis(20);
/// Copies of a letter are spread over so long.
const LATE: Duration = Duration::from_millis(400);
/// Deadlines come soon when everybody pays in their second.
const SHORT: Duration = Duration::from_secs(12);
/// Everybody wants the one unit of this product.
const RARE: usize = 3;
const RIVALS: i64 = 64;
const RIVALS_FROM: i64 = 500_000;
/// People who say many things without waiting.
const CHATTERERS: i64 = 30;

async fn play(given: Given) -> Report {
    let (mut report, mut dice) = (given.report(), given.dice());
    let deliveries = given.share(5_000, 500_000);
    let rounds = given.share(100, 1_000);
    // A copy comes three times on average, and an order takes about five updates and a callback.
    let orders = deliveries / 18;
    let replicas = if given.store() == Store::Postgres { 2 } else { 1 };
    let wish = Wish { replicas, name: "races", ..Wish::goods(&[orders * 2, orders * 2, 1]) };
    let town = Town::build(&given, &wish).await;
    let processes: Vec<Process> = town.settings.iter().map(Setting::serve).collect();
    for replica in 0..replicas {
        town.ready(replica, PATIENCE).await;
    }
    let relay = Relay::between(&town, dice.fork()).await;
    town.stage.bot.continue_update_ids_from(900_000_000);
    let won = races(&town, &relay, rounds, &mut report).await;
    let raced = relay.deliveries();
    relay.be(5, LATE);
    town.stage.project.qr_life(SHORT);
    // After a quiet week the numbers begin anew, below those that were seen.
    town.stage.bot.continue_update_ids_from(400_000_000);
    chatter(&town, &mut dice);
    let trade = Trade { at_once: 24, numbers: 2, ..Trade::default() };
    let tally = town.trade(orders, trade, &mut dice).await;
    let habit = Some(Habit::PaysAtTheDeadline);
    let late = Trade { at_once: 40, first: 700_000, habit, ..trade };
    let deadlines = town.trade(40, late, &mut dice).await;
    report.must(relay.idle(PATIENCE).await, "I-LIVE", "letters are not taken");
    if let Err(left) = town.quiet(PATIENCE).await {
        report.must(false, "I-LIVE", left);
    }
    tally.tell(&mut report);
    report.figure("letters", relay.letters());
    let deliveries = (deliveries, relay.deliveries() - raced);
    report.figure("deliveries", deliveries.1);
    report.figure("rounds", rounds);
    report.figure("winners", won);
    report.figure("deadline_paid", deadlines.paid);
    oracle::examine(&town, &town.base, &mut report).await;
    let enough = deliveries.1 >= deliveries.0 && relay.lost() == 0;
    report.must(enough, "T5", format!("{} of {} deliveries", deliveries.1, deliveries.0));
    report.must(won == rounds, "I-UNIT", format!("{won} winners of {rounds} races for one unit"));
    drop(processes);
    town.remove().await;
    report
}

/// Says several things at once: the relay brings them in any order.
fn chatter(town: &Town, dice: &mut fastrand::Rng) {
    for number in 0..CHATTERERS {
        let person = town.person(800_000 + number);
        for _ in 0..8 {
            let words = ["1", "2", "/start", "🏷 Cek Stok", "📦 Pesanan Saya"];
            person.say(words[dice.usize(0..words.len())]);
        }
    }
}

/// Everybody puts the one unit into the cart, and all press at once, again and again: whoever got it gives
/// it back. Returns in how many rounds exactly one did.
async fn races(town: &Arc<Town>, relay: &Relay, rounds: u64, report: &mut Report) -> u64 {
    let rivals: Vec<Person> = (0..RIVALS).map(|n| town.person(RIVALS_FROM + n)).collect();
    let product = town.base.count("SELECT MAX(id) FROM products").await;
    let mut won = 0;
    let mut takes: Vec<&Person> = rivals.iter().collect();
    for round in 0..rounds {
        // Each round is pressed on a message of its own, as a person would: one message is one order.
        let message = MessageId(1_000 + i64::try_from(round).expect("a few rounds"));
        for rival in std::mem::take(&mut takes) {
            rival.say(&RARE.to_string());
            rival.press_data(message, &format!("1a.{product}"));
        }
        calm(town, relay).await;
        for rival in &rivals {
            rival.press_data(message, "1r");
        }
        calm(town, relay).await;
        let got = winners(town).await;
        if got.len() == 1 {
            won += 1;
        } else {
            let what = format!("round {round}: {} orders for one unit", got.len());
            report.must(false, "I-UNIT", what);
        }
        for (order, user) in got {
            let winner = rivals.iter().find(|it| it.id().0 == user).expect("one of them");
            winner.press_data(message, &format!("1n.{order}"));
            takes.push(winner);
        }
        calm(town, relay).await;
    }
    won
}

/// Waits until the relay has nothing and the inbox is worked off.
async fn calm(town: &Town, relay: &Relay) {
    let clock = Clock::system();
    let deadline = clock.now().plus(PATIENCE);
    let pending = "SELECT COUNT(*) FROM inbox WHERE state = 'pending' AND source = 'telegram'";
    loop {
        let brought = town.stage.bot.waiting() == 0 && relay.is_idle();
        if brought && town.base.count(pending).await == 0 {
            return;
        }
        assert!(clock.now() < deadline, "the inbox is not worked off");
        clock.sleep(LOOK).await;
    }
}

/// Unpaid orders and whose they are.
async fn winners(town: &Town) -> Vec<(i64, i64)> {
    let sql = "SELECT '[' || o.id || ',' || c.user_id || ']' FROM orders o \
               JOIN customers c ON c.id = o.customer_id WHERE o.state IN ('invoicing', 'open')";
    let rows = town.base.rows(sql).await.into_iter();
    rows.filter_map(|row| serde_json::from_value(row).ok()).collect()
}
