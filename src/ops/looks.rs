//! One look at one thing the service leans on, and what it means for the owners.

use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::machine::{Load, folder_size};
use crate::config::Thresholds;
use crate::primitives::{StoreId, Timestamp};
use crate::shop::alarms::Alarm;
use crate::telegram::{GetMe, GetWebhookInfo};
use crate::worker::{MOST_WAITING, Shopfront, telegram_url};

/// How long one look may take.
pub(super) const LOOK_TIME: Duration = Duration::from_secs(5);
/// A figure must fall so far below its limit to be well again, else each breath around it would be an alert.
const EASE: i64 = 5;
/// A backup a day, and two hours to make it.
const BACKUP_HOURS: i64 = 26;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What: `database`, `jobs`, `disk` …, or `telegram:<slug>` of one store.
    pub name: String,
    /// Whether it is well.
    pub ok: bool,
    /// What was seen, without any secret.
    pub detail: String,
}

/// A check with what it means for the owners.
#[derive(Debug, Clone)]
pub(super) struct Look {
    pub check: Check,
    /// The alarm that is raised while it is not well.
    pub alarm: Option<Alarm>,
    /// Whose it is; a fault of the machine is the first store's.
    pub store: Option<StoreId>,
    /// Whether it is well enough to end an alarm.
    pub eased: bool,
    pub figure: i64,
    pub limit: i64,
}

impl Look {
    pub(super) fn well(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(name, true, detail)
    }

    pub(super) fn bad(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(name, false, detail)
    }

    fn new(name: impl Into<String>, ok: bool, detail: impl Into<String>) -> Self {
        let check = Check { name: name.into(), ok, detail: detail.into() };
        Self { check, alarm: None, store: None, eased: ok, figure: 0, limit: 0 }
    }

    fn raising(self, alarm: Alarm) -> Self {
        Self { alarm: Some(alarm), ..self }
    }

    fn of(self, front: &Shopfront) -> Self {
        Self { store: Some(front.store.id), ..self }
    }
}

/// What of the machine is used.
pub(super) fn load(load: &Load, most: &Thresholds) -> Vec<Look> {
    let parts = [
        ("cpu", load.cpu, most.cpu, Alarm::Cpu),
        ("memory", load.memory, most.memory, Alarm::Memory),
        ("disk", load.disk, most.disk, Alarm::Disk),
    ];
    parts.map(|(name, figure, limit, alarm)| share(name, figure, limit, alarm)).into()
}

fn share(name: &str, figure: Option<i64>, limit: i64, alarm: Alarm) -> Look {
    let Some(figure) = figure else {
        return Look::well(name, "this machine does not tell");
    };
    let detail = format!("{figure} % used, the limit is {limit} %");
    let look = Look::new(name, figure <= limit, detail);
    Look { eased: figure <= (limit - EASE).max(0), figure, limit, ..look.raising(alarm) }
}

/// How large the log folder is.
pub(super) fn logs(folder: Option<&Path>, limit: i64) -> Look {
    let Some(folder) = folder else { return Look::well("logs", "LOG_DIR is not set") };
    match folder_size(folder) {
        Err(error) => Look::bad("logs", format!("LOG_DIR cannot be read: {error}")),
        Ok(figure) => {
            let detail = format!("{figure} MB, the limit is {limit} MB");
            let look = Look::new("logs", figure <= limit, detail).raising(Alarm::Logs);
            Look { figure, limit, ..look }
        }
    }
}

/// How old the newest archive is whose name tells its time: `auto-order-20261128T000000Z.age`.
pub(super) fn backup(folder: Option<&Path>, now: Timestamp) -> Look {
    let Some(folder) = folder else { return Look::well("backup", "ENABLE_AUTO_BACKUP is false") };
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    // One that was made by a clock ahead would pass for the newest for ever.
    let latest = now.plus(Duration::from_hours(1));
    let newest = names.filter_map(|name| made_at(&name)).filter(|at| *at <= latest).max();
    let look = match newest {
        // The job makes one at once, and tells the owners itself when it cannot.
        None => return Look::bad("backup", "there is none in BACKUP_LOCAL_DIR"),
        Some(at) => {
            let figure = i64::try_from(now.since(at).as_secs() / 3600).unwrap_or(i64::MAX);
            let detail = format!("the newest is {figure} h old, the limit is {BACKUP_HOURS} h");
            Look { figure, ..Look::new("backup", figure < BACKUP_HOURS, detail) }
        }
    };
    Look { limit: BACKUP_HOURS, ..look.raising(Alarm::Backup) }
}

fn made_at(name: &str) -> Option<Timestamp> {
    let stamp = name.strip_prefix("auto-order-")?.strip_suffix(".age")?;
    let (day, clock) = stamp.strip_suffix('Z')?.split_once('T')?;
    let digits = |text: &str, length| {
        text.len() == length && text.bytes().all(|letter| letter.is_ascii_digit())
    };
    if !digits(day, 8) || !digits(clock, 6) {
        return None;
    }
    let (year, month, date) = (&day[..4], &day[4..6], &day[6..]);
    let (hour, minute, second) = (&clock[..2], &clock[2..4], &clock[4..]);
    Timestamp::from_rfc3339(&format!("{year}-{month}-{date}T{hour}:{minute}:{second}Z"))
}

/// Whether Telegram answers a store's bot.
pub(super) async fn telegram(front: &Shopfront) -> Look {
    let name = named("telegram", front);
    let look = match tokio::time::timeout(LOOK_TIME, front.telegram.call(&GetMe {})).await {
        Ok(Ok(answer)) => {
            let username = answer.answer().and_then(|me| me.username).unwrap_or_default();
            Look::well(name, format!("answers as @{username}"))
        }
        Ok(Err(failure)) => Look::bad(name, failure.to_string()),
        Err(_) => Look::bad(name, "did not answer in time"),
    };
    look.of(front).raising(Alarm::Telegram)
}

/// Whether Telegram delivers a store's updates to `base`. The webhook's own keeper raises its alarms.
pub(super) async fn webhook(front: &Shopfront, base: Option<&str>, now: Timestamp) -> Look {
    let name = named("webhook", front);
    let Some(base) = base else {
        return Look::well(name, "PUBLIC_URL is not set; nothing is registered by us");
    };
    let asked = tokio::time::timeout(LOOK_TIME, front.telegram.call(&GetWebhookInfo {})).await;
    let info = match asked {
        Ok(Ok(answer)) => answer.answer(),
        Ok(Err(failure)) => return Look::bad(name, failure.to_string()),
        Err(_) => return Look::bad(name, "Telegram did not answer in time"),
    };
    let Some(info) = info else { return Look::bad(name, "Telegram gave no answer") };
    if info.url != telegram_url(base, &front.store.hook) {
        return Look::bad(name, "Telegram has another address; run `auto-order webhook set`");
    }
    let waiting = info.pending_update_count;
    if waiting > MOST_WAITING {
        return Look::bad(name, format!("{waiting} updates wait at Telegram"));
    }
    let ago = info.last_error_date.map(|at| now.seconds() - at);
    if let (Some(ago), true) = (ago, waiting > 0)
        && ago <= RECENT
    {
        let why = info.last_error_message.unwrap_or_default();
        let why: String = why.chars().take(200).collect();
        let detail =
            format!("{waiting} updates wait; {ago} s ago Telegram could not deliver: {why}");
        return Look::bad(name, detail);
    }
    let standby = if front.store.standby.is_some() { " at a standby address" } else { "" };
    let last = ago.map_or_else(String::new, |ago| format!(", the last error was {ago} s ago"));
    Look::well(name, format!("registered{standby}, {waiting} updates wait{last}"))
}

/// An error of Telegram's counts for so many seconds.
const RECENT: i64 = 300;

/// Whether something speaks HTTP where the gateway should be; it has no call that only says hello.
pub(super) async fn pakasir(api_url: &str) -> Look {
    let look = crate::pakasir::reachable(api_url);
    let look = match tokio::time::timeout(LOOK_TIME, look).await {
        Ok(Ok(status)) => Look::well("pakasir", format!("answers HTTP {status}")),
        Ok(Err(why)) => Look::bad("pakasir", why),
        Err(_) => Look::bad("pakasir", "did not answer in time"),
    };
    look.raising(Alarm::Pakasir)
}

pub(super) fn named(what: &str, front: &Shopfront) -> String {
    format!("{what}:{}", front.store.slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn around_its_limit_a_figure_neither_raises_nor_ends_an_alarm() {
        let look = |figure| share("disk", Some(figure), 85, Alarm::Disk);
        let told = [86, 85, 81, 80].map(|figure| (look(figure).check.ok, look(figure).eased));
        assert_eq!(told, [(false, false), (true, false), (true, false), (true, true)]);
        assert!(share("disk", Some(0), 1, Alarm::Disk).eased);
    }

    #[test]
    fn the_newest_backup_counts_and_other_files_do_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let now = Timestamp::from_rfc3339("2026-11-28T10:00:00Z").expect("a time");
        let ok = || backup(Some(folder.path()), now).check.ok;
        assert!(!ok(), "there is none");
        for (name, well) in [
            ("auto-order-20261127T075959Z.age", false),
            ("auto-order-20261128T000000Z.age.part", false),
            ("auto-order-2026112xT000000Z.age", false),
            ("auto-order-20261127T080001Z.age", true),
        ] {
            std::fs::write(folder.path().join(name), "").expect("written");
            assert_eq!(ok(), well, "with {name}");
        }
    }
}
