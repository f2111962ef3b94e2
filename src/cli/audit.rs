//! `auto-order audit`: whether anybody changed the audit log afterwards.

use clap::Subcommand;

use super::failure::Failure;
use super::{open, say};
use crate::config::Config;
use crate::db::OpenMode;
use crate::shop::{audit, stores};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check the hash chain of every store's log, or of one; exit 1 at the first entry that does not fit.
    Verify {
        /// The store's slug; every store when left out.
        #[arg(long)]
        store: Option<String>,
    },
}

pub(super) async fn run(config: Config, command: Command) -> Result<(), Failure> {
    let Command::Verify { store } = command;
    let db = open::database(&config, OpenMode::Command).await?;
    let mut tx = db.read().await?;
    let all = if let Some(slug) = store.as_deref() {
        vec![open::store(&db, &config.keyring, Some(slug)).await?]
    } else {
        let read = stores::each(&mut tx, &config.keyring).await?;
        read.into_iter().map(|read| read.store).collect::<Result<_, _>>()?
    };
    let mut broken = Vec::new();
    for store in &all {
        match audit::verify(&mut tx, store).await? {
            Ok(entries) => say(&format!("{}: {entries} entries, the chain is whole", store.slug))?,
            Err(place) => broken.push(format!("{}: entry {place} does not fit", store.slug)),
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(Failure::Failed(broken.join("; "))) }
}
