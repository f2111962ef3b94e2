//! Everything a seller set goes into one file, and comes back from it, whole or not at all.

use bot_auto_order::sandbox::telegram::Person;
use serde_json::{Value, json};

use crate::given::{Plan, TestShop};
use crate::journey;
use crate::products::{goes, in_the_menu, types};

/// What the seller can set, as the database holds it.
async fn what_is_set(shop: &TestShop) -> Vec<Vec<String>> {
    let tables = [
        "SELECT s.name || ': ' || s.body FROM settings s WHERE s.body IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM settings n WHERE n.name = s.name AND n.version > s.version) ORDER BY 1",
        "SELECT p.code || p.name || p.price || p.description || COALESCE(p.picture, '') || \
         COALESCE(c.slug, '') || COALESCE(p.low_stock, -1) || CASE WHEN p.active THEN 'on' ELSE 'off' END \
         FROM products p LEFT JOIN categories c ON c.id = p.category_id ORDER BY 1",
        "SELECT slug || name || emoji || position || CASE WHEN active THEN 'on' ELSE 'off' END \
         FROM categories ORDER BY 1",
        "SELECT code || kind || value || COALESCE(max_uses, -1) || CASE WHEN active THEN 'on' ELSE 'off' END \
         FROM coupons ORDER BY 1",
        "SELECT p.code || t.language || t.body FROM product_terms t JOIN products p ON p.id = t.product_id ORDER BY 1",
    ];
    let mut all = Vec::new();
    for sql in tables {
        let rows: Vec<(String,)> = shop.rows(sql).await;
        all.push(rows.into_iter().map(|(row,)| row).collect());
    }
    all
}

fn goods() -> Plan {
    Plan::with(json!({
        "categories": [
            {"slug": "kopi", "name": "Kopi & Teh", "emoji": "☕"},
            {"slug": "lain", "name": "Lain-lain"},
        ],
        "products": [
            {"code": "KOPI", "name": "Kopi Susu", "category": "kopi", "price": 30_000, "low_stock": 7,
             "description": "Manis <sekali>", "terms": {"id": "Jangan dibagikan", "en": "Do not share"},
             "units": ["kopi-secret-1"]},
            {"code": "TEH", "name": "Teh", "price": 12_000, "active": false},
        ],
        "coupons": [{"code": "HEMAT", "kind": "percent", "value": 10, "max_uses": 5}],
    }))
}

/// The bytes of the last file in the chat.
async fn file(shop: &TestShop, rina: &Person) -> Vec<u8> {
    goes(shop, rina, "💾 Unduh Cadangan", "sedang disiapkan").await;
    shop.pass(6).await;
    let sent = rina.messages().into_iter().rev().find_map(|seen| seen.document);
    let (name, bytes) = sent.expect("a file");
    let today = shop.store().zone.date(shop.clock.now());
    assert_eq!(name, format!("toko-{today}.json"));
    bytes.to_vec()
}

async fn hands_in(shop: &TestShop, rina: &Person, bytes: Vec<u8>, shows: &str) {
    goes(shop, rina, "💾 Backup & Restore", "Satu berkas").await;
    goes(shop, rina, "♻️ Pulihkan", "akan diganti").await;
    goes(shop, rina, "✅ Ya, lanjutkan", "Kirim berkas cadangannya").await;
    rina.send_document("cadangan.json", bytes);
    rina.sees_text(shows).await;
    shop.pass(6).await;
    rina.say("/admin");
    shop.pass(6).await;
}

journey!(what_is_set_comes_back_in_an_empty_store, goods(), |shop| {
    let rina = in_the_menu(shop).await;
    goes(shop, &rina, "📝 Kelola Respon Bot", "gayamu").await;
    goes(shop, &rina, "👋 Sambutan", "bawaan").await;
    goes(shop, &rina, "✏️ Ubah", "Kirim teks barunya").await;
    types(shop, &rina, "Hai {nama}!", "Pratinjau").await;
    goes(shop, &rina, "✅ Terbitkan", "buatanmu").await;
    rina.say("🧮 Calculator");
    shop.pass(6).await;
    goes(shop, &rina, "⚙️ Ubah Faktor", "sekarang: 80").await;
    types(shop, &rina, "90 80 70 60 50", "lebih lama 80%").await;
    shop.change("UPDATE products SET picture = 'a-picture' WHERE code = 'KOPI'").await;
    shop.change("UPDATE categories SET active = FALSE WHERE slug = 'lain'").await;
    rina.say("💾 Backup & Restore");
    rina.sees_text("Satu berkas").await;
    shop.pass(6).await;
    let saved = file(shop, &rina).await;
    let text = String::from_utf8(saved.clone()).expect("text");
    assert!(!text.contains("secret"), "no unit and no key is in it");

    let other = Plan::with(json!({})).open(shop.engine()).await;
    let wina = in_the_menu(&other).await;
    hands_in(&other, &wina, saved.clone(), "Pengaturan dipulihkan: 9 hal berubah").await;
    assert_eq!(what_is_set(&other).await, what_is_set(shop).await);
    let noted = "SELECT COUNT(*) FROM audit WHERE actor = 1 AND action IN ('setting.set', 'configuration.restore')";
    assert_eq!(other.count(noted).await, 9, "an entry for each of them");
    // Once more changes nothing.
    hands_in(&other, &wina, saved, "Pengaturan dipulihkan: 0 hal berubah").await;
    assert_eq!(other.count(noted).await, 9);
    // What it does not say of a product that it holds is taken away.
    let mut less: Value = serde_json::from_str(&text).expect("a file");
    less["pictures"] = json!({});
    let terms = less.pointer_mut("/catalogue/products/0/terms").and_then(Value::as_object_mut);
    terms.and_then(|terms| terms.remove("en")).expect("it had terms in English");
    hands_in(&other, &wina, less.to_string().into_bytes(), "2 hal berubah").await;
    assert_eq!(other.count("SELECT COUNT(*) FROM product_terms").await, 1);
    assert_eq!(other.count("SELECT COUNT(*) FROM products WHERE picture IS NOT NULL").await, 0);
    // What the file does not hold goes back to its default; goods stay.
    let mut without: Value = serde_json::from_str(&text).expect("a file");
    without["settings"] = json!({});
    without["catalogue"] = json!({"categories": [], "products": [], "coupons": []});
    hands_in(&other, &wina, without.to_string().into_bytes(), "2 hal berubah").await;
    assert_eq!(other.count("SELECT COUNT(*) FROM products").await, 2);
    let buyer = other.person(70, "Budi");
    buyer.say("/start");
    buyer.sees_text("Selamat datang").await;
    other.close().await;
});

journey!(a_file_that_is_wrong_somewhere_changes_nothing, goods(), |shop| {
    let rina = in_the_menu(shop).await;
    goes(shop, &rina, "💾 Backup & Restore", "Satu berkas").await;
    let saved: Value = serde_json::from_slice(&file(shop, &rina).await).expect("a file");
    let before = what_is_set(shop).await;
    rina.say("/admin");
    shop.pass(6).await;
    let with = |pointer: &str, value: Value| {
        let mut file = saved.clone();
        file["settings"]["calculator"] = "10 10 10 10 10".into();
        *file.pointer_mut(pointer).expect("it is there") = value;
        file.to_string().into_bytes()
    };
    for (bytes, why) in [
        (b"bukan json".to_vec(), "expected value"),
        (with("/format", json!("lain")), "the format is not"),
        (with("/catalogue/products/0/price", json!(-1)), "tidak bisa dipakai"),
        (with("/catalogue/products/0/name", json!("")), "product KOPI"),
        (with("/catalogue/products/0/description", json!("a\0b")), "the character NUL"),
        (with("/pictures", json!({"KOPI": "a\0b"})), "the picture of KOPI"),
        (with("/settings/calculator", json!("banyak")), "calculator: banyak"),
        (with("/settings", json!({"sandi": "x"})), "sandi: ?"),
        (with("/settings", json!({"reply.terms.id": "{\"text\":\"tanpa\"}"})), "reply.terms.id"),
        (
            with(
                "/catalogue/products/1",
                json!({"code": "X", "name": "X", "price": 1, "units": ["u"]}),
            ),
            "units do not belong here",
        ),
    ] {
        hands_in(shop, &rina, bytes, why).await;
        assert_eq!(what_is_set(shop).await, before, "{why}");
    }
    // A text is no file.
    goes(shop, &rina, "💾 Backup & Restore", "Satu berkas").await;
    goes(shop, &rina, "♻️ Pulihkan", "akan diganti").await;
    goes(shop, &rina, "✅ Ya, lanjutkan", "Kirim berkas cadangannya").await;
    types(shop, &rina, "ini dia", "Itu bukan berkas").await;
});
