//! The cart, the choice of payment, and why an order was not placed.

use super::{Screen, button, lines, to_catalogue};
use crate::bot::{Press, Speech};
use crate::pakasir::{QRIS_MAX, QRIS_MIN};
use crate::primitives::{Rupiah, Zone};
use crate::shop::cart::{Cart, Line, Sums};
use crate::shop::checkout::MOST_UNPAID;
use crate::shop::coupons::{Coupon, Refusal};
use crate::shop::wallet::share;
use crate::telegram::{Html, InlineKeyboard, Style};

/// The cart with what there is to know about it.
#[must_use]
pub fn cart(speech: Speech<'_>, cart: &Cart, sums: &Sums, remark: Option<Html>) -> Screen {
    if cart.lines.is_empty() {
        return empty(speech);
    }
    let quantity: i64 = cart.lines.iter().map(|line| line.quantity).sum();
    let values = [("quantity", quantity.into()), ("total", sums.amount.into())];
    let mut parts = vec![speech.say("cart-title", &values), Html::default()];
    for line in &cart.lines {
        parts.push(speech.say("cart-line", &line_values(line)));
        if line.stock < line.quantity {
            parts.push(speech.say("cart-line-short", &[("stock", line.stock.into())]));
        }
    }
    parts.push(Html::default());
    if let Some(coupon) = &cart.coupon {
        parts.push(speech.say("cart-subtotal", &[("total", sums.subtotal.into())]));
        let values = [("code", (&coupon.code).into()), ("discount", sums.discount.into())];
        parts.push(speech.say("cart-coupon", &values));
    }
    parts.push(speech.say("cart-total", &[("total", sums.amount.into())]));
    if let Some(remark) = remark {
        parts.extend([Html::default(), remark]);
    }
    let coupon = match cart.coupon {
        None => button(speech, "button-coupon", Press::Coupon),
        Some(_) => button(speech, "button-drop-coupon", Press::DropCoupon),
    };
    let keyboard = InlineKeyboard::new()
        .row([button(speech, "button-checkout", Press::Checkout).style(Style::Success)])
        .row([coupon])
        .row([
            button(speech, "button-catalogue", Press::Page(None, 0)),
            button(speech, "button-empty-cart", Press::EmptyCart),
        ])
        .row([button(speech, "button-cancel", Press::Leave)]);
    Screen::with(lines(parts), keyboard)
}

/// Asks for a coupon's code, perhaps again.
#[must_use]
pub fn ask_coupon(speech: Speech<'_>, remark: Option<Html>) -> Screen {
    let mut parts: Vec<Html> = remark.into_iter().flat_map(|why| [why, Html::default()]).collect();
    parts.push(speech.say("coupon-ask", &[]));
    let back = InlineKeyboard::new().row([button(speech, "button-cancel", Press::Cart)]);
    Screen::with(lines(parts), back)
}

/// The coupon is under the cart.
#[must_use]
pub fn coupon_fits(speech: Speech<'_>, coupon: &Coupon) -> Html {
    speech.say("coupon-fits", &[("code", (&coupon.code).into())])
}

/// Why a coupon cannot be used.
#[must_use]
pub fn coupon_refused(speech: Speech<'_>, why: Refusal, zone: &Zone) -> Html {
    match why {
        Refusal::Unknown => speech.say("coupon-unknown", &[]),
        Refusal::TooEarly(from) => {
            speech.say("coupon-too-early", &[("from", zone.day_and_clock(from).into())])
        }
        Refusal::Expired => speech.say("coupon-expired", &[]),
        Refusal::UsedUp => speech.say("coupon-used-up", &[]),
        Refusal::UsedByYou => speech.say("coupon-used-by-you", &[]),
    }
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

/// The cart costs something else than the customer was shown, though no price changed.
#[must_use]
pub fn sum_changed(speech: Speech<'_>, total: Rupiah) -> Html {
    speech.say("cart-sum-changed", &[("total", total.into())])
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

/// The choice of payment: all by QRIS, all from the balance, or both where the balance carries a part.
#[must_use]
pub fn payment(
    speech: Speech<'_>,
    amount: Rupiah,
    balance: Rupiah,
    remark: Option<Html>,
) -> Screen {
    let values = [("total", amount.into()), ("balance", balance.into())];
    let hint = if amount == Rupiah::ZERO { "pay-hint-free" } else { "pay-hint" };
    let mut parts = vec![speech.say("pay-title", &[]), Html::default(), speech.say(hint, &values)];
    parts.push(speech.say("pay-balance", &values));
    parts.extend(remark.into_iter().flat_map(|remark| [Html::default(), remark]));
    let mut keyboard = InlineKeyboard::new().row([
        button(speech, "button-qris", Press::Qris(Some(amount))).style(Style::Success),
        button(speech, "button-balance", Press::FromBalance(Some(amount))),
    ]);
    if share(balance, amount).is_some() {
        keyboard = keyboard.row([button(speech, "button-shared", Press::Shared(Some(amount)))]);
    }
    keyboard = keyboard.row([
        button(speech, "button-back", Press::Cart),
        button(speech, "button-cancel", Press::Leave),
    ]);
    Screen::with(lines(parts), keyboard)
}

/// The balance is too small.
#[must_use]
pub fn too_poor(speech: Speech<'_>, amount: Rupiah, balance: Rupiah) -> Html {
    speech.say("pay-too-poor", &[("total", amount.into()), ("balance", balance.into())])
}

/// Too few units for a line.
#[must_use]
pub fn sold_out(speech: Speech<'_>, name: &str, left: i64) -> Html {
    speech.say("pay-sold-out", &[("name", name.into()), ("left", left.into())])
}

/// Too many orders placed lately and not paid.
#[must_use]
pub fn too_often(speech: Speech<'_>) -> Html {
    speech.say("pay-too-often", &[])
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
