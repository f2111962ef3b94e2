//! Why a backup, a restore or a drill could not be done, in one line without a secret.

use std::path::Path;

use crate::db::DbError;
use crate::shop::ShopError;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum BackupFault {
    /// There is no password.
    #[error("BACKUP_ENCRYPTION_PASSWORD is not set; archives are encrypted under it")]
    NoPassword,
    /// There is no second place.
    #[error("BACKUP_OFFSITE_URL is not set; it names the place elsewhere")]
    NoOffsite,
    /// It does not open.
    #[error("{0} does not open: the password is another one, or the file was changed")]
    Closed(String),
    /// It opens, and is not what was written.
    #[error("{archive} is damaged ({why}); take another archive")]
    Damaged {
        /// The archive's name.
        archive: String,
        /// What does not fit.
        why: String,
    },
    /// There is no such archive.
    #[error("there is no archive {0} here, in BACKUP_LOCAL_DIR or at BACKUP_OFFSITE_URL")]
    Unknown(String),
    /// There is none at all.
    #[error("there is no archive yet; `auto-order backup create` makes one")]
    None,
    /// What came back is not what went in.
    #[error("the restored data differs from the archive: {0}")]
    Differs(String),
    /// A place elsewhere failed.
    #[error("{place} {why}")]
    Place {
        /// Which.
        place: String,
        /// What it said, without addresses and keys.
        why: String,
    },
    /// A file or a folder failed.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Nobody can say what was sold since.
    #[error(
        "{0}; units that the archive has as unsold may have been delivered since. Check them, then say \
         --void-unsold (take all of them out) or --sell-unsold (sell them all the same)"
    )]
    Uncovered(String),
    /// There is nothing to release.
    #[error("nothing is in quarantine here; the shop works")]
    Free,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The shop's rows failed.
    #[error(transparent)]
    Shop(#[from] ShopError),
}

impl BackupFault {
    pub(super) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::File { path, source }
    }
}
