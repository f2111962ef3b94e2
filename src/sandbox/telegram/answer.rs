//! What a method answers: a result, or a refusal in Telegram's words.

use serde_json::{Value, json};

/// A method's success.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The `result` field.
    pub result: Value,
    /// The `description` that few methods add to a success.
    pub description: Option<&'static str>,
}

/// What every method returns.
pub type Outcome = Result<Answer, Refusal>;

/// A success with nothing but its result.
#[expect(clippy::unnecessary_wraps, reason = "methods end with it, and they can refuse")]
pub fn done(result: Value) -> Outcome {
    Ok(Answer { result, description: None })
}

/// A method's failure: the HTTP status equals `code`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// `error_code`.
    pub code: u16,
    /// The whole description, `Bad Request: …`.
    pub description: String,
    /// Seconds to wait; only with 429, in the body and as a header.
    pub retry_after: Option<u32>,
    /// The chat's new id; only when a group became a supergroup.
    pub migrate_to: Option<i64>,
}

impl Refusal {
    fn new(code: u16, description: String) -> Self {
        Self { code, description, retry_after: None, migrate_to: None }
    }

    /// 400.
    pub fn bad(message: impl AsRef<str>) -> Self {
        Self::new(400, format!("Bad Request: {}", message.as_ref()))
    }

    /// 401.
    pub fn unauthorized() -> Self {
        Self::new(401, "Unauthorized".to_owned())
    }

    /// 403.
    pub fn forbidden(message: &str) -> Self {
        Self::new(403, format!("Forbidden: {message}"))
    }

    /// 404; `Not Found` alone for a token that is none.
    pub fn not_found(message: Option<&str>) -> Self {
        let text = message.map_or("Not Found".to_owned(), |m| format!("Not Found: {m}"));
        Self::new(404, text)
    }

    /// 409.
    pub fn conflict(message: &str) -> Self {
        Self::new(409, format!("Conflict: {message}"))
    }

    /// 413.
    pub fn too_large() -> Self {
        Self::new(413, "Request Entity Too Large".to_owned())
    }

    /// 429 with the seconds to wait.
    pub fn too_many(retry_after: u32) -> Self {
        let text = format!("Too Many Requests: retry after {retry_after}");
        Self { retry_after: Some(retry_after), ..Self::new(429, text) }
    }

    /// 500.
    pub fn broken() -> Self {
        Self::new(500, "Internal Server Error: sandbox fault".to_owned())
    }

    /// 400 that names the chat's new id.
    pub fn migrated(to: i64) -> Self {
        let text = "group chat was upgraded to a supergroup chat";
        Self { migrate_to: Some(to), ..Self::bad(text) }
    }

    /// The JSON body.
    pub fn body(&self) -> Value {
        let mut body =
            json!({"ok": false, "error_code": self.code, "description": self.description});
        if let Some(seconds) = self.retry_after {
            body["parameters"] = json!({"retry_after": seconds});
        }
        if let Some(chat) = self.migrate_to {
            body["parameters"] = json!({"migrate_to_chat_id": chat});
        }
        body
    }
}
