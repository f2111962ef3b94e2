//! Brings what was bought: into messages that were made for it, or as files.

use super::carry::{Carrier, Left, PROTECTED, Undone, Wanted};
use crate::bot::goods::Part;
use crate::bot::{Speech, goods};
use crate::primitives::{ChatId, MessageId, OrderId};
use crate::queue::outbox;
use crate::shop::{orders, stock};
use crate::telegram::{
    Failure, Html, InlineKeyboard, Manner, Markup, Media, SendDocument, SendMessage, Upload,
};

impl Carrier<'_> {
    /// Opens the goods, wraps them, and hands out the part that was asked for.
    ///
    /// Another version of the texts may wrap the same goods into more or fewer parts than were asked
    /// for: the last one brings all that is left, and one that is no longer there was sent before.
    pub(super) async fn goods(
        &self,
        chat: ChatId,
        wanted: Wanted,
        speech: Speech<'_>,
    ) -> Result<Left, Undone> {
        let store = &self.front.store;
        let mut tx = self.shared.db.read().await?;
        let sold = orders::peek(&mut tx, store.id, wanted.order).await?;
        let goods = stock::goods(&mut tx, store, &self.shared.keyring, wanted.order).await?;
        drop(tx);
        let most = if wanted.part + 1 < wanted.of { 1 } else { usize::MAX };
        let parts = goods::wrap(speech, &sold.code, &goods).into_iter().zip(0..);
        for (part, number) in parts.skip(wanted.part).take(most) {
            match part {
                Part::Message(text, buttons) if wanted.again => {
                    self.send_protected(chat, text, buttons).await?;
                }
                Part::Message(text, buttons) => {
                    let place = speech.say("goods-place", &[("code", (&sold.code).into())]);
                    self.put(chat, (wanted.order, number), place, (text, buttons)).await?;
                }
                Part::File { name, bytes, caption } => {
                    let document = Media::Upload(Upload::document(name, "text/plain", bytes));
                    let (caption, manner) = (Some(caption), PROTECTED);
                    let call = SendDocument { chat_id: chat, document, caption, manner };
                    self.call(&call).await?;
                }
            }
        }
        Ok(Left::default())
    }

    /// Puts a part of the goods into its place, or into a new one when the first is gone. What Telegram
    /// does not take there it perhaps takes as a message of its own.
    async fn put(
        &self,
        chat: ChatId,
        (order, part): (OrderId, i64),
        place: Html,
        (text, buttons): (Html, InlineKeyboard),
    ) -> Result<(), Undone> {
        let mut tx = self.shared.db.read().await?;
        let standing = orders::goods_message(&mut tx, self.front.store.id, order, part).await?;
        self.is_still_held(&mut tx).await?;
        drop(tx);
        let (mut message, mut fresh) = match standing {
            Some(message) => (message, false),
            None => (self.place(chat, order, part, place.clone()).await?, true),
        };
        loop {
            match self.edit_text(chat, message, text.clone(), Some(buttons.clone())).await {
                Err(Failure::MessageGone) if !fresh => {
                    message = self.place(chat, order, part, place.clone()).await?;
                    fresh = true;
                }
                Err(Failure::MessageGone | Failure::UnparsableText | Failure::Refused { .. }) => {
                    self.send_protected(chat, text, buttons).await?;
                    return Ok(());
                }
                edited => return Ok(edited?),
            }
        }
    }

    /// A protected message that a part of the goods goes into: sent before, and remembered on the disk,
    /// so that goods whose arrival nobody confirmed are put there again instead of being shown twice.
    /// Only while the parcel is ours: whoever took it over has a place of his own.
    async fn place(
        &self,
        chat: ChatId,
        order: OrderId,
        part: i64,
        text: Html,
    ) -> Result<MessageId, Undone> {
        let (db, store) = (&self.shared.db, self.front.store.id);
        let sent = self.send_protected(chat, text, InlineKeyboard::new()).await?;
        let message = sent.ok_or_else(|| Failure::Unknown("no message came back".to_owned()))?;
        let mut tx = db.write().await?;
        if !outbox::stands(&mut tx, self.parcel).await? {
            return Err(Undone::TakenOver);
        }
        orders::put_goods_into(&mut tx, store, order, part, message).await?;
        tx.commit().await?;
        Ok(message)
    }

    pub(super) async fn send_protected(
        &self,
        chat: ChatId,
        text: Html,
        buttons: InlineKeyboard,
    ) -> Result<Option<MessageId>, Failure> {
        let reply_markup = (!buttons.is_empty()).then_some(Markup::Inline(buttons));
        let manner = Manner { reply_markup, ..PROTECTED };
        let sent = self.call(&SendMessage { manner, ..SendMessage::new(chat, text) }).await?;
        Ok(sent.answer().map(|message| message.message_id))
    }
}
