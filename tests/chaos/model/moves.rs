//! What can happen next: people, the gateway, time, two workers, and every way they are cut off.

use super::desk;
use super::flaw::Flaw;
use super::rules::{MOMENTS, NEVER, Rules, Word};
use super::state::{Deed, Heard, Job, Payment, Row, Sale, Side, Work, World};

/// One thing that happens, for a counterexample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    Orders(usize),
    Cancels(usize),
    StrangerAsks(usize),
    Pays { side: usize, told: bool, callback: bool },
    PaysClosed(usize),
    StatusCatchesUp(usize),
    CallbackArrives(usize),
    CallbackRepeats(usize),
    Forged(usize),
    Sweep(usize),
    TimeIsOver(usize),
    TimePasses,
    Works { side: usize, row: Row },
    Calls { side: usize, row: Row, done: bool, heard: Heard },
    GoesOn(usize),
    GivesUp(usize),
    Crashes(usize),
    LeaseLapses(usize),
}

/// A successor, and whether it needed a fault.
#[derive(Debug, Clone, Copy)]
pub struct Next {
    pub what: Move,
    pub world: World,
    pub fault: bool,
}

/// How far an exploration goes.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    pub buyers: usize,
    /// How many faults there may be on one way.
    pub faults: u8,
    /// The last moment at which people order, cancel and pay, 3 at most: a gateway closes what is older.
    pub last_deed: u8,
}

/// The design, with at most one flaw.
pub struct Design<'a> {
    pub rules: &'a Rules,
    pub flaw: Option<Flaw>,
    pub scope: Scope,
}

impl Design<'_> {
    pub fn has(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    /// Everything that can happen in `world`.
    pub fn next(&self, world: &World, found: &mut Vec<Next>) {
        found.clear();
        for side in 0..self.scope.buyers {
            if world.now <= self.scope.last_deed {
                self.people(world, side, found);
            }
            Self::gateway(world, side, found);
            self.callbacks(world, side, found);
            self.timer(world, side, found);
            self.takes(world, side, found);
        }
        if may_pass(world) {
            add(found, world, Move::TimePasses, |world| world.now += 1);
        }
        for (worker, work) in world.workers.iter().enumerate() {
            if let Some(work) = work {
                self.goes_on(world, worker, *work, found);
            }
        }
    }

    fn people(&self, world: &World, side: usize, found: &mut Vec<Next>) {
        let it = &world.sides[side];
        if it.order.is_none() {
            add(found, world, Move::Orders(side), |world| desk::place(self, world, side));
        }
        if it.is_unpaid() && self.has(Flaw::PaidWithoutLock) {
            Self::reads(world, side, Deed::Close, Move::Cancels(side), found);
        } else if it.is_unpaid() || (it.is_sold() && self.has(Flaw::ReleasedWithoutLook)) {
            add(found, world, Move::Cancels(side), |world| desk::cancel(self, world, side));
        }
        if it.is_sold() && self.has(Flaw::AnybodysGoods) {
            let what = Move::StrangerAsks(side);
            add(found, world, what, |world| world.sides[side].add(Row::GoodsToStranger));
        }
        Self::payers(world, side, found);
    }

    fn payers(world: &World, side: usize, found: &mut Vec<Next>) {
        let it = &world.sides[side];
        if it.invoice && it.sale == Sale::Pending {
            let what = |told, callback| Move::Pays { side, told, callback };
            add(found, world, what(true, true), |world| pay(world, side, true, true));
            fault(found, world, what(false, true), |world| pay(world, side, false, true));
            fault(found, world, what(true, false), |world| pay(world, side, true, false));
        }
        if it.invoice && it.sale == Sale::Canceled {
            fault(found, world, Move::PaysClosed(side), |world| pay(world, side, true, true));
        }
    }

    fn gateway(world: &World, side: usize, found: &mut Vec<Next>) {
        let it = &world.sides[side];
        if it.sale == Sale::Paid && !it.told {
            let what = Move::StatusCatchesUp(side);
            add(found, world, what, |world| world.sides[side].told = true);
        }
    }

    fn callbacks(&self, world: &World, side: usize, found: &mut Vec<Next>) {
        let it = &world.sides[side];
        if it.callback {
            add(found, world, Move::CallbackArrives(side), |world| {
                world.sides[side].callback = false;
                desk::callback(self, world, side);
            });
            let what = Move::CallbackRepeats(side);
            fault(found, world, what, |world| desk::callback(self, world, side));
        }
        if matches!(it.sale, Sale::Pending | Sale::Canceled) {
            let what = Move::Forged(side);
            fault(found, world, what, |world| desk::callback(self, world, side));
        }
    }

    fn timer(&self, world: &World, side: usize, found: &mut Vec<Next>) {
        let it = &world.sides[side];
        if it.look <= world.now && it.payment != Payment::Completed && !self.has(Flaw::NoSweep) {
            add(found, world, Move::Sweep(side), |world| {
                let (now, it) = (world.now, &mut world.sides[side]);
                it.add(Row::Check);
                if it.ended != NEVER {
                    it.look = self.rules.look_after_end(it.ended, now);
                }
            });
        }
        let silent = it.payment == Payment::Pending && !it.asked;
        if world.now >= 1 && it.is_unpaid() && !silent {
            let what = Move::TimeIsOver(side);
            add(found, world, what, |world| world.sides[side].add(Row::Overdue));
        }
    }

    /// Facts are worked on in one transaction, which a dead or late worker's fence takes back; errands
    /// are called by a free worker.
    fn takes(&self, world: &World, side: usize, found: &mut Vec<Next>) {
        for row in Row::of(world.sides[side].waiting) {
            if !row.is_fact() {
                Self::calls(world, side, row, found);
                continue;
            }
            let what = Move::Works { side, row };
            let it = &world.sides[side];
            match desk::deed(self, row, it).filter(|_| self.has(Flaw::PaidWithoutLock)) {
                Some(deed) => {
                    let mut taken = *world;
                    taken.sides[side].waiting &= !row.bit();
                    Self::reads(&taken, side, deed, what, found);
                }
                None => add(found, world, what, |world| {
                    world.sides[side].waiting &= !row.bit();
                    desk::work(self, world, side, row);
                }),
            }
        }
    }

    fn reads(world: &World, side: usize, deed: Deed, what: Move, found: &mut Vec<Next>) {
        if let Some(worker) = world.workers.iter().position(Option::is_none) {
            add(found, world, what, |world| {
                let job = Job::Read(deed);
                world.workers[worker] = Some(Work { side, job, fenced: true });
            });
        }
    }

    fn calls(world: &World, side: usize, row: Row, found: &mut Vec<Next>) {
        let in_lane = |work: &Work| {
            let Job::Called(other, _) = work.job else { return false };
            work.fenced && work.side == side && other.shares_lane(row)
        };
        if row == Row::Check && Row::of(world.sides[side].waiting).any(Row::is_answer) {
            // Facts are worked on before the gateway may be asked again; a fault can still bring two.
            return;
        }
        let free = world.workers.iter().position(Option::is_none);
        let Some(worker) = free.filter(|_| !world.workers.iter().flatten().any(in_lane)) else {
            return;
        };
        let heard = desk::answer(world, side, row);
        let call = |world: &mut World, done: bool, heard: Heard| {
            let late = world.now >= 1;
            let it = &mut world.sides[side];
            it.waiting &= !row.bit();
            it.asked |= row == Row::Check && late;
            if done {
                desk::act(it, row);
                if row == Row::Goods && heard == Heard::Nothing {
                    it.unknown = (it.unknown + 1).min(3);
                }
            }
            let job = Job::Called(row, heard);
            world.workers[worker] = Some(Work { side, job, fenced: true });
        };
        let what = Move::Calls { side, row, done: true, heard };
        add(found, world, what, |world| call(world, true, heard));
        for done in [true, false] {
            let what = Move::Calls { side, row, done, heard: Heard::Nothing };
            fault(found, world, what, |world| call(world, done, Heard::Nothing));
        }
    }

    fn goes_on(&self, world: &World, worker: usize, work: Work, found: &mut Vec<Next>) {
        let side = work.side;
        let Job::Called(row, heard) = work.job else {
            return add(found, world, Move::GoesOn(worker), |world| {
                world.workers[worker] = None;
                desk::decide_late(world, side, work.job);
            });
        };
        add(found, world, Move::GoesOn(worker), |world| {
            world.workers[worker] = None;
            let again =
                heard == Heard::Nothing && !(row == Row::Goods && self.has(Flaw::UnknownIsSent));
            match (work.fenced, again) {
                (false, _) => {}
                (true, true) => world.sides[side].add(row),
                (true, false) => desk::recorded(world, side, row, heard),
            }
        });
        if !work.fenced {
            return;
        }
        if heard == Heard::Nothing && matches!(row, Row::Invoice | Row::Withdraw) {
            // Because this was the last try, or the gateway counts as down. A look is not given up.
            add(found, world, Move::GivesUp(worker), |world| {
                world.workers[worker] = None;
                desk::recorded(world, side, row, Heard::No);
            });
        }
        fault(found, world, Move::Crashes(worker), |world| {
            world.workers[worker] = None;
            world.sides[side].add(row);
            unheard(world, work);
        });
        fault(found, world, Move::LeaseLapses(worker), |world| {
            world.sides[side].add(row);
            unheard(world, work);
            world.workers[worker] = Some(Work { fenced: false, ..work });
        });
    }
}

fn pay(world: &mut World, side: usize, told: bool, callback: bool) {
    let it = &mut world.sides[side];
    it.sale = Sale::Paid;
    it.told = told;
    it.callback = callback;
}

/// Goods that were shown without anybody remembering it.
fn unheard(world: &mut World, work: Work) {
    if work.job == Job::Called(Row::Goods, Heard::Yes) {
        let it = &mut world.sides[work.side];
        it.unknown = (it.unknown + 1).min(3);
    }
}

/// Time is slow beside work: past the deadline it waits for what is due.
fn may_pass(world: &World) -> bool {
    let caught_up = world.sides.iter().all(|side| side.sale != Sale::Paid || side.told);
    let due = |side: &Side| {
        (side.look <= world.now && side.payment != Payment::Completed) || side.is_unpaid()
    };
    let quiet = world.is_idle() && !world.sides.iter().any(due);
    usize::from(world.now) + 1 < MOMENTS && caught_up && (world.now == 0 || quiet)
}

fn add(found: &mut Vec<Next>, world: &World, what: Move, change: impl FnOnce(&mut World)) {
    let mut next = *world;
    change(&mut next);
    found.push(Next { what, world: next.sorted(), fault: false });
}

fn fault(found: &mut Vec<Next>, world: &World, what: Move, change: impl FnOnce(&mut World)) {
    if world.faults > 0 {
        let mut next = *world;
        next.faults -= 1;
        change(&mut next);
        found.push(Next { what, world: next.sorted(), fault: true });
    }
}

/// What a status query tells of a sale.
pub fn word(sale: Sale, told: bool) -> Option<Word> {
    match sale {
        Sale::None => None,
        Sale::Paid if told => Some(Word::Completed),
        Sale::Pending | Sale::Paid => Some(Word::Pending),
        Sale::Canceled => Some(Word::Canceled),
    }
}
