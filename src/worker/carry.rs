//! Carries one errand to Telegram and says what came of it.

use crate::bot::goods::Part;
use crate::bot::{Errand, Picture, Speech, goods, pictures};
use crate::db::DbError;
use crate::primitives::planted::{Bug, planted};
use crate::primitives::{ChatId, MessageId, OrderId};
use crate::shop::customers::Place;
use crate::shop::{ShopError, orders, stock};
use crate::telegram::{
    Client, DeleteMessage, Done, EditMessageCaption, EditMessageMedia, EditMessageText, Failure,
    Html, InlineKeyboard, InputMedia, LinkPreviewOptions, Manner, Markup, Media, MediaKind, Method,
    SendDocument, SendMessage, SendPhoto, SendSticker, Upload,
};

use super::{Shared, Shopfront};

/// How goods are sent: clients refuse to forward or save them.
pub(super) const PROTECTED: Manner = Manner {
    reply_markup: None,
    protect_content: true,
    disable_notification: false,
    message_effect_id: None,
};

/// What an errand left behind in the chat.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Left {
    /// The message that now shows the order, and its kind.
    pub(super) order: Option<(OrderId, MessageId, &'static str)>,
    /// A message that nobody needs any more.
    pub(super) stale: Option<MessageId>,
    /// The place in the chat that a new message took.
    pub(super) placed: Option<(Place, MessageId)>,
}

/// Which goods to hand out.
struct Wanted {
    order: OrderId,
    /// Counted from 0, …
    part: usize,
    /// … of so many.
    of: usize,
    /// Whether the buyer has them and wants to see them once more, below everything else.
    again: bool,
}

/// Why an errand came to nothing.
#[derive(Debug)]
pub(super) enum Undone {
    /// Telegram's word.
    Telegram(Failure),
    /// Our own fault.
    Shop(ShopError),
}

impl From<Failure> for Undone {
    fn from(failure: Failure) -> Self {
        Self::Telegram(failure)
    }
}

impl From<ShopError> for Undone {
    fn from(error: ShopError) -> Self {
        Self::Shop(error)
    }
}

impl From<DbError> for Undone {
    fn from(error: DbError) -> Self {
        Self::Shop(error.into())
    }
}

/// The hands that carry for one store.
pub(super) struct Carrier<'a> {
    pub(super) shared: &'a Shared,
    pub(super) front: &'a Shopfront,
    holder: &'a str,
}

impl<'a> Carrier<'a> {
    /// For an errand that was taken under the name of `holder`.
    pub(super) const fn new(shared: &'a Shared, front: &'a Shopfront, holder: &'a str) -> Self {
        Self { shared, front, holder }
    }

    /// Carries an errand that is Telegram's.
    pub(super) async fn carry(&self, errand: Errand) -> Result<Left, Undone> {
        match errand {
            Errand::Show { chat, text, markup, edit, place } => {
                self.show(chat, (text, markup), edit, place).await
            }
            Errand::Order { chat, order, text, picture, buttons, .. } => {
                self.order(chat, order, text, picture, buttons).await
            }
            Errand::Goods { chat, order, part, of, language, again } => {
                let chat = if planted(Bug::WrongChat) { ChatId(chat.0 ^ 1) } else { chat };
                let wanted = Wanted { order, part, of, again };
                self.goods(chat, wanted, self.shared.texts.speech(language)).await
            }
            Errand::Proof { chat, proof } => self.proof(chat, proof).await,
            Errand::Alert { chat, text } => self.alert(chat, text).await,
            Errand::Sticker { chat, file_id } => {
                let (sticker, manner) = (Media::FileId(file_id), Manner::default());
                self.call(&SendSticker { chat_id: chat, sticker, manner }).await?;
                Ok(Left::default())
            }
            Errand::Menu { chat, language, admin } => self.menu(chat, language, admin).await,
            Errand::Delete { chat, message } => {
                self.call(&DeleteMessage { chat_id: chat, message_id: message }).await?;
                Ok(Left::default())
            }
            Errand::Invoice { .. } | Errand::Check { .. } | Errand::Withdraw { .. } => {
                Err(ShopError::Books("a gateway's errand lies in Telegram's queue".to_owned())
                    .into())
            }
        }
    }

    async fn show(
        &self,
        chat: ChatId,
        (text, markup): (Html, Option<Markup>),
        edit: Option<MessageId>,
        place: Option<Place>,
    ) -> Result<Left, Undone> {
        if let Some(message) = edit {
            let buttons = match &markup {
                Some(Markup::Inline(buttons)) => Some(buttons.clone()),
                _ => None,
            };
            match self.edit_text(chat, message, text.clone(), buttons).await {
                Err(Failure::MessageGone) => {}
                other => return other.map(|()| Left::default()).map_err(Undone::from),
            }
        }
        let manner = Manner { reply_markup: markup, ..Manner::default() };
        let sent = self.call(&SendMessage { manner, ..SendMessage::new(chat, text) }).await?;
        let message = sent.answer().map(|message| message.message_id);
        Ok(Left { placed: place.zip(message), ..Left::default() })
    }

    async fn edit_text(
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

    /// Changes the order's message where it stands, or sends it anew when it cannot be changed.
    async fn order(
        &self,
        chat: ChatId,
        order: OrderId,
        text: Html,
        picture: Option<Picture>,
        buttons: InlineKeyboard,
    ) -> Result<Left, Undone> {
        let mut tx = self.shared.db.read().await?;
        let shown = orders::peek(&mut tx, self.front.store.id, order).await?;
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
            placed: None,
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
        let media = InputMedia {
            kind: MediaKind::Photo,
            media: Media::Upload(Upload::png("status.png", draw(picture)?)),
            caption: Some(text),
        };
        let reply_markup = Some(buttons);
        let edit = EditMessageMedia { chat_id: chat, message_id: message, media, reply_markup };
        self.call(&edit).await.map(|_| ())
    }

    /// Opens the goods, wraps them, and hands out the part that was asked for.
    ///
    /// Another version of the texts may wrap the same goods into more or fewer parts than were asked
    /// for: the last one brings all that is left, and one that is no longer there was sent before.
    async fn goods(
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
                    let message = self.place(chat, wanted.order, number, place).await?;
                    match self.edit_text(chat, message, text.clone(), Some(buttons.clone())).await {
                        Err(Failure::MessageGone) => {
                            self.send_protected(chat, text, buttons).await?;
                        }
                        edited => edited?,
                    }
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

    /// The protected message that a part of the goods goes into: sent before, and remembered, so that
    /// goods whose arrival nobody confirmed are put there again instead of being shown twice.
    async fn place(
        &self,
        chat: ChatId,
        order: OrderId,
        part: i64,
        text: Html,
    ) -> Result<MessageId, Undone> {
        let (db, store) = (&self.shared.db, self.front.store.id);
        let mut tx = db.read().await?;
        let standing = orders::goods_message(&mut tx, store, order, part).await?;
        drop(tx);
        if let Some(message) = standing {
            return Ok(message);
        }
        let sent = self.send_protected(chat, text, InlineKeyboard::new()).await?;
        let message = sent.ok_or_else(|| Failure::Unknown("no message came back".to_owned()))?;
        let mut tx = db.write_relaxed().await?;
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

    /// Calls Telegram and counts it; markup that Telegram cannot read goes out as plain text.
    pub(super) async fn call<M: Method>(&self, method: &M) -> Result<Done<M::Answer>, Failure> {
        if !self.shared.presence.still(self.holder) {
            // Asked just before the call: a process that was frozen meanwhile must not wake up and send.
            return Err(Failure::NotSent("this replica was thought to be gone".to_owned()));
        }
        self.call_by(&self.front.telegram, method).await
    }

    pub(super) async fn call_by<M: Method>(
        &self,
        telegram: &Client,
        method: &M,
    ) -> Result<Done<M::Answer>, Failure> {
        let answered = match telegram.call(method).await {
            Err(Failure::UnparsableText) => {
                tracing::error!(method = M::NAME, "Telegram cannot read our markup");
                telegram.call_plain(method).await
            }
            other => other,
        };
        let outcome = match &answered {
            Ok(_) => "ok",
            Err(failure) => failure.label(),
        };
        self.shared.metrics.bot_api_calls.with_label_values(&[M::NAME, outcome]).inc();
        answered
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
