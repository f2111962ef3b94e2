//! An answer of the gateway before it becomes an HTTP response.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Map, Value, json};

/// Status, kind and text of what will be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    content_type: &'static str,
    header: Option<(&'static str, String)>,
    body: Text,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Text {
    Json(Value),
    Plain(String),
}

impl Answer {
    /// JSON with an HTTP status.
    pub(super) fn json(status: u16, body: Value) -> Self {
        Self { status, content_type: "application/json", header: None, body: Text::Json(body) }
    }

    /// The gateway's usual error shape, `{"message": …}`.
    pub(super) fn message(status: u16, message: &str) -> Self {
        Self::json(status, json!({ "message": message }))
    }

    /// The other error shape that version 1 has been seen with, `{"error": …}`.
    pub(super) fn error(status: u16, message: &str) -> Self {
        Self::json(status, json!({ "error": message }))
    }

    /// A page.
    pub(super) fn html(status: u16, page: impl Into<String>) -> Self {
        let body = Text::Plain(page.into());
        Self { status, content_type: "text/html; charset=utf-8", header: None, body }
    }

    /// Adds one header.
    pub(super) fn with_header(self, name: &'static str, value: String) -> Self {
        Self { header: Some((name, value)), ..self }
    }

    /// Changes a successful JSON object, inside version 1's envelope if there is one.
    pub(super) fn change(mut self, change: impl FnOnce(&mut Map<String, Value>)) -> Self {
        if !(200..300).contains(&self.status) {
            return self;
        }
        let Text::Json(Value::Object(outer)) = &mut self.body else { return self };
        let envelope = ["payment", "transaction"].into_iter().find(|key| outer.contains_key(*key));
        match envelope.and_then(|key| outer.get_mut(key)).and_then(Value::as_object_mut) {
            Some(inner) => change(inner),
            None => change(outer),
        }
        self
    }

    /// The same answer with the second half of its text missing.
    pub(super) fn cut_short(mut self) -> Self {
        let text = self.text();
        let half = text.chars().take(text.chars().count() / 2).collect();
        self.body = Text::Plain(half);
        self
    }

    /// The transaction's state that a client reads out of it; `None` when there is none to be read.
    pub(super) fn state(&self) -> Option<String> {
        let read: Value = match &self.body {
            Text::Json(value) => value.clone(),
            Text::Plain(text) => serde_json::from_str(text).ok()?,
        };
        let inner = ["payment", "transaction"].iter().find_map(|envelope| read.get(envelope));
        let state = inner.unwrap_or(&read).get("status")?.as_str()?;
        (200..300).contains(&self.status).then(|| state.to_owned())
    }

    fn text(&self) -> String {
        match &self.body {
            Text::Json(value) => value.to_string(),
            Text::Plain(text) => text.clone(),
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.text()));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Some((name, value)) = self.header
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            response.headers_mut().insert(name, value);
        }
        response
    }
}
