//! Group commit: whatever waits while the disk is busy is the next transaction, with one fsync for all.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_util::task::TaskTracker;

use super::Bell;
use super::inbox::{self, Delivery};
use crate::db::{Db, DbError};
use crate::primitives::planted::{Bug, planted};
use crate::primitives::{Clock, random_token};

/// How many deliveries may wait for the disk; more are refused.
const WAITING: usize = 1024;
/// How many deliveries share one transaction.
const BATCH: usize = 512;
/// How long a delivery may wait for its commit.
const PATIENCE: Duration = Duration::from_secs(4);

/// The delivery could not be stored now; the sender should come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Too many wait, the wait is too long, or the database does not take this one.
    #[error("the inbox cannot take a delivery now")]
    Busy,
    /// The database cannot commit anything.
    #[error("the inbox cannot commit now")]
    Unstored,
}

impl From<&DbError> for Refused {
    fn from(error: &DbError) -> Self {
        if error.is_about_data() { Self::Busy } else { Self::Unstored }
    }
}

struct Waiting {
    delivery: Delivery,
    answer: oneshot::Sender<Result<(), Refused>>,
}

/// The way into the inbox. Clones share one queue.
#[derive(Debug, Clone)]
pub struct Intake(mpsc::Sender<Waiting>);

impl Intake {
    /// Starts the one writer that commits deliveries in groups of at most `batch` (512 by default).
    ///
    /// It ends when every clone is gone, after committing what was waiting.
    #[must_use]
    pub fn start(
        db: Db,
        bell: Bell,
        clock: Clock,
        tasks: &TaskTracker,
        batch: Option<usize>,
    ) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        let batch = batch.unwrap_or(BATCH).clamp(1, BATCH);
        let receiver = Arc::new(Mutex::new(receiver));
        tasks.spawn(async move {
            let write = || {
                write_groups(db.clone(), bell.clone(), clock.clone(), Arc::clone(&receiver), batch)
            };
            // Without a writer the door would refuse everything for good, and nothing else would notice.
            while panics(write()).await {
                tracing::error!("the writer of deliveries panicked; it goes on with the next ones");
            }
        });
        Self(sender)
    }

    /// Stores a delivery; when this returns `Ok`, it is on the disk.
    ///
    /// # Errors
    /// [`Refused`] when too many wait, the wait is too long, or the database cannot commit.
    pub async fn accept(&self, mut delivery: Delivery) -> Result<(), Refused> {
        if planted(Bug::ForgetKeys) {
            delivery.key.push_str(&random_token());
        }
        let (answer, answered) = oneshot::channel();
        self.0.try_send(Waiting { delivery, answer }).map_err(|_| Refused::Busy)?;
        if planted(Bug::AckEarly) {
            return Ok(());
        }
        let waited = tokio::time::timeout(PATIENCE, answered).await;
        waited.map_err(|_| Refused::Busy)?.map_err(|_| Refused::Busy)?
    }
}

/// Works to the end; whether that was a panic.
async fn panics(work: impl Future<Output = ()> + Send + 'static) -> bool {
    let mut task = JoinSet::new();
    task.spawn(work);
    matches!(task.join_next().await, Some(Err(fault)) if fault.is_panic())
}

async fn write_groups(
    db: Db,
    bell: Bell,
    clock: Clock,
    receiver: Arc<Mutex<mpsc::Receiver<Waiting>>>,
    batch: usize,
) {
    let mut receiver = receiver.lock().await;
    let mut group = Vec::with_capacity(batch);
    while receiver.recv_many(&mut group, batch).await > 0 {
        // A sender that gave up meanwhile will come again; its delivery is stored all the same.
        match store(&db, &clock, &group).await {
            Ok(()) => {
                for waiting in group.drain(..) {
                    let _ = waiting.answer.send(Ok(()));
                }
                bell.ring();
            }
            Err(error) if error.is_about_data() && group.len() > 1 => {
                // One delivery that the engine does not take must not refuse the others.
                for waiting in group.drain(..) {
                    store_alone(&db, &clock, waiting).await;
                }
                bell.ring();
            }
            Err(error) => {
                tracing::error!(%error, waiting = group.len(), "deliveries could not be stored");
                for waiting in group.drain(..) {
                    let _ = waiting.answer.send(Err(Refused::from(&error)));
                }
            }
        }
    }
}

async fn store_alone(db: &Db, clock: &Clock, waiting: Waiting) {
    let stored = store(db, clock, std::slice::from_ref(&waiting)).await;
    if let Err(error) = &stored {
        tracing::error!(%error, "a delivery could not be stored");
    }
    let _ = waiting.answer.send(stored.map_err(|error| Refused::from(&error)));
}

async fn store(db: &Db, clock: &Clock, group: &[Waiting]) -> Result<(), DbError> {
    let facts: Vec<&Delivery> = group.iter().map(|waiting| &waiting.delivery).collect();
    let mut tx = db.write_first().await?;
    inbox::accept_all(&mut tx, &facts, clock.now()).await?;
    tx.commit().await
}
