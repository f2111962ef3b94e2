//! Every screen that shows somebody's text, as a function of that text.

use bot_auto_order::bot::goods::{Part, wrap};
use bot_auto_order::bot::screens::{account, cart, catalogue, order, welcome};
use bot_auto_order::bot::{self, Speech, Texts};
use bot_auto_order::primitives::{
    CustomerId, Language, OrderId, PaymentId, ProductId, Rupiah, Secret, Timestamp, UserId, Zone,
};
use bot_auto_order::sandbox::telegram::read_html;
use bot_auto_order::shop::cart::{Cart, Line as CartLine};
use bot_auto_order::shop::catalogue::{CatalogueFile, Category, Page, Product, Shelf};
use bot_auto_order::shop::customers::{Crowd, Customer};
use bot_auto_order::shop::orders::{Line, Order, Purpose, State};
use bot_auto_order::shop::payments::{Outcome, Payment};
use bot_auto_order::shop::stock::Goods;
use bot_auto_order::telegram::{Html, InlineKeyboard, Markup};
use serde_json::json;

pub(super) const TEXT: usize = 4_096;
const CAPTION: usize = 1_024;
pub(super) const NOW: Timestamp = Timestamp(1_795_300_000_000);
const CROWD: Crowd = Crowd { customers: 1_234, paid_orders: 987 };

/// A screen and what may be put into it.
pub struct Screen {
    pub name: &'static str,
    /// The longest text its source lets through, in characters.
    pub longest: usize,
    /// The most units Telegram takes there.
    pub limit: usize,
    /// Whether the source takes this text at all.
    pub accepts: fn(&str) -> bool,
    /// What of the text is to be seen, before Telegram's own changes.
    pub seen: fn(&str) -> String,
    pub show: fn(Speech<'_>, &str) -> Html,
}

pub(super) const fn screen(
    name: &'static str,
    longest: usize,
    limit: usize,
    show: fn(Speech<'_>, &str) -> Html,
) -> Screen {
    Screen { name, longest, limit, accepts: |_| true, seen: str::to_owned, show }
}

const fn of_product(
    name: &'static str,
    limit: usize,
    show: fn(Speech<'_>, &str) -> Html,
) -> Screen {
    Screen { accepts: names_a_product, ..screen(name, 128, limit, show) }
}

pub const SCREENS: &[Screen] = &[
    Screen {
        seen: shown_name,
        ..screen("the welcome of a person", 200, TEXT, |speech, name| {
            let keyboard = welcome::keyboard(speech, 7, false);
            let told = customer(&met(name));
            welcome::welcome(speech, "Toko", &told, CROWD, keyboard).text
        })
    },
    screen("the welcome to a store", 64, TEXT, |speech, name| {
        let keyboard = welcome::keyboard(speech, 7, true);
        welcome::welcome(speech, name, &customer("Budi"), CROWD, keyboard).text
    }),
    screen("how to order", 64, TEXT, |speech, name| welcome::how_to(speech, name).text),
    screen("the seller's menu", 64, TEXT, |speech, name| {
        bot_auto_order::bot::screens::admin::menu(speech, name, (CROWD, 12), true, None).text
    }),
    screen("the account", 64, TEXT, |speech, name| {
        account::info(speech, &customer(name), 12, &[]).text
    }),
    of_product("the list", TEXT, |speech, name| {
        let products = vec![product(name, 5), product("Teh", 0)];
        sound(catalogue::list(speech, &page(products), None))
    }),
    of_product("the list, sold out", TEXT, |speech, name| {
        sound(catalogue::list(speech, &page(vec![product(name, 0)]), None))
    }),
    Screen {
        accepts: names_a_category,
        ..screen("the list of a category", 64, TEXT, |speech, name| {
            sound(catalogue::list(speech, &page(vec![product("Teh", 1)]), Some(name)))
        })
    },
    Screen {
        accepts: names_a_category,
        ..screen("the categories", 64, TEXT, |speech, name| {
            let category = Category {
                id: bot_auto_order::primitives::CategoryId(3),
                slug: "slug".to_owned(),
                name: name.to_owned(),
                emoji: String::new(),
            };
            let mut text = sound(catalogue::categories(speech, &[category]));
            // Buttons show it, the text does not: it is told here, so that the pattern has it.
            text.push(Html::text(name));
            text
        })
    },
    of_product("the stock", TEXT, |speech, name| {
        let products = [product(name, 5), product("Teh", 0)];
        sound(catalogue::stock(speech, &products, &jakarta(), NOW))
    }),
    of_product("the card", TEXT, |speech, name| {
        sound(catalogue::card(speech, &product(name, 5), 2, Some(4)))
    }),
    screen("a description", 2_000, 2_500, |speech, words| {
        let mut told = product("Kopi", 5);
        words.clone_into(&mut told.description);
        sound(catalogue::card(speech, &told, 2, None))
    }),
    screen("a card's category", 64, TEXT, |speech, name| {
        let mut told = product("Kopi", 0);
        told.category = Some(name.to_owned());
        sound(catalogue::card(speech, &told, 1, None))
    }),
    of_product("the cart", TEXT, |speech, name| {
        let full = Cart { lines: vec![cart_line(name, 5), cart_line("Teh", 1)], coupon: None };
        sound(cart_of(speech, &full, None))
    }),
    of_product("the cart, repriced", TEXT, |speech, name| {
        let mut moved = cart_line(name, 5);
        moved.price_seen = rupiah(1_000);
        let moved = Cart { lines: vec![moved], coupon: None };
        let remark = cart::repriced(speech, &moved.repriced());
        sound(cart_of(speech, &moved, Some(remark)))
    }),
    of_product("the cart, sold out", TEXT, |speech, name| {
        let short = Cart { lines: vec![cart_line("Teh", 1)], coupon: None };
        let remark = cart::sold_out(speech, name, 1);
        sound(cart_of(speech, &short, Some(remark)))
    }),
    of_product("the invoice being made", CAPTION, |speech, name| {
        view(order::invoicing(speech, &ordered(State::Invoicing), &[line(name)]))
    }),
    of_product("the invoice", CAPTION, |speech, name| {
        let open = ordered(State::Open);
        view(order::invoice(speech, &jakarta(), &open, &[line(name)], &payment(), Some(NOW)))
    }),
    of_product("the invoice of many lines", CAPTION, |speech, name| {
        let open = ordered(State::Open);
        let many: Vec<Line> = (0..12).map(|_| line(name)).collect();
        view(order::invoice(speech, &jakarta(), &open, &many, &payment(), None))
    }),
    of_product("the invoice in words", CAPTION, |speech, name| {
        let open = ordered(State::Open);
        let told = order::invoice(speech, &jakarta(), &open, &[line(name)], &payment(), None);
        view(order::invoice_in_words(speech, told))
    }),
    of_product("the receipt", CAPTION, |speech, name| {
        view(order::paid(speech, &ordered(State::Paid), &[line(name), line("Teh")], rupiah(75_000)))
    }),
    of_product("an order that ended", CAPTION, |speech, name| {
        view(order::closed(speech, &ordered(State::Expired), &[line(name)]))
    }),
    of_product("an order that was credited", CAPTION, |speech, name| {
        let told = (rupiah(60_000), Outcome::Under, rupiah(75_000));
        view(order::credited(speech, &ordered(State::Credited), &[line(name)], told))
    }),
    of_product("an own order", TEXT, |speech, name| {
        let delivered = ordered(State::Delivered);
        sound(account::order(speech, &jakarta(), &delivered, &[line(name)], None))
    }),
    of_product("goods under their name", TEXT, |speech, name| {
        let units = vec![Secret::new("akun:sandi".to_owned())];
        let goods = [Goods { name: name.to_owned(), units }];
        match wrap(speech, "ABCD2345", &goods).into_iter().next() {
            Some(Part::Message(text, buttons)) => {
                buttons_are_sound(&buttons);
                text
            }
            _ => Html::text("not a message"),
        }
    }),
];

/// Goods arrive to the letter: as code that is exactly the unit, or as a file that is.
pub fn goods(speech: Speech<'_>, unit: &str) -> Result<(), String> {
    let units = vec![Secret::new(unit.to_owned())];
    let parts = wrap(speech, "ABCD2345", &[Goods { name: "Kopi".to_owned(), units }]);
    let [part] = parts.as_slice() else { return Err(format!("{} parts", parts.len())) };
    match part {
        Part::File { bytes, caption, .. } => {
            read_html(caption.as_str())?;
            let same = bytes == unit.as_bytes();
            same.then_some(()).ok_or(format!("the file of {unit:?} holds {bytes:?}"))
        }
        Part::Message(text, _) => {
            let (shown, entities) = read_html(text.as_str())?;
            let letters: Vec<u16> = shown.encode_utf16().collect();
            let copied = entities.iter().filter(|entity| entity.kind == "code").map(|entity| {
                String::from_utf16_lossy(&letters[entity.offset..entity.offset + entity.length])
            });
            let copied: Vec<String> = copied.collect();
            let same = copied.iter().any(|code| code == unit) && unit.trim() == unit;
            same.then_some(()).ok_or(format!("{unit:?} is copied as {copied:?}"))
        }
    }
}

/// The name as the bot reads it from an update.
pub(super) fn met(name: &str) -> String {
    let update = json!({"update_id": 1, "message": {"message_id": 1, "date": 1, "text": "x",
        "chat": {"id": 5, "type": "private"}, "from": {"id": 5, "first_name": name}}});
    let update = serde_json::from_value(update).expect("an update");
    thread_local!(static TEXTS: Texts = Texts::new());
    let visit = TEXTS.with(|texts| bot::read(&update, texts)).expect("a person in his own chat");
    visit.name
}

/// At most 64 characters of a name, without what surrounds it; nameless people have a number.
pub(super) fn shown_name(name: &str) -> String {
    let kept: String = name.trim().chars().filter(|c| *c != '\0').take(64).collect();
    if kept.is_empty() { "#5".to_owned() } else { kept }
}

fn names_a_product(name: &str) -> bool {
    imports(json!({"products": [{"code": "X", "name": name, "price": 1}]}))
}

fn names_a_category(name: &str) -> bool {
    imports(json!({"categories": [{"slug": "x", "name": name}]}))
}

fn imports(file: serde_json::Value) -> bool {
    let file: CatalogueFile = serde_json::from_value(file).expect("a catalogue");
    file.faults().is_empty()
}

fn cart_of(speech: Speech<'_>, shown: &Cart, remark: Option<Html>) -> bot::screens::Screen {
    cart::cart(speech, shown, &shown.sums().expect("a small sum"), remark)
}

pub(super) fn sound(screen: bot::screens::Screen) -> Html {
    if let Some(Markup::Inline(buttons)) = &screen.markup {
        buttons_are_sound(buttons);
    }
    screen.text
}

fn view(view: order::View) -> Html {
    buttons_are_sound(&view.buttons);
    view.text
}

/// Telegram refuses a button without a visible word, and with it the whole message.
fn buttons_are_sound(buttons: &InlineKeyboard) {
    for button in buttons.rows().iter().flatten() {
        let blank = Html::text(button.text()).is_blank();
        assert!(!blank, "a button says {:?}", button.text());
    }
}

pub(super) fn rupiah(amount: i64) -> Rupiah {
    Rupiah::new(amount).expect("an amount")
}

pub(super) fn jakarta() -> Zone {
    Zone::named("Asia/Jakarta").expect("it is built in")
}

pub(super) fn customer(name: &str) -> Customer {
    Customer {
        id: CustomerId(1),
        user_id: UserId(5),
        name: name.to_owned(),
        language: Language::Id,
        balance: rupiah(75_000),
        shown_category: None,
        question: None,
        actions: 1,
        warned_at: None,
        blocked_at: None,
        told_blocked_at: None,
        created_at: Timestamp(0),
    }
}

fn product(name: &str, stock: i64) -> Product {
    Product {
        id: ProductId(7),
        code: "KODE".to_owned(),
        name: name.to_owned(),
        price: rupiah(30_000),
        description: "Garansi penuh.".to_owned(),
        category: None,
        stock,
        sold: 41,
        picture: None,
    }
}

fn page(products: Vec<Product>) -> Page {
    let shelf = Shelf { category: None, with_sold_out: false };
    Page { shelf, number: 0, pages: 3, total: 15, products }
}

fn cart_line(name: &str, stock: i64) -> CartLine {
    CartLine {
        product_id: ProductId(7),
        name: name.to_owned(),
        quantity: 2,
        price: rupiah(30_000),
        price_seen: rupiah(30_000),
        stock,
    }
}

pub(super) fn line(name: &str) -> Line {
    Line { product_id: ProductId(7), name: name.to_owned(), price: rupiah(30_000), quantity: 2 }
}

pub(super) fn ordered(state: State) -> Order {
    Order {
        id: OrderId(9),
        customer_id: CustomerId(1),
        purpose: Purpose::Goods,
        discount: Rupiah::ZERO,
        from_balance: Rupiah::ZERO,
        coupon_id: None,
        code: "ABCD2345".to_owned(),
        state,
        amount: rupiah(60_000),
        message_id: None,
        message_kind: None,
        placed_at: NOW,
        expires_at: NOW,
        paid_at: None,
        closed_at: None,
    }
}

fn payment() -> Payment {
    Payment {
        id: PaymentId(4),
        order_id: OrderId(9),
        reference: "ABCD2345-1".to_owned(),
        amount: rupiah(60_000),
        state: "pending".to_owned(),
        txn_id: Some("txn".to_owned()),
        total: Some(rupiah(60_730)),
        fee: Some(rupiah(730)),
        qr_string: Some("00020101".to_owned()),
        page_url: Some("https://bayar.test/pay-v2/txn".to_owned()),
        last_check_at: None,
    }
}
