//! Why the service could not start or go on.

use std::net::SocketAddr;

use crate::db::DbError;
use crate::shop::ShopError;

/// Why the service could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The shop failed.
    #[error(transparent)]
    Shop(#[from] ShopError),
    /// Units are sealed under a data key that is not loaded.
    #[error(
        "units are sealed under the data key {0}, which DATA_ENCRYPTION_KEY does not hold; add that key behind the first one, separated by a comma"
    )]
    KeyMissing(String),
    /// A listener could not be had.
    #[error("{0} cannot be listened on: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// A store's settings are unfit.
    #[error("store {0}: {1}")]
    Store(String, String),
}
