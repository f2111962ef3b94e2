//! Folders for a moment that nobody else can look into, files written whole or not at all, and work set aside.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::BackupFault;
use crate::primitives::random_token;

const BEGINNING: &str = ".scratch-";
/// How an archive is called while it is written; see [`beside`].
const UNFINISHED: &str = ".auto-order-";
const ABANDONED: Duration = Duration::from_hours(24);

/// A folder that is gone when this is dropped.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Scratch {
    /// A fresh one in `parent`, which is made when it is missing.
    pub(super) fn within(parent: &Path) -> Result<Self, BackupFault> {
        make_folder(parent)?;
        let path = parent.join(format!("{BEGINNING}{}", &random_token()[..16]));
        make_folder(&path)?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "a scratch folder stays behind; it may be deleted");
        }
    }
}

/// Takes away what processes that were killed left behind: nobody works on an archive for a day.
pub(super) fn sweep(parent: &Path) {
    let Ok(entries) = std::fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let begun = entry.metadata().and_then(|about| about.modified());
        let old = begun.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > ABANDONED));
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // What cannot be deleted now is tried again the next time.
        if old && name.starts_with(BEGINNING) {
            let _ = std::fs::remove_dir_all(entry.path());
        } else if old && name.starts_with(UNFINISHED) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// A folder and those above it, for its owner alone.
pub(super) fn make_folder(path: &Path) -> Result<(), BackupFault> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(BackupFault::file(path))
}

/// A fresh file for its owner alone.
pub(super) fn fresh_file(path: &Path) -> Result<File, BackupFault> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path).map_err(BackupFault::file(path))
}

/// Writes a file that is there whole, and lasts, or is not there.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), BackupFault> {
    let beside = beside(path);
    let mut file = fresh_file(&beside)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(BackupFault::file(&beside))?;
    settle(&beside, path)
}

/// Where a file is written before it is moved to its name.
pub(super) fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}", &random_token()[..8]))
}

/// Moves what was synced to its name, for good.
pub(super) fn settle(beside: &Path, path: &Path) -> Result<(), BackupFault> {
    std::fs::rename(beside, path).map_err(BackupFault::file(path))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(BackupFault::file(folder))
}

/// Does work that blocks where it keeps nobody waiting.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupFault> + Send + 'static,
) -> Result<T, BackupFault> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        let source = std::io::Error::other(error);
        Err(BackupFault::File { path: "the work".to_owned(), source })
    })
}
