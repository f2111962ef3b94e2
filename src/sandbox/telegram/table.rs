//! The methods as data: which parameters each takes, of which type, and which it must have.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::answer::Refusal;
use super::request::{Given, Params, Raw};

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let data: Data = serde_json::from_str(include_str!("bot-api.json"))
        .expect("the method table beside this file is valid");
    let methods = data.methods.into_iter().map(|(name, params)| {
        let params = params.into_iter().map(|(param, text)| (param, Field::read(&text))).collect();
        (name.to_ascii_lowercase(), Method { name, params })
    });
    let types = data.types.into_iter().map(|(name, shape)| {
        let fields = shape.fields.into_iter().map(|(field, text)| (field, Field::read(&text)));
        (name, Shape { fields: fields.collect(), subtypes: shape.subtypes })
    });
    Table { methods: methods.collect(), types: types.collect() }
});

#[derive(Deserialize)]
struct Data {
    methods: HashMap<String, BTreeMap<String, String>>,
    types: HashMap<String, RawShape>,
}

#[derive(Deserialize)]
struct RawShape {
    #[serde(default)]
    fields: BTreeMap<String, String>,
    #[serde(default)]
    subtypes: Vec<String>,
}

struct Table {
    methods: HashMap<String, Method>,
    types: HashMap<String, Shape>,
}

/// One method of the Bot API.
pub struct Method {
    /// Its name in camel case.
    pub name: String,
    params: BTreeMap<String, Field>,
}

struct Shape {
    fields: BTreeMap<String, Field>,
    subtypes: Vec<String>,
}

/// In the data a field is `!A|B`: required (`!`), of one of these types.
struct Field {
    required: bool,
    types: Vec<String>,
}

impl Field {
    fn read(text: &str) -> Self {
        let types = text.trim_start_matches('!').split('|').map(str::to_owned).collect();
        Self { required: text.starts_with('!'), types }
    }

    fn takes(&self, kind: &str) -> bool {
        self.types.iter().any(|one| one == kind)
    }
}

/// Finds a method by its name in any letter case.
pub fn method(name: &str) -> Option<&'static Method> {
    TABLE.methods.get(&name.to_ascii_lowercase())
}

/// Every method's name, for checks that none is forgotten.
#[cfg(test)]
pub fn names() -> Vec<&'static str> {
    TABLE.methods.values().map(|method| method.name.as_str()).collect()
}

impl Method {
    /// Checks names and types and gives every value its JSON type.
    ///
    /// Telegram ignores unknown names silently; this fake refuses them, because a misspelt name
    /// is a bug that nothing else would show.
    pub fn check(&self, given: Given) -> Result<Params, Refusal> {
        let mut params = Params { files: given.files, ..Params::default() };
        for (name, raw) in given.values {
            let field = self.params.get(&name).ok_or_else(|| self.unknown(&name))?;
            if let Some(value) = field.read_value(&name, raw)? {
                params.values.insert(name, value);
            }
        }
        for name in params.files.keys() {
            let attached = format!("attach://{name}");
            let known = self.params.get(name).is_some_and(|field| field.takes("InputFile"));
            let used = params.values.values().any(|value| value.to_string().contains(&attached));
            if !known && !used {
                return Err(self.unknown(name));
            }
        }
        for (name, field) in &self.params {
            let there = params.values.contains_key(name) || params.files.contains_key(name);
            if field.required && !there {
                return Err(Refusal::bad(missing(name)));
            }
        }
        Ok(params)
    }

    fn unknown(&self, name: &str) -> Refusal {
        Refusal::bad(format!(
            "{} has no parameter \"{name}\" (Telegram would ignore it without a word)",
            self.name
        ))
    }
}

fn missing(name: &str) -> String {
    match name {
        "chat_id" | "from_chat_id" => "chat_id is empty".to_owned(),
        "text" => "message text is empty".to_owned(),
        "message_id" => "message identifier is not specified".to_owned(),
        "message_ids" => "message identifiers are not specified".to_owned(),
        "callback_query_id" => {
            "query is too old and response timeout expired or query ID is invalid".to_owned()
        }
        "file_id" => "file_id not specified".to_owned(),
        "photo" | "document" | "sticker" => format!("there is no {name} in the request"),
        "media" => "media is not specified".to_owned(),
        "action" => "wrong parameter action in request".to_owned(),
        _ => format!("parameter \"{name}\" is required"),
    }
}

impl Field {
    fn read_value(&self, name: &str, raw: Raw) -> Result<Option<Value>, Refusal> {
        let value = match raw {
            Raw::Json(Value::Null) => return Ok(None),
            Raw::Json(value) => value,
            Raw::Text(text) => self.read_text(name, text)?,
        };
        self.check(name, &value).map(|()| Some(value))
    }

    /// Form and query values are text; what is no string is written as JSON.
    fn read_text(&self, name: &str, text: String) -> Result<Value, Refusal> {
        if self.takes("Integer")
            && let Ok(number) = text.trim().parse::<i64>()
        {
            return Ok(number.into());
        }
        if self.takes("Boolean") {
            return match text.trim().to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" => Ok(true.into()),
                "false" | "0" | "no" => Ok(false.into()),
                _ => Err(wrong(name, &self.types, &text.into())),
            };
        }
        if self.takes("String") || self.takes("InputFile") {
            return Ok(text.into());
        }
        if self.takes("Integer") {
            return Err(wrong(name, &self.types, &text.into()));
        }
        serde_json::from_str(&text).map_err(|_| {
            Refusal::bad(if name == "reply_markup" {
                "object expected as reply markup".to_owned()
            } else {
                format!("can't parse {name} JSON object")
            })
        })
    }

    fn check(&self, path: &str, value: &Value) -> Result<(), Refusal> {
        if path == "reply_markup" && !value.is_object() {
            return Err(Refusal::bad("object expected as reply markup"));
        }
        let fits = |kind: &&String| check_type(path, kind, value).is_ok();
        if self.types.iter().any(|kind| fits(&kind)) {
            return Ok(());
        }
        match self.types.iter().find(|kind| looks_like(kind, value)) {
            Some(kind) => check_type(path, kind, value),
            None => Err(wrong(path, &self.types, value)),
        }
    }
}

fn wrong(path: &str, types: &[String], value: &Value) -> Refusal {
    let shown: String = value.to_string().chars().take(80).collect();
    Refusal::bad(format!("wrong type of {path}: expected {}, got {shown}", types.join(" or ")))
}

/// Whether `value` means to be a `kind`, so that the error can speak about that kind.
fn looks_like(kind: &str, value: &Value) -> bool {
    match kind {
        "InlineKeyboardMarkup" => value.get("inline_keyboard").is_some(),
        "ReplyKeyboardMarkup" => value.get("keyboard").is_some(),
        "ReplyKeyboardRemove" => value.get("remove_keyboard").is_some(),
        "ForceReply" => value.get("force_reply").is_some(),
        _ => TABLE.types.contains_key(kind) && value.is_object() || kind.starts_with("Array"),
    }
}

fn check_type(path: &str, kind: &str, value: &Value) -> Result<(), Refusal> {
    let plain = |fits: bool| {
        if fits { Ok(()) } else { Err(wrong(path, &[kind.to_owned()], value)) }
    };
    if let Some(element) = kind.strip_prefix("Array of ") {
        let Some(items) = value.as_array() else { return plain(false) };
        return items.iter().try_for_each(|item| check_type(path, element, item));
    }
    match kind {
        "Integer" => plain(value.is_i64()),
        "Float" => plain(value.is_number()),
        "Boolean" => plain(value.is_boolean()),
        // A file is a part of the request or the text that names it.
        "String" | "InputFile" => plain(value.is_string()),
        _ => match TABLE.types.get(kind) {
            Some(shape) if shape.subtypes.is_empty() => check_object(kind, shape, value),
            Some(shape) => check_union(path, kind, shape, value),
            None => plain(value.is_object()),
        },
    }
}

/// A union's member is named by its `type` field: `all_private_chats` → `…AllPrivateChats`.
fn check_union(path: &str, kind: &str, shape: &Shape, value: &Value) -> Result<(), Refusal> {
    let wanted = value.get("type").and_then(Value::as_str).unwrap_or_default().replace('_', "");
    let member = shape.subtypes.iter().find(|name| {
        name.strip_prefix(kind).is_some_and(|rest| rest.eq_ignore_ascii_case(&wanted))
    });
    match member {
        Some(member) => check_type(path, member, value),
        None => Err(Refusal::bad(format!("can't parse {kind}: unsupported type \"{wanted}\""))),
    }
}

fn check_object(kind: &str, shape: &Shape, value: &Value) -> Result<(), Refusal> {
    let spoken = match kind {
        "InlineKeyboardButton" => "inline keyboard button",
        "KeyboardButton" => "keyboard button",
        _ => kind,
    };
    let Some(object) = value.as_object() else {
        return Err(Refusal::bad(format!("can't parse {spoken}: expected an object")));
    };
    for (name, inner) in object {
        let Some(field) = shape.fields.get(name) else {
            return Err(Refusal::bad(format!(
                "can't parse {spoken}: there is no field \"{name}\" (Telegram would ignore it)"
            )));
        };
        field.check(name, inner)?;
    }
    match shape.fields.iter().find(|(name, f)| f.required && !object.contains_key(*name)) {
        Some((name, _)) => {
            Err(Refusal::bad(format!("can't parse {spoken}: Can't find field \"{name}\"")))
        }
        None => Ok(()),
    }
}
