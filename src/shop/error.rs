//! What can go wrong inside the shop that is nobody's choice.

use crate::db::DbError;
use crate::primitives::KeyringError;

/// A fault of the machine or of the data; refusals that people cause are outcomes, not errors.
#[derive(Debug, thiserror::Error)]
pub enum ShopError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A sealed value did not open.
    #[error(transparent)]
    Sealed(#[from] KeyringError),
    /// Money or stock does not add up; the transaction must not be committed.
    #[error("the books do not add up: {0}")]
    Books(String),
    /// This process does not know the store (any more, or not yet).
    #[error("this process does not serve that store")]
    Unserved,
    /// Something that another version of this program wrote, which may be there again soon.
    #[error("written by another version: {0}")]
    Foreign(String),
    /// Settings of a store that cannot be used.
    #[error("{0}")]
    Settings(String),
}

impl ShopError {
    /// Whether the same work may succeed later without anyone changing it.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Db(error) => error.is_passing(),
            Self::Unserved | Self::Foreign(_) => true,
            Self::Sealed(_) | Self::Books(_) | Self::Settings(_) => false,
        }
    }
}
