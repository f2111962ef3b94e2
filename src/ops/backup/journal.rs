//! The journal beside the database: small files that say which units were handed over, and until when it was kept.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::BackupFault;
use super::archive::hex;
use super::keeper::Keeper;
use super::place::Place;
use crate::db::Db;
use crate::primitives::{Timestamp, random_token};
use crate::shop::journal::{self, Entry, Found};

const FOLDER: &str = "journal";
/// Says until when the journal was kept, also while nobody buys.
const KEPT_UNTIL: &str = "journal/kept-until";
/// Says since when nothing is missing in it.
const KEPT_SINCE: &str = "journal/kept-since";
/// Clocks of machines may differ by so much.
const SLACK: Duration = Duration::from_hours(24);
/// How many lines are put into one transaction.
const STEP: usize = 200;

/// A line: a unit that was handed over. The fingerprint is a keyed hash and says nothing of the unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    store: String,
    product: String,
    unit: String,
    order: String,
    at: Timestamp,
}

/// What a journal said of the time since a backup.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// How many units it says were handed over since.
    pub units: usize,
    /// How many of them the backup had as unsold and are taken out.
    pub voided: usize,
    /// How many of them another order held, which ended.
    pub taken_back: usize,
    /// How many wait for the very order that they were handed over to.
    pub held: usize,
    /// Until when it was kept without a gap; `None` when there is none that began before the backup.
    pub until: Option<Timestamp>,
    /// The places that could not be read.
    pub unread: Vec<String>,
}

impl Keeper {
    /// Where the journal is written: the second place, or the folder here when there is none.
    pub(super) fn journal(&self) -> Result<Place, BackupFault> {
        Ok(self.offsite()?.unwrap_or_else(|| self.local()))
    }
}

/// Writes what waits.
pub(super) async fn ship(
    place: &Place,
    entries: &[Entry],
    now: Timestamp,
) -> Result<(), BackupFault> {
    let mut text = String::new();
    for entry in entries {
        let line = Line {
            store: entry.store.clone(),
            product: entry.product.clone(),
            unit: hex(&entry.fingerprint),
            order: entry.order.clone(),
            at: entry.at,
        };
        text.push_str(&serde_json::to_string(&line).unwrap_or_default());
        text.push('\n');
    }
    let name = format!("{FOLDER}/{:013}-{}.jsonl", now.0, &random_token()[..12]);
    place.put(&name, text.into_bytes()).await
}

/// Says that everything handed over before `now` is written down.
pub(super) async fn kept_until(place: &Place, now: Timestamp) -> Result<(), BackupFault> {
    place.put(KEPT_UNTIL, now.0.to_string().into_bytes()).await
}

/// Says that everything handed over since `began` is written down, unless an earlier word still stands; `anew` when
/// it does not, as the journal was not kept for a while.
pub(super) async fn kept_since(
    place: &Place,
    began: Timestamp,
    anew: bool,
) -> Result<(), BackupFault> {
    if !anew && moment(place, KEPT_SINCE).await?.is_some() {
        return Ok(());
    }
    place.put(KEPT_SINCE, began.0.to_string().into_bytes()).await
}

async fn moment(place: &Place, name: &str) -> Result<Option<Timestamp>, BackupFault> {
    let text = place.read(name).await?.and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(text.and_then(|text| text.trim().parse().ok()).map(Timestamp))
}

fn written_at(name: &str) -> Option<Timestamp> {
    name.strip_suffix(".jsonl")?.split_once('-')?.0.parse().ok().map(Timestamp)
}

/// Forgets what no archive that stays needs; from then on the journal answers for no older one.
pub(super) async fn forget(place: &Place, oldest: Timestamp) -> Result<(), BackupFault> {
    let edge = oldest.minus(SLACK);
    if moment(place, KEPT_SINCE).await?.is_some_and(|since| since < edge) {
        place.put(KEPT_SINCE, edge.0.to_string().into_bytes()).await?;
    }
    for item in place.list(FOLDER).await? {
        if written_at(&item.name).is_some_and(|at| at < edge) {
            place.delete(&format!("{FOLDER}/{}", item.name)).await?;
        }
    }
    Ok(())
}

/// Holds a restored database to everything that the journals of these places say since `taken_at`.
pub(super) async fn replay(
    places: &[Place],
    db: &Db,
    taken_at: Timestamp,
    now: Timestamp,
) -> Result<Covered, BackupFault> {
    let mut covered = Covered::default();
    for place in places {
        match read(place, taken_at.minus(SLACK)).await {
            Ok((lines, since, until)) => {
                // A journal that began after the backup does not know what was sold before it did.
                if since.is_some_and(|since| since <= taken_at) {
                    covered.until = covered.until.max(until);
                }
                covered.units += lines.iter().filter(|line| line.at >= taken_at).count();
                for step in lines.chunks(STEP) {
                    apply(step, db, now, &mut covered).await?;
                }
            }
            Err(fault) => covered.unread.push(format!("{}: {fault}", place.word())),
        }
    }
    Ok(covered)
}

/// The lines of a journal, since when and until when it was kept.
type Read = (Vec<Line>, Option<Timestamp>, Option<Timestamp>);

async fn read(place: &Place, from: Timestamp) -> Result<Read, BackupFault> {
    let since = moment(place, KEPT_SINCE).await?;
    let mut until = moment(place, KEPT_UNTIL).await?;
    let mut items = place.list(FOLDER).await?;
    items.retain(|item| written_at(&item.name).is_some_and(|at| at >= from));
    items.sort_by(|one, other| one.name.cmp(&other.name));
    let mut lines = Vec::new();
    for item in items {
        let Some(bytes) = place.read(&format!("{FOLDER}/{}", item.name)).await? else { continue };
        let unreadable = || BackupFault::Damaged {
            archive: item.name.clone(),
            why: "it is no journal".to_owned(),
        };
        let text = String::from_utf8(bytes).map_err(|_| unreadable())?;
        for line in text.lines() {
            lines.push(serde_json::from_str::<Line>(line).map_err(|_| unreadable())?);
        }
        until = until.max(written_at(&item.name));
    }
    Ok((lines, since, until))
}

async fn apply(
    lines: &[Line],
    db: &Db,
    now: Timestamp,
    covered: &mut Covered,
) -> Result<(), BackupFault> {
    let mut tx = db.write().await?;
    for line in lines {
        let Some(unit) = unhex(&line.unit) else { continue };
        match journal::replay(&mut tx, (&line.store, &unit, &line.order), now).await? {
            Found::Known => {}
            Found::Held => covered.held += 1,
            Found::Voided => covered.voided += 1,
            Found::TakenBack => covered.taken_back += 1,
        }
    }
    Ok(tx.commit().await?)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|one| one.to_digit(16).and_then(|one| u8::try_from(one).ok())).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
