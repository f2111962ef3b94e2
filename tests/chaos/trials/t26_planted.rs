//! T26: does the suite bite? The program is told to have one bug after another; the oracle must name each.
//!
//! The same scenes are played without any bug, and nothing may be named then.

use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::primitives::Clock;
use bot_auto_order::sandbox::pakasir::{SecretHeader, State};
use bot_auto_order::sandbox::telegram::{Fault, FaultKind};
use serde_json::json;
use tokio::task::JoinSet;

use crate::oracle::{self, Expected};
use crate::report::Report;
use crate::trial::{Given, Store, Trial};
use crate::world::base::Base;
use crate::world::buyer::Habit;
use crate::world::crowd::Trade;
use crate::world::line::{Letter, Line};
use crate::world::program::{Process, Program};
use crate::world::town::{Town, Wish};

pub const TRIAL: Trial = Trial {
    name: "T26",
    title: "planted-bugs",
    stores: &[Store::Sqlite],
    pieces: 1,
    play: |given| Box::pin(play(given)),
};

/// How many scenes are played beside each other.
const AT_ONCE: usize = 4;
const READY: Duration = Duration::from_secs(30);
/// Without a bug every scene has ended after this; with one it may never.
const QUIET: Duration = Duration::from_secs(30);

/// What happens in a town.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scene {
    /// Updates come in crowds, and the process is killed in the middle.
    KilledWhileAnswering,
    /// Every update comes three times.
    EverythingTwice,
    Trade(Habit, u64),
    /// Eight people want the last two units.
    LastUnits,
    /// Orders that nobody paid are called paid by somebody else.
    Forged,
    /// Less was paid than asked for.
    TooLittle,
    /// What was paid is play money.
    PlayMoney,
    /// Telegram tells everybody to wait.
    Flood,
    /// A buyer pays, goes away, and comes back.
    GoneForAWhile,
    /// Updates with a secret of the right length.
    Guessed,
}

/// The bugs, the scenes they show in, and what they break.
const BUGS: [(&str, Scene, &[&str]); 13] = [
    ("ack-early", Scene::KilledWhileAnswering, &["I-ACK"]),
    ("forget-keys", Scene::EverythingTwice, &["I-ACK"]),
    ("oversell", Scene::LastUnits, &["I-UNIT"]),
    ("keep-units", Scene::Trade(Habit::Cancels, 4), &["I-UNIT"]),
    ("no-sweep", Scene::Trade(Habit::PaysQuietly, 3), &["I-LIVE", "I-PAY"]),
    ("drop-late", Scene::Trade(Habit::CancelsAndPays, 3), &["I-PAY"]),
    ("wrong-chat", Scene::Trade(Habit::Pays, 3), &["I-OWN"]),
    ("trust-callback", Scene::Forged, &["I-NOPAY"]),
    ("any-amount", Scene::TooLittle, &["I-PAY"]),
    ("sandbox-counts", Scene::PlayMoney, &["I-NOPAY"]),
    ("ignore-retry-after", Scene::Flood, &["I-RATE"]),
    ("drop-parked", Scene::GoneForAWhile, &["I-LIVE"]),
    ("any-secret", Scene::Guessed, &["S1"]),
];

async fn play(given: Given) -> Report {
    let mut report = given.report();
    let Some(planted) = given.planted.clone() else {
        report.must(false, "T26", "no program with planted bugs was given (--planted)");
        return report;
    };
    let mut playing = JoinSet::new();
    let (mut named, mut clean) = (0, 0);
    let runs = BUGS.iter().flat_map(|bug| [(Some(bug.0), *bug), (None, *bug)]);
    for (number, (word, (bug, scene, breaks))) in runs.enumerate() {
        if playing.len() >= AT_ONCE {
            judge(&mut report, &mut playing, (&mut named, &mut clean)).await;
        }
        let program = word.map_or_else(|| given.program.clone(), |word| planted.with(word));
        let cast = Cast { program, name: format!("bug_{number}") };
        playing.spawn(async move { (bug, word, breaks, cast.play(scene).await) });
    }
    while !playing.is_empty() {
        judge(&mut report, &mut playing, (&mut named, &mut clean)).await;
    }
    report.figure("planted", BUGS.len());
    report.figure("named", named);
    report.figure("clean_without", clean);
    report
}

type Played = (&'static str, Option<&'static str>, &'static [&'static str], Report);

/// One scene more is over: what it broke is what it had to break, or nothing.
async fn judge(
    report: &mut Report,
    playing: &mut JoinSet<Played>,
    (named, clean): (&mut u64, &mut u64),
) {
    let played = playing.join_next().await.expect("a scene is played");
    let (bug, word, breaks, told) =
        played.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    let broken = told.broken();
    if word.is_some() {
        let caught = breaks.iter().all(|promise| broken.contains(promise));
        *named += u64::from(caught);
        report.figure(bug, broken.join(","));
        report.must(caught, "T26", format!("{bug} breaks {breaks:?}, and {broken:?} was named"));
    } else {
        *clean += u64::from(broken.is_empty());
        let why = told.told();
        report.must(broken.is_empty(), "T26", format!("the scene of {bug} without it: {why}"));
    }
}

/// Who plays a scene.
struct Cast {
    program: Program,
    name: String,
}

impl Cast {
    async fn play(self, scene: Scene) -> Report {
        let mut report = Report::new("T26", "scene");
        let folder = tempfile::tempdir().expect("a folder");
        let base = Base::empty(Store::Sqlite, folder.path(), &self.name).await;
        let units: &[u64] = if scene == Scene::LastUnits { &[2] } else { &[40] };
        let town = Town::build_on(&self.program, folder, base, &Wish::goods(units)).await;
        let mut process = town.serve();
        town.ready(0, READY).await;
        act(&town, &mut process, scene, &mut report).await;
        if let Err(left) = town.quiet(QUIET).await {
            report.must(false, "I-LIVE", left);
        }
        // What is not ours is set aside for a person to look at.
        let expected = Expected { held: scene == Scene::PlayMoney, ..Expected::default() };
        oracle::examine_expecting(&town, &town.base, expected, &mut report).await;
        town.close(process).await;
        report
    }
}

async fn act(town: &Arc<Town>, process: &mut Process, scene: Scene, report: &mut Report) {
    match scene {
        Scene::KilledWhileAnswering => killed_while_answering(town, process).await,
        Scene::EverythingTwice => {
            town.stage.bot.duplicate_updates(2);
            trade(town, Habit::Pays, 3).await;
        }
        Scene::Trade(habit, orders) => trade(town, habit, orders).await,
        Scene::LastUnits => trade(town, Habit::Pays, 8).await,
        Scene::Forged => forged(town).await,
        Scene::TooLittle => {
            for txn in invoices(town, 2).await {
                town.stage.project.set_amount(&txn, 501);
                let _ = town.stage.project.pay_late(&txn);
            }
        }
        Scene::PlayMoney => {
            for txn in invoices(town, 2).await {
                town.stage.project.set_sandbox(&txn, true);
                let _ = town.stage.project.pay_late(&txn);
            }
        }
        Scene::Flood => {
            let flood = FaultKind::TooManyRequests { retry_after: 2 };
            town.stage.telegram.fault(Fault::next(flood).on("sendMessage").times(4));
            trade(town, Habit::Pays, 2).await;
        }
        Scene::GoneForAWhile => gone_for_a_while(town).await,
        Scene::Guessed => guessed(town, report).await,
    }
}

async fn trade(town: &Arc<Town>, habit: Habit, orders: u64) {
    let patience = Duration::from_secs(25);
    let trade =
        Trade { at_once: 8, habit: Some(habit), patience, trust: patience, ..Trade::default() };
    town.trade(orders, trade, &mut fastrand::Rng::with_seed(1)).await;
}

/// Invoices that their buyers do not pay.
async fn invoices(town: &Arc<Town>, orders: u64) -> Vec<String> {
    trade(town, Habit::Abandons, orders).await;
    let open = town.stage.project.transactions().into_iter();
    open.filter(|it| it.state == State::Pending).map(|it| it.txn_id).collect()
}

async fn forged(town: &Arc<Town>) {
    for txn in invoices(town, 2).await {
        let mut body = town.stage.project.callback_body(&txn);
        body["status"] = json!("completed");
        town.stage.project.callback(body, SecretHeader::Right, None).await;
    }
}

async fn gone_for_a_while(town: &Arc<Town>) {
    for (txn, number) in invoices(town, 1).await.into_iter().zip(1_000..) {
        let buyer = town.person(number);
        buyer.block();
        town.stage.bot.settled().await;
        let _ = town.stage.project.pay_late(&txn);
        until(town, PAID_AND_STILL).await;
        buyer.unblock();
        buyer.say("/start");
    }
}

/// A paid order whose goods are not on their way any more.
const PAID_AND_STILL: &str = "SELECT COUNT(*) FROM orders WHERE state = 'paid' \
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE state = 'pending')";

/// Waits until the data counts something, for a while.
async fn until(town: &Town, sql: &str) {
    let clock = Clock::system();
    let deadline = clock.now().plus(QUIET);
    while clock.now() < deadline && town.base.count(sql).await == 0 {
        clock.sleep(Duration::from_millis(50)).await;
    }
}

/// An update that changes nothing in the shop, as Telegram posts it.
fn update(town: &Town, update_id: i64, secret: &str) -> Letter {
    let webhook = town.stage.bot.webhook().expect("the webhook is registered");
    let path = webhook.url.split("toko.test").nth(1).expect("it lies under the public address");
    let person = json!({"id": 900_000_000 + update_id % 50, "is_bot": false, "first_name": "A"});
    let chat = json!({"id": 900_000_000 + update_id % 50, "type": "private"});
    let message = json!({"message_id": 1, "date": 1, "from": person, "chat": chat});
    let body = json!({"update_id": update_id, "edited_message": message});
    Letter::json(path, &body).with("x-telegram-bot-api-secret-token", secret)
}

fn secret(town: &Town) -> String {
    town.stage.bot.webhook().and_then(|webhook| webhook.secret).expect("it has a secret")
}

async fn killed_while_answering(town: &Arc<Town>, process: &mut Process) {
    until_registered(town).await;
    let secret = secret(town);
    for round in 0..4 {
        let mut posting = JoinSet::new();
        for lane in 0..16 {
            let (town, secret) = (Arc::clone(town), secret.clone());
            posting.spawn(async move {
                let mut line = Line::to(town.settings[0].bind);
                for n in 0..200 {
                    let id = 3_000_000_000 + round * 100_000 + lane * 1_000 + n;
                    if line.post(&update(&town, id, &secret)).await != 200 {
                        break;
                    }
                    town.acked(id);
                }
            });
        }
        Clock::system().sleep(Duration::from_millis(60 + 20 * round.unsigned_abs())).await;
        process.kill();
        town.struck();
        while posting.join_next().await.is_some() {}
        *process = town.serve();
        town.ready(0, READY).await;
    }
}

async fn until_registered(town: &Town) {
    let bot = town.stage.bot.clone();
    town.stage.telegram.until(move |_| bot.webhook()).await;
}

async fn guessed(town: &Town, report: &mut Report) {
    until_registered(town).await;
    let mut line = Line::to(town.settings[0].bind);
    let guess = "A".repeat(secret(town).len());
    let status = line.post(&update(town, 3_000_000_000, &guess)).await;
    report.must(status == 401, "S1", format!("a guessed secret was answered {status}"));
}
