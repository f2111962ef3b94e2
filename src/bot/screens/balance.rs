//! The balance: what it is, how it is filled, what moved on it.

use super::{Screen, button, lines, turns};
use crate::bot::{Press, Speech};
use crate::primitives::{Rupiah, Zone};
use crate::shop::customers::Customer;
use crate::shop::orders::Order;
use crate::shop::wallet::{self, DEPOSIT_MAX, DEPOSIT_MIN, Entry, Unfit};
use crate::telegram::{Html, InlineButton, InlineKeyboard};

/// The sums that can be deposited by one press.
const ROUND_SUMS: [i64; 4] = [25_000, 50_000, 100_000, 250_000];

/// The balance, with the way to fill it when the store takes deposits (`open`).
#[must_use]
pub fn balance(
    speech: Speech<'_>,
    customer: &Customer,
    open: bool,
    remark: Option<Html>,
) -> Screen {
    let mut parts = vec![speech.say("balance", &[("balance", customer.balance.into())])];
    parts.push(Html::default());
    let bounds = [("least", DEPOSIT_MIN.into()), ("most", DEPOSIT_MAX.into())];
    parts.push(speech.say(if open { "deposit-ask" } else { "deposit-closed" }, &bounds));
    parts.extend(remark.into_iter().flat_map(|remark| [Html::default(), remark]));
    let mut keyboard = InlineKeyboard::new();
    let sums = ROUND_SUMS.iter().filter_map(|sum| Rupiah::new(*sum).ok()).filter(|_| open);
    let keys: Vec<_> = sums
        .map(|sum| InlineButton::callback(sum.to_string(), Press::Deposit(sum).data()))
        .collect();
    for pair in keys.chunks(2) {
        keyboard = keyboard.row(pair.to_vec());
    }
    let keyboard = keyboard.row([button(speech, "button-ledger", Press::Ledger(0))]).row([button(
        speech,
        "button-cancel",
        Press::Leave,
    )]);
    Screen::with(lines(parts), keyboard)
}

/// Why a sum cannot be deposited.
#[must_use]
pub fn unfit(speech: Speech<'_>, why: Unfit) -> Html {
    let key = match why {
        Unfit::NoSum => "deposit-no-sum",
        Unfit::OutOfBounds => "deposit-out-of-bounds",
    };
    speech.say(key, &[("least", DEPOSIT_MIN.into()), ("most", DEPOSIT_MAX.into())])
}

/// A page of what moved, newest first.
#[must_use]
pub fn ledger(
    speech: Speech<'_>,
    zone: &Zone,
    customer: &Customer,
    (page, total): (i64, i64),
    entries: &[Entry],
) -> Screen {
    let mut parts = vec![speech.say("ledger-title", &[("balance", customer.balance.into())])];
    parts.push(Html::default());
    if entries.is_empty() {
        parts.push(speech.say("ledger-empty", &[]));
    }
    parts.extend(entries.iter().map(|entry| line(speech, zone, entry)));
    let back = button(speech, "button-back", Press::Balance);
    let keyboard =
        InlineKeyboard::new().row(turns(speech, page, total, wallet::PAGE, Press::Ledger));
    Screen::with(lines(parts), keyboard.row([back]))
}

fn line(speech: Speech<'_>, zone: &Zone, entry: &Entry) -> Html {
    let moved = Rupiah::new(entry.amount.abs()).unwrap_or(Rupiah::MAX);
    let sign = if entry.amount < 0 { "−" } else { "+" };
    let about = entry.note.as_deref().or(entry.order_code.as_deref()).unwrap_or_default();
    let values = [
        ("time", zone.day_and_clock(entry.at).into()),
        ("amount", format!("{sign}{moved}").into()),
        ("kind", speech.label(&format!("ledger-{}", entry.kind.word().replace('_', "-"))).into()),
        ("about", about.into()),
    ];
    speech.say("ledger-line", &values)
}

/// For admins: somebody filled his balance.
#[must_use]
pub fn deposited(speech: Speech<'_>, customer: &Customer, order: &Order) -> Screen {
    let values = [
        ("name", (&customer.name).into()),
        ("id", customer.user_id.0.into()),
        ("amount", order.amount.into()),
        ("code", (&order.code).into()),
    ];
    Screen::plain(speech.say("admin-deposited", &values))
}
