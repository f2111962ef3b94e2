//! Calls about what already stands in a chat; repeating them does no harm.

use serde::{Deserialize, Serialize};

use super::limits::DELETE_MAX;
use super::method::{caption, methods, text};
use super::{Html, InlineKeyboard, LinkPreviewOptions, Media, Message, Upload};
use crate::primitives::{ChatId, MessageId};

methods! {
    EditMessageText = "editMessageText" -> Edited, sends: false;
    EditMessageCaption = "editMessageCaption" -> Edited, sends: false;
    EditMessageMedia = "editMessageMedia" -> Edited, sends: false, upload: media;
    EditMessageReplyMarkup = "editMessageReplyMarkup" -> Edited, sends: false;
    DeleteMessage = "deleteMessage" -> bool, sends: false;
    DeleteMessages = "deleteMessages" -> bool, sends: false;
    AnswerCallbackQuery = "answerCallbackQuery" -> bool, sends: false;
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
    pub(super) const fn upload(&self) -> Option<&Upload> {
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

/// The answer to an edit: our message, or a bare `true` for messages sent through inline mode.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Edited {
    /// The message as it is now.
    Message(Box<Message>),
    /// It is done, and no more is said.
    Done(bool),
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::telegram::{InlineButton, Method};

    fn wire<M: Method>(method: &M) -> (&'static str, Value) {
        assert!(!M::SENDS, "an edit repeats without harm");
        (M::NAME, serde_json::to_value(method).expect("writable"))
    }

    #[test]
    fn edits_are_written_as_the_bot_api_wants_them() {
        let (chat_id, message_id) = (ChatId(1), MessageId(2));
        let keyboard = InlineKeyboard::new().row([InlineButton::callback("a", "b")]);
        let text = EditMessageText {
            chat_id,
            message_id,
            text: Html::text("x").italic(),
            link_preview_options: Some(LinkPreviewOptions { is_disabled: true }),
            reply_markup: Some(keyboard),
        };
        assert_eq!(
            wire(&text),
            (
                "editMessageText",
                json!({"chat_id": 1, "message_id": 2, "text": "<i>x</i>",
                "parse_mode": "HTML", "link_preview_options": {"is_disabled": true},
                "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}})
            )
        );
        let caption = EditMessageCaption { chat_id, message_id, caption: None, reply_markup: None };
        let bare = json!({"chat_id": 1, "message_id": 2});
        assert_eq!(wire(&caption), ("editMessageCaption", bare.clone()));
        let markup = EditMessageReplyMarkup { chat_id, message_id, reply_markup: None };
        assert_eq!(wire(&markup), ("editMessageReplyMarkup", bare.clone()));
        assert_eq!(wire(&DeleteMessage { chat_id, message_id }), ("deleteMessage", bare));
        let media = EditMessageMedia {
            chat_id,
            message_id,
            media: InputMedia {
                kind: MediaKind::Document,
                media: Media::FileId("BQAC".to_owned()),
                caption: Some(Html::text("x")),
            },
            reply_markup: None,
        };
        assert_eq!(
            wire(&media),
            (
                "editMessageMedia",
                json!({"chat_id": 1, "message_id": 2, "media": {
                "type": "document", "media": "BQAC", "caption": "x", "parse_mode": "HTML"}})
            )
        );
    }

    #[test]
    fn presses_are_answered_and_messages_deleted_in_bounds() {
        let answer = AnswerCallbackQuery {
            callback_query_id: "42".to_owned(),
            text: Some("Stok habis".to_owned()),
            show_alert: true,
        };
        assert_eq!(
            wire(&answer),
            (
                "answerCallbackQuery",
                json!({"callback_query_id": "42", "text": "Stok habis", "show_alert": true})
            )
        );
        let ids = (0..101).map(MessageId).collect::<Vec<_>>();
        let batches = DeleteMessages::batches(ChatId(1), &ids);
        assert_eq!(batches.len(), 2);
        let last = json!({"chat_id": 1, "message_ids": [100]});
        assert_eq!(wire(&batches[1]), ("deleteMessages", last));
        assert!(DeleteMessages::batches(ChatId(1), &[]).is_empty());
    }
}
