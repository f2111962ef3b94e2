//! Formatted text: entities in UTF-16 units, trimming, and what Telegram finds by itself.

use serde::Serialize;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::html;
use super::request::Params;

/// A range of a text with a meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entity {
    /// `bold`, `text_link`, `code` and so on, as the Bot API names them.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it begins, in UTF-16 units.
    pub offset: usize,
    /// How long it is, in UTF-16 units.
    pub length: usize,
    /// The target of a `text_link`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The language of a `pre`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The user of a `text_mention`.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_user")]
    pub user: Option<i64>,
    /// The instant of a `date_time`, Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unix_time: Option<i64>,
    /// The pattern of a `date_time`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_time_format: Option<String>,
}

#[expect(clippy::ref_option, reason = "the signature that serde calls")]
fn as_user<S: serde::Serializer>(user: &Option<i64>, out: S) -> Result<S::Ok, S::Error> {
    json!({"id": user, "is_bot": false, "first_name": "User"}).serialize(out)
}

impl Entity {
    /// An entity without further fields.
    pub fn new(kind: &str, offset: usize, length: usize) -> Self {
        let kind = kind.to_owned();
        Self {
            kind,
            offset,
            length,
            url: None,
            language: None,
            user: None,
            unix_time: None,
            date_time_format: None,
        }
    }

    /// Offset and length.
    pub fn span(&self) -> (usize, usize) {
        (self.offset, self.length)
    }

    fn end(&self) -> usize {
        self.offset + self.length
    }

    fn is_code(&self) -> bool {
        matches!(self.kind.as_str(), "code" | "pre")
    }

    fn is_quote(&self) -> bool {
        self.kind.ends_with("blockquote")
    }
}

/// A text with its entities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Formatted {
    /// The text without tags.
    pub text: String,
    /// Its entities by offset.
    pub entities: Vec<Entity>,
}

/// A text's length as Telegram counts it.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

impl Formatted {
    /// Plain text, with what Telegram finds in it by itself.
    pub fn plain(text: &str) -> Self {
        finished(text, vec![])
    }

    /// Reads `name` with `parse_mode` or the entities in `list`; absent is empty.
    pub fn read(params: &Params, name: &str, list: &str) -> Result<Self, Refusal> {
        let text = params.text(name).unwrap_or_default();
        Self::from_parts(text, params.text("parse_mode"), params.get(list))
    }

    /// As [`Formatted::read`], from an object's own fields.
    pub fn from_parts(
        text: &str,
        mode: Option<&str>,
        list: Option<&Value>,
    ) -> Result<Self, Refusal> {
        if text.len() > 32_768 {
            return Err(Refusal::bad("text is too long"));
        }
        let mode = mode.unwrap_or_default().to_ascii_lowercase();
        match mode.as_str() {
            "html" => {
                let (text, entities) = html::parse(text)
                    .map_err(|why| Refusal::bad(format!("can't parse entities: {why}")))?;
                Ok(finished(&text, entities))
            }
            "" | "none" => Ok(finished(text, given(text, list)?)),
            "markdown" | "markdownv2" => {
                Err(Refusal::bad("unsupported parse_mode (this sandbox reads only HTML)"))
            }
            _ => Err(Refusal::bad("unsupported parse_mode")),
        }
    }

    /// The length as Telegram counts it.
    pub fn units(&self) -> usize {
        units(&self.text)
    }
}

fn given(text: &str, list: Option<&Value>) -> Result<Vec<Entity>, Refusal> {
    let Some(list) = list.and_then(Value::as_array) else { return Ok(vec![]) };
    let total = units(text);
    let number = |entity: &Value, name: &str| {
        entity[name].as_i64().and_then(|n| usize::try_from(n).ok()).filter(|n| *n <= total)
    };
    let read = |entity: &Value| {
        let (offset, length) = number(entity, "offset").zip(number(entity, "length"))?;
        let mut read = Entity::new(entity["type"].as_str()?, offset, length);
        read.url = entity["url"].as_str().map(str::to_owned);
        read.language = entity["language"].as_str().map(str::to_owned);
        (read.end() <= total).then_some(read)
    };
    let refused = || Refusal::bad("can't parse entities: an entity does not lie inside the text");
    list.iter().map(|entity| read(entity).ok_or_else(refused)).collect()
}

/// Cleans, trims, untangles, and adds the entities that are found automatically.
fn finished(text: &str, entities: Vec<Entity>) -> Formatted {
    // Every replaced character keeps its width, so that offsets stay right; `\r` is the exception
    // and appears in no text that a program builds.
    let clean: String =
        text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
    let start = units(&clean) - units(clean.trim_start());
    let text = clean.trim().to_owned();
    let total = units(&text);
    let cut = |mut entity: Entity| {
        let end = entity.end().saturating_sub(start).min(total);
        entity.offset = entity.offset.saturating_sub(start);
        entity.length = end.saturating_sub(entity.offset);
        (entity.length > 0).then_some(entity)
    };
    let mut entities = untangled(entities.into_iter().filter_map(cut).collect());
    for found in automatic(&text) {
        let free = |e: &Entity| {
            e.end() <= found.offset || found.end() <= e.offset || !(e.is_code() || e.url.is_some())
        };
        if entities.iter().all(free) {
            entities.push(found);
        }
    }
    entities.sort_by_key(|e| (e.offset, usize::MAX - e.length));
    Formatted { text, entities }
}

/// Code stands alone and quotes do not nest: what overlaps them is cut away, without an error.
fn untangled(entities: Vec<Entity>) -> Vec<Entity> {
    let (code, others): (Vec<_>, Vec<_>) = entities.into_iter().partition(Entity::is_code);
    let mut kept: Vec<Entity> = Vec::new();
    for mut one in code {
        let inside = |e: &Entity| e.kind == "pre" && e.offset <= one.offset && one.end() <= e.end();
        if kept.iter().any(inside) {
            continue;
        }
        if one.kind == "code" {
            one.language = None;
        }
        kept.retain(|e| !(one.offset <= e.offset && e.end() <= one.end()));
        kept.push(one);
    }
    let code = kept.clone();
    for one in others {
        let quoted = |e: &Entity| e.is_quote() && e.offset < one.end() && one.offset < e.end();
        if one.is_quote() {
            if let Some(outer) = kept.iter_mut().find(|e| quoted(e)) {
                if one.length > outer.length {
                    *outer = one;
                }
            } else {
                kept.push(one);
            }
            continue;
        }
        kept.extend(without(one, &code));
    }
    kept
}

fn without(entity: Entity, code: &[Entity]) -> Vec<Entity> {
    let mut parts = vec![entity];
    for hole in code {
        parts =
            parts
                .into_iter()
                .flat_map(|part| {
                    let before = (part.offset, hole.offset.min(part.end()));
                    let after = (hole.end().max(part.offset), part.end());
                    let apart = hole.end() <= part.offset || part.end() <= hole.offset;
                    let ranges =
                        if apart { vec![(part.offset, part.end())] } else { vec![before, after] };
                    ranges.into_iter().filter(|(from, to)| from < to).map(move |(from, to)| {
                        Entity { offset: from, length: to - from, ..part.clone() }
                    })
                })
                .collect();
    }
    parts
}

/// Commands and links that stand in the text itself.
fn automatic(text: &str) -> Vec<Entity> {
    let mut found = Vec::new();
    let mut offset = 0;
    for word in text.split_inclusive([' ', '\n']) {
        let bare = word.trim_end();
        let command = bare.strip_prefix('/').map(|rest| {
            rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "_@".contains(*c)).count()
        });
        match command {
            Some(length @ 1..=64) => found.push(Entity::new("bot_command", offset, length + 1)),
            _ if bare.starts_with("https://") || bare.starts_with("http://") => {
                let bare = bare.trim_end_matches(['.', ',', ')', '!', '?']);
                if html::is_url(bare) {
                    found.push(Entity::new("url", offset, units(bare)));
                }
            }
            _ => {}
        }
        offset += units(word);
    }
    found
}
