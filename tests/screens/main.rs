//! Every screen in both languages as people read it: the plain text, then the buttons by row.

mod given;

use bot_auto_order::bot::screens::{account, cart, catalogue, order, welcome};
use bot_auto_order::bot::{Speech, Texts};
use bot_auto_order::primitives::{Language, Rupiah};
use bot_auto_order::shop::catalogue::Shelf;
use bot_auto_order::shop::customers::Crowd;
use bot_auto_order::shop::orders::State;
use bot_auto_order::shop::payments::Outcome;

use given::{
    MOON, SUN, Shown, category, customer, jakarta, later, line, now, ordered, page, payment,
    product, rupiah,
};

/// A screen in every language, one under the other.
fn read<S: Into<Shown>>(screen: impl Fn(Speech<'_>) -> S) -> String {
    let texts = Texts::new();
    let in_language = |language: Language| {
        let shown: Shown = screen(texts.speech(language)).into();
        format!("── {} ──\n{}\n", language.code(), shown.0)
    };
    Language::ALL.into_iter().map(in_language).collect()
}

/// `screen!(name, |speech| …)`: what is shown stands in `snapshots/screens__name.snap`.
macro_rules! screen {
    ($name:ident, |$speech:ident| $screen:expr) => {
        #[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), read(|$speech| $screen));
        }
    };
}

const CROWD: Crowd = Crowd { customers: 1_234, paid_orders: 987 };

screen!(welcome_to_a_customer, |speech| {
    let keyboard = welcome::keyboard(speech, 7, false);
    welcome::welcome(speech, "Toko <Contoh>", &customer("Budi & Ani"), CROWD, keyboard)
});
screen!(welcome_to_the_seller_of_many, |speech| {
    let keyboard = welcome::keyboard(speech, 40, true);
    welcome::welcome(speech, "Toko Contoh", &customer("Bu Rina"), CROWD, keyboard)
});
screen!(help, |speech| welcome::help(speech, welcome::keyboard(speech, 0, false)));
screen!(how_to_order, |speech| welcome::how_to(speech, "Toko <Contoh>"));
screen!(left, |speech| welcome::left(speech, welcome::keyboard(speech, 1, false)));
screen!(not_for_you, |speech| welcome::not_for_you(speech));
screen!(admin, |speech| welcome::admin(speech, "Toko <Contoh>", CROWD, 12));
screen!(apology, |speech| welcome::apology(speech, "k3xQ9_aZ"));

screen!(list_first_page, |speech| {
    let products = vec![product("Kopi Susu", 5), product("Teh <Manis>", 1)];
    catalogue::list(speech, &page(0, 3, products), None)
});
screen!(list_middle_page_of_a_category, |speech| {
    let mut page = page(1, 3, (6..=10).map(|n| product(&format!("Minuman {n}"), n)).collect());
    page.shelf = Shelf { category: Some(category("Minuman", "🥤").id), with_sold_out: false };
    catalogue::list(speech, &page, Some("Minuman & <Es>"))
});
screen!(list_with_sold_out, |speech| {
    catalogue::list(speech, &page(0, 1, vec![product("Habis", 0)]), None)
});
screen!(list_empty, |speech| catalogue::list(speech, &page(0, 1, Vec::new()), None));
screen!(categories, |speech| {
    let known = [category("Film", "🎬"), category("Musik <3", ""), category("Game", "🎮")];
    catalogue::categories(speech, &known)
});
screen!(categories_empty, |speech| catalogue::categories(speech, &[]));
screen!(stock, |speech| {
    let products = [product("Kopi Susu", 5), product("Teh <Manis>", 0)];
    catalogue::stock(speech, &products, &jakarta(), now())
});
screen!(stock_empty, |speech| catalogue::stock(speech, &[], &jakarta(), now()));
screen!(card, |speech| catalogue::card(speech, &product("Kopi <Susu>", 5), 2, None));
screen!(card_capped, |speech| catalogue::card(speech, &product("Kopi Susu", 4), 4, Some(4)));
screen!(card_sold_out, |speech| catalogue::card(speech, &product("Kopi Susu", 0), 1, None));
screen!(card_of_a_long_story, |speech| {
    let mut told = product("Kopi Susu", 5);
    told.description = "Cerita panjang. ".repeat(200);
    catalogue::card(speech, &told, 1, None)
});
screen!(product_gone, |speech| catalogue::gone(speech));
screen!(no_such_number, |speech| catalogue::no_number(speech, 77));

screen!(cart_with_two_lines, |speech| {
    let full = given::cart(&[("Kopi <Susu>", 2, 30_000, 30_000), ("Teh", 1, 12_000, 12_000)]);
    cart::cart(speech, &full, rupiah(72_000), None)
});
screen!(cart_empty, |speech| cart::cart(speech, &given::cart(&[]), Rupiah::ZERO, None));
screen!(cart_full, |speech| {
    let full = given::cart(&[("Kopi", 1, 30_000, 30_000)]);
    cart::cart(speech, &full, rupiah(30_000), Some(cart::full(speech)))
});
screen!(cart_repriced, |speech| {
    let moved = given::cart(&[("Kopi <Susu>", 1, 35_000, 30_000), ("Teh", 2, 10_000, 12_000)]);
    let remark = cart::repriced(speech, &moved.repriced());
    cart::cart(speech, &moved, rupiah(55_000), Some(remark))
});
screen!(cart_short, |speech| {
    let short = given::cart(&[("Kopi", 9, 30_000, 30_000)]);
    cart::cart(speech, &short, rupiah(270_000), Some(cart::sold_out(speech, "Kopi", 5)))
});
screen!(cart_with_too_many_unpaid, |speech| {
    let one = given::cart(&[("Kopi", 1, 30_000, 30_000)]);
    cart::cart(speech, &one, rupiah(30_000), Some(cart::too_many(speech)))
});
screen!(cart_where_payment_is_not_set_up, |speech| {
    let one = given::cart(&[("Kopi", 1, 30_000, 30_000)]);
    cart::cart(speech, &one, rupiah(30_000), Some(cart::not_set_up(speech)))
});
screen!(cart_unpayable, |speech| {
    let dear = given::cart(&[("Emas", 1, 99_000_000, 99_000_000)]);
    let remark = cart::unpayable(speech, rupiah(99_000_000));
    cart::cart(speech, &dear, rupiah(99_000_000), Some(remark))
});
screen!(payment_choice, |speech| cart::payment(speech, rupiah(72_000)));

screen!(order_invoicing, |speech| {
    order::invoicing(speech, &ordered(State::Invoicing), &[line("Kopi <Susu>", 2)])
});
screen!(order_invoice, |speech| {
    let open = ordered(State::Open);
    order::invoice(speech, &jakarta(), &open, &[line("Kopi <Susu>", 2)], &payment(), None)
});
screen!(order_invoice_checked, |speech| {
    let open = ordered(State::Open);
    order::invoice(speech, &jakarta(), &open, &[line("Kopi", 2)], &payment(), Some(later()))
});
screen!(order_invoice_of_many_lines, |speech| {
    let many: Vec<_> =
        (1..=60).map(|n| line(&format!("Produk dengan nama panjang {n}"), n)).collect();
    order::invoice(speech, &jakarta(), &ordered(State::Open), &many, &payment(), None)
});
screen!(order_invoice_in_words, |speech| {
    let open = ordered(State::Open);
    let view = order::invoice(speech, &jakarta(), &open, &[line("Kopi", 2)], &payment(), None);
    order::invoice_in_words(speech, view)
});
screen!(order_paid, |speech| order::paid(speech, &ordered(State::Paid), &[line("Kopi", 2)]));
screen!(order_free, |speech| {
    let mut gift = ordered(State::Paid);
    gift.amount = Rupiah::ZERO;
    order::paid(speech, &gift, &[line("Stiker", 1)])
});
screen!(order_expired, |speech| {
    order::closed(speech, &ordered(State::Expired), &[line("Kopi", 2)])
});
screen!(order_cancelled, |speech| {
    order::closed(speech, &ordered(State::Cancelled), &[line("Kopi", 2)])
});
screen!(order_failed, |speech| {
    order::closed(speech, &ordered(State::Failed), &[line("Kopi", 2)])
});

/// Why money is on the balance instead of goods in the chat.
fn credited(speech: Speech<'_>, outcome: Outcome) -> order::View {
    let told = (rupiah(60_000), outcome, rupiah(75_000));
    order::credited(speech, &ordered(State::Credited), &[line("Kopi", 2)], told)
}
screen!(order_credited_late, |speech| credited(speech, Outcome::Credited));
screen!(order_credited_twice_paid, |speech| credited(speech, Outcome::Duplicate));
screen!(order_credited_underpaid, |speech| credited(speech, Outcome::Under));
screen!(order_credited_overpaid, |speech| credited(speech, Outcome::Over));

screen!(account_info, |speech| account::info(speech, &customer("Budi <&> Ani"), 12));
screen!(account_balance, |speech| account::balance(speech, &customer("Budi")));
screen!(history_empty, |speech| account::history(speech, 0, 0, &[]));
screen!(history_of_every_state, |speech| {
    let states = [State::Invoicing, State::Open, State::Paid, State::Delivered, State::Expired];
    account::history(speech, 0, 8, &states.map(ordered))
});
screen!(history_last_page, |speech| {
    let states = [State::Cancelled, State::Failed, State::Credited];
    account::history(speech, 1, 8, &states.map(ordered))
});
screen!(own_order_open, |speech| {
    account::order(speech, &jakarta(), &ordered(State::Open), &[line("Kopi <Susu>", 2)])
});
screen!(own_order_delivered, |speech| {
    account::order(speech, &jakarta(), &ordered(State::Delivered), &[line("Kopi", 2)])
});
screen!(own_order_expired, |speech| {
    account::order(speech, &jakarta(), &ordered(State::Expired), &[line("Kopi", 2)])
});
screen!(order_unknown, |speech| account::no_order(speech));

screen!(goods_of_one_unit, |speech| given::goods(speech, &[("Kopi <Susu>", &[SUN])]));
screen!(goods_of_several_units, |speech| {
    given::goods(speech, &[("Kopi", &[SUN, MOON]), ("Teh", &["kode-1"])])
});
screen!(goods_as_a_file, |speech| given::goods(speech, &[("Kopi", &["  a\tb ", "c"])]));
