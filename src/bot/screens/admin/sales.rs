//! Orders as their seller sees them, and the notice by which an admin follows one.

use super::{Manage, Screen, back, called, counted, does, lines, newest_first, remarked};
use crate::bot::Speech;
use crate::bot::screens::order;
use crate::primitives::{OrderId, Rupiah, UserId, Zone};
use crate::shop::customers::Customer;
use crate::shop::orders::{Line, Order, State};
use crate::shop::sales::{self, Act, Sale};
use crate::telegram::{Html, InlineKeyboard};

/// The states an admin can look for, in the order of the numbers in the buttons; 0 is all of them.
pub const FILTERS: [Option<State>; 8] = [
    None,
    Some(State::Open),
    Some(State::Paid),
    Some(State::Delivered),
    Some(State::Expired),
    Some(State::Cancelled),
    Some(State::Failed),
    Some(State::Credited),
];

fn word(speech: Speech<'_>, state: State) -> String {
    speech.label(&format!("sale-{}", state.word()))
}

fn mark(speech: Speech<'_>, state: State) -> String {
    speech.label(&format!("mark-{}", state.word()))
}

/// A line for each order.
pub(super) fn written(speech: Speech<'_>, zone: &Zone, sales: &[Sale]) -> Html {
    lines(sales.iter().map(|sale| {
        let values = [
            ("mark", mark(speech, sale.state).into()),
            ("code", (&sale.code).into()),
            ("name", (&sale.buyer).into()),
            ("amount", sale.amount.into()),
            ("at", zone.day_and_clock(sale.placed_at).into()),
        ];
        speech.say("sale-line", &values)
    }))
}

/// A button for each order, two in a row.
pub(super) fn entries(speech: Speech<'_>, sales: &[Sale]) -> InlineKeyboard {
    let entry = |sale: &Sale| {
        let label = format!("{} {}", mark(speech, sale.state), sale.code);
        called(&label, Manage::Sale(sale.id))
    };
    sales
        .chunks(2)
        .fold(InlineKeyboard::new(), |keyboard, some| keyboard.row(some.iter().map(entry)))
}

/// A page of orders, the newest first; one more than a page when there are older ones.
#[must_use]
pub fn list(
    speech: Speech<'_>,
    zone: &Zone,
    (filter, first): (i64, bool),
    (sales, total): (&[Sale], i64),
    remark: Option<Html>,
) -> Screen {
    let newest = (!first).then_some(Manage::Sales(filter, OrderId(0)));
    let older = |last: &Sale| Manage::Sales(filter, last.id);
    let (shown, turns) = newest_first(speech, (sales, sales::PAGE), newest, older);
    let mut keyboard = entries(speech, shown).row(turns);
    let filters: Vec<_> = FILTERS
        .into_iter()
        .zip(0_i64..)
        .map(|(state, number)| {
            let label = state.map_or_else(|| speech.label("sale-all"), |state| word(speech, state));
            let mark = if number == filter { "• " } else { "" };
            called(&format!("{mark}{label}"), Manage::Sales(number, OrderId(0)))
        })
        .collect();
    for row in filters.chunks(2) {
        keyboard = keyboard.row(row.iter().cloned());
    }
    let keyboard = keyboard
        .row([does(speech, "button-find-order", Manage::FindSale)])
        .row([back(speech, Manage::Menu)]);
    let text = speech.say("sales", &[("total", counted(total).into())]);
    let text = lines([text, Html::default(), written(speech, zone, shown)]);
    Screen::with(remarked(text, remark), keyboard)
}

/// One order with everything about it.
#[must_use]
pub fn sale(
    speech: Speech<'_>,
    zone: &Zone,
    sale: &Sale,
    bought: &[Line],
    remark: Option<Html>,
) -> Screen {
    let none = || speech.label("word-none");
    let values = [
        ("code", (&sale.code).into()),
        ("state", word(speech, sale.state).into()),
        ("name", (&sale.buyer).into()),
        ("id", sale.user_id.0.into()),
        ("amount", sale.amount.into()),
        ("refunded", sale.refunded.into()),
        ("placed", zone.day_and_clock(sale.placed_at).into()),
        ("paid", sale.paid_at.map_or_else(none, |at| zone.day_and_clock(at)).into()),
        ("note", sale.by_hand.clone().unwrap_or_else(none).into()),
    ];
    let mut parts = vec![speech.say("one-sale", &values), Html::default()];
    parts.extend(bought.iter().map(|line| order::line(speech, line)));
    let mut keyboard = InlineKeyboard::new();
    for act in Act::ALL.into_iter().filter(|act| sale.allows(*act)) {
        let (key, action) = match act {
            Act::Pay => ("button-mark-paid", Manage::PaySale(sale.id)),
            Act::Cancel => ("button-cancel-sale", Manage::CancelSale(sale.id)),
            Act::Resend => ("button-resend", Manage::ResendSale(sale.id)),
            Act::Refund => ("button-refund", Manage::RefundSale(sale.id)),
        };
        keyboard = keyboard.row([does(speech, key, action)]);
    }
    let keyboard = keyboard
        .row([does(speech, "button-buyer", Manage::User(sale.customer_id))])
        .row([back(speech, Manage::Sales(0, OrderId(0)))]);
    Screen::with(remarked(lines(parts), remark), keyboard)
}

/// A text about one order by its code, such as what is about to be confirmed.
#[must_use]
pub fn about(speech: Speech<'_>, key: &str, sale: &Sale) -> Html {
    named(speech, key, (&sale.code, sale.amount), (&sale.buyer, sale.user_id))
}

fn named(
    speech: Speech<'_>,
    key: &str,
    (code, amount): (&str, Rupiah),
    (name, id): (&str, UserId),
) -> Html {
    let values = [
        ("code", code.into()),
        ("amount", amount.into()),
        ("name", name.into()),
        ("id", id.0.into()),
    ];
    speech.say(key, &values)
}

/// To the buyer: what his order cost is on his balance.
#[must_use]
pub fn refunded(speech: Speech<'_>, sale: &Sale, balance: Rupiah) -> Screen {
    let values = [
        ("code", (&sale.code).into()),
        ("amount", sale.refunded.into()),
        ("balance", balance.into()),
    ];
    Screen::plain(speech.say("refunded-to-you", &values))
}

/// To the owners: an order was called paid.
#[must_use]
pub fn paid_by_hand_report(speech: Speech<'_>, admin: &str, sale: &Sale) -> Screen {
    let values = [
        ("admin", admin.into()),
        ("code", (&sale.code).into()),
        ("amount", sale.amount.into()),
        ("name", (&sale.buyer).into()),
        ("note", sale.by_hand.clone().unwrap_or_default().into()),
    ];
    Screen::plain(speech.say("paid-by-hand-report", &values))
}

/// What an admin is told of an order, in one message that changes as the order goes on.
#[must_use]
pub fn notice(speech: Speech<'_>, order: &Order, buyer: &Customer, bought: &[Line]) -> Html {
    let key = format!("notice-{}", sales::told(order.state));
    let who = (buyer.name.as_str(), buyer.user_id);
    let text = named(speech, &key, (&order.code, order.amount), who);
    lines([text].into_iter().chain(bought.iter().map(|line| order::line(speech, line))))
}
