//! What the environment says of backups: when, where to, how many, and under which password.

use std::path::PathBuf;

use super::parse::{Reader, is_loopback};
use crate::primitives::Secret;

/// How backups are made and kept.
#[derive(Debug, Clone)]
pub struct Backup {
    /// Whether one is made every day.
    pub automatic: bool,
    /// Hour and minute of the first store's clock at which it is made.
    pub at: (i8, i8),
    /// How many archives are kept in each place.
    pub keep: usize,
    /// The folder on this machine.
    pub local: PathBuf,
    /// The place elsewhere.
    pub offsite: Option<Offsite>,
    /// Whether the daily one is brought there.
    pub automatic_offsite: bool,
    /// What archives are encrypted under.
    pub password: Option<Secret<String>>,
    /// The work factor of the password, as a power of two; only builds for tests ask for less than 18.
    pub effort: u8,
}

/// A place elsewhere.
#[derive(Debug, Clone)]
pub enum Offsite {
    /// A folder, such as a mounted disk.
    Folder(PathBuf),
    /// A bucket that speaks S3.
    Bucket(Box<Bucket>),
}

/// A bucket and the way in.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// What names begin with in it; may be empty.
    pub prefix: String,
    /// Its region.
    pub region: String,
    /// Where it is, when it is not Amazon's.
    pub endpoint: Option<String>,
    /// The key's name.
    pub key_id: Secret<String>,
    /// The key.
    pub key: Secret<String>,
    /// The token of a key that lasts for a session.
    pub token: Option<Secret<String>>,
}

impl Backup {
    /// Whether what is handed over is written down beside the database.
    #[must_use]
    pub const fn keeps_journal(&self) -> bool {
        self.password.is_some() && (self.automatic || self.offsite.is_some())
    }
}

/// The work factor that age itself takes for a second's work.
const EFFORT: u8 = 18;

impl Reader {
    pub(super) fn backup(&mut self) -> Backup {
        let backup = Backup {
            automatic: self.flag("ENABLE_AUTO_BACKUP", false),
            at: self.clock("BACKUP_TIME", (0, 0)),
            keep: self.number("BACKUP_KEEP", 7, 1..=1000),
            local: self
                .text("BACKUP_LOCAL_DIR")
                .unwrap_or_else(|| "backups/local".to_owned())
                .into(),
            offsite: self.offsite(),
            automatic_offsite: self.flag("BACKUP_AUTOMATIC_OFFSITE", true),
            password: self.secret("BACKUP_ENCRYPTION_PASSWORD"),
            effort: self.effort(),
        };
        if backup.automatic && backup.password.is_none() {
            self.fault("ENABLE_AUTO_BACKUP needs BACKUP_ENCRYPTION_PASSWORD");
        }
        backup
    }

    fn effort(&mut self) -> u8 {
        if cfg!(debug_assertions) {
            self.number("AUTO_ORDER_BACKUP_EFFORT", EFFORT, 1..=EFFORT)
        } else {
            EFFORT
        }
    }

    fn clock(&mut self, name: &str, default: (i8, i8)) -> (i8, i8) {
        let Some(text) = self.text(name) else { return default };
        let read = text.split_once(':').and_then(|(hour, minute)| {
            let (hour, minute) = (hour.parse::<i8>().ok()?, minute.parse::<i8>().ok()?);
            ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some((hour, minute))
        });
        read.unwrap_or_else(|| {
            self.fault(format!("{name}='{text}' is not a time such as 03:30"));
            default
        })
    }

    fn offsite(&mut self) -> Option<Offsite> {
        let key_id = self.secret("AWS_ACCESS_KEY_ID");
        let key = self.secret("AWS_SECRET_ACCESS_KEY");
        let token = self.secret("AWS_SESSION_TOKEN");
        let region = self.text("AWS_REGION").unwrap_or_else(|| "us-east-1".to_owned());
        let endpoint = self.endpoint();
        let text = self.text("BACKUP_OFFSITE_URL")?;
        if let Some(path) = text.strip_prefix("file://").filter(|path| path.starts_with('/')) {
            return Some(Offsite::Folder(path.into()));
        }
        let place = text.strip_prefix("s3://").unwrap_or_default().trim_matches('/');
        let (name, prefix) = place.split_once('/').unwrap_or((place, ""));
        if name.is_empty() || place.contains(['?', '#', '@']) {
            self.fault(
                "BACKUP_OFFSITE_URL must be s3://bucket, s3://bucket/folder or file:///folder",
            );
            return None;
        }
        let (Some(key_id), Some(key)) = (key_id, key) else {
            self.fault("BACKUP_OFFSITE_URL is a bucket: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are missing");
            return None;
        };
        let (name, prefix) = (name.to_owned(), prefix.to_owned());
        let bucket = Bucket { name, prefix, region, endpoint, key_id, key, token };
        Some(Offsite::Bucket(Box::new(bucket)))
    }

    fn endpoint(&mut self) -> Option<String> {
        let text = self.text("AWS_ENDPOINT_URL")?;
        let near = text.starts_with("http://") && is_loopback(&text);
        if !near && !text.starts_with("https://") {
            self.fault("AWS_ENDPOINT_URL must begin with https://, or name this machine");
        }
        Some(text)
    }
}
