//! Every button that can be reached from /start is pressed once: it is answered, and one can go back.

use std::collections::{BTreeSet, VecDeque};

use bot_auto_order::sandbox::pakasir::State;
use bot_auto_order::sandbox::telegram::{Action, Person, Seen};
use serde_json::json;

use crate::given::{ADMIN, Plan, TestShop, products};
use crate::journey;

/// How many buttons deep the walk goes, and how deep a seller's.
const DEEPEST: usize = 7;
const SELLERS_DEEPEST: usize = 4;
/// What changes the shop for every later walk; these have stories of their own.
const CHANGING: [&str; 4] =
    ["✅ Ya, lanjutkan", "⏸ Berhenti Jual", "⏸ Sembunyikan", "🧪 Mulai Uji Coba"];

#[derive(Debug, Clone, PartialEq)]
enum Hop {
    /// A key of the main keyboard.
    Key(String),
    /// A button under the newest screen.
    Button(String),
    /// The bank pays the open invoice.
    Bank,
}

fn shop_with_everything() -> Plan {
    let goods: Vec<_> = [
        ("KOPI", "Kopi"),
        ("TEH", "Teh"),
        ("SUSU", "Susu"),
        ("AIR", "Air"),
        ("JUS", "Jus"),
        ("ES", "Es"),
    ]
    .into_iter()
    .map(|(code, name)| (code, name, 30_000, 400))
    .collect();
    let mut catalogue = products(&goods);
    catalogue["categories"] = json!([{"slug": "dingin", "name": "Dingin", "emoji": "🧊"}]);
    catalogue["products"][0]["category"] = json!("dingin");
    catalogue["products"][0]["terms"] = json!({"id": "Habiskan hari ini."});
    Plan::with(catalogue)
}

/// What a screen is, whatever numbers stand in it.
fn kind_of(screen: &Seen) -> String {
    let line = screen.text.lines().next().unwrap_or_default();
    let words: String = line.chars().filter(|c| c.is_alphabetic() || *c == ' ').collect();
    let keys: Vec<String> = buttons(screen)
        .map(|label| label.chars().filter(|c| !c.is_ascii_digit()).collect())
        .collect();
    let words: Vec<&str> = words.split_whitespace().take(2).collect();
    format!("{} {}", words.join(" "), keys.join("|"))
}

/// The buttons that tell the bot something.
fn buttons(screen: &Seen) -> impl Iterator<Item = String> + '_ {
    let all = screen.buttons.iter().flatten();
    all.filter(|button| matches!(button.action, Action::Data(_))).map(|button| button.text.clone())
}

fn bots(person: &Person) -> Vec<Seen> {
    person.messages().into_iter().filter(|seen| seen.from_bot).collect()
}

/// Does one thing and returns the screen it led to; `None` when what stands there says it already.
async fn hop(shop: &TestShop, person: &Person, at: Option<&Seen>, hop: &Hop) -> Option<Seen> {
    let before = bots(person);
    let answers = shop.stage.telegram.calls().len();
    match hop {
        Hop::Key(label) => drop(person.say(label)),
        Hop::Button(label) => drop(person.press_on(at.expect("a screen").id, label)),
        Hop::Bank => {
            let all = shop.stage.project.transactions();
            let sale = all.into_iter().rfind(|sale| sale.state == State::Pending);
            let sale = sale.expect("an open invoice");
            shop.stage.project.pay(&sale.txn_id).expect("paid");
        }
    }
    for _ in 0..4 {
        shop.pass(3).await;
    }
    let said = shop.stage.telegram.calls();
    let reacted = said[answers..].iter().any(|call| call.chat == Some(person.id().into()));
    assert!(reacted, "{hop:?} met with silence: {}", person.dump());
    let after = bots(person);
    let news = |seen: &&Seen| {
        !before.iter().any(|old| {
            old.id == seen.id && old.text == seen.text && old.buttons.len() == seen.buttons.len()
        })
    };
    after.iter().filter(news).max_by_key(|seen| (!seen.buttons.is_empty(), seen.id)).cloned()
}

async fn walk(shop: &TestShop, admin: bool) -> BTreeSet<(String, String)> {
    let keys = if admin {
        vec!["⚙️ Admin Settings"]
    } else {
        vec![
            "🛍 Semua Produk",
            "🗂 Kategori",
            "🏷 Cek Stok",
            "🧺 Keranjang",
            "📦 Pesanan Saya",
            "💰 Deposit",
            "ℹ️ Informasi",
            "📖 Cara Order",
            "1️⃣",
            "/saldo",
            "/bantuan",
            "/batal",
        ]
    };
    let mut waiting: VecDeque<Vec<Hop>> =
        keys.into_iter().map(|key| vec![Hop::Key(key.to_owned())]).collect();
    let mut pressed = BTreeSet::new();
    let mut walks = 0;
    while let Some(path) = waiting.pop_front() {
        walks += 1;
        let id = if admin { ADMIN.0 } else { 1000 + walks };
        let person = shop.person(id, "Budi");
        person.say("/start");
        person.sees_text("Selamat datang").await;
        shop.pass(3).await;
        let mut screen = None;
        for step in &path {
            let next = hop(shop, &person, screen.as_ref(), step).await;
            screen = next.or(screen);
        }
        assert!(!person.keyboard().is_empty(), "the main keyboard is gone: {}", person.dump());
        let Some(screen) = screen else { continue };
        if path.len() >= if admin { SELLERS_DEEPEST } else { DEEPEST } {
            continue;
        }
        let kind = kind_of(&screen);
        let kept = |label: &String| !admin || !CHANGING.contains(&label.as_str());
        let mut next: Vec<Hop> = buttons(&screen).filter(kept).map(Hop::Button).collect();
        if next.iter().any(|hop| *hop == Hop::Button("🔄 Cek Pembayaran".to_owned())) {
            next.push(Hop::Bank);
        }
        for hop in next {
            let name = match &hop {
                Hop::Button(label) => label.chars().filter(|c| !c.is_ascii_digit()).collect(),
                other => format!("{other:?}"),
            };
            if pressed.insert((kind.clone(), name)) {
                waiting.push_back([path.clone(), vec![hop]].concat());
            }
        }
    }
    pressed
}

journey!(every_button_of_a_customer_is_answered, shop_with_everything(), |shop| {
    let pressed = walk(shop, false).await;
    let labels: BTreeSet<&str> = pressed.iter().map(|(_, label)| label.as_str()).collect();
    for label in [
        "➖",
        "➕",
        "🧺 Lanjut ke Keranjang",
        "❌ Batal",
        "⬅️ Sebelumnya",
        "➡️ Berikutnya",
        "🔄 Refresh",
        "🎟️ Gunakan Kupon",
        "💳 Lanjut ke Pembayaran",
        "💠 QRIS",
        "💼 Saldo",
        "🔄 Cek Pembayaran",
        "❌ Batalkan Pesanan",
        "✅ Penuhi SNK",
        "🧾 Riwayat Saldo",
        "🌐 English",
        "Bank",
    ] {
        assert!(labels.contains(label), "never reached {label}: {labels:?}");
    }
    assert!(pressed.len() >= 50, "only {} buttons: {pressed:?}", pressed.len());
});

journey!(every_button_of_a_seller_is_answered, shop_with_everything(), |shop| {
    let pressed = walk(shop, true).await;
    let labels: BTreeSet<&str> = pressed.iter().map(|(_, label)| label.as_str()).collect();
    for label in ["➕ Produk Baru", "➕ Kategori Baru", "➕ Tambah Stok", "👥 Semua", "🗂 Bukti SNK"]
    {
        assert!(labels.contains(label), "never reached {label}: {labels:?}");
    }
    assert!(pressed.len() >= 40, "only {} buttons: {pressed:?}", pressed.len());
});

journey!(every_question_can_be_left_in_every_way, shop_with_everything(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    for leave in ["❌ Batal", "/batal", "🛍 Semua Produk", "📖 Cara Order", "/pesanan"] {
        shop.pass(6).await;
        budi.say("/saldo");
        shop.pass(6).await;
        let asked = "SELECT COUNT(*) FROM customers WHERE question IS NOT NULL";
        assert_eq!(shop.count(asked).await, 1);
        budi.say(leave);
        shop.pass(6).await;
        assert_eq!(shop.count(asked).await, 0, "{leave}");
    }
});
