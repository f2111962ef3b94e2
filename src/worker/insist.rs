//! Writing down what only this process knows: tried again while trouble passes, instead of being forgotten.

use std::time::Duration;

use super::Shared;
use crate::shop::ShopError;

/// How soon a write that failed is tried again.
const WAIT: Duration = Duration::from_millis(250);

/// Writes until it succeeds, fails for good, or `most` has passed.
///
/// Every write of this kind carries a fence, so that one whose outcome was not known, or that comes
/// too late, changes nothing.
pub(super) async fn insist<T, W>(
    shared: &Shared,
    most: Duration,
    write: impl Fn() -> W,
) -> Result<T, ShopError>
where
    W: Future<Output = Result<T, ShopError>>,
{
    let until = shared.clock.now().plus(most);
    loop {
        match write().await {
            Err(error) if error.is_passing() && shared.clock.now() < until => {
                tracing::warn!(%error, "an outcome could not be written down yet");
                shared.clock.sleep(WAIT).await;
            }
            done => return done,
        }
    }
}
