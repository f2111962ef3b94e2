//! What the senders are asked to do, as it stands in the outbox: never a secret.

use serde::{Deserialize, Serialize};

use super::chart::Chart;
use crate::primitives::{
    BatchId, BroadcastId, ChatId, Language, MessageId, OrderId, PaymentId, ProductId, ProofId,
};
use crate::shop::customers::Place;
use crate::telegram::{Html, InlineKeyboard, Markup};

/// One thing to do in the world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Errand {
    /// Show a text: by changing the message the person pressed on, else as a new one.
    Show {
        /// Where.
        chat: ChatId,
        /// What.
        text: Html,
        /// Its buttons.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        markup: Option<Markup>,
        /// What stands above it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        picture: Option<Image>,
        /// The message to change.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edit: Option<MessageId>,
        /// The place a new message takes in the chat; the one that was there goes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<Place>,
        /// Whether it waits for somebody who cannot be reached now: a customer's terms, a word about money.
        #[serde(default)]
        kept: bool,
    },
    /// Bring the one living message of an order up to date.
    Order {
        /// Where.
        chat: ChatId,
        /// Which order.
        order: OrderId,
        /// The text or caption.
        text: Html,
        /// The picture, if this state has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        picture: Option<Picture>,
        /// Its buttons.
        buttons: InlineKeyboard,
        /// Whether the buyer cannot pay without this message.
        #[serde(default)]
        invoice: bool,
    },
    /// Send one part of an order's goods; they are opened only then.
    Goods {
        /// Where.
        chat: ChatId,
        /// Whose goods.
        order: OrderId,
        /// Counted from 0.
        part: usize,
        /// How many parts were asked for in all; the last one brings whatever is left.
        of: usize,
        /// In which language they are wrapped.
        language: Language,
        /// Whether they arrived before and were asked for again.
        again: bool,
    },
    /// Bring a stored proof to an admin; it is opened only then.
    Proof {
        /// The admin.
        chat: ChatId,
        /// Which.
        proof: ProofId,
    },
    /// Fetch a file of units that an admin sent, and take them in.
    TakeIn {
        /// The admin.
        chat: ChatId,
        /// For which product.
        product: ProductId,
        /// As which batch.
        batch: BatchId,
        /// Telegram's name for the file.
        file_id: String,
    },
    /// Send an admin what is set, as a file.
    SendConfiguration {
        /// The admin.
        chat: ChatId,
    },
    /// Fetch a file that an admin sent, and set everything as it says.
    Restore {
        /// The admin.
        chat: ChatId,
        /// Telegram's name for the file.
        file_id: String,
    },
    /// Tell an owner that something is wrong, or right again, through the owners' own bot if there is one.
    Alert {
        /// The owner.
        chat: ChatId,
        /// What.
        text: Html,
    },
    /// Greet with a sticker; whatever goes wrong, it is not tried again.
    Sticker {
        /// Whom.
        chat: ChatId,
        /// Telegram's name for the sticker.
        file_id: String,
    },
    /// Set the list of commands: of one chat, or of everybody who reads a language.
    Menu {
        /// The chat, if it is one.
        chat: Option<ChatId>,
        /// In which language.
        language: Language,
        /// Whether the seller's commands belong to it.
        admin: bool,
    },
    /// Copy a message of an admin as it is: to himself, or to one of those whom his broadcast is for.
    Copy {
        /// To whom.
        chat: ChatId,
        /// From where.
        from: ChatId,
        /// Which.
        message: MessageId,
        /// The broadcast; a preview belongs to none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        broadcast: Option<BroadcastId>,
    },
    /// Tell an admin how his broadcast goes, in one message that changes.
    Progress {
        /// Where.
        chat: ChatId,
        /// Which broadcast.
        broadcast: BroadcastId,
        /// What.
        text: Html,
        /// Its buttons.
        buttons: InlineKeyboard,
    },
    /// Tell an admin how an order stands, in one message that changes as it goes on.
    Notice {
        /// The admin.
        chat: ChatId,
        /// Which order.
        order: OrderId,
        /// What.
        text: Html,
    },
    /// Take a message away.
    Delete {
        /// Where.
        chat: ChatId,
        /// Which.
        message: MessageId,
    },
    /// Ask the gateway for an invoice.
    Invoice {
        /// For which attempt to pay.
        payment: PaymentId,
    },
    /// Ask the gateway whether a payment arrived.
    Check {
        /// Which.
        payment: PaymentId,
        /// Whether the buyer waits for a word about it.
        asked: bool,
    },
    /// Tell the gateway that nobody should pay any more.
    Withdraw {
        /// Which attempt.
        payment: PaymentId,
    },
}

impl Errand {
    /// Says something new that stays in the chat, and waits for nobody who cannot be reached.
    #[must_use]
    pub const fn say(chat: ChatId, text: Html) -> Self {
        Self::Show { chat, text, markup: None, picture: None, edit: None, place: None, kept: false }
    }

    /// The chat it is said in; lists of commands and the gateway's errands have none.
    #[must_use]
    pub const fn chat(&self) -> Option<ChatId> {
        match self {
            Self::Show { chat, .. }
            | Self::Order { chat, .. }
            | Self::Goods { chat, .. }
            | Self::Proof { chat, .. }
            | Self::TakeIn { chat, .. }
            | Self::SendConfiguration { chat }
            | Self::Restore { chat, .. }
            | Self::Alert { chat, .. }
            | Self::Sticker { chat, .. }
            | Self::Copy { chat, .. }
            | Self::Progress { chat, .. }
            | Self::Notice { chat, .. }
            | Self::Delete { chat, .. } => Some(*chat),
            Self::Menu { .. }
            | Self::Invoice { .. }
            | Self::Check { .. }
            | Self::Withdraw { .. } => None,
        }
    }
}

/// The picture above a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Image {
    /// What Telegram has under this name.
    File(String),
    /// What is drawn when it is sent.
    Chart(Chart),
}

/// The picture on an order's message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Picture {
    /// The QR of this text.
    Qr(String),
    /// A green tick.
    Paid,
    /// A grey cross.
    Closed,
}
