//! Whatever people call themselves, their goods or their proofs is shown as it is, or refused with a word.

use bot_auto_order::bot::pictures;
use bot_auto_order::primitives::UserId;
use serde_json::json;

use crate::coupons::is_asked;
use crate::given::{ADMIN, Plan, products};
use crate::journey;

/// Markup, marks that turn the writing round, joiners, line breaks, and much of everything.
fn hostile() -> [(&'static str, String); 6] {
    [
        ("markup", "<b>x</b> & <script> &lt; {name} %s".to_owned()),
        ("right to left", "\u{202e}kopi\u{202c} \u{61c}\u{200f}ujung".to_owned()),
        ("joiners", "👩\u{200d}👩\u{200d}👧\u{200d}👦\u{fe0f}\u{200d}".repeat(9)),
        ("line breaks", "satu\r\n\n\tdua\u{2028}tiga".to_owned()),
        ("emoji", "😀".repeat(2048)),
        ("accents", "ẑ̷̢̛͎̈".repeat(60)),
    ]
}

fn shop_of(name: &str) -> Plan {
    let mut catalogue = products(&[("KOPI", "Kopi", 30_000, 9)]);
    catalogue["products"][0]["name"] = json!(name);
    catalogue["products"][0]["description"] = json!(name);
    catalogue["products"][0]["terms"] = json!({"id": name, "en": name});
    Plan::with(catalogue)
}

journey!(
    names_and_proofs_of_every_kind_arrive,
    shop_of("<b>Kopi</b> & \u{202e}ipok\u{202c} 👩\u{200d}👧\n<i>"),
    |shop| {
        let rina = shop.person(ADMIN.0, "Bu <b>Rina</b>");
        rina.say("/start");
        rina.sees_text("Bu <b>Rina</b>").await;
        for (n, (what, words)) in (0..).zip(hostile()) {
            let name: String = words.chars().take(120).collect();
            let buyer = shop.stage.bot.person(UserId(2000 + n), &name).language("id");
            let bought = shop.invoice(&buyer, "1").await;
            shop.stage.project.pay(&bought.sale.txn_id).expect("paid");
            let terms = buyer.sees_text("Syarat & ketentuan").await;
            assert!(terms.text.contains("<b>Kopi</b> &"), "{}", terms.text);
            shop.pass(6).await;
            buyer.press_on(terms.id, "Penuhi SNK");
            buyer.sees_text("Kirim buktinya di sini").await;
            if n % 2 == 0 {
                buyer.say(&words);
            } else {
                let caption: String = words.chars().take(500).collect();
                buyer.send_photo(pictures::paid(), &caption);
            }
            buyer.sees_text("sudah kami terima").await;
            shop.pass(6).await;
            buyer.say("🎟️");
            buyer.say(&words);
            for button in ["ℹ️ Informasi", "📦 Pesanan Saya", "💰 Deposit"] {
                buyer.say(button);
                shop.pass(6).await;
            }
            buyer.say(&words);
            shop.pass(6).await;
            // Telegram itself takes away marks that turn the writing round; the letters stay.
            let letters =
                |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            let first: String = letters(&words).chars().take(12).collect();
            let shown =
                rina.messages().into_iter().any(|seen| letters(&seen.text).contains(&first));
            assert!(shown, "{what} did not reach the admin: {}", rina.dump());
            assert_eq!(shop.dead_letters().await, Vec::<String>::new(), "{what}");
            let failed = "SELECT COUNT(*) FROM outbox WHERE state = 'dead'";
            assert_eq!(shop.count(failed).await, 0, "a send failed for good: {what}");
        }
        let refused = shop.stage.telegram.calls();
        let refused: Vec<_> = refused.iter().filter(|call| call.code == 400).collect();
        assert!(refused.is_empty(), "Telegram refused: {refused:?}");
    }
);

journey!(coupons_of_every_kind_are_refused_with_a_word, shop_of("Kopi"), |shop| {
    let budi = shop.person(101, "Budi");
    is_asked(&budi, "1").await;
    for (what, words) in hostile() {
        shop.pass(6).await;
        budi.say(&words);
        shop.pass(6).await;
        let told = shop.sent_to(&budi).pop().expect("an answer");
        assert!(told.contains("Kupon itu tidak ada"), "{what}: {told}");
    }
    assert_eq!(shop.dead_letters().await, Vec::<String>::new());
});
