//! The Bot API: types, typed HTML, keyboards, methods, limits, and the client that calls it.

pub mod limits;
mod markup;
mod parser;
mod split;
mod html;
mod keyboard;
mod update;

pub use html::Html;
pub use keyboard::{
    Action, CopyText, INERT_DATA, InlineButton, InlineKeyboard, Markup, ReplyKeyboard, Style,
};
pub use markup::{MarkupError, MarkupFault};
pub use update::{
    CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Command, Document, Message, MessageEntity,
    MessageRef, PhotoSize, Sticker, Update, User,
};
