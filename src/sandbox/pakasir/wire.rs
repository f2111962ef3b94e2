//! How the gateway writes times, and how it reads a body of known fields.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::primitives::Timestamp;

/// Jakarta's time with milliseconds, as in `completed_at`.
pub(super) fn jakarta(at: Timestamp) -> String {
    let shifted = at.plus(Duration::from_hours(7)).to_rfc3339();
    format!("{}+07:00", shifted.trim_end_matches('Z'))
}

/// UTC with nine fractional digits, as in `expired_at` of version 1.
pub(super) fn nanoseconds(at: Timestamp) -> String {
    format!("{}622564Z", at.to_rfc3339().trim_end_matches('Z'))
}

/// A JSON object that holds all of `needed` and nothing else but `tolerated`.
///
/// # Errors
/// A sentence that names what is wrong with it.
pub(super) fn object(
    body: &[u8],
    needed: &[&str],
    tolerated: &[&str],
) -> Result<Map<String, Value>, String> {
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
        return Err("the body is no JSON object".to_owned());
    };
    if let Some(missing) = needed.iter().find(|name| !fields.contains_key(**name)) {
        return Err(format!("the body lacks '{missing}'"));
    }
    let known =
        |name: &String| needed.contains(&name.as_str()) || tolerated.contains(&name.as_str());
    match fields.keys().find(|name| !known(name)) {
        Some(extra) => Err(format!("the body has a field '{extra}' that is not in the contract")),
        None => Ok(fields),
    }
}

/// A field that must be a string.
pub(super) fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<&'a str, String> {
    fields.get(name).and_then(Value::as_str).ok_or_else(|| format!("'{name}' is no string"))
}

/// A field that must be a whole number of rupiah.
pub(super) fn rupiah(fields: &Map<String, Value>, name: &str) -> Result<i64, String> {
    fields.get(name).and_then(Value::as_i64).ok_or_else(|| format!("'{name}' is no whole number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_gateway_does() {
        let at = Timestamp::from_rfc3339("2024-09-10T01:07:02.819Z").expect("a time");
        assert_eq!(jakarta(at), "2024-09-10T08:07:02.819+07:00");
        assert_eq!(nanoseconds(at), "2024-09-10T01:07:02.819622564Z");
        assert_eq!(Timestamp::from_rfc3339(&jakarta(at)), Some(at));
    }

    #[test]
    fn a_body_holds_exactly_its_fields() {
        let read = |body: &str| object(body.as_bytes(), &["method", "amount"], &["redirect"]);
        assert!(read(r#"{"method":"qris","amount":1}"#).is_ok());
        assert!(read(r#"{"method":"qris","amount":1,"redirect":null}"#).is_ok());
        assert!(read(r#"{"method":"qris"}"#).is_err_and(|why| why.contains("'amount'")));
        assert!(
            read(r#"{"method":"qris","amount":1,"x":1}"#).is_err_and(|why| why.contains("'x'"))
        );
        assert!(read("[]").is_err());
        assert!(read("").is_err());
        let fields = read(r#"{"method":1,"amount":1.5}"#).expect("an object");
        assert!(text(&fields, "method").is_err());
        assert!(rupiah(&fields, "amount").is_err());
    }
}
