//! Answering button presses.

use std::time::Duration;

use serde_json::json;

use super::Turn;
use crate::sandbox::telegram::answer::{Outcome, Refusal, done};
use crate::sandbox::telegram::chats::Toast;
use crate::sandbox::telegram::entities::units;

/// A later answer is refused. Telegram names no figure; presses themselves live 150 s.
const ANSWERABLE_FOR: Duration = Duration::from_mins(1);
const TOO_OLD: &str = "query is too old and response timeout expired or query ID is invalid";

/// `answerCallbackQuery`: once, in time, for a press that happened.
pub fn answer(turn: &mut Turn) -> Outcome {
    let text = turn.params.text("text").unwrap_or_default().to_owned();
    if units(&text) > 200 {
        return Err(Refusal::bad("MESSAGE_TOO_LONG"));
    }
    let id = turn.params.text("callback_query_id").unwrap_or_default();
    let now = turn.now;
    let query = turn
        .bot
        .queries
        .get_mut(id)
        .filter(|query| !query.answered && now.since(query.pressed) <= ANSWERABLE_FOR)
        .ok_or_else(|| Refusal::bad(TOO_OLD))?;
    query.answered = true;
    let chat = query.chat;
    turn.bot.toasts += 1;
    let (number, alert) = (turn.bot.toasts, turn.params.flag("show_alert"));
    if let Ok(chat) = turn.bot.chat(Some(chat))
        && !text.is_empty()
    {
        chat.toast = Some(Toast { number, text, alert });
        chat.touch();
    }
    done(json!(true))
}

/// `answerPreCheckoutQuery`: the sandbox sells no Stars, so no such query is open.
pub fn pre_checkout(turn: &mut Turn) -> Outcome {
    if !turn.params.flag("ok") && turn.params.text("error_message").is_none() {
        return Err(Refusal::bad("error message is empty"));
    }
    Err(Refusal::bad(TOO_OLD))
}
