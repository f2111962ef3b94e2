//! `auto-order catalogue`: the whole catalogue in or out as one JSON file.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::failure::Failure;
use super::{open, say, say_json};
use crate::config::Config;
use crate::db::OpenMode;
use crate::primitives::Clock;
use crate::shop::catalogue::{self, CatalogueFile};

/// The largest file that is read, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add or change what the file names; the whole file or nothing.
    Import {
        /// The file, or - for standard input.
        file: PathBuf,
        /// The store's slug; the only one when left out.
        #[arg(long)]
        store: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write the catalogue down.
    Export {
        /// The file, or - for standard output.
        file: PathBuf,
        /// The store's slug; the only one when left out.
        #[arg(long)]
        store: Option<String>,
        /// With the unsold units in clear.
        #[arg(long)]
        units: bool,
    },
}

pub(super) async fn run(config: Config, command: Command) -> Result<(), Failure> {
    match command {
        Command::Import { file, store, json } => import(config, &file, store, json).await,
        Command::Export { file, store, units } => export(config, &file, store, units).await,
    }
}

async fn import(
    config: Config,
    path: &Path,
    slug: Option<String>,
    json: bool,
) -> Result<(), Failure> {
    let file: CatalogueFile = serde_json::from_str(&read(path)?)
        .map_err(|error| Failure::Use(unreadable(path, &error)))?;
    let db = open::database(&config, OpenMode::Command).await?;
    let store = open::store(&db, &config.keyring, slug.as_deref()).await?;
    let mut tx = db.write().await?;
    let now = Clock::system().now();
    let done = catalogue::import(&mut tx, &store, &config.keyring, &file, now)
        .await
        .map_err(Failure::File)?;
    tx.commit().await?;
    if json {
        return say_json(&done);
    }
    say(&format!(
        "{} categories, {} products, {} units added, {} units known before, {} coupons",
        done.categories, done.products, done.units_added, done.units_known, done.coupons
    ))
}

/// Where a file is no catalogue; what stands there is not repeated, because it may be goods.
fn unreadable(path: &Path, error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let what = match error.classify() {
        Category::Data => "a value or a name that does not belong there",
        Category::Eof => "the end, too early",
        Category::Syntax | Category::Io => "no JSON",
    };
    let (line, column) = (error.line(), error.column());
    format!("{} is no catalogue: line {line}, column {column}: {what}", path.display())
}

fn read(path: &Path) -> Result<String, Failure> {
    use std::io::Read as _;
    let shown = path.display();
    let refuse = |error: std::io::Error| Failure::Use(format!("{shown} cannot be read: {error}"));
    let mut text = String::new();
    let mut source: Box<dyn std::io::Read> = if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(path).map_err(refuse)?)
    };
    source.by_ref().take(LARGEST + 1).read_to_string(&mut text).map_err(refuse)?;
    if text.len() as u64 > LARGEST {
        return Err(Failure::Use(format!("{shown} is larger than 64 MiB")));
    }
    Ok(text)
}

async fn export(
    config: Config,
    path: &Path,
    slug: Option<String>,
    units: bool,
) -> Result<(), Failure> {
    let db = open::database(&config, OpenMode::Command).await?;
    let store = open::store(&db, &config.keyring, slug.as_deref()).await?;
    let mut tx = db.read().await?;
    let file = catalogue::export(&mut tx, &store, &config.keyring, units).await?;
    let text = serde_json::to_string_pretty(&file)?;
    if path == Path::new("-") {
        return say(&text);
    }
    write_private(path, &text)
        .map_err(|error| Failure::Failed(format!("{} cannot be written: {error}", path.display())))
}

/// Writes a file that only its owner may read: it may hold goods.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    // The mode above is for a new file only.
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")
}
