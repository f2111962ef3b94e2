//! The workers of a process: set to work at once, or when a restored database is released.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::addresses::Places;
use super::outbox::Sender;
use super::{Shared, inbox, timer, webhook};
use crate::primitives::{Clock, random_token};
use crate::queue::outbox::Queue;
use crate::shop::quarantine;

/// How long a worker that panicked stays down, and how often a quarantine is looked at.
const TICK: Duration = Duration::from_secs(1);

/// What the workers of a process are started with.
#[derive(Debug, Clone)]
pub(super) struct Crew {
    pub shared: Shared,
    pub work: CancellationToken,
    pub end: CancellationToken,
    pub tasks: TaskTracker,
    /// Under which addresses webhooks are registered, and how many deliveries Telegram may make at once.
    pub webhook: Option<(Places, u8)>,
}

impl Crew {
    /// Starts every worker.
    pub(super) fn begin(&self) {
        let (shared, stop) = (self.shared.clone(), self.work.clone());
        self.work_on("inbox", move || inbox::run(shared.clone(), stop.clone()));
        for queue in Queue::ALL {
            let sender = Arc::new(Sender::new(self.shared.clone(), queue, self.end.clone()));
            let (tasks, stop) = (self.tasks.clone(), self.work.clone());
            self.work_on("outbox", move || Arc::clone(&sender).run(tasks.clone(), stop.clone()));
        }
        let (shared, stop, holder) = (self.shared.clone(), self.work.clone(), random_token());
        self.work_on("timer", move || timer::run(shared.clone(), holder.clone(), stop.clone()));
        self.register_webhooks();
        self.shared.at_work.cancel();
    }

    /// Lets a worker work until it has stopped by itself, or is cut off at the end.
    fn work_on<W>(&self, name: &'static str, start: impl Fn() -> W + Send + 'static)
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let worker = supervised(name, self.shared.clock.clone(), start);
        self.tasks.spawn(self.end.clone().run_until_cancelled_owned(worker));
    }

    fn register_webhooks(&self) {
        let Some((places, most)) = self.webhook.clone() else { return };
        let shared = self.shared.clone();
        let (stop, holder) = (self.work.clone(), random_token());
        self.work_on("webhook", move || {
            let (places, holder) = (places.clone(), holder.clone());
            webhook::keep_registered(shared.clone(), places, most, holder, stop.clone())
        });
    }

    /// Waits until a person has released the restored database; `false` when the service ends before.
    pub(super) async fn is_released(&self) -> bool {
        tracing::warn!(
            "this database was restored and is in quarantine: deliveries are kept, nothing is sent or sold \
             until `auto-order backup release`"
        );
        loop {
            tokio::select! {
                () = self.shared.clock.sleep(TICK) => {}
                () = self.work.cancelled() => return false,
            }
            match self.is_quarantined().await {
                Ok(true) => {}
                Ok(false) => {
                    tracing::info!("the quarantine is over");
                    return true;
                }
                Err(error) => tracing::warn!(%error, "nobody knows whether the quarantine is over"),
            }
        }
    }

    async fn is_quarantined(&self) -> Result<bool, crate::shop::ShopError> {
        Ok(quarantine::current(&mut self.shared.db.read().await?).await?.is_some())
    }
}

/// Runs a worker, and again when it panicked, until it ends by itself.
pub async fn supervised<W>(name: &'static str, clock: Clock, start: impl Fn() -> W)
where
    W: Future<Output = ()> + Send + 'static,
{
    loop {
        let mut task = JoinSet::new();
        task.spawn(start());
        match task.join_next().await {
            Some(Err(fault)) if fault.is_panic() => {
                tracing::error!(
                    alarm = "panic",
                    worker = name,
                    "a worker panicked; it is started again"
                );
                clock.sleep(TICK).await;
            }
            _ => return,
        }
    }
}
