//! At any log level: no key, token, password or goods in logs, errors, metrics, files or process list.

use std::path::Path;

use bot_auto_order::primitives::{Clock, Keyring, UserId};
use bot_auto_order::sandbox::Stage;
use bot_auto_order::sandbox::pakasir::{self, CallKind};
use bot_auto_order::sandbox::telegram::{Fault, FaultKind, Person};
use serde_json::json;

use crate::place::{Place, get};

const OWNER_TOKEN: &str = "700000009:kanari-token-bot-owner-yang-panjang";
const GOODS: &str = "kanari-barang:sandi<&>rahasia";
/// Written into the shop as well, and to be found: the search must be able to find something.
const NAME: &str = "Kopi Kanari";

/// Everything that must not be seen.
fn secrets(stage: &Stage, key: &str, hook: &str) -> Vec<(&'static str, String)> {
    let registered = stage.bot.webhook().and_then(|webhook| webhook.secret);
    let token = stage.token.expose();
    vec![
        ("the goods", GOODS.to_owned()),
        ("the goods as JSON or markup", "kanari-barang".to_owned()),
        ("the data key", key.to_owned()),
        ("the bot token", token.split_once(':').expect("a token").1.to_owned()),
        ("the owners' token", "kanari-token-bot-owner-yang-panjang".to_owned()),
        ("the API key", stage.project.api_key().expose().clone()),
        ("the callback secret", stage.project.webhook_secret().expose().clone()),
        ("the webhook secret", registered.expect("a registration")),
        ("the hook", hook.to_owned()),
    ]
}

fn find(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

/// Every file of a folder, with its name.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).expect("the folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.map(|path| (path.display().to_string(), std::fs::read(&path).expect("a file"))).collect()
}

/// The faults of a bad day: each makes the service say something about a call with a secret in it.
fn bad_day(stage: &Stage) {
    let telegram = [
        ("sendMessage", FaultKind::Reset),
        ("editMessageText", FaultKind::ServerError),
        ("sendPhoto", FaultKind::BadGateway),
    ];
    for (method, kind) in telegram {
        stage.telegram.fault(Fault::next(kind).on(method));
    }
    for kind in [pakasir::FaultKind::Html502, pakasir::FaultKind::MalformedJson] {
        let call = Some(CallKind::Create);
        stage.gateway.fault(pakasir::Fault { call, reference: None, times: 1, kind });
    }
    let (call, kind) = (Some(CallKind::Status), pakasir::FaultKind::Status(500));
    stage.gateway.fault(pakasir::Fault { call, reference: None, times: 1, kind });
}

async fn buys(stage: &Stage, budi: &Person) {
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    budi.say("1");
    budi.sees_text("Jumlah:").await;
    budi.press("Lanjut ke Keranjang");
    budi.sees_text("🧺 Keranjang\n").await;
    budi.press("Lanjut ke Pembayaran");
    budi.sees_text("Pilih cara bayar").await;
    budi.press("QRIS");
    budi.sees_text("Bayar sebelum").await;
    let sale = stage.project.transaction_where(|_| true).await;
    stage.project.pay(&sale.txn_id).expect("paid");
    budi.sees_text(GOODS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_purchase_at_the_loudest_level_tells_no_secret() {
    let stage = Stage::start(Clock::system()).await.expect("loopback has free ports");
    let key = Keyring::fresh_key();
    let place = Place::beside(&stage)
        .set("DATA_ENCRYPTION_KEY", key.expose())
        .set("OWNER_BOT_TOKEN", OWNER_TOKEN)
        .set("TELEGRAM_OWNER_IDS", "9")
        .set("OWNER_ALERT_THRESHOLD", "WARN")
        .set("LOG_LEVEL", "trace")
        .set("LOG_DIR", "logs");
    let boss = stage.telegram.add_bot(OWNER_TOKEN, "kabar_bot").person(UserId(9), "Pak Bos");
    let product = json!({"code": "KOPI", "name": NAME, "price": 30_000, "units": [GOODS]});
    let file = json!({ "products": [product] }).to_string();
    place.run_on(&["catalogue", "import", "-", "--json"], &file).json();
    let shown = place.run(&["store", "show", "--json"]).json();
    let callback = shown["pakasir_webhook_url"].as_str().expect("an address");
    stage.project.callbacks_to(Some(callback));
    stage.project.retry_callbacks(true);

    let serving = place.serve();
    stage.lead_to(serving.bind);
    let bot = stage.bot.clone();
    stage.telegram.until(move |_| bot.webhook()).await;
    bad_day(&stage);
    let budi = stage.bot.person(UserId(101), "Budi").language("id");
    buys(&stage, &budi).await;

    // Telegram refuses to write to somebody, which the log says gravely: the owner hears of it.
    let kind = FaultKind::BadRequest { why: "CHAT_RESTRICTED" };
    let sari = stage.bot.person(UserId(102), "Sari");
    stage.telegram.fault(Fault::next(kind).on("sendMessage").in_chat(sari.id().into()).times(9));
    sari.say("/start");
    boss.sees_text("Telegram refused").await;
    let alerts: Vec<String> = boss.messages().into_iter().map(|seen| seen.text).collect();

    let (bind, probe) = (serving.bind, serving.probe);
    let process = Path::new("/proc").join(serving.id().to_string()).join("cmdline");
    let mut places = vec![
        ("an alert".to_owned(), alerts.concat().into_bytes()),
        ("the process list".to_owned(), std::fs::read(process).expect("a process")),
        ("the metrics".to_owned(), get(probe, "/metrics").into_bytes()),
        ("the readiness".to_owned(), get(bind, "/readyz").into_bytes()),
    ];
    // While it runs, the newest rows stand in the write-ahead log.
    let data = files(&place.path("data"));
    assert!(data.iter().any(|(name, _)| name.ends_with("-wal")), "there is a write-ahead log");
    assert!(data.iter().any(|(_, bytes)| find(bytes, NAME)), "the search finds what is there");
    places.extend(data);
    let (ended, _) = serving.terminate();
    assert_eq!(ended.code, Some(0));
    assert!(ended.err.contains("TRACE"), "the loudest level was on");
    places.push(("stdout".to_owned(), ended.out.into_bytes()));
    places.push(("stderr".to_owned(), ended.err.into_bytes()));
    places.extend(files(&place.path("logs")));
    places.extend(files(&place.path("data")));

    let hook = callback.rsplit('/').next().expect("a hook");
    for (what, secret) in secrets(&stage, key.expose(), hook) {
        for (place, bytes) in &places {
            // A database must know its own hook to recognise it.
            if what == "the hook" && place.contains("auto-order.db") {
                continue;
            }
            assert!(!find(bytes, &secret), "{what} stands in {place}");
        }
    }
}

#[test]
fn a_wrong_database_password_is_not_repeated() {
    let place = Place::new()
        .set("DATABASE_URL", "postgres://rina:kanari-sandi@127.0.0.1:1/toko")
        .set("LOG_LEVEL", "trace");
    let ran = place.run(&["serve"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(!format!("{ran:?}").contains("kanari"), "{ran:?}");
}
