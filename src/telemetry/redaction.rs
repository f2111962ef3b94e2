//! The last line of defence: whatever is about to be logged or printed loses every secret that is known.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

/// What stands where a secret stood.
const COVER: &str = "[secret]";
/// Shorter values are words that anybody may say.
const SHORTEST: usize = 8;
/// More secrets than this are not remembered: four of each of a thousand stores, several times replaced.
const MOST: usize = 20_000;

static KNOWN: RwLock<BTreeSet<String>> = RwLock::new(BTreeSet::new());

/// From now on `secret` is covered wherever it would be written.
pub fn know(secret: &str) {
    let secret = secret.trim();
    if secret.len() < SHORTEST {
        return;
    }
    if KNOWN.read().unwrap_or_else(PoisonError::into_inner).contains(secret) {
        return;
    }
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if known.len() < MOST {
        known.insert(secret.to_owned());
    }
}

/// The secrets within the value of a setting: each of several keys, the password of an address, or all of it.
pub fn know_setting(value: &str) {
    if let Some((_, rest)) = value.split_once("://") {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if let Some((_, password)) =
            authority.rsplit_once('@').and_then(|(person, _)| person.split_once(':'))
        {
            know(password);
        }
        return;
    }
    if value.starts_with("sqlite:") {
        return;
    }
    value.split(',').for_each(know);
}

/// `text` with every known secret covered.
#[must_use]
pub fn redacted(text: &str) -> Cow<'_, str> {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    let mut covered = Cow::Borrowed(text);
    for secret in known.iter().filter(|secret| text.contains(secret.as_str())) {
        covered = Cow::Owned(covered.replace(secret.as_str(), COVER));
    }
    covered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_covered_and_what_is_not_stays() {
        assert_eq!(redacted("kenari-satu-dua here"), "kenari-satu-dua here");
        know("kenari-satu-dua");
        know("pendek");
        assert_eq!(redacted("<kenari-satu-dua> pendek"), "<[secret]> pendek");
    }

    #[test]
    fn of_an_address_the_password_is_secret_and_of_several_keys_each_one() {
        know_setting("postgres://rina:sandi-kenari@db.example/toko?x=1");
        know_setting("kunci-kenari-a,kunci-kenari-b");
        know_setting("sqlite:data/auto-order.db");
        let said = redacted("rina sandi-kenari db.example kunci-kenari-b data/auto-order.db");
        assert_eq!(said, "rina [secret] db.example [secret] data/auto-order.db");
    }
}
