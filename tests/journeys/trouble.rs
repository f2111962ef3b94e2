//! Trouble that a cold reading foresaw: downtime at the deadline, goods that do not open, data an engine refuses.

use bot_auto_order::sandbox::pakasir::SecretHeader;

use crate::journey;

journey!(paid_while_we_were_down_is_delivered_and_not_expired, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    shop.stop().await;
    shop.stage.project.pay_quietly(&invoice.sale.txn_id).expect("paid");
    // The deadline passes while nobody is there to ask.
    shop.advance(20 * 60);
    shop.start().await;
    budi.sees_text("kopi-secret-1").await;
    shop.quiet().await;
    let paid = "SELECT COUNT(*) FROM payments WHERE outcome = 'paid'";
    assert_eq!(shop.count(paid).await, 1, "in time, because the gateway was asked first");
});

journey!(goods_that_do_not_open_are_paid_all_the_same_and_wait, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    shop.change("UPDATE units SET content_key = 'x' || content_key").await;
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    budi.sees_text("Lunas!").await;
    shop.quiet().await;
    assert_eq!(shop.state(invoice.order).await, "paid");
    shop.change("UPDATE units SET content_key = substr(content_key, 2)").await;
    budi.say("/start");
    budi.sees_text("kopi-secret-1").await;
    shop.quiet().await;
    assert_eq!(shop.state(invoice.order).await, "delivered");
});

journey!(a_callback_that_no_column_can_hold_refuses_nobody, |shop| {
    let body = r#"{"order_id":"\u0000","amount":1,"status":"completed","txn_id":"a"}"#;
    for _ in 0..3 {
        let status = shop.stage.project.callback(body, SecretHeader::Right, None).await;
        assert_eq!(status, 200);
    }
    shop.quiet().await;
    let dead = "SELECT COUNT(*) FROM inbox WHERE source = 'pakasir' AND state = 'dead'";
    assert!(shop.count(dead).await >= 1, "kept and set aside");
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
});
