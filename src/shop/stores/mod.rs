//! Stores: one bot, one gateway project, its own people, goods, customers and money.

mod table;
mod rules;

pub use rules::check_slug;
pub use table::STATEMENTS;

use serde::{Deserialize, Serialize};

use super::ShopError;
use crate::db::Tx;
use crate::pakasir::Version;
use crate::primitives::{
    Binding, Keyring, Language, Sealed, Secret, StoreId, Timestamp, UserId, Zone, random_token,
};

/// A store as the rest of the house sees it, secrets opened.
#[derive(Debug, Clone)]
pub struct Store {
    /// The row.
    pub id: StoreId,
    /// The short name in commands.
    pub slug: String,
    /// The name people see.
    pub name: String,
    /// Where its clock stands.
    pub zone: Zone,
    /// What it speaks first.
    pub language: Language,
    /// The unguessable part of its webhook paths.
    pub hook: String,
    /// The bot's token.
    pub bot_token: Secret<String>,
    /// What Telegram must send along with every update.
    pub webhook_secret: Secret<String>,
    /// The key of the store's fingerprints.
    pub pepper: Secret<Vec<u8>>,
    /// How it takes QRIS; `None` until the keys are there.
    pub gateway: Option<GatewayKeys>,
    /// How long an unpaid order lives, in minutes.
    pub invoice_minutes: i64,
    /// Who runs the store.
    pub admins: Vec<UserId>,
    /// Who runs the service.
    pub owners: Vec<UserId>,
    /// Grows with every change.
    pub revision: i64,
}

/// A store's project at the payment gateway.
#[derive(Debug, Clone)]
pub struct GatewayKeys {
    /// The project's slug.
    pub slug: String,
    /// The project's key.
    pub api_key: Secret<String>,
    /// What callbacks must carry; without it callbacks of `v2` are refused.
    pub callback_secret: Option<Secret<String>>,
    /// Which API the project speaks.
    pub version: Version,
    /// Whether the project is in sandbox mode.
    pub sandbox: bool,
}

impl Store {
    /// Whether `user` runs this store; owners may do what admins may.
    #[must_use]
    pub fn is_admin(&self, user: UserId) -> bool {
        self.admins.contains(&user) || self.owners.contains(&user)
    }
}

/// What a store should be; `None` leaves a setting as it is (or at its default for a new store).
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// The name people see.
    pub name: Option<String>,
    /// Where its clock stands.
    pub zone: Option<Zone>,
    /// What it speaks first.
    pub language: Option<Language>,
    /// The bot's token; needed for a new store.
    pub bot_token: Option<Secret<String>>,
    /// The gateway project's slug.
    pub pakasir_slug: Option<String>,
    /// The gateway project's key.
    pub pakasir_api_key: Option<Secret<String>>,
    /// The gateway's callback secret.
    pub pakasir_webhook_secret: Option<Secret<String>>,
    /// Which API the project speaks.
    pub pakasir_version: Option<Version>,
    /// Whether the project is in sandbox mode.
    pub pakasir_sandbox: Option<bool>,
    /// How long an unpaid order lives, in minutes.
    pub invoice_minutes: Option<i64>,
    /// Who runs the store, all of them.
    pub admins: Option<Vec<UserId>>,
    /// Who runs the service, all of them.
    pub owners: Option<Vec<UserId>>,
}

/// The secrets of a store, sealed together in one column.
#[derive(Clone, Serialize, Deserialize)]
struct Secrets {
    bot_token: String,
    webhook_secret: String,
    pepper: String,
    #[serde(default)]
    pakasir_api_key: Option<String>,
    #[serde(default)]
    pakasir_webhook_secret: Option<String>,
}

fn binding(slug: &str) -> Binding {
    Binding(format!("store/{slug}"))
}

/// Every store, at most 1,000.
///
/// # Errors
/// [`ShopError`] when the database fails or a store's secrets do not open.
pub async fn all(tx: &mut Tx, keyring: &Keyring) -> Result<Vec<Store>, ShopError> {
    let rows = table::all(tx).await?;
    let mut stores = Vec::with_capacity(rows.len());
    for row in rows {
        let people = table::people(tx, row.id).await?;
        stores.push(rules::opened(row, &people, keyring)?);
    }
    Ok(stores)
}

/// The store called `slug`, if there is one.
///
/// # Errors
/// As [`all`].
pub async fn by_slug(
    tx: &mut Tx,
    keyring: &Keyring,
    slug: &str,
) -> Result<Option<Store>, ShopError> {
    Ok(all(tx, keyring).await?.into_iter().find(|store| store.slug == slug))
}

/// A number that changes whenever any store changes.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn revision(tx: &mut Tx) -> Result<i64, ShopError> {
    Ok(table::revision(tx).await?)
}

/// Makes the store called `slug`, or changes what `wish` names; nothing is written when nothing differs.
///
/// # Errors
/// [`ShopError::Settings`] when a new store has no bot token or the slug is unfit.
pub async fn apply(
    tx: &mut Tx,
    keyring: &Keyring,
    slug: &str,
    wish: &Wish,
    now: Timestamp,
) -> Result<Store, ShopError> {
    check_slug(slug).map_err(ShopError::Settings)?;
    let before = by_slug(tx, keyring, slug).await?;
    let secrets = rules::secrets_after(before.as_ref(), wish, slug)?;
    let plain = serde_json::to_vec(&secrets)
        .map_err(|error| ShopError::Books(format!("store secrets: {error}")))?;
    let sealed = keyring.seal(&binding(slug), &plain);
    let row = rules::row_after(before.as_ref(), wish, slug);
    let id = match &before {
        Some(store) if !rules::differs(store, &row, &secrets, wish) => return Ok(store.clone()),
        Some(store) => {
            table::update(tx, store.id, &row, &sealed, now).await?;
            store.id
        }
        None => table::insert(tx, &row, &random_token(), &sealed, now).await?,
    };
    for (role, people) in [("admin", &wish.admins), ("owner", &wish.owners)] {
        if let Some(people) = people {
            table::set_people(tx, id, role, people).await?;
        }
    }
    by_slug(tx, keyring, slug)
        .await?
        .ok_or_else(|| ShopError::Books(format!("store {slug} vanished while it was written")))
}

/// Removes a store that never sold anything; `false` when it has orders and must stay.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn remove(tx: &mut Tx, store: StoreId) -> Result<bool, ShopError> {
    if table::has_customers(tx, store).await? {
        return Ok(false);
    }
    table::remove(tx, store).await?;
    Ok(true)
}

pub(crate) fn sealed(bytes: Vec<u8>, key_id: String) -> Sealed {
    Sealed { key_id, bytes }
}
