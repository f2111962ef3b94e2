//! Log records for the person at night: text or JSON, to stderr and, with a folder, to a file a day.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::util::TryInitError;

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
    let filter = EnvFilter::try_new(level).map_err(|error| LogsError::Level(error.to_string()))?;
    let sink = Sink::open(folder).map_err(LogsError::Folder)?;
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(sink).with_ansi(false);
    match format {
        LogFormat::Text => builder.finish().try_init()?,
        LogFormat::Json => builder.json().flatten_event(true).finish().try_init()?,
    }
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
        let _ = self.0.append(record);
        let _ = io::stderr().write_all(record);
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
}
