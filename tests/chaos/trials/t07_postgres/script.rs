//! What happens to the cluster, the lines and the replicas, and when: thrown by the seed.

use std::time::Duration;

use bot_auto_order::primitives::Timestamp;

use super::World;
use crate::report::Report;
use crate::trial::Size;
use crate::world::cluster::Way;
use crate::world::proxy::{Flow, Proxy};

/// A replica that was killed stays away for so long: as long as a takeover may take.
const AWAY: Duration = Duration::from_secs(5);
/// Nothing else happens for so long after a restart.
const AFTER_RESTART: Duration = Duration::from_millis(1_500);
/// How often it is made known that calls of unknown outcome may be about.
const STEP: Duration = Duration::from_millis(200);

/// How often each thing is to happen.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    pub restarts: u64,
    pub partitions: u64,
    pub freezes: u64,
    pub kills: u64,
}

/// Whose line, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// What the replica says is lost.
    There(Flow),
    /// What the cluster says is lost.
    Back(Flow),
    Both(Flow),
    /// Reset and refused.
    Cut,
    /// Every direction of every line falls silent one after another, and comes back in another order.
    Swizzled,
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Restart(Way),
    Partition(Shape, usize, Duration),
    Freeze(usize, Duration),
    Kill(usize),
}

/// Something that happened.
#[derive(Debug, Clone, Copy)]
pub struct Event {
    pub kind: Kind,
    pub from: Timestamp,
    /// When the trouble was over.
    pub to: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Restart,
    Partition,
    /// A replica, by its place.
    Freeze(usize),
    Kill(usize),
}

/// The acts to come and what came of them.
#[derive(Debug)]
pub struct Script {
    acts: Vec<Act>,
    pause: (u64, u64),
    events: Vec<Event>,
    counts: Counts,
}

impl Script {
    pub fn new(size: Size, counts: Counts, dice: &mut fastrand::Rng) -> Self {
        let quick = size == Size::Quick;
        let (partition, freeze) =
            if quick { (500..1_200, 4_100..4_500) } else { (1_000..15_000, 4_000..32_000) };
        let mut acts = Vec::new();
        for n in 0..counts.restarts {
            acts.push(Act::Restart(if n % 2 == 0 { Way::Fast } else { Way::Immediate }));
        }
        for n in 0..counts.partitions {
            // The first one is longer than a silent replica counts as present.
            let time = if n == 0 { 4_000 } else { dice.u64(partition.clone()) };
            let time = Duration::from_millis(time);
            acts.push(Act::Partition(shape(n, dice), dice.usize(0..2), time));
        }
        for _ in 0..counts.freezes {
            let time = Duration::from_millis(dice.u64(freeze.clone()));
            acts.push(Act::Freeze(dice.usize(0..2), time));
        }
        for _ in 0..counts.kills {
            acts.push(Act::Kill(dice.usize(0..2)));
        }
        dice.shuffle(&mut acts);
        let pause = if quick { (150, 450) } else { (1_000, 4_000) };
        Self { acts, pause, events: Vec::new(), counts }
    }

    /// Everything in its order, with pauses.
    pub async fn play(&mut self, world: &mut World, dice: &mut fastrand::Rng) {
        for act in std::mem::take(&mut self.acts) {
            let pause = dice.u64(self.pause.0..=self.pause.1);
            world.clock.sleep(Duration::from_millis(pause)).await;
            world.town.struck();
            let from = world.clock.now();
            let (kind, to) = match act {
                Act::Restart(way) => {
                    world.cluster.restart(way).await;
                    (Kind::Restart, world.clock.now())
                }
                Act::Partition(shape, place, time) => {
                    partition(world, shape, place, time, dice).await;
                    (Kind::Partition, world.clock.now())
                }
                Act::Freeze(place, time) => {
                    world.replicas[place].process().freeze();
                    wait(world, time).await;
                    world.town.thawed();
                    world.replicas[place].process().thaw();
                    (Kind::Freeze(place), world.clock.now())
                }
                Act::Kill(place) => {
                    world.replicas[place].process().kill();
                    wait(world, AWAY).await;
                    let to = world.clock.now();
                    let again = world.replicas[place].setting.serve();
                    world.replicas[place].process = Some(again);
                    world.replicas[place].is_back().await;
                    (Kind::Kill(place), to)
                }
            };
            world.town.struck();
            self.events.push(Event { kind, from, to });
            if kind == Kind::Restart {
                // So that it can be seen how soon the doors are open again.
                world.clock.sleep(AFTER_RESTART).await;
            }
        }
    }

    pub fn events(&self) -> &[Event] {
        &self.events
    }

    fn count(&self, fits: impl Fn(Kind) -> bool) -> u64 {
        self.events.iter().map(|it| u64::from(fits(it.kind))).sum()
    }

    pub fn tell(&self, world: &World, report: &mut Report) {
        let done = [
            ("restarts", self.count(|it| it == Kind::Restart), self.counts.restarts),
            ("partitions", self.count(|it| it == Kind::Partition), self.counts.partitions),
            ("frozen", self.count(|it| matches!(it, Kind::Freeze(_))), self.counts.freezes),
            ("kills", self.count(|it| matches!(it, Kind::Kill(_))), self.counts.kills),
        ];
        for (what, count, asked) in done {
            report.figure(what, count);
            report.must(count >= asked, "T7", format!("{count} {what}, {asked} are asked for"));
        }
        let lines = || world.replicas.iter().map(|it| &it.line);
        report.figure("swallowed_bytes", lines().map(Proxy::swallowed).sum::<u64>());
        report.figure("reset_lines", lines().map(Proxy::reset).sum::<u64>());
        report.figure("connections", lines().map(Proxy::connections).sum::<u64>());
    }
}

/// Each shape in turn, so that every one is seen however few there are.
fn shape(n: u64, dice: &mut fastrand::Rng) -> Shape {
    let flow = if dice.bool() { Flow::Hold } else { Flow::Swallow };
    match n % 5 {
        0 => Shape::Both(flow),
        1 => Shape::There(flow),
        2 => Shape::Cut,
        3 => Shape::Back(flow),
        _ => Shape::Swizzled,
    }
}

async fn partition(
    world: &World,
    shape: Shape,
    place: usize,
    time: Duration,
    dice: &mut fastrand::Rng,
) {
    let line = &world.replicas[place].line;
    match shape {
        Shape::There(flow) => line.set_there(flow),
        Shape::Back(flow) => line.set_back(flow),
        Shape::Both(flow) => line.set(flow, flow),
        Shape::Cut => line.cut(),
        Shape::Swizzled => return swizzle(world, time, dice).await,
    }
    wait(world, time).await;
    line.pass();
}

/// Four directions fall silent in one order and are heard again in another one.
async fn swizzle(world: &World, time: Duration, dice: &mut fastrand::Rng) {
    let mut ways: Vec<(usize, bool)> = vec![(0, true), (0, false), (1, true), (1, false)];
    let step = time / 8;
    for flow in [Flow::Hold, Flow::Pass] {
        dice.shuffle(&mut ways);
        for (place, there) in &ways {
            let line = &world.replicas[*place].line;
            if *there {
                line.set_there(flow);
            } else {
                line.set_back(flow);
            }
            wait(world, step).await;
        }
    }
}

async fn wait(world: &World, time: Duration) {
    let until = world.clock.now().plus(time);
    loop {
        world.town.struck();
        let left = until.since(world.clock.now());
        if left.is_zero() {
            return;
        }
        world.clock.sleep(left.min(STEP)).await;
    }
}
