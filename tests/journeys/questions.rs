//! An open question hears its answers and nothing else: whoever wants something else gets that.

use crate::coupons::is_asked;
use crate::given::{Plan, products};
use crate::journey;

fn shelf() -> Plan {
    let mut catalogue =
        products(&[("KOPI", "Kopi Susu", 45_000, 3), ("TEH", "Teh Manis", 12_000, 3)]);
    catalogue["products"][0]["terms"] = serde_json::json!({"id": "Kirim tangkapan layar."});
    Plan::with(catalogue)
}

journey!(the_question_for_a_sum_leaves_digits_and_names_alone, shelf(), |shop| {
    let budi = shop.person(101, "Budi");
    for (typed, opens) in
        [("2️⃣", "Teh Manis"), ("1", "Kopi Susu"), ("teh", "Teh Manis"), ("kopi", "Kopi Susu")]
    {
        budi.say("/saldo");
        budi.sees_text("Mau isi saldo?").await;
        shop.pass(6).await;
        budi.say(typed);
        shop.pass(6).await;
        let told = shop.sent_to(&budi).pop().expect("an answer");
        assert!(told.contains(opens) && told.contains("Jumlah:"), "{typed}: {told}");
    }
    // Whoever says thanks is not nagged, and a sum is no answer any more once the question was left.
    budi.say("/saldo");
    budi.sees_text("Mau isi saldo?").await;
    shop.pass(6).await;
    let before = shop.sent_to(&budi).len();
    budi.say("terima kasih");
    shop.pass(6).await;
    assert_eq!(shop.sent_to(&budi).len(), before);
    budi.say("50000");
    shop.pass(6).await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM orders").await, 0);
});

journey!(a_digit_key_or_a_command_is_no_coupon, shelf(), |shop| {
    let budi = shop.person(101, "Budi");
    for typed in ["2️⃣", "/apa"] {
        is_asked(&budi, "1").await;
        shop.pass(6).await;
        budi.say(typed);
        shop.pass(6).await;
    }
    let told = shop.sent_to(&budi);
    assert!(!told.iter().any(|text| text.contains("Kupon itu tidak ada")), "{told:?}");
    assert!(told.iter().any(|text| text.contains("Teh Manis") && text.contains("Jumlah:")));
    let open = "SELECT COUNT(*) FROM customers WHERE question IS NOT NULL";
    assert_eq!(shop.count(open).await, 0);
});

journey!(a_digit_key_never_becomes_a_proof, shelf(), |shop| {
    let budi = shop.person(101, "Budi");
    crate::given::order(&budi, "1").await;
    let sale = shop.stage.project.transaction_where(|_| true).await;
    shop.stage.project.pay(&sale.txn_id).expect("paid");
    for typed in ["2️⃣", "🔟", "/apa"] {
        let terms = budi.sees_text("Syarat & ketentuan").await;
        shop.pass(6).await;
        budi.press_on(terms.id, "Penuhi SNK");
        budi.sees_text("Kirim buktinya di sini").await;
        budi.say(typed);
        shop.pass(6).await;
    }
    assert_eq!(shop.count("SELECT COUNT(*) FROM proofs").await, 0);
});
