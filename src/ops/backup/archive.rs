//! One archive: an age file under a password around a tar, written and read as a stream.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use age::secrecy::SecretString;
use ring::digest::{Context, SHA256};

use super::BackupFault;
use super::manifest::{FORMAT, Manifest, Part};
use super::scratch::{beside, fresh_file, settle};
use crate::config::{read_settings, settings_text};
use crate::primitives::Secret;

const MANIFEST: &str = "manifest.json";
const SETTINGS: &str = "settings.env";
/// The longest manifest and the longest settings that are read.
const LONGEST_HEAD: u64 = 4 * 1024 * 1024;
/// More work than this is asked for by no archive of ours.
const MOST_EFFORT: u8 = 18;
const BUFFER: usize = 256 * 1024;

/// Trying a password takes a quarter of a gigabyte: in one process one archive is opened or sealed at a time.
static TURN: Mutex<()> = Mutex::new(());

/// The password, and how hard it is to try one, as a power of two.
#[derive(Debug, Clone)]
pub(super) struct Lock {
    pub password: Secret<String>,
    pub effort: u8,
}

/// What stands in an archive before its data.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub manifest: Manifest,
    pub settings: Secret<BTreeMap<String, String>>,
}

/// Length and SHA-256 of a file.
pub(super) fn part(folder: &Path, name: &str) -> Result<Part, BackupFault> {
    let path = folder.join(name);
    let mut file = File::open(&path).map_err(BackupFault::file(&path))?;
    let mut sum = Sum::new(io::sink());
    io::copy(&mut file, &mut sum).map_err(BackupFault::file(&path))?;
    Ok(sum.part(name))
}

/// Writes an archive of the files in `folder` that the manifest lists; how long it became.
pub(super) fn seal(
    head: &Head,
    folder: &Path,
    target: &Path,
    lock: &Lock,
) -> Result<u64, BackupFault> {
    let beside = beside(target);
    let sealed = seal_into(fresh_file(&beside)?, head, folder, lock)
        .and_then(|file| file.metadata())
        .map_err(BackupFault::file(&beside));
    match sealed.and_then(|about| settle(&beside, target).map(|()| about.len())) {
        Ok(length) => Ok(length),
        Err(fault) => {
            // The fault is what matters; what was half written is swept some other time.
            let _ = std::fs::remove_file(&beside);
            Err(fault)
        }
    }
}

fn seal_into(file: File, head: &Head, folder: &Path, lock: &Lock) -> io::Result<File> {
    let mut recipient =
        age::scrypt::Recipient::new(SecretString::from(lock.password.expose().clone()));
    recipient.set_work_factor(lock.effort);
    let recipients = std::iter::once(&recipient as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).map_err(io::Error::other)?;
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let sealing = encryptor.wrap_output(BufWriter::with_capacity(BUFFER, file))?;
    drop(turn);
    let mut tar = tar::Builder::new(sealing);
    let manifest = serde_json::to_vec_pretty(&head.manifest)?;
    append(&mut tar, MANIFEST, manifest.len() as u64, &manifest[..])?;
    let settings = settings_text(head.settings.expose());
    append(&mut tar, SETTINGS, settings.len() as u64, settings.as_bytes())?;
    for part in &head.manifest.files {
        let data = BufReader::with_capacity(BUFFER, File::open(folder.join(&part.name))?);
        append(&mut tar, &format!("data/{}", part.name), part.bytes, data)?;
    }
    let file = tar.into_inner()?.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(file)
}

fn append(
    tar: &mut tar::Builder<impl Write>,
    name: &str,
    length: u64,
    data: impl Read,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(length);
    header.set_mode(0o600);
    tar.append_data(&mut header, name, data)
}

/// Reads a whole archive, checks every byte of it, and puts its data into `into`, an empty folder.
pub(super) fn unseal(path: &Path, lock: &Lock, into: &Path) -> Result<Head, BackupFault> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let file = File::open(path).map_err(BackupFault::file(path))?;
    let damaged = |why: String| BackupFault::Damaged { archive: name.clone(), why };
    let opened = opened(file, lock).ok_or_else(|| BackupFault::Closed(name.clone()))?;
    let mut tar = tar::Archive::new(opened);
    let head = read_all(&mut tar, into).map_err(&damaged)?;
    // To its very end: only there is it known that nothing was cut off.
    io::copy(&mut tar.into_inner(), &mut io::sink()).map_err(|_| damaged(CHANGED.to_owned()))?;
    Ok(head)
}

/// What an archive says of itself, from its first bytes; no more of it is checked.
pub(super) fn peek(beginning: impl Read, lock: &Lock) -> Option<Manifest> {
    let mut tar = tar::Archive::new(opened(beginning, lock)?);
    let mut entries = tar.entries().ok()?;
    let manifest = text(entries.next()?.ok()?, MANIFEST).ok()?;
    serde_json::from_str(&manifest).ok()
}

fn opened<R: Read>(file: R, lock: &Lock) -> Option<age::stream::StreamReader<BufReader<R>>> {
    let decryptor = age::Decryptor::new_buffered(BufReader::with_capacity(BUFFER, file)).ok()?;
    let mut identity =
        age::scrypt::Identity::new(SecretString::from(lock.password.expose().clone()));
    identity.set_max_work_factor(MOST_EFFORT);
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).ok()
}

const CHANGED: &str = "it was changed or cut off";

fn read_all(tar: &mut tar::Archive<impl Read>, into: &Path) -> Result<Head, String> {
    let changed = |_| CHANGED.to_owned();
    let mut entries = tar.entries().map_err(changed)?;
    let mut next =
        || entries.next().ok_or_else(|| "something is missing".to_owned())?.map_err(changed);
    let manifest: Manifest = serde_json::from_str(&text(next()?, MANIFEST)?)
        .map_err(|_| "its manifest cannot be read".to_owned())?;
    if manifest.format != FORMAT {
        return Err(format!("it has the format {}, made by {}", manifest.format, manifest.version));
    }
    let settings = read_settings(&text(next()?, SETTINGS)?)
        .ok_or_else(|| "its settings cannot be read".to_owned())?;
    for part in &manifest.files {
        take_out(next()?, part, into)?;
    }
    if next().is_ok() {
        return Err("there is more in it than it says".to_owned());
    }
    count_rows(&manifest, into)?;
    Ok(Head { manifest, settings: Secret::new(settings) })
}

fn text(entry: tar::Entry<'_, impl Read>, name: &str) -> Result<String, String> {
    let fits = entry.path().is_ok_and(|path| path == Path::new(name));
    if !fits || entry.size() > LONGEST_HEAD {
        return Err(format!("{name} is missing"));
    }
    let mut text = String::new();
    entry.take(LONGEST_HEAD).read_to_string(&mut text).map_err(|_| CHANGED.to_owned())?;
    Ok(text)
}

fn take_out(mut entry: tar::Entry<'_, impl Read>, part: &Part, into: &Path) -> Result<(), String> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.".contains(&b);
    let fits = entry.path().is_ok_and(|path| path == Path::new("data").join(&part.name));
    if !fits || !part.name.bytes().all(plain) || part.name.starts_with('.') {
        return Err(format!("{} is missing", part.name));
    }
    let file = fresh_file(&into.join(&part.name)).map_err(|fault| fault.to_string())?;
    let mut sum = Sum::new(BufWriter::with_capacity(BUFFER, file));
    io::copy(&mut entry, &mut sum).and_then(|_| sum.flush()).map_err(|error| {
        match error.kind() {
            io::ErrorKind::StorageFull => "the disk is full".to_owned(),
            _ => CHANGED.to_owned(),
        }
    })?;
    if sum.part(&part.name) == *part { Ok(()) } else { Err(format!("{} differs", part.name)) }
}

/// Tables that are files of their own have a line a row.
fn count_rows(manifest: &Manifest, folder: &Path) -> Result<(), String> {
    for table in &manifest.data.tables {
        let name = format!("{}.copy", table.name);
        if !manifest.files.iter().any(|part| part.name == name) {
            continue;
        }
        let mut file = File::open(folder.join(&name)).map_err(|error| error.to_string())?;
        let mut lines = Lines(0);
        io::copy(&mut file, &mut lines).map_err(|error| error.to_string())?;
        if lines.0 != table.rows {
            return Err(format!("{} has {} rows instead of {}", table.name, lines.0, table.rows));
        }
    }
    Ok(())
}

struct Lines(i64);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let pieces = bytes.split(|byte| *byte == b'\n').count();
        self.0 += i64::try_from(pieces - 1).unwrap_or(i64::MAX);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Passes bytes on and adds them up.
struct Sum<W> {
    into: W,
    bytes: u64,
    digest: Context,
}

impl<W: Write> Sum<W> {
    fn new(into: W) -> Self {
        Self { into, bytes: 0, digest: Context::new(&SHA256) }
    }

    fn part(self, name: &str) -> Part {
        let digest = self.digest.finish();
        Part { name: name.to_owned(), bytes: self.bytes, sha256: hex(digest.as_ref()) }
    }
}

impl<W: Write> Write for Sum<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.into.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
