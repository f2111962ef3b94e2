//! Calls about the bot itself: who it is, its menu, its webhook, its files.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::User;
use super::method::methods;
use crate::primitives::ChatId;

methods! {
    GetMe = "getMe" -> User, sends: false;
    GetFile = "getFile" -> File, sends: false;
    SetMyCommands = "setMyCommands" -> bool, sends: false;
    SetChatMenuButton = "setChatMenuButton" -> bool, sends: false;
    SetWebhook = "setWebhook" -> bool, sends: false;
    GetWebhookInfo = "getWebhookInfo" -> WebhookInfo, sends: false;
}

/// Asks who we are: the cheapest check of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct GetMe {}

/// Asks where a file of at most 20 MB can be downloaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GetFile {
    /// Which.
    pub file_id: String,
}

/// Sets the list of commands (at most 100).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetMyCommands {
    /// In the order shown.
    pub commands: Vec<BotCommand>,
    /// For whom; none means everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<CommandScope>,
    /// Two letters; none means every other language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language_code: Option<String>,
}

/// A command in the menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BotCommand {
    /// 1–32 of `a–z 0–9 _`, without the slash.
    pub command: String,
    /// 1–256 characters.
    pub description: String,
}

/// Who sees a list of commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CommandScope {
    /// Everybody without a narrower list.
    Default,
    /// All private chats.
    AllPrivateChats,
    /// One chat.
    Chat {
        /// Which.
        chat_id: ChatId,
    },
}

/// Sets the button beside the input field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SetChatMenuButton {
    /// Where; none means all private chats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat_id: Option<ChatId>,
    /// What it shows.
    pub menu_button: MenuButton,
}

/// What the menu button shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum MenuButton {
    /// The list of commands.
    Commands,
    /// What Telegram thinks best.
    Default,
}

/// Says where updates are to be delivered. `Debug` hides the secret.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SetWebhook {
    /// HTTPS on port 443, 80, 88 or 8443.
    pub url: String,
    /// At most this many deliveries at once, 1–100.
    pub max_connections: u8,
    /// The kinds we want.
    pub allowed_updates: Vec<String>,
    /// 1–256 of `A–Z a–z 0–9 _ -`; comes back in a header of every delivery.
    pub secret_token: String,
}

impl SetWebhook {
    /// The kinds of updates the shop reads.
    pub const KINDS: [&'static str; 3] = ["message", "callback_query", "my_chat_member"];
}

impl fmt::Debug for SetWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The path of the URL is half of the secret.
        write!(f, "SetWebhook(max_connections: {}, …)", self.max_connections)
    }
}

/// Asks what is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct GetWebhookInfo {}

/// A file that can be downloaded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct File {
    /// What it was asked by.
    pub file_id: String,
    /// In bytes.
    #[serde(default)]
    pub file_size: Option<i64>,
    /// For [`super::Client::download`]; works for at least an hour.
    #[serde(default)]
    pub file_path: Option<String>,
}

/// What is registered, and how deliveries fare.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WebhookInfo {
    /// Empty for none.
    #[serde(default)]
    pub url: String,
    /// Updates waiting at Telegram's.
    #[serde(default)]
    pub pending_update_count: i64,
    /// Unix seconds of the last failed delivery.
    #[serde(default)]
    pub last_error_date: Option<i64>,
    /// What was wrong then.
    #[serde(default)]
    pub last_error_message: Option<String>,
    /// Deliveries at once.
    #[serde(default)]
    pub max_connections: Option<i64>,
    /// The kinds delivered; none means Telegram's default.
    #[serde(default)]
    pub allowed_updates: Option<Vec<String>>,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::telegram::Method;

    fn wire<M: Method>(method: &M) -> (&'static str, Value) {
        (M::NAME, serde_json::to_value(method).expect("writable"))
    }

    #[test]
    fn the_bot_is_set_up_as_the_bot_api_wants_it() {
        assert_eq!(wire(&GetMe {}), ("getMe", json!({})));
        assert_eq!(wire(&GetWebhookInfo {}), ("getWebhookInfo", json!({})));
        let file = GetFile { file_id: "BQAC".to_owned() };
        assert_eq!(wire(&file), ("getFile", json!({"file_id": "BQAC"})));
        let commands = SetMyCommands {
            commands: vec![BotCommand {
                command: "admin".to_owned(),
                description: "Meja".to_owned(),
            }],
            scope: Some(CommandScope::Chat { chat_id: ChatId(5) }),
            language_code: Some("id".to_owned()),
        };
        assert_eq!(
            wire(&commands),
            (
                "setMyCommands",
                json!({"commands": [{"command": "admin", "description": "Meja"}],
                "scope": {"type": "chat", "chat_id": 5}, "language_code": "id"})
            )
        );
        let menu = SetChatMenuButton { chat_id: None, menu_button: MenuButton::Commands };
        let wanted = json!({"menu_button": {"type": "commands"}});
        assert_eq!(wire(&menu), ("setChatMenuButton", wanted));
    }

    #[test]
    fn a_webhook_is_set_without_showing_its_secrets() {
        let webhook = SetWebhook {
            url: "https://x.test/telegram/CANARY".to_owned(),
            max_connections: 100,
            allowed_updates: SetWebhook::KINDS.map(str::to_owned).to_vec(),
            secret_token: "CANARY".to_owned(),
        };
        assert_eq!(
            wire(&webhook),
            (
                "setWebhook",
                json!({"url": "https://x.test/telegram/CANARY", "max_connections": 100,
                "allowed_updates": ["message", "callback_query", "my_chat_member"],
                "secret_token": "CANARY"})
            )
        );
        assert!(!format!("{webhook:?}").contains("CANARY"));
    }

    #[test]
    fn what_is_registered_is_read() {
        let info: WebhookInfo = serde_json::from_value(json!({"url": "", "future": true,
            "has_custom_certificate": false, "pending_update_count": 3}))
        .expect("readable");
        assert_eq!((info.pending_update_count, info.last_error_date), (3, None));
    }
}
