//! What is watched beside the shop, from when on it counts as a fault, and who hears of it.

use std::path::PathBuf;
use std::time::Duration;

use tracing::Level;

use super::parse::Reader;

/// More standby addresses than this are a mistake.
const MOST_STANDBYS: usize = 10;

/// What is watched, and who hears of it.
#[derive(Debug, Clone)]
pub struct Watch {
    /// Whether the owners are told at all; the log is told anyway.
    pub owner_alerts: bool,
    /// Log records of this level and above are passed on to the owners.
    pub alert_from: Level,
    /// Where webhooks may point when `PUBLIC_URL` stays unreachable, in the order they are tried.
    pub standby_urls: Vec<String>,
    /// How often a running service looks at its health; `None` for never.
    pub health_every: Option<Duration>,
    /// From when on the machine is not well.
    pub thresholds: Thresholds,
    /// Where backups lie when the service makes them by itself.
    pub backups: Option<PathBuf>,
}

/// The most that is still well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Of the processor, in percent.
    pub cpu: i64,
    /// Of the memory, in percent.
    pub memory: i64,
    /// Of the disk that holds the data, in percent.
    pub disk: i64,
    /// Of the log folder, in megabytes of 1,048,576 bytes.
    pub logs: i64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { cpu: 80, memory: 80, disk: 85, logs: 512 }
    }
}

impl Reader {
    /// Everything about watching; standby addresses need a first one, `public_url`.
    pub(super) fn watch(&mut self, public_url: Option<&str>) -> Watch {
        let usual = Thresholds::default();
        let minutes = self.number("HEALTHCHECK_INTERVAL_MINUTES", 5, 1..=1440);
        let every = Duration::from_mins(minutes);
        let backups = self.text("BACKUP_LOCAL_DIR").unwrap_or_else(|| "backups/local".to_owned());
        Watch {
            owner_alerts: self.flag("ENABLE_OWNER_ALERTS", true),
            alert_from: self.alert_from(),
            standby_urls: self.standby_urls(public_url),
            health_every: self.flag("ENABLE_AUTO_HEALTHCHECK", true).then_some(every),
            thresholds: Thresholds {
                cpu: self.number("HEALTH_CPU_THRESHOLD", usual.cpu, 1..=100),
                memory: self.number("HEALTH_MEMORY_THRESHOLD", usual.memory, 1..=100),
                disk: self.number("HEALTH_DISK_THRESHOLD", usual.disk, 1..=100),
                logs: self.number("LOG_USAGE_THRESHOLD_MB", usual.logs, 1..=1_000_000),
            },
            backups: self.flag("ENABLE_AUTO_BACKUP", false).then(|| PathBuf::from(backups)),
        }
    }

    fn alert_from(&mut self) -> Level {
        let word = self.text("OWNER_ALERT_THRESHOLD").unwrap_or_else(|| "ERROR".to_owned());
        match word.to_ascii_uppercase().as_str() {
            "ERROR" => Level::ERROR,
            "WARN" | "WARNING" => Level::WARN,
            "INFO" => Level::INFO,
            _ => {
                self.fault(format!("OWNER_ALERT_THRESHOLD='{word}' is none of ERROR, WARN, INFO"));
                Level::ERROR
            }
        }
    }

    fn standby_urls(&mut self, public_url: Option<&str>) -> Vec<String> {
        const NAME: &str = "STANDBY_PUBLIC_URLS";
        let text = self.text(NAME).unwrap_or_default();
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let mut urls: Vec<String> = Vec::new();
        for part in parts {
            let Some(url) = self.public_address(NAME, part) else { continue };
            if Some(url.as_str()) == public_url || urls.contains(&url) {
                self.fault(format!("{NAME} names '{url}' twice, or names PUBLIC_URL"));
            }
            urls.push(url);
        }
        if urls.len() > MOST_STANDBYS {
            self.fault(format!("{NAME} names {} addresses; 10 are the most", urls.len()));
        }
        if !urls.is_empty() && self.text("PUBLIC_URL").is_none() {
            self.fault(format!("{NAME} needs PUBLIC_URL, the address that comes first"));
        }
        urls
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Config, ConfigFaults};
    use crate::primitives::Keyring;

    fn config(pairs: &[(&str, &str)]) -> Result<Config, ConfigFaults> {
        let key = Keyring::fresh_key();
        let mut all = vec![("DATA_ENCRYPTION_KEY".to_owned(), key.expose().clone())];
        all.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Config::from_pairs(all)
    }

    #[test]
    fn standby_addresses_are_checked_like_the_first_one() {
        let standbys = " https://dua.example/ ,https://tiga.example/bot";
        let first = ("PUBLIC_URL", "https://satu.example");
        let fit = config(&[first, ("STANDBY_PUBLIC_URLS", standbys)]).expect("fit");
        assert_eq!(fit.watch.standby_urls, ["https://dua.example", "https://tiga.example/bot"]);
        for (first, standbys) in [
            (first, "http://dua.example"),
            (first, "https://satu.example/"),
            (first, "https://a.example,https://a.example"),
            (first, "dua.example"),
            (("PUBLIC_URL", ""), "https://dua.example"),
        ] {
            let faults = config(&[first, ("STANDBY_PUBLIC_URLS", standbys)]).expect_err(standbys);
            assert!(faults.to_string().contains("STANDBY_PUBLIC_URLS"), "{faults}");
        }
    }

    #[test]
    fn every_threshold_that_makes_no_sense_is_told_at_once() {
        let faults = config(&[
            ("HEALTH_CPU_THRESHOLD", "101"),
            ("HEALTH_DISK_THRESHOLD", "0"),
            ("HEALTHCHECK_INTERVAL_MINUTES", "soon"),
            ("OWNER_ALERT_THRESHOLD", "loud"),
            ("ENABLE_OWNER_ALERTS", "maybe"),
        ])
        .expect_err("all of it is wrong");
        assert_eq!(faults.0.len(), 5, "{faults}");
    }
}
