//! T11: the service is stopped and killed behind nginx, and who sends to it never notices.
//!
//! On SQLite one process on sockets that its starter holds open; on PostgreSQL two replicas in turn.

use std::time::{Duration, Instant};

use bot_auto_order::primitives::Clock;

use crate::report::Report;
use crate::trial::{BOTH, Given, Store, Trial};
use crate::world::front::{Front, ready};
use crate::world::nginx::Nginx;
use crate::world::program::{Process, Setting};
use crate::world::sender::{Pace, Sending, percentile};
use crate::world::wire::{Wire, ask};

pub static TRIAL: Trial = Trial {
    name: "T11",
    title: "restarts-behind-nginx",
    stores: BOTH,
    pieces: 4,
    play: |given| Box::pin(play(given)),
};

/// As many as Telegram opens by default.
const CONNECTIONS: usize = 40;
const RATE: u32 = 250;
const DRAIN: Duration = Duration::from_secs(5);
/// Long after every bound, so that a figure is printed rather than a panic.
const PATIENCE: Duration = Duration::from_secs(30);
/// A delivery that nobody will read to its end before the service is told to go.
const HALF: &[u8] = b"{\"update_id\":900000000,";
const REST: &[u8] = b"\"poll\":{\"id\":\"1\"}}";

async fn play(given: Given) -> Report {
    let mut report = given.report();
    let mut dice = given.dice();
    let mut front = Front::open(&given, "t11").await;
    let mut replicas = replicas(&mut front, given.store()).await;
    let upstreams: Vec<_> = replicas.iter().map(|it| it.setting.bind).collect();
    let nginx = Nginx::start(front.folder(), &upstreams).await;
    let door = front.door.by(nginx.address);
    let sending = Sending::begin(&door, CONNECTIONS, Pace::PerSecond(RATE), 0, &front.updates());
    let (stops, kills) = (given.share(14, 1_000), given.share(6, 300));
    let mut orders = vec![Order::Stop; usize::try_from(stops).expect("few")];
    orders.extend(vec![Order::Kill; usize::try_from(kills).expect("few")]);
    dice.shuffle(&mut orders);
    let mut seen = Seen::default();
    for (turn, order) in orders.into_iter().enumerate() {
        let count = replicas.len();
        let replica = &mut replicas[turn % count];
        Clock::system().sleep(Duration::from_millis(dice.u64(50..350))).await;
        replica.restart(order, &mut seen).await;
    }
    if given.store() == Store::Sqlite {
        refuses_a_second(&mut report, &front).await;
    }
    says_that_it_goes(&mut report, &mut replicas[0], &front).await;
    let tally = sending.end().await;

    // Long enough for every lease of a killed replica to lapse.
    if let Err(waiting) = front.quiet(PATIENCE * 4).await {
        report.must(false, "I-LIVE", waiting);
    }
    let accepted = front.kept(&tally).await;
    let refusals = tally.refusals();
    report.figure("sent", tally.0.len());
    report.figure("acked", tally.accepted());
    report.figure("lost", accepted.len());
    report.figure("non_2xx", refusals.len());
    report.violations(accepted);
    report.refused(refusals, &nginx.said(3));
    report.must(seen.stops == stops && seen.kills == kills, "I-ASKED", "every restart happens");
    seen.tell(&mut report);
    report.figure("longest_wait_ms", tally.longest().as_millis());
    drop(replicas);
    front.close().await;
    report
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Stop,
    Kill,
}

/// What was seen of the restarts.
#[derive(Default)]
struct Seen {
    stops: u64,
    kills: u64,
    drains: Vec<Duration>,
    starts: Vec<Duration>,
    codes: Vec<Option<i32>>,
}

impl Seen {
    fn tell(&self, report: &mut Report) {
        let slowest = percentile(self.drains.clone(), 100);
        let bad = self.codes.iter().filter(|code| **code != Some(0)).count();
        report.figure("sigterm", self.stops);
        report.figure("sigkill", self.kills);
        report.figure("drain_ms_p50", percentile(self.drains.clone(), 50).as_millis());
        report.figure("drain_ms_max", slowest.as_millis());
        report.figure("start_ms_p50", percentile(self.starts.clone(), 50).as_millis());
        report.figure("start_ms_max", percentile(self.starts.clone(), 100).as_millis());
        report.must(slowest <= DRAIN, "I-STOP", format!("a stop took {slowest:?}"));
        report.must(bad == 0, "I-STOP", format!("{bad} stops did not end with exit code 0"));
    }
}

/// One process of the service and how it is started again.
struct Replica {
    setting: Setting,
    process: Process,
}

async fn replicas(front: &mut Front, store: Store) -> Vec<Replica> {
    let mut other = front.setting.clone();
    if store == Store::Sqlite {
        front.setting.hold_sockets();
    }
    let process = front.start().await;
    let mut all = vec![Replica { setting: front.setting.clone(), process }];
    if store == Store::Postgres {
        other.move_away("log-2");
        let process = other.serve();
        ready(&other, PATIENCE).await.expect("it starts");
        all.push(Replica { setting: other, process });
    }
    all
}

impl Replica {
    async fn restart(&mut self, order: Order, seen: &mut Seen) {
        match order {
            Order::Kill => {
                self.process.kill();
                seen.kills += 1;
            }
            Order::Stop => {
                let told = Instant::now();
                self.process.terminate();
                let ended = self.process.gone(PATIENCE).await;
                seen.drains.push(told.elapsed());
                seen.codes.push(ended.code());
                seen.stops += 1;
            }
        }
        self.process = self.setting.serve();
        seen.starts.push(ready(&self.setting, PATIENCE).await.expect("it starts again"));
    }
}

/// A second process on the same file is told so and does no harm to the first.
async fn refuses_a_second(report: &mut Report, front: &Front) {
    let mut setting = front.setting.clone();
    setting.sockets = None;
    setting.wrapper.clear();
    setting.move_away("log-second");
    let mut second = setting.serve();
    let ended = second.gone(PATIENCE).await;
    let said = setting.said();
    let last = said.lines().last().unwrap_or_default();
    let clear = last.starts_with("auto-order: ") && last.contains("t11.db");
    report.figure("second_refused", ended.code() == Some(1) && clear);
    report.must(
        ended.code() == Some(1) && clear,
        "I-ONE",
        format!("a second process on one file ended with {ended}: {last}"),
    );
}

/// From SIGTERM on it is alive and not ready, and what is on its way is still answered.
async fn says_that_it_goes(report: &mut Report, replica: &mut Replica, front: &Front) {
    let (bind, probe) = (replica.setting.bind, replica.setting.probe);
    let mut half = Wire::open(bind).await.expect("the door is open");
    half.write(&front.door.head(HALF.len() + REST.len())).await.expect("it listens");
    half.write(HALF).await.expect("it listens");
    // Answered on another connection: by now the half one has been accepted.
    let healthy = ask(bind, "GET /healthz").await.map_or(0, |answer| answer.status);
    replica.process.terminate();
    let told = Instant::now();
    while ask(probe, "GET /readyz").await.is_ok_and(|answer| answer.status == 200)
        && told.elapsed() < DRAIN
    {}
    let unready = told.elapsed();
    let readiness = ask(probe, "GET /readyz").await.map_or(0, |answer| answer.status);
    let liveness = ask(probe, "GET /healthz").await.map_or(0, |answer| answer.status);
    let rest = half.write(REST).await;
    let answer = half.read().await;
    let said = format!("{rest:?} {answer:?}");
    let answered = answer
        .is_ok_and(|answer| answer.status == 200 && answer.header("connection") == Some("close"));
    let ended = replica.process.gone(PATIENCE).await;
    report.figure("unready_ms", unready.as_millis());
    report.must(healthy == 200, "I-STOP", "it was healthy before");
    report.must(readiness == 503, "I-STOP", format!("/readyz says {readiness} after SIGTERM"));
    report.must(liveness == 200, "I-STOP", format!("/healthz says {liveness} after SIGTERM"));
    report.must(unready < Duration::from_secs(1), "I-STOP", format!("unready after {unready:?}"));
    report.must(answered, "I-STOP", format!("what was on its way got {said}"));
    report.must(ended.code() == Some(0), "I-STOP", format!("it ended with {ended}"));
    replica.process = replica.setting.serve();
    ready(&replica.setting, PATIENCE).await.expect("it starts again");
}
