//! The environment as checked settings, all faults at once.

mod file;
mod parse;
mod watch;
mod backup;
mod settings;

pub use backup::{Backup, Bucket, Offsite};
pub use settings::{read_settings, settings_text};

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::pakasir::Version;
use crate::primitives::planted::Bug;
use crate::primitives::{Keyring, Language, Secret, UserId, Zone};
use crate::telemetry::LogFormat;
use parse::Reader;
pub use watch::{Thresholds, Watch};

/// Everything the environment decides.
#[derive(Debug)]
pub struct Config {
    /// Where the data lives.
    pub database_url: Secret<String>,
    /// Where the world comes in.
    pub bind: SocketAddr,
    /// Where probes come in.
    pub probe: SocketAddr,
    /// What the sockets are called that the process was started with, if any.
    pub listener_names: Vec<String>,
    /// Under which address the world reaches `bind`; without it no webhook is registered.
    pub public_url: Option<String>,
    /// What opens and seals secrets at rest.
    pub keyring: Keyring,
    /// The Bot API.
    pub telegram_api_url: String,
    /// How many deliveries Telegram may make at once.
    pub telegram_max_connections: u8,
    /// The gateway's API.
    pub pakasir_api_url: String,
    /// The gateway's pages for buyers.
    pub pakasir_public_domain: String,
    /// The bot that tells the owners what is wrong, when it is not the store's own.
    pub owner_bot_token: Option<Secret<String>>,
    /// The first store, when the environment describes one.
    pub first_store: Option<FirstStore>,
    /// How backups are made and kept.
    pub backup: Backup,
    /// Every variable that was given and means something here, for a backup.
    pub given: Secret<BTreeMap<String, String>>,
    /// What is logged.
    pub log: LogSettings,
    /// What is watched, and who hears of it.
    pub watch: Watch,
    /// Where to die, for the crash tests; nothing but a debug build asks for it.
    pub crash: Option<CrashPoint>,
    /// A word in a fact to die of, for the same.
    pub crash_word: Option<String>,
    /// The bug to plant; only a build for the fault suite asks for it.
    pub planted: Option<Bug>,
}

/// As much as a bare machine can say: where the data goes, and where backups are.
#[derive(Debug)]
pub struct BareConfig {
    /// Where the data lives.
    pub database_url: Secret<String>,
    /// Where backups are, and under which password.
    pub backup: Backup,
    /// Every variable that was given and means something here.
    pub given: Secret<BTreeMap<String, String>>,
}

impl BareConfig {
    /// As [`Config::load`], without asking for what a restore brings along.
    ///
    /// # Errors
    /// [`ConfigFaults`] with every fault at once.
    pub fn load(env_file: Option<&Path>) -> Result<Self, ConfigFaults> {
        let values = file::environment(env_file).map_err(|fault| ConfigFaults(vec![fault]))?;
        Self::from_pairs(values)
    }

    /// As [`Config::from_pairs`].
    ///
    /// # Errors
    /// [`ConfigFaults`] with every fault at once.
    pub fn from_pairs(
        pairs: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigFaults> {
        let values: Vec<_> = pairs.into_iter().collect();
        let mut reader = Reader::new(values.clone());
        let database_url = reader.secret_or("DATABASE_URL", "sqlite:data/auto-order.db");
        let backup = reader.backup();
        // Only to know which variables are there: what is wrong with the others is nobody's question here.
        let given = Config::from_pairs(values).map_or_else(|_| reader.all_given(), |all| all.given);
        reader.finish(Self { database_url, backup, given })
    }
}

/// A commit around which the process kills itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrashPoint {
    /// Which commit, counted from 1.
    pub commit: u64,
    /// Whether that commit is still made.
    pub committed: bool,
}

/// The store that the environment makes or updates at start.
#[derive(Debug)]
pub struct FirstStore {
    /// Its short name.
    pub slug: String,
    /// The name people see.
    pub name: Option<String>,
    /// Where its clock stands.
    pub zone: Option<Zone>,
    /// What it speaks first.
    pub language: Option<Language>,
    /// The bot's token.
    pub bot_token: Secret<String>,
    /// Who runs the store.
    pub admins: Option<Vec<UserId>>,
    /// Who runs the service.
    pub owners: Option<Vec<UserId>>,
    /// The gateway project's slug.
    pub pakasir_slug: Option<String>,
    /// The gateway project's key.
    pub pakasir_api_key: Option<Secret<String>>,
    /// The gateway's callback secret.
    pub pakasir_webhook_secret: Option<Secret<String>>,
    /// Which API the project speaks.
    pub pakasir_version: Option<Version>,
    /// Whether the project is in sandbox mode.
    pub pakasir_sandbox: Option<bool>,
    /// How long an unpaid order lives, in minutes.
    pub invoice_minutes: Option<i64>,
    /// How many days proofs of terms are kept; 0 keeps them for ever.
    pub terms_days: Option<i64>,
    /// From how many units of a product on the admins are told that little is left.
    pub low_stock: Option<i64>,
}

/// What is logged, how and where to.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// `trace`, `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// Text or JSON.
    pub format: LogFormat,
    /// A folder that gets a file a day.
    pub folder: Option<PathBuf>,
}

/// Every fault of the environment at once.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the configuration has {} fault(s):\n  - {}", .0.len(), .0.join("\n  - "))]
pub struct ConfigFaults(pub Vec<String>);

impl Config {
    /// Reads the environment of the process, and `env_file` (or `.env`, if it is there) beneath it.
    ///
    /// # Errors
    /// [`ConfigFaults`] with every fault at once.
    pub fn load(env_file: Option<&Path>) -> Result<Self, ConfigFaults> {
        let values = file::environment(env_file).map_err(|fault| ConfigFaults(vec![fault]))?;
        Self::from_pairs(values)
    }

    /// As [`Config::load`], with these pairs in place of an env file that is still to be written.
    ///
    /// # Errors
    /// [`ConfigFaults`] with every fault at once.
    pub fn with(written: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigFaults> {
        Self::from_pairs(written.into_iter().chain(file::of_the_process()))
    }

    /// Checks `NAME`, `value` pairs as if they were the environment; the later of two equal names wins.
    ///
    /// # Errors
    /// [`ConfigFaults`] with every fault at once.
    pub fn from_pairs(
        pairs: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigFaults> {
        let mut reader = Reader::new(pairs);
        let keyring = reader.keyring();
        let first_store = reader.first_store();
        let owner_bot_token = reader.owner_bot();
        let public_url = reader.public_url();
        let watch = reader.watch(public_url.as_deref());
        let mut settings = Self {
            database_url: reader.secret_or("DATABASE_URL", "sqlite:data/auto-order.db"),
            bind: reader.parsed("BIND_ADDR", "127.0.0.1:8080", "an address such as 127.0.0.1:8080"),
            probe: reader.parsed(
                "PROBE_ADDR",
                "127.0.0.1:9090",
                "an address such as 127.0.0.1:9090",
            ),
            listener_names: reader.listener_names(),
            public_url,
            telegram_api_url: reader.url("TELEGRAM_API_URL", "https://api.telegram.org"),
            telegram_max_connections: reader.number("TELEGRAM_MAX_CONNECTIONS", 100, 1..=100),
            pakasir_api_url: reader.url("PAKASIR_API_URL", "https://app.pakasir.com"),
            pakasir_public_domain: reader.url("PAKASIR_PUBLIC_DOMAIN", "https://app.pakasir.com"),
            log: reader.log(),
            watch,
            backup: reader.backup(),
            crash: reader.crash_point(),
            crash_word: reader.crash_word(),
            planted: reader.planted(),
            first_store,
            owner_bot_token,
            keyring,
            given: Secret::new(BTreeMap::new()),
        };
        settings.given = reader.all_given();
        reader.finish(settings)
    }
}
