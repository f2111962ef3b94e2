//! The Bot API: types, typed HTML, keyboards, methods, limits, and the client that calls it.

pub mod limits;
mod token;
mod markup;
mod parser;
mod split;
mod html;
mod keyboard;
mod update;
mod entities;
mod method;
mod send;
mod edit;
mod setup;
mod body;
mod failure;
mod client;

pub use client::{Client, ClientError, TimeOuts};
pub use edit::{
    AnswerCallbackQuery, DeleteMessage, DeleteMessages, EditMessageCaption, EditMessageMedia,
    EditMessageReplyMarkup, EditMessageText, Edited, InputMedia, MediaKind,
};
pub use entities::markup as as_markup;
pub use failure::{Done, Failure, decide};
pub use html::Html;
pub use keyboard::{
    Action, CopyText, INERT_DATA, InlineButton, InlineKeyboard, Markup, ReplyKeyboard, Style,
};
pub use markup::{MarkupError, MarkupFault};
pub use method::{Media, Method, Upload};
pub use send::{
    ChatAction, Copied, CopyMessage, ForwardMessage, LinkPreviewOptions, Manner, SendChatAction,
    SendDocument, SendMessage, SendPhoto, SendSticker,
};
pub use setup::{
    BotCommand, CommandScope, File, GetFile, GetMe, GetWebhookInfo, MenuButton, SetChatMenuButton,
    SetMyCommands, SetWebhook, WebhookInfo,
};
pub use token::looks_like_a_token;
pub use update::{
    CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Command, Document, Message, MessageEntity,
    MessageRef, PhotoSize, Sticker, Update, User,
};
