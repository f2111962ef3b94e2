//! Which unguessable path belongs to which store, and what must be shown at it.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;

use crate::primitives::{Secret, StoreId};

/// A store's two doors.
#[derive(Debug, Clone)]
pub struct Door {
    /// Whose.
    pub store: StoreId,
    /// What Telegram must send along.
    pub telegram_secret: Secret<String>,
    /// What the gateway must send along.
    pub callback: CallbackAuth,
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

    pub(super) fn at(&self, hook: &str) -> Option<Door> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(hook).cloned()
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
