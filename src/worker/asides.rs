//! What a carrier brings besides screens, orders and goods: proofs, alarms, lists of commands.

use super::carry::{Carrier, Left, PROTECTED, Undone};
use crate::bot::{commands, screens};
use crate::primitives::{ChatId, Language, ProofId};
use crate::shop::terms;
use crate::telegram::{
    CommandScope, Failure, Html, InlineKeyboard, Media, MenuButton, SendMessage, SendPhoto,
    SetChatMenuButton, SetMyCommands,
};

impl Carrier<'_> {
    /// Opens a proof for an admin and brings it as it was sent; one that was forgotten brings nothing.
    pub(super) async fn proof(&self, chat: ChatId, id: ProofId) -> Result<Left, Undone> {
        let store = &self.front.store;
        let mut tx = self.shared.db.read().await?;
        let opened = terms::open(&mut tx, store, &self.shared.keyring, id).await?;
        drop(tx);
        let Some(opened) = opened else { return Ok(Left::default()) };
        let speech = self.shared.texts.speech(store.language);
        let text = screens::terms::opened(speech, &store.zone, &opened);
        match opened.proof.photo {
            Some(file_id) => {
                let (photo, caption) = (Media::FileId(file_id), Some(text));
                let manner = PROTECTED;
                self.call(&SendPhoto { chat_id: chat, photo, caption, manner }).await?;
            }
            None => drop(self.send_protected(chat, text, InlineKeyboard::new()).await?),
        }
        Ok(Left::default())
    }

    /// The list of commands; the one for everybody also puts its button beside the input field.
    pub(super) async fn menu(
        &self,
        chat: Option<ChatId>,
        language: Language,
        admin: bool,
    ) -> Result<Left, Undone> {
        let everybody = chat.is_none() && language == Language::default();
        let own_language = chat.is_none() && !everybody;
        let call = SetMyCommands {
            commands: commands(self.shared.texts.speech(language), admin),
            scope: chat.map(|chat_id| CommandScope::Chat { chat_id }),
            language_code: own_language.then(|| language.code().to_owned()),
        };
        self.call(&call).await?;
        if everybody {
            let menu_button = MenuButton::Commands;
            self.call(&SetChatMenuButton { chat_id: None, menu_button }).await?;
        }
        Ok(Left::default())
    }

    /// Tells an owner through the owners' own bot, or else through the store's.
    pub(super) async fn alert(&self, chat: ChatId, text: Html) -> Result<Left, Undone> {
        let call = SendMessage::new(chat, text);
        match self.shared.directory.owner_bot() {
            Some(bot) => self.call_by(&bot.map_err(Failure::NotSent)?, &call).await.map(drop)?,
            None => self.call(&call).await.map(drop)?,
        }
        Ok(Left::default())
    }
}
