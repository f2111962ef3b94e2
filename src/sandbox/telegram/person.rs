//! A person in a chat with a bot: says, presses, and reads what is there.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::primitives::{MessageId, Timestamp, UserId};

use super::bot::{Bot, PATIENCE};
use super::chats::{Chat, Content, Toast};
use super::delivery;
use super::entities::{Formatted, units};
use super::files::MediaKind;
use super::markup::{Action, ReplyKeyboard};
use super::request::Upload;
use super::seen::{Seen, SeenButton, dump, words};
use super::state::BotState;

/// Someone with a private chat. Clones are the same person.
#[derive(Clone)]
pub struct Person {
    bot: Bot,
    user: UserId,
}

impl Person {
    pub(super) fn new(bot: Bot, user: UserId) -> Self {
        Self { bot, user }
    }

    /// The person's user id, which is also the chat's.
    #[must_use]
    pub fn id(&self) -> UserId {
        self.user
    }

    /// Sets the language of the person's Telegram, such as `en`.
    #[must_use]
    pub fn language(self, code: &str) -> Self {
        self.with(|chat| chat.language = Some(code.to_owned()));
        self
    }

    /// Sets the person's name without `@`.
    #[must_use]
    pub fn username(self, name: &str) -> Self {
        self.with(|chat| chat.username = Some(name.to_owned()));
        self
    }

    pub(super) fn with<T>(&self, look: impl FnOnce(&mut Chat) -> T) -> T {
        let mut world = self.bot.state.world();
        let chat = world.bots[self.bot.index].chats.get_mut(&self.user.0);
        look(chat.expect("a person's chat is made with the person and never removed"))
    }

    fn emit(&self, kind: &str, make: impl FnOnce(&mut BotState, Timestamp) -> Value) -> i64 {
        delivery::emit(&self.bot.state, self.bot.index, kind, make)
    }

    /// Sends a message; returns its `update_id` (0 when the bot wants no messages).
    ///
    /// # Panics
    /// When the text has not 1–4096 characters, or the person has blocked the bot.
    pub fn say(&self, text: &str) -> i64 {
        assert!((1..=4096).contains(&units(text)), "Telegram lets a person send 1–4096 characters");
        self.send(|_| Content::Text(Formatted::plain(text)))
    }

    /// Sends a text that the person formatted in the chat's own editor, described in HTML.
    ///
    /// # Panics
    /// When that is no HTML Telegram knows.
    pub fn say_formatted(&self, html: &str) -> i64 {
        let said = Formatted::from_parts(html, Some("HTML"), None);
        let said = said.unwrap_or_else(|refusal| panic!("{refusal:?}"));
        self.send(|_| Content::Text(said))
    }

    /// Sends `/command argument`.
    pub fn say_command(&self, command: &str, argument: &str) -> i64 {
        let command = command.trim_start_matches('/');
        self.say(format!("/{command} {argument}").trim_end())
    }

    /// Sends a picture (PNG or JPEG) with a caption.
    ///
    /// # Panics
    /// When Telegram would not take the picture.
    pub fn send_photo(&self, picture: impl Into<Bytes>, caption: &str) -> i64 {
        self.try_photo(picture, caption).unwrap_or_else(|why| panic!("{why}"))
    }

    /// Sends a picture (PNG or JPEG) with a caption.
    ///
    /// # Errors
    /// Telegram's word, when it would not take the picture.
    pub fn try_photo(&self, picture: impl Into<Bytes>, caption: &str) -> Result<i64, String> {
        self.try_file(MediaKind::Photo, "photo.png", picture.into(), caption)
    }

    /// Sends a document.
    ///
    /// # Panics
    /// When Telegram would not take the file.
    pub fn send_document(&self, name: &str, bytes: impl Into<Bytes>) -> i64 {
        self.send_file(MediaKind::Document, name, bytes.into(), "")
    }

    /// Sends a sticker (WEBP, TGS or WEBM).
    ///
    /// # Panics
    /// When Telegram would not take the file.
    pub fn send_sticker(&self, bytes: impl Into<Bytes>) -> i64 {
        self.send_file(MediaKind::Sticker, "sticker.webp", bytes.into(), "")
    }

    fn send_file(&self, kind: MediaKind, name: &str, bytes: Bytes, caption: &str) -> i64 {
        self.try_file(kind, name, bytes, caption).unwrap_or_else(|why| panic!("{why}"))
    }

    fn try_file(
        &self,
        kind: MediaKind,
        name: &str,
        bytes: Bytes,
        caption: &str,
    ) -> Result<i64, String> {
        let upload = Upload { name: name.to_owned(), bytes };
        let file = {
            let mut world = self.bot.state.world();
            let bot = &mut world.bots[self.bot.index];
            bot.files.keep(bot.id, kind, &upload).map_err(|refusal| refusal.description)?
        };
        let caption = Formatted::plain(caption);
        Ok(self.send(|_| Content::Media { file: Box::new(file), caption }))
    }

    fn send(&self, content: impl FnOnce(&mut BotState) -> Content) -> i64 {
        assert!(!self.has_blocked(), "unblock() the bot before writing to it");
        let user = self.user.0;
        self.emit("message", |bot, now| {
            let content = content(bot);
            let me = bot.user_json();
            let chat = bot.chats.get_mut(&user).expect("a person has a chat");
            chat.started = true;
            let message = chat.draft(false, content, now);
            chat.push(message).to_json(chat, &me)
        })
    }

    /// Presses a key of the reply keyboard, which sends its caption.
    ///
    /// # Panics
    /// When there is no such key, with the chat.
    pub fn tap(&self, label: &str) -> i64 {
        let wanted = words(label);
        let keys: Vec<String> = self.keyboard().into_iter().flatten().collect();
        let exact = keys.iter().find(|key| words(key) == wanted);
        let key = exact.or_else(|| keys.iter().find(|key| words(key).contains(&wanted)));
        match key {
            Some(key) => self.say(key),
            None => panic!("there is no key \"{label}\"\n{}", self.dump()),
        }
    }

    /// Presses a button of the newest message that has one whose words (emoji aside, in any
    /// letter case) are `label`, or contain it.
    ///
    /// # Panics
    /// When there is none, with the chat.
    pub fn press(&self, label: &str) -> i64 {
        let messages = self.messages();
        let found = messages.iter().rev().find_map(|seen| Some((seen.id, seen.button(label)?)));
        match found {
            Some((message, button)) => self.press_button(message, button),
            None => panic!("there is no button \"{label}\"\n{}", self.dump()),
        }
    }

    /// Presses a button of one message.
    ///
    /// # Panics
    /// When it has none of that name, with the chat.
    pub fn press_on(&self, message: MessageId, label: &str) -> i64 {
        let messages = self.messages();
        let seen = messages.iter().find(|seen| seen.id == message);
        match seen.and_then(|seen| seen.button(label)) {
            Some(button) => self.press_button(message, button),
            None => panic!("message {message} has no button \"{label}\"\n{}", self.dump()),
        }
    }

    fn press_button(&self, message: MessageId, button: &SeenButton) -> i64 {
        match &button.action {
            Action::Data(data) => self.press_data(message, data),
            other => panic!("\"{}\" tells the bot nothing when pressed: {other:?}", button.text),
        }
    }

    /// Sends a button press with any data: what a forged client can do. A message that is not
    /// there (any more) is sent as an inaccessible one.
    pub fn press_data(&self, message: MessageId, data: &str) -> i64 {
        self.query(message, data, false)
    }

    /// As [`Person::press_data`], on a message that Telegram no longer shows the bot (date 0).
    pub fn press_inaccessible(&self, message: MessageId, data: &str) -> i64 {
        self.query(message, data, true)
    }

    fn query(&self, message: MessageId, data: &str, inaccessible: bool) -> i64 {
        let user = self.user.0;
        self.emit("callback_query", |bot, now| {
            let id = bot.pressed(user, now);
            let me = bot.user_json();
            let chat = bot.chats.get_mut(&user).expect("a person has a chat");
            chat.started = true;
            let shown = chat.messages.get(&message.0).filter(|_| !inaccessible);
            let message = shown.map_or_else(
                || json!({"chat": chat.to_json(), "message_id": message.0, "date": 0}),
                |message| message.to_json(chat, &me),
            );
            json!({"id": id, "from": chat.person_json(), "message": message,
                   "chat_instance": (user ^ 0x5eed).to_string(), "data": data})
        })
    }

    /// Blocks the bot: it is told, and every message to this chat is refused from now on.
    pub fn block(&self) -> i64 {
        self.member(true)
    }

    /// Unblocks the bot, which is told.
    pub fn unblock(&self) -> i64 {
        self.member(false)
    }

    fn member(&self, blocked: bool) -> i64 {
        let user = self.user.0;
        self.emit("my_chat_member", |bot, now| {
            let me = bot.user_json();
            let chat = bot.chats.get_mut(&user).expect("a person has a chat");
            chat.blocked = blocked;
            chat.started = true;
            chat.touch();
            let status = |kicked: bool| {
                if kicked {
                    json!({"status": "kicked", "user": me, "until_date": 0})
                } else {
                    json!({"status": "member", "user": me})
                }
            };
            json!({"chat": chat.to_json(), "from": chat.person_json(), "date": now.seconds(),
                   "old_chat_member": status(!blocked), "new_chat_member": status(blocked)})
        })
    }

    /// What is there now, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Seen> {
        self.with(|chat| chat.messages.values().map(Seen::of).collect())
    }

    /// The keys in place of the person's keyboard, by row; empty when there are none.
    #[must_use]
    pub fn keyboard(&self) -> Vec<Vec<String>> {
        self.reply_keyboard().map(|keyboard| keyboard.rows).unwrap_or_default()
    }

    /// The same with its placeholder.
    #[must_use]
    pub fn reply_keyboard(&self) -> Option<ReplyKeyboard> {
        self.with(|chat| chat.keyboard.clone())
    }

    /// The newest answer to a button press that had a text.
    #[must_use]
    pub fn toast(&self) -> Option<Toast> {
        self.with(|chat| chat.toast.clone())
    }

    /// Grows with every visible change of the chat.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.with(|chat| *chat.revision.borrow())
    }

    /// Whether the person has blocked the bot.
    #[must_use]
    pub fn has_blocked(&self) -> bool {
        self.with(|chat| chat.blocked)
    }

    /// A file that stands in this chat now, by its number: type and bytes.
    #[must_use]
    pub(in crate::sandbox) fn file(&self, number: u64) -> Option<(&'static str, Bytes)> {
        let shown = self.messages().iter().any(|seen| seen.file == Some(number));
        let world = self.bot.state.world();
        let stored = world.bots[self.bot.index].files.by_number(number).filter(|_| shown)?;
        Some((stored.mime, stored.bytes.clone()))
    }

    /// Waits until `revision` is passed; the caller bounds the time.
    pub(in crate::sandbox) async fn changed_after(&self, revision: u64) {
        let mut changed = self.with(|chat| chat.revision.subscribe());
        // The sender lives in the state that `self` holds.
        let _ = changed.wait_for(|now| *now > revision).await;
    }

    /// Waits until the chat has changed since `revision`; false when it has not within `patience`
    /// of real time.
    pub async fn changes(&self, revision: u64, patience: Duration) -> bool {
        tokio::time::timeout(patience, self.changed_after(revision)).await.is_ok()
    }

    /// The sandbox's clock.
    pub(in crate::sandbox) fn clock(&self) -> crate::primitives::Clock {
        self.bot.state.clock.clone()
    }

    /// Waits until `what` finds something among the visible messages.
    ///
    /// # Panics
    /// After 20 s of real time, with the chat.
    pub async fn sees<T>(&self, what: impl Fn(&[Seen]) -> Option<T>) -> T {
        let mut changed = self.with(|chat| chat.revision.subscribe());
        let looking = async {
            loop {
                changed.mark_unchanged();
                if let Some(found) = what(&self.messages()) {
                    return found;
                }
                // The sender lives in the state that `self` holds.
                let _ = changed.changed().await;
            }
        };
        let found = tokio::time::timeout(PATIENCE, looking).await.ok();
        found.unwrap_or_else(|| panic!("what was waited for did not appear\n{}", self.dump()))
    }

    /// Waits for a message of the bot that contains `part`; the newest one.
    ///
    /// # Panics
    /// After 20 s of real time, with the chat.
    pub async fn sees_text(&self, part: &str) -> Seen {
        let has = |seen: &&Seen| seen.from_bot && seen.text.contains(part);
        self.sees(|messages| messages.iter().rev().find(has).cloned()).await
    }

    /// Waits for a toast that contains `part`.
    ///
    /// # Panics
    /// After 20 s of real time, with the chat.
    pub async fn sees_toast(&self, part: &str) -> Toast {
        self.sees(|_| self.toast().filter(|toast| toast.text.contains(part))).await
    }

    /// The chat as text, for messages of failed tests.
    #[must_use]
    pub fn dump(&self) -> String {
        self.with(|chat| dump(chat))
    }

    /// The bot this person talks to.
    #[must_use]
    pub fn bot(&self) -> &Bot {
        &self.bot
    }

    /// Whether both handles mean the same chat of the same sandbox.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.user == other.user
            && self.bot.index == other.bot.index
            && Arc::ptr_eq(&self.bot.state, &other.bot.state)
    }
}
