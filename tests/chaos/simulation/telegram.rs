//! Telegram as the simulation needs it: chats with numbered messages, and a list of everything that was sent.

use std::collections::{BTreeMap, BTreeSet};

use bot_auto_order::primitives::Timestamp;
use serde_json::{Value, json};

use super::outside::{Answer, Call};

/// A message of the bot as it stands now.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub photo: bool,
    text: String,
    markup: Value,
}

impl Message {
    /// The data of its buttons.
    pub fn buttons(&self) -> Vec<String> {
        let rows = self.markup["inline_keyboard"].as_array().cloned().unwrap_or_default();
        rows.iter()
            .flat_map(|row| row.as_array().cloned().unwrap_or_default())
            .filter_map(|button| button["callback_data"].as_str().map(str::to_owned))
            .collect()
    }
}

/// A person's chat with the bot.
#[derive(Debug, Default)]
pub struct Chat {
    pub messages: BTreeMap<i64, Message>,
    pub last: i64,
    pub blocked: bool,
    /// Orders whose invoice stood here once.
    pub invoices: BTreeSet<i64>,
    /// No call may come before this.
    pub held_until: Option<Timestamp>,
}

/// Where one unit's text stands.
#[derive(Debug, Default, Clone)]
pub struct Sent {
    /// Chat and message; an edit repeated shows nothing twice.
    pub shown: BTreeSet<(i64, i64)>,
    /// New messages, asked for again, of whose arrival the service could not know.
    pub unknown: u64,
    /// Times that it was refused because the chat was closed: it is shown anew later.
    pub refused: u64,
    /// The step at which it was first sent.
    pub first_step: usize,
}

#[derive(Debug, Default)]
pub struct Telegram {
    pub chats: BTreeMap<i64, Chat>,
    pub units: BTreeMap<String, Sent>,
}

/// The units named in a text: each stands as `<code>unit-…</code>`.
pub fn units_in(text: &str) -> Vec<String> {
    text.split("<code>")
        .skip(1)
        .filter_map(|rest| rest.split("</code>").next())
        .filter(|unit| unit.starts_with("unit-"))
        .map(str::to_owned)
        .collect()
}

impl Telegram {
    pub fn chat(&mut self, user: i64) -> &mut Chat {
        self.chats.entry(user).or_default()
    }

    /// The units that a call would show.
    pub fn units_of(call: &Call) -> Vec<String> {
        let mut units = units_in(call.text("text"));
        units.extend(units_in(call.text("caption")));
        let file = call.text("document");
        units.extend(
            file.split_whitespace().filter(|word| word.starts_with("unit-")).map(str::to_owned),
        );
        units
    }

    /// Does what a call asks for.
    pub fn act(&mut self, call: &Call, now: Timestamp, step: usize) -> Answer {
        let user = call.number("chat_id").expect("every call of the service names its chat");
        let chat = self.chats.entry(user).or_default();
        if chat.blocked {
            for unit in Self::units_of(call) {
                self.units.entry(unit).or_default().refused += 1;
            }
            return refusal(403, "Forbidden: bot was blocked by the user");
        }
        let answer = chat.act(call, user, now);
        if answer.status == 200 {
            let message = call.number("message_id").unwrap_or(chat.last);
            for unit in Self::units_of(call) {
                let sent = self.units.entry(unit).or_default();
                if sent.shown.is_empty() {
                    sent.first_step = step;
                }
                sent.shown.insert((user, message));
            }
        }
        answer
    }
}

impl Chat {
    fn act(&mut self, call: &Call, user: i64, now: Timestamp) -> Answer {
        match call.name() {
            "sendMessage" | "sendPhoto" | "sendDocument" => self.send(call, user, now),
            "deleteMessage" => {
                match self.messages.remove(&call.number("message_id").unwrap_or(0)) {
                    Some(_) => Answer::json(200, &json!({"ok": true, "result": true})),
                    None => refusal(400, "Bad Request: message to delete not found"),
                }
            }
            name => self.edit(call, name, user, now),
        }
    }

    fn send(&mut self, call: &Call, user: i64, now: Timestamp) -> Answer {
        self.last += 1;
        let photo = call.name() == "sendPhoto";
        let text = if photo { call.text("caption") } else { call.text("text") };
        let message = Message { photo, text: text.to_owned(), markup: call.object("reply_markup") };
        self.note_invoice(&message);
        self.messages.insert(self.last, message);
        Answer::json(200, &json!({"ok": true, "result": shown(self.last, user, now)}))
    }

    fn edit(&mut self, call: &Call, name: &str, user: i64, now: Timestamp) -> Answer {
        let id = call.number("message_id").unwrap_or(0);
        let Some(old) = self.messages.get(&id) else {
            return refusal(400, "Bad Request: message to edit not found");
        };
        let (photo, text) = match (name, old.photo) {
            ("editMessageText", false) => (false, call.text("text").to_owned()),
            ("editMessageText", true) => {
                return refusal(400, "Bad Request: there is no text in the message to edit");
            }
            ("editMessageCaption", true) => (true, call.text("caption").to_owned()),
            ("editMessageCaption", false) => {
                return refusal(400, "Bad Request: there is no caption in the message to edit");
            }
            ("editMessageMedia", _) => {
                let media = call.object("media");
                (true, media["caption"].as_str().unwrap_or_default().to_owned())
            }
            (other, _) => panic!("the service calls {other}, which no errand needs"),
        };
        let message = Message { photo, text, markup: call.object("reply_markup") };
        if *old == message && name != "editMessageMedia" {
            return refusal(
                400,
                "Bad Request: message is not modified: specified new message content",
            );
        }
        self.note_invoice(&message);
        self.messages.insert(id, message);
        Answer::json(200, &json!({"ok": true, "result": shown(id, user, now)}))
    }

    fn note_invoice(&mut self, message: &Message) {
        let checks = message.buttons();
        let orders = checks.iter().filter_map(|data| data.strip_prefix("1k.")?.parse::<i64>().ok());
        self.invoices.extend(orders);
    }
}

fn shown(id: i64, user: i64, now: Timestamp) -> Value {
    json!({"message_id": id, "date": now.seconds(), "chat": {"id": user, "type": "private"}})
}

pub fn refusal(code: u16, description: &str) -> Answer {
    Answer::json(code, &json!({"ok": false, "error_code": code, "description": description}))
}

pub fn too_many(seconds: u64) -> Answer {
    let parameters = json!({"retry_after": seconds});
    let body = json!({"ok": false, "error_code": 429, "description": "Too Many Requests",
                      "parameters": parameters});
    Answer::json(429, &body)
}
