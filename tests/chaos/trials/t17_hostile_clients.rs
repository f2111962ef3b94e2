//! T17: thousands hold connections, dribble, lie and talk nonsense, and who has something to deliver
//! does not notice: neither at the service itself nor through nginx.

use std::time::{Duration, Instant};

use bot_auto_order::primitives::Clock;
use tokio::task::JoinSet;

use crate::report::Report;
use crate::trial::{Given, Store, Trial};
use crate::world::front::{Front, ready};
use crate::world::hostile::{self, Crowd, Ends};
use crate::world::nginx::Nginx;
use crate::world::program::Process;
use crate::world::sender::{Bodies, Door, Pace, Sending, Sent, Tally};
use crate::world::watch::Watch;
use crate::world::wire::ask;

pub static TRIAL: Trial = Trial {
    name: "T17",
    title: "hostile-clients",
    stores: &[Store::Sqlite],
    pieces: 1,
    play: |given| Box::pin(play(given)),
};

/// Good deliveries a second, by each way.
const RATE: u32 = 20;
const CALM: Duration = Duration::from_secs(2);
const ATTACK: Duration = Duration::from_secs(6);
const FREED: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(30);
/// Under this the machine's other work decides, not ours.
const FLOOR: Duration = Duration::from_millis(100);
const MOST_MEMORY_KIB: u64 = 64 * 1024;
/// What may be open when the crowd is gone: four times twenty good connections, the database, the
/// senders' own.
const FILES_LEFT: usize = 150;
const LOOK: Duration = Duration::from_millis(100);
/// How few files a process may have.
const FEW_FILES: &str = "ulimit -n 48; exec \"$@\"";

async fn play(given: Given) -> Report {
    let mut report = given.report();
    hostile::raise_open_files();
    many_clients(&given, &mut report).await;
    few_files(&given, &mut report).await;
    report
}

/// A crowd at the service and one at nginx, everything else that one can do wrong meanwhile, and good
/// deliveries all the time.
async fn many_clients(given: &Given, report: &mut Report) {
    let clock = Clock::system();
    let mut front = Front::open(given, "t17").await;
    let process = front.start().await;
    let nginx = Nginx::start(front.folder(), &[front.setting.bind]).await;
    let (direct, proxied) = (front.door.clone(), front.door.by(nginx.address));
    let mut twin = Front::open(given, "t17_twin").await;
    let spared = twin.start().await;
    let good = Good::begin(&direct, &proxied, &front.updates());
    let spared_good = Spared::begin(&twin);
    clock.sleep(CALM).await;

    let watch = Watch::begin(&process);
    let begun = Instant::now();
    let size = usize::try_from(given.share(1_500, 5_000)).expect("few");
    let crowds = [&direct, &proxied].map(|door| Crowd::gather(door.address, size));
    let tricks = Tricks { count: given.share(200, 1_000), bodies: front.updates() };
    let (mut at_us, mut at_nginx, ()) = tokio::join!(
        tricks.play(&direct, given.dice(), true),
        tricks.play(&proxied, given.dice(), false),
        clock.sleep(ATTACK),
    );
    let (ended, crowded) = (Instant::now(), process.files());
    crowds.iter().for_each(Crowd::disperse);
    // These are work as well as trouble, so they come when nobody's time is taken.
    tokio::join!(
        tricks.deliver(&direct, 10_000_000, &mut at_us),
        tricks.deliver(&proxied, 20_000_000, &mut at_nginx),
    );
    let left = gone(&[&process, &nginx.process]).await;
    let freed = ended.elapsed();
    let [first, second] = crowds.map(Crowd::end);
    let opened = first.await + second.await;
    let grown = watch.end().await;
    report.figure("rss_more_kib", grown);
    report.must(grown <= MOST_MEMORY_KIB, "I-DOOR", format!("{grown} KiB more memory"));
    let calm = Instant::now();
    clock.sleep(CALM).await;
    let attacked = |at| at >= begun && at < ended;
    let twins = spared_good.end(report, attacked).await;
    let mut all = good.end(report, twins, |at| at < begun || at > calm, attacked).await;

    report.figure("connections", opened);
    report.figure("freed_ms", freed.as_millis());
    report.figure("files", format!("{crowded}/{left}"));
    report.must(opened >= 2 * size as u64, "I-ASKED", format!("only {opened} connections came"));
    let what = format!("{left} files are open at one of the two, {freed:?} after the attack");
    report.must(left <= FILES_LEFT, "I-DOOR", what);
    at_us.judge("direct", report);
    at_nginx.judge("nginx", report);
    all.0.extend(at_us.pipelined.into_iter().chain(at_nginx.pipelined));
    afterwards(report, &front, &all).await;
    drop((process, nginx, spared));
    front.close().await;
    twin.close().await;
}

/// Waits until the crowd was sent away everywhere, but no longer than that may take; returns how many
/// files are then open where most are.
async fn gone(processes: &[&Process]) -> usize {
    let (clock, begun) = (Clock::system(), Instant::now());
    loop {
        let most = processes.iter().map(|process| process.files()).max().unwrap_or(0);
        if most <= FILES_LEFT || begun.elapsed() > FREED {
            return most;
        }
        clock.sleep(LOOK).await;
    }
}

/// Who has something to deliver: on kept connections and on fresh ones, to the service and through nginx.
struct Good([(&'static str, [Sending; 2]); 2]);

impl Good {
    const CONNECTIONS: usize = 20;

    fn begin(direct: &Door, proxied: &Door, bodies: &Bodies) -> Self {
        let begin = |door: &Door, first| {
            Sending::begin(door, Self::CONNECTIONS, Pace::PerSecond(RATE), first, bodies)
        };
        Self([
            ("direct", [begin(direct, 0), begin(&direct.anew(), 1_000_000)]),
            ("nginx", [begin(proxied, 2_000_000), begin(&proxied.anew(), 3_000_000)]),
        ])
    }

    async fn end(
        self,
        report: &mut Report,
        twins: Duration,
        calm: impl Fn(Instant) -> bool,
        attacked: impl Fn(Instant) -> bool,
    ) -> Tally {
        let mut all = Tally::default();
        for (name, ways) in self.0 {
            let mut tally = Tally::default();
            for sending in ways {
                tally.0.extend(sending.end().await.0);
            }
            let before = tally.percentile_of(99, &calm);
            let during = tally.percentile_of(99, &attacked);
            let both = format!("{}/{}", during.as_millis(), before.as_millis());
            report.figure(&format!("p99_ms_{name}"), both);
            let what = format!("{name}: p99 {during:?} under attack, {before:?} in peace");
            let bound = (before.max(twins) * 2).max(FLOOR);
            report.must(during <= bound, "I-DOOR", what);
            all.0.extend(tally.0);
        }
        all
    }
}

/// The same deliveries to a service that nobody attacks: what the machine alone does to them meanwhile.
struct Spared([Sending; 2]);

impl Spared {
    fn begin(twin: &Front) -> Self {
        let begin = |door: &Door, first| {
            let pace = Pace::PerSecond(RATE);
            Sending::begin(door, Good::CONNECTIONS, pace, first, &twin.updates())
        };
        Self([begin(&twin.door, 0), begin(&twin.door.anew(), 1_000_000)])
    }

    async fn end(self, report: &mut Report, attacked: impl Fn(Instant) -> bool) -> Duration {
        let mut tally = Tally::default();
        for sending in self.0 {
            tally.0.extend(sending.end().await.0);
        }
        let p99 = tally.percentile_of(99, attacked);
        report.figure("p99_ms_spared", p99.as_millis());
        p99
    }
}

/// What single clients do wrong.
struct Tricks {
    count: u64,
    bodies: Bodies,
}

/// How they ended.
#[derive(Default)]
struct Tricked {
    too_large: Ends,
    strangers: Ends,
    pipelined: Vec<Sent>,
    half_closed: Ends,
    slow: Ends,
    garbage: Ends,
}

impl Tricks {
    const LINES: u64 = 20;
    const BEHIND_EACH_OTHER: u64 = 25;

    /// Whatever is refused; `slow` bodies are left out at nginx, which waits for them itself.
    async fn play(&self, door: &Door, mut dice: fastrand::Rng, slow: bool) -> Tricked {
        let count = usize::try_from(self.count).expect("few");
        let nobody = Door { secret: "nobody's".to_owned(), ..door.clone() };
        let slow_ones = if slow { 50 } else { 0 };
        let garbage: Vec<Vec<u8>> = (0..count).map(|_| hostile::garbage(&mut dice)).collect();
        let (too_large, strangers, slow, garbage) = tokio::join!(
            hostile::too_large(door, count),
            hostile::too_large(&nobody, 20),
            together((0..slow_ones).map(|_| hostile::slow_body(door.clone()))),
            async {
                let mut ends = Vec::new();
                for bytes in garbage {
                    ends.push(hostile::exchange(door.address, &bytes, false).await);
                }
                ends
            },
        );
        Tricked { too_large, strangers, slow, garbage, ..Tricked::default() }
    }

    /// What is taken all the same.
    async fn deliver(&self, door: &Door, first: u64, ends: &mut Tricked) {
        ends.pipelined = self.pipelined(door, first).await;
        let half = (0..100).map(|number| {
            hostile::half_closed(door.clone(), (self.bodies)(first + 900_001 + number))
        });
        ends.half_closed = together(half).await;
    }

    async fn pipelined(&self, door: &Door, first: u64) -> Vec<Sent> {
        let lines = (0..Self::LINES).map(|line| first + line * Self::BEHIND_EACH_OTHER);
        let talk = |first| {
            let (door, bodies) = (door.clone(), self.bodies.clone());
            async move {
                let (at, due) = (Instant::now(), Clock::system().now());
                let ends = hostile::pipelined(&door, first, Self::BEHIND_EACH_OTHER, &bodies).await;
                let sent = |(number, status)| Sent {
                    number,
                    status,
                    remark: None,
                    at,
                    due,
                    took: at.elapsed(),
                };
                (first..).zip(ends).map(sent).collect::<Vec<_>>()
            }
        };
        together(lines.map(talk)).await.concat()
    }
}

async fn together<T: Send + 'static>(
    all: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    all.collect::<JoinSet<T>>().join_all().await
}

impl Tricked {
    fn judge(&self, way: &str, report: &mut Report) {
        let mut only = |what: &str, ends: &Ends, legal: &[u16]| {
            let other: Vec<&u16> = ends.iter().filter(|end| !legal.contains(end)).collect();
            report.figure(&format!("{what}_{way}"), ends.len());
            report.must(other.is_empty(), "I-DOOR", format!("{way}, {what}: got {other:?}"));
        };
        let pipelined: Ends = self.pipelined.iter().map(|sent| sent.status).collect();
        only("too_large", &self.too_large, &[413]);
        // nginx measures before it asks who it is.
        only("strangers", &self.strangers, if way == "nginx" { &[413] } else { &[401] });
        only("pipelined", &pipelined, &[200]);
        // Who dribbles may be sent away as well while others need a seat.
        only("slow_bodies", &self.slow, &[503, 0]);
        // Who hangs up may miss the answer.
        only("half_closed", &self.half_closed, &[200, 0]);
        only("garbage", &self.garbage, &[0, 400, 404, 405, 414, 431, 505]);
        let asked = Tricks::LINES * Tricks::BEHIND_EACH_OTHER;
        report.must(pipelined.len() as u64 == asked, "I-DOOR", format!("{way}: a pipeline broke"));
    }
}

/// Everything answers, and everything accepted is kept.
async fn afterwards(report: &mut Report, front: &Front, all: &Tally) {
    for (address, path) in [
        (front.setting.bind, "GET /healthz"),
        (front.setting.probe, "GET /healthz"),
        (front.setting.bind, "GET /readyz"),
        (front.setting.probe, "GET /metrics"),
    ] {
        let status = ask(address, path).await.map_or(0, |answer| answer.status);
        report.must(status == 200, "I-DOOR", format!("{path} answers {status} afterwards"));
    }
    if let Err(waiting) = front.quiet(PATIENCE).await {
        report.must(false, "I-LIVE", waiting);
    }
    let refusals = all.refusals();
    let lost = front.kept(all).await;
    report.figure("acked", all.accepted());
    report.figure("lost", lost.len());
    report.figure("non_2xx", refusals.len());
    report.violations(lost);
    report.refused(refusals, &[]);
}

/// A process that may open few files meets more connections than that.
async fn few_files(given: &Given, report: &mut Report) {
    let clock = Clock::system();
    let mut front = Front::open(given, "t17_few").await;
    front.setting.wrapper = ["sh", "-c", FEW_FILES, "sh"].into_iter().map(str::to_owned).collect();
    let process = front.start().await;
    let door = front.door.anew();
    let good = Sending::begin(&door, 4, Pace::PerSecond(20), 0, &front.updates());
    let crowds = [(front.setting.bind, 300), (front.setting.probe, 30)]
        .map(|(at, size)| Crowd::gather(at, size));
    clock.sleep(CALM * 2).await;
    let most = process.files();
    let ready_again = ready(&front.setting, FREED).await;
    crowds.iter().for_each(Crowd::disperse);
    let [first, second] = crowds.map(Crowd::end);
    let opened = first.await + second.await;
    let tally = good.end().await;
    report.figure("few_files_open", most);
    report.figure("few_files_connections", opened);
    report.figure("few_files_p99_ms", tally.percentile(99).as_millis());
    let ran_out = front.setting.said().contains("no file is left");
    report.figure("ran_out_of_files", ran_out);
    report.must(ran_out, "I-ASKED", "the process never ran out of files");
    report.must(ready_again.is_ok(), "I-DOOR", format!("{ready_again:?}"));
    afterwards(report, &front, &tally).await;
    drop(process);
    front.close().await;
}
