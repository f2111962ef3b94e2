//! The transitions of the shop: what a fact changes in one transaction, and what a call does outside.

use bot_auto_order::shop::orders::State;

use super::flaw::Flaw;
use super::moves::{Design, word};
use super::rules::{Meaning, NEVER, Word};
use super::state::{Deed, Heard, Job, Payment, Row, Sale, Side, Unit, World};

/// A buyer presses "pay": the unit is reserved and the order placed, or it is sold out.
pub fn place(design: &Design<'_>, world: &mut World, side: usize) {
    if world.unit != Unit::Available && !design.has(Flaw::ReservedBlindly) {
        return;
    }
    world.unit = Unit::Reserved(side);
    let it = &mut world.sides[side];
    it.order = Some(State::Invoicing);
    it.payment = Payment::Creating;
    it.add(Row::Invoice);
}

/// A buyer presses "cancel".
pub fn cancel(design: &Design<'_>, world: &mut World, side: usize) {
    if design.has(Flaw::ReleasedWithoutLook) {
        close_blindly(world, side);
    } else {
        close(world, side, State::Cancelled);
    }
    world.sides[side].add(Row::Withdraw);
}

/// Works on a fact.
pub fn work(design: &Design<'_>, world: &mut World, side: usize, row: Row) {
    match row {
        Row::Answered(word) => answered(design, world, side, word),
        _ => end_unpaid(world, side, State::Expired),
    }
}

/// What a fact would do to an order that can still be paid.
pub fn deed(design: &Design<'_>, row: Row, it: &Side) -> Option<Deed> {
    let deed = match row {
        Row::Answered(word) => match design.rules.judge(word) {
            Meaning::Paid => Deed::Sell,
            Meaning::NotYet if !it.asked => return None,
            _ => Deed::Close,
        },
        _ => Deed::Close,
    };
    (it.is_unpaid() && it.payment != Payment::Completed).then_some(deed)
}

/// With a flaw: what was decided before the lock is done after it.
pub fn decide_late(world: &mut World, side: usize, job: Job) {
    if job == Job::Read(Deed::Sell) {
        world.sides[side].payment = Payment::Completed;
        sell(world, side);
    } else {
        close_blindly(world, side);
    }
}

fn invoiced(world: &mut World, side: usize) {
    let now = world.now;
    let it = &mut world.sides[side];
    if it.payment != Payment::Creating {
        return;
    }
    it.payment = Payment::Pending;
    it.txn_known = true;
    it.look = now;
    if it.order == Some(State::Invoicing) {
        it.order = Some(State::Open);
        it.invoice = true;
    } else {
        it.add(Row::Withdraw);
    }
}

fn refused(world: &mut World, side: usize) {
    if world.sides[side].payment == Payment::Creating {
        world.sides[side].payment = Payment::Failed;
    }
    end_unpaid(world, side, State::Failed);
}

/// Ends an order if it is unpaid, and tells the gateway if it knows of it.
fn end_unpaid(world: &mut World, side: usize, state: State) {
    if world.sides[side].is_unpaid() {
        close(world, side, state);
        let it = &mut world.sides[side];
        if it.payment == Payment::Pending {
            it.add(Row::Withdraw);
        }
    }
}

fn close(world: &mut World, side: usize, state: State) {
    world.sides[side].order = Some(state);
    world.sides[side].ended = world.now;
    release(world, side);
}

fn close_blindly(world: &mut World, side: usize) {
    world.sides[side].order = Some(State::Cancelled);
    world.sides[side].ended = world.now;
    if matches!(world.unit, Unit::Reserved(owner) | Unit::Delivered(owner) if owner == side) {
        world.unit = Unit::Available;
    }
}

fn release(world: &mut World, side: usize) {
    if world.unit == Unit::Reserved(side) {
        world.unit = Unit::Available;
    }
}

/// A callback, true or not, is at most a reason to ask.
pub fn callback(design: &Design<'_>, world: &mut World, side: usize) {
    let it = &mut world.sides[side];
    if it.payment == Payment::None || it.payment == Payment::Completed {
        return;
    }
    if design.has(Flaw::CallbackTrusted) {
        return completed(design, world, side);
    }
    // It names the transaction; the status answer must confirm it.
    it.txn_known = true;
    it.add(Row::Check);
}

fn answered(design: &Design<'_>, world: &mut World, side: usize, word: Word) {
    let it = &mut world.sides[side];
    if it.payment == Payment::Completed {
        return;
    }
    match design.rules.judge(word) {
        Meaning::NotYet if design.has(Flaw::PendingIsPaid) => completed(design, world, side),
        Meaning::NotYet if it.asked => end_unpaid(world, side, State::Expired),
        Meaning::NotYet => {}
        Meaning::Ended => {
            it.payment = Payment::Canceled;
            end_unpaid(world, side, State::Expired);
        }
        Meaning::Paid => completed(design, world, side),
        Meaning::Odd => unreachable!("the model's gateway answers about our own sale"),
    }
}

fn completed(design: &Design<'_>, world: &mut World, side: usize) {
    let taken = world.unit != Unit::Available;
    let it = &mut world.sides[side];
    let order = it.order.expect("a payment has an order");
    it.payment = Payment::Completed;
    it.look = NEVER;
    if order.is_unpaid() {
        sell(world, side);
    } else if order.is_sold() || order == State::Credited {
        it.credits = (it.credits + 1).min(3);
    } else if !taken || design.has(Flaw::LateBlindly) {
        sell(world, side);
    } else {
        if !design.has(Flaw::CreditForgotten) {
            it.credits = (it.credits + 1).min(3);
        }
        it.order = Some(State::Credited);
    }
}

fn sell(world: &mut World, side: usize) {
    world.unit = Unit::Delivered(side);
    let it = &mut world.sides[side];
    it.order = Some(State::Paid);
    it.add(Row::Goods);
}

/// What the outside answers to an errand now.
pub fn answer(world: &World, side: usize, row: Row) -> Heard {
    let it = &world.sides[side];
    match row {
        Row::Invoice if it.sale == Sale::Canceled => Heard::No,
        Row::Check => match word(it.sale, it.told).filter(|_| it.txn_known) {
            Some(word) => Heard::Word(word),
            None => Heard::No,
        },
        _ => Heard::Yes,
    }
}

/// What an errand does outside.
pub fn act(it: &mut Side, row: Row) {
    match row {
        Row::Invoice if it.sale == Sale::None => it.sale = Sale::Pending,
        Row::Withdraw if it.sale == Sale::Pending && it.txn_known => it.sale = Sale::Canceled,
        Row::Goods => it.shown = (it.shown + 1).min(4),
        Row::GoodsToStranger => it.stranger_saw = true,
        _ => {}
    }
}

/// What follows from an errand's end; an invoice is worked on at once, because nothing sees it before.
pub fn recorded(world: &mut World, side: usize, row: Row, heard: Heard) {
    match (row, heard) {
        (Row::Invoice, Heard::Yes) => invoiced(world, side),
        (Row::Invoice, _) => refused(world, side),
        (Row::Check, Heard::Word(word)) => world.sides[side].add(Row::Answered(word)),
        (Row::Goods, _) if world.sides[side].order == Some(State::Paid) => {
            world.sides[side].order = Some(State::Delivered);
        }
        _ => {}
    }
}
