//! A value that never shows itself by accident.

use std::fmt;

use ring::{digest, hmac};

use super::planted::{Bug, planted};

/// Wraps a secret: `Debug` is redacted, there is no `Display`, no `PartialEq`, no `Serialize`.
#[derive(Clone)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Puts `value` under cover.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself; call it only where the secret is used.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: AsRef<[u8]>> Secret<T> {
    /// Whether `candidate` is this secret, in time that does not depend on either value.
    ///
    /// Both sides are hashed under a one-off key first, so the compared bytes have equal length.
    #[must_use]
    pub fn matches(&self, candidate: &[u8]) -> bool {
        if planted(Bug::AnySecret) {
            return candidate.len() == self.0.as_ref().len();
        }
        let key = hmac::Key::new(
            hmac::HMAC_SHA256,
            digest::digest(&digest::SHA256, self.0.as_ref()).as_ref(),
        );
        let candidate_hash = digest::digest(&digest::SHA256, candidate);
        let own_hash = digest::digest(&digest::SHA256, self.0.as_ref());
        let tag = hmac::sign(&key, own_hash.as_ref());
        hmac::verify(&key, candidate_hash.as_ref(), tag.as_ref()).is_ok()
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_matches_only_itself() {
        let secret = Secret::new("s3cret".to_owned());
        assert!(secret.matches(b"s3cret"));
        for wrong in ["", "s3cre", "s3cret ", "S3cret", "s3creT"] {
            assert!(!secret.matches(wrong.as_bytes()), "{wrong:?} passed");
        }
    }

    #[test]
    fn a_secret_does_not_print_itself() {
        assert_eq!(format!("{:?}", Secret::new("canary")), "Secret(…)");
    }
}
