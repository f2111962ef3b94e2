//! Where archives and the journal lie: a folder, or a bucket that speaks S3.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::{
    BackoffConfig, ClientOptions, Error, MultipartUpload as _, ObjectStore as _,
    ObjectStoreExt as _, PutPayload, RetryConfig,
};

use super::BackupFault;
use super::scratch::{aside, beside, fresh_file, make_folder, settle, write_whole};
use crate::config::{Bucket, Offsite};

/// How much of a file is on its way at once, in bytes.
const PIECE: usize = 8 * 1024 * 1024;
/// The longest object that is read at once, in bytes.
pub(super) const LONGEST_READ: u64 = 4 * 1024 * 1024;

/// A file there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub name: String,
    pub bytes: u64,
}

/// A place.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Folder { word: &'static str, path: PathBuf },
    Bucket { store: Arc<AmazonS3>, prefix: String },
}

impl Place {
    pub(super) fn local(path: &Path) -> Self {
        Self::Folder { word: "local", path: path.to_owned() }
    }

    pub(super) fn offsite(offsite: &Offsite) -> Result<Self, BackupFault> {
        match offsite {
            Offsite::Folder(path) => Ok(Self::Folder { word: "offsite", path: path.clone() }),
            Offsite::Bucket(bucket) => {
                let store = Arc::new(open(bucket).map_err(fault)?);
                Ok(Self::Bucket { store, prefix: bucket.prefix.clone() })
            }
        }
    }

    /// `local` or `offsite`.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Folder { word, .. } => word,
            Self::Bucket { .. } => "offsite",
        }
    }

    fn key(prefix: &str, name: &str) -> Key {
        Key::from(format!("{prefix}/{name}"))
    }

    /// The files directly in `folder`; an empty word is the place itself.
    pub(super) async fn list(&self, folder: &str) -> Result<Vec<Item>, BackupFault> {
        match self {
            Self::Folder { path, .. } => {
                let path = path.join(folder);
                aside(move || list_folder(&path)).await
            }
            Self::Bucket { store, prefix } => {
                let key = Self::key(prefix, folder);
                let listed = store.list_with_delimiter(Some(&key)).await.map_err(fault)?;
                let named = listed.objects.into_iter().filter_map(|object| {
                    let name = object.location.filename()?.to_owned();
                    Some(Item { name, bytes: object.size })
                });
                Ok(named.collect())
            }
        }
    }

    /// Brings a file there, whole or not at all.
    pub(super) async fn put_file(&self, name: &str, from: &Path) -> Result<(), BackupFault> {
        let from = from.to_owned();
        match self {
            Self::Folder { path, .. } => {
                let target = path.join(name);
                aside(move || copy_whole(&from, &target)).await
            }
            Self::Bucket { store, prefix } => upload(store, &Self::key(prefix, name), &from).await,
        }
    }

    /// Writes a small file there, whole or not at all.
    pub(super) async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), BackupFault> {
        match self {
            Self::Folder { path, .. } => {
                let target = path.join(name);
                aside(move || {
                    target.parent().map_or(Ok(()), make_folder)?;
                    write_whole(&target, &bytes)
                })
                .await
            }
            Self::Bucket { store, prefix } => {
                let key = Self::key(prefix, name);
                store.put(&key, PutPayload::from(bytes)).await.map_err(fault)?;
                Ok(())
            }
        }
    }

    /// Reads a file from its beginning, at most [`LONGEST_READ`] of it; `None` when it is not there.
    pub(super) async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, BackupFault> {
        match self {
            Self::Folder { path, .. } => {
                let path = path.join(name);
                aside(move || {
                    let file = match File::open(&path) {
                        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                        opened => opened.map_err(BackupFault::file(&path))?,
                    };
                    let mut bytes = Vec::new();
                    let read = file.take(LONGEST_READ).read_to_end(&mut bytes);
                    read.map_err(BackupFault::file(&path))?;
                    Ok(Some(bytes))
                })
                .await
            }
            Self::Bucket { store, prefix } => {
                let key = Self::key(prefix, name);
                let length = match store.head(&key).await {
                    Err(Error::NotFound { .. }) => return Ok(None),
                    about => about.map_err(fault)?.size,
                };
                if length == 0 {
                    return Ok(Some(Vec::new()));
                }
                let range = 0..length.min(LONGEST_READ);
                Ok(Some(store.get_range(&key, range).await.map_err(fault)?.to_vec()))
            }
        }
    }

    /// Fetches a file.
    pub(super) async fn fetch(&self, name: &str, into: &Path) -> Result<(), BackupFault> {
        let into = into.to_owned();
        match self {
            Self::Folder { path, .. } => {
                let from = path.join(name);
                aside(move || copy_whole(&from, &into)).await
            }
            Self::Bucket { store, prefix } => {
                download(store, &Self::key(prefix, name), &into).await
            }
        }
    }

    /// Deletes a file; one that is gone already is no fault.
    pub(super) async fn delete(&self, name: &str) -> Result<(), BackupFault> {
        match self {
            Self::Folder { path, .. } => {
                let path = path.join(name);
                aside(move || match std::fs::remove_file(&path) {
                    Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
                    gone => gone.map_err(BackupFault::file(&path)),
                })
                .await
            }
            Self::Bucket { store, prefix } => match store.delete(&Self::key(prefix, name)).await {
                Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
                Err(error) => Err(fault(error)),
            },
        }
    }
}

fn open(bucket: &Bucket) -> Result<AmazonS3, Error> {
    let near = bucket.endpoint.as_deref().is_some_and(|url| url.starts_with("http://"));
    let options = ClientOptions::new()
        .with_connect_timeout(Duration::from_secs(5))
        .with_timeout(Duration::from_mins(2))
        .with_allow_http(near);
    let retry = RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: 3,
        retry_timeout: Duration::from_mins(1),
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&bucket.name)
        .with_region(&bucket.region)
        .with_access_key_id(bucket.key_id.expose())
        .with_secret_access_key(bucket.key.expose())
        .with_client_options(options)
        .with_retry(retry);
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    if let Some(token) = &bucket.token {
        builder = builder.with_token(token.expose());
    }
    builder.build()
}

/// In our words alone: a bucket's own may hold the name of a key and an address.
#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn fault(error: Error) -> BackupFault {
    let why = match error {
        Error::NotFound { .. } => "has no such file or bucket",
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
            "refused our key; check AWS_ACCESS_KEY_ID and what it may do"
        }
        _ => "did not answer as it should",
    };
    BackupFault::Place { place: "the offsite place".to_owned(), why: why.to_owned() }
}

fn list_folder(path: &Path) -> Result<Vec<Item>, BackupFault> {
    let entries = match std::fs::read_dir(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(BackupFault::file(path))?,
    };
    let mut items = Vec::new();
    for entry in entries {
        let entry = entry.map_err(BackupFault::file(path))?;
        // What was deleted meanwhile is not there.
        let Ok(about) = entry.metadata() else { continue };
        if about.is_file() {
            let name = entry.file_name().to_string_lossy().into_owned();
            items.push(Item { name, bytes: about.len() });
        }
    }
    Ok(items)
}

fn copy_whole(from: &Path, target: &Path) -> Result<(), BackupFault> {
    target.parent().map_or(Ok(()), make_folder)?;
    let beside = beside(target);
    let mut file = fresh_file(&beside)?;
    let mut source = File::open(from).map_err(BackupFault::file(from))?;
    std::io::copy(&mut source, &mut file)
        .and_then(|_| file.sync_all())
        .map_err(BackupFault::file(&beside))?;
    settle(&beside, target)
}

async fn upload(store: &AmazonS3, key: &Key, from: &Path) -> Result<(), BackupFault> {
    let mut file = File::open(from).map_err(BackupFault::file(from))?;
    let length = file.metadata().map_err(BackupFault::file(from))?.len();
    let mut upload = store.put_multipart(key).await.map_err(fault)?;
    loop {
        let path = from.to_owned();
        let (piece, rest) = aside(move || {
            let mut piece = Vec::new();
            let read = (&mut file).take(PIECE as u64).read_to_end(&mut piece);
            read.map_err(BackupFault::file(&path))?;
            Ok((piece, file))
        })
        .await?;
        file = rest;
        if piece.is_empty() {
            break;
        }
        if let Err(error) = upload.put_part(PutPayload::from(piece)).await {
            // The bucket forgets what was begun by its own rules, if this fails too.
            let _ = upload.abort().await;
            return Err(fault(error));
        }
    }
    upload.complete().await.map_err(fault)?;
    let there = store.head(key).await.map_err(fault)?.size;
    if there == length {
        return Ok(());
    }
    let (place, why) =
        ("the offsite place".to_owned(), "kept only a part of the archive".to_owned());
    Err(BackupFault::Place { place, why })
}

async fn download(store: &AmazonS3, key: &Key, into: &Path) -> Result<(), BackupFault> {
    let length = store.head(key).await.map_err(fault)?.size;
    let mut file = fresh_file(into)?;
    let mut from = 0;
    while from < length {
        let until = length.min(from + PIECE as u64);
        let bytes = store.get_range(key, from..until).await.map_err(fault)?;
        let path = into.to_owned();
        file = aside(move || {
            file.write_all(&bytes).map_err(BackupFault::file(&path))?;
            Ok(file)
        })
        .await?;
        from = until;
    }
    Ok(())
}
