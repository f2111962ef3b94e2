//! Keyboards: what Telegram accepts, and what a person can press.

use serde_json::{Value, json};

use super::answer::Refusal;
use super::entities::units;
use super::html::is_url;

/// A message's `reply_markup`.
#[derive(Debug, Clone, Default)]
pub enum Markup {
    /// None was given.
    #[default]
    None,
    /// Buttons under the message; empty means none.
    Inline(Vec<Vec<Button>>),
    /// Keys in place of the person's keyboard.
    Reply(ReplyKeyboard),
    /// Takes the keys away.
    Remove,
    /// Opens the reply field.
    ForceReply,
}

/// An inline button.
#[derive(Debug, Clone, PartialEq)]
pub struct Button {
    /// Its caption.
    pub text: String,
    /// What a press does.
    pub action: Action,
    /// `danger`, `success` or `primary`.
    pub style: Option<String>,
    json: Value,
}

/// What pressing an inline button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Sends a callback query with this data.
    Data(String),
    /// Opens a link.
    Url(String),
    /// Copies a text.
    Copy(String),
    /// Another action of the Bot API, by its field's name; the sandbox only draws it.
    Other(String),
}

/// The keys a chat shows in place of the person's keyboard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplyKeyboard {
    /// The captions by row.
    pub rows: Vec<Vec<String>>,
    /// `input_field_placeholder`.
    pub placeholder: Option<String>,
}

/// Reads a `reply_markup` whose fields and types are already checked.
pub fn read(value: Option<&Value>) -> Result<Markup, Refusal> {
    let Some(value) = value else { return Ok(Markup::None) };
    if let Some(rows) = value.get("inline_keyboard").and_then(Value::as_array) {
        return inline(rows).map(Markup::Inline);
    }
    if let Some(rows) = value.get("keyboard").and_then(Value::as_array) {
        return reply(value, rows).map(Markup::Reply);
    }
    placeholder(value)?;
    if value["remove_keyboard"] == json!(true) {
        return Ok(Markup::Remove);
    }
    if value["force_reply"] == json!(true) {
        return Ok(Markup::ForceReply);
    }
    Err(Refusal::bad("object expected as reply markup"))
}

/// As [`read`], where only an inline keyboard is allowed: edits.
pub fn read_inline(value: Option<&Value>) -> Result<Vec<Vec<Button>>, Refusal> {
    match read(value)? {
        Markup::None => Ok(vec![]),
        Markup::Inline(rows) => Ok(rows),
        _ => Err(Refusal::bad("inline keyboard expected")),
    }
}

/// The Bot API's object for inline buttons.
pub fn to_json(rows: &[Vec<Button>]) -> Value {
    let rows: Vec<Vec<&Value>> =
        rows.iter().map(|row| row.iter().map(|button| &button.json).collect()).collect();
    json!({"inline_keyboard": rows})
}

fn too_long() -> Refusal {
    Refusal::bad("reply markup is too long")
}

fn inline(rows: &[Value]) -> Result<Vec<Vec<Button>>, Refusal> {
    let mut read = Vec::new();
    for row in rows {
        let row: Vec<Button> =
            row.as_array().into_iter().flatten().map(button).collect::<Result<_, _>>()?;
        if row.len() > 8 {
            return Err(too_long());
        }
        if !row.is_empty() {
            read.push(row);
        }
    }
    let bytes: usize = read.iter().flatten().map(|button| button.json.to_string().len()).sum();
    if read.iter().flatten().count() > 100 || bytes > 10_240 {
        return Err(too_long());
    }
    Ok(read)
}

fn unparsed(what: &str, why: &str) -> Refusal {
    Refusal::bad(format!("can't parse {what}: {why}"))
}

fn button(json: &Value) -> Result<Button, Refusal> {
    let text = json["text"].as_str().unwrap_or_default().trim().to_owned();
    if text.is_empty() {
        return Err(unparsed("inline keyboard button", "button text must be non-empty"));
    }
    let style = style(json, "inline keyboard button")?;
    Ok(Button { text, action: action(json)?, style, json: json.clone() })
}

fn style(json: &Value, what: &str) -> Result<Option<String>, Refusal> {
    match json["style"].as_str() {
        None | Some("") => Ok(None),
        Some(known @ ("danger" | "success" | "primary")) => Ok(Some(known.to_owned())),
        Some(_) => Err(unparsed(what, "invalid button style specified")),
    }
}

/// Telegram takes the first action it knows, in this order, and says nothing about a second.
fn action(json: &Value) -> Result<Action, Refusal> {
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    if let Some(url) = text("url") {
        let url = if url.contains("://") { url } else { format!("http://{url}") };
        return if is_url(&url) {
            Ok(Action::Url(url))
        } else {
            Err(Refusal::bad("BUTTON_URL_INVALID"))
        };
    }
    if let Some(data) = text("callback_data") {
        return match data.len() {
            1..=64 => Ok(Action::Data(data)),
            _ => Err(Refusal::bad("BUTTON_DATA_INVALID")),
        };
    }
    let others = [
        "callback_game",
        "pay",
        "switch_inline_query",
        "switch_inline_query_chosen_chat",
        "switch_inline_query_current_chat",
        "login_url",
        "web_app",
    ];
    if let Some(name) = others.into_iter().find(|name| json.get(*name).is_some()) {
        return Ok(Action::Other(name.to_owned()));
    }
    if let Some(copied) = json["copy_text"]["text"].as_str() {
        return match units(copied) {
            1..=256 => Ok(Action::Copy(copied.to_owned())),
            _ => Err(Refusal::bad("BUTTON_COPY_TEXT_INVALID")),
        };
    }
    if json.get("disabled").is_some() {
        return Ok(Action::Other("disabled".to_owned()));
    }
    let why = "Text buttons are unallowed in the inline keyboard";
    Err(unparsed("inline keyboard button", why))
}

fn placeholder(value: &Value) -> Result<Option<String>, Refusal> {
    let Some(text) = value["input_field_placeholder"].as_str() else { return Ok(None) };
    match units(text) {
        1..=64 => Ok(Some(text.to_owned())),
        _ => Err(unparsed("reply markup", "input_field_placeholder must have 1–64 characters")),
    }
}

fn reply(value: &Value, rows: &[Value]) -> Result<ReplyKeyboard, Refusal> {
    let mut read = Vec::new();
    for row in rows {
        let mut captions = Vec::new();
        for key in row.as_array().into_iter().flatten() {
            style(key, "keyboard button")?;
            let text = key["text"].as_str().unwrap_or_default().trim();
            if text.is_empty() {
                return Err(unparsed("keyboard button", "button text must be non-empty"));
            }
            captions.push(text.to_owned());
        }
        if captions.len() > 12 {
            return Err(too_long());
        }
        read.push(captions);
    }
    if read.iter().flatten().count() > 300 {
        return Err(too_long());
    }
    Ok(ReplyKeyboard { rows: read, placeholder: placeholder(value)? })
}
