//! The bot's own face: who it is, its commands, menu button, descriptions and files.

use serde_json::{Value, json};

use super::Turn;
use crate::sandbox::telegram::answer::{Outcome, Refusal, done};
use crate::sandbox::telegram::entities::units;

/// Downloads end here.
const MAX_DOWNLOAD: usize = 20 * 1024 * 1024;

/// `getMe`.
pub fn me(turn: &mut Turn) -> Outcome {
    let mut me = turn.bot.user_json();
    {
        let able = "can_join_groups";
        me[able] = json!(true);
    }
    for unable in [
        "can_read_all_group_messages",
        "supports_inline_queries",
        "can_connect_to_business",
        "has_main_web_app",
    ] {
        me[unable] = json!(false);
    }
    done(me)
}

/// `getFile`.
pub fn file(turn: &mut Turn) -> Outcome {
    let id = turn.params.text("file_id").unwrap_or_default();
    let stored = turn
        .bot
        .files
        .by_id(id)
        .ok_or_else(|| Refusal::bad("wrong file_id or the file is temporarily unavailable"))?;
    if stored.bytes.len() > MAX_DOWNLOAD {
        return Err(Refusal::bad("file is too big"));
    }
    done(stored.file_json())
}

/// Scope and language name a list of commands.
fn commands_key(turn: &Turn) -> Result<(String, String), Refusal> {
    let language = turn.params.text("language_code").unwrap_or_default();
    if !language.is_empty() && language.len() != 2 {
        return Err(Refusal::bad("invalid language code specified"));
    }
    let default = json!({"type": "default"});
    let scope = turn.params.get("scope").unwrap_or(&default);
    if let Some(chat) = scope.get("chat_id") {
        let known = chat.as_i64().is_some_and(|id| turn.bot.chats.contains_key(&id));
        if !known {
            return Err(Refusal::bad("chat not found"));
        }
    }
    Ok((scope.to_string(), language.to_owned()))
}

/// `setMyCommands`.
pub fn set_commands(turn: &mut Turn) -> Outcome {
    let list = turn.params.get("commands").cloned().unwrap_or_default();
    let commands = list.as_array().map(Vec::as_slice).unwrap_or_default();
    if commands.len() > 100 {
        return Err(Refusal::bad("BOT_COMMANDS_TOO_MUCH"));
    }
    for command in commands {
        let name = command["command"].as_str().unwrap_or_default().trim_start_matches('/');
        let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !(1..=32).contains(&name.len()) || !name.chars().all(valid) {
            return Err(Refusal::bad("BOT_COMMAND_INVALID"));
        }
        let description = command["description"].as_str().unwrap_or_default();
        if !(1..=256).contains(&units(description.trim())) {
            return Err(Refusal::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    let key = commands_key(turn)?;
    turn.bot.commands.insert(key, list);
    done(json!(true))
}

/// `getMyCommands`.
pub fn commands(turn: &mut Turn) -> Outcome {
    let key = commands_key(turn)?;
    done(turn.bot.commands.get(&key).cloned().unwrap_or_else(|| json!([])))
}

/// `deleteMyCommands`.
pub fn delete_commands(turn: &mut Turn) -> Outcome {
    let key = commands_key(turn)?;
    turn.bot.commands.remove(&key);
    done(json!(true))
}

/// `setChatMenuButton`.
pub fn set_menu(turn: &mut Turn) -> Outcome {
    let chat = turn.params.chat("chat_id");
    if chat.is_some() {
        turn.bot.chat(chat)?;
    }
    let button = turn.params.get("menu_button").cloned();
    let button = button.unwrap_or_else(|| json!({"type": "default"}));
    let link = button["web_app"]["url"].as_str();
    if link.is_some_and(|url| !url.starts_with("https://")) {
        return Err(Refusal::bad("BUTTON_URL_INVALID"));
    }
    turn.bot.menu.insert(chat, button);
    done(json!(true))
}

/// `getChatMenuButton`.
pub fn menu(turn: &mut Turn) -> Outcome {
    let chat = turn.params.chat("chat_id");
    let menu = &turn.bot.menu;
    let own = menu.get(&chat).or_else(|| menu.get(&None)).cloned();
    done(own.unwrap_or_else(|| json!({"type": "commands"})))
}

/// `setMyDescription` and `setMyShortDescription`.
pub fn description(turn: &mut Turn, name: &str, longest: usize) -> Outcome {
    let text = turn.params.get(name).and_then(Value::as_str).unwrap_or_default();
    if units(text) > longest {
        return Err(Refusal::bad(format!("{name} is too long")));
    }
    done(json!(true))
}
