//! Why a command failed, and with which exit code.

use crate::config::ConfigFaults;
use crate::db::DbError;
use crate::http::HandedFault;
use crate::ops::backup::BackupFault;
use crate::shop::ShopError;
use crate::shop::catalogue::FileFault;
use crate::telemetry::LogsError;
use crate::worker::{ServiceError, WebhookFault};

/// One line for stderr that says what is wrong and what to do.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("{0}")]
    Use(String),
    #[error("{0}")]
    Failed(String),
    #[error(transparent)]
    Config(#[from] ConfigFaults),
    #[error(transparent)]
    Handed(#[from] HandedFault),
    #[error(transparent)]
    Logs(#[from] LogsError),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Shop(#[from] ShopError),
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error(transparent)]
    Backup(#[from] BackupFault),
    #[error(transparent)]
    Webhook(#[from] WebhookFault),
    #[error("the file was not applied:\n{0}")]
    File(FileFault),
    #[error("JSON cannot be read or written: {0}")]
    Json(#[from] serde_json::Error),
    #[error("{0}")]
    Output(std::io::Error),
}

impl Failure {
    /// 2 for wrong use, 1 for failure.
    pub(super) const fn code(&self) -> u8 {
        match self {
            Self::Use(_) | Self::Config(_) => 2,
            _ => 1,
        }
    }
}
