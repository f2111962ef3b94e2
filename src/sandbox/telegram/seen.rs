//! What a person sees in a chat, and how to print it when a test fails.

use std::fmt::Write as _;

use bytes::Bytes;

use crate::primitives::{MessageId, Timestamp};

use super::chats::{Chat, Content, Message};
use super::entities::Entity;
use super::files::MediaKind;
use super::markup::Action;

/// A message as a person sees it now.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Its number within the chat.
    pub id: MessageId,
    /// Whether the bot wrote it.
    pub from_bot: bool,
    /// When it was sent.
    pub sent: Timestamp,
    /// Text or caption without tags.
    pub text: String,
    /// Its formatting, in UTF-16 units.
    pub entities: Vec<Entity>,
    /// The picture's bytes.
    pub photo: Option<Bytes>,
    /// The document's name and bytes.
    pub document: Option<(String, Bytes)>,
    /// The sticker's bytes.
    pub sticker: Option<Bytes>,
    /// The number of its file, for the chat page.
    pub file: Option<u64>,
    /// The buttons under it, by row.
    pub buttons: Vec<Vec<SeenButton>>,
    /// No forwarding, no saving.
    pub protected: bool,
    /// How often it was edited.
    pub edits: u32,
    /// The effect it came with.
    pub effect: Option<String>,
}

/// A button as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenButton {
    /// Its caption.
    pub text: String,
    /// What a press does.
    pub action: Action,
    /// `danger`, `success` or `primary`.
    pub style: Option<String>,
}

impl Seen {
    pub(super) fn of(message: &Message) -> Self {
        let words = message.content.words();
        let button = |button: &super::markup::Button| SeenButton {
            text: button.text.clone(),
            action: button.action.clone(),
            style: button.style.clone(),
        };
        let mut seen = Self {
            id: MessageId(message.id),
            from_bot: message.from_bot,
            sent: message.sent,
            text: words.text.clone(),
            entities: words.entities.clone(),
            photo: None,
            document: None,
            sticker: None,
            file: None,
            buttons: message.buttons.iter().map(|row| row.iter().map(button).collect()).collect(),
            protected: message.protected,
            edits: message.edits,
            effect: message.effect.clone(),
        };
        if let Content::Media { file, .. } = &message.content {
            seen.file = Some(file.number);
            match file.kind {
                MediaKind::Photo => seen.photo = Some(file.bytes.clone()),
                MediaKind::Sticker => seen.sticker = Some(file.bytes.clone()),
                MediaKind::Document => {
                    seen.document = Some((file.name.clone(), file.bytes.clone()));
                }
            }
        }
        seen
    }

    /// The first button whose words are `label`, else the first that contains it.
    #[must_use]
    pub fn button(&self, label: &str) -> Option<&SeenButton> {
        let wanted = words(label);
        let all = || self.buttons.iter().flatten();
        all()
            .find(|button| words(&button.text) == wanted)
            .or_else(|| all().find(|button| words(&button.text).contains(&wanted)))
    }

    /// The texts of all entities of a kind, such as every `code`.
    #[must_use]
    pub fn parts(&self, kind: &str) -> Vec<String> {
        let units: Vec<u16> = self.text.encode_utf16().collect();
        self.entities
            .iter()
            .filter(|entity| entity.kind == kind)
            .filter_map(|entity| units.get(entity.offset..entity.offset + entity.length))
            .map(String::from_utf16_lossy)
            .collect()
    }
}

/// A caption without emoji, in small letters: what one says when one names a button.
pub(super) fn words(caption: &str) -> String {
    let spoken: String = caption
        .chars()
        .filter(|c| c.is_alphanumeric() || c.is_ascii_punctuation() || c.is_whitespace())
        .collect();
    let spoken = spoken.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    // A caption of nothing but emoji is named by them.
    if spoken.is_empty() { caption.trim().to_owned() } else { spoken }
}

/// The chat as text, newest last.
pub(super) fn dump(chat: &Chat) -> String {
    let mut text = format!("chat {} (blocked: {})\n", chat.id, chat.blocked);
    for seen in chat.messages.values().map(Seen::of) {
        let who = if seen.from_bot { "bot" } else { "person" };
        let _ = write!(text, "#{} {who}", seen.id);
        if seen.edits > 0 {
            let _ = write!(text, " (edited {}×)", seen.edits);
        }
        if let Some((name, bytes)) = &seen.document {
            let _ = write!(text, " [document {name}, {} bytes]", bytes.len());
        }
        for (name, file) in [("photo", &seen.photo), ("sticker", &seen.sticker)] {
            if let Some(bytes) = file {
                let _ = write!(text, " [{name}, {} bytes]", bytes.len());
            }
        }
        let _ = writeln!(text, ": {}", seen.text.replace('\n', "\n    "));
        for row in &seen.buttons {
            let captions: Vec<String> = row.iter().map(|b| format!("[{}]", b.text)).collect();
            let _ = writeln!(text, "    {}", captions.join(" "));
        }
    }
    if let Some(keyboard) = &chat.keyboard {
        let _ = writeln!(text, "keyboard: {:?}", keyboard.rows);
    }
    if let Some(toast) = &chat.toast {
        let _ = writeln!(text, "toast: {}", toast.text);
    }
    text
}
