//! Messages that change as things go on: an order's, a broadcast's progress, an admin's notice.

use super::carry::{Carrier, Left, Undone};
use crate::bot::{Picture, pictures};
use crate::primitives::{BroadcastId, ChatId, MessageId, OrderId, UserId};
use crate::shop::{broadcast, orders, sales};
use crate::telegram::{
    EditMessageCaption, EditMessageMedia, EditMessageText, Failure, Html, InlineKeyboard,
    InputMedia, LinkPreviewOptions, Manner, Markup, Media, MediaKind, SendMessage, SendPhoto,
    Upload,
};

impl Carrier<'_> {
    /// Changes the order's message where it stands, or sends it anew when it cannot be changed.
    pub(super) async fn order(
        &self,
        chat: ChatId,
        order: OrderId,
        text: Html,
        picture: Option<Picture>,
        buttons: InlineKeyboard,
    ) -> Result<Left, Undone> {
        let mut tx = self.shared.db.read().await?;
        let shown = orders::peek(&mut tx, self.front.store.id, order).await?;
        self.is_still_held(&mut tx).await?;
        drop(tx);
        let standing = shown.message_id.zip(shown.message_kind);
        if let Some((message, kind)) = &standing {
            let changed = match (kind.as_str(), &picture) {
                ("text", Some(Picture::Qr(_))) => Err(Failure::MessageGone),
                ("text", _) => {
                    self.edit_text(chat, *message, text.clone(), Some(buttons.clone())).await
                }
                // A photo of an order that can still be paid is its QR: only the words change.
                (_, None | Some(Picture::Qr(_))) => {
                    self.edit_caption(chat, *message, text.clone(), buttons.clone()).await
                }
                (_, Some(picture)) => {
                    self.edit_picture(chat, *message, (text.clone(), picture), buttons.clone())
                        .await
                }
            };
            match changed {
                Err(Failure::MessageGone) => {}
                other => return other.map(|()| Left::default()).map_err(Undone::from),
            }
        }
        let sent = self.send_order(chat, text, picture, buttons).await?;
        Ok(Left {
            order: sent.map(|(message, kind)| (order, message, kind)),
            stale: standing.map(|(message, _)| message),
            ..Left::default()
        })
    }

    async fn send_order(
        &self,
        chat: ChatId,
        text: Html,
        picture: Option<Picture>,
        buttons: InlineKeyboard,
    ) -> Result<Option<(MessageId, &'static str)>, Undone> {
        let manner = Manner::with(buttons);
        let drawn = picture.as_ref().map(draw).transpose()?;
        let (sent, kind) = match drawn {
            Some(png) => {
                let photo = Media::Upload(Upload::png("qris.png", png));
                let call = SendPhoto { chat_id: chat, photo, caption: Some(text), manner };
                (self.call(&call).await?, "photo")
            }
            None => {
                (self.call(&SendMessage { manner, ..SendMessage::new(chat, text) }).await?, "text")
            }
        };
        Ok(sent.answer().map(|message| (message.message_id, kind)))
    }

    async fn edit_caption(
        &self,
        chat: ChatId,
        message: MessageId,
        text: Html,
        buttons: InlineKeyboard,
    ) -> Result<(), Failure> {
        let (caption, reply_markup) = (Some(text), Some(buttons));
        let edit = EditMessageCaption { chat_id: chat, message_id: message, caption, reply_markup };
        self.call(&edit).await.map(|_| ())
    }

    async fn edit_picture(
        &self,
        chat: ChatId,
        message: MessageId,
        (text, picture): (Html, &Picture),
        buttons: InlineKeyboard,
    ) -> Result<(), Failure> {
        let media = Media::Upload(Upload::png("status.png", draw(picture)?));
        self.edit_media(chat, message, (text, media), Some(buttons)).await
    }

    pub(super) async fn edit_media(
        &self,
        chat: ChatId,
        message: MessageId,
        (text, media): (Html, Media),
        reply_markup: Option<InlineKeyboard>,
    ) -> Result<(), Failure> {
        let media = InputMedia { kind: MediaKind::Photo, media, caption: Some(text) };
        let edit = EditMessageMedia { chat_id: chat, message_id: message, media, reply_markup };
        self.call(&edit).await.map(|_| ())
    }

    /// Changes the message that tells how a broadcast goes, or sends it anew when it is gone.
    pub(super) async fn progress(
        &self,
        chat: ChatId,
        id: BroadcastId,
        text: Html,
        buttons: InlineKeyboard,
    ) -> Result<Left, Undone> {
        let mut tx = self.shared.db.read().await?;
        let shown = broadcast::get(&mut tx, self.front.store.id, id).await?;
        drop(tx);
        let standing = shown.and_then(|shown| shown.progress);
        let sent = self.change_or_send(chat, standing, text, Some(buttons)).await?;
        Ok(Left { progress: sent.map(|message| (id, message)), ..Left::default() })
    }

    /// Changes the message by which an admin follows an order, or sends it anew when it is gone.
    pub(super) async fn notice(
        &self,
        chat: ChatId,
        order: OrderId,
        text: Html,
    ) -> Result<Left, Undone> {
        let mut tx = self.shared.db.read().await?;
        let store = self.front.store.id;
        let standing = sales::notice(&mut tx, store, order, UserId(chat.0)).await?;
        drop(tx);
        let sent = self.change_or_send(chat, standing, text, None).await?;
        Ok(Left { noticed: sent.map(|message| (order, message)), ..Left::default() })
    }

    /// Changes a message that stands, or sends it anew when there is none: then which it is.
    async fn change_or_send(
        &self,
        chat: ChatId,
        standing: Option<MessageId>,
        text: Html,
        buttons: Option<InlineKeyboard>,
    ) -> Result<Option<MessageId>, Undone> {
        if let Some(message) = standing {
            match self.edit_text(chat, message, text.clone(), buttons.clone()).await {
                Err(Failure::MessageGone) => {}
                other => return other.map(|()| None).map_err(Undone::from),
            }
        }
        let manner = Manner { reply_markup: buttons.map(Markup::Inline), ..Manner::default() };
        let sent = self.call(&SendMessage { manner, ..SendMessage::new(chat, text) }).await?;
        Ok(sent.answer().map(|message| message.message_id))
    }

    pub(super) async fn edit_text(
        &self,
        chat: ChatId,
        message: MessageId,
        text: Html,
        buttons: Option<InlineKeyboard>,
    ) -> Result<(), Failure> {
        let edit = EditMessageText {
            chat_id: chat,
            message_id: message,
            text,
            link_preview_options: Some(LinkPreviewOptions { is_disabled: true }),
            reply_markup: buttons,
        };
        self.call(&edit).await.map(|_| ())
    }
}

/// The picture as PNG.
fn draw(picture: &Picture) -> Result<Vec<u8>, Failure> {
    match picture {
        Picture::Paid => Ok(pictures::paid()),
        Picture::Closed => Ok(pictures::closed()),
        // A QR we cannot draw is like a picture Telegram does not take: the invoice goes out in words.
        Picture::Qr(text) => pictures::qr(text).map_err(|_| Failure::BadFile),
    }
}
