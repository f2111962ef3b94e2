//! Wakes the workers of this process after a commit, so that nobody polls while there is nothing to do.

use std::sync::Arc;

use tokio::sync::watch;

/// A bell that anyone may ring; a ring is never lost, several rings before a look are one.
#[derive(Debug, Clone)]
pub struct Bell(Arc<watch::Sender<u64>>);

impl Default for Bell {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Bell {
    /// Wakes everyone who listens.
    pub fn ring(&self) {
        self.0.send_modify(|rings| *rings = rings.wrapping_add(1));
    }

    /// An ear that hears every ring from now on.
    #[must_use]
    pub fn listen(&self) -> Ear {
        Ear(self.0.subscribe())
    }
}

/// One listener of a [`Bell`].
#[derive(Debug)]
pub struct Ear(watch::Receiver<u64>);

impl Ear {
    /// Waits for a ring since the last call.
    pub async fn heard(&mut self) {
        if self.0.changed().await.is_err() {
            // Every bell is gone: nothing will ever ring again.
            std::future::pending::<()>().await;
        }
    }
}
