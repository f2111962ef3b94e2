//! Sending: texts, and what every kind of message shares.

use serde_json::{Value, json};

use super::Turn;
use crate::sandbox::telegram::answer::{Outcome, Refusal, done};
use crate::sandbox::telegram::chats::{Chat, ChatKind, Content, Message};
use crate::sandbox::telegram::entities::Formatted;
use crate::sandbox::telegram::markup::{self, Markup};

/// The longest text, in UTF-16 units after parsing.
const MAX_TEXT: usize = 4096;

/// `sendMessage`.
pub fn message(turn: &mut Turn) -> Outcome {
    let text = checked_text(Formatted::read(&turn.params, "text", "entities")?)?;
    let message = post(turn, Content::Text(text), None)?;
    done(shown(turn, &message)?)
}

/// Refuses an empty text and one that is too long.
pub fn checked_text(text: Formatted) -> Result<Formatted, Refusal> {
    match text.units() {
        0 => Err(Refusal::bad("message text is empty")),
        1..=MAX_TEXT => Ok(text),
        _ => Err(Refusal::bad("message is too long")),
    }
}

/// Puts a bot's message into the chat of the call, with everything the call says about it.
pub fn post(turn: &mut Turn, content: Content, group: Option<String>) -> Result<Message, Refusal> {
    let markup = markup::read(turn.params.get("reply_markup"))?;
    let (target, now) = (turn.params.chat("chat_id"), turn.now);
    let reply = turn.params.get("reply_parameters").cloned();
    let protected = turn.params.flag("protect_content");
    let effect = turn.params.text("message_effect_id").map(str::to_owned);
    let chat = turn.bot.chat(target)?;
    chat.writable()?;
    if effect.is_some() && !matches!(chat.kind, ChatKind::Private(_)) {
        return Err(Refusal::bad("EFFECT_ID_INVALID"));
    }
    let mut message = chat.draft(true, content, now);
    message.reply_to = replied(chat, reply.as_ref())?;
    message.protected = protected;
    message.media_group = group;
    message.effect = effect;
    match markup {
        Markup::None => {}
        Markup::Inline(rows) => message.buttons = rows,
        Markup::Reply(keyboard) => {
            chat.keyboard = Some(keyboard);
            message.had_keyboard = true;
        }
        Markup::Remove => {
            chat.keyboard = None;
            message.had_keyboard = true;
        }
        Markup::ForceReply => message.had_keyboard = true,
    }
    Ok(chat.push(message))
}

fn replied(chat: &Chat, reply: Option<&Value>) -> Result<Option<i64>, Refusal> {
    let Some(reply) = reply else { return Ok(None) };
    let id = reply["message_id"].as_i64().unwrap_or_default();
    if chat.messages.contains_key(&id) {
        return Ok(Some(id));
    }
    if reply["allow_sending_without_reply"] == json!(true) {
        return Ok(None);
    }
    Err(Refusal::bad("message to be replied not found"))
}

/// A message of the call's chat as JSON.
pub fn shown(turn: &mut Turn, message: &Message) -> Result<Value, Refusal> {
    let bot = turn.bot.user_json();
    let chat = turn.bot.chat(turn.params.chat("chat_id"))?;
    Ok(message.to_json(chat, &bot))
}

/// `sendChatAction`.
pub fn action(turn: &mut Turn) -> Outcome {
    const ACTIONS: [&str; 11] = [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ];
    let action = turn.params.text("action").unwrap_or_default().to_owned();
    if !ACTIONS.contains(&action.as_str()) {
        return Err(Refusal::bad("wrong parameter action in request"));
    }
    let chat = turn.bot.chat(turn.params.chat("chat_id"))?;
    chat.writable()?;
    chat.action = Some(action);
    chat.touch();
    done(json!(true))
}

/// `sendMessageDraft`: checked like a text, shown to nobody, for it vanishes by itself.
pub fn draft(turn: &mut Turn) -> Outcome {
    if turn.params.int("draft_id") == Some(0) {
        return Err(Refusal::bad("DRAFT_ID_INVALID"));
    }
    let text = Formatted::read(&turn.params, "text", "entities")?;
    if text.units() > MAX_TEXT {
        return Err(Refusal::bad("message is too long"));
    }
    turn.bot.chat(turn.params.chat("chat_id"))?.writable()?;
    done(json!(true))
}
