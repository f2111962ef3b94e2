//! Every way a call to the gateway can fail, decided once and free of secrets.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::primitives::Secret;

/// Longest text of the gateway that is kept, in characters.
const KEPT: usize = 200;

/// Why a call gave no answer. The texts are for people; only the variants mean something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Nothing left this machine: no connection, or nothing to ask with. Nothing happened there.
    #[error("the gateway was not reached: {0}")]
    NotSent(String),
    /// The outcome is unknown (time-out, 5xx, a redirect, HTML, broken JSON, a missing field):
    /// the transaction may exist. Repeat the identical call.
    #[error("the gateway gave no usable answer: {0}")]
    Unknown(String),
    /// Too many calls (429): wait this long.
    #[error("the gateway asks to wait {} s", .0.as_secs())]
    RetryAfter(Duration),
    /// 404 on a v2 create: the reference was cancelled and is dead; take a fresh one. A wrong
    /// slug answers the same code, so a second one in a row is for a person to look at.
    #[error("the gateway says this payment reference was cancelled")]
    CanceledReference,
    /// 404 on status or cancel: no such transaction.
    #[error("the gateway knows no such transaction")]
    NotFound,
    /// 401 or 403: the key is wrong or belongs to another project. Permanent; tell the owner.
    #[error("the gateway does not accept the project's API key")]
    Unauthorized,
    /// Any other 4xx. Permanent; tell the owner.
    #[error("the gateway refused with {code}: {message}")]
    Refused {
        /// The HTTP status.
        code: u16,
        /// What the gateway said, at most 200 characters.
        message: String,
    },
    /// The answer speaks of another project, reference, amount or method than asked. Stop and
    /// let a person look.
    #[error("the gateway's answer does not fit what was asked: {0}")]
    Mismatch(String),
}

impl Failure {
    /// Whether the same call may succeed later without anyone changing anything.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::NotSent(_) | Self::Unknown(_) | Self::RetryAfter(_))
    }

    /// The same failure with every trace of `key` taken out and each text held to one short line.
    ///
    /// Gateways have been seen to echo the request, and v1's request holds the key.
    pub(super) fn scrubbed(self, key: &Secret<String>) -> Self {
        let clean = |text: String| presentable(&text, key);
        match self {
            Self::NotSent(text) => Self::NotSent(clean(text)),
            Self::Unknown(text) => Self::Unknown(clean(text)),
            Self::Mismatch(text) => Self::Mismatch(clean(text)),
            Self::Refused { code, message } => Self::Refused { code, message: clean(message) },
            Self::RetryAfter(_) | Self::CanceledReference | Self::NotFound | Self::Unauthorized => {
                self
            }
        }
    }
}

/// What a server said, fit for a log: no trace of `key`, one line, at most 200 characters.
/// The key goes first, so that clipping cannot leave half of it behind.
pub(super) fn presentable(text: &str, key: &Secret<String>) -> String {
    one_line(&without(text, key))
}

/// `text` without `key`, whichever of its bytes are percent-encoded, and in which case.
fn without(text: &str, key: &Secret<String>) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some(after) = after_key(rest, key.expose()) {
            clean.push_str("[key]");
            rest = after;
        } else {
            clean.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    clean
}

/// What follows `key` at the start of `text`.
fn after_key<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let mut at = 0;
    for wanted in key.bytes() {
        let rest = &text.as_bytes()[at..];
        let encoded = |rest: &[u8]| {
            let digits = std::str::from_utf8(rest.strip_prefix(b"%")?.get(..2)?).ok()?;
            u8::from_str_radix(digits, 16).ok()
        };
        if rest.first() == Some(&wanted) {
            at += 1;
        } else if encoded(rest) == Some(wanted) {
            at += 3;
        } else {
            return None;
        }
    }
    // An empty key is nowhere; a key ends between characters, because it began between them.
    (at > 0).then(|| text.get(at..)).flatten()
}

/// The first 200 characters on one line: a log entry must not be split by what a server sends.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let joined = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    joined.chars().take(KEPT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_stored_and_read_back() {
        for failure in [
            Failure::NotSent("a".into()),
            Failure::Unknown("b".into()),
            Failure::RetryAfter(Duration::from_millis(4_500)),
            Failure::CanceledReference,
            Failure::NotFound,
            Failure::Unauthorized,
            Failure::Refused { code: 422, message: "c".into() },
            Failure::Mismatch("d".into()),
        ] {
            let json = serde_json::to_string(&failure).unwrap();
            assert_eq!(serde_json::from_str::<Failure>(&json).unwrap(), failure);
        }
    }

    #[test]
    fn texts_lose_the_key_their_line_breaks_and_their_length() {
        let key = Secret::new("k/e+y".to_owned());
        let told = format!("bad k/e+y\r\nin ?api_key=k%2Fe%2By \u{1b}[31m {}", "x".repeat(999));
        let Failure::Refused { message, .. } =
            (Failure::Refused { code: 400, message: told }).scrubbed(&key)
        else {
            panic!("the variant changed");
        };
        assert!(message.starts_with("bad [key] in ?api_key=[key] [31m xxx"), "{message}");
        assert_eq!(message.chars().count(), 200);
    }

    #[test]
    fn a_key_goes_however_its_bytes_are_encoded() {
        let key = Secret::new("k/e+y".to_owned());
        for echo in ["k%2Fe%2By", "k%2fe%2by", "k%2Fe%2by", "k%2Fe+y", "k/e%2by"] {
            let shown = presentable(&format!("?api_key={echo}&x=%41"), &key);
            assert_eq!(shown, "?api_key=[key]&x=%41", "{echo}");
        }
    }

    #[test]
    fn only_passing_trouble_is_worth_repeating() {
        assert!(Failure::Unknown(String::new()).is_passing());
        assert!(Failure::NotSent(String::new()).is_passing());
        assert!(Failure::RetryAfter(Duration::ZERO).is_passing());
        assert!(!Failure::Mismatch(String::new()).is_passing());
        assert!(!Failure::Unauthorized.is_passing());
    }
}
