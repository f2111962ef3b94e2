//! Editing text, caption, media and buttons of the bot's own messages.

use super::Turn;
use super::media::{checked_caption, input_media};
use super::send::{checked_text, shown};
use crate::sandbox::telegram::answer::{Outcome, Refusal, done};
use crate::sandbox::telegram::chats::{Content, Message};
use crate::sandbox::telegram::entities::Formatted;
use crate::sandbox::telegram::markup::{self, Button};

const SAME: &str = "message is not modified: specified new message content and reply markup are \
                    exactly the same as a current content and reply markup of the message";

/// `editMessageText`.
pub fn text(turn: &mut Turn) -> Outcome {
    let text = checked_text(Formatted::read(&turn.params, "text", "entities")?)?;
    let buttons = markup::read_inline(turn.params.get("reply_markup"))?;
    match editable(turn)?.content {
        Content::Text(_) => change(turn, Content::Text(text), buttons),
        Content::Media { .. } => Err(Refusal::bad("there is no text in the message to edit")),
    }
}

/// `editMessageCaption`.
pub fn caption(turn: &mut Turn) -> Outcome {
    let caption = checked_caption(Formatted::read(&turn.params, "caption", "caption_entities")?)?;
    let buttons = markup::read_inline(turn.params.get("reply_markup"))?;
    match editable(turn)?.content {
        Content::Media { file, .. } => change(turn, Content::Media { file, caption }, buttons),
        Content::Text(_) => Err(Refusal::bad("there is no caption in the message to edit")),
    }
}

/// `editMessageMedia`: between media kinds only, a text never becomes a picture.
pub fn media(turn: &mut Turn) -> Outcome {
    let buttons = markup::read_inline(turn.params.get("reply_markup"))?;
    if matches!(editable(turn)?.content, Content::Text(_)) {
        return Err(Refusal::bad("there is no media in the message to edit"));
    }
    let media = turn.params.get("media").cloned().unwrap_or_default();
    let content = input_media(turn, &media)?;
    change(turn, content, buttons)
}

/// `editMessageReplyMarkup`.
pub fn markup(turn: &mut Turn) -> Outcome {
    let buttons = markup::read_inline(turn.params.get("reply_markup"))?;
    let content = editable(turn)?.content;
    change(turn, content, buttons)
}

/// A copy of the message to edit, or why it cannot be edited.
fn editable(turn: &mut Turn) -> Result<Message, Refusal> {
    if turn.params.text("inline_message_id").is_some() {
        return Err(Refusal::bad("MESSAGE_ID_INVALID"));
    }
    if turn.params.get("chat_id").is_none() {
        return Err(Refusal::bad("chat_id is empty"));
    }
    let id = turn.params.int("message_id");
    let chat = turn.bot.chat(turn.params.chat("chat_id"))?;
    let id = id.ok_or_else(|| Refusal::bad("message identifier is not specified"))?;
    chat.writable()?;
    let message =
        chat.messages.get(&id).ok_or_else(|| Refusal::bad("message to edit not found"))?;
    if !message.from_bot || message.had_keyboard || message.forwarded.is_some() {
        return Err(Refusal::bad("message can't be edited"));
    }
    Ok(message.clone())
}

fn change(turn: &mut Turn, content: Content, buttons: Vec<Vec<Button>>) -> Outcome {
    let now = turn.now;
    let id = turn.params.int("message_id").unwrap_or_default();
    let chat = turn.bot.chat(turn.params.chat("chat_id"))?;
    let message =
        chat.messages.get_mut(&id).ok_or_else(|| Refusal::bad("message to edit not found"))?;
    if message.same(&content, &buttons) {
        return Err(Refusal::bad(SAME));
    }
    message.content = content;
    message.buttons = buttons;
    message.edited = Some(now);
    message.edits += 1;
    let message = message.clone();
    chat.touch();
    done(shown(turn, &message)?)
}
