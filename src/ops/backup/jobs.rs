//! What comes round by itself: the daily backup, the journal every moment, the weekly drill.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::journal;
use super::keeper::Keeper;
use super::{BackupFault, Drill, Made};
use crate::bot::Value;
use crate::ops::{Job, Rounds};
use crate::primitives::Timestamp;
use crate::shop::alarms::Alarm;
use crate::shop::stores::Store;
use crate::shop::{ShopError, journal as handed_over, quarantine};
use crate::worker::{self, Shared, tell_owners};

/// How often the day's backup is looked for.
const LOOK: Duration = Duration::from_secs(30);
/// How long after a failure the next try comes.
const AGAIN: Duration = Duration::from_mins(15);
/// Without an archive younger than this one was missed.
const MISSED: Duration = Duration::from_hours(26);
/// How soon what was handed over is written down.
const SOON: Duration = Duration::from_millis(500);
/// How soon after a failure.
const SOON_AGAIN: Duration = Duration::from_secs(10);
/// How often the journal says that it is kept.
const SAID: Duration = Duration::from_mins(1);
/// How often a drill is due.
const WEEK: Duration = Duration::from_hours(7 * 24);

/// How soon a drill that failed comes again.
const DAY: Duration = Duration::from_hours(24);

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Lets the jobs come round that the settings ask for, and says whether a journal is kept.
///
/// # Errors
/// [`ShopError`] when that cannot be written down.
pub async fn begin(rounds: &Rounds, shared: &Shared, keeper: Keeper) -> Result<(), ShopError> {
    let kept = keeper.backup.keeps_journal();
    if kept {
        rounds.add(JournalJob { keeper: keeper.clone(), memory: Arc::default() });
    } else if handed_over::is_kept(&mut shared.db.read().await?).await? {
        let mut tx = shared.db.write().await?;
        handed_over::leave(&mut tx, shared.clock.now()).await?;
        tx.commit().await?;
    }
    if keeper.backup.automatic {
        rounds.add(BackupJob {
            keeper: keeper.clone(),
            failed_at: Arc::default(),
            offsite_at: Arc::default(),
        });
        rounds.add(DrillJob { keeper });
    }
    Ok(())
}

/// The daily backup.
#[derive(Debug, Clone)]
pub struct BackupJob {
    keeper: Keeper,
    failed_at: Arc<Mutex<Option<Timestamp>>>,
    /// Of when the newest archive in the second place is, once that is known.
    offsite_at: Arc<Mutex<Option<Timestamp>>>,
}

impl Job for BackupJob {
    const NAME: &'static str = "backup";

    fn every(&self) -> Duration {
        LOOK
    }

    async fn round(&self, shared: &Shared, now: Timestamp) -> Result<bool, Failed> {
        let Some(store) = first_store(shared) else { return Ok(false) };
        let Some(due) = last_due(&store, self.keeper.backup.at, now) else { return Ok(false) };
        let newest = self.keeper.newest().await;
        let made = newest.as_ref().is_ok_and(|newest| newest.is_some_and(|newest| newest >= due));
        if made && self.is_offsite(due) {
            return Ok(false);
        }
        let overdue = |newest: Timestamp| now.since(newest) >= MISSED;
        if newest.as_ref().is_ok_and(|newest| newest.is_some_and(overdue)) {
            self.alarm(shared, &store, Alarm::Backup).await?;
        }
        let failed_at = *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner);
        if failed_at.is_some_and(|at| now.since(at) < AGAIN) {
            return Ok(false);
        }
        let done = if made { self.bring(due).await } else { self.make().await };
        match done {
            Ok(None) => Ok(false),
            Ok(Some(made)) => {
                *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner) = None;
                report(shared, &store, &made).await?;
                Ok(true)
            }
            Err(fault) => {
                *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some(shared.clock.now());
                // The owners are told here: a record of the level of errors would tell them twice.
                tracing::warn!(alarm = "backup-failed", %fault, "the backup failed");
                self.alarm(shared, &store, Alarm::BackupFailed).await?;
                Ok(false)
            }
        }
    }
}

impl BackupJob {
    /// Makes the day's archive. What is too old goes also while the second place does not answer, else the disk
    /// would fill.
    async fn make(&self) -> Result<Option<Made>, BackupFault> {
        let mut made = self.keeper.create(false).await?;
        let brought = if self.brings() { Some(self.keeper.bring(&made.name).await) } else { None };
        let gone = self.keeper.prune().await?;
        if let Some(brought) = brought {
            self.note_offsite(brought?);
            made.offsite = true;
        }
        tracing::info!(archive = made.name, bytes = made.bytes, pruned = gone.len(), "backed up");
        Ok(Some(made))
    }

    /// Brings today's archive to the second place, when it did not get there; `None` when it is there.
    async fn bring(&self, due: Timestamp) -> Result<Option<Made>, BackupFault> {
        let Some(place) = self.keeper.offsite()? else { return Ok(None) };
        let there = self.keeper.newest_in(&place).await?.map(|newest| newest.at);
        if let Some(there) = there.filter(|there| *there >= due) {
            self.note_offsite(there);
            return Ok(None);
        }
        let Some(here) = self.keeper.newest_in(&self.keeper.local()).await? else {
            return Ok(None);
        };
        self.note_offsite(self.keeper.bring(&here.name).await?);
        Ok(Some(Made { name: here.name, bytes: here.bytes, rows: 0, offsite: true }))
    }

    /// Whether archives are brought to the second place by themselves.
    fn brings(&self) -> bool {
        self.keeper.backup.offsite.is_some() && self.keeper.backup.automatic_offsite
    }

    fn is_offsite(&self, due: Timestamp) -> bool {
        let there = *self.offsite_at.lock().unwrap_or_else(PoisonError::into_inner);
        !self.brings() || there.is_some_and(|there| there >= due)
    }

    fn note_offsite(&self, at: Timestamp) {
        *self.offsite_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
    }

    /// Told once, until a backup went well again.
    async fn alarm(&self, shared: &Shared, store: &Store, alarm: Alarm) -> Result<(), ShopError> {
        let mut tx = shared.db.write().await?;
        worker::alarm(&mut tx, shared, store, (alarm, &figures(26))).await?;
        tx.commit().await?;
        shared.outbox_bell.ring();
        Ok(())
    }
}

/// How old the newest backup is, in hours, beside the most that is well.
fn figures(hours: i64) -> [(&'static str, Value<'static>); 2] {
    [("figure", hours.into()), ("limit", 26.into())]
}

/// One short message; after an alarm one more that it is over.
async fn report(shared: &Shared, store: &Store, made: &Made) -> Result<(), ShopError> {
    let mut tx = shared.db.write().await?;
    for alarm in [Alarm::Backup, Alarm::BackupFailed] {
        worker::all_clear(&mut tx, shared, store, (alarm, &figures(0))).await?;
    }
    let key = if made.offsite { "backup-made-offsite" } else { "backup-made" };
    let values = [("archive", Value::from(&made.name)), ("size", Value::from(size(made.bytes)))];
    tell_owners(&mut tx, shared, store, (key, &values)).await?;
    tx.commit().await?;
    shared.outbox_bell.ring();
    Ok(())
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_240 => format!("{bytes} B"),
        10_240..10_485_760 => format!("{} KB", bytes / 1024),
        _ => format!("{} MB", bytes / (1024 * 1024)),
    }
}

/// The last time before `now` at which the store's clock showed this hour.
fn last_due(store: &Store, at: (i8, i8), now: Timestamp) -> Option<Timestamp> {
    let days = [0, -1].into_iter().filter_map(|days| store.zone.on_day(now, days, at));
    days.filter(|due| *due <= now).max()
}

fn first_store(shared: &Shared) -> Option<Store> {
    let all = shared.directory.all();
    let first = all.iter().min_by_key(|front| front.store.id.0)?;
    Some(first.store.clone())
}

/// What was handed over, written down beside the database.
#[derive(Debug, Clone)]
pub struct JournalJob {
    keeper: Keeper,
    memory: Arc<Mutex<Memory>>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Memory {
    failed_at: Option<Timestamp>,
    said_at: Option<Timestamp>,
}

impl Job for JournalJob {
    const NAME: &'static str = "journal";

    fn every(&self) -> Duration {
        SOON
    }

    async fn round(&self, shared: &Shared, now: Timestamp) -> Result<bool, Failed> {
        let memory = *self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.failed_at.is_some_and(|at| now.since(at) < SOON_AGAIN) {
            return Ok(false);
        }
        let written = self.write(shared, memory.said_at, now).await;
        // Of the time before this process nobody knows: its first word may be that all is well again.
        let was_well = memory.said_at.is_some() && memory.failed_at.is_none();
        let (memory, news) = match written {
            Ok(said_at) => (Memory { failed_at: None, said_at }, (!was_well).then_some(None)),
            Err(fault) => {
                let failed_at = Some(shared.clock.now());
                (Memory { failed_at, ..memory }, Some(Some(fault)))
            }
        };
        *self.memory.lock().unwrap_or_else(PoisonError::into_inner) = memory;
        match news {
            None => Ok(true),
            Some(fault) => tell_of_journal(shared, fault).await,
        }
    }
}

/// The owners hear once that the journal is not kept, and once that it is again: a record a minute would drown the rest.
async fn tell_of_journal(shared: &Shared, fault: Option<BackupFault>) -> Result<bool, Failed> {
    let Some(store) = first_store(shared) else { return Ok(fault.is_none()) };
    let mut tx = shared.db.write().await?;
    if let Some(fault) = &fault {
        tracing::warn!(alarm = "journal", %fault, "what was handed over is not in the journal yet");
        worker::alarm(&mut tx, shared, &store, (Alarm::Journal, &[])).await?;
    } else {
        worker::all_clear(&mut tx, shared, &store, (Alarm::Journal, &[])).await?;
    }
    tx.commit().await?;
    shared.outbox_bell.ring();
    Ok(fault.is_none())
}

impl JournalJob {
    async fn write(
        &self,
        shared: &Shared,
        said_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, BackupFault> {
        let place = self.keeper.journal()?;
        // Without this mark nobody writes rows: what was handed over meanwhile is missing.
        let anew = !handed_over::is_kept(&mut shared.db.read().await?).await?;
        if anew {
            let mut tx = shared.db.write().await?;
            handed_over::keep(&mut tx).await?;
            tx.commit().await?;
        }
        let began = shared.clock.now();
        loop {
            let waiting = handed_over::waiting(&mut shared.db.read().await?).await?;
            if waiting.is_empty() {
                break;
            }
            journal::ship(&place, &waiting, shared.clock.now()).await?;
            let mut tx = shared.db.write().await?;
            handed_over::forget(&mut tx, &waiting).await?;
            tx.commit().await?;
        }
        if !anew && said_at.is_some_and(|at| now.since(at) < SAID) {
            return Ok(said_at);
        }
        if anew || said_at.is_none() {
            journal::kept_since(&place, began, anew).await?;
        }
        journal::kept_until(&place, now).await?;
        Ok(Some(now))
    }
}

/// The weekly trial of the newest archive.
#[derive(Debug, Clone)]
pub struct DrillJob {
    keeper: Keeper,
}

impl Job for DrillJob {
    const NAME: &'static str = "drill";

    fn every(&self) -> Duration {
        Duration::from_mins(5)
    }

    async fn round(&self, shared: &Shared, now: Timestamp) -> Result<bool, Failed> {
        let Some(store) = first_store(shared) else { return Ok(false) };
        let (well, last) = quarantine::last_drills(&mut shared.db.read().await?).await?;
        let done = well.is_some_and(|well| now.since(well) < WEEK);
        if done || last.is_some_and(|last| now.since(last) < DAY) {
            return Ok(false);
        }
        if self.keeper.newest().await?.is_none() {
            return Ok(false);
        }
        let drill = self.keeper.drill(None).await;
        tell(shared, &store, &drill).await?;
        if let Err(fault) = &drill {
            // As with a failed backup, the owners have heard.
            tracing::warn!(alarm = "drill", %fault, "the drill failed");
        }
        Ok(drill.is_ok())
    }
}

async fn tell(
    shared: &Shared,
    store: &Store,
    drill: &Result<Drill, BackupFault>,
) -> Result<(), ShopError> {
    let now = shared.clock.now();
    let mut tx = shared.db.write().await?;
    if let Ok(drill) = drill {
        quarantine::drilled(&mut tx, &drill.archive, true, now).await?;
        let values = [
            ("archive", Value::from(&drill.archive)),
            ("rows", drill.rows.into()),
            ("sums", i64::try_from(drill.sums).unwrap_or(i64::MAX).into()),
        ];
        tell_owners(&mut tx, shared, store, ("drill-well", &values)).await?;
    } else {
        quarantine::drilled(&mut tx, "", false, now).await?;
        tell_owners(&mut tx, shared, store, ("drill-failed", &[])).await?;
    }
    tx.commit().await?;
    shared.outbox_bell.ring();
    Ok(())
}
