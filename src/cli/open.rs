//! What most commands begin with: an open database, and the first store as the environment wants it.

use super::failure::Failure;
use crate::config::{Config, FirstStore};
use crate::db::{Db, OpenMode};
use crate::primitives::{Clock, Keyring, Secret};
use crate::shop::stores::{self, Store, Wish};

/// Opens the database and makes or updates the first store.
pub(super) async fn database(config: &Config, mode: OpenMode) -> Result<Db, Failure> {
    let db = Db::open(&config.database_url, mode).await?;
    if let Some(first) = &config.first_store {
        let mut tx = db.write().await?;
        stores::apply(&mut tx, &config.keyring, &first.slug, &wish(first), Clock::system().now())
            .await?;
        tx.commit().await?;
    }
    Ok(db)
}

fn wish(first: &FirstStore) -> Wish {
    Wish {
        name: first.name.clone(),
        zone: first.zone.clone(),
        language: first.language,
        bot_token: Some(first.bot_token.clone()),
        pakasir_slug: first.pakasir_slug.clone(),
        pakasir_api_key: first.pakasir_api_key.clone(),
        pakasir_webhook_secret: first.pakasir_webhook_secret.clone(),
        pakasir_version: first.pakasir_version,
        pakasir_sandbox: first.pakasir_sandbox,
        invoice_minutes: first.invoice_minutes,
        terms_days: first.terms_days,
        low_stock: first.low_stock,
        sticker: None,
        admins: first.admins.clone(),
        owners: first.owners.clone(),
    }
}

/// The store called `slug`; without a name, the only one there is.
pub(super) async fn store(
    db: &Db,
    keyring: &Keyring,
    slug: Option<&str>,
) -> Result<Store, Failure> {
    let mut tx = db.read().await?;
    let mut all = stores::each(&mut tx, keyring).await?;
    let read = match slug {
        Some(slug) => all.into_iter().find(|read| read.slug == slug).ok_or_else(|| {
            Failure::Use(format!("there is no store '{slug}'; see `auto-order store list`"))
        })?,
        None if all.len() == 1 => all.remove(0),
        None if all.is_empty() => {
            let why = "there is no store yet; see `auto-order store add --help`";
            return Err(Failure::Use(why.to_owned()));
        }
        None => {
            return Err(Failure::Use("there are several stores; name one with --store".to_owned()));
        }
    };
    Ok(read.store?)
}

/// A secret from the command line, read from a file when it begins with `@`.
pub(super) fn secret(given: &str) -> Result<Secret<String>, Failure> {
    match given.strip_prefix('@') {
        None => Ok(Secret::new(given.to_owned())),
        Some(path) => std::fs::read_to_string(path)
            .map(|text| Secret::new(text.trim().to_owned()))
            .map_err(|error| Failure::Use(format!("{path} cannot be read: {error}"))),
    }
}
