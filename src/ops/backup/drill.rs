//! A restore that is only tried: into a database of its own, counted, and taken away again.

use serde::Serialize;

use super::BackupFault;
use super::keeper::Keeper;
use super::restore::same;
use crate::db::copy::{Origin, Scratch, Vacancy};
use crate::primitives::{Timestamp, random_token};

/// What a drill showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drill {
    /// The archive's name.
    pub archive: String,
    /// When its data was taken.
    pub taken_at: Timestamp,
    /// How many stores it holds.
    pub stores: usize,
    /// How many tables were compared.
    pub tables: usize,
    /// How many rows were compared by their number.
    pub rows: i64,
    /// How many sums were compared: of ledgers, balances, units, orders.
    pub sums: usize,
    /// How long it took, in milliseconds.
    pub took: u64,
}

impl Keeper {
    /// Restores an archive, the newest without a name, into a scratch database, and compares.
    ///
    /// # Errors
    /// [`BackupFault`] that says what would go wrong on the day.
    pub async fn drill(&self, name: Option<&str>) -> Result<Drill, BackupFault> {
        self.lock()?;
        let began = self.clock.now();
        let (scratch, data) = (self.scratch()?, self.scratch()?);
        let path = self.find(name, &scratch).await?;
        let head = self.unpack(&path, data.path()).await?;
        let archive = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let word: String = random_token().chars().filter(char::is_ascii_alphanumeric).collect();
        let word = format!("{}_{}", began.0, word[..12].to_lowercase());
        let trial = Scratch::beside(&self.database_url, scratch.path(), &word).await?;
        let taken_at = head.manifest.taken_at;
        let origin = Origin { archive: archive.clone(), taken_at, restored_at: began };
        let tried = async {
            let vacancy = Vacancy::at(trial.url()).await?;
            vacancy.fill(&head.manifest.data, data.path(), &origin).await?;
            same(&head.manifest.data, &vacancy.look().await?)
        }
        .await;
        let gone = trial.drop_it().await;
        tried?;
        gone?;
        let snapshot = &head.manifest.data;
        let took = self.clock.now().since(began).as_millis();
        Ok(Drill {
            archive,
            taken_at,
            stores: snapshot.figures.len(),
            tables: snapshot.tables.len(),
            rows: head.manifest.rows(),
            sums: snapshot.figures.values().map(std::collections::BTreeMap::len).sum(),
            took: u64::try_from(took).unwrap_or(u64::MAX),
        })
    }
}
