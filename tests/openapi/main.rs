//! `openapi.yaml` against the running service: every described answer is seen, and a fuzzer finds no other.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use bot_auto_order::db::{Db, OpenMode};
use bot_auto_order::primitives::{Clock, Keyring, Secret};
use bot_auto_order::shop::stores::{self, Store, Wish};
use bot_auto_order::worker::{Service, Settings};
use serde_json::{Value, json};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.yaml");
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/openapi");
const CALLBACK_SECRET: &str = "callback-secret-of-nobody";

/// A service on a throw-away SQLite file, with one store and nobody to call.
struct Running {
    service: Service,
    store: Store,
    _folder: tempfile::TempDir,
}

impl Running {
    async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = Secret::new(format!("sqlite:{}", folder.path().join("shop.db").display()));
        let db = Db::open(&url, OpenMode::Server).await.expect("a fresh file opens");
        let keyring = Arc::new(Keyring::from_base64(&Keyring::fresh_key()).expect("a fresh key"));
        let clock = Clock::system();
        let wish = Wish {
            name: Some("Toko Uji".to_owned()),
            bot_token: Some(Secret::new("123456:TEST-TOKEN-NOT-REAL".to_owned())),
            pakasir_slug: Some("toko-uji".to_owned()),
            pakasir_api_key: Some(Secret::new("key-of-nobody".to_owned())),
            pakasir_webhook_secret: Some(Secret::new(CALLBACK_SECRET.to_owned())),
            ..Wish::default()
        };
        let mut tx = db.write().await.expect("begins");
        let store =
            stores::apply(&mut tx, &keyring, "toko", &wish, clock.now()).await.expect("a store");
        tx.commit().await.expect("commits");
        // Port 9 of loopback is nobody's: whatever goes out fails at once.
        let nobody = "http://127.0.0.1:9".to_owned();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let settings = Settings {
            db,
            clock,
            keyring,
            bind: any.into(),
            probe: any.into(),
            public_url: None,
            max_connections: 40,
            telegram_api_url: nobody.clone(),
            pakasir_api_url: nobody.clone(),
            pakasir_public_domain: nobody,
            owner_bot_token: None,
            owner_alerts: true,
            standby_urls: Vec::new(),
        };
        let service = Service::start(settings).await.expect("the service starts");
        Self { service, store, _folder: folder }
    }

    /// What a caller must know, each name after `prefix`.
    fn told(&self, prefix: &str) -> Vec<(String, Value)> {
        [
            ("bind", self.service.bind().to_string()),
            ("probe", self.service.probe().to_string()),
            ("hook", self.store.hook.clone()),
            ("telegram_secret", self.store.webhook_secret.expose().clone()),
            ("pakasir_secret", CALLBACK_SECRET.to_owned()),
        ]
        .map(|(name, value)| (format!("{prefix}{name}"), json!(value)))
        .into()
    }
}

/// The Python environment with schemathesis in it.
#[expect(clippy::disallowed_methods, reason = "the test's runner names the interpreter")]
fn python() -> Command {
    Command::new(std::env::var_os("OPENAPI_PYTHON").expect(
        "OPENAPI_PYTHON names a Python with tests/openapi/requirements.txt; ./scripts/test sets it",
    ))
}

async fn run(mut command: Command, input: String) -> Output {
    let work = move || {
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().expect("the interpreter starts");
        let mut stdin = child.stdin.take().expect("it is piped");
        stdin.write_all(input.as_bytes()).expect("it reads its input");
        drop(stdin);
        child.wait_with_output().expect("it ends")
    };
    tokio::task::spawn_blocking(work).await.expect("it does not panic")
}

fn must_agree(output: &Output, words: &str) {
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "they disagree:\n{out}\n{err}");
    assert!(out.contains(words), "it ended early:\n{out}\n{err}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_described_answer_is_given_and_no_other() {
    let (open, closed) = (Running::start().await, Running::start().await);
    // From now on the second one cannot commit.
    closed.service.shared().db.close().await;
    let told: serde_json::Map<_, _> =
        open.told("").into_iter().chain(closed.told("closed_")).collect();
    let mut contract = python();
    contract.arg(Path::new(FOLDER).join("contract.py")).arg(PAGE);
    let output = run(contract, Value::Object(told).to_string()).await;
    open.service.stop().await;
    closed.service.stop().await;
    must_agree(&output, "the page and the service agreed");
}

/// One run of the fuzzer: where, which routes, with which hook and secrets, and which checks do not fit.
#[derive(Default)]
struct Fuzz<'a> {
    address: &'a str,
    routes: &'a str,
    hook: &'a str,
    secrets: &'a [String],
    unfit: &'a str,
}

impl Fuzz<'_> {
    async fn run(self) {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let config = scratch.path().join("schemathesis.toml");
        std::fs::write(&config, format!("[parameters]\n\"path.hook\" = \"{}\"\n", self.hook))
            .expect("the temporary folder is writable");
        let mut fuzzer = python();
        fuzzer.args(["-m", "schemathesis.cli", "--config-file"]).arg(config).args(["run", PAGE]);
        fuzzer.args(["--url", &format!("http://{}", self.address)]);
        fuzzer.args(["--include-path-regex", self.routes]);
        // What is not there is 404 for every method, and nothing in a delivery is a reason to refuse it.
        let unfit = format!("unsupported_method,negative_data_rejection{}", self.unfit);
        fuzzer.args(["--checks", "all", "--exclude-checks", &unfit]);
        fuzzer.args(["--seed", "1", "--max-examples", "60", "--phases", "coverage,fuzzing"]);
        fuzzer.args(["--continue-on-failure", "--warnings", "off", "--no-color"]);
        for secret in self.secrets {
            fuzzer.args(["--header", secret]);
        }
        fuzzer.current_dir(scratch.path());
        must_agree(&run(fuzzer, String::new()).await, "No issues found");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fuzzer_finds_nothing_that_is_not_described() {
    let open = Running::start().await;
    let (bind, probe) = (&open.service.bind().to_string(), &open.service.probe().to_string());
    let hook = &open.store.hook;
    let telegram =
        [format!("X-Telegram-Bot-Api-Secret-Token: {}", open.store.webhook_secret.expose())];
    let pakasir = [format!("X-Secret: {CALLBACK_SECRET}")];
    let (both, checks) = ("^/(telegram|pakasir)/", "^/(healthz|readyz)$");
    // A page cannot say that a body may be missing; contract.py looks at those bodies.
    let unfit = ",content_type_conformance,response_schema_conformance";
    let (address, routes, secrets) = (bind.as_str(), "^/telegram/", &telegram[..]);
    Fuzz { address, routes, hook, secrets, unfit }.run().await;
    let (routes, secrets) = ("^/pakasir/", &pakasir[..]);
    Fuzz { address, routes, hook, secrets, ..Fuzz::default() }.run().await;
    Fuzz { address, routes: both, hook, ..Fuzz::default() }.run().await;
    // An unknown hook is 404 before anything is looked at.
    let unfit = ",missing_required_header";
    Fuzz { address, routes: both, hook: "nobody", secrets, unfit }.run().await;
    Fuzz { address, routes: checks, ..Fuzz::default() }.run().await;
    Fuzz { address: probe, routes: "^/(healthz|readyz|metrics)$", ..Fuzz::default() }.run().await;
    open.service.stop().await;
}
