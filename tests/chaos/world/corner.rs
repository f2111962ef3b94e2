//! A small shop of its own for the trials of one disk: one product, buyers of one unit each, and a hand that posts updates.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bot_auto_order::primitives::{Clock, UserId};
use bot_auto_order::sandbox::Stage;
use bot_auto_order::sandbox::pakasir::State;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::program::{Program, Setting};

pub const PRICE: i64 = 30_000;
/// What every unit's text begins with.
pub const UNIT: &str = "kopi-secret-";
const LOOK: Duration = Duration::from_millis(20);
/// How long a start may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// Updates of the posting hand have numbers that the sandbox never gets to.
const FIRST_POSTED: i64 = 500_000_000;

/// The shop and its outside world.
pub struct Corner {
    pub stage: Stage,
    pub setting: Setting,
    pub units: i64,
}

impl Corner {
    /// Imports `units` units by the real command line into the database at `url`.
    pub async fn prepare(program: &Program, folder: &Path, url: &str, units: i64) -> Self {
        Self::prepare_by(Vec::new(), program, folder, url, units).await
    }

    /// As [`Corner::prepare`], with every process run by a wrapper.
    pub async fn prepare_by(
        wrapper: Vec<String>,
        program: &Program,
        folder: &Path,
        url: &str,
        units: i64,
    ) -> Self {
        let stage = Stage::start(Clock::system()).await.expect("loopback has free ports");
        // How fast the gateway may be asked is for other trials: here only the disk keeps anybody waiting.
        stage.gateway.limits(false);
        let mut setting = Setting::new(program, folder, url);
        setting.wrapper = wrapper;
        setting.lead_to(&stage);
        stage.lead_to(setting.bind);
        let texts: Vec<String> = (1..=units).map(|n| format!("{UNIT}{n:04}")).collect();
        let product = json!({"code": "KOPI", "name": "Kopi Susu", "price": PRICE, "units": texts});
        let file = folder.join("catalogue.json");
        std::fs::write(&file, json!({"products": [product]}).to_string()).expect("written");
        setting.run(&["catalogue", "import", &file.display().to_string()]);
        let shown = setting.run(&["store", "show", "--json"]);
        let shown: Value = serde_json::from_str(&shown).expect("JSON");
        stage.project.callbacks_to(shown["pakasir_webhook_url"].as_str());
        stage.project.retry_callbacks(true);
        Self { stage, setting, units }
    }

    /// Waits until Telegram was told where the shop is, and returns the hand that posts there.
    pub async fn hand(&self) -> Hand {
        let clock = Clock::system();
        let deadline = clock.now().plus(PATIENCE);
        let known = loop {
            if let Some(webhook) = self.stage.bot.webhook() {
                break webhook;
            }
            assert!(clock.now() < deadline, "no webhook: {}", self.setting.said());
            clock.sleep(LOOK).await;
        };
        let path = known.url.strip_prefix("https://toko.test").expect("our own address");
        Hand {
            client: client(),
            url: format!("http://{}{path}", self.setting.bind),
            secret: known.secret.expect("a secret"),
            next: AtomicI64::new(FIRST_POSTED),
        }
    }

    /// Lets so many people buy a unit each, beginning a little apart; returns how many got it.
    pub async fn sell(&self, people: i64, apart: Duration) -> u64 {
        let bank = async {
            loop {
                let open = self.stage.project.transactions();
                for one in open.iter().filter(|it| it.state == State::Pending) {
                    // Somebody else's turn may have ended it meanwhile.
                    let _ = self.stage.project.pay(&one.txn_id);
                }
                Clock::system().sleep(LOOK).await;
            }
        };
        let crowd = async {
            let mut buying = JoinSet::new();
            for n in 0..people {
                buying.spawn(buy(self.stage.clone(), UserId(1_000 + n)));
                Clock::system().sleep(apart).await;
            }
            let mut served = 0;
            while let Some(ended) = buying.join_next().await {
                served += u64::from(ended.is_ok());
            }
            served
        };
        tokio::select! {
            served = crowd => served,
            () = bank => 0,
        }
    }

    pub async fn close(self) {
        self.stage.stop().await;
    }
}

async fn buy(stage: Stage, user: UserId) {
    let buyer = stage.bot.person(user, "Budi").language("id");
    buyer.say("/start");
    buyer.sees_text("Selamat datang").await;
    buyer.tap("Semua Produk");
    buyer.sees_text("Kopi Susu").await;
    buyer.say("1");
    buyer.sees_text("Jumlah:").await;
    buyer.press("Lanjut ke Keranjang");
    buyer.sees_text("Keranjang").await;
    buyer.press("Lanjut ke Pembayaran");
    buyer.sees_text("Pilih cara bayar").await;
    buyer.press("QRIS");
    buyer.sees_text(UNIT).await;
    buyer.sees_text("Lunas!").await;
}

/// Posts updates as Telegram does, and knows which were taken.
pub struct Hand {
    client: reqwest::Client,
    url: String,
    secret: String,
    next: AtomicI64,
}

/// How an update was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Taken,
    /// 503 with `Retry-After`.
    Later,
    /// Any other answer.
    Other(u16),
    /// None: the line broke.
    None,
}

impl Hand {
    /// Posts a new update of at least `size` bytes; returns its number and the answer.
    pub async fn post(&self, size: usize) -> (i64, Answer) {
        let number = self.next.fetch_add(1, Ordering::SeqCst);
        (number, self.post_as(number, size).await)
    }

    async fn post_as(&self, number: i64, size: usize) -> Answer {
        let filler = "x".repeat(size);
        let body = json!({"update_id": number, "something_new": {"filler": filler}}).to_string();
        let request = self
            .client
            .post(&self.url)
            .header("content-type", "application/json")
            .header("x-telegram-bot-api-secret-token", &self.secret)
            .body(body);
        match request.send().await {
            Err(_) => Answer::None,
            Ok(answer) => {
                let later = answer.headers().contains_key("retry-after");
                let status = answer.status().as_u16();
                // Read to the end, so that the line can be used again.
                let _ = answer.bytes().await;
                match status {
                    200 => Answer::Taken,
                    503 if later => Answer::Later,
                    other => Answer::Other(other),
                }
            }
        }
    }
}

/// The status of a look at a health page, 0 without an answer.
pub async fn look(client: &reqwest::Client, setting: &Setting, page: &str) -> u16 {
    let url = format!("http://{}{page}", setting.probe);
    client.get(url).send().await.map_or(0, |answer| answer.status().as_u16())
}

/// Waits until no fact and no parcel waits; returns how many still do.
pub async fn quiet(setting: &Setting) -> u64 {
    let (clock, client) = (Clock::system(), client());
    let deadline = clock.now().plus(PATIENCE);
    loop {
        let url = format!("http://{}/metrics", setting.probe);
        let text = match client.get(url).send().await {
            Ok(answer) => answer.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        };
        let waiting = text.lines().filter(|line| {
            line.starts_with("auto_order_inbox_pending")
                || line.starts_with("auto_order_outbox_pending")
        });
        let counts: Vec<u64> = waiting
            .filter_map(|line| line.rsplit(' ').next().and_then(|number| number.parse().ok()))
            .collect();
        let rest = if counts.is_empty() { u64::MAX } else { counts.iter().sum() };
        if rest == 0 || clock.now() >= deadline {
            return rest;
        }
        clock.sleep(LOOK).await;
    }
}

pub fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(8)).build().expect("a client")
}

/// Waits until `/readyz` says yes.
///
/// # Panics
/// When it never does.
pub async fn ready(setting: &Setting) {
    let (clock, client) = (Clock::system(), client());
    let deadline = clock.now().plus(PATIENCE);
    while look(&client, setting, "/readyz").await != 200 {
        assert!(clock.now() < deadline, "it is not ready: {}", setting.said());
        clock.sleep(LOOK).await;
    }
}
