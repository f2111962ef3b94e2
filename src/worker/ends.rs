//! Ends of mass messages, written down together: who comes while a commit is on its way shares the next one.

use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

use super::Shared;
use super::aftermath::{self, Ended};
use super::carry::Left;
use crate::bot::Errand;
use crate::queue::outbox::{self, End, Taken};
use crate::shop::ShopError;

/// A mass message that came to its end.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) parcel: Taken,
    pub(super) end: End,
    pub(super) errand: Errand,
}

/// The ends that wait for the commit that is on its way; no more than a sender has seats.
#[derive(Default)]
pub(super) struct Ends {
    waiting: Mutex<Vec<(Entry, oneshot::Sender<()>)>>,
    writing: tokio::sync::Mutex<()>,
}

impl Ends {
    /// Returns when the end is on the disk, whoever wrote it there.
    pub(super) async fn record(&self, shared: &Shared, entry: Entry) -> Result<(), ShopError> {
        let (told, heard) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push((entry, told));
        let turn = self.writing.lock().await;
        let group =
            std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if !group.is_empty() {
            write(shared, group.iter().map(|(entry, _)| entry)).await?;
            for (_, told) in group {
                // Who was cut off meanwhile does not listen any more.
                let _ = told.send(());
            }
        }
        drop(turn);
        // Whoever had it in hand failed or was cut off: it is tried again.
        heard.await.map_err(|_| ShopError::Unserved)
    }
}

/// All of them with what follows from each, in one transaction.
async fn write<'a>(
    shared: &Shared,
    group: impl Iterator<Item = &'a Entry>,
) -> Result<(), ShopError> {
    let now = shared.clock.now();
    let mut tx = shared.db.write().await?;
    for Entry { parcel, end, errand } in group {
        let front = shared.directory.get(parcel.store).ok_or(ShopError::Unserved)?;
        if outbox::finish(&mut tx, parcel, end, now).await? {
            let (cause, left) = (&parcel.cause(), &Left::default());
            let ended = Ended { cause, end, errand, left };
            aftermath::follow(&mut tx, &front.store, &ended, now).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
