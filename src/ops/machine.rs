//! How the machine fares: processor, memory and disk in percent, and how large the logs have grown.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sysinfo::System;

use crate::primitives::Clock;

/// How long the processor is looked at: one busy moment is no fault.
const SPAN: Duration = Duration::from_secs(3);
/// A log folder with more files than this is looked at no further.
const MOST_FILES: usize = 100_000;
const MEGABYTE: u64 = 1024 * 1024;

/// What of a machine is used, in whole percent; `None` where it does not tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// The processor, over some seconds.
    pub cpu: Option<i64>,
    /// The memory: the container's, where it has a limit of its own.
    pub memory: Option<i64>,
    /// The disk that holds the data.
    pub disk: Option<i64>,
}

/// The machine that is looked at.
#[derive(Debug, Clone)]
pub enum Machine {
    /// The one we run on, with the folder that holds the data.
    This(PathBuf),
    /// One that a test plays.
    Played(Arc<Mutex<Load>>),
}

impl Machine {
    /// This machine with its data where `database_url` says, or in the working directory.
    #[must_use]
    pub fn holding(database_url: &str) -> Self {
        let file = database_url.strip_prefix("sqlite:").map(|rest| rest.trim_start_matches("//"));
        let file = file.and_then(|rest| rest.split('?').next()).map(Path::new);
        let folder = file.and_then(Path::parent).filter(|path| !path.as_os_str().is_empty());
        Self::This(folder.unwrap_or(Path::new(".")).to_owned())
    }

    /// What is used now; it takes some seconds of `clock`.
    pub async fn load(&self, clock: &Clock) -> Load {
        match self {
            Self::Played(load) => *load.lock().unwrap_or_else(PoisonError::into_inner),
            Self::This(folder) => {
                let disk = disk(folder);
                let Ok(mut system) = System::new() else { return Load { disk, ..Load::default() } };
                system.refresh_cpu_usage();
                clock.sleep(SPAN).await;
                system.refresh_cpu_usage();
                system.refresh_memory();
                let cpu = percent(system.global_cpu_usage());
                Load { cpu, memory: memory(&system), disk }
            }
        }
    }
}

/// A share from 0 to 100 as the library measures it.
fn percent(share: f32) -> Option<i64> {
    format!("{share:.0}").parse().ok()
}

fn share(used: u64, of: u64) -> Option<i64> {
    let percent = used.checked_mul(100)?.checked_div(of)?;
    i64::try_from(percent).ok()
}

/// A container with a limit is killed at that limit, whatever the machine still has. What it holds of files is
/// given back when needed and does not count.
fn memory(system: &System) -> Option<i64> {
    let total = system.total_memory();
    match system.cgroup_limits() {
        Some(limits) if limits.total_memory < total => share(limits.rss, limits.total_memory),
        _ => share(total.saturating_sub(system.available_memory()), total),
    }
}

/// As `df` counts: of what this user may fill.
fn disk(folder: &Path) -> Option<i64> {
    let of = rustix::fs::statvfs(folder).ok()?;
    let used = of.f_blocks.saturating_sub(of.f_bfree);
    share(used, used.saturating_add(of.f_bavail))
}

/// The size of all files of a folder, in megabytes; 0 while there is no folder.
///
/// # Errors
/// When it cannot be read.
pub(super) fn folder_size(folder: &Path) -> io::Result<i64> {
    if !folder.exists() {
        return Ok(0);
    }
    let mut bytes = 0_u64;
    for entry in std::fs::read_dir(folder)?.take(MOST_FILES) {
        let data = entry?.metadata()?;
        if data.is_file() {
            bytes = bytes.saturating_add(data.len());
        }
    }
    Ok(i64::try_from(bytes / MEGABYTE).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn this_machine_tells_all_its_figures() {
        let load = Machine::holding("sqlite:Cargo.toml").load(&Clock::system()).await;
        for figure in [load.cpu, load.memory, load.disk] {
            assert!(figure.is_some_and(|figure| (0..=100).contains(&figure)), "{load:?}");
        }
    }

    #[test]
    fn the_data_lie_where_the_address_says() {
        for (url, folder) in [
            ("sqlite:data/auto-order.db", "data"),
            ("sqlite:shop.db?mode=rwc", "."),
            ("sqlite:///var/lib/shop/shop.db", "/var/lib/shop"),
            ("postgres://db.example/toko", "."),
        ] {
            let Machine::This(found) = Machine::holding(url) else { panic!("a real machine") };
            assert_eq!(found, Path::new(folder), "{url}");
        }
    }

    #[test]
    fn a_folder_is_as_large_as_its_files() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(folder_size(&folder.path().join("none")).expect("nothing"), 0);
        for name in ["a.log", "b.log"] {
            std::fs::write(folder.path().join(name), vec![0; 1_600_000]).expect("written");
        }
        assert_eq!(folder_size(folder.path()).expect("read"), 3);
    }
}
