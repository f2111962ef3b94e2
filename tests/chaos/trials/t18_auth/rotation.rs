//! The webhook secret and the paths are replaced while people buy, and strangers guess at the real door.

use std::time::Duration;

use bot_auto_order::primitives::Clock;
use bot_auto_order::sandbox::Stage;
use serde_json::{Value, json};

use super::guesses::{guesses, that_travel};
use super::{PAKASIR, TELEGRAM};
use crate::report::Report;
use crate::trial::{Given, Size, Store};
use crate::world::base::Base;
use crate::world::line::{Letter, Line};
use crate::world::patrons::{Patrons, Told, units};
use crate::world::program::Setting;

const BUYERS: usize = 6;
const UNITS: usize = 3_000;
const LOOK: Duration = Duration::from_millis(20);
/// Longest wait for one step of the trial.
const PATIENCE: Duration = Duration::from_secs(40);
/// How long people buy between two rotations.
const BETWEEN: Duration = Duration::from_millis(700);

struct Scene {
    stage: Stage,
    base: Base,
    setting: Setting,
    clock: Clock,
    _folder: tempfile::TempDir,
}

pub async fn play(given: &Given, report: &mut Report) {
    let scene = Scene::set(given).await;
    let mut process = scene.setting.serve();
    scene.secret_other_than("").await;
    let shown: Value =
        serde_json::from_str(&scene.setting.run(&["store", "show", "--json"])).expect("JSON");
    let callbacks = shown["pakasir_webhook_url"].as_str().expect("an address").to_owned();
    scene.stage.project.callbacks_to(Some(&callbacks));
    let patrons = Patrons::enter(&scene.stage, BUYERS);
    let (mut lived, mut closed) = (0, 0);
    for round in 0..rounds(given) {
        scene.clock.sleep(BETWEEN).await;
        let old = scene.way_in();
        let mut order = vec!["webhook", "rotate", "--overlap", "1"];
        if round == 1 {
            order.push("--hook");
        }
        scene.setting.run(&order);
        // Telegram still comes by the old way, and then by the new one.
        scene.secret_other_than(&old.1).await;
        let answers =
            [scene.answer(&old, round).await, scene.answer(&scene.way_in(), round + 100).await];
        lived += usize::from(answers == [200, 200]);
        if matches!(given.piece.size, Size::Full { .. }) {
            closed += usize::from(scene.closes(&old).await);
        }
    }
    let guessed = scene.guess(given).await;
    let bought = patrons.leave(PATIENCE).await;
    scene.judge(report, bought, (lived, rounds(given))).await;
    if matches!(given.piece.size, Size::Full { .. }) {
        report.figure("closed", closed);
        report.must(closed == rounds(given), "S1", "a replaced way in did not close");
    }
    report.figure("over_http", guessed.0);
    report.must(guessed.1 == 0, "S1", format!("{} wrong secrets entered over HTTP", guessed.1));
    report.must(guessed.2 == 0, "S1", format!("{} were not answered 401 or 400", guessed.2));
    process.terminate();
    process.gone(PATIENCE).await;
    scene.stage.stop().await;
    scene.base.remove().await;
}

fn rounds(given: &Given) -> usize {
    usize::try_from(given.share(3, 6)).expect("a few")
}

impl Scene {
    async fn set(given: &Given) -> Self {
        let clock = Clock::system();
        let stage = Stage::start(clock.clone()).await.expect("loopback has free ports");
        let folder = tempfile::tempdir().expect("a folder");
        let base = Base::empty(given.store(), folder.path(), "rotation").await;
        let mut setting = Setting::new(&given.program, folder.path(), &base.url());
        setting.lead_to(&stage);
        let units = units(UNITS);
        let product = json!({"code": "KOPI", "name": "Kopi", "price": 30_000, "units": units});
        let file = folder.path().join("catalogue.json");
        std::fs::write(&file, json!({"products": [product]}).to_string()).expect("written");
        setting.run(&["catalogue", "import", &file.display().to_string()]);
        stage.lead_to(setting.bind);
        stage.project.retry_callbacks(true);
        Self { stage, base, setting, clock, _folder: folder }
    }

    /// The address and the secret by which Telegram comes now.
    fn way_in(&self) -> (String, String) {
        let webhook = self.stage.bot.webhook().expect("a registration");
        let path = webhook.url.trim_start_matches("https://toko.test").to_owned();
        (path, webhook.secret.unwrap_or_default())
    }

    async fn secret_other_than(&self, old: &str) {
        let deadline = self.clock.now().plus(PATIENCE);
        loop {
            let secret = self.stage.bot.webhook().and_then(|webhook| webhook.secret);
            if secret.is_some_and(|secret| secret != old) {
                return;
            }
            assert!(self.clock.now() < deadline, "Telegram was not told:\n{}", self.setting.said());
            self.clock.sleep(LOOK).await;
        }
    }

    async fn answer(&self, (path, secret): &(String, String), n: usize) -> u16 {
        let body = format!("{{\"update_id\":{}}}", 4_000_000_000_u64 + n as u64);
        let letter = Letter::post(path, body.as_bytes()).with(TELEGRAM, secret);
        Line::to(self.setting.bind).post(&letter).await
    }

    /// Whether the replaced way in closes within two minutes.
    async fn closes(&self, old: &(String, String)) -> bool {
        let deadline = self.clock.now().plus(Duration::from_mins(2));
        while self.clock.now() < deadline {
            if matches!(self.answer(old, 200).await, 401 | 404) {
                return true;
            }
            self.clock.sleep(Duration::from_secs(1)).await;
        }
        false
    }

    /// Wrong secrets at the real doors; how many were tried, entered, and answered otherwise.
    async fn guess(&self, given: &Given) -> (u64, u64, u64) {
        let (path, secret) = self.way_in();
        let most = given.share(if given.store() == Store::Sqlite { 20_000 } else { 2_000 }, 20_000);
        let all = guesses(&secret, most + 30_000, given.dice());
        let callbacks = path.replace("/telegram/", "/pakasir/");
        let mut door = Line::to(self.setting.bind);
        let mut counted = (0, 0, 0);
        for (n, guess) in that_travel(&all, &secret, most).iter().enumerate() {
            let (path, header) = if n % 2 == 0 { (&path, TELEGRAM) } else { (&callbacks, PAKASIR) };
            let letter = Letter::post(path, br#"{"update_id":1}"#).with(header, guess);
            counted.0 += 1;
            match door.post(&letter).await {
                // A header that is none is no request at all.
                401 | 400 => {}
                200 => counted.1 += 1,
                _ => counted.2 += 1,
            }
        }
        counted
    }

    async fn judge(&self, report: &mut Report, bought: Vec<i64>, (lived, rounds): (usize, usize)) {
        let told = Told::by(&self.stage, &bought);
        let deliveries = self.stage.telegram.deliveries();
        let refused = deliveries.iter().filter(|delivery| delivery.status != 200).count();
        let sent: std::collections::HashSet<i64> =
            deliveries.iter().map(|delivery| delivery.update_id).collect();
        let kept = self
            .base
            .count("SELECT COUNT(*) FROM inbox WHERE source = 'telegram' AND key NOT LIKE '4000000___'")
            .await;
        let dead = self
            .base
            .count("SELECT COUNT(*) FROM inbox WHERE state = 'dead' AND key NOT LIKE '4000000___'")
            .await;
        report.figure("rotations", rounds);
        report.figure("bought", bought.len());
        report.figure("updates", sent.len());
        report.figure("refused", refused);
        report.must(
            lived == rounds,
            "I-ACK",
            format!("{lived} of {rounds} times both ways were open"),
        );
        report.must(
            refused == 0,
            "I-ACK",
            format!("{refused} deliveries of Telegram's were refused"),
        );
        report.must(
            usize::try_from(kept) == Ok(sent.len()),
            "I-ACK",
            format!("{kept} of {} updates were kept", sent.len()),
        );
        report.must(dead == 0, "I-LIVE", format!("{dead} facts were set aside"));
        report.must(told.empty == 0, "I-PAY", format!("{} buyers got nothing", told.empty));
        report.must(told.twice == 0, "I-UNIT", format!("{} units went to two people", told.twice));
        report.must(bought.len() >= rounds * 4, "I-LIVE", format!("only {} bought", bought.len()));
    }
}
