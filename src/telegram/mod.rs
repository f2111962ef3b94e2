//! The Bot API: types, typed HTML, keyboards, methods, limits, and the client that calls it.

pub mod limits;
mod markup;
mod parser;
mod split;
mod html;
mod keyboard;
mod update;
mod method;
mod failure;
mod body;
mod client;

pub use client::{Client, ClientError, TimeOuts};
pub use failure::{Done, Failure};
pub use html::Html;
pub use keyboard::{
    Action, CopyText, INERT_DATA, InlineButton, InlineKeyboard, Markup, ReplyKeyboard, Style,
};
pub use markup::{MarkupError, MarkupFault};
pub use method::{
    AnswerCallbackQuery, BotCommand, ChatAction, CommandScope, Copied, CopyMessage, DeleteMessage,
    DeleteMessages, EditMessageCaption, EditMessageMedia, EditMessageReplyMarkup, EditMessageText,
    Edited, File, ForwardMessage, GetFile, GetMe, GetWebhookInfo, InputMedia, LinkPreviewOptions,
    Manner, Media, MediaKind, MenuButton, Method, SendChatAction, SendDocument, SendMessage,
    SendPhoto, SendSticker, SetChatMenuButton, SetMyCommands, SetWebhook, Upload, WebhookInfo,
};
pub use update::{
    CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Command, Document, Message, MessageEntity,
    MessageRef, PhotoSize, Sticker, Update, User,
};
