//! The seller finds a customer, keeps him out, and changes his balance.

use crate::journey;
use crate::products::{goes, in_the_menu, types};

journey!(only_the_one_who_is_blocked_is_refused_until_he_is_let_in, |shop| {
    let budi = shop.person(101, "Budi Santoso");
    let ani = shop.person(102, "Ani");
    for person in [&budi, &ani] {
        person.say("/start");
        person.sees_text("Selamat datang").await;
    }
    let rina = in_the_menu(shop).await;
    goes(shop, &rina, "👥 Kelola User", "3 pelanggan").await;
    goes(shop, &rina, "🔎 Cari User", "ID Telegram").await;
    types(shop, &rina, "999", "Tidak ada pelanggan").await;
    types(shop, &rina, "%", "Tidak ada pelanggan").await;
    types(shop, &rina, "santoso", "Diblokir: tidak").await;
    goes(shop, &rina, "🚫 Blokir", "Diblokir: ya").await;
    budi.say("🛍 Semua Produk");
    budi.sees_text("tidak bisa memakai toko ini").await;
    ani.say("🛍 Semua Produk");
    ani.sees_text("Halaman 1 dari 1").await;
    shop.pass(6).await;
    goes(shop, &rina, "✅ Buka Blokir", "Diblokir: tidak").await;
    budi.say("🛍 Semua Produk");
    budi.sees_text("Halaman 1 dari 1").await;
    shop.pass(6).await;
    goes(shop, &rina, "💰 Kelola Saldo", "jumlah dan catatannya").await;
    types(shop, &rina, "25000", "Catatannya belum ada").await;
    types(shop, &rina, "-1 x", "tidak bisa dilakukan").await;
    types(shop, &rina, "25000 kompensasi", "Saldo: Rp 25.000").await;
    assert_eq!(shop.balance(&budi).await, 25_000);
    let noted = "SELECT COUNT(*) FROM audit WHERE actor = 1 AND subject = 'customer 101' \
                 AND action IN ('customer.block', 'customer.unblock', 'balance.adjust')";
    assert_eq!(shop.count(noted).await, 3);
});
