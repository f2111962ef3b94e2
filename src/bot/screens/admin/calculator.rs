//! The calculator of refunds.

use super::{Manage, Screen, back, does, remarked};
use crate::bot::{Setting, Speech, Value};
use crate::shop::calculator::{Factors, Sum, Unfit};
use crate::telegram::{Html, InlineKeyboard};

fn values(factors: &Factors) -> [(&'static str, Value<'static>); 5] {
    [
        ("fresh", factors.fresh.into()),
        ("used", factors.used.into()),
        ("few", factors.few_claims.into()),
        ("three", factors.three_claims.into()),
        ("many", factors.many_claims.into()),
    ]
}

/// Asks for the numbers, with the last result under it.
#[must_use]
pub fn ask(speech: Speech<'_>, factors: &Factors, remark: Option<Html>) -> Screen {
    let keyboard = InlineKeyboard::new()
        .row([
            does(speech, "button-factors", Manage::CalculatorFactors),
            does(speech, "button-versions", Manage::Versions(Setting::Calculator)),
        ])
        .row([back(speech, Manage::Menu)]);
    Screen::with(remarked(speech.say("calculator", &values(factors)), remark), keyboard)
}

/// Asks for other factors.
#[must_use]
pub fn ask_factors(speech: Speech<'_>, factors: &Factors, remark: Option<Html>) -> Screen {
    let keyboard = InlineKeyboard::new().row([back(speech, Manage::Calculator)]);
    Screen::with(remarked(speech.say("calculator-factors", &values(factors)), remark), keyboard)
}

/// What goes back.
#[must_use]
pub fn result(speech: Speech<'_>, sum: &Sum, factors: &Factors) -> Html {
    let values = [
        ("price", sum.price.into()),
        ("days", sum.days.into()),
        ("left", sum.left.into()),
        ("claims", sum.claims.into()),
        ("factor", factors.of(sum).into()),
        ("refund", sum.refund(factors).into()),
    ];
    speech.say("calculator-result", &values)
}

/// Why there is no result.
#[must_use]
pub fn unfit(speech: Speech<'_>, why: Unfit) -> Html {
    let key = match why {
        Unfit::Form => "calculator-unreadable",
        Unfit::NoDays => "calculator-no-days",
        Unfit::TooManyLeft => "calculator-too-many-left",
    };
    speech.say(key, &[])
}

/// What was typed are no factors.
#[must_use]
pub fn no_factors(speech: Speech<'_>) -> Html {
    speech.say("calculator-no-factors", &[])
}
