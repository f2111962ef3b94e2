//! Variables as the text of an env file, and back.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The lines of an env file that say the same.
#[must_use]
pub fn settings_text(values: &BTreeMap<String, String>) -> String {
    values.iter().fold(String::new(), |mut text, (name, value)| {
        let _ = writeln!(text, "{name}={}", quoted(value));
        text
    })
}

/// In quotes, with whatever would mean something there.
fn quoted(value: &str) -> String {
    let mut quoted = String::from("\"");
    for one in value.chars() {
        match one {
            '\n' => quoted.push_str("\\n"),
            '"' | '\\' | '$' => quoted.extend(['\\', one]),
            _ => quoted.push(one),
        }
    }
    quoted.push('"');
    quoted
}

/// What an env file says; `None` when it is none.
#[must_use]
pub fn read_settings(text: &str) -> Option<BTreeMap<String, String>> {
    dotenvy::from_read_iter(text.as_bytes()).collect::<Result<_, _>>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back_as_it_was() {
        let values =
            ["plain", "two words", "a\"b", "a\\b", "$HOME", "#x", "a'b", "line\nline", "k=v=="];
        let given: BTreeMap<String, String> = values
            .iter()
            .zip(1..)
            .map(|(value, n)| (format!("NAME_{n}"), (*value).to_owned()))
            .collect();
        assert_eq!(read_settings(&settings_text(&given)), Some(given));
    }
}
