//! What must hold in every state, and what once nothing more can happen.

use super::state::{Payment, Sale, Side, Unit, World};

/// The first promise that a state breaks.
pub fn broken(world: &World) -> Option<&'static str> {
    let units = [0, 1].into_iter().all(|side| holds_its_unit(world, side));
    if !units || world.sides.iter().all(|side| side.shown > 0) {
        return Some("I-UNIT");
    }
    for side in &world.sides {
        if (side.is_sold() || side.shown > 0 || side.payment == Payment::Completed)
            && side.sale != Sale::Paid
        {
            return Some("I-NOPAY");
        }
        if !money_is_somewhere(side) {
            return Some("I-PAY");
        }
        if side.stranger_saw {
            return Some("I-OWN");
        }
        if side.shown > 1 + side.unknown {
            return Some("I-OUT");
        }
    }
    None
}

/// An order holds the unit exactly while it is unpaid, and has it exactly when it is sold.
fn holds_its_unit(world: &World, side: usize) -> bool {
    let it = &world.sides[side];
    (world.unit == Unit::Reserved(side)) == it.is_unpaid()
        && (world.unit == Unit::Delivered(side)) == it.is_sold()
}

/// A completed payment is for goods or on the balance: one of the two, once.
fn money_is_somewhere(it: &Side) -> bool {
    let places = u8::from(it.is_sold()) + it.credits;
    places == u8::from(it.payment == Payment::Completed)
}

/// The first promise that a state breaks in which nothing more can happen.
pub fn broken_at_last(world: &World) -> Option<&'static str> {
    for side in &world.sides {
        if side.sale == Sale::Paid && side.payment != Payment::Completed {
            return Some("I-PAY");
        }
        let delivered = side.order == Some(bot_auto_order::shop::orders::State::Delivered);
        if delivered && side.shown == 0 {
            return Some("I-OUT");
        }
        if side.is_unpaid() || (side.is_sold() && !delivered) {
            return Some("I-LIVE");
        }
    }
    if world.is_idle() { None } else { Some("I-LIVE") }
}
