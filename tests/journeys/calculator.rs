//! The seller works out refunds, and changes the factors.

use crate::journey;
use crate::products::{goes, in_the_menu, types};

journey!(refunds_are_worked_out_by_factors_that_can_be_changed, |shop| {
    let rina = in_the_menu(shop).await;
    goes(shop, &rina, "🧮 Calculator", "Contoh: 10000 30 15 0").await;
    types(shop, &rina, "10000 30 15 0", "= Rp 3.500").await;
    types(shop, &rina, "10000 30 15 2", "= Rp 3.000").await;
    types(shop, &rina, "10000 30 25 4", "× 40% (klaim 4) = Rp 3.333").await;
    types(shop, &rina, "10000 0 0 0", "tidak boleh 0").await;
    types(shop, &rina, "sepuluh ribu", "Belum terbaca").await;
    goes(shop, &rina, "⚙️ Ubah Faktor", "sekarang: 80 70 60 50 40").await;
    types(shop, &rina, "90 80 70", "lima angka").await;
    types(shop, &rina, "90 80 70 60 50", "lebih lama 80%").await;
    types(shop, &rina, "10000 30 15 0", "= Rp 4.000").await;
    goes(shop, &rina, "⚙️ Ubah Faktor", "sekarang: 90 80 70 60 50").await;
    types(shop, &rina, "-", "lebih lama 70%").await;
    let versions = "SELECT COUNT(*) FROM settings WHERE name = 'calculator'";
    assert_eq!(shop.count(versions).await, 2);
    let noted = "SELECT COUNT(*) FROM audit WHERE actor = 1 AND action = 'setting.set' \
                 AND subject = 'setting calculator'";
    assert_eq!(shop.count(noted).await, 2);
});
