//! Uploads: what is kept, under which ids, and which pictures Telegram takes.

use std::collections::{BTreeMap, HashMap};
use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::request::Upload;

/// Older uploads than this many are forgotten.
const MAX_FILES: usize = 20_000;
const PHOTO_BYTES: usize = 10 * 1024 * 1024;
const FILE_BYTES: usize = 50 * 1024 * 1024;

/// How a file is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// A picture.
    Photo,
    /// Any file.
    Document,
    /// A sticker.
    Sticker,
}

impl MediaKind {
    /// The field's name in a Message.
    pub fn field(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }
}

/// A kept file. Clones share the bytes.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its number within the bot.
    pub number: u64,
    /// How it is shown.
    pub kind: MediaKind,
    /// Its name.
    pub name: String,
    /// Its type by its first bytes.
    pub mime: &'static str,
    /// Its content.
    pub bytes: Bytes,
    /// Reusable by this bot for ever.
    pub file_id: String,
    unique: String,
    thumb_id: String,
    width: u32,
    height: u32,
}

/// The files of one bot.
#[derive(Debug, Default)]
pub struct Files {
    by_number: BTreeMap<u64, Stored>,
    by_id: HashMap<String, u64>,
    known: HashMap<(MediaKind, String, String), u64>,
    last: u64,
}

impl Files {
    /// Keeps an upload; the same bytes under the same name are kept once.
    pub fn keep(&mut self, bot: i64, kind: MediaKind, upload: &Upload) -> Result<Stored, Refusal> {
        let size = upload.bytes.len();
        if size == 0 {
            return Err(Refusal::bad("file must be non-empty"));
        }
        if size > FILE_BYTES {
            return Err(Refusal::too_large());
        }
        if kind == MediaKind::Photo && size > PHOTO_BYTES {
            return Err(Refusal::bad("file is too big"));
        }
        let mime = sniffed(&upload.bytes);
        let (width, height) = match kind {
            MediaKind::Document => (0, 0),
            MediaKind::Sticker => sticker(mime)?,
            MediaKind::Photo => photo(&upload.bytes, mime)?,
        };
        let hash = ring::digest::digest(&ring::digest::SHA256, &upload.bytes);
        let unique = URL_SAFE_NO_PAD.encode(&hash.as_ref()[..12]);
        let key = (kind, unique.clone(), upload.name.clone());
        if let Some(stored) = self.known.get(&key).and_then(|n| self.by_number.get(n)) {
            return Ok(stored.clone());
        }
        self.last += 1;
        let number = self.last;
        let id = |part: &str| {
            let plain = format!("{bot}/{}/{number}/{part}", kind.field());
            format!("AgAC{}", URL_SAFE_NO_PAD.encode(plain))
        };
        let (file_id, thumb_id) = (id("full"), id("thumb"));
        let (name, bytes) = (upload.name.clone(), upload.bytes.clone());
        let stored =
            Stored { number, kind, name, mime, bytes, file_id, unique, thumb_id, width, height };
        self.insert(key, &stored);
        Ok(stored)
    }

    fn insert(&mut self, key: (MediaKind, String, String), stored: &Stored) {
        self.known.insert(key, stored.number);
        self.by_id.insert(stored.file_id.clone(), stored.number);
        self.by_id.insert(stored.thumb_id.clone(), stored.number);
        self.by_number.insert(stored.number, stored.clone());
        if self.by_number.len() > MAX_FILES
            && let Some((_, old)) = self.by_number.pop_first()
        {
            self.by_id.remove(&old.file_id);
            self.by_id.remove(&old.thumb_id);
            self.known.remove(&(old.kind, old.unique, old.name));
        }
    }

    /// Finds a file by one of its ids.
    pub fn by_id(&self, file_id: &str) -> Option<&Stored> {
        self.by_id.get(file_id).and_then(|number| self.by_number.get(number))
    }

    /// Finds a file by its number.
    pub fn by_number(&self, number: u64) -> Option<&Stored> {
        self.by_number.get(&number)
    }

    /// Finds a file by the path that `getFile` gave.
    pub fn by_path(&self, path: &str) -> Option<&Stored> {
        let number = path.rsplit_once("file_")?.1.split('.').next()?.parse().ok()?;
        self.by_number(number).filter(|stored| stored.path() == path)
    }
}

impl Stored {
    /// The `photo`, `document` or `sticker` field.
    pub fn to_json(&self) -> Value {
        let size = self.bytes.len();
        let (id, unique) = (&self.file_id, &self.unique);
        match self.kind {
            MediaKind::Photo => json!([
                {"file_id": self.thumb_id, "file_unique_id": format!("{unique}s"), "file_size": size,
                 "width": (self.width / 4).max(1), "height": (self.height / 4).max(1)},
                {"file_id": id, "file_unique_id": unique, "file_size": size,
                 "width": self.width, "height": self.height},
            ]),
            MediaKind::Document => json!({"file_id": id, "file_unique_id": unique,
                "file_name": self.name, "mime_type": self.mime, "file_size": size}),
            MediaKind::Sticker => json!({"file_id": id, "file_unique_id": unique,
                "type": "regular", "width": self.width, "height": self.height,
                "is_animated": self.mime == "application/gzip",
                "is_video": self.mime == "video/webm", "file_size": size}),
        }
    }

    /// `getFile`'s result.
    pub fn file_json(&self) -> Value {
        json!({"file_id": self.file_id, "file_unique_id": self.unique,
               "file_size": self.bytes.len(), "file_path": self.path()})
    }

    fn path(&self) -> String {
        let ending = match self.mime {
            "image/png" => "png",
            "image/jpeg" => "jpg",
            "image/webp" => "webp",
            _ => "bin",
        };
        format!("{}s/file_{}.{ending}", self.kind.field(), self.number)
    }
}

fn sniffed(bytes: &[u8]) -> &'static str {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [0x1f, 0x8b, ..] => "application/gzip",
        [0x1a, 0x45, 0xdf, 0xa3, ..] => "video/webm",
        [b'%', b'P', b'D', b'F', ..] => "application/pdf",
        [b'P', b'K', 3, 4, ..] => "application/zip",
        _ if std::str::from_utf8(bytes).is_ok() => "text/plain",
        _ => "application/octet-stream",
    }
}

fn sticker(mime: &str) -> Result<(u32, u32), Refusal> {
    match mime {
        "image/webp" | "application/gzip" | "video/webm" => Ok((512, 512)),
        _ => Err(Refusal::bad("wrong file type: a sticker is WEBP, TGS or WEBM")),
    }
}

/// Width and height of a picture that Telegram would take.
fn photo(bytes: &[u8], mime: &str) -> Result<(u32, u32), Refusal> {
    let size = match mime {
        "image/png" => image::ImageReader::new(Cursor::new(bytes))
            .with_guessed_format()
            .ok()
            .and_then(|reader| reader.into_dimensions().ok()),
        "image/jpeg" => jpeg_size(bytes),
        _ => None,
    };
    let (width, height) = size.ok_or_else(|| Refusal::bad("IMAGE_PROCESS_FAILED"))?;
    let (short, long) = (width.min(height), width.max(height));
    if short == 0 || u64::from(width) + u64::from(height) > 10_000 || long / short > 20 {
        return Err(Refusal::bad("PHOTO_INVALID_DIMENSIONS"));
    }
    Ok((width, height))
}

/// Reads the frame header of a JPEG: segments `ff kind length …` up to a start-of-frame.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let word = |at: usize| Some(u32::from(*bytes.get(at)?) * 256 + u32::from(*bytes.get(at + 1)?));
    let mut at = 2;
    loop {
        let kind = (*bytes.get(at)? == 0xff).then_some(*bytes.get(at + 1)?)?;
        if (0xc0..=0xcf).contains(&kind) && ![0xc4, 0xc8, 0xcc].contains(&kind) {
            return word(at + 7).zip(word(at + 5));
        }
        at += 2 + usize::try_from(word(at + 2)?).ok()?.max(2);
    }
}
