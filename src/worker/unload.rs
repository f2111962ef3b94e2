//! Fetches a file of units from Telegram and takes them in, line by line: what it holds is never written down in
//! clear, and a second try finds what the first one brought.

use super::carry::{Carrier, Delivered, Left, Undone};
use crate::bot::screens::admin::units::{self, NoUnits};
use crate::primitives::UserId;
use crate::shop::audit::By;
use crate::shop::stock::{self, Lines, Shelved};
use bytes::Bytes;

use crate::telegram::{Failure, GetFile, Html};

/// How many units come in with one transaction: buyers must not wait behind a whole file.
const AT_ONCE: usize = 500;

impl Carrier<'_> {
    /// Takes the file's units in and says what came of it.
    pub(super) async fn take_in(&self, delivered: Delivered<'_>) -> Result<Left, Undone> {
        if !self.runs_the_store(delivered.chat) {
            return Ok(Left::default());
        }
        let speech = self.storewide();
        let word = match self.fetched(delivered.file_id).await? {
            Ok(lines) if lines.too_many => units::none_taken(speech, NoUnits::TooMany),
            Ok(lines) if lines.is_empty() => units::none_taken(speech, NoUnits::Empty),
            Ok(lines) => self.shelve(delivered, &lines).await?,
            Err(why) => units::none_taken(speech, why),
        };
        Ok(Left { word: Some(word), ..Left::default() })
    }

    /// What stands in the file, or why nobody can tell.
    async fn fetched(&self, file_id: &str) -> Result<Result<Lines, NoUnits>, Undone> {
        let Some(bytes) = given(self.downloaded(file_id).await)? else {
            return Ok(Err(NoUnits::Unreadable));
        };
        Ok(std::str::from_utf8(&bytes).map(stock::read_lines).map_err(|_| NoUnits::Unreadable))
    }

    /// What a file that somebody sent holds.
    pub(super) async fn downloaded(&self, file_id: &str) -> Result<Bytes, Failure> {
        let found = self.call(&GetFile { file_id: file_id.to_owned() }).await?;
        let path = found.answer().and_then(|file| file.file_path.clone());
        self.front.telegram.download(&path.ok_or(Failure::BadFile)?).await
    }

    async fn shelve(&self, delivered: Delivered<'_>, lines: &Lines) -> Result<Html, Undone> {
        let (store, db) = (&self.front.store, &self.shared.db);
        let Delivered { product, batch, chat, .. } = delivered;
        let shelved = Shelved { store, keyring: &self.shared.keyring, product };
        for units in lines.units.chunks(AT_ONCE) {
            let mut tx = db.write().await?;
            stock::take_in(&mut tx, shelved, batch, units, self.shared.clock.now()).await?;
            tx.commit().await?;
        }
        let now = self.shared.clock.now();
        let mut tx = db.write().await?;
        let by = By { admin: UserId(chat.0), now };
        let batch = stock::close(&mut tx, store, batch, lines, by).await?;
        tx.commit().await?;
        Ok(units::taken_in(self.storewide(), &batch))
    }
}

/// What Telegram gave; `None` when it says that it never will.
pub(super) fn given<T>(answer: Result<T, Failure>) -> Result<Option<T>, Undone> {
    match answer {
        Ok(given) => Ok(Some(given)),
        Err(Failure::BadFile | Failure::Refused { .. } | Failure::MessageGone) => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}
