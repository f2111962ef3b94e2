//! A machine's clock that is set by hand while a process runs: Debian's libfaketime between the program and the system.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::program::{Process, Setting};

/// What the library is called; this one is made for programs of many threads.
const LIBRARY: &str = "libfaketimeMT.so.1";
/// How far `date` may be from what was set, in seconds.
const NEAR: i64 = 5;

/// The clock of one process.
#[derive(Debug)]
pub struct WrongClock {
    file: PathBuf,
    library: PathBuf,
    jumps: u64,
}

impl WrongClock {
    /// A clock that is `ahead` seconds ahead from the start; `setting` starts processes by it from now on.
    ///
    /// # Panics
    /// When the Debian package `faketime` is not here.
    pub fn of(setting: &mut Setting, ahead: i64) -> Self {
        let file = setting.folder.join(format!("{}.clock", setting.log));
        let clock = Self { file, library: library(), jumps: 0 };
        clock.write(ahead);
        for (name, value) in clock.environment() {
            setting.set(name, &value);
        }
        clock
    }

    fn environment(&self) -> [(&'static str, String); 5] {
        [
            ("LD_PRELOAD", self.library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.display().to_string()),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            // The count of moments is nobody's to set: only the date and the time of day are.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("NO_FAKE_STAT", "1".to_owned()),
        ]
    }

    /// Sets it so many seconds ahead of the true time.
    ///
    /// # Panics
    /// When another program does not see it so.
    pub fn set(&mut self, ahead: i64) {
        self.write(ahead);
        self.jumps += 1;
        let mut command = Command::new("date");
        command.arg("+%s").envs(self.environment());
        let told = command.output().expect("date runs").stdout;
        let told = String::from_utf8_lossy(&told).trim().parse::<i64>().expect("seconds");
        let off = told - bot_auto_order::primitives::Clock::system().now().seconds();
        assert!((off - ahead).abs() <= NEAR, "set {ahead} s ahead, it is {off} s ahead");
    }

    /// In one step, so that nobody reads half of it.
    fn write(&self, ahead: i64) {
        let next = self.file.with_extension("next");
        fs::write(&next, format!("{ahead:+}\n")).expect("written");
        fs::rename(&next, &self.file).expect("renamed");
    }

    /// How often it was set since the start.
    pub const fn jumps(&self) -> u64 {
        self.jumps
    }
}

/// Whether a process really asks the library for the time.
pub fn is_misled(process: &Process) -> bool {
    let maps = fs::read_to_string(format!("/proc/{}/maps", process.id())).unwrap_or_default();
    maps.contains(LIBRARY)
}

fn library() -> PathBuf {
    let machines = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let known = machines.map(|entry| entry.path().join("faketime").join(LIBRARY));
    known.into_iter().find(|path| Path::is_file(path)).expect("the package faketime is installed")
}
