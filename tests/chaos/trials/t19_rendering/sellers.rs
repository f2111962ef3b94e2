//! What a seller is shown that somebody else wrote, as a function of that text.

use bot_auto_order::bot::screens::admin::{replies, sales, statistics, users};
use bot_auto_order::bot::{Reply, Slot, Template};
use bot_auto_order::primitives::Language;
use bot_auto_order::shop::orders::State;
use bot_auto_order::shop::sales::Sale;
use bot_auto_order::shop::statistics::{Best, Report};

use super::screens::{
    NOW, Screen, TEXT, customer, jakarta, line, ordered, rupiah, screen, shown_name, sound,
};

/// Longer words of a store than this are cut where they are only looked at.
const TEMPLATE: usize = 1_500;

pub const SCREENS: &[Screen] = &[
    Screen {
        seen: shown_name,
        ..screen("a customer, for the seller", 200, TEXT, |speech, name| {
            sound(users::user(
                speech,
                &jakarta(),
                &customer(&super::screens::met(name)),
                (&[], 0),
                None,
            ))
        })
    },
    screen("nobody of that name", 64, TEXT, users::nobody),
    screen("an order, for the seller", 64, TEXT, |speech, name| {
        sound(sales::sale(speech, &jakarta(), &sale(name), &[line("Kopi")], None))
    }),
    screen("an order's notice", 64, TEXT, |speech, name| {
        sales::notice(speech, &ordered(State::Paid), &customer(name), &[line("Kopi")])
    }),
    screen("an order called paid", 500, TEXT, |speech, note| {
        let sale = Sale { by_hand: Some(note.to_owned()), ..sale("Budi") };
        sales::paid_by_hand_report(speech, "Rina", &sale).text
    }),
    screen("statistics", 128, TEXT, |speech, name| {
        let best = vec![Best { name: name.to_owned(), quantity: 3, revenue: rupiah(90_000) }];
        let report = Report { best, ..Report::default() };
        sound(statistics::report(speech, (&jakarta(), NOW), 7, &report))
    }),
    screen("a store's own words", TEMPLATE, TEXT, |speech, text| {
        let slot = Slot { reply: Reply::Welcome, language: Language::Id };
        let template = Template { text: Some(text.to_owned()), picture: None };
        sound(replies::reply(speech, slot, (&template, ""), None))
    }),
];

fn sale(buyer: &str) -> Sale {
    let order = ordered(State::Paid);
    Sale {
        id: order.id,
        customer_id: order.customer_id,
        code: order.code,
        purpose: order.purpose,
        state: order.state,
        amount: order.amount,
        refunded: rupiah(0),
        by_hand: None,
        user_id: customer(buyer).user_id,
        buyer: buyer.to_owned(),
        placed_at: NOW,
        paid_at: Some(NOW),
    }
}
