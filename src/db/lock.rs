//! One server process per SQLite file, held by a lock that the kernel releases on any death.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::DbError;

/// An exclusive lock on `<database>.lock`, released when the last clone is dropped.
#[derive(Debug, Clone)]
pub(super) struct FileLock(#[expect(dead_code, reason = "held, never read")] Arc<File>);

impl FileLock {
    pub(super) fn take(database: &Path) -> Result<Self, DbError> {
        let mut name = database.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        let shown = path.display().to_string();
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|source| DbError::File { path: shown.clone(), source })?;
        match file.try_lock() {
            Ok(()) => Ok(Self(Arc::new(file))),
            Err(TryLockError::WouldBlock) => Err(DbError::InUse(database.display().to_string())),
            Err(TryLockError::Error(source)) => Err(DbError::File { path: shown, source }),
        }
    }
}
