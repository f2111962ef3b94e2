//! Looking around: pages, categories, what is sold out, and the stock at a glance.

use bot_auto_order::primitives::{ProductId, fingerprint};
use bot_auto_order::sandbox::telegram::{Person, Seen};
use bot_auto_order::shop::stock;
use bot_auto_order::{execute, sql};
use serde_json::json;

use crate::given::{ADMIN, Plan, TestShop, products};
use crate::journey;

fn twelve_drinks() -> Plan {
    let names: Vec<(String, String)> =
        (1..=12).map(|n| (format!("MINUM{n:02}"), format!("Minuman {n}"))).collect();
    let goods: Vec<_> =
        names.iter().map(|(code, name)| (code.as_str(), name.as_str(), 10_000, 1)).collect();
    Plan::with(products(&goods))
}

/// The lines of a list that name a product.
fn listed(list: &Seen) -> Vec<String> {
    let numbered =
        |line: &&str| line.split_once(". ").is_some_and(|(n, _)| n.parse::<u8>().is_ok());
    list.text.lines().filter(numbered).map(str::to_owned).collect()
}

async fn list_of(person: &Person, page: &str) -> Seen {
    person.sees_text(&format!("Halaman {page}")).await
}

journey!(a_long_list_is_turned_in_place, twelve_drinks(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    budi.tap("Semua Produk");
    let first = list_of(&budi, "1 dari 3").await;
    assert_eq!(listed(&first).len(), 5);
    assert!(first.button("Sebelumnya").is_none() && first.button("Berikutnya").is_some());
    budi.press("Berikutnya");
    let second = list_of(&budi, "2 dari 3").await;
    assert_eq!(listed(&second)[0], "6. Minuman 6");
    budi.press("Berikutnya");
    let third = list_of(&budi, "3 dari 3").await;
    assert_eq!(listed(&third), ["11. Minuman 11", "12. Minuman 12"]);
    assert!(third.button("Berikutnya").is_none());
    budi.press("Sebelumnya");
    let again = list_of(&budi, "2 dari 3").await;
    assert!([&second, &third, &again].iter().all(|page| page.id == first.id), "one message");
    assert_eq!(again.edits, 3);

    budi.press("8️⃣");
    let card = budi.sees_text("Jumlah:").await;
    assert!(card.text.contains("Minuman 8"), "{}", card.text);
    assert_eq!(card.id, first.id, "the card takes the list's place");
    shop.quiet().await;
    let presses = shop.stage.telegram.calls();
    let answered = presses.iter().filter(|call| call.method == "answerCallbackQuery");
    assert_eq!(answered.filter(|call| call.code == 200).count(), 4, "every press is answered");
});

journey!(a_list_that_shrank_is_still_turned, twelve_drinks(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/produk");
    list_of(&budi, "1 dari 3").await;
    budi.press("Berikutnya");
    let second = list_of(&budi, "2 dari 3").await;
    shop.change("UPDATE products SET active = FALSE WHERE code > 'MINUM04'").await;
    budi.press_on(second.id, "Berikutnya");
    let only = list_of(&budi, "1 dari 1").await;
    assert_eq!(listed(&only).len(), 4);
    budi.say("5");
    budi.sees_text("Tidak ada produk nomor 5").await;
});

fn two_categories() -> Plan {
    let unit = |code: &str| json!([format!("{code}-secret-1")]);
    Plan::with(json!({
        "categories": [
            {"slug": "film", "name": "Film", "emoji": "🎬"},
            {"slug": "musik", "name": "Musik <3", "emoji": "🎧"},
        ],
        "products": [
            {"code": "A", "name": "Bioskop", "price": 50_000, "category": "film", "units": unit("a")},
            {"code": "B", "name": "Habis", "price": 40_000, "category": "film"},
            {"code": "C", "name": "Ditarik", "price": 30_000, "category": "film", "active": false,
             "units": unit("c")},
            {"code": "D", "name": "Lagu", "price": 20_000, "category": "musik", "units": unit("d")},
            {"code": "E", "name": "Tanpa Kategori", "price": 10_000, "units": unit("e")},
        ],
    }))
}

journey!(a_category_lists_only_what_it_has, two_categories(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    budi.tap("Kategori");
    budi.sees_text("Pilih kategori").await;
    budi.press("Film");
    let films = list_of(&budi, "1 dari 1").await;
    assert_eq!(listed(&films), ["1. Bioskop"], "{}", films.text);
    budi.say("1");
    let card = budi.sees_text("Jumlah:").await;
    assert!(card.text.contains("Bioskop") && card.text.contains("Kategori: Film"), "{}", card.text);

    budi.tap("Kategori");
    budi.sees_text("Pilih kategori").await;
    budi.press("Musik <3");
    let music = budi.sees_text("Musik <3").await;
    assert_eq!(listed(&music), ["1. Lagu"], "{}", music.text);
    budi.say("1");
    // A number counts through the list on show.
    budi.sees_text("🏷 Lagu").await;

    shop.advance(6);
    budi.tap("Kategori");
    budi.sees_text("Pilih kategori").await;
    budi.press("Semua Produk");
    let all = budi.sees_text("3. Tanpa Kategori").await;
    assert_eq!(listed(&all), ["1. Bioskop", "2. Lagu", "3. Tanpa Kategori"], "{}", all.text);
});

journey!(an_empty_shop_is_friendly, Plan::with(json!({})), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    budi.tap("Semua Produk");
    budi.sees_text("Belum ada produk yang bisa dibeli").await;
    budi.tap("Kategori");
    budi.sees_text("Belum ada kategori").await;
    budi.say("1");
    budi.sees_text("Tidak ada produk nomor 1").await;
    shop.advance(6);
    budi.tap("Cek Stok");
    budi.sees_text("Mampir lagi").await;
    shop.quiet().await;
    let friendly = shop.sent_to(&budi).iter().filter(|text| text.contains("Mampir lagi")).count();
    assert_eq!(friendly, 2, "{}", budi.dump());
    assert_eq!(shop.dead_letters().await, Vec::<String>::new());
});

fn one_sold_out() -> Plan {
    Plan::with(products(&[("KOPI", "Kopi Susu", 30_000, 2), ("TEH", "Teh Manis", 12_000, 0)]))
}

journey!(what_is_sold_out_only_the_seller_sees, one_sold_out(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    budi.tap("Semua Produk");
    let list = list_of(&budi, "1 dari 1").await;
    assert_eq!(listed(&list), ["1. Kopi Susu"]);
    budi.tap("Cek Stok");
    let stock = budi.sees_text("Stok saat ini").await;
    assert!(!stock.text.contains("Teh Manis"), "{}", stock.text);
    assert!(!budi.keyboard().concat().contains(&"2️⃣".to_owned()), "{:?}", budi.keyboard());

    let seller = shop.person(ADMIN.0, "Bu Rina");
    seller.say("/produk");
    let list = list_of(&seller, "1 dari 1").await;
    assert_eq!(listed(&list), ["1. Kopi Susu", "2. Teh Manis"]);
    assert!(list.text.contains("stok habis"), "{}", list.text);
    seller.say("2");
    let card = seller.sees_text("🏷 Teh Manis").await;
    assert!(card.text.contains("Stoknya sedang habis"), "{}", card.text);
    assert!(card.button("Keranjang").is_none(), "what is sold out cannot be bought");
});

/// Moves the clock to the beginning of a minute.
fn at_the_beginning_of_a_minute(shop: &TestShop) {
    let into = u64::try_from(shop.clock.now().seconds() % 60).expect("between 0 and 59");
    shop.advance(61 - into);
}

journey!(stock_refreshed_twice_in_a_minute_changes_nothing, |shop| {
    let budi = shop.person(101, "Budi");
    at_the_beginning_of_a_minute(shop);
    budi.say("🏷 Cek Stok");
    let stock = budi.sees_text("Stok saat ini").await;
    assert!(stock.text.contains("Kopi Susu: 5\nTeh Manis: 3"), "{}", stock.text);
    budi.press("Refresh");
    shop.quiet().await;
    let unchanged = budi.sees_text("Stok saat ini").await;
    assert_eq!((unchanged.id, unchanged.edits), (stock.id, 0));
    assert_eq!(budi.messages().len(), 2, "{}", budi.dump());
    let wrong = "SELECT COUNT(*) FROM outbox WHERE state NOT IN ('sent', 'dropped')";
    assert_eq!(shop.count(wrong).await, 0, "nothing failed, nothing waits");

    shop.advance(60);
    budi.press("Refresh");
    let later = budi.sees(|messages| messages.iter().find(|seen| seen.edits == 1).cloned()).await;
    assert_eq!(later.id, stock.id, "a minute later the same message shows the new time");
});

fn twice_the_same() -> Plan {
    Plan::with(json!({"products": [
        {"code": "A", "name": "Akun", "price": 10_000, "units": ["user:pass", "user:pass "]},
        {"code": "B", "name": "Akun Promo", "price": 8_000, "units": ["\tuser:pass\n", "other:pass"]},
    ]}))
}

journey!(the_same_unit_is_for_sale_once, twice_the_same(), |shop| {
    assert_eq!(shop.stock().await, 2, "whichever product it came under");
    // As it was marked when the blanks around it still counted.
    let mark = |plain: &str| fingerprint(&shop.store().pepper, plain.as_bytes());
    let statement = sql!("UPDATE units SET fingerprint = $1 WHERE fingerprint = $2");
    let mut tx = shop.db().write().await.expect("begins");
    let marked = execute!(&mut tx, statement, mark(" other:pass"), mark("other:pass"));
    assert_eq!(marked.expect("marked"), 1);
    let units = [" other:pass".to_owned()];
    let known =
        stock::add(&mut tx, shop.store(), &shop.keyring, ProductId(1), &units, shop.clock.now());
    assert_eq!(known.await.expect("added"), 0);
    drop(tx);
});
