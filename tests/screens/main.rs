//! Every screen in both languages as people read it: the plain text, then the buttons by row.

mod given;
mod pseudo;

use bot_auto_order::bot::screens::{
    Screen, account, admin, balance, cart, catalogue, manners, order, terms, welcome,
};
use bot_auto_order::bot::{Flaw, Reply, Setting, Slot, Speech, Template, Texts};
use bot_auto_order::primitives::{Language, Rupiah, UserId};
use bot_auto_order::shop::cart::Cart;
use bot_auto_order::shop::catalogue::Shelf;
use bot_auto_order::shop::coupons::Refusal;
use bot_auto_order::shop::customers::Crowd;
use bot_auto_order::shop::orders::State;
use bot_auto_order::shop::payments::Outcome;
use bot_auto_order::shop::settings::Version;
use bot_auto_order::shop::statistics::{Best, Report};
use bot_auto_order::shop::wallet::{Kind, Unfit};
use bot_auto_order::telegram::Html;

use given::{
    MOON, SUN, Shown, category, customer, jakarta, later, line, now, ordered, page, payment,
    product, rupiah,
};

/// A screen in every language, one under the other.
fn read<S: Into<Shown>>(screen: impl Fn(Speech<'_>) -> S) -> String {
    let texts = Texts::new();
    let circled: Shown = screen(pseudo::texts().speech(Language::Id)).into();
    assert_eq!(pseudo::hard_coded(&circled.0), Vec::<&str>::new(), "{}", circled.0);
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

const TERMS: Slot = Slot { reply: Reply::Terms, language: Language::En };
const CROWD: Crowd = Crowd { customers: 1_234, paid_orders: 987 };

screen!(welcome_to_a_customer, |speech| {
    let keyboard = welcome::keyboard(speech, 7, false);
    welcome::welcome(speech, "Toko <Contoh>", &customer("Budi & Ani"), CROWD, keyboard)
});
screen!(welcome_to_the_seller_of_many, |speech| {
    let keyboard = welcome::keyboard(speech, 40, true);
    welcome::welcome(speech, "Toko Contoh", &customer("Bu Rina"), CROWD, keyboard)
});
screen!(invitation_that_is_void, |speech| {
    admin::setup::void(speech, welcome::keyboard(speech, 0, false))
});
screen!(invitation_that_was_taken, |speech| {
    admin::setup::claimed(speech, "Toko <Contoh>", welcome::keyboard(speech, 0, true))
});
screen!(rehearsal_that_lacks_the_keys, |speech| {
    admin::setup::rehearsal(speech, admin::setup::Stand::NotSetUp, None)
});
screen!(rehearsal_that_can_begin, |speech| {
    admin::setup::rehearsal(speech, admin::setup::Stand::Ready, None)
});
screen!(rehearsal_that_runs, |speech| {
    let remark = admin::setup::unpaid(speech);
    admin::setup::rehearsal(speech, admin::setup::Stand::Runs(None), Some(remark))
});
screen!(rehearsal_of_a_store_with_buyers, |speech| {
    admin::setup::rehearsal(speech, admin::setup::Stand::HasBuyers, None)
});
screen!(rehearsal_that_went_well, |speech| admin::setup::rehearsed(speech));
screen!(help, |speech| welcome::help(speech, welcome::keyboard(speech, 0, false)));
screen!(how_to_order, |speech| welcome::how_to(speech, "Toko <Contoh>"));
screen!(left, |speech| welcome::left(speech, welcome::keyboard(speech, 1, false)));
screen!(not_for_you, |speech| welcome::not_for_you(speech));
screen!(statistics_of_a_week, |speech| {
    let (name, quantity, revenue) = ("Kopi <Susu>".to_owned(), 12, rupiah(360_000));
    let report = Report {
        placed: 40,
        paid: 13,
        expired: 9,
        revenue: rupiah(372_000),
        refunded: rupiah(30_000),
        best: vec![Best { name, quantity, revenue }],
        course: vec![(now(), rupiah(372_000))],
    };
    admin::statistics::report(speech, (&jakarta(), now()), 7, &report)
});
screen!(a_reply_that_a_store_may_word, |speech| {
    admin::replies::reply(speech, TERMS, (&Template::default(), "<b>{produk}</b>: {snk}"), None)
});
screen!(how_a_reply_is_asked_for, |speech| {
    let own = Template { text: Some("<b>{snk}</b>".to_owned()), picture: None };
    let why = admin::replies::flawed(speech, Reply::Terms, &Flaw::Lacks("snk"));
    admin::replies::ask(speech, TERMS, (&own, ""), Some(why))
});
screen!(a_reply_before_it_is_used, |speech| {
    admin::replies::preview(speech, TERMS, Html::text("<Budi>"), None)
});
screen!(every_reply, |speech| admin::replies::list(speech));
screen!(versions_of_a_reply, |speech| {
    let version = |version, body| Version { version, body, set_at: now() };
    let versions = [version(2, None), version(1, Some("{}".to_owned()))];
    admin::settings::versions(speech, &jakarta(), Setting::Reply(TERMS), &versions)
});
screen!(sellers_menu, |speech| admin::menu(speech, "Toko <Contoh>", (CROWD, 12), true, None));
screen!(whom_a_broadcast_is_for, |speech| {
    admin::broadcast::choose(speech, &jakarta(), &[], None)
});
screen!(whose_buyers_a_broadcast_is_for, |speech| {
    let products = vec![product("Kopi Susu", 5), product("Teh <Manis>", 0)];
    admin::broadcast::products(speech, &page(0, 1, products))
});
screen!(when_a_broadcast_goes, |speech| {
    let remark = admin::broadcast::no_time(speech, false);
    admin::broadcast::ask_time(speech, &jakarta(), now(), Some(remark))
});
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

fn cart_of(speech: Speech<'_>, shown: &Cart, remark: Option<Html>) -> Screen {
    cart::cart(speech, shown, &shown.sums().expect("a small sum"), remark)
}

screen!(cart_with_two_lines, |speech| {
    let full = given::cart(&[("Kopi <Susu>", 2, 30_000, 30_000), ("Teh", 1, 12_000, 12_000)]);
    cart_of(speech, &full, None)
});
screen!(cart_empty, |speech| cart_of(speech, &given::cart(&[]), None));
screen!(cart_full, |speech| {
    let full = given::cart(&[("Kopi", 1, 30_000, 30_000)]);
    cart_of(speech, &full, Some(cart::full(speech)))
});
screen!(cart_repriced, |speech| {
    let moved = given::cart(&[("Kopi <Susu>", 1, 35_000, 30_000), ("Teh", 2, 10_000, 12_000)]);
    let remark = cart::repriced(speech, &moved.repriced());
    cart_of(speech, &moved, Some(remark))
});
screen!(cart_of_another_sum, |speech| {
    let moved = given::cart(&[("Kopi <Susu>", 1, 35_000, 35_000)]);
    cart_of(speech, &moved, Some(cart::sum_changed(speech, rupiah(35_000))))
});
screen!(cart_short, |speech| {
    let short = given::cart(&[("Kopi", 9, 30_000, 30_000)]);
    cart_of(speech, &short, Some(cart::sold_out(speech, "Kopi", 5)))
});
screen!(cart_with_too_many_unpaid, |speech| {
    let one = given::cart(&[("Kopi", 1, 30_000, 30_000)]);
    cart_of(speech, &one, Some(cart::too_many(speech)))
});
screen!(cart_where_payment_is_not_set_up, |speech| {
    let one = given::cart(&[("Kopi", 1, 30_000, 30_000)]);
    cart_of(speech, &one, Some(cart::not_set_up(speech)))
});
screen!(cart_unpayable, |speech| {
    let dear = given::cart(&[("Emas", 1, 99_000_000, 99_000_000)]);
    let remark = cart::unpayable(speech, rupiah(99_000_000));
    cart_of(speech, &dear, Some(remark))
});
screen!(payment_choice, |speech| cart::payment(speech, rupiah(72_000), Rupiah::ZERO, None));
screen!(payment_choice_shared, |speech| {
    let (amount, balance) = (rupiah(72_000), rupiah(50_000));
    let remark = cart::too_poor(speech, amount, balance);
    cart::payment(speech, amount, balance, Some(remark))
});
screen!(payment_choice_free, |speech| cart::payment(speech, Rupiah::ZERO, Rupiah::ZERO, None));
screen!(cart_with_a_coupon, |speech| {
    let mut full = given::cart(&[("Kopi", 2, 30_000, 30_000)]);
    full.coupon = Some(given::coupon());
    cart_of(speech, &full, Some(cart::coupon_fits(speech, &given::coupon())))
});
screen!(coupon_asked, |speech| cart::ask_coupon(speech, None));
screen!(coupon_unknown, |speech| refused(speech, Refusal::Unknown));
screen!(coupon_too_early, |speech| refused(speech, Refusal::TooEarly(later())));
screen!(coupon_expired, |speech| refused(speech, Refusal::Expired));
screen!(coupon_used_up, |speech| refused(speech, Refusal::UsedUp));
screen!(coupon_used_by_you, |speech| refused(speech, Refusal::UsedByYou));

fn refused(speech: Speech<'_>, why: Refusal) -> Screen {
    cart::ask_coupon(speech, Some(cart::coupon_refused(speech, why, &jakarta())))
}

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
screen!(order_paid, |speech| order::paid(
    speech,
    &ordered(State::Paid),
    &[line("Kopi", 2)],
    rupiah(75_000)
));
screen!(order_free, |speech| {
    let mut gift = ordered(State::Paid);
    gift.amount = Rupiah::ZERO;
    order::paid(speech, &gift, &[line("Stiker", 1)], Rupiah::ZERO)
});
screen!(order_invoice_with_coupon_and_balance, |speech| {
    let open = given::reduced(State::Open);
    order::invoice(speech, &jakarta(), &open, &[line("Kopi", 2)], &payment(), None)
});
screen!(order_cancelled_with_balance_back, |speech| {
    order::closed(speech, &given::reduced(State::Cancelled), &[line("Kopi", 2)])
});
screen!(order_paid_with_balance, |speech| {
    order::paid(speech, &given::reduced(State::Delivered), &[line("Kopi", 2)], rupiah(15_000))
});
screen!(order_credited_with_balance_back, |speech| {
    let told = (rupiah(30_000), Outcome::Under, rupiah(65_000));
    order::credited(speech, &given::reduced(State::Credited), &[line("Kopi", 2)], told)
});
screen!(deposit_invoicing, |speech| order::invoicing(
    speech,
    &given::deposit(State::Invoicing),
    &[]
));
screen!(deposit_invoice, |speech| {
    order::invoice(speech, &jakarta(), &given::deposit(State::Open), &[], &payment(), None)
});
screen!(deposit_paid, |speech| {
    order::paid(speech, &given::deposit(State::Delivered), &[], rupiah(135_000))
});
screen!(deposit_credited_underpaid, |speech| {
    let told = (rupiah(60_000), Outcome::Under, rupiah(75_000));
    order::credited(speech, &given::deposit(State::Credited), &[], told)
});
screen!(deposit_expired, |speech| order::closed(speech, &given::deposit(State::Expired), &[]));
screen!(deposit_cancelled, |speech| order::closed(speech, &given::deposit(State::Cancelled), &[]));
screen!(deposit_failed, |speech| order::closed(speech, &given::deposit(State::Failed), &[]));
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

screen!(account_info, |speech| account::info(
    speech,
    &customer("Budi <&> Ani"),
    12,
    &[UserId(1), UserId(2)]
));
screen!(account_balance, |speech| balance::balance(speech, &customer("Budi"), true, None));
screen!(account_balance_closed, |speech| {
    balance::balance(speech, &customer("Budi"), false, None)
});
screen!(deposit_no_sum, |speech| unfit(speech, Unfit::NoSum));
screen!(deposit_out_of_bounds, |speech| unfit(speech, Unfit::OutOfBounds));

fn unfit(speech: Speech<'_>, why: Unfit) -> Screen {
    let why = balance::unfit(speech, why);
    balance::balance(speech, &customer("Budi"), true, Some(why))
}

screen!(ledger_empty, |speech| {
    balance::ledger(speech, &jakarta(), &customer("Budi"), (0, 0), &[])
});
screen!(ledger_of_every_kind, |speech| {
    let entries = Kind::ALL.map(given::entry);
    balance::ledger(speech, &jakarta(), &customer("Budi"), (1, 30), &entries)
});
screen!(report_of_a_deposit, |speech| {
    balance::deposited(speech, &customer("Budi <&>"), &given::deposit(State::Delivered))
});
screen!(report_of_a_credit, |speech| {
    let told = (rupiah(60_000), Outcome::Under);
    order::credited_report(speech, &ordered(State::Credited), &customer("Budi <&>"), told)
});
screen!(too_fast, |speech| manners::too_fast(speech));
screen!(flood, |speech| manners::flood(speech, &customer("Budi <&>")));
screen!(blocked, |speech| manners::blocked(speech));
screen!(language_changed, |speech| {
    welcome::spoken(speech, welcome::keyboard(speech, 2, false))
});
screen!(search_found, |speech| {
    let found = [product("Kopi <Susu>", 5), product("Kopi Hitam", 1)];
    catalogue::found(speech, "kopi & <b>", &found)
});
screen!(terms_of_a_product, |speech| {
    terms::terms(speech, &ordered(State::Paid), &given::terms())
});
screen!(proof_asked, |speech| {
    terms::ask_proof(speech, &ordered(State::Paid), &given::terms(), None)
});
screen!(proof_unfit, |speech| {
    let again = terms::not_a_proof(speech);
    terms::ask_proof(speech, &ordered(State::Paid), &given::terms(), Some(again))
});
screen!(proof_kept, |speech| terms::proven(speech, &ordered(State::Delivered), false));
screen!(proof_replaced, |speech| terms::proven(speech, &ordered(State::Delivered), true));
screen!(proofs_empty, |speech| terms::proofs(speech, &jakarta(), (0, 0), &[]));

#[test]
fn alarms() {
    let keys = include_str!("../../locales/id/owner.ftl").lines();
    let keys = keys.filter_map(|line| Some(line.split_once(" = ")?.0));
    let told = |key: &'static str| {
        read(|speech: Speech<'_>| {
            let store = ("store", "Toko <Contoh>".into());
            let figures = ["figure", "limit", "count", "id", "rows", "sums"];
            let figures = figures.map(|name| (name, 91.into()));
            let words = ["what", "url", "level", "target", "message", "fields", "archive", "size"];
            let words = words.map(|name| (name, "Toko <Contoh>".into()));
            let values: Vec<_> = [store].into_iter().chain(figures).chain(words).collect();
            Screen::plain(speech.say(key, &values))
        })
    };
    let all: String = keys.map(told).collect();
    insta::assert_snapshot!("alarms", all);
}
screen!(own_top_up_open_and_checked, |speech| {
    let open = given::deposit(State::Open);
    let remark = order::checking(speech, &jakarta(), later());
    account::order(speech, &jakarta(), &open, &[], Some(remark))
});
screen!(order_whose_money_is_on_the_balance, |speech| {
    order::in_balance(speech, &ordered(State::Credited), &[line("Kopi", 2)], rupiah(45_000))
});
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
    account::order(speech, &jakarta(), &ordered(State::Open), &[line("Kopi <Susu>", 2)], None)
});
screen!(own_order_delivered, |speech| {
    account::order(speech, &jakarta(), &ordered(State::Delivered), &[line("Kopi", 2)], None)
});
screen!(own_order_expired, |speech| {
    account::order(speech, &jakarta(), &ordered(State::Expired), &[line("Kopi", 2)], None)
});
screen!(order_unknown, |speech| account::no_order(speech));

screen!(goods_of_one_unit, |speech| given::goods(speech, &[("Kopi <Susu>", &[SUN])]));
screen!(goods_of_several_units, |speech| {
    given::goods(speech, &[("Kopi", &[SUN, MOON]), ("Teh", &["kode-1"])])
});
screen!(goods_as_a_file, |speech| given::goods(speech, &[("Kopi", &["  a\tb ", "c"])]));
