//! A call's parameters as they travel: one JSON object, or the texts beside a file.

use serde_json::{Map, Value};

use super::{Html, Method};

/// The parameters of `method` by name.
pub(super) fn parameters<M: Method>(method: &M) -> Map<String, Value> {
    let value = serde_json::to_value(method).expect("methods are structs of plain data");
    match value {
        Value::Object(map) => map,
        other => unreachable!("a method is written as an object, not {other:?}"),
    }
}

/// Takes the formatting off every text, for when Telegram cannot read our markup.
pub(super) fn unformatted(mut parameters: Map<String, Value>) -> Map<String, Value> {
    if parameters.remove("parse_mode").is_some() {
        for name in ["text", "caption"] {
            if let Some(Value::String(markup)) = parameters.get_mut(name) {
                *markup = Html::from_markup(markup).map_or_else(|_| markup.clone(), |h| h.plain());
            }
        }
    }
    if let Some(Value::Object(media)) = parameters.remove("media") {
        parameters.insert("media".to_owned(), Value::Object(unformatted(media)));
    }
    parameters
}

/// A parameter as the text of a form's part: objects and lists are JSON, strings are themselves.
pub(super) fn part_text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// A file name that cannot break out of its quotes or name a folder.
pub(super) fn safe_file_name(name: &str) -> String {
    let safe = |letter: char| {
        if letter.is_control() || matches!(letter, '"' | '\\' | '/' | ';') { '_' } else { letter }
    };
    let name: String = name.chars().take(120).map(safe).collect();
    if name.trim().is_empty() { "file".to_owned() } else { name }
}
