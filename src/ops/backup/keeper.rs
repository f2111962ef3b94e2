//! Who keeps backups: where the data is, where archives are, and under which password.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use super::BackupFault;
use super::archive::{Head, Lock, peek, unseal};
use super::manifest::{Manifest, moment_of};
use super::place::Place;
use super::scratch::{Scratch, aside};
use crate::config::{Backup, BareConfig, Config};
use crate::db::copy;
use crate::primitives::{Clock, Secret, Timestamp};

/// How far clocks of machines may differ.
const AHEAD: Duration = Duration::from_hours(1);

/// Everything that making, finding and reading archives needs.
#[derive(Debug, Clone)]
pub struct Keeper {
    pub(super) database_url: Secret<String>,
    pub(super) backup: Backup,
    pub(super) given: Secret<BTreeMap<String, String>>,
    pub(super) clock: Clock,
}

/// An archive in a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// `local` or `offsite`.
    pub place: &'static str,
    /// When it was made.
    pub at: Timestamp,
    /// How long it is.
    pub bytes: u64,
    /// `sqlite` or `postgres`; `None` when it does not open.
    pub engine: Option<String>,
}

impl Keeper {
    /// For this configuration.
    #[must_use]
    pub fn of(config: &Config, clock: Clock) -> Self {
        Self {
            database_url: config.database_url.clone(),
            backup: config.backup.clone(),
            given: config.given.clone(),
            clock,
        }
    }

    /// On a machine that has nothing but where things are and the password.
    #[must_use]
    pub fn bare(config: &BareConfig, clock: Clock) -> Self {
        Self {
            database_url: config.database_url.clone(),
            backup: config.backup.clone(),
            given: config.given.clone(),
            clock,
        }
    }

    /// By another clock.
    #[must_use]
    pub fn by(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    pub(super) fn lock(&self) -> Result<Lock, BackupFault> {
        let password = self.backup.password.clone().ok_or(BackupFault::NoPassword)?;
        Ok(Lock { password, effort: self.backup.effort })
    }

    pub(super) fn local(&self) -> Place {
        Place::local(&self.backup.local)
    }

    pub(super) fn offsite(&self) -> Result<Option<Place>, BackupFault> {
        self.backup.offsite.as_ref().map(Place::offsite).transpose()
    }

    pub(super) fn places(&self) -> Result<Vec<Place>, BackupFault> {
        Ok(std::iter::once(self.local()).chain(self.offsite()?).collect())
    }

    pub(super) fn scratch(&self) -> Result<Scratch, BackupFault> {
        Scratch::within(&self.backup.local)
    }

    /// Every archive in both places, the newest first; with its engine where the password is at hand.
    ///
    /// # Errors
    /// [`BackupFault`] when a place cannot be read.
    pub async fn list(&self) -> Result<Vec<Listed>, BackupFault> {
        let mut all: Vec<Listed> = Vec::new();
        for place in self.places()? {
            for mut listed in archives(&place).await? {
                let twin = all.iter().find(|other| other.name == listed.name);
                listed.engine = match twin {
                    Some(twin) => twin.engine.clone(),
                    None => self.engine_of(&place, &listed.name).await?,
                };
                all.push(listed);
            }
        }
        all.sort_by(|one, other| other.at.cmp(&one.at).then(one.place.cmp(other.place)));
        Ok(all)
    }

    async fn engine_of(&self, place: &Place, name: &str) -> Result<Option<String>, BackupFault> {
        let Ok(lock) = self.lock() else { return Ok(None) };
        let Some(beginning) = place.read(name).await? else { return Ok(None) };
        let manifest = aside(move || Ok(peek(&beginning[..], &lock))).await?;
        Ok(manifest.map(|manifest| manifest.data.engine))
    }

    /// When the newest archive in the folder here or, without one, elsewhere was made.
    pub(super) async fn newest(&self) -> Result<Option<Timestamp>, BackupFault> {
        let here = self.newest_in(&self.local()).await?;
        let (None, Some(offsite)) = (here.as_ref(), self.offsite()?) else {
            return Ok(here.map(|newest| newest.at));
        };
        Ok(self.newest_in(&offsite).await?.map(|newest| newest.at))
    }

    /// The newest archive of a place.
    pub(super) async fn newest_in(&self, place: &Place) -> Result<Option<Listed>, BackupFault> {
        let all = archives(place).await?;
        Ok(all.into_iter().find(|listed| !self.is_yet_to_come(listed.at)))
    }

    /// Whether an archive was made by a clock that was ahead: it would pass for the newest for ever.
    pub(super) fn is_yet_to_come(&self, at: Timestamp) -> bool {
        at > self.clock.now().plus(AHEAD)
    }

    /// The archive called so, as a file: a path, or a name in one of the places; without a name, the newest.
    pub(super) async fn find(
        &self,
        name: Option<&str>,
        scratch: &Scratch,
    ) -> Result<PathBuf, BackupFault> {
        if let Some(path) = name.map(Path::new).filter(|path| path.is_file()) {
            return Ok(path.to_owned());
        }
        for place in self.places()? {
            let all = archives(&place).await?;
            let found = match name {
                None => all.iter().find(|listed| !self.is_yet_to_come(listed.at)),
                Some(name) => all.iter().find(|listed| listed.name == name),
            };
            let Some(found) = found else { continue };
            let path = scratch.path().join(&found.name);
            if matches!(place, Place::Folder { word: "local", .. }) {
                return Ok(self.backup.local.join(&found.name));
            }
            place.fetch(&found.name, &path).await?;
            return Ok(path);
        }
        Err(name.map_or(BackupFault::None, |name| BackupFault::Unknown(name.to_owned())))
    }

    /// Reads all of an archive, checks it, and leaves its data in `into`.
    pub(super) async fn unpack(&self, path: &Path, into: &Path) -> Result<Head, BackupFault> {
        let (lock, path, folder) = (self.lock()?, path.to_owned(), into.to_owned());
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let head = aside(move || unseal(&path, &lock, &folder)).await?;
        if head.manifest.data.engine == "sqlite" {
            let damaged = |why| BackupFault::Damaged { archive: name.clone(), why };
            let seen = copy::examine(into).await.map_err(|error| damaged(error.to_string()))?;
            if seen != head.manifest.data {
                return Err(damaged("its counts differ from its data".to_owned()));
            }
        }
        Ok(head)
    }

    /// Checks an archive from its first byte to its last: a path, a name in one of the places, or the newest.
    ///
    /// # Errors
    /// [`BackupFault`] that says what is wrong with it.
    pub async fn verify(&self, name: Option<&str>) -> Result<(String, Manifest), BackupFault> {
        self.lock()?;
        let scratch = self.scratch()?;
        let path = self.find(name, &scratch).await?;
        self.verify_file(&path).await
    }

    pub(super) async fn verify_file(&self, path: &Path) -> Result<(String, Manifest), BackupFault> {
        let data = self.scratch()?;
        let head = self.unpack(path, data.path()).await?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, head.manifest))
    }
}

/// The archives of a place, the newest first.
pub(super) async fn archives(place: &Place) -> Result<Vec<Listed>, BackupFault> {
    let items = place.list("").await?.into_iter();
    let listed = items.filter_map(|item| {
        let (at, place) = (moment_of(&item.name)?, place.word());
        Some(Listed { name: item.name, place, at, bytes: item.bytes, engine: None })
    });
    let mut listed: Vec<Listed> = listed.collect();
    listed.sort_by_key(|one| std::cmp::Reverse(one.at));
    Ok(listed)
}
