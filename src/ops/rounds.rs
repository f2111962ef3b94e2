//! What is looked after beside the service: jobs that come round by the clock, each by one replica at a time.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::db::{DbError, lease};
use crate::primitives::{Timestamp, random_token};
use crate::worker::{Shared, supervised};

/// How long a replica that does a job may be silent before another one does it.
const HOLD: Duration = Duration::from_secs(15);
/// How long giving the jobs back may take.
const GOODBYE: Duration = Duration::from_secs(1);
/// How often it says that it is still at it.
const RENEW: Duration = Duration::from_secs(5);

/// A job that comes round by the clock.
pub trait Job: Clone + Send + Sync + 'static {
    /// Its name: that of its lease, and its label in the metric of last successes.
    const NAME: &'static str;

    /// How long from the end of one round to the beginning of the next.
    fn every(&self) -> Duration;

    /// Does what is due at `now`; whether it did anything. What fails is told by the job itself or by its error.
    fn round(
        &self,
        shared: &Shared,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, Box<dyn std::error::Error + Send + Sync>>> + Send;
}

/// The jobs of one process.
#[derive(Debug)]
pub struct Rounds {
    shared: Shared,
    stop: CancellationToken,
    tasks: TaskTracker,
    /// The jobs, and under which name each is held here.
    held: Mutex<Vec<(&'static str, String)>>,
}

impl Rounds {
    /// None yet, beside this service.
    #[must_use]
    pub fn beside(shared: Shared) -> Self {
        let (stop, tasks, held) = Default::default();
        Self { shared, stop, tasks, held }
    }

    /// Lets a job come round until [`Self::stop`], in one replica at a time.
    pub fn add(&self, job: impl Job) {
        self.start(job, Some(random_token()));
    }

    /// Lets a job come round until [`Self::stop`] in each replica, whoever else does it.
    pub fn add_here(&self, job: impl Job) {
        self.start(job, None);
    }

    fn start<J: Job>(&self, job: J, holder: Option<String>) {
        if let Some(holder) = &holder {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            held.push((J::NAME, holder.clone()));
        }
        let (shared, stop) = (self.shared.clone(), self.stop.clone());
        let walk = move || walk(shared.clone(), job.clone(), holder.clone(), stop.clone());
        let (clock, stop) = (self.shared.clock.clone(), self.stop.clone());
        let worker = supervised("rounds", clock, walk);
        self.tasks.spawn(stop.run_until_cancelled_owned(worker));
    }

    /// Ends every job where it is; another replica may go on with it at once.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        let held = self.held.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (db, now) = (&self.shared.db, self.shared.clock.now());
        let give_back = async {
            for (name, holder) in &held {
                // What cannot be given back lapses by itself.
                let _ = lease::renew(db, name, holder, now, Duration::ZERO).await;
            }
        };
        let _ = tokio::time::timeout(GOODBYE, give_back).await;
    }
}

async fn walk<J: Job>(shared: Shared, job: J, holder: Option<String>, stop: CancellationToken) {
    // In quarantine nothing comes round.
    shared.at_work.cancelled().await;
    let mut due = shared.clock.now();
    while !stop.is_cancelled() {
        let Some(holder) = &holder else {
            work(&shared, &job).await;
            shared.clock.sleep(job.every()).await;
            continue;
        };
        match mine::<J>(&shared, holder).await {
            Ok(true) if shared.clock.now() >= due => {
                round(&shared, &job, holder).await;
                due = shared.clock.now().plus(job.every());
            }
            // The turn is kept from one round to the next: who has the job keeps it while he lives.
            Ok(true) => {}
            // Whoever takes it over begins at once.
            Ok(false) => due = shared.clock.now(),
            Err(error) => tracing::warn!(job = J::NAME, %error, "nobody knows whose turn it is"),
        }
        shared.clock.sleep(job.every().min(RENEW)).await;
    }
}

/// One round, held as long as it takes; it is left where it is when another replica took over.
async fn round<J: Job>(shared: &Shared, job: &J, holder: &str) {
    tokio::select! {
        () = work(shared, job) => {}
        () = lost::<J>(shared, holder) => {
            tracing::warn!(job = J::NAME, "another replica does this job now");
        }
    }
}

async fn work<J: Job>(shared: &Shared, job: &J) {
    match job.round(shared, shared.clock.now()).await {
        Ok(true) => {
            let last = shared.metrics.job_last_success.with_label_values(&[J::NAME]);
            last.set(shared.clock.now().seconds());
        }
        Ok(false) => {}
        Err(error) => tracing::error!(job = J::NAME, %error, "a job failed"),
    }
}

async fn mine<J: Job>(shared: &Shared, holder: &str) -> Result<bool, DbError> {
    let held = lease::renew(&shared.db, J::NAME, holder, shared.clock.now(), HOLD).await?;
    Ok(held.is_some())
}

/// Ends when the job is somebody else's.
async fn lost<J: Job>(shared: &Shared, holder: &str) {
    loop {
        shared.clock.sleep(RENEW).await;
        match mine::<J>(shared, holder).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(job = J::NAME, %error, "a turn could not be kept"),
        }
    }
}
