//! The way in is replaced while the shop is open, and nobody else may lead it astray.

use std::net::SocketAddr;

use bot_auto_order::sandbox::telegram::{Fault, FaultKind};
use bot_auto_order::shop::ShopError;
use bot_auto_order::shop::stores::{self, Store};
use serde_json::{Value, json};

use crate::given::{TestShop, order};
use crate::journey;
use crate::wire::request;

const SECRET: &str = "x-telegram-bot-api-secret-token";

fn update(id: i64) -> Vec<u8> {
    // Far from the numbers of the people's own updates.
    json!({"update_id": 9_000_000 + id, "kenari": {}}).to_string().into_bytes()
}

impl TestShop {
    async fn rotate(&self, hook: bool, minutes: i64) -> Result<Store, ShopError> {
        let mut tx = self.db().write().await.expect("begins");
        let (now, how) = (self.clock.now(), (hook, minutes));
        let store = stores::rotate(&mut tx, &self.keyring, "toko", how, now).await?;
        tx.commit().await.expect("commits");
        Ok(store)
    }

    /// Waits until Telegram sends the store's own secret, and the shop has noted it.
    async fn told(&self, store: &Store) {
        let (bot, secret) = (self.stage.bot.clone(), store.webhook_secret.clone());
        let known = move |_: &_| {
            let shown = bot.webhook()?.secret?;
            secret.matches(shown.as_bytes()).then_some(())
        };
        self.stage.telegram.until(known).await;
        let deadline = self.clock.now().plus(crate::given::PATIENCE);
        loop {
            let mut tx = self.db().read().await.expect("reads");
            let stored = stores::by_slug(&mut tx, &self.keyring, "toko").await.expect("reads");
            let stored = stored.expect("the store");
            if stored.former.iter().all(|former| former.until.is_some()) {
                return;
            }
            assert!(self.clock.now() < deadline, "nobody noted that Telegram was told");
            drop(tx);
            tokio::task::yield_now().await;
        }
    }

    /// What the doors answer to this store's secret under its own paths.
    async fn answers(&self, store: &Store, id: i64) -> (u16, u16) {
        let bind = self.service().bind();
        let line = format!("POST /telegram/{}", store.hook);
        let secret = store.webhook_secret.expose().as_str();
        let update = request(bind, &line, &[(SECRET, secret)], &update(id)).await;
        let line = format!("POST /pakasir/{}", store.hook);
        let callback = request(bind, &line, &[("x-secret", &self.pakasir_secret())], b"{}").await;
        (update.status, callback.status)
    }

    /// Waits until a way that is over leads nowhere: the doors follow the books within a second.
    async fn closes(&self, store: &Store, (telegram, pakasir): (u16, u16)) {
        let deadline = self.clock.now().plus(crate::given::PATIENCE);
        for id in 1_000.. {
            let answers = self.answers(store, id).await;
            if answers == (telegram, pakasir) {
                return;
            }
            assert!(self.clock.now() < deadline, "it still answers {answers:?}");
        }
    }

    /// Somebody else who has the token.
    pub async fn stranger_calls(&self, method: &str, body: &Value) {
        let address = self.stage.telegram.url();
        let address: SocketAddr =
            address.trim_start_matches("http://").parse().expect("an address on loopback");
        let line = format!("POST /bot{}/{method}", self.stage.token.expose());
        let json = [("content-type", "application/json")];
        let answer = request(address, &line, &json, body.to_string().as_bytes()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// Lets minutes pass until the webhook is this store's again.
    pub async fn taken_back(&self, store: &Store) {
        let system = bot_auto_order::primitives::Clock::system();
        let deadline = system.now().plus(crate::given::PATIENCE);
        let ours = || self.stage.bot.webhook().and_then(|it| it.secret);
        while !ours().is_some_and(|secret| store.webhook_secret.matches(secret.as_bytes())) {
            assert!(system.now() < deadline, "the webhook stays stolen");
            self.advance(61);
            system.sleep(std::time::Duration::from_millis(300)).await;
        }
    }

    /// Registrations that Telegram took; one that it put off is made again.
    fn times_told(&self) -> usize {
        let calls = self.stage.telegram.calls();
        let taken = calls.iter().filter(|call| call.code == 200);
        taken.filter(|call| call.method.eq_ignore_ascii_case("setWebhook")).count()
    }
}

journey!(a_replaced_secret_opens_until_its_time_is_over, |shop| {
    let old = shop.store().clone();
    shop.told(&old).await;
    let fresh = shop.rotate(false, 10).await.expect("rotated");
    assert_eq!(fresh.hook, old.hook);
    shop.told(&fresh).await;
    assert_eq!(shop.answers(&old, 1).await, (200, 200));
    assert_eq!(shop.answers(&fresh, 2).await, (200, 200));
    let budi = shop.person(101, "Budi");
    order(&budi, "1").await;
    budi.sees_text("Bayar sebelum").await;
    shop.quiet().await;
    shop.advance(9 * 60);
    assert_eq!(shop.answers(&old, 3).await.0, 200);
    shop.advance(2 * 60);
    shop.closes(&old, (401, 200)).await;
    assert_eq!(shop.answers(&fresh, 5).await, (200, 200));
});

journey!(replaced_paths_lead_on_until_their_time_is_over, |shop| {
    let old = shop.store().clone();
    shop.told(&old).await;
    let fresh = shop.rotate(true, 60).await.expect("rotated");
    assert_ne!(fresh.hook, old.hook);
    shop.told(&fresh).await;
    assert!(shop.stage.bot.webhook().expect("told").url.ends_with(&fresh.hook));
    assert_eq!(shop.answers(&old, 1).await, (200, 200));
    assert_eq!(shop.answers(&fresh, 2).await, (200, 200));
    // The new paths know nothing of the old secret.
    let mut crossed = old.clone();
    crossed.hook.clone_from(&fresh.hook);
    assert_eq!(shop.answers(&crossed, 3).await, (401, 200));
    shop.restart().await;
    assert_eq!(shop.answers(&old, 4).await, (200, 200));
    shop.advance(61 * 60);
    shop.closes(&old, (404, 404)).await;
    assert_eq!(shop.answers(&fresh, 6).await, (200, 200));
});

journey!(nothing_closes_before_telegram_was_told, |shop| {
    let old = shop.store().clone();
    shop.told(&old).await;
    let down = Fault::next(FaultKind::ServerError).on("setWebhook").times(1_000);
    shop.stage.telegram.fault(down);
    let fresh = shop.rotate(false, 1).await.expect("rotated");
    for round in 0..4 {
        shop.advance(60);
        assert_eq!(shop.answers(&old, round).await.0, 200);
    }
    shop.stage.telegram.clear_faults();
    shop.advance(120);
    shop.told(&fresh).await;
    assert_eq!(shop.answers(&old, 10).await.0, 200);
    shop.advance(61);
    shop.closes(&old, (401, 200)).await;
});

journey!(who_is_told_to_wait_does_not_register_before, |shop| {
    shop.told(shop.store()).await;
    let flood = FaultKind::TooManyRequests { retry_after: 40 };
    shop.stage.telegram.fault(Fault::next(flood).on("setWebhook").times(2));
    let fresh = shop.rotate(false, 10).await.expect("rotated");
    for _ in 0..30 {
        shop.advance(5);
        shop.answers(&fresh, 1).await;
    }
    shop.told(&fresh).await;
    let calls = shop.stage.telegram.calls().into_iter();
    let tries: Vec<_> = calls.filter(|it| it.method.eq_ignore_ascii_case("setWebhook")).collect();
    let mut put_off = 0;
    for pair in tries.windows(2).filter(|pair| pair[0].code == 429) {
        put_off += 1;
        assert!(pair[1].at.since(pair[0].at).as_secs() >= 40, "{pair:?}");
    }
    assert_eq!(put_off, 2);
});

journey!(rotations_are_counted, |shop| {
    shop.told(shop.store()).await;
    for _ in 0..5 {
        shop.rotate(false, 10).await.expect("rotated");
    }
    let refused = shop.rotate(false, 10).await.expect_err("too many");
    assert!(matches!(&refused, ShopError::Settings(why) if why.contains("wait")), "{refused}");
});

journey!(a_stolen_webhook_is_taken_back_once, |shop| {
    let store = shop.store().clone();
    shop.told(&store).await;
    let told = shop.times_told();
    shop.advance(61);
    let theft = json!({"url": "https://elsewhere.test/x", "secret_token": "theirs"});
    let taken = json!({});
    for (n, (method, body)) in
        [("setWebhook", &theft), ("deleteWebhook", &taken)].into_iter().enumerate()
    {
        shop.stranger_calls(method, body).await;
        shop.taken_back(&store).await;
        // The stranger's own call is counted as well; after it, ours alone, however often we look.
        let wanted = told + 2 + n;
        assert_eq!(shop.times_told(), wanted, "after {method}");
        shop.advance(61);
        shop.advance(61);
        assert_eq!(shop.times_told(), wanted, "after {method}, looked at again");
    }
});
