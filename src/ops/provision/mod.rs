//! One tenant as a folder that is ready to run: settings, compose file, unit or overlay, nginx site, and what to do next.

mod quoting;
mod tenant;
mod pages;

pub use pages::Kind;
pub use tenant::{Order, Tenant};

use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::{Path, PathBuf};

use crate::primitives::random_token;

/// Whose the folders are that a container writes to, when the superuser provisions.
const NOBODY: u32 = 65_532;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    /// What was asked for cannot be.
    #[error("nothing was written; {} fault(s):\n  - {}", .0.len(), .0.join("\n  - "))]
    Faults(Vec<String>),
    /// The disk refused.
    #[error("{0}: {1}")]
    Disk(String, std::io::Error),
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Whose.
    pub tenant: Tenant,
    /// Where.
    pub folder: PathBuf,
}

/// Writes the deployment of one tenant, all of it or nothing: it is made beside its place and moved there at the end.
///
/// # Errors
/// [`Unwritten`], with nothing left behind.
pub fn provision(order: &Order, kind: Kind, program: &Path) -> Result<Written, Unwritten> {
    let tenant = Tenant::of(order).map_err(Unwritten::Faults)?;
    if kind == Kind::Kubernetes && !tenant.path().is_empty() {
        // Its ingress passes a path on as it is, and the service knows none.
        let fault = "--public-url must be a host alone for kubernetes: https://host".to_owned();
        return Err(Unwritten::Faults(vec![fault]));
    }
    let disk = |path: &Path| {
        let shown = path.display().to_string();
        move |error| Unwritten::Disk(shown, error)
    };
    std::fs::create_dir_all(&order.folder).map_err(disk(&order.folder))?;
    let parent = order.folder.canonicalize().map_err(disk(&order.folder))?;
    let (folder, making) =
        (parent.join(&tenant.id), parent.join(format!(".{}-{}", tenant.id, random_token())));
    let done = fill(&making, &pages::pages(&tenant, kind, &folder, program))
        .and_then(|()| std::fs::rename(&making, &folder));
    if let Err(error) = done {
        // What could not be made is not needed.
        let _ = std::fs::remove_dir_all(&making);
        return Err(disk(&folder)(error));
    }
    Ok(Written { tenant, folder })
}

/// The folder with its pages, and the folders that the service writes to, for their owner alone. The folder itself and
/// its pages stay with whoever provisions: root runs what stands in them, and the service must not write it.
fn fill(making: &Path, pages: &[(String, String)]) -> std::io::Result<()> {
    let private = |path: &Path| std::fs::DirBuilder::new().mode(0o700).create(path);
    private(making)?;
    for name in ["data", "backups", "logs"] {
        private(&making.join(name))?;
        hand_over(&making.join(name))?;
    }
    for (name, text) in pages {
        let mode = if name == "bot.env" { 0o600 } else { 0o644 };
        let path = making.join(name);
        let mut file =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
    }
    hand_over(&making.join("bot.env"))?;
    if std::fs::metadata(making)?.uid() == 0 {
        // The service passes through the superuser's folder to its own, and cannot even list it.
        std::fs::set_permissions(making, Permissions::from_mode(0o711))?;
    }
    Ok(())
}

/// The superuser's folders would be closed to a service that is not run by him.
fn hand_over(path: &Path) -> std::io::Result<()> {
    if std::fs::metadata(path)?.uid() == 0 {
        std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY))?;
    }
    Ok(())
}

/// Under which numbers the service runs.
fn user() -> (u32, u32) {
    let (user, group) = (rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw());
    if user == 0 { (NOBODY, NOBODY) } else { (user, group) }
}
