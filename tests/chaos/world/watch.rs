//! Watches how much memory a process takes while something happens to it.

use std::time::Duration;

use bot_auto_order::primitives::Clock;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::program::Process;

const LOOK: Duration = Duration::from_millis(100);

/// What a process held in memory before, and at most since.
pub struct Watch {
    before: u64,
    most: JoinSet<u64>,
    enough: CancellationToken,
}

impl Watch {
    pub fn begin(process: &Process) -> Self {
        let before = process.memory();
        let (eye, enough) = (process.eye(), CancellationToken::new());
        let ended = enough.clone();
        let mut most = JoinSet::new();
        most.spawn(async move {
            let (clock, mut most) = (Clock::system(), 0);
            while !ended.is_cancelled() {
                most = most.max(eye.memory());
                ended.run_until_cancelled(clock.sleep(LOOK)).await;
            }
            most
        });
        Self { before, most, enough }
    }

    /// By how many KiB it grew.
    pub async fn end(self) -> u64 {
        self.enough.cancel();
        let most = self.most.join_all().await.into_iter().max().unwrap_or(0);
        most.saturating_sub(self.before)
    }
}
