//! Given a shop whose service is the real program in a process of its own, started again when it dies.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::time::Duration;

use bot_auto_order::primitives::{Clock, Keyring, Secret, UserId};
use bot_auto_order::sandbox::Stage;
use bot_auto_order::sandbox::telegram::Person;
use serde_json::{Value, json};

use crate::base::{Base, Engine};

pub const UNITS: i64 = 3;
pub const PRICE: i64 = 30_000;
/// How often a process is looked at, and the data after the story.
const LOOK: Duration = Duration::from_millis(20);
/// Longest wait for the end of all work.
const PATIENCE: Duration = Duration::from_secs(30);
/// Telegram and the gateway hear from a dead shop again after this long, in their own time.
const DOWN: Duration = Duration::from_secs(5);
const SIGABRT: i32 = 6;

/// What every shop of one engine is copied from.
pub struct Pattern {
    pub base: Base,
    folder: tempfile::TempDir,
    key: Secret<String>,
    callbacks: String,
}

impl Pattern {
    /// Imports a catalogue by the real command line.
    pub async fn make(engine: Engine) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let base = Base::empty(engine, folder.path(), "pattern").await;
        let mut pattern =
            Self { base, folder, key: Keyring::fresh_key(), callbacks: String::new() };
        let units: Vec<String> = (1..=UNITS).map(|n| format!("kopi-secret-{n}")).collect();
        let product = json!({"code": "KOPI", "name": "Kopi Susu", "price": PRICE, "units": units});
        let file = pattern.folder.path().join("catalogue.json");
        std::fs::write(&file, json!({"products": [product]}).to_string()).expect("written");
        pattern.run(&["catalogue", "import", &file.display().to_string()]);
        let shown = pattern.run(&["store", "show", "--json"]);
        let shown: Value = serde_json::from_slice(&shown).expect("JSON");
        let address = shown["pakasir_webhook_url"].as_str().expect("an address");
        address.clone_into(&mut pattern.callbacks);
        pattern
    }

    fn run(&self, arguments: &[&str]) -> Vec<u8> {
        let mut command = self.command(&self.base, self.folder.path());
        let done = command
            .env("TELEGRAM_BOT_TOKEN", "700000001:only-to-make-the-store")
            .args(arguments)
            .output()
            .expect("the program runs");
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        done.stdout
    }

    fn command(&self, base: &Base, folder: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_auto-order"));
        command
            .env_clear()
            .current_dir(folder)
            .env("DATABASE_URL", base.url())
            .env("DATA_ENCRYPTION_KEY", self.key.expose())
            .env("PUBLIC_URL", "https://toko.test");
        command
    }

    pub async fn remove(self) {
        self.base.remove().await;
    }
}

/// Where a process dies: around which of its commits.
#[derive(Debug, Clone, Copy)]
pub enum Death {
    Before(u32),
    After(u32),
}

impl Death {
    pub const fn commit(self) -> u32 {
        match self {
            Self::Before(n) | Self::After(n) => n,
        }
    }

    fn name(self) -> String {
        match self {
            Self::Before(n) => format!("before_{n}"),
            Self::After(n) => format!("after_{n}"),
        }
    }
}

/// A running shop and its outside world.
pub struct Shop<'a> {
    pattern: &'a Pattern,
    pub stage: Stage,
    pub base: Base,
    clock: Clock,
    folder: tempfile::TempDir,
    bind: SocketAddr,
    probe: SocketAddr,
    process: tokio::sync::Mutex<Child>,
    deaths: AtomicU32,
    name: String,
}

impl<'a> Shop<'a> {
    pub async fn open(pattern: &'a Pattern, death: Death) -> Self {
        Self::open_in(pattern, death, |_| {}).await
    }

    /// Opens in a world that was made ready.
    pub async fn open_in(
        pattern: &'a Pattern,
        death: Death,
        make_ready: impl FnOnce(&Stage),
    ) -> Self {
        let clock = Clock::jumping();
        let stage = Stage::start(clock.clone()).await.expect("loopback has free ports");
        make_ready(&stage);
        let folder = tempfile::tempdir().expect("a folder");
        let base = pattern.base.copy(folder.path(), &death.name()).await;
        let (bind, probe) = (free_address(), free_address());
        stage.lead_to(bind);
        stage.project.callbacks_to(Some(&pattern.callbacks));
        stage.project.retry_callbacks(true);
        let mut first = start(pattern, &stage, &base, (bind, probe), folder.path());
        match death {
            Death::Before(n) => first.env("AUTO_ORDER_CRASH_BEFORE_COMMIT", n.to_string()),
            Death::After(n) => first.env("AUTO_ORDER_CRASH_AFTER_COMMITS", n.to_string()),
        };
        let process = tokio::sync::Mutex::new(first.spawn().expect("the program runs"));
        let deaths = AtomicU32::new(0);
        let name = death.name();
        Self { pattern, stage, base, clock, folder, bind, probe, process, deaths, name }
    }

    /// Plays a story while the service is started again whenever it dies.
    pub async fn play(&self, story: impl Future<Output = ()>) {
        tokio::select! {
            () = story => {}
            () = self.keep_running() => {}
        }
    }

    async fn keep_running(&self) {
        let system = Clock::system();
        loop {
            system.sleep(LOOK).await;
            let mut process = self.process.lock().await;
            let Some(status) = process.try_wait().expect("the process is ours") else { continue };
            assert_eq!(status.signal(), Some(SIGABRT), "it died of something else");
            assert_eq!(self.deaths.fetch_add(1, Ordering::SeqCst), 0, "it dies once");
            self.base.leases_lapse().await;
            self.clock.advance(DOWN);
            let addresses = (self.bind, self.probe);
            let mut again =
                start(self.pattern, &self.stage, &self.base, addresses, self.folder.path());
            *process = again.spawn().expect("the program runs");
        }
    }

    pub fn buyer(&self) -> Person {
        self.stage.bot.person(UserId(101), "Budi").language("id")
    }

    /// Waits until no update, callback, fact or parcel is on its way.
    pub async fn quiet(&self) {
        let system = Clock::system();
        let deadline = system.now().plus(PATIENCE);
        loop {
            self.stage.bot.settled().await;
            self.stage.project.settled().await;
            let waiting = self
                .base
                .count(
                    "SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'pending') + \
                     (SELECT COUNT(*) FROM outbox WHERE state = 'pending')",
                )
                .await;
            if waiting == 0 {
                return;
            }
            assert!(system.now() < deadline, "{waiting} rows still wait");
            system.sleep(LOOK).await;
        }
    }

    pub fn has_died(&self) -> bool {
        self.deaths.load(Ordering::SeqCst) > 0
    }

    fn log(&self) -> String {
        std::fs::read_to_string(log_file(self.folder.path())).unwrap_or_default()
    }

    pub async fn close(&mut self) {
        let process = self.process.get_mut();
        process.kill().expect("it was alive to the end");
        process.wait().expect("it is gone");
        self.stage.stop().await;
        self.base.clone().remove().await;
    }
}

/// A failed story tells what the service said, and leaves no process behind.
impl Drop for Shop<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let told = format!("--- {}\n{}\n{}", self.name, self.buyer().dump(), self.log());
            let _ = std::io::stderr().write_all(told.as_bytes());
        }
        // Also when another shop's story failed and this one was dropped where it stood.
        let process = self.process.get_mut();
        let _ = process.kill();
        let _ = process.wait();
    }
}

fn start(
    pattern: &Pattern,
    stage: &Stage,
    base: &Base,
    (bind, probe): (SocketAddr, SocketAddr),
    folder: &Path,
) -> Command {
    let log = || {
        let log = OpenOptions::new().create(true).append(true).open(log_file(folder));
        Stdio::from(log.expect("a log"))
    };
    let mut command = pattern.command(base, folder);
    command
        .arg("serve")
        .env("BIND_ADDR", bind.to_string())
        .env("PROBE_ADDR", probe.to_string())
        .env("TELEGRAM_API_URL", stage.telegram.url())
        .env("TELEGRAM_BOT_TOKEN", stage.token.expose())
        .env("PAKASIR_API_URL", stage.gateway.url())
        .env("PAKASIR_PROJECT_SLUG", stage.project.slug())
        .env("PAKASIR_API_KEY", stage.project.api_key().expose())
        .env("PAKASIR_WEBHOOK_SECRET", stage.project.webhook_secret().expose())
        .stdout(log())
        .stderr(log());
    command
}

fn log_file(folder: &Path) -> PathBuf {
    folder.join("log")
}

/// An address that stays ours while the process is down: below the ports the system hands out.
fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let (_, first) = RANGE.get_or_init(own_range);
    loop {
        let address = loopback(first + 1 + NEXT.fetch_add(1, Ordering::SeqCst) % (RANGE_SIZE - 1));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}

const RANGE_SIZE: u16 = 500;
/// The ports of this process: who listens on the first one of a range has all of it.
static RANGE: OnceLock<(TcpListener, u16)> = OnceLock::new();

/// Each test is a process of its own, and several run at once: none of them takes another one's ports, not even
/// while the service that had one is down.
fn own_range() -> (TcpListener, u16) {
    (12_000..32_000)
        .step_by(usize::from(RANGE_SIZE))
        .find_map(|first| Some((TcpListener::bind(loopback(first)).ok()?, first)))
        .expect("a range of ports that nobody has")
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}
