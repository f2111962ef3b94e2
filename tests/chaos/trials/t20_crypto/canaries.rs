//! A shop on a bad day, and then a search for every secret in everything that anyone could come to see.

use std::time::Duration;

use bot_auto_order::primitives::{Clock, Keyring, UserId, random_token};
use bot_auto_order::sandbox::Stage;
use bot_auto_order::sandbox::pakasir::{self, CallKind};
use bot_auto_order::sandbox::telegram::{Fault, FaultKind, Person};
use serde_json::{Value, json};

use super::words::{Canary, Place, files, find};
use crate::report::Report;
use crate::trial::{Given, Store};
use crate::world::base::Base;
use crate::world::line::{Letter, Line};
use crate::world::program::Setting;

/// Written into the shop as well, and to be found: the search must be able to find something.
const NAME: &str = "Kopi Kenari Gayo";
const LOOK: Duration = Duration::from_millis(50);

/// The shop, everything said by it so far, and what must not have been.
struct Scene {
    stage: Stage,
    base: Base,
    setting: Setting,
    folder: tempfile::TempDir,
    goods: Vec<String>,
    hook: String,
    canaries: Vec<Canary>,
    places: Vec<Place>,
    clock: Clock,
}

pub async fn play(given: &Given, report: &mut Report) {
    let mut scene = Scene::set(given).await;
    scene.bad_day().await;
    scene.refused_everywhere().await;
    scene.crash().await;
    scene.failing_commands();
    scene.data().await;
    scene.judge(report);
    scene.stage.stop().await;
    scene.base.remove().await;
}

impl Scene {
    async fn set(given: &Given) -> Self {
        let clock = Clock::system();
        let stage = Stage::start(clock.clone()).await.expect("loopback has free ports");
        let folder = tempfile::tempdir().expect("a folder");
        let base = Base::empty(given.store(), folder.path(), "canaries").await;
        let password = format!("kenari-{}", random_token());
        let url = base.url().replacen("postgres@", &format!("postgres:{password}@"), 1);
        let mut setting = Setting::new(&given.program, folder.path(), &url);
        setting.lead_to(&stage);
        let (fresh, old) = (Keyring::fresh_key(), Keyring::fresh_key());
        let (fresh, old) = (fresh.expose().clone(), old.expose().clone());
        setting.set("DATA_ENCRYPTION_KEY", &format!("{fresh},{old}"));
        setting.set("LOG_LEVEL", "trace");
        setting.set("LOG_DIR", "logs");
        let goods: Vec<String> =
            (0..6).map(|n| format!("akun-{n}:<&>{}", random_token())).collect();
        let product = json!({"code": "KOPI", "name": NAME, "price": 30_000, "units": goods});
        let file = folder.path().join("catalogue.json");
        std::fs::write(&file, json!({"products": [product]}).to_string()).expect("written");
        setting.run(&["catalogue", "import", &file.display().to_string()]);
        std::fs::remove_file(&file).expect("it was read");
        let shown: Value =
            serde_json::from_str(&setting.run(&["store", "show", "--json"])).expect("JSON");
        let callbacks = shown["pakasir_webhook_url"].as_str().expect("an address");
        stage.project.callbacks_to(Some(callbacks));
        stage.project.retry_callbacks(true);
        let hook = callbacks.rsplit('/').next().expect("a hook").to_owned();
        let token = stage.token.expose().split_once(':').expect("a token").1.to_owned();
        let mut canaries = vec![
            Canary::new("the fresh data key", &fresh),
            Canary::new("the old data key", &old),
            Canary::new("the bot token", &token),
            Canary::new("the gateway's key", stage.project.api_key().expose()),
            Canary::new("the callback secret", stage.project.webhook_secret().expose()),
            // A database must know its own hook to recognise it, and Telegram is told the address.
            Canary::new("the hook", &hook).lawful_in("data"),
        ];
        if given.store() == Store::Postgres {
            assert!(url.contains(&password), "the cluster is reached by another name");
            canaries.push(Canary::new("the database's password", &password));
        }
        canaries.extend(goods.iter().map(|unit| Canary::new("the goods", unit)));
        let places = Vec::new();
        Self { stage, base, setting, folder, goods, hook, canaries, places, clock }
    }

    /// A run of the service in which everything outside goes wrong in turn, and people buy all the same.
    async fn bad_day(&mut self) {
        let mut process = self.setting.serve();
        self.stage.lead_to(self.setting.bind);
        let bot = self.stage.bot.clone();
        let secret = self.stage.telegram.until(move |_| bot.webhook()?.secret).await;
        self.canaries.push(Canary::new("the webhook secret", &secret));
        self.all_buy().await;
        self.at_the_doors(&secret).await;
        let cmdline = format!("/proc/{}/cmdline", process.id());
        self.places.push(Place::new("cmdline", std::fs::read(cmdline).expect("a process")));
        for (address, path) in [
            (self.setting.probe, "/metrics"),
            (self.setting.probe, "/readyz"),
            (self.setting.bind, "/readyz"),
            (self.setting.bind, "/healthz"),
        ] {
            let request = Letter::get(path).bytes();
            let answer = Line::to(address).ask(&request).await.expect("an answer");
            self.places.push(Place::new(path, answer.raw));
        }
        // While it runs, the newest rows stand in the write-ahead log.
        self.data().await;
        process.terminate();
        process.gone(Duration::from_secs(20)).await;
    }

    /// Two people get their goods in spite of everything; for six others it ends otherwise.
    async fn all_buy(&self) {
        let person = |n: usize| {
            let user = UserId(101 + i64::try_from(n).expect("a few"));
            self.stage.bot.person(user, "Budi").language("id")
        };
        let (fine, ending): (Vec<_>, Vec<_>) =
            bad_answers().into_iter().enumerate().partition(|(n, _)| *n < LUCKY);
        for (_, faults) in &fine {
            self.plant(faults);
        }
        let people: Vec<Person> = fine.iter().map(|(n, _)| person(*n)).collect();
        for buyer in &people {
            fill_cart(buyer).await;
            buyer.press("QRIS");
        }
        for buyer in &people {
            buyer.sees_text("Bayar sebelum").await;
        }
        for owed in self.stage.project.transactions() {
            self.stage.project.pay(&owed.txn_id).expect("paid");
        }
        for buyer in &people {
            buyer.sees_text("akun-").await;
        }
        let people: Vec<Person> = ending.iter().map(|(n, _)| person(*n)).collect();
        for buyer in &people {
            fill_cart(buyer).await;
        }
        for (_, faults) in &ending {
            self.plant(faults);
        }
        for buyer in &people {
            buyer.press("QRIS");
        }
        self.wait(Duration::from_secs(2)).await;
    }

    fn plant(&self, faults: &Faults) {
        for (method, kind) in &faults.telegram {
            self.stage.telegram.fault(Fault::next(kind.clone()).on(method));
        }
        for (call, kind) in &faults.gateway {
            let (call, kind) = (Some(*call), kind.clone());
            self.stage.gateway.fault(pakasir::Fault { call, reference: None, times: 1, kind });
        }
    }

    /// What a stranger and a broken sender are told.
    async fn at_the_doors(&mut self, secret: &str) {
        let hook = self.hook.clone();
        let telegram = format!("/telegram/{hook}");
        let (door, knock) = ("x-telegram-bot-api-secret-token", "x-secret");
        let callback = self.stage.project.webhook_secret().expose().clone();
        let callbacks = format!("/pakasir/{hook}");
        let deep = "[".repeat(50_000);
        let update = |body: &[u8]| Letter::post(&telegram, body).with(door, secret);
        let requests = [
            Letter::post(&telegram, b"{}").with(door, "wrong"),
            Letter::post(&telegram, b"{}"),
            Letter::post("/telegram/elsewhere", b"{}").with(door, secret),
            update(b"{not json"),
            update(br#"{"update_id":1,"message":{"text":7}}"#),
            update(deep.as_bytes()),
            update(&vec![b' '; 300 * 1024]),
            Letter::post(&callbacks, b"{}").with(knock, "wrong"),
            Letter::post(&callbacks, b"amount=1").with(knock, callback),
            Letter::get(&telegram),
        ];
        for (n, request) in requests.iter().enumerate() {
            let answer = Line::to(self.setting.bind).ask(&request.bytes()).await;
            let raw = answer.map(|answer| answer.raw).unwrap_or_default();
            self.places.push(Place::new(format!("answer {n}"), raw));
        }
        self.wait(Duration::from_secs(1)).await;
    }

    /// A run in which neither side can be reached, with an order open; logs are JSON this time.
    async fn refused_everywhere(&mut self) {
        let mut nowhere = self.setting.clone();
        "log-refused".clone_into(&mut nowhere.log);
        nowhere.set("LOG_FORMAT", "json");
        nowhere.set("TELEGRAM_API_URL", "http://127.0.0.1:1");
        nowhere.set("PAKASIR_API_URL", "http://127.0.0.1:1");
        let mut process = nowhere.serve();
        let late = self.stage.bot.person(UserId(150), "Sari").language("id");
        late.say("/start");
        self.wait(Duration::from_secs(3)).await;
        // As it stands when the machine dies.
        process.kill();
        self.data().await;
    }

    /// A run that ends itself in the middle of a commit, where the build has such points.
    async fn crash(&mut self) {
        let mut fatal = self.setting.clone();
        "log-crash".clone_into(&mut fatal.log);
        fatal.set("AUTO_ORDER_CRASH_BEFORE_COMMIT", "3");
        let mut process = fatal.serve();
        let late = self.stage.bot.person(UserId(151), "Sari").language("id");
        late.say("/start");
        let deadline = self.clock.now().plus(Duration::from_secs(6));
        while process.ended().is_none() && self.clock.now() < deadline {
            self.clock.sleep(LOOK).await;
        }
        process.kill();
    }

    /// Commands that cannot do what they are asked, and the ones that tell.
    fn failing_commands(&mut self) {
        let broken = self.folder.path().join("broken.json");
        let text = format!(r#"{{"products":[{{"code":"X","units":["{}"],"price":"#, self.goods[0]);
        std::fs::write(&broken, text).expect("written");
        let wrong = self.folder.path().join("wrong.json");
        let product = json!({"code": "Ü", "name": "", "price": 1, "units": [self.goods[1], " "]});
        std::fs::write(&wrong, json!({"products": [product]}).to_string()).expect("written");
        let (broken, wrong) = (broken.display().to_string(), wrong.display().to_string());
        let here = self.setting.clone();
        let mut nowhere = here.clone();
        nowhere.set("TELEGRAM_API_URL", "https://kenari.invalid");
        nowhere.set("PAKASIR_API_URL", "https://kenari.invalid");
        let mut no_key = here.clone();
        let other = Keyring::fresh_key();
        no_key.set("DATA_ENCRYPTION_KEY", other.expose());
        let mut bad = here.clone();
        bad.set("INVOICE_MINUTES", "never");
        bad.set("PUBLIC_URL", "ftp://toko.test");
        let url = here.environment.iter().find(|(name, _)| name == "DATABASE_URL");
        let url = url.expect("it is set").1.replace("127.0.0.1:", "127.0.0.1:1");
        let mut no_base = here.clone();
        no_base.set("DATABASE_URL", &url);
        let commands: Vec<(&Setting, Vec<&str>)> = vec![
            (&here, vec!["--help"]),
            (&here, vec!["store", "set", "--help"]),
            (&here, vec!["store", "show", "--json"]),
            (&here, vec!["store", "list"]),
            (&here, vec!["store", "show", "nobody"]),
            (&here, vec!["store", "remove", "toko"]),
            (&here, vec!["catalogue", "import", &broken]),
            (&here, vec!["catalogue", "import", &wrong]),
            (&here, vec!["catalogue", "export", "-"]),
            (&here, vec!["webhook", "info"]),
            (&here, vec!["healthcheck", "--json"]),
            (&nowhere, vec!["webhook", "info", "--json"]),
            (&nowhere, vec!["webhook", "set"]),
            (&nowhere, vec!["healthcheck"]),
            (&no_key, vec!["store", "list"]),
            (&no_key, vec!["serve"]),
            (&bad, vec!["serve"]),
            (&no_base, vec!["store", "list", "--frobnicate"]),
        ];
        for (setting, arguments) in commands {
            let (_, said) = setting.attempt(&arguments);
            // The two that print the addresses by right.
            let tells = arguments[0] == "webhook" || arguments.starts_with(&["store", "show"]);
            let kind = if tells { "data of" } else { "words of" };
            self.places.push(Place::new(format!("{kind} {}", arguments.join(" ")), said));
        }
        for name in ["broken.json", "wrong.json"] {
            std::fs::remove_file(self.folder.path().join(name)).expect("it was written above");
        }
    }

    /// The data as it lies on the disk, or as the engine gives it out.
    async fn data(&mut self) {
        match self.base.store() {
            Store::Sqlite => {
                let folder = self.folder.path();
                let all = files(folder, "data");
                self.places.extend(all.into_iter().filter(|place| place.name.contains(".db")));
            }
            Store::Postgres => {
                let tables = "SELECT CAST(json_build_object('t', table_name) AS TEXT) FROM \
                              information_schema.tables WHERE table_schema = 'public'";
                for table in self.base.rows(tables).await {
                    let name = table["t"].as_str().expect("a name");
                    let rows = format!("SELECT CAST(row_to_json(t) AS TEXT) FROM \"{name}\" t");
                    let rows = self.base.rows(&rows).await;
                    let text: Vec<String> = rows.iter().map(Value::to_string).collect();
                    self.places.push(Place::new(format!("data {name}"), text.join("\n")));
                }
            }
        }
    }

    fn judge(&mut self, report: &mut Report) {
        self.places.extend(files(&self.folder.path().join("logs"), "log"));
        let logs = files(self.folder.path(), "log");
        self.places.extend(logs.into_iter().filter(|place| place.name.starts_with("log log")));
        let bytes: usize = self.places.iter().map(|place| place.bytes.len()).sum();
        let shapes: usize = self.canaries.iter().map(Canary::shapes).sum();
        let mut hits = 0;
        for canary in &self.canaries {
            for place in &self.places {
                if canary.lawful.is_some_and(|lawful| place.name.starts_with(lawful)) {
                    continue;
                }
                if canary.stands_in(place) {
                    hits += 1;
                    report.must(false, "S16", format!("{} stands in {}", canary.what, place.name));
                }
            }
        }
        let holds = |part: &str, what: &str| {
            let places = self.places.iter().filter(|place| place.name.starts_with(part));
            places.filter(|place| find(&place.bytes, what.as_bytes())).count()
        };
        report.must(holds("data", NAME) > 0, "S16", "the search does not find what is there");
        report.must(holds("data", &self.hook) > 0, "S16", "the search does not find the hook");
        report.must(holds("log", "TRACE") > 0, "S16", "the loudest level was not on");
        report.must(holds("log log-refused", "\"level\"") > 0, "S16", "no log was JSON");
        report.must(self.canaries.len() >= 13, "S16", "some secrets were not looked for");
        let delivered = self.goods.iter().filter(|unit| self.was_seen(unit)).count();
        report.must(delivered >= 2, "S16", format!("only {delivered} goods were delivered"));
        report.figure("canaries", self.canaries.len());
        report.figure("shapes", shapes);
        report.figure("places", self.places.len());
        report.figure("searched_kib", bytes / 1024);
        report.figure("hits", hits);
    }

    fn was_seen(&self, unit: &str) -> bool {
        (101..103).any(|user| {
            let buyer = self.stage.bot.person(UserId(user), "Budi");
            buyer.messages().iter().any(|seen| seen.text.contains(unit))
        })
    }

    async fn wait(&self, time: Duration) {
        self.clock.sleep(time).await;
    }
}

/// What goes wrong while one person buys.
struct Faults {
    telegram: Vec<(&'static str, FaultKind)>,
    gateway: Vec<(CallKind, pakasir::FaultKind)>,
}

/// How many of them end well in spite of it.
const LUCKY: usize = 2;

fn bad_answers() -> Vec<Faults> {
    use pakasir::FaultKind as Gateway;
    let told = Gateway::Redirect("https://elsewhere.test/?a=1".to_owned());
    vec![
        Faults {
            telegram: vec![
                ("sendMessage", FaultKind::Reset),
                ("editMessageText", FaultKind::ServerError),
                ("sendPhoto", FaultKind::BadGateway),
            ],
            gateway: vec![
                (CallKind::Create, Gateway::Html502),
                (CallKind::Status, Gateway::Status(500)),
            ],
        },
        Faults {
            telegram: vec![
                ("sendMessage", FaultKind::TooManyRequests { retry_after: 1 }),
                ("editMessageText", FaultKind::BadRequest { why: "can't parse entities: x" }),
                ("sendPhoto", FaultKind::BadRequest { why: "IMAGE_PROCESS_FAILED" }),
            ],
            gateway: vec![
                (CallKind::Create, Gateway::HugeBody),
                (CallKind::Status, Gateway::TooManyRequests { retry_after: Some(1) }),
            ],
        },
        Faults {
            telegram: vec![("editMessageText", FaultKind::Blocked)],
            gateway: vec![(CallKind::Create, Gateway::WrongOrderEcho)],
        },
        Faults {
            telegram: vec![("editMessageText", FaultKind::BadRequest { why: "kenari" })],
            gateway: vec![(CallKind::Create, Gateway::Status(401))],
        },
        Faults { telegram: vec![], gateway: vec![(CallKind::Create, told)] },
        Faults { telegram: vec![], gateway: vec![(CallKind::Create, Gateway::Status(422))] },
        Faults { telegram: vec![], gateway: vec![(CallKind::Create, Gateway::MalformedJson)] },
        Faults { telegram: vec![], gateway: vec![(CallKind::Create, Gateway::Html200)] },
    ]
}

async fn fill_cart(buyer: &Person) {
    buyer.say("/start");
    buyer.sees_text("Selamat datang").await;
    buyer.say("1");
    buyer.sees_text("Jumlah:").await;
    buyer.press("Lanjut ke Keranjang");
    buyer.sees_text("🧺 Keranjang\n").await;
    buyer.press("Lanjut ke Pembayaran");
    buyer.sees_text("Pilih cara bayar").await;
}
