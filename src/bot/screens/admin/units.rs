//! Units as their seller sees them: counted, masked, never in clear.

use super::{Manage, Screen, back, called, does, lines, remarked};
use crate::bot::Speech;
use crate::primitives::{ProductId, UnitId, Zone};
use crate::shop::assortment::Managed;
use crate::shop::stock::{Batch, MOST_LINES, Seen, Tally};
use crate::telegram::{Html, InlineKeyboard};

/// The units of a product, by where they are.
#[must_use]
pub fn units(
    speech: Speech<'_>,
    product: &Managed,
    tally: Tally,
    last: Option<(&Batch, &Zone)>,
    remark: Option<Html>,
) -> Screen {
    let values = [
        ("name", (&product.name).into()),
        ("available", tally.available.into()),
        ("reserved", tally.reserved.into()),
        ("delivered", tally.delivered.into()),
        ("voided", tally.voided.into()),
    ];
    let id = product.id;
    let mut text = speech.say("managed-units", &values);
    let mut keyboard = InlineKeyboard::new()
        .row([does(speech, "button-add-units", Manage::AddUnits(id))])
        .row([does(speech, "button-see-units", Manage::SeeUnits(id, UnitId(0)))]);
    if let Some((batch, zone)) = last {
        let when = zone.day_and_clock(batch.at);
        let values = [("when", when.into()), ("added", batch.added.into())];
        let key = if batch.undone_at.is_some() { "last-batch-undone" } else { "last-batch" };
        text = lines([text, speech.say(key, &values)]);
        if batch.undone_at.is_none() {
            keyboard = keyboard.row([does(speech, "button-undo", Manage::UndoBatch(id, batch.id))]);
        }
    }
    let keyboard = keyboard.row([
        does(speech, "button-product", Manage::Product(id)),
        back(speech, Manage::Stocks(0)),
    ]);
    Screen::with(remarked(text, remark), keyboard)
}

/// Asks for units.
#[must_use]
pub fn ask(speech: Speech<'_>, product: &Managed, remark: Option<Html>) -> Screen {
    let text = speech.say("ask-units", &[("name", (&product.name).into())]);
    let keyboard =
        InlineKeyboard::new().row([does(speech, "button-done", Manage::Units(product.id))]);
    Screen::with(remarked(text, remark), keyboard)
}

/// What came of a batch.
#[must_use]
pub fn taken_in(speech: Speech<'_>, batch: &Batch) -> Html {
    let known = batch.lines - batch.added - batch.bad;
    let values =
        [("added", batch.added.into()), ("known", known.into()), ("bad", batch.bad.into())];
    speech.say("units-added", &values)
}

/// A file is being read.
#[must_use]
pub fn reading(speech: Speech<'_>) -> Html {
    speech.say("units-reading", &[])
}

/// Why a message or file brought nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoUnits {
    /// There was no line in it.
    Empty,
    /// More than 20 MB.
    TooLarge,
    /// Too many lines.
    TooMany,
    /// No text in UTF-8, or Telegram does not give it.
    Unreadable,
}

/// Says so.
#[must_use]
pub fn none_taken(speech: Speech<'_>, why: NoUnits) -> Html {
    let key = match why {
        NoUnits::Empty => "units-none",
        NoUnits::TooLarge => "units-file-too-large",
        NoUnits::TooMany => "units-too-many",
        NoUnits::Unreadable => "units-file-unreadable",
    };
    speech.say(key, &[("most", i64::try_from(MOST_LINES).unwrap_or_default().into())])
}

/// A few units, masked.
#[must_use]
pub fn seen(
    speech: Speech<'_>,
    product: &Managed,
    units: &[Seen],
    zone: &Zone,
    remark: Option<Html>,
) -> Screen {
    let key = if units.is_empty() { "no-units" } else { "seen-units" };
    let text = speech.say(key, &[("name", (&product.name).into())]);
    let mut keyboard = InlineKeyboard::new();
    for unit in units {
        let label = format!("{} · {}", unit.masked, zone.day_and_clock(unit.added_at));
        keyboard = keyboard.row([called(&label, Manage::Unit(product.id, unit.id))]);
    }
    if let Some(last) = units.last() {
        keyboard =
            keyboard.row([does(speech, "button-next", Manage::SeeUnits(product.id, last.id))]);
    }
    let keyboard = keyboard.row([back(speech, Manage::Units(product.id))]);
    Screen::with(remarked(text, remark), keyboard)
}

/// One unit, masked.
#[must_use]
pub fn unit(speech: Speech<'_>, product: ProductId, unit: &Seen, zone: &Zone) -> Screen {
    let when = zone.day_and_clock(unit.added_at);
    let values = [("unit", (&unit.masked).into()), ("when", when.into())];
    let keyboard = InlineKeyboard::new()
        .row([does(speech, "button-void", Manage::VoidUnit(product, unit.id))])
        .row([does(speech, "button-move", Manage::MoveUnit(product, unit.id))])
        .row([back(speech, Manage::Units(product))]);
    Screen::with(speech.say("one-unit", &values), keyboard)
}

/// Asks under which product a unit goes.
#[must_use]
pub fn ask_move(speech: Speech<'_>, product: ProductId, remark: Option<Html>) -> Screen {
    let keyboard = InlineKeyboard::new().row([back(speech, Manage::Units(product))]);
    Screen::with(remarked(speech.say("ask-move", &[]), remark), keyboard)
}

/// A short word about what was done, or could not be.
#[must_use]
pub fn word(speech: Speech<'_>, key: &str) -> Html {
    speech.say(key, &[])
}

/// Little is left of a product.
#[must_use]
pub fn low(speech: Speech<'_>, name: &str, left: i64) -> Screen {
    Screen::plain(speech.say("low-stock", &[("name", name.into()), ("left", left.into())]))
}

/// A batch was taken back.
#[must_use]
pub fn undone(speech: Speech<'_>, gone: u64, batch: &Batch) -> Html {
    let gone = i64::try_from(gone).unwrap_or(i64::MAX);
    let kept = batch.added - gone;
    speech.say("batch-undone", &[("gone", gone.into()), ("kept", kept.into())])
}
