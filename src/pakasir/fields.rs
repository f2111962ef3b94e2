//! Reading a JSON object field by field: strict where money depends on it, tolerant elsewhere.

use serde_json::{Map, Value};

use crate::primitives::{Rupiah, Timestamp};

/// Longest text taken from a field, in bytes; a QRIS payload stays far below it.
const MAX_TEXT: usize = 1_024;

/// An object from outside. Unknown fields are never looked at; `null` counts as absent.
///
/// Depth is bounded by the parser (128), size by whoever read the bytes.
pub(super) struct Fields(Map<String, Value>);

/// A field that is absent or of the wrong kind. Names the field, never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the field '{field}' {fault}")]
pub(super) struct Odd {
    pub(super) field: &'static str,
    pub(super) fault: &'static str,
}

impl Fields {
    /// Parses `bytes`, which must hold one JSON object and nothing else.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().map(Self)
    }

    /// The object inside the field `field`.
    pub(super) fn within(mut self, field: &'static str) -> Result<Self, Odd> {
        match self.0.remove(field) {
            Some(Value::Object(inner)) => Ok(Self(inner)),
            None | Some(Value::Null) => Err(Odd { field, fault: "is missing" }),
            Some(_) => Err(Odd { field, fault: "is not an object" }),
        }
    }

    fn get(&self, field: &'static str) -> Option<&Value> {
        self.0.get(field).filter(|value| !value.is_null())
    }

    /// A text of at most 1,024 bytes.
    pub(super) fn text(&self, field: &'static str) -> Result<Option<&str>, Odd> {
        match self.get(field) {
            None => Ok(None),
            Some(Value::String(text)) if text.len() <= MAX_TEXT => Ok(Some(text)),
            Some(Value::String(_)) => Err(Odd { field, fault: "is too long" }),
            Some(_) => Err(Odd { field, fault: "is not a text" }),
        }
    }

    /// A text that must be there and hold something.
    pub(super) fn required_text(&self, field: &'static str) -> Result<&str, Odd> {
        self.text(field)?
            .filter(|text| !text.trim().is_empty())
            .ok_or(Odd { field, fault: "is missing" })
    }

    /// A JSON integer; `45000.0` and `"45000"` are none.
    pub(super) fn whole(&self, field: &'static str) -> Result<Option<i64>, Odd> {
        let Some(value) = self.get(field) else { return Ok(None) };
        value.as_i64().map(Some).ok_or(Odd { field, fault: "is not a whole number" })
    }

    /// A JSON integer that must be there.
    pub(super) fn required_whole(&self, field: &'static str) -> Result<i64, Odd> {
        self.whole(field)?.ok_or(Odd { field, fault: "is missing" })
    }

    /// An amount of money that must be there.
    pub(super) fn required_rupiah(&self, field: &'static str) -> Result<Rupiah, Odd> {
        Rupiah::new(self.required_whole(field)?)
            .map_err(|_| Odd { field, fault: "is not an amount of money" })
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, field: &'static str) -> Result<Option<bool>, Odd> {
        let Some(value) = self.get(field) else { return Ok(None) };
        value.as_bool().map(Some).ok_or(Odd { field, fault: "is not true or false" })
    }

    /// An amount that nothing depends on: anything odd is as good as absent.
    pub(super) fn rupiah_if_readable(&self, field: &'static str) -> Option<Rupiah> {
        Rupiah::new(self.get(field)?.as_i64()?).ok()
    }

    /// A time that nothing depends on: `""`, numbers and gibberish are as good as absent.
    pub(super) fn time_if_readable(&self, field: &'static str) -> Option<Timestamp> {
        Timestamp::from_rfc3339(self.get(field)?.as_str()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Fields {
        Fields::parse(json.as_bytes()).expect("an object")
    }

    #[test]
    fn only_one_object_is_an_object() {
        for bad in ["", "null", "[]", "[1]", "\"x\"", "{} {}", "{", "<html>", "{\"a\":1,}"] {
            assert!(Fields::parse(bad.as_bytes()).is_none(), "{bad:?} passed");
        }
        let bomb = format!("{{\"a\":{}", "[".repeat(60_000));
        assert!(Fields::parse(bomb.as_bytes()).is_none());
        assert!(Fields::parse(b"\xff\xfe{}").is_none());
    }

    #[test]
    fn money_is_a_json_integer_or_nothing() {
        for bad in ["\"45000\"", "45000.0", "4.5e4", "99999999999999999999", "true", "[45000]"] {
            let fields = read(&format!("{{\"amount\":{bad}}}"));
            assert_eq!(
                fields.required_whole("amount").unwrap_err().to_string(),
                "the field 'amount' is not a whole number",
                "{bad} passed"
            );
        }
        assert_eq!(read(r#"{"amount":45000}"#).required_whole("amount"), Ok(45_000));
        assert_eq!(read(r#"{"amount":null}"#).whole("amount"), Ok(None));
        assert!(read(r#"{"total":-1}"#).required_rupiah("total").is_err());
    }

    #[test]
    fn times_and_fees_never_spoil_an_answer() {
        for odd in ["\"\"", "null", "17", "\"soon\"", "{}", "\"2026-99-99T00:00:00Z\""] {
            let fields = read(&format!("{{\"at\":{odd},\"fee\":\"{}\"}}", "x"));
            assert_eq!(fields.time_if_readable("at"), None, "{odd}");
            assert_eq!(fields.rupiah_if_readable("fee"), None);
        }
        let nine = read(r#"{"at":"2025-09-19T01:18:49.678622564Z"}"#);
        assert_eq!(nine.time_if_readable("at"), Some(Timestamp(1_758_244_729_678)));
    }

    #[test]
    fn long_texts_and_wrong_kinds_are_odd() {
        let long = read(&format!("{{\"a\":\"{}\"}}", "x".repeat(1_025)));
        assert!(long.text("a").is_err());
        assert!(read(r#"{"a":1}"#).text("a").is_err());
        assert!(read(r#"{"a":"  "}"#).required_text("a").is_err());
        assert!(read(r#"{"a":"true"}"#).flag("a").is_err());
        assert!(read(r#"{"a":[]}"#).within("a").is_err());
    }
}
