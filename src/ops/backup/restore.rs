//! Brings an archive back into an empty place, in quarantine, and lets the shop go on when that is safe.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::BackupFault;
use super::journal::{self, Covered};
use super::keeper::Keeper;
use super::scratch::write_whole;
use crate::config::{BareConfig, settings_text};
use crate::db::copy::{Origin, Snapshot, Vacancy};
use crate::db::{Db, OpenMode};
use crate::primitives::Timestamp;
use crate::shop::quarantine::{self, Settled};

/// A restore so soon after the journal's end needs no word of a person.
const NEAR: Duration = Duration::from_hours(2);

/// What was brought back.
#[derive(Debug, Clone)]
pub struct Restored {
    /// The archive's name.
    pub archive: String,
    /// When its data was taken.
    pub taken_at: Timestamp,
    /// How many rows.
    pub rows: i64,
    /// What was stale in it.
    pub settled: Settled,
    /// What the journal said.
    pub covered: Covered,
    /// Whether the settings were written.
    pub wrote_settings: bool,
    /// The variables of the archive that are missing here or differ, by name.
    pub differing: Vec<String>,
}

/// What a person says of units that no journal covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Take all of them out.
    VoidUnsold,
    /// Sell them all the same.
    SellUnsold,
    /// Nothing was sold after the moment until which the journal was kept.
    TrustJournal,
}

/// What was known and done when a quarantine ended.
#[derive(Debug, Clone)]
pub struct Released {
    /// The archive's name.
    pub archive: String,
    /// What the journal said.
    pub covered: Covered,
    /// How many units were taken out because nobody knows of them.
    pub voided: u64,
}

impl Keeper {
    /// Brings an archive back into the database that this keeper names, which must be empty and idle. It is read to
    /// its end and checked before anything is touched. The settings are written to `env_file` if there is none.
    ///
    /// # Errors
    /// [`BackupFault`]; whatever is wrong, no half of a shop is left behind.
    pub async fn restore(&self, name: &str, env_file: &Path) -> Result<Restored, BackupFault> {
        self.lock()?;
        let (scratch, data) = (self.scratch()?, self.scratch()?);
        let vacancy = Vacancy::at(&self.database_url).await?;
        let path = self.find(Some(name), &scratch).await?;
        let head = self.unpack(&path, data.path()).await?;
        let archive = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let taken_at = head.manifest.taken_at;
        let origin = Origin { archive: archive.clone(), taken_at, restored_at: self.clock.now() };
        // The settings first: data without its key, after a crash in between, would be of no use to anybody.
        let settings = head.settings.expose();
        let wrote_settings = !env_file.exists();
        if wrote_settings {
            write_whole(env_file, settings_text(settings).as_bytes())?;
        }
        if let Err(error) = vacancy.fill(&head.manifest.data, data.path(), &origin).await {
            if wrote_settings {
                // What went wrong with the data is what somebody must hear.
                let _ = std::fs::remove_file(env_file);
            }
            return Err(error.into());
        }
        same(&head.manifest.data, &vacancy.look().await?)?;
        drop(vacancy);
        let known = self.as_in(settings);
        let db = Db::open(&self.database_url, OpenMode::Command).await?;
        let done = known.settle(&db).await;
        db.close().await;
        let (settled, covered) = done?;
        let differing = if wrote_settings { Vec::new() } else { self.differing(settings) };
        let rows = head.manifest.rows();
        Ok(Restored { archive, taken_at, rows, settled, covered, wrote_settings, differing })
    }

    /// Where this machine names no second place, the archive's own settings do.
    fn as_in(&self, settings: &BTreeMap<String, String>) -> Self {
        let mut known = self.clone();
        if known.backup.offsite.is_none()
            && let Ok(config) = BareConfig::from_pairs(settings.clone())
        {
            known.backup.offsite = config.backup.offsite;
        }
        known
    }

    fn differing(&self, settings: &BTreeMap<String, String>) -> Vec<String> {
        let here = self.given.expose();
        let differs = settings.iter().filter(|(name, value)| here.get(*name) != Some(value));
        differs.map(|(name, _)| name.clone()).collect()
    }

    async fn settle(&self, db: &Db) -> Result<(Settled, Covered), BackupFault> {
        let now = self.clock.now();
        let mut tx = db.write().await?;
        let restore = quarantine::current(&mut tx).await?.ok_or(BackupFault::Free)?;
        let settled = quarantine::settle(&mut tx, &restore, now).await?;
        tx.commit().await?;
        let covered = journal::replay(&self.places()?, db, restore.taken_at, now).await?;
        Ok((settled, covered))
    }

    /// Lets the shop go on: when the journal covers the time since the backup, or by a person's choice.
    ///
    /// # Errors
    /// [`BackupFault::Uncovered`] when nobody knows what was sold since and no choice was made.
    pub async fn release(&self, choice: Option<Choice>) -> Result<Released, BackupFault> {
        let db = Db::open(&self.database_url, OpenMode::Command).await?;
        let released = self.release_in(&db, choice).await;
        db.close().await;
        released
    }

    async fn release_in(&self, db: &Db, choice: Option<Choice>) -> Result<Released, BackupFault> {
        let current = quarantine::current(&mut db.read().await?).await?;
        let restore = current.ok_or(BackupFault::Free)?;
        let (_, covered) = self.settle(db).await?;
        if matches!(choice, None | Some(Choice::TrustJournal)) {
            is_covered(&covered, restore.taken_at)?;
        }
        if choice.is_none() {
            reaches(&covered, restore.restored_at)?;
        }
        let now = self.clock.now();
        let mut tx = db.write().await?;
        let (voided, word) = match choice {
            Some(Choice::VoidUnsold) => {
                (crate::shop::journal::void_unsold(&mut tx, now).await?, "void-unsold")
            }
            Some(Choice::SellUnsold) => (0, "sell-unsold"),
            Some(Choice::TrustJournal) => (0, "trust-journal"),
            None => (0, "journal"),
        };
        quarantine::release(&mut tx, &restore, word, now).await?;
        tx.commit().await?;
        Ok(Released { archive: restore.archive, covered, voided })
    }
}

/// Nobody but its owner knows when the machine was lost: a journal that ended long before the restore may have ended
/// before that.
fn reaches(covered: &Covered, restored_at: Timestamp) -> Result<(), BackupFault> {
    let Some(until) = covered.until.filter(|until| restored_at.since(*until) > NEAR) else {
        return Ok(());
    };
    let until = until.to_rfc3339();
    Err(BackupFault::Uncovered(format!(
        "the journal ends {until}; if nothing was sold after that, say --trust-journal"
    )))
}

fn is_covered(covered: &Covered, taken_at: Timestamp) -> Result<(), BackupFault> {
    if let Some(why) = covered.unread.first() {
        return Err(BackupFault::Uncovered(format!("the journal could not be read ({why})")));
    }
    match covered.until {
        Some(until) if until >= taken_at => Ok(()),
        Some(until) => {
            let (until, taken_at) = (until.to_rfc3339(), taken_at.to_rfc3339());
            let why = format!("the journal ends {until}, before the backup of {taken_at}");
            Err(BackupFault::Uncovered(why))
        }
        None => Err(BackupFault::Uncovered(
            "there is no journal that begins before the backup".to_owned(),
        )),
    }
}

/// Whether everything came back: every table but the one that remembers restores, and every sum. Newer migrations
/// may move rows about, but no sums.
pub(super) fn same(then: &Snapshot, now: &Snapshot) -> Result<(), BackupFault> {
    let compared = then.tables.iter().filter(|table| table.name != "restores");
    for table in compared.filter(|_| then.schema == now.schema) {
        let here = now.tables.iter().find(|other| other.name == table.name);
        if here.map(|here| here.rows) != Some(table.rows) {
            return Err(BackupFault::Differs(format!("the rows of {}", table.name)));
        }
    }
    for (store, figures) in &then.figures {
        let here = now.figures.get(store);
        for (what, figure) in figures {
            if here.and_then(|here| here.get(what)) != Some(figure) {
                return Err(BackupFault::Differs(format!("{what} of {store}")));
            }
        }
    }
    if then.figures.len() == now.figures.len() {
        return Ok(());
    }
    Err(BackupFault::Differs("the stores".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_that_ended_long_before_the_restore_wants_a_word() {
        let ended = Timestamp(1_795_824_000_000);
        let covered = Covered { until: Some(ended), ..Covered::default() };
        assert!(reaches(&covered, ended.plus(NEAR)).is_ok());
        let late = reaches(&covered, ended.plus(NEAR + Duration::from_secs(1)));
        assert!(late.is_err_and(|fault| fault.to_string().contains("--trust-journal")));
    }
}
