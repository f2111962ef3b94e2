//! Parcels that may be what kills the process: one of them at a time, and each only so often.

use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::db::{Db, DbError};
use crate::primitives::Timestamp;
use crate::queue::outbox::{self, Taken};

/// How often a parcel's tries may kill the process before it is set aside.
const MOST_DEATHS: i64 = 5;
/// How long a suspect waits for another one.
const WAIT: Duration = Duration::from_secs(1);

/// Whether a parcel may go.
pub(super) enum Admission<'a> {
    /// It may; a suspect alone, as long as it holds the seat.
    Go(Option<SemaphorePermit<'a>>),
    /// It was put back, or somebody else has it.
    NotNow,
    /// None of its tries ever came back.
    TooOften,
}

/// One seat for all parcels that were claimed time and again without a word of what came of them.
#[derive(Debug)]
pub(super) struct Suspects(Semaphore);

impl Default for Suspects {
    fn default() -> Self {
        Self(Semaphore::new(1))
    }
}

impl Suspects {
    /// Lets a parcel go on; a suspect's tries are counted before they are made.
    pub(super) async fn admit(
        &self,
        db: &Db,
        parcel: &Taken,
        now: Timestamp,
    ) -> Result<Admission<'_>, DbError> {
        if parcel.claims < outbox::SUSPECT {
            return Ok(Admission::Go(None));
        }
        let Ok(seat) = self.0.try_acquire() else {
            outbox::yield_turn(db, parcel, now.plus(WAIT)).await?;
            return Ok(Admission::NotNow);
        };
        Ok(match outbox::begin(db, parcel).await? {
            None => Admission::NotNow,
            Some(begun) if begun > outbox::SUSPECT + MOST_DEATHS => Admission::TooOften,
            Some(_) => Admission::Go(Some(seat)),
        })
    }
}
