//! The welcome with the main keyboard, and the pages that only say something.

use super::{Screen, to_catalogue};
use crate::bot::{Reply, Speech};
use crate::shop::customers::{Crowd, Customer};
use crate::telegram::{Markup, ReplyKeyboard};

/// How many digit keys the main keyboard has at most.
const MOST_DIGITS: i64 = 10;

/// The main keyboard: the menu, digits for the products on show, the seller's entry for admins.
#[must_use]
pub fn keyboard(speech: Speech<'_>, products: i64, admin: bool) -> Markup {
    let label = |key: &str| speech.label(key);
    let digits: Vec<String> = (1..=products.min(MOST_DIGITS)).map(digit).collect();
    let mut keyboard = ReplyKeyboard::new()
        .row([label("button-all-products"), label("button-categories")])
        .row([label("button-stock"), label("button-cart")]);
    for row in digits.chunks(5) {
        keyboard = keyboard.row(row.to_vec());
    }
    keyboard = keyboard
        .row([label("button-orders"), label("button-deposit")])
        .row([label("button-info"), label("button-how-to")]);
    if admin {
        keyboard = keyboard.row([label("button-admin")]);
    }
    keyboard.placeholder(&label("placeholder")).into()
}

/// A digit as it stands on a key.
#[must_use]
pub fn digit(number: i64) -> String {
    match number {
        10 => "🔟".to_owned(),
        0..=9 => format!("{number}\u{fe0f}\u{20e3}"),
        _ => number.to_string(),
    }
}

/// The one welcome.
#[must_use]
pub fn welcome(
    speech: Speech<'_>,
    store: &str,
    customer: &Customer,
    crowd: Crowd,
    keyboard: Markup,
) -> Screen {
    let text = speech.say(
        "welcome",
        &[
            ("name", (&customer.name).into()),
            ("store", store.into()),
            ("customers", crowd.customers.into()),
            ("orders", crowd.paid_orders.into()),
        ],
    );
    Screen::keyed(text, keyboard).pictured(speech.picture(Reply::Welcome))
}

/// What the bot can do, with the main keyboard.
#[must_use]
pub fn help(speech: Speech<'_>, keyboard: Markup) -> Screen {
    Screen::keyed(speech.say("help", &[]), keyboard)
}

/// How to order.
#[must_use]
pub fn how_to(speech: Speech<'_>, store: &str) -> Screen {
    let text = speech.say("how-to", &[("store", store.into())]);
    Screen::with(text, to_catalogue(speech)).pictured(speech.picture(Reply::HowTo))
}

/// The language was changed; the keyboard changes with it.
#[must_use]
pub fn spoken(speech: Speech<'_>, keyboard: Markup) -> Screen {
    Screen::keyed(speech.say("spoken", &[]), keyboard)
}

/// Back in the main menu, nothing kept.
#[must_use]
pub fn left(speech: Speech<'_>, keyboard: Markup) -> Screen {
    Screen::keyed(speech.say("left", &[]), keyboard)
}

/// The seller's entry, refused.
#[must_use]
pub fn not_for_you(speech: Speech<'_>) -> Screen {
    Screen::plain(speech.say("not-for-you", &[]))
}

/// One apology with the number under which the fault was noted.
#[must_use]
pub fn apology(speech: Speech<'_>, id: &str) -> Screen {
    Screen::plain(speech.say("apology", &[("id", id.into())]))
}
