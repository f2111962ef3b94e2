//! What we ask of Telegram: one type per method, written as the Bot API wants it.

use std::fmt;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};

use super::limits::DELETE_MAX;
use super::{Html, InlineKeyboard, Markup, Message, User};
use crate::primitives::{ChatId, MessageId};

/// A call of the Bot API.
pub trait Method: Serialize {
    /// As it stands in the URL.
    const NAME: &'static str;
    /// What a success brings.
    type Answer: DeserializeOwned;
    /// Whether repeating it after an unknown outcome can be seen twice.
    const SENDS: bool;

    /// The file that travels with it.
    fn upload(&self) -> Option<&Upload> {
        None
    }
}

macro_rules! methods {
    ($($name:ident = $wire:literal -> $answer:ty, sends: $sends:literal $(, upload: $media:ident)?;)*) => {$(
        impl Method for $name {
            const NAME: &'static str = $wire;
            type Answer = $answer;
            const SENDS: bool = $sends;
            $(fn upload(&self) -> Option<&Upload> {
                self.$media.upload()
            })?
        }
    )*};
}

methods! {
    SendMessage = "sendMessage" -> Message, sends: true;
    SendPhoto = "sendPhoto" -> Message, sends: true, upload: photo;
    SendDocument = "sendDocument" -> Message, sends: true, upload: document;
    SendSticker = "sendSticker" -> Message, sends: true, upload: sticker;
    EditMessageText = "editMessageText" -> Edited, sends: false;
    EditMessageCaption = "editMessageCaption" -> Edited, sends: false;
    EditMessageMedia = "editMessageMedia" -> Edited, sends: false, upload: media;
    EditMessageReplyMarkup = "editMessageReplyMarkup" -> Edited, sends: false;
    DeleteMessage = "deleteMessage" -> bool, sends: false;
    DeleteMessages = "deleteMessages" -> bool, sends: false;
    AnswerCallbackQuery = "answerCallbackQuery" -> bool, sends: false;
    CopyMessage = "copyMessage" -> Copied, sends: true;
    ForwardMessage = "forwardMessage" -> Message, sends: true;
    SendChatAction = "sendChatAction" -> bool, sends: false;
    GetMe = "getMe" -> User, sends: false;
    GetFile = "getFile" -> File, sends: false;
    SetMyCommands = "setMyCommands" -> bool, sends: false;
    SetChatMenuButton = "setChatMenuButton" -> bool, sends: false;
    SetWebhook = "setWebhook" -> bool, sends: false;
    GetWebhookInfo = "getWebhookInfo" -> WebhookInfo, sends: false;
}

/// A file to send. Its contents may be goods, so `Debug` shows only their length.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    /// The name of its part in the body: `photo`, `document` or `sticker`.
    pub part: &'static str,
    /// As the receiver sees it.
    pub file_name: String,
    /// Its media type.
    pub mime: &'static str,
    /// Its contents.
    pub bytes: Bytes,
}

impl Upload {
    /// A PNG picture.
    pub fn png(file_name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        let (file_name, bytes) = (file_name.into(), bytes.into());
        Self { part: "photo", file_name, mime: "image/png", bytes }
    }

    /// A file of this media type.
    pub fn document(
        file_name: impl Into<String>,
        mime: &'static str,
        bytes: impl Into<Bytes>,
    ) -> Self {
        Self { part: "document", file_name: file_name.into(), mime, bytes: bytes.into() }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upload({} as {}, {} bytes)", self.part, self.mime, self.bytes.len())
    }
}

/// A photo, document or sticker: known to Telegram already, or travelling along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Media {
    /// What Telegram called it after an earlier upload by this bot; valid for ever.
    FileId(String),
    /// New to Telegram.
    Upload(Upload),
}

impl Media {
    const fn upload(&self) -> Option<&Upload> {
        match self {
            Self::Upload(upload) => Some(upload),
            Self::FileId(_) => None,
        }
    }

    /// Whether the part of the body already is the parameter `name`.
    fn is_part(&self, name: &str) -> bool {
        self.upload().is_some_and(|upload| upload.part == name)
    }
}

impl Serialize for Media {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::FileId(id) => to.serialize_str(id),
            Self::Upload(upload) => to.collect_str(&format_args!("attach://{}", upload.part)),
        }
    }
}

fn is_photo_part(media: &Media) -> bool {
    media.is_part("photo")
}

fn is_document_part(media: &Media) -> bool {
    media.is_part("document")
}

fn is_sticker_part(media: &Media) -> bool {
    media.is_part("sticker")
}

fn text<S: Serializer>(html: &Html, to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Wire<'h> {
        text: &'h str,
        parse_mode: &'static str,
    }
    Wire { text: html.as_str(), parse_mode: "HTML" }.serialize(to)
}

#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn caption<S: Serializer>(html: &Option<Html>, to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Wire<'h> {
        #[serde(skip_serializing_if = "Option::is_none")]
        caption: Option<&'h str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        parse_mode: Option<&'static str>,
    }
    let caption = html.as_ref().map(Html::as_str);
    Wire { caption, parse_mode: caption.map(|_| "HTML") }.serialize(to)
}

/// Whether links grow a preview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LinkPreviewOptions {
    /// True for none.
    pub is_disabled: bool,
}

/// How a message is sent; the parameters all sending methods share.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Manner {
    /// Buttons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_markup: Option<Markup>,
    /// Clients refuse to forward or save it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub protect_content: bool,
    /// Makes no sound.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disable_notification: bool,
    /// An animation behind the message, in private chats; ids are opaque.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_effect_id: Option<String>,
}

impl Manner {
    /// With these buttons.
    pub fn with(markup: impl Into<Markup>) -> Self {
        Self { reply_markup: Some(markup.into()), ..Self::default() }
    }
}

/// Sends a text of 1–4096 units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SendMessage {
    /// To whom.
    pub chat_id: ChatId,
    /// What.
    #[serde(flatten, serialize_with = "text")]
    pub text: Html,
    /// None leaves it to Telegram.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_preview_options: Option<LinkPreviewOptions>,
    /// How.
    #[serde(flatten)]
    pub manner: Manner,
}

impl SendMessage {
    /// A plain sending, without a link preview.
    #[must_use]
    pub fn new(chat_id: ChatId, text: Html) -> Self {
        let link_preview_options = Some(LinkPreviewOptions { is_disabled: true });
        Self { chat_id, text, link_preview_options, manner: Manner::default() }
    }
}

/// Sends a picture of at most 10 MB.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SendPhoto {
    /// To whom.
    pub chat_id: ChatId,
    /// The picture.
    #[serde(skip_serializing_if = "is_photo_part")]
    pub photo: Media,
    /// At most 1024 units.
    #[serde(flatten, serialize_with = "caption")]
    pub caption: Option<Html>,
    /// How.
    #[serde(flatten)]
    pub manner: Manner,
}

/// Sends a file of at most 50 MB.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SendDocument {
    /// To whom.
    pub chat_id: ChatId,
    /// The file.
    #[serde(skip_serializing_if = "is_document_part")]
    pub document: Media,
    /// At most 1024 units.
    #[serde(flatten, serialize_with = "caption")]
    pub caption: Option<Html>,
    /// How.
    #[serde(flatten)]
    pub manner: Manner,
}

/// Sends a sticker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SendSticker {
    /// To whom.
    pub chat_id: ChatId,
    /// The sticker.
    #[serde(skip_serializing_if = "is_sticker_part")]
    pub sticker: Media,
    /// How.
    #[serde(flatten)]
    pub manner: Manner,
}

/// Changes the text of our message. Without `reply_markup` its buttons go away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditMessageText {
    /// Where.
    pub chat_id: ChatId,
    /// Which.
    pub message_id: MessageId,
    /// The new text, 1–4096 units.
    #[serde(flatten, serialize_with = "text")]
    pub text: Html,
    /// None leaves it to Telegram.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_preview_options: Option<LinkPreviewOptions>,
    /// The new buttons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_markup: Option<InlineKeyboard>,
}

/// Changes the caption of our photo or file. Without `reply_markup` its buttons go away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditMessageCaption {
    /// Where.
    pub chat_id: ChatId,
    /// Which.
    pub message_id: MessageId,
    /// The new caption, at most 1024 units; none takes it away.
    #[serde(flatten, serialize_with = "caption")]
    pub caption: Option<Html>,
    /// The new buttons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_markup: Option<InlineKeyboard>,
}

/// Puts another photo or file in place of the one in our message (a text stays a text). Without
/// `reply_markup` its buttons go away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditMessageMedia {
    /// Where.
    pub chat_id: ChatId,
    /// Which.
    pub message_id: MessageId,
    /// What instead.
    pub media: InputMedia,
    /// The new buttons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_markup: Option<InlineKeyboard>,
}

/// A photo or file to put into a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputMedia {
    /// Which of the two.
    #[serde(rename = "type")]
    pub kind: MediaKind,
    /// The file.
    pub media: Media,
    /// At most 1024 units.
    #[serde(flatten, serialize_with = "caption")]
    pub caption: Option<Html>,
}

impl InputMedia {
    const fn upload(&self) -> Option<&Upload> {
        self.media.upload()
    }
}

/// The kinds of media the shop shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A picture.
    Photo,
    /// A file.
    Document,
}

/// Changes only the buttons of our message; none or an empty keyboard takes them away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditMessageReplyMarkup {
    /// Where.
    pub chat_id: ChatId,
    /// Which.
    pub message_id: MessageId,
    /// The new buttons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_markup: Option<InlineKeyboard>,
}

/// Deletes a message younger than 48 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DeleteMessage {
    /// Where.
    pub chat_id: ChatId,
    /// Which.
    pub message_id: MessageId,
}

/// Deletes 1–100 messages; unknown ones are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeleteMessages {
    chat_id: ChatId,
    message_ids: Vec<MessageId>,
}

impl DeleteMessages {
    /// As many calls as `ids` need.
    #[must_use]
    pub fn batches(chat_id: ChatId, ids: &[MessageId]) -> Vec<Self> {
        let batch = |ids: &[MessageId]| Self { chat_id, message_ids: ids.to_vec() };
        ids.chunks(DELETE_MAX).map(batch).collect()
    }
}

/// Ends the spinner on a pressed button, soon: after some time it cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerCallbackQuery {
    /// Of the press.
    pub callback_query_id: String,
    /// Plain text of at most 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A dialog instead of a passing note.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub show_alert: bool,
}

/// Sends the contents of a message without saying where they are from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CopyMessage {
    /// To whom.
    pub chat_id: ChatId,
    /// From where.
    pub from_chat_id: ChatId,
    /// Which.
    pub message_id: MessageId,
    /// How.
    #[serde(flatten)]
    pub manner: Manner,
}

/// Forwards a message, its origin shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ForwardMessage {
    /// To whom.
    pub chat_id: ChatId,
    /// From where.
    pub from_chat_id: ChatId,
    /// Which.
    pub message_id: MessageId,
    /// Clients refuse to forward or save it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub protect_content: bool,
    /// Makes no sound.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disable_notification: bool,
}

/// Shows for up to 5 seconds what the bot is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SendChatAction {
    /// To whom.
    pub chat_id: ChatId,
    /// What.
    pub action: ChatAction,
}

/// What a bot can be seen doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatAction {
    /// Writing.
    Typing,
    /// Sending a picture.
    UploadPhoto,
    /// Sending a file.
    UploadDocument,
}

/// Asks who we are: the cheapest check of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct GetMe {}

/// Asks where a file of at most 20 MB can be downloaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GetFile {
    /// Which.
    pub file_id: String,
}

/// Sets the list of commands (at most 100).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetMyCommands {
    /// In the order shown.
    pub commands: Vec<BotCommand>,
    /// For whom; none means everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<CommandScope>,
    /// Two letters; none means every other language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language_code: Option<String>,
}

/// A command in the menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BotCommand {
    /// 1–32 of `a–z 0–9 _`, without the slash.
    pub command: String,
    /// 1–256 characters.
    pub description: String,
}

/// Who sees a list of commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CommandScope {
    /// Everybody without a narrower list.
    Default,
    /// All private chats.
    AllPrivateChats,
    /// One chat.
    Chat {
        /// Which.
        chat_id: ChatId,
    },
}

/// Sets the button beside the input field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SetChatMenuButton {
    /// Where; none means all private chats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat_id: Option<ChatId>,
    /// What it shows.
    pub menu_button: MenuButton,
}

/// What the menu button shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum MenuButton {
    /// The list of commands.
    Commands,
    /// What Telegram thinks best.
    Default,
}

/// Says where updates are to be delivered. `Debug` hides the secret.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SetWebhook {
    /// HTTPS on port 443, 80, 88 or 8443.
    pub url: String,
    /// At most this many deliveries at once, 1–100.
    pub max_connections: u8,
    /// The kinds we want.
    pub allowed_updates: Vec<String>,
    /// 1–256 of `A–Z a–z 0–9 _ -`; comes back in a header of every delivery.
    pub secret_token: String,
}

impl SetWebhook {
    /// The kinds of updates the shop reads.
    pub const KINDS: [&'static str; 3] = ["message", "callback_query", "my_chat_member"];
}

impl fmt::Debug for SetWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The path of the URL is half of the secret.
        write!(f, "SetWebhook(max_connections: {}, …)", self.max_connections)
    }
}

/// Asks what is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct GetWebhookInfo {}

/// The answer to an edit: our message, or a bare `true` for messages sent through inline mode.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Edited {
    /// The message as it is now.
    Message(Box<Message>),
    /// It is done, and no more is said.
    Done(bool),
}

/// The answer to a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Copied {
    /// The number of the new message.
    pub message_id: MessageId,
}

/// A file that can be downloaded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct File {
    /// What it was asked by.
    pub file_id: String,
    /// In bytes.
    #[serde(default)]
    pub file_size: Option<i64>,
    /// For [`super::Client::download`]; works for at least an hour.
    #[serde(default)]
    pub file_path: Option<String>,
}

/// What is registered, and how deliveries fare.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WebhookInfo {
    /// Empty for none.
    #[serde(default)]
    pub url: String,
    /// Updates waiting at Telegram's.
    #[serde(default)]
    pub pending_update_count: i64,
    /// Unix seconds of the last failed delivery.
    #[serde(default)]
    pub last_error_date: Option<i64>,
    /// What was wrong then.
    #[serde(default)]
    pub last_error_message: Option<String>,
    /// Deliveries at once.
    #[serde(default)]
    pub max_connections: Option<i64>,
    /// The kinds delivered; none means Telegram's default.
    #[serde(default)]
    pub allowed_updates: Option<Vec<String>>,
}
