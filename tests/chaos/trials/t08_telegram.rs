//! T8: Telegram refuses, breaks, forgets to answer and goes away; people block the bot and come back; and
//! somebody leads the bot's updates elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::primitives::Clock;
use bot_auto_order::sandbox::telegram::{Call, Fault, FaultKind, Odds};

use crate::oracle::{self, Expected};
use crate::report::Report;
use crate::trial::{Given, Size, Store, Trial};
use crate::world::buyer::Habit;
use crate::world::crowd::{Tally, Trade};
use crate::world::shelf::secrets_in;
use crate::world::thief::{self, Healed, Theft};
use crate::world::town::{Town, Wish};

pub const TRIAL: Trial = Trial {
    name: "T8",
    title: "telegram-chaos",
    stores: &[Store::Sqlite],
    pieces: 100,
    play: |given| Box::pin(play(given)),
};

const PATIENCE: Duration = Duration::from_mins(1);
const QUIET: Duration = Duration::from_mins(4);
/// Longer than a piece: what is paid in the outage is paid in time.
const INVOICE: Duration = Duration::from_mins(15);
/// Sends that one order takes: a list, a cart, an order, its QR, a place for the goods.
const SENDS_PER_ORDER: u64 = 4;
/// People who pay, block the bot before their goods come, and come back.
const RUNAWAYS: u64 = 12;
const FIRST_RUNAWAY: i64 = 500_000;

async fn play(given: Given) -> Report {
    let (mut report, mut dice) = (given.report(), given.dice());
    let sends = given.share(2_000, 200_000);
    let orders = sends.div_ceil(SENDS_PER_ORDER);
    // One piece of the full size has the long outage; a piece is not longer than eight minutes.
    let outage = match given.piece.size {
        Size::Quick => Duration::from_secs(15),
        Size::Full { piece: 0, .. } => Duration::from_mins(4),
        Size::Full { .. } => Duration::from_secs(30),
    };
    let units = orders + RUNAWAYS;
    let wish = Wish { invoice: INVOICE, ..Wish::goods(&[units, units, units]) };
    let town = Town::build(&given, &wish).await;
    let process = town.serve();
    town.ready(0, PATIENCE).await;
    let mut buyers = dice.fork();
    let open = Trade { first: FIRST_RUNAWAY, habit: Some(Habit::Abandons), ..Trade::default() };
    town.trade(RUNAWAYS, open, &mut buyers).await;
    thief::migrate_a_group(&town);
    run_away(&town);
    let theft = Theft::of(&town, dice.bool()).await;
    town.stage.telegram.weather(dice.u64(..), weather());
    let (tally, healed) = storm(&town, orders, (outage, theft), &mut buyers).await;
    town.stage.telegram.clear_faults();
    come_back(&town).await;
    match town.quiet(QUIET).await {
        Ok(time) => report.figure("recovery_s", format!("{:.1}", time.as_secs_f64())),
        Err(left) => report.must(false, "I-LIVE", left),
    }
    tally.tell(&mut report);
    healed.judge(&town, &mut report);
    thief::judge_the_group(&town, &mut report);
    weathered(&town, sends, &mut report);
    copies(&town, &mut report);
    parcels(&town, &mut report).await;
    let expected = Expected { dead_parcels: true, ..Expected::default() };
    oracle::examine_expecting(&town, &town.base, expected, &mut report).await;
    town.close(process).await;
    report
}

/// What calls run into, in a thousand.
fn weather() -> Vec<Odds> {
    let wait = |per_mille, retry_after| Odds {
        per_mille,
        kind: FaultKind::TooManyRequests { retry_after },
    };
    let odds = |per_mille, kind| Odds { per_mille, kind };
    vec![
        wait(34, 1),
        wait(33, 2),
        wait(33, 3),
        odds(25, FaultKind::ServerError),
        odds(25, FaultKind::BadGateway),
        odds(48, FaultKind::ResetAfterStoring),
        // Each of these holds a hand of the service until it loses patience.
        odds(2, FaultKind::HangAfterStoring),
        odds(20, FaultKind::Reset),
    ]
}

/// A crowd shops in bad weather; at first nobody hears it, because the webhook is stolen, and later nothing at
/// all is answered.
async fn storm(
    town: &Arc<Town>,
    orders: u64,
    (outage, theft): (Duration, Theft),
    dice: &mut fastrand::Rng,
) -> (Tally, Healed) {
    let telegram = &town.stage.telegram;
    let clock = Clock::system();
    let crowd = Trade {
        at_once: 160,
        habit: Some(Habit::Pays),
        patience: Duration::from_mins(6),
        trust: Duration::from_mins(6),
        ..Trade::default()
    };
    let seed = dice.u64(..);
    let dark = async {
        let healed = theft.healed(town).await;
        clock.sleep(Duration::from_secs(5)).await;
        let fault = Fault::next(FaultKind::BadGateway).times(u32::MAX);
        telegram.fault(fault);
        clock.sleep(outage).await;
        telegram.clear_faults();
        telegram.weather(seed, weather());
        healed
    };
    let mut shoppers = dice.fork();
    tokio::join!(town.trade(orders, crowd, &mut shoppers), dark)
}

/// They pay, and are gone before their goods come.
fn run_away(town: &Town) {
    let open = town.stage.project.transactions();
    for number in 0..i64::try_from(RUNAWAYS).expect("a few") {
        town.person(FIRST_RUNAWAY + number).block();
    }
    for transaction in &open {
        let _ = town.stage.project.pay(&transaction.txn_id);
    }
}

async fn come_back(town: &Town) {
    for number in 0..i64::try_from(RUNAWAYS).expect("a few") {
        let person = town.person(FIRST_RUNAWAY + number);
        person.unblock();
        person.say("/start");
    }
    let clock = Clock::system();
    clock.sleep(Duration::from_millis(500)).await;
}

/// Enough of everything must have struck.
fn weathered(town: &Town, sends: u64, report: &mut Report) {
    let calls = town.stage.telegram.calls();
    let ours: Vec<&Call> = calls.iter().filter(|it| !it.in_webhook_answer).collect();
    let count = |fits: &dyn Fn(&Call) -> bool| ours.iter().filter(|it| fits(it)).count();
    let all = count(&|it| it.method.starts_with("send"));
    let strikes = [
        ("told_to_wait", count(&|it| it.code == 429)),
        ("errors", count(&|it| it.code >= 500)),
        ("unanswered", count(&|it| it.code == 0 && it.message_id.is_some())),
        ("resets", count(&|it| it.code == 0 && it.message_id.is_none())),
        ("blocked", count(&|it| it.code == 403)),
    ];
    report.figure("calls", ours.len());
    report.figure("send_calls", all);
    let enough = u64::try_from(all).unwrap_or(0) >= sends;
    report.must(enough, "T8", format!("{all} sends, {sends} are asked for"));
    for (name, count) in strikes {
        report.figure(name, count);
        report.must(count > 0, "T8", format!("nothing was {name}"));
    }
}

/// Messages that stand twice: never goods, and others only when an answer got lost.
fn copies(town: &Town, report: &mut Report) {
    let mut lost: BTreeMap<i64, usize> = BTreeMap::new();
    let calls = town.stage.telegram.calls();
    for call in calls.iter().filter(|it| it.code == 0 && it.method.starts_with("send")) {
        if let Some(chat) = call.chat.filter(|_| call.message_id.is_some()) {
            *lost.entry(chat.0).or_default() += 1;
        }
    }
    let (mut doubled, mut empty, mut excused) = (0, 0, 0);
    for person in town.everyone() {
        let seen: Vec<_> = person.messages().into_iter().filter(|it| it.from_bot).collect();
        let mut secrets: BTreeMap<&str, usize> = BTreeMap::new();
        for secret in seen.iter().flat_map(|it| secrets_in(&it.text)) {
            *secrets.entry(secret).or_default() += 1;
        }
        // A message names a unit in its text once.
        doubled += secrets.values().filter(|times| **times > 1).count();
        let places = seen.iter().filter(|it| it.text.contains(PLACE)).count();
        let ambiguous = lost.get(&person.id().0).copied().unwrap_or(0);
        empty += places;
        excused += ambiguous;
        let what =
            format!("{} has {places} empty places, {ambiguous} answers were lost", person.id());
        report.must(places <= ambiguous, "I-OUT", what);
    }
    report.figure("goods_seen_twice", doubled);
    report.figure("empty_places", empty);
    report.figure("lost_send_answers", excused);
    report.must(doubled == 0, "I-OUT", format!("{doubled} units stand twice in a chat"));
}

const PLACE: &str = "muncul di chat ini sebentar lagi";

/// Only screens may be given up: nobody waits for them.
async fn parcels(town: &Town, report: &mut Report) {
    let dead = town.base.table("outbox", &["state", "payload", "reason"]).await;
    let dead: Vec<_> = dead.iter().filter(|it| it["state"] == "dead").collect();
    report.figure("screens_given_up", dead.len());
    for parcel in dead {
        let payload = parcel["payload"].as_str().unwrap_or_default();
        let screen = payload.contains("\"do\":\"show\"") || payload.contains("\"do\":\"delete\"");
        report.must(screen, "I-OUT", format!("given up: {parcel}"));
    }
}
