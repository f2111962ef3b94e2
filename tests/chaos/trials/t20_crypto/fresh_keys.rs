//! The data key is replaced under load, again and again: everything is sealed anew and the old key goes.

use std::time::Duration;

use bot_auto_order::primitives::{Clock, Keyring, Secret};
use bot_auto_order::sandbox::Stage;
use serde_json::{Value, json};

use crate::report::Report;
use crate::trial::Given;
use crate::world::base::Base;
use crate::world::patrons::{Patrons, Told, units};
use crate::world::program::{Process, Setting};

const BUYERS: usize = 4;
const UNITS: usize = 2_000;
const LOOK: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_mins(1);

pub async fn play(given: &Given, report: &mut Report) {
    let stage = Stage::start(Clock::system()).await.expect("loopback has free ports");
    let folder = tempfile::tempdir().expect("a folder");
    let base = Base::empty(given.store(), folder.path(), "keys").await;
    let mut setting = Setting::new(&given.program, folder.path(), &base.url());
    setting.lead_to(&stage);
    let mut key = Keyring::fresh_key();
    setting.set("DATA_ENCRYPTION_KEY", key.expose());
    let product = json!({"code": "KOPI", "name": "Kopi", "price": 30_000, "units": units(UNITS)});
    let file = folder.path().join("catalogue.json");
    std::fs::write(&file, json!({"products": [product]}).to_string()).expect("written");
    setting.run(&["catalogue", "import", &file.display().to_string()]);
    let shown = setting.run(&["store", "show", "--json"]);
    let shown: Value = serde_json::from_str(&shown).expect("JSON");
    stage.project.callbacks_to(shown["pakasir_webhook_url"].as_str());
    stage.project.retry_callbacks(true);
    stage.lead_to(setting.bind);
    let mut process = setting.serve();
    let bot = stage.bot.clone();
    stage.telegram.until(move |_| bot.webhook()).await;
    let patrons = Patrons::enter(&stage, BUYERS);
    let wanted = given.share(2, 20);
    let mut done = 0;
    for _ in 0..wanted {
        let fresh = Keyring::fresh_key();
        setting.set("DATA_ENCRYPTION_KEY", &format!("{},{}", fresh.expose(), key.expose()));
        again(&setting, &mut process).await;
        done += u64::from(sealed_anew(&base, &fresh).await);
        setting.set("DATA_ENCRYPTION_KEY", fresh.expose());
        again(&setting, &mut process).await;
        key = fresh;
    }
    let bought = patrons.leave(PATIENCE).await;
    let told = Told::by(&stage, &bought);
    let old = old_things(&base, &key).await;
    let dead = base.count("SELECT COUNT(*) FROM outbox WHERE state IN ('dead', 'parked')").await;
    report.figure("fresh_keys", done);
    report.figure("bought", bought.len());
    report.figure("under_old_keys", old);
    report.must(done == wanted && old == 0, "S18", format!("{old} things stay under an old key"));
    report.must(told.empty == 0, "I-PAY", format!("{} buyers got nothing", told.empty));
    report.must(told.twice == 0, "I-UNIT", format!("{} units went to two people", told.twice));
    report.must(dead == 0, "I-LIVE", format!("{dead} parcels were given up"));
    let enough = u64::try_from(bought.len()).expect("fits") >= wanted * 2;
    report.must(enough, "I-LIVE", format!("only {} people bought", bought.len()));
    process.kill();
    stage.stop().await;
    base.remove().await;
}

/// Stops the service as an operator does, and starts it with its new environment.
async fn again(setting: &Setting, process: &mut Process) {
    process.terminate();
    process.gone(PATIENCE).await;
    *process = setting.serve();
}

/// Waits until nothing is sealed under another key.
async fn sealed_anew(base: &Base, key: &Secret<String>) -> bool {
    let clock = Clock::system();
    let deadline = clock.now().plus(PATIENCE);
    while clock.now() < deadline {
        if old_things(base, key).await == 0 {
            return true;
        }
        clock.sleep(LOOK).await;
    }
    false
}

/// Units, stores and marks of keys that name another key than the newest.
async fn old_things(base: &Base, key: &Secret<String>) -> i64 {
    let newest = Keyring::from_base64(key).expect("a key").sealing().to_owned();
    base.count(&format!(
        "SELECT (SELECT COUNT(*) FROM units WHERE content_key <> '{newest}') \
         + (SELECT COUNT(*) FROM stores WHERE secrets_key <> '{newest}') \
         + (SELECT COUNT(*) FROM sealing_keys WHERE key_id <> '{newest}')"
    ))
    .await
}
