//! Log records for the person at night: text or JSON, to stderr and, with a folder, to a file a day.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use tracing::Level;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::util::TryInitError;
use tracing_subscriber::{EnvFilter, Layer as _};

use super::ear::Ear;
use super::redaction::redacted;
use crate::primitives::Clock;

/// How a record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// Why logging could not begin.
#[derive(Debug, thiserror::Error)]
pub enum LogsError {
    /// The level is none of trace, debug, info, warn, error.
    #[error("LOG_LEVEL is not understood: {0}")]
    Level(String),
    /// The folder cannot be written.
    #[error("LOG_DIR cannot be used: {0}")]
    Folder(io::Error),
    /// It has begun already.
    #[error(transparent)]
    Twice(#[from] TryInitError),
}

/// Begins logging for the whole process.
///
/// # Errors
/// [`LogsError`] when the level or the folder is unfit, or logging has begun already.
pub fn init(level: &str, format: LogFormat, folder: Option<PathBuf>) -> Result<(), LogsError> {
    init_heard(level, format, folder, None)
}

/// The same, with an ear for whatever has the given level or a graver one, whatever is written.
///
/// # Errors
/// As [`init`].
pub fn init_heard(
    level: &str,
    format: LogFormat,
    folder: Option<PathBuf>,
    ear: Option<(Ear, Level)>,
) -> Result<(), LogsError> {
    let filter = EnvFilter::try_new(level).map_err(|error| LogsError::Level(error.to_string()))?;
    let sink = Sink::open(folder).map_err(LogsError::Folder)?;
    let written = tracing_subscriber::fmt::layer().with_writer(sink).with_ansi(false);
    let written = match format {
        LogFormat::Text => written.boxed(),
        LogFormat::Json => written.json().flatten_event(true).boxed(),
    };
    let heard = ear.map(|(ear, from)| ear.with_filter(LevelFilter::from_level(from)));
    let registry = tracing_subscriber::registry();
    registry.with(written.with_filter(filter)).with(heard).try_init()?;
    Ok(())
}

struct Sink {
    folder: Option<PathBuf>,
    clock: Clock,
    today: Mutex<Option<(String, File)>>,
}

impl Sink {
    fn open(folder: Option<PathBuf>) -> io::Result<Self> {
        if let Some(folder) = &folder {
            std::fs::create_dir_all(folder)?;
        }
        Ok(Self { folder, clock: Clock::system(), today: Mutex::new(None) })
    }

    /// Appends to the file of the day; a full disk must not stop the service, so stderr has it anyway.
    fn append(&self, record: &[u8]) -> io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let now = self.clock.now().to_rfc3339();
        let day = now.get(..10).unwrap_or("undated");
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        if today.as_ref().is_none_or(|(open, _)| open != day) {
            let path = folder.join(format!("auto-order-{day}.log"));
            let file = OpenOptions::new().create(true).append(true).open(path)?;
            *today = Some((day.to_owned(), file));
        }
        today.as_mut().map_or(Ok(()), |(_, file)| file.write_all(record))
    }
}

struct Record<'a>(&'a Sink);

impl Write for Record<'_> {
    /// Never fails: whoever hears of a record that could not be written tells stderr about it and
    /// panics when that is full too, and with it the work that only wanted to say something.
    fn write(&mut self, record: &[u8]) -> io::Result<usize> {
        let words = String::from_utf8_lossy(record);
        let words = redacted(&words);
        let _ = self.0.append(words.as_bytes());
        let _ = io::stderr().write_all(words.as_bytes());
        Ok(record.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = io::stderr().flush();
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Record<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        Record(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gets_a_file_a_day() {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Clock::manual(crate::primitives::Timestamp(1_795_377_900_000));
        let sink = Sink {
            folder: Some(folder.path().to_owned()),
            clock: clock.clone(),
            today: Mutex::new(None),
        };
        sink.append(b"one\n").expect("written");
        clock.advance(std::time::Duration::from_hours(24));
        sink.append(b"two\n").expect("written");
        let read = |day: &str| {
            std::fs::read_to_string(folder.path().join(format!("auto-order-{day}.log")))
        };
        assert_eq!(read("2026-11-22").expect("day one"), "one\n");
        assert_eq!(read("2026-11-23").expect("day two"), "two\n");
    }

    #[test]
    fn a_known_secret_is_covered_in_whatever_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let sink = Sink::open(Some(folder.path().to_owned())).expect("opened");
        super::super::redaction::know("kenari-dalam-log");
        Record(&sink).write_all(b"token kenari-dalam-log here\n").expect("never fails");
        let file = std::fs::read_dir(folder.path()).expect("a folder").next().expect("a file");
        let said = std::fs::read_to_string(file.expect("an entry").path()).expect("text");
        assert_eq!(said, "token [secret] here\n");
    }
}
