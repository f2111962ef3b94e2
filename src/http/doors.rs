//! Which unguessable path belongs to which store, and what must be shown at it.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;

use crate::primitives::{Secret, StoreId, Timestamp};

/// A store's two doors.
#[derive(Debug, Clone)]
pub struct Door {
    /// Whose.
    pub store: StoreId,
    /// What Telegram must send along: any of these.
    pub telegram: Vec<TelegramKey>,
    /// What the gateway must send along.
    pub callback: CallbackAuth,
    /// When the whole door closes, if it was replaced.
    pub until: Option<Timestamp>,
}

/// A secret of Telegram's, and for how long it opens.
#[derive(Debug, Clone)]
pub struct TelegramKey {
    /// The secret.
    pub secret: Secret<String>,
    /// When it stops opening, if it was replaced.
    pub until: Option<Timestamp>,
}

impl Door {
    /// Whether `shown` opens it now; every key is tried, so that the time tells nothing.
    pub(super) fn knows(&self, shown: &[u8], now: Timestamp) -> bool {
        let opens = |key: &TelegramKey| {
            let fits = key.secret.matches(shown);
            fits & key.until.is_none_or(|until| now < until)
        };
        self.telegram.iter().fold(false, |any, key| any | opens(key))
    }
}

/// How a payment callback is let in.
#[derive(Debug, Clone)]
pub enum CallbackAuth {
    /// By a secret in `X-Secret`.
    Secret(Secret<String>),
    /// By the unguessable path alone: all that v1 has.
    PathAlone,
    /// Not at all: the store has no secret for it.
    Closed,
}

/// All doors of the process. Clones share one table.
#[derive(Debug, Clone, Default)]
pub struct Doors(Arc<RwLock<HashMap<String, Door>>>);

impl Doors {
    /// Puts a new table in place of the old one.
    pub fn replace(&self, doors: HashMap<String, Door>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = doors;
    }

    pub(super) fn at(&self, hook: &str, now: Timestamp) -> Option<Door> {
        let doors = self.0.read().unwrap_or_else(PoisonError::into_inner);
        doors.get(hook).filter(|door| door.until.is_none_or(|until| now < until)).cloned()
    }
}

/// The unguessable part of a path; one that cannot be read leads nowhere, like every unknown one.
pub(super) struct Hook(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Hook {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let hook = Path::<String>::from_request_parts(parts, state).await;
        hook.map(|Path(hook)| Self(hook)).map_err(|_| StatusCode::NOT_FOUND)
    }
}
