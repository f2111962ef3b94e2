//! The one living message of an order, from "preparing" over the invoice to the receipt.

use super::{Screen, button, lines};
use crate::bot::{Picture, Press, Speech, Value};
use crate::primitives::{Rupiah, Timestamp, Zone};
use crate::shop::customers::Customer;
use crate::shop::orders::{Line, Order, Purpose};
use crate::shop::payments::{Outcome, Payment};
use crate::telegram::limits::CAPTION_MAX;
use crate::telegram::{Html, InlineButton, InlineKeyboard, Style};

/// The message of an order in one of its states.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// The caption, or the text where there is no picture.
    pub text: Html,
    /// The picture.
    pub picture: Option<Picture>,
    /// The buttons.
    pub buttons: InlineKeyboard,
}

/// One bought thing.
pub(in crate::bot::screens) fn line(speech: Speech<'_>, line: &Line) -> Html {
    let values = [
        ("name", (&line.name).into()),
        ("quantity", line.quantity.into()),
        ("price", line.price.into()),
    ];
    speech.say("order-line", &values)
}

/// What an order is called.
pub(super) fn title(speech: Speech<'_>, order: &Order) -> Html {
    let title = match order.purpose {
        Purpose::Goods => "order-title",
        Purpose::Deposit => "deposit-title",
    };
    speech.say(title, &[("code", (&order.code).into())])
}

/// The head of every view, short enough that `rest` fits a caption beside it.
fn with_head(speech: Speech<'_>, order: &Order, bought: &[Line], rest: Html) -> Html {
    let mut parts = vec![title(speech, order)];
    parts.extend(bought.iter().map(|bought| line(speech, bought)));
    let mut text = lines(parts).truncate(CAPTION_MAX.saturating_sub(rest.width() + 2));
    text.push(Html::text("\n\n"));
    text.push(rest);
    text
}

/// What a store may name of an order in its own words.
fn about<'o>(
    speech: Speech<'_>,
    order: &'o Order,
    bought: &[Line],
    total: Rupiah,
) -> Vec<(&'static str, Value<'o>)> {
    let products = bought.iter().map(|line| format!("{} × {}", line.name, line.quantity));
    vec![
        ("code", (&order.code).into()),
        ("products", products.collect::<Vec<_>>().join(", ").into()),
        ("quantity", bought.iter().map(|line| line.quantity).sum::<i64>().into()),
        ("total", total.into()),
        ("state", speech.label(&format!("state-{}", order.state.word())).into()),
    ]
}

/// The gateway is asked for a QR.
#[must_use]
pub fn invoicing(speech: Speech<'_>, order: &Order, bought: &[Line]) -> View {
    let text = with_head(speech, order, bought, speech.say("order-invoicing", &[]));
    View { text, picture: None, buttons: InlineKeyboard::new() }
}

/// The invoice: a QR, what it costs to the rupiah, until when, and what one can do.
#[must_use]
pub fn invoice(
    speech: Speech<'_>,
    zone: &Zone,
    order: &Order,
    bought: &[Line],
    payment: &Payment,
    checked: Option<Timestamp>,
) -> View {
    let mut rest = sums(speech, order);
    if let Some(fee) = payment.fee {
        rest.push(speech.say("invoice-fee", &[("fee", fee.into())]));
    }
    let total = payment.total.unwrap_or(payment.amount);
    rest.push(speech.say("invoice-total", &[("total", total.into())]));
    rest.push(Html::default());
    let deadline = zone.clock(order.expires_at);
    let left = Html::moment(order.expires_at.seconds(), "r", &speech.label("soon"));
    let values = [("deadline", deadline.into()), ("left", left.into())];
    rest.push(speech.say("invoice-deadline", &values));
    rest.push(match checked {
        None => speech.say("invoice-hint", &about(speech, order, bought, total)),
        Some(at) => speech.say("invoice-checked", &[("time", zone.clock_to_second(at).into())]),
    });
    View {
        text: with_head(speech, order, bought, lines(rest)),
        picture: payment.qr_string.clone().map(Picture::Qr),
        buttons: invoice_buttons(speech, order, payment),
    }
}

/// It is being looked whether money came.
#[must_use]
pub fn checking(speech: Speech<'_>, zone: &Zone, at: Timestamp) -> Html {
    speech.say("order-checking", &[("time", zone.clock_to_second(at).into())])
}

/// How an order's sum comes about: its lines, the coupon, the balance.
pub(super) fn sums(speech: Speech<'_>, order: &Order) -> Vec<Html> {
    let subtotal = order.amount.checked_add(order.discount).unwrap_or(order.amount);
    let mut sums = vec![speech.say("invoice-subtotal", &[("amount", subtotal.into())])];
    if order.discount > Rupiah::ZERO {
        sums.push(speech.say("invoice-discount", &[("discount", order.discount.into())]));
    }
    if order.from_balance > Rupiah::ZERO {
        sums.push(speech.say("invoice-from-balance", &[("amount", order.from_balance.into())]));
    }
    sums
}

fn invoice_buttons(speech: Speech<'_>, order: &Order, payment: &Payment) -> InlineKeyboard {
    let check = button(speech, "button-check", Press::Check(order.id)).style(Style::Primary);
    let mut keyboard = InlineKeyboard::new().row([check]);
    if let Some(page) = &payment.page_url {
        keyboard = keyboard.row([InlineButton::url(speech.label("button-page"), page)]);
    }
    keyboard
        .row([button(speech, "button-cancel-order", Press::CancelOrder(order.id))
            .style(Style::Danger)])
}

/// The invoice without its picture, when the picture cannot be sent.
#[must_use]
pub fn invoice_in_words(speech: Speech<'_>, invoice: View) -> View {
    let text = lines([invoice.text, Html::default(), speech.say("invoice-no-picture", &[])]);
    View { text, picture: None, ..invoice }
}

/// Paid: the invoice becomes the receipt.
#[must_use]
pub fn paid(speech: Speech<'_>, order: &Order, bought: &[Line], balance: Rupiah) -> View {
    let key = match order.purpose {
        Purpose::Deposit => "deposit-paid",
        Purpose::Goods if order.amount == Rupiah::ZERO => "order-free",
        Purpose::Goods => "order-paid",
    };
    let mut values = about(speech, order, bought, order.amount);
    values.extend([("amount", order.amount.into()), ("balance", balance.into())]);
    let mut said = vec![speech.say(key, &values)];
    if order.from_balance > Rupiah::ZERO {
        said.push(speech.say("invoice-from-balance", &[("amount", order.from_balance.into())]));
    }
    ended(speech, order, bought, lines(said), Picture::Paid)
}

/// Ended unpaid: `expired`, `cancelled` or `failed`.
#[must_use]
pub fn closed(speech: Speech<'_>, order: &Order, bought: &[Line]) -> View {
    let purpose = match order.purpose {
        Purpose::Goods => "order",
        Purpose::Deposit => "deposit",
    };
    let key = format!("{purpose}-{}", order.state.word());
    let mut said = vec![speech.say(&key, &about(speech, order, bought, order.amount))];
    if order.from_balance > Rupiah::ZERO {
        said.push(speech.say("order-balance-back", &[("amount", order.from_balance.into())]));
    }
    ended(speech, order, bought, lines(said), Picture::Closed)
}

/// Money came but no goods could: it is on the balance.
#[must_use]
pub fn credited(
    speech: Speech<'_>,
    order: &Order,
    bought: &[Line],
    (amount, outcome, balance): (Rupiah, Outcome, Rupiah),
) -> View {
    let why = speech.label(&format!("credited-{}", outcome.word()));
    let values = [("amount", amount.into()), ("why", why.into()), ("balance", balance.into())];
    let key = match order.purpose {
        Purpose::Goods => "order-credited",
        Purpose::Deposit => "deposit-credited",
    };
    let mut said = vec![speech.say(key, &values)];
    // What ended before gave the balance's part back then, and said so.
    let ends_now = matches!(outcome, Outcome::Under | Outcome::Over);
    if ends_now && order.from_balance > Rupiah::ZERO {
        said.push(speech.say("order-balance-back", &[("amount", order.from_balance.into())]));
    }
    ended(speech, order, bought, lines(said), Picture::Closed)
}

/// The same, when it is looked at once more.
#[must_use]
pub fn in_balance(speech: Speech<'_>, order: &Order, bought: &[Line], balance: Rupiah) -> View {
    let said = speech.say("order-in-balance", &[("balance", balance.into())]);
    ended(speech, order, bought, said, Picture::Closed)
}

/// For admins: money came that bought nothing.
#[must_use]
pub fn credited_report(
    speech: Speech<'_>,
    order: &Order,
    buyer: &Customer,
    (amount, outcome): (Rupiah, Outcome),
) -> Screen {
    let values = [
        ("code", (&order.code).into()),
        ("name", (&buyer.name).into()),
        ("id", buyer.user_id.0.into()),
        ("amount", amount.into()),
        ("why", speech.label(&format!("credited-{}", outcome.word())).into()),
    ];
    Screen::plain(speech.say("admin-credited", &values))
}

fn ended(speech: Speech<'_>, order: &Order, bought: &[Line], said: Html, picture: Picture) -> View {
    View {
        text: with_head(speech, order, bought, said),
        picture: Some(picture),
        buttons: InlineKeyboard::new(),
    }
}
