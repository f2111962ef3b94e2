//! A balance that is changed by hand.

use super::{Manage, Screen, back, remarked};
use crate::bot::Speech;
use crate::primitives::{Rupiah, UserId};
use crate::shop::customers::Customer;
use crate::shop::wallet::UnfitAdjustment;
use crate::telegram::{Html, InlineKeyboard};

/// Asks whose balance changes, by how much and why.
#[must_use]
pub fn ask_adjustment(speech: Speech<'_>, remark: Option<Html>) -> Screen {
    let leave = InlineKeyboard::new().row([back(speech, Manage::Menu)]);
    Screen::with(remarked(speech.say("adjust-ask", &[]), remark), leave)
}

/// Why what was typed changes nothing.
#[must_use]
pub fn not_an_adjustment(speech: Speech<'_>, why: UnfitAdjustment) -> Html {
    let key = match why {
        UnfitAdjustment::Form => "adjust-unreadable",
        UnfitAdjustment::NoNote => "adjust-no-note",
    };
    speech.say(key, &[])
}

/// Nobody by that number ever wrote.
#[must_use]
pub fn nobody(speech: Speech<'_>, user: UserId) -> Html {
    speech.say("adjust-nobody", &[("id", user.0.into())])
}

/// The balance would fall below zero, or rise above every bound.
#[must_use]
pub fn too_much(speech: Speech<'_>, customer: &Customer) -> Html {
    let values = [("name", (&customer.name).into()), ("balance", customer.balance.into())];
    speech.say("adjust-too-much", &values)
}

/// A balance that was changed by hand.
#[derive(Debug, Clone, Copy)]
pub struct Adjusted<'a> {
    /// By whom.
    pub admin: &'a Customer,
    /// Whose.
    pub customer: &'a Customer,
    /// By how many rupiah.
    pub by: i64,
    /// What it is now.
    pub after: Rupiah,
    /// Why.
    pub note: &'a str,
}

fn told(speech: Speech<'_>, key: &str, store: &str, adjusted: &Adjusted<'_>) -> Html {
    let moved = Rupiah::new(adjusted.by.abs()).unwrap_or(Rupiah::MAX);
    let sign = if adjusted.by < 0 { "−" } else { "+" };
    let values = [
        ("store", store.into()),
        ("admin", (&adjusted.admin.name).into()),
        ("name", (&adjusted.customer.name).into()),
        ("id", adjusted.customer.user_id.0.into()),
        ("amount", format!("{sign}{moved}").into()),
        ("balance", adjusted.after.into()),
        ("note", adjusted.note.into()),
    ];
    speech.say(key, &values)
}

/// To the admin who did it.
#[must_use]
pub fn adjusted(speech: Speech<'_>, adjusted: &Adjusted<'_>) -> Html {
    told(speech, "adjusted", "", adjusted)
}

/// To the customer.
#[must_use]
pub fn balance_changed(speech: Speech<'_>, adjusted: &Adjusted<'_>) -> Screen {
    Screen::plain(told(speech, "balance-changed", "", adjusted))
}

/// To the owners.
#[must_use]
pub fn adjustment_report(speech: Speech<'_>, store: &str, adjusted: &Adjusted<'_>) -> Screen {
    Screen::plain(told(speech, "adjustment-report", store, adjusted))
}
