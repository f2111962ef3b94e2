//! A replica is frozen while it holds parcels, the other one carries them, and is gone before the first one wakes.
//!
//! Nobody else is there then and nothing is left to do: whatever message leaves now is one that was
//! another's, and whatever work comes up is that of facts which were another's.

use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::primitives::{Clock, Timestamp};
use bot_auto_order::sandbox::telegram::{Fault, FaultKind};

use super::{QUIET, READY, trade, until_registered};
use crate::report::{Report, Violation};
use crate::world::buyer::Habit;
use crate::world::front;
use crate::world::program::Process;
use crate::world::town::Town;

/// How often the replica is frozen, each time while other parcels are held.
const ROUNDS: i64 = 3;
const ORDERS: u64 = 12;
const LOOK: Duration = Duration::from_millis(10);
const HEARD: Duration = Duration::from_millis(100);
/// How long a call to Telegram takes: whoever holds goods is waiting for the first of two answers.
const CALL: Duration = Duration::from_millis(300);
/// Who wakes has done by then what he wanted to do.
const AWAKE: Duration = Duration::from_secs(3);

const HELD: &str = "SELECT COUNT(*) FROM outbox WHERE state = 'pending' AND leased_until > 0 \
    AND payload LIKE '%\"goods\"%'";
/// Lists of commands are set by every replica that begins to keep the webhook.
const ERRANDS: &str = "SELECT COUNT(*) FROM outbox WHERE payload NOT LIKE '%\"menu\"%'";

pub(super) async fn play(town: &Arc<Town>, first: &mut Process, report: &mut Report) {
    until_registered(town).await;
    // So that something is always under way.
    town.stage.telegram.fault(Fault::next(FaultKind::Slow(CALL)).times(u32::MAX));
    for round in 0..ROUNDS {
        town.stage.lead_to(town.settings[0].bind);
        let buying = {
            let town = Arc::clone(town);
            async move { trade(&town, Habit::Pays, ORDERS, 10_000 * (round + 1)).await }
        };
        let relieved = async {
            let held = until_held(town).await;
            // Nothing that came to it may wait in it for an answer: it would be its own to work on.
            town.stage.lead_to(town.settings[1].bind);
            Clock::system().sleep(HEARD).await;
            let held = held && until_held(town).await;
            first.freeze();
            // What it had said by now has been heard; nobody can know how that ended.
            Clock::system().sleep(HEARD).await;
            town.struck();
            let second = town.settings[1].serve();
            town.ready(1, READY).await;
            (second, held)
        };
        let ((), (mut second, held)) = tokio::join!(buying, relieved);
        report.must(held, "T26", "the replica was frozen while it held nothing");
        if let Err(left) = town.quiet(QUIET).await {
            report.must(false, "I-LIVE", left);
        }
        second.terminate();
        second.gone(READY).await;
        let (asleep, errands) = (Clock::system().now(), town.base.count(ERRANDS).await);
        first.thaw();
        let awake = front::ready(&town.settings[0], READY).await;
        report.must(awake.is_ok(), "T26", "who was woken does not come back");
        Clock::system().sleep(AWAKE).await;
        woken(town, asleep, errands, report).await;
    }
}

/// Whether goods were held before there was nothing more to wait for.
async fn until_held(town: &Town) -> bool {
    let clock = Clock::system();
    let deadline = clock.now().plus(QUIET);
    while clock.now() < deadline {
        if town.base.count(HELD).await > 0 {
            return true;
        }
        clock.sleep(LOOK).await;
    }
    false
}

/// What came of somebody who slept through his leases.
async fn woken(town: &Town, asleep: Timestamp, errands: i64, report: &mut Report) {
    let calls = town.stage.telegram.calls().into_iter().filter(|call| {
        let speaks = call.method.starts_with("send") || call.method.starts_with("edit");
        call.at >= asleep && speaks
    });
    let history: Vec<String> = calls
        .map(|call| {
            format!("call #{} {} at {} → {}", call.number, call.method, call.at.0, call.code)
        })
        .collect();
    if !history.is_empty() {
        let what = format!("{} calls by who had lost his parcels", history.len());
        report.violated(Violation { invariant: "I-ONE", what, history });
    }
    let more = town.base.count(ERRANDS).await - errands;
    let what = format!("{more} errands by who had lost his facts");
    report.must(more == 0, "I-ONE", what);
}
