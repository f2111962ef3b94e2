//! What stands on the screens, and how a screen is put on paper.

use bot_auto_order::bot::goods::{Part, wrap};
use bot_auto_order::bot::screens::Screen;
use bot_auto_order::bot::screens::order::View;
use bot_auto_order::bot::{Picture, Speech};
use bot_auto_order::primitives::{
    CategoryId, CouponId, CustomerId, Language, OrderId, PaymentId, ProductId, Rupiah, Secret,
    Timestamp, UserId, Zone,
};
use bot_auto_order::shop::cart::{self, Cart};
use bot_auto_order::shop::catalogue::{Category, Page, Product, Shelf};
use bot_auto_order::shop::coupons::{self, Coupon};
use bot_auto_order::shop::customers::Customer;
use bot_auto_order::shop::orders::{Line, Order, Purpose, State};
use bot_auto_order::shop::payments::Payment;
use bot_auto_order::shop::stock::Goods;
use bot_auto_order::shop::terms::Terms;
use bot_auto_order::shop::wallet::{Entry, Kind};
use bot_auto_order::telegram::{Html, InlineKeyboard, Markup};

pub const SUN: &str = "matahari@toko.test:sandi<1>&";
pub const MOON: &str = "bulan@toko.test:sandi2";

/// A screen on paper.
pub struct Shown(pub String);

fn inline(buttons: &InlineKeyboard) -> String {
    let rows = buttons.rows().iter().map(|row| {
        let row: Vec<String> = row.iter().map(|button| format!("[{}]", button.text())).collect();
        row.join(" ") + "\n"
    });
    rows.collect()
}

fn on_paper(text: &Html, markup: Option<&Markup>) -> String {
    let buttons = match markup {
        None => String::new(),
        Some(Markup::Inline(buttons)) => inline(buttons),
        Some(Markup::Reply(keyboard)) => {
            let rows = keyboard.rows().iter().map(|row| format!("⌨ {}\n", row.join(" | ")));
            rows.collect()
        }
        Some(other) => format!("{other:?}\n"),
    };
    format!("{}\n{buttons}", text.plain())
}

impl From<Screen> for Shown {
    fn from(screen: Screen) -> Self {
        Self(on_paper(&screen.text, screen.markup.as_ref()))
    }
}

impl From<View> for Shown {
    fn from(view: View) -> Self {
        let picture = match &view.picture {
            None => String::new(),
            Some(Picture::Qr(text)) => format!("(QR of {text})\n"),
            Some(other) => format!("({other:?} picture)\n"),
        };
        let text = on_paper(&view.text, Some(&Markup::Inline(view.buttons)));
        Self(picture + &text)
    }
}

/// The goods as they come, part by part.
pub fn goods(speech: Speech<'_>, goods: &[(&str, &[&str])]) -> Shown {
    let unit = |unit: &&str| Secret::new((*unit).to_owned());
    let line = |(name, units): &(&str, &[&str])| Goods {
        name: (*name).to_owned(),
        units: units.iter().map(unit).collect(),
    };
    let goods: Vec<Goods> = goods.iter().map(line).collect();
    let parts = wrap(speech, "ABCD2345", &goods).into_iter().map(|part| match part {
        Part::Message(text, buttons) => on_paper(&text, Some(&Markup::Inline(buttons))),
        Part::File { name, bytes, caption } => {
            let content = String::from_utf8(bytes).expect("goods are text");
            format!("{}({name}:)\n{}\n", on_paper(&caption, None), content.escape_debug())
        }
    });
    Shown(parts.collect::<Vec<_>>().join("· · ·\n"))
}

pub fn rupiah(amount: i64) -> Rupiah {
    Rupiah::try_from(amount).expect("an amount")
}

pub fn jakarta() -> Zone {
    Zone::named("Asia/Jakarta").expect("it is built in")
}

/// 2026-11-22 20:05:00 WIB.
pub fn now() -> Timestamp {
    Timestamp::from_rfc3339("2026-11-22T13:05:00Z").expect("an instant")
}

pub fn later() -> Timestamp {
    Timestamp::from_rfc3339("2026-11-22T13:09:41Z").expect("an instant")
}

pub fn customer(name: &str) -> Customer {
    Customer {
        id: CustomerId(1),
        user_id: UserId(5_000_000_001),
        name: name.to_owned(),
        language: Language::Id,
        balance: rupiah(75_000),
        shown_category: None,
        question: None,
        actions: 1,
        warned_at: None,
        blocked_at: None,
        told_blocked_at: None,
        created_at: now(),
    }
}

pub fn product(name: &str, stock: i64) -> Product {
    Product {
        id: ProductId(7),
        code: "KODE".to_owned(),
        name: name.to_owned(),
        price: rupiah(30_000),
        description: "Garansi <penuh> & tanpa iklan.".to_owned(),
        category: Some("Minuman & <Es>".to_owned()),
        stock,
        sold: 41,
        picture: None,
    }
}

pub fn page(number: i64, pages: i64, products: Vec<Product>) -> Page {
    let shelf = Shelf { category: None, with_sold_out: false };
    Page { shelf, number, pages, total: pages * 5, products }
}

pub fn category(name: &str, emoji: &str) -> Category {
    let (name, emoji) = (name.to_owned(), emoji.to_owned());
    Category { id: CategoryId(3), slug: "slug".to_owned(), name, emoji }
}

/// A cart of name, quantity, price now and price seen; there are five of everything.
pub fn cart(lines: &[(&str, i64, i64, i64)]) -> Cart {
    let line = |(name, quantity, price, seen): &(&str, i64, i64, i64)| cart::Line {
        product_id: ProductId(7),
        name: (*name).to_owned(),
        quantity: *quantity,
        price: rupiah(*price),
        price_seen: rupiah(*seen),
        stock: 5,
    };
    Cart { lines: lines.iter().map(line).collect(), coupon: None }
}

pub fn line(name: &str, quantity: i64) -> Line {
    Line { product_id: ProductId(7), name: name.to_owned(), price: rupiah(30_000), quantity }
}

pub fn ordered(state: State) -> Order {
    Order {
        id: OrderId(9),
        customer_id: CustomerId(1),
        purpose: Purpose::Goods,
        code: "ABCD2345".to_owned(),
        state,
        amount: rupiah(60_000),
        discount: Rupiah::ZERO,
        from_balance: Rupiah::ZERO,
        coupon_id: None,
        message_id: None,
        message_kind: None,
        placed_at: now(),
        expires_at: Timestamp::from_rfc3339("2026-11-22T13:20:00Z").expect("an instant"),
        paid_at: None,
        closed_at: None,
    }
}

/// An order with a coupon, of which the balance carries a part.
pub fn reduced(state: State) -> Order {
    let (discount, from_balance) = (rupiah(6_000), rupiah(20_000));
    Order { amount: rupiah(54_000), discount, from_balance, ..ordered(state) }
}

pub fn deposit(state: State) -> Order {
    Order { purpose: Purpose::Deposit, ..ordered(state) }
}

pub fn coupon() -> Coupon {
    Coupon {
        id: CouponId(2),
        code: "HEMAT10".to_owned(),
        kind: coupons::Kind::Percent,
        value: 10,
        max_uses: None,
        per_customer: None,
        valid_from: None,
        valid_until: None,
        active: true,
        used: 0,
    }
}

pub fn entry(kind: Kind) -> Entry {
    let note = (kind == Kind::Adjustment).then(|| "Kompensasi <gangguan>".to_owned());
    let amount = if kind == Kind::Purchase { -30_000 } else { 30_000 };
    let order_code = Some("ABCD2345".to_owned());
    Entry { kind, amount, balance_after: rupiah(75_000), order_code, note, at: now() }
}

pub fn terms() -> Terms {
    let (name, body) =
        ("Kopi <Susu>".to_owned(), "1. Jangan & dibagikan.\n2. <b>Bukan tebal</b>.".to_owned());
    Terms { product_id: ProductId(7), name, language: Language::Id, body }
}

pub fn payment() -> Payment {
    Payment {
        id: PaymentId(4),
        order_id: OrderId(9),
        reference: "ABCD2345-1".to_owned(),
        amount: rupiah(60_000),
        state: "pending".to_owned(),
        txn_id: Some("txn".to_owned()),
        total: Some(rupiah(60_730)),
        fee: Some(rupiah(730)),
        qr_string: Some("00020101…".to_owned()),
        page_url: Some("https://bayar.test/pay-v2/txn".to_owned()),
        last_check_at: None,
    }
}
