//! Turns names and values into settings and gathers what is wrong with them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use super::{ConfigFaults, CrashPoint, FirstStore, LogSettings, file};
use crate::pakasir::Version;
use crate::primitives::planted::Bug;
use crate::primitives::{Keyring, Language, Secret, UserId, Zone};
use crate::telegram::looks_like_a_token;
use crate::telemetry::{LogFormat, redaction};

/// Reads variables one by one; a fault gives a stand-in, and [`Reader::finish`] refuses them all at once.
pub(super) struct Reader {
    values: HashMap<String, String>,
    faults: Vec<String>,
    /// What was asked for and is there, so that a backup can bring it to another machine.
    asked: RefCell<BTreeMap<String, String>>,
    /// The names of values that go over several lines.
    long: RefCell<BTreeSet<String>>,
}

impl Reader {
    pub(super) fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let (faults, asked, long) = Default::default();
        Self { values: pairs.into_iter().collect(), faults, asked, long }
    }

    pub(super) fn finish<T>(mut self, value: T) -> Result<T, ConfigFaults> {
        for name in self.long.take() {
            self.fault(format!("{name} goes over several lines; is a quote left open?"));
        }
        if self.faults.is_empty() { Ok(value) } else { Err(ConfigFaults(self.faults)) }
    }

    pub(super) fn fault(&mut self, text: impl Into<String>) {
        self.faults.push(text.into());
    }

    /// A value that is there and not blank.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let value = self.line(name)?;
        self.note(name, &value);
        Some(value)
    }

    fn note(&self, name: &str, value: &str) {
        self.asked.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    /// A value that may be shown: behind a quote that was left open the secrets of other lines would be in it.
    fn line(&self, name: &str) -> Option<String> {
        let value = self.raw(name)?;
        if value.contains(['\n', '\r']) {
            self.long.borrow_mut().insert(name.to_owned());
            return None;
        }
        Some(value)
    }

    fn raw(&self, name: &str) -> Option<String> {
        self.values.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// What was asked for and is there; a secret from a file under its own name. What belongs to this machine alone,
    /// and the one password that must not stand beside what it protects, are left out.
    pub(super) fn all_given(&self) -> Secret<BTreeMap<String, String>> {
        const LEFT_OUT: [&str; 3] =
            ["DATABASE_URL", "BACKUP_ENCRYPTION_PASSWORD", "LISTEN_FDNAMES"];
        let mut given = self.asked.borrow().clone();
        given.retain(|name, _| !LEFT_OUT.contains(&&**name) && !name.starts_with("AUTO_ORDER_"));
        Secret::new(given)
    }

    /// A secret, from now on kept out of whatever is logged.
    pub(super) fn secret(&mut self, name: &str) -> Option<Secret<String>> {
        let value = match self.raw(name) {
            Some(value) => value,
            None => self.secret_file(name)?,
        };
        redaction::know_setting(&value);
        self.note(name, &value);
        Some(Secret::new(value))
    }

    fn secret_file(&mut self, name: &str) -> Option<String> {
        let path = self.line(&format!("{name}_FILE"))?;
        file::read_secret_file(name, &path).map_err(|fault| self.fault(fault)).ok()
    }

    pub(super) fn secret_or(&mut self, name: &str, default: &str) -> Secret<String> {
        self.secret(name).unwrap_or_else(|| Secret::new(default.to_owned()))
    }

    pub(super) fn parsed<T: FromStr>(&mut self, name: &str, default: &str, what: &str) -> T {
        let text = self.text(name).unwrap_or_else(|| default.to_owned());
        text.parse().unwrap_or_else(|_| {
            self.fault(format!("{name}='{text}' is not {what}"));
            default.parse().ok().expect("the default is well-formed")
        })
    }

    pub(super) fn number<T>(&mut self, name: &str, default: T, range: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let Some(text) = self.text(name) else { return default };
        match text.parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                let (low, high) = (range.start(), range.end());
                self.fault(format!("{name}='{text}' is not a number from {low} to {high}"));
                default
            }
        }
    }

    pub(super) fn flag(&mut self, name: &str, default: bool) -> bool {
        let Some(text) = self.text(name) else { return default };
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => true,
            "false" | "0" | "no" | "off" => false,
            _ => {
                self.fault(format!("{name}='{text}' is neither true nor false"));
                default
            }
        }
    }

    pub(super) fn url(&mut self, name: &str, default: &str) -> String {
        let text = self.text(name).unwrap_or_else(|| default.to_owned());
        let bare = text.trim_end_matches('/').to_owned();
        let host = bare.strip_prefix("https://").or_else(|| bare.strip_prefix("http://"));
        if host.is_none_or(str::is_empty) {
            self.fault(format!("{name}='{text}' must begin with https:// or http://"));
        } else if bare.starts_with("http://") && !is_loopback(&bare) {
            self.fault(format!(
                "{name}='{text}' must begin with https://: it is not on this machine"
            ));
        }
        bare
    }

    /// The names that systemd gives to the sockets it hands over.
    pub(super) fn listener_names(&self) -> Vec<String> {
        let names = self.text("LISTEN_FDNAMES").unwrap_or_default();
        names.split(':').filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }

    pub(super) fn public_url(&mut self) -> Option<String> {
        let text = self.text("PUBLIC_URL")?;
        self.public_address("PUBLIC_URL", &text)
    }

    /// An address under which the world could reach us, without the last slash.
    pub(super) fn public_address(&mut self, name: &str, text: &str) -> Option<String> {
        let bare = text.trim_end_matches('/').to_owned();
        match bare.strip_prefix("https://") {
            Some(host) if !host.is_empty() && !host.contains(['@', '?', '#']) => Some(bare),
            _ => {
                self.fault(format!("{name}='{text}' must be https://host or https://host/path"));
                None
            }
        }
    }

    /// The data keys; a fault gives a stand-in that [`Reader::finish`] never lets out.
    pub(super) fn keyring(&mut self) -> Keyring {
        let keys = self.secret("DATA_ENCRYPTION_KEY").unwrap_or_else(|| {
            self.fault("DATA_ENCRYPTION_KEY is missing; `auto-order keygen` prints a fresh one");
            Keyring::fresh_key()
        });
        Keyring::from_base64(&keys).unwrap_or_else(|error| {
            self.fault(format!("DATA_ENCRYPTION_KEY: {error}"));
            Keyring::from_base64(&Keyring::fresh_key()).expect("a fresh key is well-formed")
        })
    }

    fn users(&mut self, name: &str) -> Vec<UserId> {
        let text = self.text(name).unwrap_or_default();
        let mut users = Vec::new();
        for part in text.split(',').map(str::trim).filter(|_| !text.is_empty()) {
            match part.parse::<i64>() {
                Ok(id) if id > 0 => users.push(UserId(id)),
                _ => self.fault(format!("{name}='{text}': '{part}' is not a Telegram user id")),
            }
        }
        users
    }

    pub(super) fn log(&mut self) -> LogSettings {
        let level = self.text("LOG_LEVEL").unwrap_or_else(|| "info".to_owned()).to_lowercase();
        if !["trace", "debug", "info", "warn", "error"].contains(&level.as_str()) {
            self.fault(format!("LOG_LEVEL='{level}' is none of trace, debug, info, warn, error"));
        }
        let format = match self.text("LOG_FORMAT").as_deref() {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(other) => {
                let fault = format!("LOG_FORMAT='{other}' is neither text nor json");
                self.fault(fault);
                LogFormat::Text
            }
        };
        LogSettings { level, format, folder: self.text("LOG_DIR").map(PathBuf::from) }
    }

    /// Fault points are compiled into debug builds alone; a release build ignores their names.
    pub(super) fn crash_point(&mut self) -> Option<CrashPoint> {
        if !cfg!(debug_assertions) {
            return None;
        }
        [("AUTO_ORDER_CRASH_BEFORE_COMMIT", false), ("AUTO_ORDER_CRASH_AFTER_COMMITS", true)]
            .into_iter()
            .map(|(name, committed)| CrashPoint {
                commit: self.number(name, 0, 0..=u64::MAX),
                committed,
            })
            .find(|point| point.commit > 0)
    }

    /// Planted bugs are compiled in by a feature alone; every other build ignores the name.
    pub(super) fn planted(&mut self) -> Option<Bug> {
        if !cfg!(feature = "planted") {
            return None;
        }
        let word = self.text("AUTO_ORDER_PLANTED")?;
        let bug = Bug::named(&word);
        if bug.is_none() {
            self.fault(format!("AUTO_ORDER_PLANTED='{word}' is no bug that can be planted"));
        }
        bug
    }

    /// As [`Self::crash_point`], the word in a fact that kills its worker.
    pub(super) fn crash_word(&self) -> Option<String> {
        self.text("AUTO_ORDER_CRASH_ON_WORD").filter(|_| cfg!(debug_assertions))
    }

    /// The owners' own bot.
    pub(super) fn owner_bot(&mut self) -> Option<Secret<String>> {
        let token = self.secret("OWNER_BOT_TOKEN")?;
        if !looks_like_a_token(token.expose()) {
            self.fault("OWNER_BOT_TOKEN is not a bot token; it looks like 123456:ABC-DEF…");
        }
        Some(token)
    }

    /// The first store, unless no token is given: then all stores live in the database.
    pub(super) fn first_store(&mut self) -> Option<FirstStore> {
        let bot_token = self.secret("TELEGRAM_BOT_TOKEN");
        let zone = self.text("BOT_TIMEZONE").and_then(|name| {
            Zone::named(&name).map_err(|error| self.fault(format!("BOT_TIMEZONE: {error}"))).ok()
        });
        let slug = self.text("STORE_SLUG").unwrap_or_else(|| "toko".to_owned());
        let fit = slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !fit || slug.len() > 40 {
            self.fault(format!("STORE_SLUG='{slug}' must be 1 to 40 of a–z, 0–9 and '-'"));
        }
        let store = FirstStore {
            slug,
            name: self.text("BOT_STORE_NAME"),
            zone,
            language: self.language(),
            bot_token: bot_token.clone().unwrap_or_else(|| Secret::new(String::new())),
            admins: self.given("TELEGRAM_ADMIN_IDS", Self::users),
            owners: self.given("TELEGRAM_OWNER_IDS", Self::users),
            pakasir_slug: self.text("PAKASIR_PROJECT_SLUG"),
            pakasir_api_key: self.secret("PAKASIR_API_KEY"),
            pakasir_webhook_secret: self.secret("PAKASIR_WEBHOOK_SECRET"),
            pakasir_version: self.given("PAKASIR_API_VERSION", |reader, name| {
                reader.parsed::<Version>(name, "v2", "v2 or v1")
            }),
            pakasir_sandbox: self.given("PAKASIR_SANDBOX", |reader, name| reader.flag(name, false)),
            invoice_minutes: self
                .given("INVOICE_MINUTES", |reader, name| reader.number(name, 15, 1..=1440)),
            terms_days: self
                .given("SNK_RETENTION_DAYS", |reader, name| reader.number(name, 30, 0..=36_500)),
            low_stock: self
                .given("LOW_STOCK_THRESHOLD", |reader, name| reader.number(name, 3, 0..=1_000_000)),
        };
        if store.pakasir_slug.is_some() != store.pakasir_api_key.is_some() {
            self.fault(
                "PAKASIR_PROJECT_SLUG and PAKASIR_API_KEY belong together: give both or none",
            );
        }
        let token = bot_token?;
        if !looks_like_a_token(token.expose()) {
            self.fault("TELEGRAM_BOT_TOKEN is not a bot token; it looks like 123456:ABC-DEF…");
        }
        Some(store)
    }

    /// A setting of the store, if it was given: what is not said here may be set elsewhere.
    fn given<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self, &'static str) -> T,
    ) -> Option<T> {
        self.text(name).is_some().then(|| read(self, name))
    }

    fn language(&mut self) -> Option<Language> {
        let code = self.text("BOT_LANGUAGE")?;
        let language = Language::from_code(&code);
        if language.is_none() {
            self.fault(format!("BOT_LANGUAGE='{code}' is neither id nor en"));
        }
        language
    }
}

/// Whether an `http://` address stays on this machine: elsewhere a token in it could be read on the way.
pub(super) fn is_loopback(url: &str) -> bool {
    let rest = url.trim_start_matches("http://");
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn config(pairs: &[(&str, &str)]) -> Result<Config, ConfigFaults> {
        let key = Keyring::fresh_key();
        let mut all = vec![
            ("DATA_ENCRYPTION_KEY".to_owned(), key.expose().clone()),
            ("TELEGRAM_BOT_TOKEN".to_owned(), "123456:TEST-TOKEN-NOT-REAL".to_owned()),
        ];
        all.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Config::from_pairs(all)
    }

    #[test]
    fn an_open_quote_shows_nothing_of_the_lines_behind_it() {
        for name in ["BIND_ADDR", "BOT_STORE_NAME", "PAKASIR_API_KEY_FILE"] {
            let swallowed = "toko'\nPAKASIR_WEBHOOK_SECRET=rahasia-panjang\n";
            let faults = config(&[(name, swallowed)]).expect_err("it is no single line");
            let said = faults.to_string();
            assert!(said.contains(&format!("{name} goes over several lines")), "{said}");
            assert!(!said.contains("rahasia"), "{said}");
        }
    }

    #[test]
    fn admin_ids_are_read_in_every_spelling() {
        for (text, ids) in
            [("1", vec![1]), ("1,2", vec![1, 2]), (" 1 , 2 ", vec![1, 2]), ("", vec![])]
        {
            let config = config(&[("TELEGRAM_ADMIN_IDS", text)]).expect("a fit configuration");
            let admins = config.first_store.expect("a store").admins.unwrap_or_default();
            assert_eq!(admins, ids.into_iter().map(UserId).collect::<Vec<_>>(), "{text:?}");
        }
        let faults = config(&[("TELEGRAM_ADMIN_IDS", "1,x")]).expect_err("x is no id");
        assert!(faults.to_string().contains("'x' is not a Telegram user id"), "{faults}");
    }

    #[test]
    fn all_faults_come_at_once_and_none_shows_a_secret() {
        let faults = Config::from_pairs(
            [
                ("TELEGRAM_BOT_TOKEN", "canary token"),
                ("DATA_ENCRYPTION_KEY", "canary key"),
                ("BIND_ADDR", "here"),
                ("BOT_TIMEZONE", "Mars/Olympus"),
                ("PUBLIC_URL", "http://shop.example"),
                ("LOG_FORMAT", "xml"),
                ("PAKASIR_API_KEY", "canary"),
                ("INVOICE_MINUTES", "0"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        )
        .expect_err("everything is wrong")
        .to_string();
        for name in [
            "TELEGRAM_BOT_TOKEN",
            "DATA_ENCRYPTION_KEY",
            "BIND_ADDR",
            "BOT_TIMEZONE",
            "PUBLIC_URL",
            "LOG_FORMAT",
            "PAKASIR_PROJECT_SLUG",
            "INVOICE_MINUTES",
        ] {
            assert!(faults.contains(name), "{name} is not reported in {faults}");
        }
        assert!(!faults.contains("canary"), "{faults}");
    }

    #[test]
    fn a_secret_may_stand_in_a_file() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "sqlite:elsewhere.db\n").expect("written");
        let path = file.path().to_str().expect("a plain path");
        let config = config(&[("DATABASE_URL_FILE", path)]).expect("a fit configuration");
        assert_eq!(config.database_url.expose(), "sqlite:elsewhere.db");
        assert!(config_fails_for_missing_file());
    }

    fn config_fails_for_missing_file() -> bool {
        config(&[("PAKASIR_WEBHOOK_SECRET_FILE", "/nowhere/at/all")]).is_err()
    }

    #[test]
    fn only_this_machine_is_spoken_to_in_clear() {
        for near in
            ["http://127.0.0.1:8081", "http://localhost", "http://[::1]:80/x", "http://127.9.9.9"]
        {
            assert!(is_loopback(near), "{near}");
        }
        for far in [
            "http://telegram.example",
            "http://10.0.0.1:8081",
            "http://127.0.0.1@far.example",
            "http://127.0.0.1:80@far.example:80",
            "http://localhost.far.example",
            "http://far.example/127.0.0.1",
            "http://",
        ] {
            assert!(!is_loopback(far), "{far}");
        }
        let faults =
            config(&[("TELEGRAM_API_URL", "http://telegram.example")]).expect_err("in clear");
        assert!(faults.to_string().contains("it is not on this machine"), "{faults}");
    }
}
