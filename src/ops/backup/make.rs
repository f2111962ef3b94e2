//! Makes an archive, checks it, brings it to the second place, and forgets old ones.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::archive::{Head, part, seal};
use super::keeper::{Keeper, archives};
use super::manifest::{FORMAT, Manifest, moment_of, name_of};
use super::scratch::{aside, sweep};
use super::{BackupFault, journal};
use crate::db::copy::{self, SQLITE_FILE, Snapshot};
use crate::primitives::Timestamp;

/// An archive that was made and checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Made {
    /// Its name.
    pub name: String,
    /// How long it is.
    pub bytes: u64,
    /// How many rows it holds.
    pub rows: i64,
    /// Whether it was brought to the second place too.
    pub offsite: bool,
}

impl Keeper {
    /// Makes an archive of this moment and reads it back; with `offsite` it is brought to the second place.
    ///
    /// # Errors
    /// [`BackupFault`]; an archive that was written and does not check out is deleted again.
    pub async fn create(&self, offsite: bool) -> Result<Made, BackupFault> {
        let lock = self.lock()?;
        self.sweep();
        let place =
            if offsite { Some(self.offsite()?.ok_or(BackupFault::NoOffsite)?) } else { None };
        let scratch = self.scratch()?;
        let taken_at = self.clock.now();
        let data = copy::take(&self.database_url, scratch.path()).await?;
        let (rows, target) =
            (data.tables.iter().map(|table| table.rows).sum(), self.fresh_name(taken_at));
        let settings = self.given.clone();
        let (folder, path) = (scratch.path().to_owned(), target.clone());
        let bytes = aside(move || {
            let manifest = manifest(data, taken_at, &folder)?;
            seal(&Head { manifest, settings }, &folder, &path, &lock)
        })
        .await?;
        drop(scratch);
        let (name, _) = match self.verify_file(&target).await {
            Ok(verified) => verified,
            Err(fault) => {
                // An archive that cannot be read is worse than none: somebody would rely on it.
                let _ = std::fs::remove_file(&target);
                return Err(fault);
            }
        };
        if let Some(place) = &place {
            place.put_file(&name, &target).await?;
        }
        Ok(Made { name, bytes, rows, offsite })
    }

    /// Brings an archive from here to the second place; of when it is.
    ///
    /// # Errors
    /// [`BackupFault`] when there is none, or it does not take it.
    pub(super) async fn bring(&self, name: &str) -> Result<Timestamp, BackupFault> {
        let place = self.offsite()?.ok_or(BackupFault::NoOffsite)?;
        place.put_file(name, &self.backup.local.join(name)).await?;
        Ok(moment_of(name).unwrap_or_else(|| self.clock.now()))
    }

    /// A name that no archive has yet.
    fn fresh_name(&self, mut at: Timestamp) -> PathBuf {
        loop {
            let path = self.backup.local.join(name_of(at));
            if !path.exists() {
                return path;
            }
            at = at.plus(Duration::from_secs(1));
        }
    }

    /// Forgets all but the newest archives of each place, and what of the journal is older than all that stay.
    /// Here only those count that still open; elsewhere those that were checked before they were brought there.
    /// Returns what went, as `place/name`.
    ///
    /// # Errors
    /// [`BackupFault`] when a place cannot be read or written.
    pub async fn prune(&self) -> Result<Vec<String>, BackupFault> {
        self.lock()?;
        let (mut gone, mut oldest) = (Vec::new(), None::<Timestamp>);
        for place in self.places()? {
            let mut good = 0;
            for listed in archives(&place).await? {
                if self.is_yet_to_come(listed.at) {
                    continue;
                }
                if good >= self.backup.keep {
                    place.delete(&listed.name).await?;
                    gone.push(format!("{}/{}", listed.place, listed.name));
                    continue;
                }
                let path = self.backup.local.join(&listed.name);
                let counts = listed.place == "offsite" || self.verify_file(&path).await.is_ok();
                if counts && listed.bytes > 0 {
                    good += 1;
                    oldest = Some(oldest.map_or(listed.at, |oldest| oldest.min(listed.at)));
                } else {
                    tracing::warn!(
                        archive = listed.name,
                        "an archive does not open and is not counted"
                    );
                }
            }
        }
        // An archive of either place may be restored by the journal of either.
        if let Some(oldest) = oldest {
            for place in self.places()? {
                journal::forget(&place, oldest).await?;
            }
        }
        Ok(gone)
    }

    /// Takes away what killed processes left long ago.
    pub(super) fn sweep(&self) {
        sweep(&self.backup.local);
    }
}

fn manifest(
    data: Snapshot,
    taken_at: Timestamp,
    folder: &std::path::Path,
) -> Result<Manifest, BackupFault> {
    let names: Vec<String> = if data.engine == "sqlite" {
        vec![SQLITE_FILE.to_owned()]
    } else {
        data.tables.iter().map(|table| format!("{}.copy", table.name)).collect()
    };
    let files = names.iter().map(|name| part(folder, name)).collect::<Result<_, _>>()?;
    let version = env!("CARGO_PKG_VERSION").to_owned();
    Ok(Manifest { format: FORMAT, version, taken_at, data, files })
}
