//! A customer's own account: balance, numbers, orders.

use super::{Screen, button, lines, to_catalogue, turns};
use crate::bot::{Press, Speech};
use crate::primitives::{Language, Rupiah, UserId, Zone};
use crate::shop::customers::Customer;
use crate::shop::orders::{self, Line, Order, Purpose};
use crate::telegram::{Html, InlineButton, InlineKeyboard};

/// The own account, the people behind the store, and the language.
#[must_use]
pub fn info(speech: Speech<'_>, customer: &Customer, orders: i64, admins: &[UserId]) -> Screen {
    let values = [
        ("name", (&customer.name).into()),
        ("id", customer.user_id.0.into()),
        ("balance", customer.balance.into()),
        ("orders", orders.into()),
    ];
    let mut parts = vec![speech.say("info", &values)];
    if !admins.is_empty() {
        let name = speech.label("admin-name");
        let people = admins.iter().zip(1..).map(|(admin, number)| {
            let called = if admins.len() == 1 { name.clone() } else { format!("{name} {number}") };
            Html::link(&called, &format!("tg://user?id={admin}"))
        });
        let people = Html::join(people, ", ");
        parts.extend([Html::default(), speech.say("info-contact", &[("admins", people.into())])]);
    }
    let other = match speech.language {
        Language::Id => Language::En,
        Language::En => Language::Id,
    };
    let keyboard = InlineKeyboard::new()
        .row([
            button(speech, "button-orders", Press::Orders(0)),
            button(speech, "button-my-balance", Press::Balance),
        ])
        .row([
            button(speech, "button-how-to", Press::HowTo),
            button(speech, "button-language", Press::Speak(other)),
        ]);
    Screen::with(lines(parts), keyboard)
}

/// A page of the own orders, newest first.
#[must_use]
pub fn history(speech: Speech<'_>, page: i64, total: i64, shown: &[Order]) -> Screen {
    if shown.is_empty() {
        return Screen::with(speech.say("orders-empty", &[]), to_catalogue(speech));
    }
    let pages = (total + orders::PAGE - 1) / orders::PAGE;
    let page = page.clamp(0, pages - 1);
    let mut keyboard = InlineKeyboard::new();
    for order in shown {
        let state = speech.label(&format!("state-{}", order.state.word()));
        let kind = if order.purpose == Purpose::Deposit { "💰 " } else { "" };
        let label = format!("{kind}{} · {} · {state}", order.code, order.amount);
        keyboard = keyboard.row([InlineButton::callback(label, Press::Order(order.id).data())]);
    }
    let turns = turns(speech, page, total, orders::PAGE, Press::Orders);
    let numbers = [("page", (page + 1).into()), ("pages", pages.into())];
    let text = lines([speech.say("orders-title", &[]), speech.say("list-page", &numbers)]);
    Screen::with(text, keyboard.row(turns))
}

/// One own order, with a remark; what was bought can be sent again, what is unpaid can be cancelled.
#[must_use]
pub fn order(
    speech: Speech<'_>,
    zone: &Zone,
    order: &Order,
    bought: &[Line],
    remark: Option<Html>,
) -> Screen {
    let state = speech.label(&format!("state-{}", order.state.word()));
    let mut parts = vec![super::order::title(speech, order)];
    parts.extend(bought.iter().map(|line| super::order::line(speech, line)));
    parts.push(Html::default());
    if order.discount > Rupiah::ZERO || order.from_balance > Rupiah::ZERO {
        parts.extend(super::order::sums(speech, order));
    }
    parts.push(speech.say("cart-total", &[("total", order.amount.into())]));
    parts.push(speech.say("order-status", &[("state", state.into())]));
    let placed = zone.day_and_clock(order.placed_at);
    parts.push(speech.say("order-placed", &[("time", placed.into())]));
    parts.extend(remark.into_iter().flat_map(|remark| [Html::default(), remark]));
    let mut keyboard = InlineKeyboard::new();
    if order.state.is_sold() && order.purpose == Purpose::Goods {
        keyboard = keyboard.row([button(speech, "button-goods-again", Press::Goods(order.id))]);
    }
    if order.state == orders::State::Open {
        keyboard = keyboard.row([button(speech, "button-check", Press::Check(order.id))]);
    }
    if order.state.is_unpaid() {
        let cancel = button(speech, "button-cancel-order", Press::CancelOrder(order.id));
        keyboard = keyboard.row([cancel]);
    }
    keyboard = keyboard.row([button(speech, "button-back", Press::Orders(0))]);
    Screen::with(lines(parts), keyboard)
}

/// There is no such order, or it is somebody else's.
#[must_use]
pub fn no_order(speech: Speech<'_>) -> Screen {
    Screen::plain(speech.say("order-unknown", &[]))
}
