//! A small disk that can be filled: a tmpfs in a mount namespace of its own, gone when its keeper goes.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The keeper tells that the disk is there, and ends with its input: however this process ends.
const KEEPER: &str = r#"mount -t tmpfs -o "size=$1,mode=700" tmpfs "$0" && echo ready && exec cat"#;

#[derive(Debug)]
pub struct SmallDisk {
    keeper: Child,
    place: PathBuf,
    alone: bool,
}

impl SmallDisk {
    /// Mounts a disk of so many bytes at `place` for those who are led there by [`SmallDisk::leader`].
    ///
    /// # Errors
    /// When this machine lets nobody mount.
    pub fn mount(place: &Path, bytes: u64) -> Result<Self, String> {
        std::fs::create_dir_all(place).map_err(|error| error.to_string())?;
        // Root may mount; anyone else may where users have namespaces of their own.
        let alone = !rustix::process::geteuid().is_root();
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private"]);
        if alone {
            command.args(["--user", "--map-root-user"]);
        }
        command.args(["sh", "-c", KEEPER]).arg(place).arg(bytes.to_string());
        let keeper = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut keeper = keeper.spawn().map_err(|error| format!("unshare: {error}"))?;
        let mut told = String::new();
        let mut output = BufReader::new(keeper.stdout.take().expect("it is piped"));
        output.read_line(&mut told).map_err(|error| error.to_string())?;
        if told.trim() == "ready" {
            return Ok(Self { keeper, place: place.to_owned(), alone });
        }
        let ended = keeper.wait_with_output().map_err(|error| error.to_string())?;
        Err(String::from_utf8_lossy(&ended.stderr).trim().to_owned())
    }

    /// The words that run a program where the disk is seen; it stays our direct child.
    pub fn leader(&self) -> Vec<String> {
        let keeper = self.keeper.id();
        let mut words = vec!["nsenter".to_owned(), format!("--mount=/proc/{keeper}/ns/mnt")];
        if self.alone {
            words.push(format!("--user=/proc/{keeper}/ns/user"));
            words.push("--preserve-credentials".to_owned());
        }
        words.push("--".to_owned());
        words
    }

    /// The disk as it is seen from outside.
    pub fn seen(&self) -> PathBuf {
        let place = self.place.strip_prefix("/").expect("an absolute place");
        PathBuf::from(format!("/proc/{}/root", self.keeper.id())).join(place)
    }

    /// Takes every free byte; returns how many.
    pub fn fill(&self) -> u64 {
        let ballast = OpenOptions::new().create(true).append(true).open(self.ballast());
        let mut ballast = ballast.expect("a ballast file");
        let mut taken = 0;
        let mut size = 1 << 16;
        let block = vec![0xAA_u8; size];
        while size > 0 {
            match ballast.write(&block[..size]) {
                Ok(written) if written > 0 => taken += written as u64,
                _ => size /= 16,
            }
        }
        taken
    }

    /// Gives it all back.
    pub fn free(&self) {
        std::fs::remove_file(self.ballast()).expect("the ballast was there");
    }

    fn ballast(&self) -> PathBuf {
        self.seen().join("ballast")
    }

    /// Copies a file from the disk.
    pub fn copy(&self, name: &str, to: &Path) {
        let mut from = File::open(self.seen().join(name)).expect("it is there");
        let mut into = File::create(to).expect("a file");
        std::io::copy(&mut from, &mut into).expect("copied");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = self.keeper.kill();
        let _ = self.keeper.wait();
    }
}
