//! What Telegram keeps of one chat: its messages, keyboard and toast, and who is in it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::primitives::Timestamp;

use super::answer::Refusal;
use super::entities::Formatted;
use super::files::Stored;
use super::markup::{self, Button, ReplyKeyboard};

/// Older messages of a chat than this many are forgotten.
const MAX_MESSAGES: usize = 5_000;

/// What kind of chat it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatKind {
    /// With one person, whose first name this is.
    Private(String),
    /// A group with its title.
    Group(String),
}

/// One chat of one bot.
#[derive(Debug)]
pub struct Chat {
    /// Its number; in a private chat the user's.
    pub id: i64,
    /// With whom.
    pub kind: ChatKind,
    /// The person's language, `id` or `en-GB`.
    pub language: Option<String>,
    /// The person's name without `@`.
    pub username: Option<String>,
    /// Whether the person has ever pressed Start: before that a bot may not write.
    pub started: bool,
    /// Whether the person has blocked the bot.
    pub blocked: bool,
    /// Messages that are still there, by number.
    pub messages: BTreeMap<i64, Message>,
    /// The keys in place of the keyboard.
    pub keyboard: Option<ReplyKeyboard>,
    /// The newest answer to a button press.
    pub toast: Option<Toast>,
    /// What the bot is shown to be doing (`typing`), until it sends something.
    pub action: Option<String>,
    /// Grows with every visible change and wakes whoever looks at this chat.
    pub revision: watch::Sender<u64>,
    last_id: i64,
}

/// What a person sees after pressing a button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// Grows with every answer.
    pub number: u64,
    /// The text.
    pub text: String,
    /// A dialog to close rather than a line that fades.
    pub alert: bool,
}

/// A message.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its number within the chat.
    pub id: i64,
    /// When it was sent.
    pub sent: Timestamp,
    /// When it was last edited.
    pub edited: Option<Timestamp>,
    /// How often it was edited.
    pub edits: u32,
    /// Whether the bot wrote it.
    pub from_bot: bool,
    /// Text or media.
    pub content: Content,
    /// Buttons under it.
    pub buttons: Vec<Vec<Button>>,
    /// Whether it came with keys: such a message cannot be edited.
    pub had_keyboard: bool,
    /// No forwarding, no saving.
    pub protected: bool,
    /// The message it answers.
    pub reply_to: Option<i64>,
    /// The group of pictures it belongs to.
    pub media_group: Option<String>,
    /// Where it was forwarded from, as a `MessageOrigin`.
    pub forwarded: Option<Value>,
    /// The effect it came with.
    pub effect: Option<String>,
}

/// What a message says.
#[derive(Debug, Clone)]
pub enum Content {
    /// A text.
    Text(Formatted),
    /// A file with a caption.
    Media {
        /// The file.
        file: Box<Stored>,
        /// The caption, maybe empty.
        caption: Formatted,
    },
}

impl Content {
    /// Text or caption.
    pub fn words(&self) -> &Formatted {
        match self {
            Self::Text(text) => text,
            Self::Media { caption, .. } => caption,
        }
    }

    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(two)) => one == two,
            (
                Self::Media { file, caption },
                Self::Media { file: other_file, caption: other_caption },
            ) => file.file_id == other_file.file_id && caption == other_caption,
            _ => false,
        }
    }
}

impl Chat {
    /// An empty chat.
    pub fn new(id: i64, kind: ChatKind) -> Self {
        let messages = BTreeMap::new();
        Self {
            id,
            kind,
            language: None,
            username: None,
            started: false,
            blocked: false,
            messages,
            keyboard: None,
            toast: None,
            action: None,
            revision: watch::Sender::new(1),
            last_id: 0,
        }
    }

    /// Refuses what Telegram would not let a bot send here.
    pub fn writable(&self) -> Result<(), Refusal> {
        if self.blocked {
            return Err(Refusal::forbidden("bot was blocked by the user"));
        }
        if !self.started {
            return Err(Refusal::forbidden("bot can't initiate conversation with a user"));
        }
        Ok(())
    }

    /// A message that stands next in the chat.
    pub fn draft(&self, from_bot: bool, content: Content, now: Timestamp) -> Message {
        Message {
            id: self.last_id + 1,
            sent: now,
            edited: None,
            edits: 0,
            from_bot,
            content,
            buttons: vec![],
            had_keyboard: false,
            protected: false,
            reply_to: None,
            media_group: None,
            forwarded: None,
            effect: None,
        }
    }

    /// Puts a message into the chat and returns it with its number.
    pub fn push(&mut self, mut message: Message) -> Message {
        self.last_id += 1;
        message.id = self.last_id;
        self.messages.insert(message.id, message.clone());
        if self.messages.len() > MAX_MESSAGES {
            self.messages.pop_first();
        }
        self.action = None;
        self.touch();
        message
    }

    /// Says that something visible has changed.
    pub fn touch(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }

    /// The Chat object.
    pub fn to_json(&self) -> Value {
        let mut chat = match &self.kind {
            ChatKind::Private(name) => {
                json!({"id": self.id, "type": "private", "first_name": name})
            }
            ChatKind::Group(title) => json!({"id": self.id, "type": "group", "title": title}),
        };
        if let Some(username) = &self.username {
            chat["username"] = json!(username);
        }
        chat
    }

    /// The User object of a private chat's person.
    pub fn person_json(&self) -> Value {
        let name = match &self.kind {
            ChatKind::Private(name) | ChatKind::Group(name) => name,
        };
        let mut user = json!({"id": self.id, "is_bot": false, "first_name": name});
        for (field, value) in [("username", &self.username), ("language_code", &self.language)] {
            if let Some(value) = value {
                user[field] = json!(value);
            }
        }
        user
    }
}

impl Message {
    /// Whether new content and buttons would change nothing.
    pub fn same(&self, content: &Content, buttons: &[Vec<Button>]) -> bool {
        self.content.same(content) && self.buttons == buttons
    }

    /// The Message object; `bot` is the bot's User object.
    pub fn to_json(&self, chat: &Chat, bot: &Value) -> Value {
        let from = if self.from_bot { bot.clone() } else { chat.person_json() };
        let mut message = json!({"message_id": self.id, "from": from, "chat": chat.to_json(),
            "date": self.sent.seconds()});
        let words = self.content.words();
        let names = match &self.content {
            Content::Text(_) => ("text", "entities"),
            Content::Media { file, .. } => {
                message[file.kind.field()] = file.to_json();
                ("caption", "caption_entities")
            }
        };
        if !words.text.is_empty() {
            message[names.0] = json!(words.text);
        }
        if !words.entities.is_empty() {
            message[names.1] = json!(words.entities);
        }
        if let Some(edited) = self.edited {
            message["edit_date"] = json!(edited.seconds());
        }
        if !self.buttons.is_empty() {
            message["reply_markup"] = markup::to_json(&self.buttons);
        }
        if self.protected {
            message["has_protected_content"] = json!(true);
        }
        if let Some(group) = &self.media_group {
            message["media_group_id"] = json!(group);
        }
        if let Some(effect) = &self.effect {
            message["effect_id"] = json!(effect);
        }
        if let Some(origin) = &self.forwarded {
            message["forward_origin"] = origin.clone();
        }
        if let Some(answered) = self.reply_to.and_then(|id| chat.messages.get(&id)) {
            let bare = Self { reply_to: None, ..answered.clone() };
            message["reply_to_message"] = bare.to_json(chat, bot);
        }
        message
    }
}
