//! From the first tap to the goods.

use crate::given::order;
use crate::journey;

journey!(a_stranger_buys_and_receives_the_goods, |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    order(&budi, "1").await;
    let invoice = budi.sees_text("Bayar sebelum").await;
    assert!(invoice.photo.is_some(), "the invoice is a photo");
    let sale = shop.stage.project.transaction_where(|_| true).await;
    assert_eq!(sale.amount, 30_000);
    assert!(invoice.text.contains("Rp 30.000"), "{}", invoice.text);
    shop.stage.project.pay(&sale.txn_id).expect("paid");
    let goods = budi.sees_text("kopi-secret-1").await;
    assert!(goods.protected, "goods are protected");
    budi.sees_text("Lunas!").await;
    shop.quiet().await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM orders WHERE state = 'delivered'").await, 1);
    assert_eq!(shop.stock().await, 7);
});
