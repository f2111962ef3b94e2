//! The data key is replaced: everything is sealed anew while people buy, and the old key can go.

use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::primitives::{Clock, Keyring, Secret};
use bot_auto_order::worker::ServiceError;
use serde_json::json;

use crate::given::{PATIENCE, Plan, TestShop, order};
use crate::journey;

const LOOK: Duration = Duration::from_millis(20);

fn ring(keys: &[&Secret<String>]) -> Arc<Keyring> {
    let keys: Vec<&str> = keys.iter().map(|key| key.expose().as_str()).collect();
    Arc::new(Keyring::from_base64(&Secret::new(keys.join(","))).expect("keys"))
}

/// More units than a step, or a tick, seals anew.
fn many() -> Plan {
    let units: Vec<String> = (0..2_500).map(|n| format!("kopi-secret-{n}")).collect();
    Plan::with(json!({"products": [
        {"code": "KOPI", "name": "Kopi Susu", "price": 30_000, "units": units}]}))
}

impl TestShop {
    async fn with_keys(&mut self, keys: &[&Secret<String>]) {
        self.stop().await;
        self.keyring = ring(keys);
        self.start().await;
    }

    /// The data keys under which so many units and stores are sealed now.
    async fn in_use(&self) -> Vec<(String, i64)> {
        self.rows(
            "SELECT content_key, COUNT(*) FROM (SELECT content_key FROM units UNION ALL \
             SELECT secrets_key FROM stores) sealed GROUP BY content_key ORDER BY COUNT(*)",
        )
        .await
    }

    /// Waits until so many things are sealed under each key, and the keys are counted as needed.
    async fn sealed(&self, wanted: &[(&Keyring, i64)]) {
        let wanted: Vec<(String, i64)> =
            wanted.iter().map(|(ring, count)| (ring.sealing().to_owned(), *count)).collect();
        let system = Clock::system();
        let deadline = system.now().plus(PATIENCE);
        loop {
            let needed: Vec<(String,)> = self.rows("SELECT key_id FROM sealing_keys").await;
            let used = self.in_use().await;
            if used == wanted && needed.len() == wanted.len() {
                return;
            }
            assert!(system.now() < deadline, "{used:?} instead of {wanted:?}; needed: {needed:?}");
            system.sleep(LOOK).await;
        }
    }
}

journey!(a_fresh_key_takes_over_and_the_old_one_can_go, many(), |shop| {
    let (old, fresh) = (shop.key.clone(), Keyring::fresh_key());
    let budi = shop.person(101, "Budi");
    order(&budi, "1").await;
    budi.sees_text("Bayar sebelum").await;
    let sale = shop.stage.project.transaction_where(|_| true).await;

    shop.with_keys(&[&fresh, &old]).await;
    // Bought under the old key, handed out in the middle of it.
    shop.stage.project.pay(&sale.txn_id).expect("paid");
    budi.sees_text("kopi-secret-0").await;
    shop.sealed(&[(&ring(&[&fresh]), 2_501)]).await;

    shop.with_keys(&[&fresh]).await;
    let siti = shop.person(102, "Siti");
    order(&siti, "1").await;
    siti.sees_text("Bayar sebelum").await;
    let sale = shop.stage.project.transaction_where(|it| it.completed_at.is_none()).await;
    shop.stage.project.pay(&sale.txn_id).expect("paid");
    siti.sees_text("kopi-secret-1").await;
    shop.sealed(&[(&ring(&[&fresh]), 2_501)]).await;
});

journey!(a_key_that_a_unit_needs_is_never_forgotten, |shop| {
    let (old, fresh) = (shop.key.clone(), Keyring::fresh_key());
    // A unit that was moved does not open; it must not let its key go.
    shop.change("UPDATE units SET fingerprint = content WHERE id = (SELECT MIN(id) FROM units)")
        .await;
    shop.with_keys(&[&fresh, &old]).await;
    shop.sealed(&[(&ring(&[&old]), 1), (&ring(&[&fresh]), 8)]).await;
    shop.advance(2);
    shop.quiet().await;
    shop.sealed(&[(&ring(&[&old]), 1), (&ring(&[&fresh]), 8)]).await;
    shop.stop().await;
    shop.keyring = ring(&[&fresh]);
    let refused = shop.refuses_to_start().await;
    assert!(matches!(refused, ServiceError::KeyMissing(_)), "{refused:?}");
    shop.keyring = ring(&[&fresh, &old]);
    shop.start().await;
});
