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
    /// Opens a proof for an admin and brings it as it was sent.
    ///
    /// It may have waited long: whoever does not run the store any more gets nothing.
    pub(super) async fn proof(&self, chat: ChatId, id: ProofId) -> Result<Left, Undone> {
        let store = &self.front.store;
        if !self.runs_the_store(chat) {
            return Ok(Left::default());
        }
        let mut tx = self.shared.db.read().await?;
        let opened = terms::open(&mut tx, store, &self.shared.keyring, id).await?;
        drop(tx);
        let speech = self.storewide();
        let Some(opened) = opened else {
            self.send_protected(chat, speech.say("proof-gone", &[]), InlineKeyboard::new()).await?;
            return Ok(Left::default());
        };
        let (text, rest) = screens::terms::opened(speech, &store.zone, &opened);
        match opened.proof.photo {
            Some(file_id) => self.photo(chat, file_id, text).await?,
            None => drop(self.send_protected(chat, text, InlineKeyboard::new()).await?),
        }
        if let Some(rest) = rest {
            self.send_protected(chat, rest, InlineKeyboard::new()).await?;
        }
        Ok(Left::default())
    }

    /// A photo, or a word in its place: another bot's photos are strange to this one.
    async fn photo(&self, chat: ChatId, file_id: String, text: Html) -> Result<(), Undone> {
        let (photo, caption, manner) = (Media::FileId(file_id), Some(text.clone()), PROTECTED);
        match self.call(&SendPhoto { chat_id: chat, photo, caption, manner }).await {
            Err(Failure::BadFile | Failure::Refused { .. }) => {
                let speech = self.storewide();
                let text = screens::terms::without_photo(speech, text);
                self.send_protected(chat, text, InlineKeyboard::new()).await?;
                Ok(())
            }
            sent => sent.map(drop).map_err(Undone::from),
        }
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
