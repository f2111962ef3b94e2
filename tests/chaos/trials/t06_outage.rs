//! T6: the gateway loses every callback, answers nothing for a while, or takes an order and does not say so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::primitives::{Clock, Timestamp};
use bot_auto_order::sandbox::pakasir::{CallKind, Fault, FaultKind, Odds, State};
use bot_auto_order::sandbox::telegram::{Action, Person};

use crate::oracle;
use crate::report::Report;
use crate::trial::{Given, Size, Store, Trial};
use crate::world::buyer::Habit;
use crate::world::crowd::Trade;
use crate::world::program::Process;
use crate::world::receipts::{Receipt, receipts};
use crate::world::town::{Town, Wish};

pub const TRIAL: Trial = Trial {
    name: "T6",
    title: "gateway-outage",
    stores: &[Store::Sqlite],
    pieces: 20,
    play: |given| Box::pin(play(given)),
};

const PATIENCE: Duration = Duration::from_mins(1);
/// One sweep: whoever has paid has his goods after this.
const SWEEP: Duration = Duration::from_mins(1);
const QUIET: Duration = Duration::from_mins(2);
/// Longer than any outage: nobody's time is over before his money is seen.
const INVOICE: Duration = Duration::from_mins(20);
/// While the gateway is down it is tried this often, measured where the call arrives.
const PROBE: i64 = 5_000;
const JITTER: i64 = 500;
/// So many failures and one open the breaker.
const OPENS: usize = 4;
/// Calls that were on their way when the gateway went down have failed after this.
const LAST_CALLS: i64 = 2_000;
/// Creates that are stored and never answered, in a thousand.
const LOST_CREATES: u64 = 200;

/// Three stories beside each other, each in a town of its own: all of them are mostly waiting.
async fn play(given: Given) -> Report {
    let (mut report, mut dice) = (given.report(), given.dice());
    let orders = given.share(200, 20_000);
    let mut dices = [dice.fork(), dice.fork(), dice.fork()];
    let [first, second, third] = &mut dices;
    let down = match given.piece.size {
        Size::Quick => Duration::from_secs(30),
        Size::Full { .. } => Duration::from_mins(1),
    };
    let (lost, silent, dumb) = tokio::join!(
        callbacks_lost(&given, orders * 2 / 5, first),
        nobody_answers(&given, orders * 2 / 5, down, second),
        creates_lost(&given, orders / 5, third),
    );
    report.figure("asked_orders", orders);
    report.absorb("muted_", lost);
    report.absorb("down_", silent);
    report.absorb("unsaid_", dumb);
    report
}

async fn found(given: &Given, name: &'static str, orders: u64) -> (Arc<Town>, Process) {
    let wish =
        Wish { name, invoice: INVOICE, ..Wish::goods(&[orders * 2, orders * 2, orders * 2]) };
    let town = Town::build(given, &wish).await;
    let process = town.serve();
    town.ready(0, PATIENCE).await;
    (town, process)
}

fn trade(first: i64, habit: Habit) -> Trade {
    let trust = SWEEP + Duration::from_secs(15);
    Trade { first, habit: Some(habit), at_once: 40, trust, ..Trade::default() }
}

/// Every callback is lost: the sweep finds what was paid.
async fn callbacks_lost(given: &Given, orders: u64, dice: &mut fastrand::Rng) -> Report {
    let mut report = empty();
    let (town, process) = found(given, "lost", orders).await;
    town.stage.project.mute_callbacks(true);
    let crowd = Trade { at_once: 200, ..trade(1_000, Habit::Pays) };
    let tally = town.trade(orders, crowd, dice).await;
    report.must(tally.paid == orders, "T6", format!("{} of {orders} paid", tally.paid));
    end(&town, Timestamp(0), &mut report).await;
    town.close(process).await;
    report
}

/// The gateway answers nothing for a while; money comes meanwhile, and nobody is told.
async fn nobody_answers(
    given: &Given,
    orders: u64,
    down: Duration,
    dice: &mut fastrand::Rng,
) -> Report {
    let mut report = empty();
    let (town, process) = found(given, "down", orders).await;
    let (clock, project, gateway) = (Clock::system(), &town.stage.project, &town.stage.gateway);
    town.trade(orders, trade(1_000, Habit::Abandons), dice).await;
    let open = project.transactions();
    project.mute_callbacks(true);
    let kind = FaultKind::Html502;
    gateway.fault(Fault { call: None, reference: None, times: u32::MAX, kind });
    let from = clock.now();
    for transaction in &open {
        let _ = project.pay(&transaction.txn_id);
    }
    // Who comes now is told at once, because nobody waits for what does not answer.
    let newcomers = async {
        clock.sleep(down / 2).await;
        town.trade(10, trade(50_000, Habit::Pays), dice).await
    };
    let (turned_away, ()) = tokio::join!(newcomers, clock.sleep(down));
    gateway.clear_faults();
    let back = clock.now();
    report.must(
        turned_away.ended == 10,
        "I-LIVE",
        format!("{turned_away:?}: all ten should have been told that there is no invoice"),
    );
    probes(&town, from, back, &mut report);
    end(&town, back, &mut report).await;
    town.close(process).await;
    report
}

/// One create in five is stored and not answered.
async fn creates_lost(given: &Given, orders: u64, dice: &mut fastrand::Rng) -> Report {
    let mut report = empty();
    let (town, process) = found(given, "create", orders).await;
    let odds = |per_mille, kind| Odds { call: Some(CallKind::Create), per_mille, kind };
    town.stage.gateway.weather(
        dice.u64(..),
        vec![
            odds(LOST_CREATES / 2, FaultKind::HangAfterStoring),
            odds(LOST_CREATES / 2, FaultKind::ServerErrorAfterStoring),
        ],
    );
    let crowd = Trade { at_once: 60, ..trade(1_000, Habit::Pays) };
    let tally = town.trade(orders, crowd, dice).await;
    let creates = town.stage.gateway.calls().into_iter().filter(|it| it.route == "v2 create");
    let lost = creates.filter(|it| it.status != Some(200) && it.status != Some(201)).count();
    report.figure("lost_answers", lost);
    report.must(lost > 0, "T6", "no create was lost");
    report.must(tally.left == 0, "I-LIVE", format!("{} buyers heard nothing", tally.left));
    end(&town, Timestamp(0), &mut report).await;
    town.close(process).await;
    report
}

fn empty() -> Report {
    Report::new(TRIAL.name, TRIAL.title)
}

/// Everybody who paid has his goods one sweep after `from` or after he paid.
async fn end(town: &Town, from: Timestamp, report: &mut Report) {
    match town.quiet(QUIET).await {
        Ok(time) => report.figure("recovery_s", format!("{:.1}", time.as_secs_f64())),
        Err(left) => report.must(false, "I-LIVE", left),
    }
    let receipts = receipts(town).await;
    let waits: Vec<(&Receipt, Option<Duration>)> =
        receipts.iter().map(|it| (it, it.waited_since(from))).collect();
    let longest = waits.iter().filter_map(|(_, wait)| *wait).max().unwrap_or_default();
    report.figure("goods_s_max", format!("{:.1}", longest.as_secs_f64()));
    for (receipt, wait) in waits {
        let what = format!("{} was paid and has its goods after {wait:?}", receipt.code);
        report.must(wait.is_some_and(|wait| wait <= SWEEP), "I-LIVE", what);
    }
    live_codes(town, report).await;
    told(town, report).await;
    oracle::examine(town, &town.base, report).await;
}

/// While the breaker is open one call in five seconds goes out.
fn probes(town: &Town, from: Timestamp, to: Timestamp, report: &mut Report) {
    let calls = town.stage.gateway.calls();
    let during: Vec<i64> =
        calls.iter().map(|it| it.at.0).filter(|at| *at >= from.0 && *at < to.0).collect();
    let opened = during.get(OPENS).map_or(to.0, |at| at + LAST_CALLS);
    let probes: Vec<i64> = during.into_iter().filter(|at| *at > opened).collect();
    report.figure("probes", probes.len());
    report.must(!probes.is_empty(), "I-LIVE", "the gateway was never tried while it was down");
    for pair in probes.windows(2) {
        let apart = pair[1] - pair[0];
        let what = format!("two calls in {apart} ms while the gateway is down");
        report.must(apart >= PROBE - JITTER, "I-RATE", what);
    }
}

/// At most one QR of an order can be paid, and no buyer ever saw two.
async fn live_codes(town: &Town, report: &mut Report) {
    let rows = town.base.table("payments", &["reference", "order_id"]).await;
    let mut live: BTreeMap<i64, usize> = BTreeMap::new();
    let states: BTreeMap<String, State> =
        town.stage.project.transactions().into_iter().map(|it| (it.reference, it.state)).collect();
    for row in &rows {
        let state = row["reference"].as_str().and_then(|it| states.get(it));
        if matches!(state, Some(State::Pending | State::Completed)) {
            *live.entry(row["order_id"].as_i64().unwrap_or(0)).or_default() += 1;
        }
    }
    let most = live.values().max().copied().unwrap_or(0);
    report.figure("live_qr_max", most);
    report.must(most <= 1, "I-PAY", format!("an order has {most} live codes"));
    for person in town.everyone() {
        let mut pages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for seen in person.messages() {
            let Some(code) = code(&seen.text) else { continue };
            if let Some(Action::Url(page)) = seen.button("Halaman Bayar").map(|it| &it.action) {
                pages.entry(code).or_default().insert(page.clone());
            }
        }
        for (code, pages) in pages.into_iter().filter(|(_, pages)| pages.len() > 1) {
            report.must(false, "I-PAY", format!("order {code} can be paid at {pages:?}"));
        }
    }
}

fn code(text: &str) -> Option<String> {
    let rest = text.split("Pesanan ").nth(1)?;
    let code = rest.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    Some(code.to_owned())
}

/// Who got no invoice reads that nothing was charged.
async fn told(town: &Town, report: &mut Report) {
    let orders = town.base.table("orders", &["code", "state"]).await;
    let failed: Vec<&str> = orders
        .iter()
        .filter(|it| it["state"] == "failed")
        .filter_map(|it| it["code"].as_str())
        .collect();
    report.figure("no_invoice", failed.len());
    let texts: Vec<String> =
        town.everyone().iter().flat_map(Person::messages).map(|seen| seen.text).collect();
    for code in failed {
        let said = texts.iter().any(|it| it.contains(code) && it.contains(NOT_CHARGED));
        report.must(
            said,
            "I-LIVE",
            format!("the buyer of {code} was not told that nothing was charged"),
        );
    }
}

const NOT_CHARGED: &str = "tidak ada yang ditagih";
