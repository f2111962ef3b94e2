//! What the disk itself takes: a page written and made durable, again and again.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

/// Times of single `fdatasync` calls during `slice`.
pub fn syncs(folder: &Path, slice: Duration) -> Vec<Duration> {
    let mut file = File::create(folder.join("page")).expect("a file");
    let page = [7_u8; 4096];
    let mut times = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < slice {
        file.rewind().expect("seeks");
        file.write_all(&page).expect("writes");
        let started = Instant::now();
        file.sync_data().expect("syncs");
        times.push(started.elapsed());
    }
    times
}
