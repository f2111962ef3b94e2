//! The seller makes, changes and deletes products and categories from the chat.

use bot_auto_order::bot::{Manage, Press, pictures};
use bot_auto_order::sandbox::telegram::Person;

use crate::given::{ADMIN, Plan, TestShop, products};
use crate::journey;

/// The admin before his menu.
pub async fn in_the_menu(shop: &TestShop) -> Person {
    let rina = shop.person(ADMIN.0, "Bu Rina");
    rina.say("/admin");
    rina.sees_text("Admin Settings").await;
    shop.pass(6).await;
    rina
}

/// Presses a button and waits for what it shows.
pub async fn goes(shop: &TestShop, who: &Person, button: &str, shows: &str) {
    who.press(button);
    who.sees_text(shows).await;
    shop.pass(3).await;
}

/// Types an answer and waits for what it shows.
pub async fn types(shop: &TestShop, who: &Person, text: &str, shows: &str) {
    who.say(text);
    who.sees_text(shows).await;
    shop.pass(3).await;
}

/// A buyer who pays for one of the product at this place of the list.
pub async fn buys(shop: &TestShop, buyer: &Person, place: &str) {
    let invoice = shop.invoice(buyer, place).await;
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    buyer.sees_text("-secret-").await;
    shop.pass(6).await;
}

async fn describes_a_product(shop: &TestShop, rina: &Person, code: &str) {
    goes(shop, rina, "📦 Kelola Produk", "Kelola Produk").await;
    goes(shop, rina, "➕ Produk Baru", "langkah 1 dari 6").await;
    types(shop, rina, code, "langkah 2 dari 6").await;
    types(shop, rina, "Netflix <1> Bulan", "langkah 3 dari 6").await;
    types(shop, rina, "Rp 45.000", "langkah 4 dari 6").await;
    goes(shop, rina, "⏭ Lewati", "langkah 5 dari 6").await;
    types(shop, rina, "Akun & garansi", "langkah 6 dari 6").await;
}

journey!(a_product_is_made_by_steps_that_survive_a_restart, |shop| {
    let rina = in_the_menu(shop).await;
    describes_a_product(shop, &rina, "NETFLIX1").await;
    shop.restart().await;
    rina.send_photo(pictures::paid(), "");
    let preview = rina.sees_text("Begini jadinya").await;
    let shown = preview.text.clone();
    for part in ["Netflix <1> Bulan", "NETFLIX1", "Rp 45.000", "Akun & garansi"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(shop.count("SELECT COUNT(*) FROM products WHERE code = 'NETFLIX1'").await, 0);
    shop.pass(6).await;
    goes(shop, &rina, "✅ Simpan", "Stok Netflix <1> Bulan").await;
    types(shop, &rina, "akun1:sandi1\nakun2:sandi2\nakun1:sandi1", "Masuk 2 · sudah ada 1").await;
    goes(shop, &rina, "✅ Selesai", "Siap dijual: 2").await;
    let made = "SELECT COUNT(*) FROM products WHERE code = 'NETFLIX1' AND price = 45000 AND active \
                AND description = 'Akun & garansi' AND picture IS NOT NULL";
    assert_eq!(shop.count(made).await, 1);
    let noted =
        "SELECT COUNT(*) FROM audit WHERE action IN ('product.create', 'units.add') AND actor = 1";
    assert_eq!(shop.count(noted).await, 2);
    // A buyer finds it at once, with its picture.
    let budi = shop.person(101, "Budi");
    budi.say("netflix");
    let card = budi.sees_text("Netflix <1> Bulan").await;
    assert!(card.photo.is_some(), "the card carries the picture");
});

journey!(a_cancelled_wizard_leaves_nothing_and_a_taken_code_is_said_at_once, |shop| {
    let rina = in_the_menu(shop).await;
    let all = "SELECT COUNT(*) FROM products";
    let before = shop.count(all).await;
    goes(shop, &rina, "📦 Kelola Produk", "Kelola Produk").await;
    goes(shop, &rina, "➕ Produk Baru", "langkah 1 dari 6").await;
    types(shop, &rina, "kopi", "sudah dipakai produk lain").await;
    types(shop, &rina, "ko pi", "Kode hanya boleh").await;
    types(shop, &rina, "SUSU", "langkah 2 dari 6").await;
    types(shop, &rina, "Susu", "langkah 3 dari 6").await;
    types(shop, &rina, "murah", "Harganya belum terbaca").await;
    rina.say("/batal");
    rina.sees_text("tidak ada yang disimpan").await;
    shop.pass(6).await;
    rina.say("45000");
    shop.pass(6).await;
    assert_eq!(shop.count(all).await, before);
    assert_eq!(shop.count("SELECT COUNT(*) FROM customers WHERE question IS NOT NULL").await, 0);
    // At any later step a button of the menu leaves it too.
    describes_a_product(shop, &in_the_menu(shop).await, "SUSU").await;
    goes(shop, &rina, "❌ Batal", "Kelola Produk").await;
    assert_eq!(shop.count(all).await, before);
    assert_eq!(shop.count("SELECT COUNT(*) FROM customers WHERE question IS NOT NULL").await, 0);
});

fn sold_out() -> Plan {
    Plan::with(products(&[("KOPI", "Kopi Susu", 30_000, 0), ("TEH", "Teh Manis", 12_000, 3)]))
}

journey!(a_sold_out_product_is_found_changed_and_restocked, sold_out(), |shop| {
    let rina = in_the_menu(shop).await;
    goes(shop, &rina, "📦 Kelola Produk", "Kelola Produk").await;
    goes(shop, &rina, "❗ Kopi Susu · 0", "KOPI").await;
    goes(shop, &rina, "💵 Harga", "harga baru").await;
    types(shop, &rina, "Rp 35.000", "Tersimpan").await;
    goes(shop, &rina, "✏️ Nama", "nama baru").await;
    types(shop, &rina, "Kopi Tubruk", "Tersimpan").await;
    goes(shop, &rina, "🔔 Batas Stok", "tinggal berapa").await;
    types(shop, &rina, "banyak", "satu angka").await;
    types(shop, &rina, "5", "Tersimpan").await;
    goes(shop, &rina, "📜 SNK", "SNK Kopi Tubruk").await;
    goes(shop, &rina, "✏️ SNK Indonesia", "SNK bahasa Indonesia").await;
    types(shop, &rina, "Jangan ganti sandi.", "Tersimpan").await;
    let changed = "SELECT COUNT(*) FROM products WHERE code = 'KOPI' AND price = 35000 \
                   AND name = 'Kopi Tubruk' AND low_stock = 5";
    assert_eq!(shop.count(changed).await, 1);
    let terms =
        "SELECT COUNT(*) FROM product_terms WHERE language = 'id' AND body = 'Jangan ganti sandi.'";
    assert_eq!(shop.count(terms).await, 1);
    let noted = "SELECT COUNT(*) FROM audit WHERE action = 'product.price' AND before = '30000' AND after = '35000'";
    assert_eq!(shop.count(noted).await, 1);
    let budi = shop.person(101, "Budi");
    budi.say("tubruk");
    shop.pass(6).await;
    assert_eq!(shop.sent_to(&budi).len(), 0, "sold out: hidden from customers");
    rina.say("🔐 Kelola Stok");
    rina.sees_text("Kelola Stok").await;
    shop.pass(3).await;
    goes(shop, &rina, "❗ Kopi Tubruk · 0", "Siap dijual: 0").await;
    goes(shop, &rina, "➕ Tambah Stok", "satu baris satu unit").await;
    types(shop, &rina, "k-1", "Masuk 1").await;
    budi.say("tubruk");
    budi.sees_text("Rp 35.000").await;
});

journey!(a_deleted_product_is_gone_and_its_buyers_keep_everything, |shop| {
    let budi = shop.person(101, "Budi");
    buys(shop, &budi, "1").await;
    let rina = in_the_menu(shop).await;
    goes(shop, &rina, "📦 Kelola Produk", "Kelola Produk").await;
    goes(shop, &rina, "▫️ Kopi Susu · 4", "KOPI").await;
    goes(shop, &rina, "🗑 Hapus", "4 stok yang belum terjual").await;
    // Not confirmed in time: nothing happens.
    shop.pass(180).await;
    goes(shop, &rina, "✅ Ya, lanjutkan", "sudah tidak berlaku").await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM products WHERE deleted_at IS NOT NULL").await, 0);
    goes(shop, &rina, "📦 Kelola Produk", "Kelola Produk").await;
    goes(shop, &rina, "▫️ Kopi Susu · 4", "KOPI").await;
    goes(shop, &rina, "🗑 Hapus", "4 stok yang belum terjual").await;
    let asked = rina.messages().last().expect("asked").id;
    goes(shop, &rina, "✅ Ya, lanjutkan", "sudah dihapus; 4 stok ditarik").await;
    let units = "SELECT COUNT(*) FROM units WHERE state = 'voided'";
    assert_eq!(shop.count(units).await, 4);
    assert_eq!(shop.count("SELECT COUNT(*) FROM units WHERE state = 'delivered'").await, 1);
    // The confirmation worked once.
    let data = Press::from(Manage::Confirm(1)).data();
    rina.press_data(asked, &data);
    rina.sees_text("sudah tidak berlaku").await;
    shop.pass(6).await;
    let before = shop.sent_to(&budi).len();
    budi.say("kopi");
    shop.pass(6).await;
    assert_eq!(shop.sent_to(&budi).len(), before, "hidden everywhere");
    budi.say("/pesanan");
    budi.sees_text("Rp 30.000").await;
    // Its code may be used again.
    describes_a_product(shop, &in_the_menu(shop).await, "KOPI").await;
});

journey!(categories_are_made_renamed_moved_and_hidden, |shop| {
    let rina = in_the_menu(shop).await;
    goes(shop, &rina, "🗂 Kelola Kategori", "Kelola Kategori").await;
    for name in ["Streaming", "Musik"] {
        goes(shop, &rina, "➕ Kategori Baru", "nama kategori baru").await;
        types(shop, &rina, name, "Tersimpan").await;
    }
    goes(shop, &rina, "Musik · 0", "Produk: 0").await;
    goes(shop, &rina, "🙂 Emoji", "satu emoji").await;
    types(shop, &rina, "🎵", "Tersimpan").await;
    goes(shop, &rina, "✏️ Nama", "nama baru untuk kategori").await;
    types(shop, &rina, "Lagu", "🎵 Lagu").await;
    goes(shop, &rina, "⬆️ Naik", "Kelola Kategori").await;
    rina.say("📦 Kelola Produk");
    rina.sees_text("2 produk").await;
    shop.pass(3).await;
    goes(shop, &rina, "▫️ Teh Manis · 3", "TEH").await;
    goes(shop, &rina, "🗂 Kategori", "masuk kategori mana").await;
    goes(shop, &rina, "🎵 Lagu", "Kategori: Lagu").await;
    let budi = shop.person(101, "Budi");
    budi.say("🗂 Kategori");
    let list = budi.sees_text("Pilih kategori").await;
    let labels: Vec<&str> =
        list.buttons.iter().flatten().map(|button| button.text.as_str()).collect();
    assert!(
        labels.iter().position(|label| label.contains("Lagu"))
            < labels.iter().position(|label| label.contains("Streaming")),
        "{labels:?}"
    );
    shop.pass(3).await;
    rina.say("🗂 Kelola Kategori");
    rina.sees_text("jumlah produknya").await;
    shop.pass(3).await;
    goes(shop, &rina, "🎵 Lagu · 1", "Produk: 1").await;
    goes(shop, &rina, "⏸ Sembunyikan", "Tampil untuk pembeli: tidak").await;
    budi.say("🗂 Kategori");
    shop.pass(6).await;
    let told = budi.messages().last().expect("an answer").clone();
    assert!(!told.buttons.iter().flatten().any(|button| button.text.contains("Lagu")));
    budi.say("teh");
    budi.sees_text("Teh Manis").await;
});
