//! The cart, the choice of payment, and why an order was not placed.

use super::{Screen, button, lines, to_catalogue};
use crate::bot::{Press, Speech};
use crate::pakasir::{QRIS_MAX, QRIS_MIN};
use crate::primitives::Rupiah;
use crate::shop::cart::{Cart, Line};
use crate::shop::checkout::MOST_UNPAID;
use crate::telegram::{Html, InlineKeyboard, Style};

/// The cart with what there is to know about it.
#[must_use]
pub fn cart(speech: Speech<'_>, cart: &Cart, total: Rupiah, remark: Option<Html>) -> Screen {
    if cart.lines.is_empty() {
        return empty(speech);
    }
    let mut parts = vec![speech.say("cart-title", &[]), Html::default()];
    for line in &cart.lines {
        parts.push(speech.say("cart-line", &line_values(line)));
        if line.stock < line.quantity {
            parts.push(speech.say("cart-line-short", &[("stock", line.stock.into())]));
        }
    }
    parts.extend([Html::default(), speech.say("cart-total", &[("total", total.into())])]);
    if let Some(remark) = remark {
        parts.extend([Html::default(), remark]);
    }
    let keyboard = InlineKeyboard::new()
        .row([button(speech, "button-checkout", Press::Checkout).style(Style::Success)])
        .row([
            button(speech, "button-catalogue", Press::Page(None, 0)),
            button(speech, "button-empty-cart", Press::EmptyCart),
        ])
        .row([button(speech, "button-cancel", Press::Leave)]);
    Screen::with(lines(parts), keyboard)
}

fn line_values(line: &Line) -> [(&str, crate::bot::Value<'_>); 4] {
    let sum = line.price.checked_mul(line.quantity).unwrap_or(Rupiah::ZERO);
    [
        ("name", (&line.name).into()),
        ("quantity", line.quantity.into()),
        ("price", line.price.into()),
        ("sum", sum.into()),
    ]
}

/// Nothing in the cart.
#[must_use]
pub fn empty(speech: Speech<'_>) -> Screen {
    Screen::with(speech.say("cart-empty", &[]), to_catalogue(speech))
}

/// No room for another product.
#[must_use]
pub fn full(speech: Speech<'_>) -> Html {
    speech.say("cart-full", &[])
}

/// Which prices changed since they were seen.
#[must_use]
pub fn repriced(speech: Speech<'_>, lines: &[&Line]) -> Html {
    let changes = lines.iter().map(|line| {
        let values = [
            ("name", (&line.name).into()),
            ("before", line.price_seen.into()),
            ("after", line.price.into()),
        ];
        speech.say("repriced-line", &values)
    });
    speech.say("cart-repriced", &[("changes", Html::join(changes, ", ").into())])
}

/// The choice of payment.
#[must_use]
pub fn payment(speech: Speech<'_>, total: Rupiah) -> Screen {
    let parts = [
        speech.say("pay-title", &[]),
        Html::default(),
        speech.say("pay-hint", &[("total", total.into())]),
    ];
    let keyboard = InlineKeyboard::new()
        .row([button(speech, "button-qris", Press::Qris).style(Style::Success)])
        .row([button(speech, "button-cancel", Press::Leave)]);
    Screen::with(lines(parts), keyboard)
}

/// Too few units for a line.
#[must_use]
pub fn sold_out(speech: Speech<'_>, name: &str, left: i64) -> Html {
    speech.say("pay-sold-out", &[("name", name.into()), ("left", left.into())])
}

/// Too many unpaid orders.
#[must_use]
pub fn too_many(speech: Speech<'_>) -> Html {
    speech.say("pay-too-many", &[("most", MOST_UNPAID.into())])
}

/// The store takes no payments yet.
#[must_use]
pub fn not_set_up(speech: Speech<'_>) -> Html {
    speech.say("pay-not-set-up", &[])
}

/// The sum is outside what QRIS carries.
#[must_use]
pub fn unpayable(speech: Speech<'_>, total: Rupiah) -> Html {
    let values = [("least", QRIS_MIN.into()), ("most", QRIS_MAX.into()), ("total", total.into())];
    speech.say("pay-unpayable", &values)
}
