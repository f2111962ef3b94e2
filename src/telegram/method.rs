//! What every call of the Bot API has in common: its name, its answer, its texts, its file.

use std::fmt;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

use super::Html;

/// A call of the Bot API.
pub trait Method: Serialize {
    /// As it stands in the URL.
    const NAME: &'static str;
    /// What a success brings.
    type Answer: DeserializeOwned;
    /// Whether repeating it after an unknown outcome can be seen twice.
    const SENDS: bool;

    /// The file that travels with it.
    fn upload(&self) -> Option<&Upload> {
        None
    }
}

/// Says of each type which method it is.
macro_rules! methods {
    ($($name:ident = $wire:literal -> $answer:ty, sends: $sends:literal $(, upload: $media:ident)?;)*) => {$(
        impl $crate::telegram::Method for $name {
            const NAME: &'static str = $wire;
            type Answer = $answer;
            const SENDS: bool = $sends;
            $(fn upload(&self) -> Option<&$crate::telegram::Upload> {
                self.$media.upload()
            })?
        }
    )*};
}

pub(super) use methods;

/// A file to send. Its contents may be goods, so `Debug` shows only their length.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    /// The name of its part in the body: `photo`, `document` or `sticker`.
    pub part: &'static str,
    /// As the receiver sees it.
    pub file_name: String,
    /// Its media type.
    pub mime: &'static str,
    /// Its contents.
    pub bytes: Bytes,
}

impl Upload {
    /// A PNG picture.
    pub fn png(file_name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        let (file_name, bytes) = (file_name.into(), bytes.into());
        Self { part: "photo", file_name, mime: "image/png", bytes }
    }

    /// A file of this media type.
    pub fn document(
        file_name: impl Into<String>,
        mime: &'static str,
        bytes: impl Into<Bytes>,
    ) -> Self {
        Self { part: "document", file_name: file_name.into(), mime, bytes: bytes.into() }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upload({} as {}, {} bytes)", self.part, self.mime, self.bytes.len())
    }
}

/// A photo, document or sticker: known to Telegram already, or travelling along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Media {
    /// What Telegram called it after an earlier upload by this bot; valid for ever.
    FileId(String),
    /// New to Telegram.
    Upload(Upload),
}

impl Media {
    pub(super) const fn upload(&self) -> Option<&Upload> {
        match self {
            Self::Upload(upload) => Some(upload),
            Self::FileId(_) => None,
        }
    }

    /// Whether the part of the body already is the parameter `name`.
    pub(super) fn is_part(&self, name: &str) -> bool {
        self.upload().is_some_and(|upload| upload.part == name)
    }
}

impl Serialize for Media {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::FileId(id) => to.serialize_str(id),
            Self::Upload(upload) => to.collect_str(&format_args!("attach://{}", upload.part)),
        }
    }
}

pub(super) fn text<S: Serializer>(html: &Html, to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Wire<'h> {
        text: &'h str,
        parse_mode: &'static str,
    }
    Wire { text: html.as_str(), parse_mode: "HTML" }.serialize(to)
}

#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
pub(super) fn caption<S: Serializer>(html: &Option<Html>, to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Wire<'h> {
        #[serde(skip_serializing_if = "Option::is_none")]
        caption: Option<&'h str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        parse_mode: Option<&'static str>,
    }
    let caption = html.as_ref().map(Html::as_str);
    Wire { caption, parse_mode: caption.map(|_| "HTML") }.serialize(to)
}
