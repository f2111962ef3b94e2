//! A secret in every shape it could be seen in, and the places where it is looked for.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// A secret that must be nowhere in clear.
pub struct Canary {
    pub what: &'static str,
    /// Where it stands by right, as the beginning of a place's name.
    pub lawful: Option<&'static str>,
    shapes: Vec<Vec<u8>>,
}

impl Canary {
    pub fn new(what: &'static str, secret: &str) -> Self {
        assert!(secret.len() >= 12, "{what} is too short to be looked for");
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let percent = |byte: u8| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        };
        let json = serde_json::to_string(secret).expect("a text");
        let mut shapes = vec![
            secret.to_owned(),
            secret.bytes().map(percent).collect(),
            json[1..json.len() - 1].to_owned(),
            secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
            secret.chars().rev().collect(),
            hex(secret.as_bytes()),
            hex(secret.as_bytes()).to_uppercase(),
            STANDARD.encode(secret),
            URL_SAFE_NO_PAD.encode(secret),
            format!("{:?}", secret.as_bytes()),
        ];
        // A key in base64 has bytes of its own.
        if let Ok(raw) = STANDARD.decode(secret) {
            shapes.push(hex(&raw));
            shapes.push(format!("{raw:?}"));
        }
        shapes.sort();
        shapes.dedup();
        Self { what, lawful: None, shapes: shapes.into_iter().map(String::into_bytes).collect() }
    }

    pub fn lawful_in(mut self, place: &'static str) -> Self {
        self.lawful = Some(place);
        self
    }

    pub fn shapes(&self) -> usize {
        self.shapes.len()
    }

    pub fn stands_in(&self, place: &Place) -> bool {
        self.shapes.iter().any(|shape| find(&place.bytes, shape))
    }
}

/// Bytes that anyone may come to see.
pub struct Place {
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Place {
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), bytes: bytes.into() }
    }
}

pub fn find(haystack: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else { return false };
    let mut rest = haystack;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        if rest[at..].starts_with(needle) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

/// Every file of a folder.
pub fn files(folder: &Path, what: &str) -> Vec<Place> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let files = paths.filter(|path| path.is_file());
    files
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Place::new(format!("{what} {name}"), std::fs::read(&path).unwrap_or_default())
        })
        .collect()
}
