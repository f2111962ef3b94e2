//! The first address dies: the webhook moves to the next one and comes back, and no message is lost or answered twice.

use std::time::Duration;

use bot_auto_order::primitives::{Clock, UserId};
use bot_auto_order::sandbox::telegram::Person;
use bot_auto_order::shop::stores::{self, Wish};
use serde_json::json;

use crate::given::{PATIENCE, Plan, TestShop, shows};
use crate::journey;

const OWNER: UserId = UserId(2);

fn with_standbys() -> Plan {
    let wish = Wish { owners: Some(vec![OWNER]), ..Wish::default() };
    Plan::default()
        .wishing(wish)
        .with_owner_bot()
        .with_standbys(&["https://dua.test", "https://tiga.test"])
}

impl TestShop {
    fn registered(&self) -> String {
        self.stage.bot.webhook().map(|webhook| webhook.url).unwrap_or_default()
    }

    /// Lets time pass in steps, with somebody writing all the while, until the webhook begins with `base`.
    async fn moves_to(&self, base: &str, writes: &mut impl FnMut()) {
        let system = Clock::system();
        let deadline = system.now().plus(PATIENCE * 2);
        while !self.registered().starts_with(&format!("{base}/telegram/")) {
            assert!(system.now() < deadline, "it stays at {}", self.registered());
            writes();
            self.advance(21);
            system.sleep(Duration::from_millis(400)).await;
        }
    }

    /// How often the owner was told something, by the owners' own bot.
    fn told_of(&self, boss: &Person, part: &str) -> usize {
        self.sent_to(boss)
            .iter()
            .filter(|text| text.contains("Toko Uji") && text.contains(part))
            .count()
    }
}

/// Every word that was written is in the inbox once, worked on, and known to nobody twice.
async fn each_is_handled_once(shop: &TestShop, written: i64) {
    shop.quiet().await;
    let updates = "SELECT COUNT(*) FROM inbox WHERE source = 'telegram' AND state = 'done'";
    assert_eq!(shop.count(updates).await, written);
    let accepted = shop.stage.telegram.deliveries();
    let mut ids: Vec<i64> =
        accepted.iter().filter(|it| it.status == 200).map(|it| it.update_id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(i64::try_from(ids.len()).expect("few"), written);
}

journey!(
    a_dead_address_is_left_for_the_next_and_the_first_is_taken_again_by_command,
    with_standbys(),
    |shop| {
        let boss = shop.owner_bot().person(OWNER, "Pak Bos");
        let bot = shop.stage.bot.clone();
        let mut people = (500..).map(|n| bot.person(UserId(n), "Budi").language("id"));
        let (budi, mut written) = (shop.person(101, "Budi"), 0);
        let mut writes = || {
            // The same person over and over would be too fast: each word comes from somebody else.
            people.next().expect("there is no end of people").say("/start");
            written += 1;
        };
        writes();
        shop.quiet().await;

        shop.stage.telegram.cut_host("toko.test", "Connection refused");
        shop.moves_to("https://dua.test", &mut writes).await;
        shop.quiet().await;
        assert_eq!(shop.told_of(&boss, "https://dua.test"), 1);

        // The next one dies as well.
        shop.stage.telegram.cut_host("dua.test", "Connection timed out");
        shop.moves_to("https://tiga.test", &mut writes).await;
        shop.quiet().await;
        assert_eq!(
            (shop.told_of(&boss, "https://tiga.test"), shop.told_of(&boss, "dua.test")),
            (1, 1)
        );
        shop.restart().await;
        assert!(shop.registered().starts_with("https://tiga.test/"), "it is remembered");

        shop.stage.telegram.mend_host("toko.test");
        let mut tx = shop.db().write().await.expect("begins");
        let store = stores::by_slug(&mut tx, &shop.keyring, "toko").await.expect("reads");
        let store = store.expect("the store");
        assert!(stores::back(&mut tx, &store, shop.clock.now()).await.expect("moves"));
        tx.commit().await.expect("commits");
        shop.moves_to("https://toko.test", &mut writes).await;
        writes();
        shop.quiet().await;
        for _ in 0..3 {
            shop.pass(61).await;
        }
        assert_eq!(shop.told_of(&boss, "kembali ke alamat utama"), 1);
        assert_eq!(shop.told_of(&boss, "dipindah"), 2);
        assert_eq!(shop.sent_to(&boss).len(), 3, "{:?}", shop.sent_to(&boss));
        each_is_handled_once(shop, written).await;
        budi.say("/start");
        budi.sees_text("Selamat datang").await;
        assert_eq!(shows(&budi, "Selamat datang"), 1);
        let calls = shop.stage.telegram.calls();
        let polled = ["getUpdates", "deleteWebhook"];
        assert!(!calls.iter().any(|call| polled.contains(&call.method.as_str())));
    }
);

journey!(
    with_nowhere_to_go_the_owner_is_alarmed_once_and_told_the_end_once,
    Plan::default().wishing(Wish { owners: Some(vec![OWNER]), ..Wish::default() }).with_owner_bot(),
    |shop| {
        let boss = shop.owner_bot().person(OWNER, "Pak Bos");
        shop.stage.telegram.cut_host("toko.test", "Connection refused");
        let system = Clock::system();
        for n in 0..12 {
            shop.person(500 + n, "Budi").say("/start");
            shop.advance(21);
            system.sleep(Duration::from_millis(300)).await;
        }
        assert!(shop.registered().starts_with("https://toko.test/"));
        shop.stage.telegram.mend_host("toko.test");
        shop.advance(130);
        shop.quiet().await;
        for _ in 0..3 {
            shop.pass(61).await;
        }
        assert_eq!(shop.told_of(&boss, "tidak bisa mengirim"), 1);
        assert_eq!(shop.told_of(&boss, "masuk lagi seperti biasa"), 1);
        assert_eq!(shop.sent_to(&boss).len(), 2, "{:?}", shop.sent_to(&boss));
    }
);

journey!(
    of_a_webhook_that_is_taken_again_and_again_the_owner_hears_once_an_hour,
    with_standbys(),
    |shop| {
        let boss = shop.owner_bot().person(OWNER, "Pak Bos");
        let store = shop.store().clone();
        shop.advance(61);
        for theft in 0..3 {
            let url = format!("https://elsewhere.test/{theft}");
            shop.stranger_calls("setWebhook", &json!({"url": url, "secret_token": "theirs"})).await;
            shop.taken_back(&store).await;
            shop.advance(2);
        }
        shop.quiet().await;
        assert_eq!(shop.told_of(&boss, "mengubah webhook bot ini (1×)"), 1);
        assert_eq!(shop.sent_to(&boss).len(), 1, "{:?}", shop.sent_to(&boss));
        shop.advance(61 * 60);
        shop.stranger_calls("deleteWebhook", &json!({})).await;
        shop.taken_back(&store).await;
        shop.quiet().await;
        assert_eq!(shop.told_of(&boss, "mengubah webhook bot ini (3×)"), 1);
        assert_eq!(shop.sent_to(&boss).len(), 2, "{:?}", shop.sent_to(&boss));
    }
);
