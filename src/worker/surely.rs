//! Writes down what was learned, again and again while the database takes nothing.

use std::time::Duration;

use crate::primitives::Clock;
use crate::shop::ShopError;

/// How long to wait for a full disk or a lost connection before it is asked again.
const PAUSE: Duration = Duration::from_millis(200);

/// Repeats `write` until it succeeds, fails of itself, or the lease it writes under has lapsed: what
/// happened outside would otherwise happen again as soon as the lease ends.
pub(super) async fn surely<W>(
    clock: &Clock,
    lease: Duration,
    write: impl Fn() -> W,
) -> Result<(), ShopError>
where
    W: Future<Output = Result<(), ShopError>>,
{
    let until = clock.now().plus(lease);
    loop {
        match write().await {
            Err(error) if error.is_passing() && clock.now() < until => {
                tracing::warn!(%error, "what was learned cannot be written down yet");
                clock.sleep(PAUSE).await;
            }
            done => return done,
        }
    }
}
