//! Which language's terms a buyer gets, and what may be terms or a proof.

use serde::{Deserialize, Serialize};

use crate::primitives::Language;

/// The longest terms, in characters: they must fit one message with its button.
const LONGEST: usize = 3500;

/// What a buyer sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The text, or what stood under the photo.
    pub text: Option<String>,
    /// Telegram's name for the photo.
    pub photo: Option<String>,
}

impl std::fmt::Debug for Proof {
    /// A person's own words and pictures stay out of every log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proof")
    }
}

/// How well terms in `written` suit who reads `wanted`: the own language first, then Indonesian.
pub(super) fn rank(written: Language, wanted: Language) -> u8 {
    if written == wanted {
        0
    } else if written == Language::Id {
        1
    } else {
        2
    }
}

/// Whether `body` may be terms.
///
/// # Errors
/// A phrase that says why not.
pub fn check_body(body: &str) -> Result<(), &'static str> {
    if body.trim().is_empty() {
        Err("are empty")
    } else if body.encode_utf16().count() > LONGEST {
        Err("are longer than 3,500 characters")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_language_comes_first_then_indonesian() {
        assert!(rank(Language::En, Language::En) < rank(Language::Id, Language::En));
        assert!(rank(Language::Id, Language::En) < rank(Language::En, Language::Id));
    }

    #[test]
    fn terms_say_something_and_fit_a_message() {
        assert!(check_body("Jangan ganti kata sandi.").is_ok());
        assert!(check_body(" \n").is_err());
        assert!(check_body(&"x".repeat(LONGEST + 1)).is_err());
        assert!(check_body(&"🔑".repeat(LONGEST / 2 + 1)).is_err(), "as Telegram counts");
    }

    #[test]
    fn a_proof_is_not_printed() {
        let proof = Proof { text: Some("rahasia".to_owned()), photo: Some("file".to_owned()) };
        assert_eq!(format!("{proof:?}"), "Proof");
    }
}
