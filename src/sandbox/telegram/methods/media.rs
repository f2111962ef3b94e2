//! Pictures, documents, stickers and groups of them.

use serde_json::{Value, json};

use super::Turn;
use super::send::{post, shown};
use crate::sandbox::telegram::answer::{Outcome, Refusal, done};
use crate::sandbox::telegram::chats::Content;
use crate::sandbox::telegram::entities::Formatted;
use crate::sandbox::telegram::files::{MediaKind, Stored};

/// The longest caption, in UTF-16 units after parsing.
const MAX_CAPTION: usize = 1024;

/// `sendPhoto`.
pub fn photo(turn: &mut Turn) -> Outcome {
    single(turn, MediaKind::Photo)
}

/// `sendDocument`.
pub fn document(turn: &mut Turn) -> Outcome {
    single(turn, MediaKind::Document)
}

/// `sendSticker`.
pub fn sticker(turn: &mut Turn) -> Outcome {
    single(turn, MediaKind::Sticker)
}

fn single(turn: &mut Turn, kind: MediaKind) -> Outcome {
    let caption = checked_caption(Formatted::read(&turn.params, "caption", "caption_entities")?)?;
    let reference = turn.params.text(kind.field()).map(str::to_owned);
    let file = file(turn, kind, kind.field(), reference.as_deref())?;
    let message = post(turn, Content::Media { file: Box::new(file), caption }, None)?;
    done(shown(turn, &message)?)
}

/// Refuses a caption that is too long.
pub fn checked_caption(caption: Formatted) -> Result<Formatted, Refusal> {
    if caption.units() > MAX_CAPTION {
        return Err(Refusal::bad("message caption is too long"));
    }
    Ok(caption)
}

/// The file that a parameter means: an uploaded part, `attach://part`, or a `file_id`.
fn file(
    turn: &mut Turn,
    kind: MediaKind,
    part: &str,
    reference: Option<&str>,
) -> Result<Stored, Refusal> {
    let attached = reference.and_then(|text| text.strip_prefix("attach://"));
    let part = if reference.is_none() { Some(part) } else { attached };
    if let Some(part) = part {
        let upload =
            turn.params.files.get(part).ok_or_else(|| {
                Refusal::bad(format!("there is no {} in the request", kind.field()))
            })?;
        return turn.bot.files.keep(turn.bot.id, kind, upload);
    }
    let reference = reference.unwrap_or_default();
    if reference.starts_with("http://") || reference.starts_with("https://") {
        // The sandbox has no internet to fetch from.
        return Err(Refusal::bad("failed to get HTTP URL content"));
    }
    let stored = turn
        .bot
        .files
        .by_id(reference)
        .ok_or_else(|| Refusal::bad("wrong file identifier/HTTP URL specified"))?;
    if stored.kind != kind {
        let name = |kind: MediaKind| match kind {
            MediaKind::Photo => "Photo",
            MediaKind::Document => "Document",
            MediaKind::Sticker => "Sticker",
        };
        let (is, wanted) = (name(stored.kind), name(kind));
        return Err(Refusal::bad(format!("can't use file of type {is} as {wanted}")));
    }
    Ok(stored.clone())
}

/// Reads an `InputMedia` object.
pub fn input_media(turn: &mut Turn, media: &Value) -> Result<Content, Refusal> {
    let kind = match media["type"].as_str() {
        Some("photo") => MediaKind::Photo,
        Some("document") => MediaKind::Document,
        _ => return Err(Refusal::bad("media type is not supported by this sandbox")),
    };
    let caption = Formatted::from_parts(
        media["caption"].as_str().unwrap_or_default(),
        media["parse_mode"].as_str(),
        media.get("caption_entities"),
    )?;
    let caption = checked_caption(caption)?;
    let reference = media["media"].as_str().unwrap_or_default().to_owned();
    let file = file(turn, kind, kind.field(), Some(&reference))?;
    Ok(Content::Media { file: Box::new(file), caption })
}

/// `sendMediaGroup`: all or nothing.
pub fn group(turn: &mut Turn) -> Outcome {
    let media = turn.params.get("media").and_then(Value::as_array).cloned().unwrap_or_default();
    if !(2..=10).contains(&media.len()) {
        return Err(Refusal::bad("wrong number of messages in the media group: it takes 2–10"));
    }
    let kinds: Vec<&str> = media.iter().filter_map(|one| one["type"].as_str()).collect();
    if kinds.iter().any(|kind| *kind != kinds[0]) {
        return Err(Refusal::bad("documents can't be mixed with other media types"));
    }
    let contents: Vec<Content> =
        media.iter().map(|one| input_media(turn, one)).collect::<Result<_, _>>()?;
    turn.bot.media_groups += 1;
    let group = format!("{}{:06}", turn.bot.id, turn.bot.media_groups);
    let mut messages = Vec::new();
    for content in contents {
        let message = post(turn, content, Some(group.clone()))?;
        messages.push(shown(turn, &message)?);
    }
    done(json!(messages))
}
