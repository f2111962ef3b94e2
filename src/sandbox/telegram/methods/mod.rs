//! The methods themselves: checked parameters in, a result or Telegram's refusal out.

mod callbacks;
mod remove;
mod send;
mod media;
mod copy;
mod edit;
mod setup;
mod webhook;

use crate::primitives::Timestamp;

use super::answer::{Outcome, Refusal};
use super::request::Params;
use super::state::BotState;

/// One call of one bot.
pub struct Turn<'a> {
    /// Who calls.
    pub bot: &'a mut BotState,
    /// When.
    pub now: Timestamp,
    /// With what.
    pub params: Params,
}

/// Runs a method of the table.
pub fn run(method: &str, turn: &mut Turn) -> Outcome {
    match method {
        "sendMessage" => send::message(turn),
        "sendPhoto" => media::photo(turn),
        "sendDocument" => media::document(turn),
        "sendSticker" => media::sticker(turn),
        "sendMediaGroup" => media::group(turn),
        "sendChatAction" => send::action(turn),
        "sendMessageDraft" => send::draft(turn),
        "editMessageText" => edit::text(turn),
        "editMessageCaption" => edit::caption(turn),
        "editMessageMedia" => edit::media(turn),
        "editMessageReplyMarkup" => edit::markup(turn),
        "deleteMessage" => remove::one(turn),
        "deleteMessages" => remove::many(turn),
        "copyMessage" => copy::copy(turn),
        "forwardMessage" => copy::forward(turn),
        "answerCallbackQuery" => callbacks::answer(turn),
        "answerPreCheckoutQuery" => callbacks::pre_checkout(turn),
        "getMe" => setup::me(turn),
        "getFile" => setup::file(turn),
        "setMyCommands" => setup::set_commands(turn),
        "getMyCommands" => setup::commands(turn),
        "deleteMyCommands" => setup::delete_commands(turn),
        "setChatMenuButton" => setup::set_menu(turn),
        "getChatMenuButton" => setup::menu(turn),
        "setMyDescription" => setup::description(turn, "description", 512),
        "setMyShortDescription" => setup::description(turn, "short_description", 120),
        "setWebhook" => webhook::set(turn),
        "deleteWebhook" => webhook::delete(turn),
        "getWebhookInfo" => webhook::info(turn),
        "getUpdates" => webhook::updates(turn),
        _ => Err(Refusal::not_found(Some("method not found"))),
    }
}
