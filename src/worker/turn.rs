//! The right to keep time, among replicas.

use std::time::Duration;

use crate::db::{Db, DbError, Lease, Tx, lease};
use crate::primitives::Timestamp;

const LEASE: &str = "timer";
/// How long a replica that keeps time may be silent before another one does.
const HOLD: Duration = Duration::from_secs(4);

/// The right to keep time, taken for one tick.
pub(super) struct Turn<'a> {
    holder: &'a str,
    lease: Lease,
}

impl<'a> Turn<'a> {
    /// `None` while another replica keeps time.
    pub(super) async fn take(
        db: &Db,
        holder: &'a str,
        now: Timestamp,
    ) -> Result<Option<Self>, DbError> {
        let lease = lease::renew(db, LEASE, holder, now, HOLD).await?;
        Ok(lease.map(|lease| Self { holder, lease }))
    }

    /// A transaction in which nobody else keeps time; `None` when somebody does so meanwhile.
    pub(super) async fn fenced(&self, mut tx: Tx) -> Result<Option<Tx>, DbError> {
        if lease::holds(&mut tx, LEASE, self.holder, self.lease).await? {
            return Ok(Some(tx));
        }
        tracing::warn!("another replica keeps time now; nothing was changed");
        Ok(None)
    }
}
