//! The seller words the bot's replies himself, and no buyer is ever left without one.

use crate::journey;
use crate::products::{buys, goes, in_the_menu, types};

journey!(a_reply_is_looked_at_published_used_and_brought_back, |shop| {
    let rina = in_the_menu(shop).await;
    let buyer = shop.person(70, "Budi <B>");
    goes(shop, &rina, "📝 Kelola Respon Bot", "gayamu").await;
    goes(shop, &rina, "👋 Sambutan", "bawaan").await;
    rina.sees_text("Halo, <b>{nama}</b>! Selamat datang di <b>{store_name}</b>").await;
    goes(shop, &rina, "✏️ Ubah", "Kirim teks barunya").await;
    types(shop, &rina, "Hai {nam}", "{nam} tidak dikenal di sini. Boleh dipakai: {pelanggan}")
        .await;
    types(shop, &rina, "<b>Hai {nama}", "Formatnya belum benar").await;
    types(shop, &rina, "<b>Hai {nama}</b> di {store_name}!", "Pratinjau").await;
    rina.sees_text("Hai Budi di Toko Budi!").await;
    buyer.say("/start");
    buyer.sees_text("Selamat datang di Toko Uji").await;
    // A restart forgets nothing of what was looked at.
    shop.restart().await;
    goes(shop, &rina, "✅ Terbitkan", "buatanmu").await;
    shop.pass(6).await;
    buyer.say("/start");
    buyer.sees_text("Hai Budi <B> di Toko Uji!").await;
    shop.pass(6).await;

    goes(shop, &rina, "✏️ Ubah", "Kirim teks barunya").await;
    types(shop, &rina, "Versi kedua, {nama}", "Pratinjau").await;
    goes(shop, &rina, "✅ Terbitkan", "Versi kedua, {nama}").await;
    goes(shop, &rina, "🕘 Versi", "yang terbaru di atas").await;
    goes(shop, &rina, "↩️ v1", "Tersimpan").await;
    shop.pass(6).await;
    buyer.say("/start");
    buyer.sees_text("Hai Budi <B> di Toko Uji!").await;
    shop.pass(6).await;

    goes(shop, &rina, "♻️ Bawaan", "bawaan").await;
    buyer.say("/start");
    buyer.sees_text("Selamat datang di Toko Uji").await;
    let versions = "SELECT COUNT(*) FROM settings WHERE name = 'reply.welcome.id'";
    assert_eq!(shop.count(versions).await, 4);
    let noted = "SELECT COUNT(*) FROM audit WHERE actor = 1 AND action = 'setting.set' \
                 AND subject = 'setting reply.welcome.id'";
    shop.pass(2).await;
    assert_eq!(shop.count(noted).await, 4);
});

journey!(what_is_formatted_in_the_chat_arrives_formatted, |shop| {
    let rina = in_the_menu(shop).await;
    goes(shop, &rina, "📝 Kelola Respon Bot", "gayamu").await;
    goes(shop, &rina, "👋 Sambutan", "bawaan").await;
    goes(shop, &rina, "✏️ Ubah", "Kirim teks barunya").await;
    rina.say_formatted(
        "Hai <b>{nama}</b>, <a href=\"https://toko.test/\">kabar kami</a> <i>1 &lt; 2</i>",
    );
    rina.sees_text("Pratinjau").await;
    shop.pass(6).await;
    goes(shop, &rina, "✅ Terbitkan", "buatanmu").await;
    let buyer = shop.person(70, "Budi");
    buyer.say("/start");
    let welcome = buyer.sees_text("Hai Budi, kabar kami 1 < 2").await;
    let kinds: Vec<&str> = welcome.entities.iter().map(|entity| entity.kind.as_str()).collect();
    assert_eq!(kinds, ["bold", "text_link", "italic"]);
});

journey!(a_picture_stands_above_a_reply_and_goes_again, |shop| {
    let rina = in_the_menu(shop).await;
    goes(shop, &rina, "📝 Kelola Respon Bot", "gayamu").await;
    goes(shop, &rina, "👋 Sambutan", "bawaan").await;
    goes(shop, &rina, "✏️ Ubah", "atau foto untuk gambarnya").await;
    rina.send_photo(bot_auto_order::bot::pictures::paid(), "Hai {nama}!");
    rina.sees_text("Pratinjau").await;
    shop.pass(6).await;
    goes(shop, &rina, "✅ Terbitkan", "buatanmu").await;
    let buyer = shop.person(70, "Budi");
    buyer.say("/start");
    buyer.sees_text("Hai Budi!").await;
    let photos = |messages: &[bot_auto_order::sandbox::telegram::Seen]| {
        messages.iter().filter(|seen| seen.from_bot && seen.photo.is_some()).count()
    };
    assert_eq!(photos(&buyer.messages()), 1);
    shop.pass(6).await;
    goes(shop, &rina, "✏️ Ubah", "atau foto untuk gambarnya").await;
    types(shop, &rina, "-", "Pratinjau").await;
    goes(shop, &rina, "✅ Terbitkan", "buatanmu").await;
    shop.pass(6).await;
    buyer.say("/start");
    shop.pass(6).await;
    assert_eq!(photos(&buyer.messages()), 0, "the old welcome went, the new one has no picture");
});

journey!(words_of_its_own_stand_around_the_figures_of_an_order, |shop| {
    let rina = in_the_menu(shop).await;
    for (reply, words) in [
        ("🧾 Tagihan", "Bayar {produk} ({jumlah}) ya {nama}, {total}!"),
        ("✅ Lunas", "Makasih {nama}! {order_id} {produk} {total} {status}"),
        ("🧺 Keranjang", "Keranjang {nama}: {jumlah} barang, {total}"),
        (
            "🏷 Kartu Produk",
            "<b>{produk}</b> {harga} x {jumlah} = {total}, sisa {stok}. Jumlah: {jumlah}",
        ),
    ] {
        goes(shop, &rina, "📝 Kelola Respon Bot", "gayamu").await;
        goes(shop, &rina, reply, "bawaan").await;
        goes(shop, &rina, "✏️ Ubah", "Kirim teks barunya").await;
        types(shop, &rina, words, "Pratinjau").await;
        goes(shop, &rina, "✅ Terbitkan", "buatanmu").await;
        goes(shop, &rina, "⬅️ Kembali", "gayamu").await;
        goes(shop, &rina, "⬅️ Kembali", "Admin Settings").await;
    }
    goes(shop, &rina, "📝 Kelola Respon Bot", "gayamu").await;
    goes(shop, &rina, "🏷 Kartu Produk", "buatanmu").await;
    goes(shop, &rina, "✏️ Ubah", "Kirim teks barunya").await;
    types(shop, &rina, "Beli {produk}", "{harga} harus ada").await;

    let buyer = shop.person(70, "Budi");
    buyer.say("1");
    buyer.sees_text("Kopi Susu Rp 30.000 x 1 = Rp 30.000, sisa 5").await;
    shop.pass(6).await;
    let invoice = shop.invoice(&buyer, "1").await;
    let text = &invoice.shown.text;
    assert!(text.contains("Bayar Kopi Susu × 1 (1) ya Budi, Rp 30."), "{text}");
    assert!(text.contains("Total bayar: Rp 30."), "{text}");
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    buyer.sees_text("Makasih Budi! ").await;
    shop.pass(6).await;
});

journey!(a_broken_wording_costs_nobody_his_message, |shop| {
    let rina = in_the_menu(shop).await;
    // As an older version or a hand in the database left it: one cannot be read, one not be used.
    shop.change(
        "INSERT INTO settings (store_id, name, version, body, set_at) VALUES \
         (1, 'reply.welcome.id', 1, '{\"teks\": 1}', 0), \
         (1, 'reply.paid.id', 1, '{\"text\": \"<b>lunas {order_id}\"}', 0)",
    )
    .await;
    let buyer = shop.person(70, "Budi");
    buyer.say("/start");
    buyer.sees_text("Selamat datang di Toko Uji").await;
    rina.sees_text("👋 Sambutan · 🇮🇩 Indonesia tidak bisa dipakai").await;
    shop.pass(6).await;
    buys(shop, &buyer, "1").await;
    buyer.sees_text("Lunas!").await;
    rina.sees_text("✅ Lunas · 🇮🇩 Indonesia tidak bisa dipakai").await;
    shop.pass(6).await;
    buys(shop, &buyer, "2").await;
    shop.pass(6).await;
    let told =
        shop.sent_to(&rina).iter().filter(|text| text.contains("tidak bisa dipakai")).count();
    assert_eq!(told, 2, "once for each of them");
});
