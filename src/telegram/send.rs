//! Calls that put a message into a chat; repeated after an unknown outcome they can be seen twice.

use serde::{Deserialize, Serialize};

use super::method::{caption, methods, text};
use super::{Html, Markup, Media, Message};
use crate::primitives::{ChatId, MessageId};

methods! {
    SendMessage = "sendMessage" -> Message, sends: true;
    SendPhoto = "sendPhoto" -> Message, sends: true, upload: photo;
    SendDocument = "sendDocument" -> Message, sends: true, upload: document;
    SendSticker = "sendSticker" -> Message, sends: true, upload: sticker;
    CopyMessage = "copyMessage" -> Copied, sends: true;
    ForwardMessage = "forwardMessage" -> Message, sends: true;
    SendChatAction = "sendChatAction" -> bool, sends: false;
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

/// The answer to a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Copied {
    /// The number of the new message.
    pub message_id: MessageId,
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::telegram::{Method, Upload};

    fn wire<M: Method>(method: &M) -> (&'static str, bool, Value) {
        (M::NAME, M::SENDS, serde_json::to_value(method).expect("writable"))
    }

    #[test]
    fn sendings_are_written_as_the_bot_api_wants_them() {
        let manner = Manner {
            reply_markup: Some(Markup::Remove),
            protect_content: true,
            disable_notification: true,
            message_effect_id: Some("5046509860389126442".to_owned()),
        };
        let all = json!({"reply_markup": {"remove_keyboard": true}, "protect_content": true,
            "disable_notification": true, "message_effect_id": "5046509860389126442"});
        let with = |mut rest: Value| {
            rest.as_object_mut().expect("an object").extend(all.as_object().expect("one").clone());
            rest
        };
        let known = || Media::FileId("AgAC".to_owned());
        let photo = SendPhoto {
            chat_id: ChatId(1),
            photo: known(),
            caption: Some(Html::text("x")),
            manner: manner.clone(),
        };
        assert_eq!(
            wire(&photo),
            (
                "sendPhoto",
                true,
                with(json!({"chat_id": 1, "photo": "AgAC", "caption": "x",
                "parse_mode": "HTML"}))
            )
        );
        let sticker = SendSticker { chat_id: ChatId(1), sticker: known(), manner: manner.clone() };
        assert_eq!(
            wire(&sticker),
            ("sendSticker", true, with(json!({"chat_id": 1, "sticker": "AgAC"})))
        );
        let copy = CopyMessage {
            chat_id: ChatId(1),
            from_chat_id: ChatId(2),
            message_id: MessageId(3),
            manner,
        };
        assert_eq!(
            wire(&copy),
            ("copyMessage", true, with(json!({"chat_id": 1, "from_chat_id": 2, "message_id": 3})))
        );
    }

    #[test]
    fn what_is_not_wanted_is_not_written() {
        let file = SendDocument {
            chat_id: ChatId(1),
            document: Media::Upload(Upload::document("a.txt", "text/plain", "goods")),
            caption: None,
            manner: Manner::default(),
        };
        assert_eq!(wire(&file), ("sendDocument", true, json!({"chat_id": 1})));
        assert!(!format!("{file:?}").contains("goods"));
        let message = SendMessage {
            link_preview_options: None,
            ..SendMessage::new(ChatId(1), Html::text("x"))
        };
        let wanted = json!({"chat_id": 1, "text": "x", "parse_mode": "HTML"});
        assert_eq!(wire(&message), ("sendMessage", true, wanted));
        let forward = ForwardMessage {
            chat_id: ChatId(1),
            from_chat_id: ChatId(2),
            message_id: MessageId(3),
            protect_content: false,
            disable_notification: false,
        };
        let wanted = json!({"chat_id": 1, "from_chat_id": 2, "message_id": 3});
        assert_eq!(wire(&forward), ("forwardMessage", true, wanted));
        let action = SendChatAction { chat_id: ChatId(1), action: ChatAction::UploadPhoto };
        let wanted = json!({"chat_id": 1, "action": "upload_photo"});
        assert_eq!(wire(&action), ("sendChatAction", false, wanted));
    }
}
