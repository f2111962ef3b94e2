//! Group commit: whatever waits while the disk is busy is the next transaction, with one fsync for all.
//!
//! Callbacks have a queue and a writer of their own: they are hints that whoever has a shop's address, and its secret
//! where there is one, can send by the thousand. Neither the disk nor a place in the queue is theirs alone.

use std::sync::Arc;
use std::time::{Duration, Instant};

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
/// How many callbacks share one, and may wait for the next: together half as many as have a seat at the doors.
const HINTS: usize = 256;
/// How long a delivery may wait for its commit.
const PATIENCE: Duration = Duration::from_secs(4);
/// For so long callbacks leave the disk to others after each of them: up to 250 a second are written as they come,
/// more of them share commits.
const PAUSE: Duration = Duration::from_millis(4);
/// So much later a callback is answered at most, where the disk is quick.
const PAUSE_FOR_MANY: Duration = Duration::from_millis(25);
/// And where it is not: callbacks have it for a third of the time.
const PAUSE_FOR_A_SLOW_DISK: Duration = Duration::from_millis(500);

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

/// The way into the inbox. Clones share its two queues.
#[derive(Debug, Clone)]
pub struct Intake {
    news: mpsc::Sender<Waiting>,
    hints: mpsc::Sender<Waiting>,
}

impl Intake {
    /// Starts the writers that commit deliveries in groups of at most `batch` (512 by default).
    ///
    /// They end when every clone is gone, after committing what was waiting.
    #[must_use]
    pub fn start(
        db: Db,
        bell: Bell,
        clock: Clock,
        tasks: &TaskTracker,
        batch: Option<usize>,
    ) -> Self {
        let most = batch.unwrap_or(BATCH).clamp(1, BATCH);
        let news = Committer { db, bell, clock, most, of_hints: false };
        let hints = Committer { most: most.min(HINTS), of_hints: true, ..news.clone() };
        Self { news: news.begin(WAITING, tasks), hints: hints.begin(HINTS, tasks) }
    }

    /// Stores a delivery; when this returns `Ok`, it is on the disk.
    ///
    /// # Errors
    /// [`Refused`] when too many wait, the wait is too long, or the database cannot commit.
    pub async fn accept(&self, mut delivery: Delivery) -> Result<(), Refused> {
        if planted(Bug::ForgetKeys) {
            delivery.key.push_str(&random_token());
        }
        let queue = if delivery.source.is_hint() { &self.hints } else { &self.news };
        let (answer, answered) = oneshot::channel();
        queue.try_send(Waiting { delivery, answer }).map_err(|_| Refused::Busy)?;
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

/// Who commits what waits in one queue.
#[derive(Clone)]
struct Committer {
    db: Db,
    bell: Bell,
    clock: Clock,
    most: usize,
    /// Callbacks wait in line with the workers, and leave the disk to others after each group.
    of_hints: bool,
}

impl Committer {
    /// Begins; who holds the sender brings what is to be committed.
    fn begin(self, waiting: usize, tasks: &TaskTracker) -> mpsc::Sender<Waiting> {
        let (sender, receiver) = mpsc::channel(waiting);
        // What waits there outlives a panic.
        let receiver = Arc::new(Mutex::new(receiver));
        tasks.spawn(async move {
            // Otherwise the door would refuse everything for good, and nothing else would notice.
            while panics(self.clone().commit_groups(Arc::clone(&receiver))).await {
                tracing::error!("who commits deliveries panicked, and goes on with the next ones");
            }
        });
        sender
    }

    async fn commit_groups(self, receiver: Arc<Mutex<mpsc::Receiver<Waiting>>>) {
        let mut receiver = receiver.lock().await;
        let mut group = Vec::with_capacity(self.most);
        while receiver.recv_many(&mut group, self.most).await > 0 {
            let (brought, begun) = (group.len(), Instant::now());
            self.commit(&mut group).await;
            // At a stop nobody else wants the disk.
            if self.of_hints && !receiver.is_closed() {
                // It is busy in real time, by whatever clock the shop goes.
                Clock::system().sleep(pause(brought, begun.elapsed())).await;
            }
        }
    }

    /// Stores a group and answers everybody in it; one who gave up meanwhile will come again, and what he brought is
    /// stored all the same.
    async fn commit(&self, group: &mut Vec<Waiting>) {
        match self.store(group).await {
            Ok(()) => {
                for waiting in group.drain(..) {
                    let _ = waiting.answer.send(Ok(()));
                }
                self.bell.ring();
            }
            Err(error) if error.is_about_data() && group.len() > 1 => {
                // One delivery that the engine does not take must not refuse the others.
                for waiting in group.drain(..) {
                    self.store_alone(waiting).await;
                }
                self.bell.ring();
            }
            Err(error) => {
                tracing::error!(%error, waiting = group.len(), "deliveries could not be stored");
                for waiting in group.drain(..) {
                    let _ = waiting.answer.send(Err(Refused::from(&error)));
                }
            }
        }
    }

    async fn store_alone(&self, waiting: Waiting) {
        let stored = self.store(std::slice::from_ref(&waiting)).await;
        if let Err(error) = &stored {
            tracing::error!(%error, "a delivery could not be stored");
        }
        let _ = waiting.answer.send(stored.map_err(|error| Refused::from(&error)));
    }

    async fn store(&self, group: &[Waiting]) -> Result<(), DbError> {
        let facts: Vec<&Delivery> = group.iter().map(|waiting| &waiting.delivery).collect();
        let begun = if self.of_hints { self.db.write().await } else { self.db.write_first().await };
        let mut tx = begun?;
        inbox::accept_all(&mut tx, &facts, self.clock.now()).await?;
        tx.commit().await
    }
}

/// How long callbacks leave the disk to others after a group that took so long.
fn pause(brought: usize, took: Duration) -> Duration {
    let each = PAUSE.saturating_mul(u32::try_from(brought).unwrap_or(u32::MAX));
    each.min(PAUSE_FOR_MANY).max((2 * took).min(PAUSE_FOR_A_SLOW_DISK))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callbacks_have_the_disk_for_a_third_of_the_time_at_most() {
        let (quick, slow) = (Duration::from_millis(1), Duration::from_millis(60));
        assert_eq!(pause(1, quick), PAUSE);
        assert_eq!(pause(256, quick), PAUSE_FOR_MANY);
        assert_eq!(pause(1, slow), 2 * slow);
        assert_eq!(pause(1, Duration::from_secs(9)), PAUSE_FOR_A_SLOW_DISK);
    }
}
