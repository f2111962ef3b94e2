//! Crash images: what a disk may hold after the power went out at some moment of a recording.
//!
//! Everything written before a file's last finished sync is there. Of the rest each write is there or not,
//! in any order, torn at the borders of sectors or of pages, and the file as long as it was or shorter.

use std::path::Path;

use super::recording::{Deed, Part, Recording, Step, log_of};

const SECTOR: usize = 512;
const PAGE: usize = 4096;

/// What survives of the writes that nothing had put on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Luck {
    Nothing,
    Everything,
    WholeWrites,
    Torn { at: usize },
}

impl Luck {
    fn thrown(dice: &mut fastrand::Rng) -> Self {
        match dice.u8(0..8) {
            0 => Self::Nothing,
            1 => Self::Everything,
            2 | 3 => Self::WholeWrites,
            4 | 5 => Self::Torn { at: PAGE },
            _ => Self::Torn { at: SECTOR },
        }
    }
}

/// One file: what is surely on the disk, and what may be.
struct Platter<'a> {
    surely: Vec<u8>,
    steps: Vec<&'a Step>,
    /// The first step that has not begun.
    next: usize,
    perhaps: Vec<&'a Step>,
}

impl<'a> Platter<'a> {
    fn new(recording: &'a Recording, part: Part, before: Vec<u8>) -> Self {
        let steps = recording.steps.iter().filter(|step| step.part == part).collect();
        Self { surely: before, steps, next: 0, perhaps: Vec::new() }
    }

    /// Goes on to a later moment.
    fn advance(&mut self, moment: usize) {
        let from = self.next;
        while self.steps.get(self.next).is_some_and(|step| step.begun < moment) {
            self.next += 1;
        }
        let begun = &self.steps[from..self.next];
        self.perhaps.extend(begun.iter().filter(|step| !matches!(step.deed, Deed::Sync)));
        let syncs = self.steps[..self.next].iter().rev().filter(|step| {
            matches!(step.deed, Deed::Sync) && step.ended.is_some_and(|ended| ended < moment)
        });
        // Syncs of one file may overlap: the one that began last covers the most.
        let Some(synced) = syncs.take(8).map(|step| step.begun).max() else { return };
        let surely = &mut self.surely;
        self.perhaps.retain(|step| {
            let covered = step.ended.is_some_and(|ended| ended < synced);
            if covered {
                apply(surely, step);
            }
            !covered
        });
    }

    /// What the disk holds, and how many steps were not sure.
    fn after(&self, luck: Luck, dice: &mut fastrand::Rng) -> (Vec<u8>, usize) {
        let mut disk = self.surely.clone();
        let mut perhaps = self.perhaps.clone();
        if luck != Luck::Everything {
            dice.shuffle(&mut perhaps);
        }
        let longest = perhaps.iter().map(|step| end_of(step)).max().unwrap_or(0);
        for step in &perhaps {
            match (luck, &step.deed) {
                (Luck::Nothing, _) => {}
                (Luck::Everything, _) => apply(&mut disk, step),
                (Luck::Torn { at: border }, Deed::Write { at, bytes }) => {
                    tear(&mut disk, *at, bytes, border, dice);
                }
                _ if dice.bool() => apply(&mut disk, step),
                _ => {}
            }
        }
        // A file can have got its length without what belongs there.
        if luck != Luck::Everything && disk.len() < longest && dice.u8(0..4) == 0 {
            disk.resize(longest, 0);
        }
        (disk, perhaps.len())
    }
}

fn end_of(step: &Step) -> usize {
    match &step.deed {
        Deed::Write { at, bytes } => at + bytes.len(),
        Deed::Truncate(_) | Deed::Sync => 0,
    }
}

fn apply(disk: &mut Vec<u8>, step: &Step) {
    match &step.deed {
        Deed::Write { at, bytes } => put(disk, *at, bytes),
        Deed::Truncate(length) => disk.resize(*length, 0),
        Deed::Sync => {}
    }
}

fn put(disk: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if disk.len() < end {
        disk.resize(end, 0);
    }
    disk[at..end].copy_from_slice(bytes);
}

/// Writes those blocks of a write that got to the disk; a block begins at a multiple of its size in the file.
fn tear(disk: &mut Vec<u8>, at: usize, bytes: &[u8], border: usize, dice: &mut fastrand::Rng) {
    let mut begin = 0;
    while begin < bytes.len() {
        let end = ((at + begin) / border * border + border - at).min(bytes.len());
        if dice.bool() {
            put(disk, at + begin, &bytes[begin..end]);
        }
        begin = end;
    }
}

/// What was on the disk when a recording began.
#[derive(Clone)]
pub struct Before {
    database: Vec<u8>,
    log: Option<Vec<u8>>,
}

impl Before {
    /// Reads both files; nobody may be working on them.
    pub fn read(database: &Path) -> Self {
        let log = std::fs::read(log_of(database)).ok();
        Self { database: std::fs::read(database).expect("a database"), log }
    }
}

/// The disk of a recording, going from moment to moment.
pub struct Wreck<'a> {
    recording: &'a Recording,
    database: Platter<'a>,
    log: Platter<'a>,
    log_was_there: bool,
}

/// What was left at one moment.
pub struct Left {
    pub database: Vec<u8>,
    /// `None`: its name never got to the disk.
    pub log: Option<Vec<u8>>,
    pub luck: Luck,
    /// How many writes were not sure.
    pub unsure: usize,
}

impl<'a> Wreck<'a> {
    /// From the two files as they were before the recording.
    pub fn new(recording: &'a Recording, before: Before) -> Self {
        let log_was_there = before.log.is_some();
        Self {
            recording,
            database: Platter::new(recording, Part::Database, before.database),
            log: Platter::new(recording, Part::Log, before.log.unwrap_or_default()),
            log_was_there,
        }
    }

    /// The power goes out; moments must not go back.
    pub fn at(&mut self, moment: usize, dice: &mut fastrand::Rng) -> Left {
        self.database.advance(moment);
        self.log.advance(moment);
        let luck = Luck::thrown(dice);
        let (database, unsure) = self.database.after(luck, dice);
        let (log, more) = self.log.after(luck, dice);
        let named = self.recording.log_named.is_some_and(|named| named < moment);
        let made = self.recording.log_made.is_some_and(|made| made < moment);
        let named = named || self.log_was_there;
        let log = (named || (made && dice.bool())).then_some(log);
        Left { database, log, luck, unsure: unsure + more }
    }
}

impl Left {
    /// Puts the files where a process can open them.
    pub fn write(&self, database: &Path) {
        std::fs::write(database, &self.database).expect("written");
        if let Some(log) = &self.log {
            std::fs::write(log_of(database), log).expect("written");
        }
    }
}

/// Takes the files away again.
pub fn remove(database: &Path) {
    for tail in ["", "-wal", "-shm", ".lock"] {
        let mut name = database.as_os_str().to_owned();
        name.push(tail);
        // Not every image has every file.
        let _ = std::fs::remove_file(name);
    }
}
