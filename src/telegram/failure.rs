//! What a call came to: decided once, from what was heard, into what the caller can do about it.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::limits::clip;
use crate::primitives::ChatId;

/// A call that is as good as done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done<T> {
    /// Telegram did it and answered this.
    Answer(T),
    /// It was so already, or no longer matters: the message says this already, the message to
    /// delete is gone, the button press can no longer be answered.
    Already,
}

impl<T> Done<T> {
    /// The answer, if there is one.
    pub fn answer(self) -> Option<T> {
        match self {
            Self::Answer(answer) => Some(answer),
            Self::Already => None,
        }
    }
}

/// A call that came to nothing, or to nobody knows what. No text in it holds the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Telegram certainly never got it (no name, no connection, no TLS): repeat freely.
    #[error("not sent: {0}")]
    NotSent(String),
    /// It may or may not have happened (time-out, connection lost, 5xx, an answer that is not
    /// Telegram's): repeat with back-off, and mind that what sends may then be seen twice.
    #[error("outcome unknown: {0}")]
    Unknown(String),
    /// Too much at once: repeat after this long, counted from the answer.
    #[error("told to wait {} s", .0.as_secs())]
    RetryAfter(Duration),
    /// The person blocked the bot, never started it, or is gone: wait until they return.
    #[error("the chat cannot be reached: {0}")]
    Unreachable(String),
    /// The group has a new id: store it and repeat there.
    #[error("the chat moved to {0}")]
    Migrated(ChatId),
    /// The message to edit, copy or forward is gone or cannot be edited: send anew.
    #[error("the message is gone or cannot be edited")]
    MessageGone,
    /// Telegram cannot read our markup: a bug of ours; send as plain text and log.
    #[error("Telegram cannot parse the markup")]
    UnparsableText,
    /// Telegram does not know or take the file: upload it (again), or take another.
    #[error("Telegram does not know or take the file")]
    BadFile,
    /// Telegram understood and said no: a bug of ours, the same again brings the same.
    #[error("refused with {code}: {description}")]
    Refused {
        /// Telegram's `error_code`; 200 where it did it and answered something unreadable.
        code: u16,
        /// What it says, or what we make of it.
        description: String,
    },
    /// The token is wrong or revoked: stop and tell the owner.
    #[error("the bot token is wrong or revoked")]
    Unauthorized,
}

impl Failure {
    /// A word for metrics: one of a fixed few.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::NotSent(_) => "not_sent",
            Self::Unknown(_) => "unknown",
            Self::RetryAfter(_) => "retry_after",
            Self::Unreachable(_) => "unreachable",
            Self::Migrated(_) => "migrated",
            Self::MessageGone => "message_gone",
            Self::UnparsableText => "unparsable_text",
            Self::BadFile => "bad_file",
            Self::Refused { .. } => "refused",
            Self::Unauthorized => "unauthorized",
        }
    }

    /// Whether Telegram certainly did not do it, so that doing something else instead is safe.
    #[must_use]
    pub const fn is_certain(&self) -> bool {
        !matches!(self, Self::Unknown(_) | Self::Refused { code: 200, .. })
    }

    /// The same with every text changed by `change`.
    pub(super) fn map_text(self, change: impl Fn(&str) -> String) -> Self {
        match self {
            Self::NotSent(text) => Self::NotSent(change(&text)),
            Self::Unknown(text) => Self::Unknown(change(&text)),
            Self::Unreachable(text) => Self::Unreachable(change(&text)),
            Self::Refused { code, description } => {
                Self::Refused { code, description: change(&description) }
            }
            other => other,
        }
    }
}

/// How long to wait after a 429 that does not say.
const SILENT_WAIT: Duration = Duration::from_secs(5);
/// The longest wait we believe.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// The frame around every answer of the Bot API.
#[derive(Deserialize)]
struct Envelope<'a> {
    ok: bool,
    #[serde(default, borrow)]
    result: Option<&'a RawValue>,
    #[serde(default)]
    error_code: Option<u16>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Option<Parameters>,
}

#[derive(Deserialize, Default)]
struct Parameters {
    #[serde(default)]
    migrate_to_chat_id: Option<ChatId>,
    #[serde(default)]
    retry_after: Option<u64>,
}

/// Reads an answer: `status` and the `Retry-After` header (seconds) of the HTTP answer, and its body.
///
/// # Errors
/// [`Failure`] says what can be done about it.
pub fn decide<T: DeserializeOwned>(
    status: u16,
    retry_after: Option<u64>,
    body: &[u8],
) -> Result<Done<T>, Failure> {
    let Ok(envelope) = serde_json::from_slice::<Envelope<'_>>(body) else {
        return Err(foreign(status, retry_after));
    };
    if !envelope.ok {
        return refused(status, retry_after, envelope);
    }
    let result = envelope.result.map_or("null", RawValue::get);
    serde_json::from_str(result).map(Done::Answer).map_err(|error| Failure::Refused {
        // Done, but unreadable: repeating would do it twice. The error's text could quote goods.
        code: 200,
        description: format!("unreadable result, {:?} error", error.classify()),
    })
}

/// An answer that is not the Bot API's, from a proxy or a wrong address.
fn foreign(status: u16, retry_after: Option<u64>) -> Failure {
    match status {
        429 => wait(retry_after),
        413 => Failure::Refused { code: 413, description: "request entity too large".to_owned() },
        // Even a 404 says nothing about our token here, and dropping the message would be worse.
        _ => Failure::Unknown(format!("HTTP {status} without an answer of the Bot API")),
    }
}

fn wait(seconds: Option<u64>) -> Failure {
    let told = seconds.map_or(SILENT_WAIT, Duration::from_secs);
    Failure::RetryAfter(told.clamp(Duration::from_secs(1), LONGEST_WAIT))
}

fn refused<T>(
    status: u16,
    retry_after: Option<u64>,
    envelope: Envelope<'_>,
) -> Result<Done<T>, Failure> {
    let code = envelope.error_code.unwrap_or(status);
    let parameters = envelope.parameters.unwrap_or_default();
    let description = clip(&envelope.description, 300);
    if let Some(chat) = parameters.migrate_to_chat_id {
        return Err(Failure::Migrated(chat));
    }
    Err(match code {
        429 => wait(parameters.retry_after.or(retry_after)),
        400 => return bad_request(description),
        401 => Failure::Unauthorized,
        404 if !description.contains("method not found") => Failure::Unauthorized,
        403 => Failure::Unreachable(description),
        500.. => Failure::Unknown(format!("{code}: {description}")),
        _ => Failure::Refused { code, description },
    })
}

const ALREADY: [&str; 4] = [
    "message is not modified",
    "message to delete not found",
    "message can't be deleted",
    "query is too old",
];
const UNREACHABLE: [&str; 6] = [
    "chat not found",
    "user not found",
    "PEER_ID_INVALID",
    // A 403 whose text is such a code arrives as a 400.
    "USER_IS_BLOCKED",
    "INPUT_USER_DEACTIVATED",
    "USER_IS_BOT",
];
const GONE: [&str; 10] = [
    "MESSAGE_ID_INVALID",
    "message to edit not found",
    "message can't be edited",
    "there is no text in the message",
    "there is no caption in the message",
    "there is no media in the message",
    "message to copy not found",
    "message to forward not found",
    "message can't be copied",
    "message can't be forwarded",
];
const BAD_FILE: [&str; 9] = [
    "wrong file identifier",
    "wrong remote file identifier",
    "wrong file_id",
    "invalid file_id",
    "failed to get HTTP URL content",
    "wrong type of the web page content",
    "IMAGE_PROCESS_FAILED",
    "PHOTO_INVALID_DIMENSIONS",
    "file is too big",
];

fn bad_request<T>(description: String) -> Result<Done<T>, Failure> {
    let says = |fragments: &[&str]| {
        // The first letter's case has changed between versions of Telegram's server.
        let heard = description.to_ascii_lowercase();
        fragments.iter().any(|fragment| heard.contains(&fragment.to_ascii_lowercase()))
    };
    if says(&ALREADY) {
        return Ok(Done::Already);
    }
    Err(if says(&["can't parse entities"]) {
        Failure::UnparsableText
    } else if says(&UNREACHABLE) {
        Failure::Unreachable(description)
    } else if says(&GONE) {
        Failure::MessageGone
    } else if says(&BAD_FILE) {
        Failure::BadFile
    } else {
        Failure::Refused { code: 400, description }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::telegram::{Edited, Message};

    fn refusal(code: u16, description: &str) -> Result<Done<bool>, Failure> {
        let body = json!({"ok": false, "error_code": code, "description": description});
        decide(code, None, body.to_string().as_bytes())
    }

    fn failure(code: u16, description: &str) -> &'static str {
        refusal(code, description).expect_err("a failure").label()
    }

    #[test]
    fn what_is_so_already_is_a_success() {
        for text in [
            "Bad Request: message is not modified: specified new message content and reply markup \
             are exactly the same as a current content and reply markup of the message",
            "Bad Request: message to delete not found",
            "Bad Request: message can't be deleted for everyone",
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
        ] {
            assert_eq!(refusal(400, text), Ok(Done::Already), "{text}");
        }
    }

    #[test]
    fn every_refusal_has_its_meaning() {
        assert_eq!(failure(400, "Bad Request: chat not found"), "unreachable");
        assert_eq!(failure(400, "Bad Request: PEER_ID_INVALID"), "unreachable");
        assert_eq!(failure(403, "Forbidden: bot was blocked by the user"), "unreachable");
        assert_eq!(failure(400, "Bad Request: message to edit not found"), "message_gone");
        assert_eq!(failure(400, "Bad Request: message can't be edited"), "message_gone");
        let no_text = "Bad Request: there is no text in the message to edit";
        assert_eq!(failure(400, no_text), "message_gone");
        let markup = "Bad Request: can't parse entities: Unclosed start tag at byte offset 3";
        assert_eq!(failure(400, markup), "unparsable_text");
        let file = "Bad Request: wrong file identifier/HTTP URL specified";
        assert_eq!(failure(400, file), "bad_file");
        assert_eq!(failure(400, "Bad Request: BUTTON_DATA_INVALID"), "refused");
        assert_eq!(failure(400, "Bad Request: message is too long"), "refused");
        assert_eq!(failure(404, "Not Found: method not found"), "refused");
        assert_eq!(failure(409, "Conflict: terminated by other"), "refused");
        assert_eq!(failure(413, "Request Entity Too Large"), "refused");
        assert_eq!(failure(404, "Not Found"), "unauthorized");
        assert_eq!(failure(401, "Unauthorized"), "unauthorized");
        assert_eq!(failure(500, "Internal Server Error: restart"), "unknown");
    }

    #[test]
    fn waiting_times_come_from_the_body_else_the_header() {
        let body = json!({"ok": false, "error_code": 429, "description": "Too Many Requests",
            "parameters": {"retry_after": 7}});
        let both = decide::<bool>(429, Some(9), body.to_string().as_bytes());
        assert_eq!(both, Err(Failure::RetryAfter(Duration::from_secs(7))));
        let page = decide::<bool>(429, Some(9), b"<html>slow down</html>");
        assert_eq!(page, Err(Failure::RetryAfter(Duration::from_secs(9))));
        let silent = decide::<bool>(429, None, b"{\"ok\":false,\"error_code\":429}");
        assert_eq!(silent, Err(Failure::RetryAfter(SILENT_WAIT)));
        let absurd = decide::<bool>(429, Some(u64::MAX), b"");
        assert_eq!(absurd, Err(Failure::RetryAfter(LONGEST_WAIT)));
    }

    #[test]
    fn a_moved_group_is_followed() {
        let body = json!({"ok": false, "error_code": 400,
            "description": "Bad Request: group chat was upgraded to a supergroup chat",
            "parameters": {"migrate_to_chat_id": -1_001_234_567_890_i64}});
        let heard = decide::<bool>(400, None, body.to_string().as_bytes());
        assert_eq!(heard, Err(Failure::Migrated(ChatId(-1_001_234_567_890))));
    }

    #[test]
    fn an_answer_of_somebody_else_settles_nothing() {
        for (status, body) in [(502, "<html>Bad Gateway</html>"), (200, "{\"ok\":tr"), (404, "")] {
            let heard = decide::<bool>(status, None, body.as_bytes());
            assert_eq!(heard.expect_err(body).label(), "unknown");
        }
    }

    #[test]
    fn answers_are_read_and_extras_let_through() {
        let webhook =
            b"{\"ok\":true,\"result\":true,\"description\":\"Webhook was set\",\"x\":[1]}";
        assert_eq!(decide::<bool>(200, None, webhook), Ok(Done::Answer(true)));
        let edited = b"{\"ok\":true,\"result\":true}";
        assert_eq!(decide::<Edited>(200, None, edited), Ok(Done::Answer(Edited::Done(true))));
        let unreadable = decide::<Message>(200, None, edited).expect_err("no message");
        assert!(
            matches!(unreadable, Failure::Refused { code: 200, .. }) && !unreadable.is_certain()
        );
    }
}
