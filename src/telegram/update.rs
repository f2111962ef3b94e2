//! What Telegram delivers: only what a shop needs, unknown fields and unknown kinds let through.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::primitives::{ChatId, MessageId, UserId};

/// One delivery. A kind the shop does not know leaves every field but the id empty.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Update {
    /// Positive and unique per bot; mostly rising by one, random after a week of silence.
    pub update_id: i64,
    /// Somebody wrote.
    #[serde(default)]
    pub message: Option<Message>,
    /// Somebody changed what they wrote.
    #[serde(default)]
    pub edited_message: Option<Message>,
    /// Somebody pressed a button under a message.
    #[serde(default)]
    pub callback_query: Option<CallbackQuery>,
    /// Somebody blocked, unblocked, added or removed the bot.
    #[serde(default)]
    pub my_chat_member: Option<ChatMemberUpdated>,
}

impl Update {
    /// The chat this is about; for a button whose message is unknown, the private chat of the person.
    #[must_use]
    pub fn chat(&self) -> Option<ChatId> {
        if let Some(message) = self.message.as_ref().or(self.edited_message.as_ref()) {
            return Some(message.chat.id);
        }
        if let Some(query) = &self.callback_query {
            let shown = query.message.as_ref().map(|message| message.chat.id);
            return Some(shown.unwrap_or(query.from.id.into()));
        }
        self.my_chat_member.as_ref().map(|change| change.chat.id)
    }

    /// Who did it; absent for messages of channels and anonymous admins.
    #[must_use]
    pub fn person(&self) -> Option<&User> {
        if let Some(message) = self.message.as_ref().or(self.edited_message.as_ref()) {
            return message.from.as_ref();
        }
        self.callback_query
            .as_ref()
            .map(|query| &query.from)
            .or_else(|| self.my_chat_member.as_ref().map(|change| &change.from))
    }
}

/// A person or a bot. Every name is somebody's data.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct User {
    /// Up to 52 significant bits.
    pub id: UserId,
    /// Whether it is a bot.
    #[serde(default)]
    pub is_bot: bool,
    /// May be empty for deleted accounts.
    #[serde(default)]
    pub first_name: String,
    /// The second name, if any.
    #[serde(default)]
    pub last_name: Option<String>,
    /// Without the `@`; not everybody has one, and it may change hands.
    #[serde(default)]
    pub username: Option<String>,
    /// IETF tag of their app's language, such as `id` or `en-GB`.
    #[serde(default)]
    pub language_code: Option<String>,
}

impl User {
    /// First and last name as one.
    #[must_use]
    pub fn full_name(&self) -> String {
        match &self.last_name {
            Some(last) if !last.is_empty() => format!("{} {last}", self.first_name),
            _ => self.first_name.clone(),
        }
    }
}

/// A place where messages stand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Chat {
    /// Equal to the person's id in a private chat, negative in groups and channels.
    pub id: ChatId,
    /// `private`, `group`, `supergroup` or `channel`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Of groups and channels.
    #[serde(default)]
    pub title: Option<String>,
    /// Without the `@`.
    #[serde(default)]
    pub username: Option<String>,
}

impl Chat {
    /// Whether it is a chat with one person: the only kind the shop sells in.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.kind == "private"
    }
}

/// A message, as delivered or as the answer to sending one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Message {
    /// Unique within its chat.
    pub message_id: MessageId,
    /// Unix seconds; 0 where the message can no longer be seen.
    #[serde(default)]
    pub date: i64,
    /// Where it stands.
    pub chat: Chat,
    /// Absent in channels and for anonymous admins.
    #[serde(default)]
    pub from: Option<User>,
    /// The group or channel that speaks, when no person does.
    #[serde(default)]
    pub sender_chat: Option<Chat>,
    /// The inline bot that wrote it in the person's name.
    #[serde(default)]
    pub via_bot: Option<User>,
    /// Present when it was forwarded from elsewhere.
    #[serde(default)]
    pub forward_origin: Option<IgnoredAny>,
    /// Albums: the same for each of their messages.
    #[serde(default)]
    pub media_group_id: Option<String>,
    /// Of a text message.
    #[serde(default)]
    pub text: Option<String>,
    /// Formatting, links and commands in `text`.
    #[serde(default)]
    pub entities: Vec<MessageEntity>,
    /// Under a photo or file.
    #[serde(default)]
    pub caption: Option<String>,
    /// Formatting and links in `caption`.
    #[serde(default)]
    pub caption_entities: Vec<MessageEntity>,
    /// One picture in several sizes.
    #[serde(default)]
    pub photo: Vec<PhotoSize>,
    /// A file.
    #[serde(default)]
    pub document: Option<Document>,
    /// A video, described like a file.
    #[serde(default)]
    pub video: Option<Document>,
    /// A sticker.
    #[serde(default)]
    pub sticker: Option<Sticker>,
    /// The group became this supergroup.
    #[serde(default)]
    pub migrate_to_chat_id: Option<ChatId>,
}

/// A command somebody sent: `/start@shop_bot abc` is `start`, `shop_bot`, `abc`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command<'m> {
    /// Without the slash, as typed.
    pub name: &'m str,
    /// The bot it is meant for, in groups.
    pub bot: Option<&'m str>,
    /// What follows, trimmed.
    pub argument: &'m str,
}

impl Message {
    /// The command the text begins with, if Telegram marked one.
    #[must_use]
    pub fn command(&self) -> Option<Command<'_>> {
        let text = self.text.as_deref()?;
        let entity = self.entities.iter().find(|e| e.offset == 0 && e.kind == "bot_command")?;
        // A command is ASCII, so UTF-16 units are bytes; a lying length is no command.
        let command = text.get(..usize::try_from(entity.length).ok()?)?.strip_prefix('/')?;
        let argument = text[command.len() + 1..].trim();
        let (name, bot) = match command.split_once('@') {
            Some((name, bot)) => (name, Some(bot)),
            None => (command, None),
        };
        Some(Command { name, bot, argument })
    }

    /// The largest size of the picture.
    #[must_use]
    pub fn largest_photo(&self) -> Option<&PhotoSize> {
        self.photo.iter().max_by_key(|size| size.width.saturating_mul(size.height))
    }
}

/// A stretch of a text that means something.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MessageEntity {
    /// `bot_command`, `url`, `bold` and so on.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// In UTF-16 units.
    #[serde(default)]
    pub offset: i64,
    /// In UTF-16 units.
    #[serde(default)]
    pub length: i64,
    /// Where a `text_link` leads.
    #[serde(default)]
    pub url: Option<String>,
    /// The programming language of a `pre`.
    #[serde(default)]
    pub language: Option<String>,
    /// Which `custom_emoji` it is.
    #[serde(default)]
    pub custom_emoji_id: Option<String>,
}

/// A picture in one size.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PhotoSize {
    /// To send it again with this bot; valid for ever.
    pub file_id: String,
    /// The same for every bot; cannot be sent.
    #[serde(default)]
    pub file_unique_id: String,
    /// In pixels.
    #[serde(default)]
    pub width: i64,
    /// In pixels.
    #[serde(default)]
    pub height: i64,
    /// In bytes.
    #[serde(default)]
    pub file_size: Option<i64>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Document {
    /// To send it again with this bot; valid for ever.
    pub file_id: String,
    /// The same for every bot; cannot be sent.
    #[serde(default)]
    pub file_unique_id: String,
    /// As its sender named it.
    #[serde(default)]
    pub file_name: Option<String>,
    /// As its sender's app guessed.
    #[serde(default)]
    pub mime_type: Option<String>,
    /// In bytes.
    #[serde(default)]
    pub file_size: Option<i64>,
}

/// A sticker.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sticker {
    /// To send it again with this bot; valid for ever.
    pub file_id: String,
}

/// A button was pressed. `data` is what a client sent: it may belong to no button we drew.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct CallbackQuery {
    /// To answer it with.
    pub id: String,
    /// Who pressed.
    pub from: User,
    /// Under which message.
    #[serde(default)]
    pub message: Option<MessageRef>,
    /// What the button carries, 1–64 bytes if it is one of ours.
    #[serde(default)]
    pub data: Option<String>,
}

/// A message as far as it can still be seen.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct MessageRef {
    /// Where it stands.
    pub chat: Chat,
    /// Its number there.
    pub message_id: MessageId,
    /// Unix seconds; 0 when Telegram no longer shows the message to us.
    #[serde(default)]
    pub date: i64,
    /// Present on a text message, absent on a photo or file.
    #[serde(default)]
    pub text: Option<IgnoredAny>,
}

impl MessageRef {
    /// Whether Telegram still shows the message, so that editing it can work.
    #[must_use]
    pub const fn is_accessible(&self) -> bool {
        self.date != 0
    }

    /// Whether its text (and not a caption) can be edited.
    #[must_use]
    pub const fn is_text(&self) -> bool {
        self.text.is_some()
    }
}

/// The bot's standing in a chat changed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChatMemberUpdated {
    /// Where.
    pub chat: Chat,
    /// Who did it.
    pub from: User,
    /// Unix seconds.
    #[serde(default)]
    pub date: i64,
    /// How the bot stands there now.
    pub new_chat_member: ChatMember,
}

/// A standing in a chat.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChatMember {
    /// `creator`, `administrator`, `member`, `restricted`, `left` or `kicked`; in a private chat
    /// `kicked` means that the person blocked the bot, `member` that they came back.
    #[serde(default)]
    pub status: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(update: serde_json::Value) -> Update {
        serde_json::from_value(update).expect("a tolerant reader takes it")
    }

    #[test]
    fn a_message_is_read_and_strange_fields_are_let_through() {
        let update = read(json!({
            "update_id": 1_000_000_007, "brand_new": {"x": 1},
            "message": {
                "message_id": 7, "date": 1_795_300_000, "future": [1, 2],
                "chat": {"id": 4_503_599_627_370_495_i64, "type": "private", "first_name": "B"},
                "from": {"id": 4_503_599_627_370_495_i64, "is_bot": false, "first_name": "Budi",
                    "last_name": "S", "username": "budi", "language_code": "id"},
                "forward_origin": {"type": "user"}, "text": "hai",
            }
        }));
        assert_eq!(update.chat(), Some(ChatId(4_503_599_627_370_495)));
        assert_eq!(update.person().map(User::full_name).as_deref(), Some("Budi S"));
        let message = update.message.expect("a message");
        assert!(message.forward_origin.is_some() && message.chat.is_private());
        assert_eq!(message.command(), None);
    }

    #[test]
    fn an_unknown_kind_and_a_nameless_message_are_no_error() {
        let update = read(json!({"update_id": 5, "subscription": {"state": "active"}}));
        assert_eq!((update.chat(), update.person()), (None, None));
        let update = read(json!({"update_id": 6, "message": {"message_id": 1, "date": 2,
            "chat": {"id": -100, "type": "channel", "title": "T"}, "sender_chat": {"id": -100}}}));
        assert_eq!((update.chat(), update.person()), (Some(ChatId(-100)), None));
    }

    #[test]
    fn a_button_under_a_lost_message_is_read() {
        let update = read(json!({"update_id": 8, "callback_query": {"id": "99", "data": "x",
            "from": {"id": 3, "is_bot": false, "first_name": "A"}, "chat_instance": "1",
            "message": {"chat": {"id": 3, "type": "private"}, "message_id": 44, "date": 0}}}));
        assert_eq!(update.chat(), Some(ChatId(3)));
        let query = update.callback_query.expect("a query");
        let shown = query.message.expect("a reference");
        assert!(!shown.is_accessible() && !shown.is_text());
        let update = read(json!({"update_id": 9, "callback_query": {"id": "99",
            "from": {"id": 3, "is_bot": false, "first_name": "A"}, "chat_instance": "1"}}));
        assert_eq!(update.chat(), Some(ChatId(3)));
    }

    #[test]
    fn a_block_is_read() {
        let update = read(json!({"update_id": 8, "my_chat_member": {
            "chat": {"id": 3, "type": "private"}, "from": {"id": 3, "first_name": "A"}, "date": 1,
            "old_chat_member": {"status": "member"},
            "new_chat_member": {"status": "kicked", "user": {"id": 1}, "until_date": 0}}}));
        assert_eq!(update.my_chat_member.expect("a change").new_chat_member.status, "kicked");
    }

    #[test]
    fn commands_are_taken_apart() {
        let message = |text: &str, length: i64| {
            let update = read(json!({"update_id": 1, "message": {"message_id": 1, "date": 1,
                "chat": {"id": 1, "type": "private"}, "text": text,
                "entities": [{"type": "bot_command", "offset": 0, "length": length}]}}));
            update.message.expect("a message")
        };
        let start = message("/start@shop_bot  claim_x ", 15);
        let wanted = Command { name: "start", bot: Some("shop_bot"), argument: "claim_x" };
        assert_eq!(start.command(), Some(wanted));
        let plain = message("/saldo", 6);
        assert_eq!(plain.command(), Some(Command { name: "saldo", bot: None, argument: "" }));
        assert_eq!(message("/é", 99).command(), None);
        assert_eq!(message("/é", 2).command(), None);
        assert_eq!(message("/x", -1).command(), None);
    }

    #[test]
    fn the_largest_photo_is_found() {
        let update = read(json!({"update_id": 1, "message": {"message_id": 1, "date": 1,
            "chat": {"id": 1, "type": "private"}, "photo": [
                {"file_id": "s", "file_unique_id": "u", "width": 90, "height": 90},
                {"file_id": "l", "file_unique_id": "v", "width": 900, "height": 900},
                {"file_id": "m", "file_unique_id": "w", "width": 300, "height": 300}]}}));
        let message = update.message.expect("a message");
        assert_eq!(message.largest_photo().expect("a size").file_id, "l");
    }
}
