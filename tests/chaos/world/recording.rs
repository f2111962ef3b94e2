//! What a process wrote to its database, put on the disk and answered, in order, as `strace` saw it.
//!
//! The tracer handles one stop of one thread at a time and a stopped thread waits for it, so whatever
//! one thread does because another one has done something stands later in the record.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::JoinHandle;

use serde_json::Value;

const CALLS: &str = "openat,pwrite64,pwritev,write,writev,sendto,recvfrom,fdatasync,fsync,\
                     ftruncate,fallocate,rename,renameat,renameat2,unlink,unlinkat";

/// Takes down what the tracer says until it has nothing more to say.
pub struct Recorder {
    /// The words that run a program under the tracer; the program stays our direct child.
    pub words: Vec<String>,
    record: PathBuf,
    hearing: JoinHandle<io::Result<u64>>,
}

impl Recorder {
    /// # Panics
    /// When the machine makes no pipe.
    pub fn new(folder: &Path) -> Self {
        let (pipe, record) = (folder.join("tracer"), folder.join("record"));
        let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there");
        assert!(made.success(), "no pipe could be made");
        let words = ["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-s", "1048576"];
        let mut words: Vec<String> = words.map(str::to_owned).to_vec();
        words.extend(["-e", &format!("trace={CALLS}"), "-e", "signal=none"].map(str::to_owned));
        words.extend(["-o".to_owned(), pipe.display().to_string()]);
        let into = record.clone();
        let hearing = std::thread::spawn(move || {
            let mut from = File::open(pipe)?;
            io::copy(&mut from, &mut File::create(into)?)
        });
        Self { words, record, hearing }
    }

    /// The same words, with something done to every sync or to those of one file.
    pub fn and_inject(&self, what: &str, file: Option<&Path>) -> Vec<String> {
        let mut words = self.words.clone();
        words.extend(["-e".to_owned(), format!("inject=fsync,fdatasync:{what}")]);
        if let Some(file) = file {
            words.extend(["-P".to_owned(), file.display().to_string()]);
        }
        words
    }

    /// Waits for the tracer's end, which comes after the process's, and reads what it said.
    ///
    /// # Panics
    /// When there was nothing to hear.
    pub fn read(self, database: &Path) -> Recording {
        let heard = self.hearing.join().expect("it copies").expect("the pipe is read");
        assert!(heard > 0, "the tracer said nothing");
        let recording = Recording::read(&self.record, database);
        std::fs::remove_file(&self.record).expect("it was read");
        recording
    }
}

/// Which of the two files that survive a power cut; the third, `-shm`, is made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Database,
    Log,
}

#[derive(Debug)]
pub enum Deed {
    Write {
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate(usize),
    /// The file is on the disk as it was when this began.
    Sync,
}

/// Something done to a file; the numbers are places in the record.
#[derive(Debug)]
pub struct Step {
    pub part: Part,
    pub deed: Deed,
    pub begun: usize,
    /// `None` when the process died in it.
    pub ended: Option<usize>,
}

/// A delivery that was answered 200.
#[derive(Debug)]
pub struct Acked {
    /// Where in the record the answer began to leave.
    pub at: usize,
    /// `None` for a payment callback.
    pub update: Option<i64>,
    pub body: Vec<u8>,
}

/// Something that the process said to the outside by itself.
#[derive(Debug)]
pub struct Said {
    pub at: usize,
    pub text: String,
}

#[derive(Debug, Default)]
pub struct Recording {
    pub steps: Vec<Step>,
    pub acked: Vec<Acked>,
    pub said: Vec<Said>,
    /// Where the log's name in the folder was put on the disk, if it was made in this record.
    pub log_made: Option<usize>,
    pub log_named: Option<usize>,
    pub length: usize,
    /// Where a sync failed.
    pub failed_syncs: Vec<usize>,
    /// What was said of each sync and write that failed.
    pub failures: Vec<String>,
    database: PathBuf,
    heard: HashMap<String, Vec<u8>>,
}

impl Recording {
    /// Reads what the recorder wrote about the process working on `database`.
    ///
    /// # Panics
    /// When something was done to the files that a crash image cannot be made of.
    fn read(record: &Path, database: &Path) -> Self {
        let mut recording = Self { database: database.to_owned(), ..Self::default() };
        let mut open: HashMap<String, (usize, String)> = HashMap::new();
        let file = BufReader::with_capacity(1 << 20, File::open(record).expect("a record"));
        for (place, line) in file.lines().enumerate() {
            let line = line.expect("text");
            recording.length = place + 1;
            let Some((thread, rest)) = line.split_once(' ') else { continue };
            let rest = rest.trim_start();
            if let Some(begin) = rest.strip_suffix(" <unfinished ...>") {
                open.insert(thread.to_owned(), (place, begin.to_owned()));
            } else if rest.starts_with("<... ") {
                let end = rest.split_once(" resumed>").map_or("", |(_, end)| end);
                if let Some((begun, begin)) = open.remove(thread) {
                    recording.call(&format!("{begin}{end}"), begun, Some(place));
                }
            } else if !rest.starts_with("+++") && !rest.starts_with("---") {
                recording.call(rest, place, Some(place));
            }
        }
        // What the process died in may have happened or not.
        let mut open: Vec<(usize, String)> = open.into_values().collect();
        open.sort_unstable();
        for (begun, text) in open {
            recording.call(&text, begun, None);
        }
        recording.steps.sort_by_key(|step| step.begun);
        recording.acked.sort_by_key(|acked| acked.at);
        recording
    }

    fn call(&mut self, text: &str, begun: usize, ended: Option<usize>) {
        let Some((name, rest)) = text.split_once('(') else { return };
        // The result stands in a column of its own.
        let (arguments, result) = rest.rsplit_once(" = ").unwrap_or((rest, ""));
        let arguments = arguments.trim_end().trim_end_matches(')');
        // A question mark, or a wait on a file that was broken off as nothing but death does: it died in it.
        let ended = ended.filter(|_| !result.starts_with('?') && !result.contains("EINTR"));
        let said = result;
        let result: i64 = result.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(-1);
        if ended.is_some() && result < 0 {
            match name {
                "fsync" | "fdatasync" => self.failed_syncs.push(begun),
                "pwrite64" if self.part(arguments).is_some() => {}
                _ => return,
            }
            self.failures.push(format!("{name}: {said}"));
            return;
        }
        match name {
            "openat" => self.opened(arguments, begun),
            "recvfrom" => self.hear(arguments),
            "write" | "writev" | "sendto" => self.say(arguments, begun),
            "fsync" | "fdatasync" => self.synced(arguments, begun, ended),
            _ => {
                let Some(part) = self.part(arguments) else { return };
                let deed = match name {
                    "pwrite64" => {
                        Deed::Write { at: last_number(arguments), bytes: quoted(arguments) }
                    }
                    "ftruncate" => Deed::Truncate(last_number(arguments)),
                    other => panic!("no crash image can be made of {other} on {part:?}"),
                };
                self.steps.push(Step { part, deed, begun, ended });
            }
        }
    }

    /// Which of the two files a call is about.
    fn part(&self, arguments: &str) -> Option<Part> {
        let path = PathBuf::from(String::from_utf8_lossy(&described(arguments)).into_owned());
        if path == self.database {
            return Some(Part::Database);
        }
        (path == log_of(&self.database)).then_some(Part::Log)
    }

    fn opened(&mut self, arguments: &str, place: usize) {
        let path = PathBuf::from(String::from_utf8_lossy(&quoted(arguments)).into_owned());
        if arguments.contains("O_CREAT") && path == log_of(&self.database) {
            self.log_made.get_or_insert(place);
        }
    }

    fn synced(&mut self, arguments: &str, begun: usize, ended: Option<usize>) {
        if let Some(part) = self.part(arguments) {
            self.steps.push(Step { part, deed: Deed::Sync, begun, ended });
            return;
        }
        let folder = self.database.parent().map(|folder| folder.display().to_string());
        let path = String::from_utf8_lossy(&described(arguments)).into_owned();
        if folder == Some(path) && self.log_made.is_some_and(|made| made < begun) {
            self.log_named = self.log_named.or(ended);
        }
    }

    fn hear(&mut self, arguments: &str) {
        let line = String::from_utf8_lossy(&described(arguments)).into_owned();
        let bytes = quoted(arguments);
        if bytes.is_empty() {
            // The line is closed; its number may be given to another one.
            self.heard.remove(&line);
        } else {
            self.heard.entry(line).or_default().extend(bytes);
        }
    }

    fn say(&mut self, arguments: &str, place: usize) {
        let line = String::from_utf8_lossy(&described(arguments)).into_owned();
        if !line.starts_with("socket:") {
            let part = self.part(arguments);
            assert!(part.is_none(), "a write without its place to {part:?}");
            return;
        }
        let bytes = quoted(arguments);
        if !bytes.starts_with(b"HTTP/1.1 ") {
            self.heard.remove(&line);
            self.said.push(Said { at: place, text: String::from_utf8_lossy(&bytes).into_owned() });
            return;
        }
        let request = self.heard.remove(&line).unwrap_or_default();
        let telegram = request.starts_with(b"POST /telegram/");
        if !bytes.starts_with(b"HTTP/1.1 200")
            || !(telegram || request.starts_with(b"POST /pakasir/"))
        {
            return;
        }
        let head = request.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
        let body = request[head + 4..].to_vec();
        let read: Value = serde_json::from_slice(&body).expect("a whole body");
        let update = telegram.then(|| read["update_id"].as_i64().expect("a number"));
        self.acked.push(Acked { at: place, update, body });
    }
}

/// SQLite's write-ahead log of a database.
pub fn log_of(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// What stands in the angle brackets of the first argument.
fn described(arguments: &str) -> Vec<u8> {
    let inner = arguments.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(inner, _)| bytes(inner)).unwrap_or_default()
}

/// All quoted bytes of a call; every byte is written as `\x` and two digits.
fn quoted(arguments: &str) -> Vec<u8> {
    arguments.split('"').skip(1).step_by(2).flat_map(bytes).collect()
}

fn bytes(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => byte - b'0',
        _ => byte - b'a' + 10,
    };
    text.as_bytes().chunks_exact(4).map(|four| digit(four[2]) << 4 | digit(four[3])).collect()
}

fn last_number(arguments: &str) -> usize {
    let number = arguments.rsplit(", ").next().and_then(|number| number.parse().ok());
    number.unwrap_or_else(|| panic!("no number ends {} bytes of a call", arguments.len()))
}
