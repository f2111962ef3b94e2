//! Copying and forwarding, which protected content does not allow.

use serde_json::json;

use super::Turn;
use super::media::checked_caption;
use super::send::{post, shown};
use crate::sandbox::telegram::answer::{Outcome, Refusal, done};
use crate::sandbox::telegram::chats::{Content, Message};
use crate::sandbox::telegram::entities::Formatted;

/// `copyMessage`.
pub fn copy(turn: &mut Turn) -> Outcome {
    let mut content = source(turn, "copy", "copied")?.content;
    if turn.params.get("caption").is_some() {
        let words = Formatted::read(&turn.params, "caption", "caption_entities")?;
        if let Content::Media { caption, .. } = &mut content {
            *caption = checked_caption(words)?;
        }
    }
    let message = post(turn, content, None)?;
    done(json!({"message_id": message.id}))
}

/// `forwardMessage`.
pub fn forward(turn: &mut Turn) -> Outcome {
    let source = source(turn, "forward", "forwarded")?;
    let bot = turn.bot.user_json();
    let from = turn.bot.chat(turn.params.chat("from_chat_id"))?;
    let sender = if source.from_bot { bot } else { from.person_json() };
    let origin = json!({"type": "user", "date": source.sent.seconds(), "sender_user": sender});
    let mut message = post(turn, source.content, None)?;
    message.forwarded = Some(origin);
    let chat = turn.bot.chat(turn.params.chat("chat_id"))?;
    chat.messages.insert(message.id, message.clone());
    done(shown(turn, &message)?)
}

fn source(turn: &mut Turn, verb: &str, done: &str) -> Result<Message, Refusal> {
    let id = turn.params.int("message_id").unwrap_or_default();
    let chat = turn.bot.chat(turn.params.chat("from_chat_id"))?;
    let message = chat
        .messages
        .get(&id)
        .ok_or_else(|| Refusal::bad(format!("message to {verb} not found")))?;
    if message.protected {
        return Err(Refusal::bad(format!("message can't be {done}")));
    }
    Ok(message.clone())
}
