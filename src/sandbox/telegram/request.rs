//! Reading a call: the path, and parameters from query, form, JSON or multipart bodies.

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use serde_json::{Map, Value, json};

use super::answer::Refusal;

/// Uploads end here, as at Telegram (50 MB), with room for the other parts.
pub const MAX_BODY: usize = 51 * 1024 * 1024;
/// What is too large is read up to here, so that its sender reads the refusal.
const MAX_DRAINED: usize = 256 * 1024 * 1024;

/// A parameter before its type is known.
#[derive(Debug, Clone)]
pub enum Raw {
    /// From a query, a form or a multipart body.
    Text(String),
    /// From a JSON body.
    Json(Value),
}

/// An uploaded part.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The file's name as the sender gave it.
    pub name: String,
    /// Its content.
    pub bytes: Bytes,
}

/// A call's parameters as they came.
#[derive(Debug, Default)]
pub struct Given {
    /// Names and values.
    pub values: HashMap<String, Raw>,
    /// Uploads by part name.
    pub files: HashMap<String, Upload>,
}

/// A call's parameters with checked names and types.
#[derive(Debug, Default)]
pub struct Params {
    /// Values by name.
    pub values: Map<String, Value>,
    /// Uploads by part name.
    pub files: HashMap<String, Upload>,
}

impl Params {
    /// A value as it is.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// A whole number.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(Value::as_i64)
    }

    /// A text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// A yes; absent is no.
    pub fn flag(&self, name: &str) -> bool {
        self.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The number of a chat; `None` when absent or an `@name`.
    pub fn chat(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_i64(),
        }
    }

    /// For the ledger: every value, and uploads as their name and size.
    pub fn shown(&self) -> Value {
        let mut shown = self.values.clone();
        for (name, file) in &self.files {
            let about = json!({"file_name": file.name, "file_size": file.bytes.len()});
            shown.insert(name.clone(), about);
        }
        Value::Object(shown)
    }
}

/// Reads query and body.
///
/// The whole body is taken before anything is judged: a caller that is answered while it still
/// sends sees a broken connection instead of the refusal.
pub async fn read(request: Request) -> Result<Given, Refusal> {
    let mut given = Given::default();
    for (name, value) in pairs(request.uri().query().unwrap_or_default().as_bytes()) {
        given.values.insert(name, Raw::Text(value));
    }
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().to_owned();
    let (head, body) = request.into_parts();
    let body = collected(body).await?;
    if kind.to_ascii_lowercase().starts_with("multipart/form-data") {
        let request = Request::from_parts(head, Body::from(body));
        read_multipart(request, &mut given).await?;
    } else {
        read_body(&kind.to_ascii_lowercase(), &body, &mut given)?;
    }
    Ok(given)
}

/// The body; one that is too large is read to its end (within reason) and then refused.
async fn collected(mut body: Body) -> Result<Bytes, Refusal> {
    let mut whole = BytesMut::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::bad("the request body broke off"))?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length <= MAX_BODY {
            whole.extend_from_slice(&data);
        } else if length > MAX_DRAINED {
            break;
        }
    }
    if length > MAX_BODY { Err(Refusal::too_large()) } else { Ok(whole.freeze()) }
}

/// Reads a JSON or form body, of a call or of a webhook's answer.
pub fn read_body(kind: &str, body: &[u8], given: &mut Given) -> Result<(), Refusal> {
    if kind.starts_with("application/json") {
        if body.is_empty() {
            return Ok(());
        }
        let Ok(Value::Object(object)) = serde_json::from_slice(body) else {
            return Err(Refusal::bad("can't parse JSON object"));
        };
        given.values.extend(object.into_iter().map(|(name, value)| (name, Raw::Json(value))));
    } else if kind.starts_with("application/x-www-form-urlencoded") {
        given.values.extend(pairs(body).map(|(name, value)| (name, Raw::Text(value))));
    } else if !body.is_empty() {
        return Err(Refusal::bad(format!("unsupported content type \"{kind}\"")));
    }
    Ok(())
}

async fn read_multipart(request: Request, given: &mut Given) -> Result<(), Refusal> {
    let broken = |error: axum::extract::multipart::MultipartError| match error.status().as_u16() {
        413 => Refusal::too_large(),
        _ => Refusal::bad("can't parse the multipart body"),
    };
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|_| Refusal::bad("can't parse the multipart body"))?;
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        if let Some(file) = part.file_name().map(str::to_owned) {
            let bytes = part.bytes().await.map_err(broken)?;
            given.files.insert(name, Upload { name: file, bytes });
        } else {
            let text = part.text().await.map_err(broken)?;
            given.values.insert(name, Raw::Text(text));
        }
    }
    Ok(())
}

fn pairs(text: &[u8]) -> impl Iterator<Item = (String, String)> + '_ {
    text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        (decoded(&pair[..at]), decoded(pair.get(at + 1..).unwrap_or_default()))
    })
}

/// Percent-decoding with `+` as a space; what is no escape stays as it is.
pub fn decoded(text: &[u8]) -> String {
    let hex = |byte: Option<&u8>| byte.and_then(|b| char::from(*b).to_digit(16));
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let escape = hex(text.get(at + 1)).zip(hex(text.get(at + 2)));
        match (byte, escape) {
            (b'%', Some((high, low))) => {
                bytes.push(u8::try_from(high * 16 + low).expect("two hexadecimal digits"));
                at += 2;
            }
            (b'+', _) => bytes.push(b' '),
            _ => bytes.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
