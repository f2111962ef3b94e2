//! Judging an HTTP answer by its status alone; texts are kept for people, never branched on.

use std::time::Duration;

use super::Failure;
use super::fields::Fields;

/// How long to wait after a 429 that names no time of its own.
const DEFAULT_WAIT: Duration = Duration::from_secs(5);
/// The longest wait a server can talk us into.
const LONGEST_WAIT: Duration = Duration::from_mins(10);

/// An HTTP answer whose body was read up to the limit.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub code: u16,
    /// The `Retry-After` header, as sent.
    pub retry_after: Option<String>,
    /// The body, or why there is none to use.
    pub body: Result<Vec<u8>, String>,
}

impl Answer {
    /// The body of a success, or what the status means; `missing` says what 404 means here.
    pub(super) fn judge(self, missing: impl FnOnce(String) -> Failure) -> Result<Vec<u8>, Failure> {
        match self.code {
            200..=299 => self.body.map_err(Failure::Unknown),
            401 | 403 => Err(Failure::Unauthorized),
            404 => Err(missing(self.told())),
            408 => Err(Failure::Unknown("HTTP 408".to_owned())),
            429 => Err(Failure::RetryAfter(wait(self.retry_after.as_deref()))),
            code @ 400..=499 => Err(Failure::Refused { code, message: self.told() }),
            code @ 300..=399 => {
                // Where to is not told: an address may carry v1's key.
                Err(Failure::Unknown(format!("HTTP {code}, a redirect, which is not followed")))
            }
            code => Err(Failure::Unknown(format!("HTTP {code}: {}", self.told()))),
        }
    }

    /// What the gateway said: `message`, else `error`, else the text itself.
    pub(super) fn told(&self) -> String {
        match &self.body {
            Ok(body) => told(body),
            Err(reason) => reason.clone(),
        }
    }
}

/// What `body` says to a person. Not yet clipped or cleaned: [`Failure::scrubbed`] does both,
/// in the order that cannot leave half a key behind.
pub(super) fn told(body: &[u8]) -> String {
    let fields = Fields::parse(body);
    let named = fields.as_ref().and_then(|fields| {
        ["message", "error"].into_iter().find_map(|name| fields.text(name).ok().flatten())
    });
    named.map_or_else(|| String::from_utf8_lossy(body).into_owned(), str::to_owned)
}

/// `Retry-After` in whole seconds, held between 1 s and 10 min; its date form is not read.
fn wait(header: Option<&str>) -> Duration {
    header
        .and_then(|text| text.trim().parse().ok())
        .map_or(DEFAULT_WAIT, Duration::from_secs)
        .clamp(Duration::from_secs(1), LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(code: u16, body: &str) -> Result<Vec<u8>, Failure> {
        let answer = Answer { code, retry_after: None, body: Ok(body.as_bytes().to_vec()) };
        answer.judge(|_| Failure::NotFound)
    }

    #[test]
    fn the_status_decides() {
        assert_eq!(judged(200, "x"), Ok(b"x".to_vec()));
        assert_eq!(judged(201, "x"), Ok(b"x".to_vec()));
        assert_eq!(judged(401, "x"), Err(Failure::Unauthorized));
        assert_eq!(judged(403, "x"), Err(Failure::Unauthorized));
        assert_eq!(judged(404, "x"), Err(Failure::NotFound));
        for (code, body, message) in [
            (400, r#"{"message":"jumlah salah","error":"no"}"#, "jumlah salah"),
            (422, r#"{"error":"bad amount"}"#, "bad amount"),
            (409, "plain words", "plain words"),
            (418, r#"{"message":7}"#, r#"{"message":7}"#),
        ] {
            assert_eq!(judged(code, body), Err(Failure::Refused { code, message: message.into() }));
        }
        for code in [100, 408, 500, 502, 503, 504, 599] {
            assert!(matches!(judged(code, "<html>"), Err(Failure::Unknown(_))), "{code}");
        }
        for code in [300, 301, 302, 303, 304, 307, 308, 399] {
            let told = format!("HTTP {code}, a redirect, which is not followed");
            assert_eq!(judged(code, "https://elsewhere/?api_key=k"), Err(Failure::Unknown(told)));
        }
    }

    #[test]
    fn a_wait_is_believed_within_reason() {
        let seconds = |header| wait(header).as_secs();
        assert_eq!(seconds(None), 5);
        assert_eq!(seconds(Some("7")), 7);
        assert_eq!(seconds(Some("0")), 1);
        assert_eq!(seconds(Some("999999999")), 600);
        assert_eq!(seconds(Some("99999999999999999999999")), 5);
        assert_eq!(seconds(Some("-3")), 5);
        assert_eq!(seconds(Some("Wed, 21 Oct 2026 07:28:00 GMT")), 5);
    }
}
