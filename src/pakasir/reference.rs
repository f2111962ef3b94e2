//! Our name for one attempt to pay, as the gateway sees it (`order_id`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::primitives::random_bytes;

/// 32 symbols that people do not confuse when reading them aloud; five bits each.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 20 symbols are 100 bits: nobody guesses the reference of an open order.
const RANDOM_SYMBOLS: usize = 20;

/// An `order_id`: 8 to 40 characters of `A–Z`, `0–9` and `-`, fresh for every attempt.
///
/// The gateway refuses a cancelled one for ever, some clients strip other characters, and one
/// report says that case is ignored; this alphabet survives all three.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference(String);

/// A text that is no [`Reference`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a payment reference is 8 to 40 characters of A-Z, 0-9 and '-'")]
pub struct MalformedReference;

impl Reference {
    /// A new one with 100 random bits, such as `INV-7K2M9QX04TBNRH3WZ1CD`.
    #[must_use]
    pub fn fresh() -> Self {
        let random = random_bytes::<RANDOM_SYMBOLS>();
        let symbols = random.iter().map(|byte| char::from(SYMBOLS[usize::from(byte & 31)]));
        Self(std::iter::once("INV-").flat_map(str::chars).chain(symbols).collect())
    }

    /// Reads a stored or reported reference.
    ///
    /// # Errors
    /// [`MalformedReference`] when length or alphabet is wrong.
    pub fn parse(text: &str) -> Result<Self, MalformedReference> {
        let fits = (8..=40).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(Self(text.to_owned())) } else { Err(MalformedReference) }
    }

    /// The text as it goes over the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Reference {
    type Err = MalformedReference;

    fn from_str(text: &str) -> Result<Self, MalformedReference> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Reference {
    type Error = MalformedReference;

    fn try_from(text: String) -> Result<Self, MalformedReference> {
        Self::parse(&text)
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;

    #[test]
    fn fresh_references_are_wellformed_distinct_and_use_every_symbol() {
        let fresh: HashSet<Reference> = (0..2_000).map(|_| Reference::fresh()).collect();
        assert_eq!(fresh.len(), 2_000);
        let mut seen = BTreeSet::new();
        for reference in &fresh {
            assert_eq!(Reference::parse(reference.as_str()).as_ref(), Ok(reference));
            let random = reference.as_str().strip_prefix("INV-").expect("the prefix");
            assert!(random.len() * 5 >= 96, "too few random bits in {reference}");
            seen.extend(random.bytes());
        }
        assert_eq!(seen.len(), 32, "a symbol never comes up");
    }

    #[test]
    fn other_texts_are_no_references() {
        let long = "A".repeat(41);
        for bad in
            ["", "INV-123", "inv-12345678", "INV_12345678", "INV 12345678", "INV-É2345", &long]
        {
            assert_eq!(Reference::parse(bad), Err(MalformedReference), "{bad:?} passed");
        }
        assert!(Reference::parse("INV-1234").is_ok());
        assert!(Reference::parse(&"A".repeat(40)).is_ok());
    }

    #[test]
    fn a_reference_is_a_plain_string_in_json_and_checked_on_the_way_in() {
        let json = serde_json::to_string(&Reference::parse("INV-12345678").unwrap()).unwrap();
        assert_eq!(json, r#""INV-12345678""#);
        assert_eq!(serde_json::from_str::<Reference>(&json).unwrap().as_str(), "INV-12345678");
        assert!(serde_json::from_str::<Reference>(r#""../../etc""#).is_err());
    }
}
