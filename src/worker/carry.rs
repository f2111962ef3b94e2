//! Carries one errand to Telegram and says what came of it.

use std::time::Duration;

use crate::bot::{Errand, Image, Speech, chart};
use crate::db::{DbError, Tx};
use crate::primitives::planted::{Bug, planted};
use crate::primitives::{BatchId, BroadcastId, ChatId, MessageId, OrderId, ProductId, UserId};
use crate::queue::outbox::{self, Taken};
use crate::shop::ShopError;
use crate::shop::customers::{self, Place};
use crate::telegram::{
    Client, CopyMessage, DeleteMessage, Done, Failure, Html, Manner, Markup, Media, Method,
    SendMessage, SendPhoto, SendSticker, Upload,
};

use super::{Shared, Shopfront};

/// How goods are sent: clients refuse to forward or save them.
pub(super) const PROTECTED: Manner = Manner {
    reply_markup: None,
    protect_content: true,
    disable_notification: false,
    message_effect_id: None,
};

/// Which goods to hand out.
pub(super) struct Wanted {
    pub(super) order: OrderId,
    /// Counted from 0, …
    pub(super) part: usize,
    /// … of so many.
    pub(super) of: usize,
    /// Whether the buyer has them and wants to see them once more, below everything else.
    pub(super) again: bool,
}

/// A file of units on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Delivered<'a> {
    pub(super) chat: ChatId,
    pub(super) product: ProductId,
    pub(super) batch: BatchId,
    pub(super) file_id: &'a str,
}

/// No call begins so shortly before the parcel's lease ends.
const LAST_CALL: Duration = Duration::from_secs(10);

/// What an errand left behind in the chat.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Left {
    /// The message that now shows the order, and its kind.
    pub(super) order: Option<(OrderId, MessageId, &'static str)>,
    /// A message that nobody needs any more.
    pub(super) stale: Option<MessageId>,
    /// The place in the chat that a new message took.
    pub(super) placed: Option<(Place, MessageId)>,
    /// What is to be said in the chat then.
    pub(super) word: Option<Html>,
    /// The message that now tells how a broadcast goes.
    pub(super) progress: Option<(BroadcastId, MessageId)>,
    /// The message that now tells an admin of an order.
    pub(super) noticed: Option<(OrderId, MessageId)>,
}

/// Why an errand came to nothing.
#[derive(Debug)]
pub(super) enum Undone {
    /// Telegram's word.
    Telegram(Failure),
    /// Our own fault.
    Shop(ShopError),
    /// Another sender has the parcel, or will have it: what comes of it is his to write down.
    TakenOver,
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
    pub(super) parcel: &'a Taken,
}

impl<'a> Carrier<'a> {
    /// For the errand of a parcel that was taken.
    pub(super) const fn new(shared: &'a Shared, front: &'a Shopfront, parcel: &'a Taken) -> Self {
        Self { shared, front, parcel }
    }

    /// Asked before what should not come twice: a database server that fell over meanwhile has forgotten
    /// who took the parcel, and gives it to somebody else.
    pub(super) async fn is_still_held(&self, tx: &mut Tx) -> Result<(), Undone> {
        let held = outbox::is_held(tx, self.parcel).await?;
        if held { Ok(()) } else { Err(Undone::TakenOver) }
    }

    /// Carries an errand that is Telegram's.
    pub(super) async fn carry(&self, errand: Errand) -> Result<Left, Undone> {
        match errand {
            Errand::Show { chat, text, markup, picture, edit, place, .. } => {
                self.show(chat, (text, markup, picture), edit, place).await
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
            Errand::TakeIn { chat, product, batch, file_id } => {
                self.take_in(Delivered { chat, product, batch, file_id: &file_id }).await
            }
            Errand::SendConfiguration { chat } => self.send_configuration(chat).await,
            Errand::Restore { chat, file_id } => self.restore(chat, &file_id).await,
            Errand::Alert { chat, text } => self.alert(chat, text).await,
            Errand::Sticker { chat, file_id } => {
                let (sticker, manner) = (Media::FileId(file_id), Manner::default());
                self.call(&SendSticker { chat_id: chat, sticker, manner }).await?;
                Ok(Left::default())
            }
            Errand::Menu { chat, language, admin } => self.menu(chat, language, admin).await,
            Errand::Copy { chat, from, message, broadcast } => {
                let copy = CopyMessage {
                    chat_id: chat,
                    from_chat_id: from,
                    message_id: message,
                    manner: Manner::default(),
                };
                match broadcast {
                    None => self.call(&copy).await.map(|_| ())?,
                    // Its turn was counted when it was claimed.
                    Some(_) => self.call_by(&self.front.telegram, &copy).await.map(|_| ())?,
                }
                Ok(Left::default())
            }
            Errand::Progress { chat, broadcast, text, buttons } => {
                self.progress(chat, broadcast, text, buttons).await
            }
            Errand::Notice { chat, order, text } => self.notice(chat, order, text).await,
            Errand::Delete { chat, message } => self.delete(chat, message).await,
            Errand::Invoice { .. } | Errand::Check { .. } | Errand::Withdraw { .. } => {
                Err(ShopError::Books("a gateway's errand lies in Telegram's queue".to_owned())
                    .into())
            }
        }
    }

    /// Takes a message away, unless it has become what the chat looks at again.
    async fn delete(&self, chat: ChatId, message: MessageId) -> Result<Left, Undone> {
        let (db, store) = (&self.shared.db, self.front.store.id);
        let mut tx = db.read().await?;
        let in_place = customers::is_in_place(&mut tx, store, UserId(chat.0), message).await?;
        drop(tx);
        if !in_place {
            self.call(&DeleteMessage { chat_id: chat, message_id: message }).await?;
        }
        Ok(Left::default())
    }

    async fn show(
        &self,
        chat: ChatId,
        (text, markup, picture): (Html, Option<Markup>, Option<Image>),
        edit: Option<MessageId>,
        place: Option<Place>,
    ) -> Result<Left, Undone> {
        let picture = picture.as_ref().and_then(media);
        if let Some(message) = edit {
            let buttons = match &markup {
                Some(Markup::Inline(buttons)) => Some(buttons.clone()),
                _ => None,
            };
            let changed = match &picture {
                Some(picture) => {
                    let shown = (text.clone(), picture.clone());
                    self.edit_media(chat, message, shown, buttons).await
                }
                None => self.edit_text(chat, message, text.clone(), buttons).await,
            };
            match changed {
                Err(Failure::MessageGone) => {}
                // Another bot's picture is strange to this one: what matters is the text.
                Err(Failure::BadFile | Failure::Refused { .. }) if picture.is_some() => {}
                Err(failure) => return Err(failure.into()),
                Ok(()) => {
                    // It is what the chat looks at now, even if a newer screen came meanwhile.
                    let placed = (place == Some(Place::Screen)).then_some((Place::Screen, message));
                    return Ok(Left { placed, ..Left::default() });
                }
            }
        }
        let manner = Manner { reply_markup: markup, ..Manner::default() };
        if let Some(photo) = picture {
            let (caption, manner) = (Some(text.clone()), manner.clone());
            match self.call(&SendPhoto { chat_id: chat, photo, caption, manner }).await {
                Err(Failure::BadFile | Failure::Refused { .. }) => {}
                sent => {
                    let message = sent?.answer().map(|message| message.message_id);
                    return Ok(Left { placed: place.zip(message), ..Left::default() });
                }
            }
        }
        let sent = self.call(&SendMessage { manner, ..SendMessage::new(chat, text) }).await?;
        let message = sent.answer().map(|message| message.message_id);
        Ok(Left { placed: place.zip(message), ..Left::default() })
    }

    /// Whether a chat is still an admin's: an errand may have waited long.
    pub(super) fn runs_the_store(&self, chat: ChatId) -> bool {
        let store = &self.front.store;
        let runs = store.is_admin(UserId(chat.0));
        if !runs {
            let (store, parcel) = (&store.slug, self.parcel.id);
            tracing::warn!(store, %parcel, "an errand was for somebody who is no admin now");
        }
        runs
    }

    /// How the store speaks first.
    pub(super) fn storewide(&self) -> Speech<'a> {
        self.shared.texts.speech(self.front.store.language)
    }

    /// Calls Telegram and counts it; markup that Telegram cannot read goes out as plain text.
    pub(super) async fn call<M: Method>(&self, method: &M) -> Result<Done<M::Answer>, Failure> {
        if M::SENDS {
            self.shared.pace.sends(self.parcel.store, self.shared.clock.now());
        }
        self.call_by(&self.front.telegram, method).await
    }

    pub(super) async fn call_by<M: Method>(
        &self,
        telegram: &Client,
        method: &M,
    ) -> Result<Done<M::Answer>, Failure> {
        still_ours(self.shared, self.parcel)?;
        let answered = match telegram.call(method).await {
            Err(Failure::UnparsableText) => {
                still_ours(self.shared, self.parcel)?;
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

/// A picture as Telegram takes it; without one that cannot be drawn the text goes alone.
fn media(picture: &Image) -> Option<Media> {
    match picture {
        Image::File(name) => Some(Media::FileId(name.clone())),
        Image::Chart(chart) => {
            let drawn = chart::draw(chart);
            let png = drawn.inspect_err(|error| tracing::error!(%error, "a picture is missing"));
            Some(Media::Upload(Upload::png("statistik.png", png.ok()?)))
        }
    }
}

/// Asked just before each call: a process that was frozen meanwhile must not wake up and send, nor may one
/// that overslept the lease of its parcel, which another sender may have by now.
pub(super) fn still_ours(shared: &Shared, parcel: &Taken) -> Result<(), Failure> {
    if !shared.presence.still(&parcel.holder) {
        return Err(Failure::NotSent("this replica was thought to be gone".to_owned()));
    }
    if shared.clock.now() >= parcel.until.minus(LAST_CALL) && !planted(Bug::NoFence) {
        return Err(Failure::NotSent("the parcel was held for too long".to_owned()));
    }
    Ok(())
}
