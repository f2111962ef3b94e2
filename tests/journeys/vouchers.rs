//! The seller makes a voucher by steps, sees how often it is used, and switches it off.

use crate::given::TestShop;
use crate::journey;
use crate::products::{goes, in_the_menu, types};

async fn makes_a_voucher(shop: &mut TestShop) -> bot_auto_order::sandbox::telegram::Person {
    let rina = in_the_menu(shop).await;
    goes(shop, &rina, "🎟️ Kelola Voucher", "0 voucher").await;
    goes(shop, &rina, "➕ Voucher Baru", "langkah 1 dari 5").await;
    types(shop, &rina, "a b", "Pakai 3–32").await;
    types(shop, &rina, "hemat10", "langkah 2 dari 5").await;
    types(shop, &rina, "150%", "Belum terbaca").await;
    types(shop, &rina, "10%", "langkah 3 dari 5").await;
    shop.restart().await;
    types(shop, &rina, "0", "paling sedikit 1").await;
    types(shop, &rina, "2", "langkah 4 dari 5").await;
    goes(shop, &rina, "⏭ Lewati", "langkah 5 dari 5").await;
    types(shop, &rina, "kemarin", "belum terbaca").await;
    types(shop, &rina, "besok 23:59", "Tersimpan").await;
    rina
}

journey!(a_voucher_is_made_used_counted_and_switched_off, |shop| {
    let rina = makes_a_voucher(shop).await;
    let made = "SELECT COUNT(*) FROM coupons WHERE code = 'HEMAT10' AND kind = 'percent' AND value = 10 \
                AND max_uses = 2 AND per_customer IS NULL AND valid_until IS NOT NULL AND active";
    assert_eq!(shop.count(made).await, 1);
    let budi = shop.person(101, "Budi");
    crate::coupons::types(&budi, "1", "HEMAT10").await;
    budi.sees_text("Kupon HEMAT10 dipakai").await;
    shop.pass(6).await;
    budi.press("Lanjut ke Pembayaran");
    budi.sees_text("Pilih cara bayar").await;
    budi.press("QRIS");
    budi.sees_text("Bayar sebelum").await;
    shop.pass(6).await;
    goes(shop, &rina, "⬅️ Kembali", "1 voucher").await;
    goes(shop, &rina, "HEMAT10 · 10% · 1/2×", "Dipakai: 1 kali").await;
    goes(shop, &rina, "⏸ Matikan", "Aktif: tidak").await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM coupons WHERE active").await, 0);
    goes(shop, &rina, "▶️ Aktifkan", "Aktif: ya").await;
    goes(shop, &rina, "⬅️ Kembali", "1 voucher").await;
    goes(shop, &rina, "➕ Voucher Baru", "langkah 1 dari 5").await;
    types(shop, &rina, "HEMAT10", "Sudah ada voucher").await;
    let noted = "SELECT COUNT(*) FROM audit WHERE actor = 1 AND subject = 'coupon HEMAT10' \
                 AND action IN ('coupon.create', 'coupon.active')";
    assert_eq!(shop.count(noted).await, 3);
});
