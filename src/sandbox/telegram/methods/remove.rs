//! Deleting messages.

use std::time::Duration;

use serde_json::{Value, json};

use super::Turn;
use crate::sandbox::telegram::answer::{Outcome, Refusal, done};

/// Older messages stay.
const DELETABLE_FOR: Duration = Duration::from_hours(48);

/// `deleteMessage`.
pub fn one(turn: &mut Turn) -> Outcome {
    let id = turn.params.int("message_id").unwrap_or_default();
    let now = turn.now;
    let chat = turn.bot.chat(turn.params.chat("chat_id"))?;
    let message =
        chat.messages.get(&id).ok_or_else(|| Refusal::bad("message to delete not found"))?;
    if now.since(message.sent) >= DELETABLE_FOR {
        return Err(Refusal::bad("message can't be deleted for everyone"));
    }
    chat.messages.remove(&id);
    chat.touch();
    done(json!(true))
}

/// `deleteMessages`: skips unknown ones and those that are too old.
pub fn many(turn: &mut Turn) -> Outcome {
    let ids = turn.params.get("message_ids").and_then(Value::as_array).cloned();
    let ids: Vec<i64> = ids.unwrap_or_default().iter().filter_map(Value::as_i64).collect();
    if !(1..=100).contains(&ids.len()) {
        return Err(Refusal::bad("message identifiers are not specified, or more than 100"));
    }
    let now = turn.now;
    let chat = turn.bot.chat(turn.params.chat("chat_id"))?;
    chat.messages
        .retain(|id, message| !ids.contains(id) || now.since(message.sent) >= DELETABLE_FOR);
    chat.touch();
    done(json!(true))
}
