//! What a store has set, sent to an admin as a file, and taken from one.

use super::carry::{Carrier, Left, Undone};
use super::desk;
use super::unload::given;
use crate::bot::screens::admin::configuration as screens;
use crate::bot::{Errand, Setting};
use crate::primitives::{ChatId, UserId};
use crate::queue::outbox::{self, End};
use crate::shop::audit::By;
use crate::shop::catalogue::FileFault;
use crate::shop::configuration::{self, Configuration, MOST_BYTES};
use crate::telegram::{Manner, Media, SendDocument, Upload};

impl Carrier<'_> {
    /// Sends what is set now.
    pub(super) async fn send_configuration(&self, chat: ChatId) -> Result<Left, Undone> {
        let store = &self.front.store;
        if !self.runs_the_store(chat) {
            return Ok(Left::default());
        }
        let mut tx = self.shared.db.read().await?;
        let saved = configuration::save(&mut tx, store, &self.shared.keyring).await?;
        drop(tx);
        let saved = saved.written();
        if saved.len() > MOST_BYTES {
            // Nothing could be restored from it.
            let word = Some(screens::too_large(self.storewide()));
            return Ok(Left { word, ..Left::default() });
        }
        let name = format!("{}-{}.json", store.slug, store.zone.date(self.shared.clock.now()));
        let document = Media::Upload(Upload::document(name, "application/json", saved));
        let (caption, manner) = (Some(screens::caption(self.storewide())), Manner::default());
        self.call(&SendDocument { chat_id: chat, document, caption, manner }).await?;
        Ok(Left::default())
    }

    /// Fetches a file and sets everything as it says, or nothing; says what came of it.
    pub(super) async fn restore(&self, chat: ChatId, file_id: &str) -> Result<Left, Undone> {
        if !self.runs_the_store(chat) {
            return Ok(Left::default());
        }
        let speech = self.storewide();
        let word = match given(self.downloaded(file_id).await)? {
            None => screens::unfit(speech, &["?".to_owned()]),
            Some(bytes) => match read(&bytes) {
                Err(why) => screens::unfit(speech, &[why]),
                Ok(file) => match self.set(chat, &file).await? {
                    Err(faults) => screens::unfit(speech, &faults),
                    Ok(()) => return Ok(Left::default()),
                },
            },
        };
        Ok(Left { word: Some(word), ..Left::default() })
    }

    /// Sets everything, says so, and ends the errand in one transaction: a second try would find nothing to change,
    /// and say that. Or everything that is wrong.
    async fn set(
        &self,
        chat: ChatId,
        file: &Configuration,
    ) -> Result<Result<(), Vec<String>>, Undone> {
        let faults: Vec<String> =
            file.settings.iter().filter_map(|(name, body)| fault(name, body)).collect();
        if !faults.is_empty() {
            return Ok(Err(faults));
        }
        let names: Vec<String> = Setting::every().map(Setting::name).collect();
        let by = By { admin: UserId(chat.0), now: self.shared.clock.now() };
        let place = (&self.front.store, &*self.shared.keyring);
        let mut tx = self.shared.db.write().await?;
        match configuration::restore(&mut tx, place, file, &names, by).await {
            Ok(changed) => {
                let said = Errand::say(chat, screens::restored(self.storewide(), changed));
                if outbox::finish(&mut tx, self.parcel, &End::Sent, by.now).await? {
                    desk::send(&mut tx, &self.front.store, &said, by.now).await?;
                    tx.commit().await?;
                    self.shared.outbox_bell.ring();
                }
                Ok(Ok(()))
            }
            Err(FileFault::Content(faults)) => Ok(Err(faults)),
            Err(FileFault::Shop(error)) => Err(error.into()),
        }
    }
}

/// The file that was sent, or what is wrong with it as a whole.
fn read(bytes: &[u8]) -> Result<Configuration, String> {
    if bytes.len() > MOST_BYTES {
        return Err(format!("more than {MOST_BYTES} bytes"));
    }
    let file: Configuration = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    file.fault().map_or(Ok(file), Err)
}

/// What is wrong with a setting.
fn fault(name: &str, body: &str) -> Option<String> {
    match Setting::every().find(|setting| setting.name() == name) {
        None => Some(format!("{name}: ?")),
        Some(setting) if !setting.takes(body) => Some(format!("{name}: {body}")),
        Some(_) => None,
    }
}
