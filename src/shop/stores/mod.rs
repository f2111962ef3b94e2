//! Stores: one bot, one gateway project, its own people, goods, customers and money.

mod gateway;
mod table;
mod rules;
mod people;
mod standby;

pub use gateway::{GatewayKeys, Given};
pub use people::{is_run, join};
pub use rules::check_slug;
pub use standby::{back, move_on};
pub use table::STATEMENTS;
pub(in crate::shop) use table::hold;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use gateway::GatewayGiven;

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
    /// The standby address that its webhook was moved to; `None` while it points at the first one.
    pub standby: Option<String>,
    /// The bot's token.
    pub bot_token: Secret<String>,
    /// What Telegram must send along with every update.
    pub webhook_secret: Secret<String>,
    /// Ways in that were replaced and stay open for a while.
    pub former: Vec<Former>,
    /// The key of the store's fingerprints.
    pub pepper: Secret<Vec<u8>>,
    /// How it takes QRIS; `None` until the keys are there.
    pub gateway: Option<GatewayKeys>,
    /// What of its gateway settings was given so far.
    given: GatewayGiven,
    /// How long an unpaid order lives, in minutes.
    pub invoice_minutes: i64,
    /// How many days proofs of terms are kept; 0 keeps them for ever.
    pub terms_days: i64,
    /// From how many units of a product on the admins are told that little is left.
    pub low_stock: i64,
    /// The file id of the sticker that greets.
    pub sticker: Option<String>,
    /// Who runs the store.
    pub admins: Vec<UserId>,
    /// Who runs the service.
    pub owners: Vec<UserId>,
    /// Grows with every change.
    pub revision: i64,
}

/// A way in that was replaced: what is still under way comes by it.
#[derive(Debug, Clone)]
pub struct Former {
    /// The unguessable part of the paths then.
    pub hook: String,
    /// What Telegram sent along then.
    pub webhook_secret: Secret<String>,
    /// How many minutes it stays open once Telegram was told the new way.
    pub minutes: i64,
    /// When it closes; `None` until Telegram was told.
    pub until: Option<Timestamp>,
}

impl Former {
    /// Whether it is still open.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
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
    /// How many days proofs of terms are kept; 0 keeps them for ever.
    pub terms_days: Option<i64>,
    /// From how many units of a product on the admins are told that little is left.
    pub low_stock: Option<i64>,
    /// The file id of the sticker that greets; an empty one greets without.
    pub sticker: Option<String>,
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
    #[serde(default)]
    former: Vec<FormerSecrets>,
}

#[derive(Clone, Serialize, Deserialize)]
struct FormerSecrets {
    hook: String,
    webhook_secret: String,
    minutes: i64,
    until: Option<i64>,
}

/// So many replaced ways in stay open at once; each is one more comparison at the door.
const MOST_FORMER: usize = 5;

fn binding(slug: &str) -> Binding {
    Binding(format!("store/{slug}"))
}

/// A store as it was read, opened or not.
#[derive(Debug)]
pub struct Read {
    /// The row.
    pub id: StoreId,
    /// The short name in commands.
    pub slug: String,
    /// The store, or why it does not open.
    pub store: Result<Store, ShopError>,
}

/// Every store by itself, at most 1,000: one that is damaged does not keep the others closed.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn each(tx: &mut Tx, keyring: &Keyring) -> Result<Vec<Read>, ShopError> {
    let rows = table::all(tx).await?;
    let mut stores = Vec::with_capacity(rows.len());
    for row in rows {
        let (id, slug) = (row.id, row.settings.slug.clone());
        let people = table::people(tx, id).await?;
        stores.push(Read { id, slug, store: rules::opened(row, &people, keyring) });
    }
    Ok(stores)
}

/// The store called `slug`, if there is one.
///
/// # Errors
/// [`ShopError`] when the database fails or the store's secrets do not open.
pub async fn by_slug(
    tx: &mut Tx,
    keyring: &Keyring,
    slug: &str,
) -> Result<Option<Store>, ShopError> {
    let read = each(tx, keyring).await?.into_iter().find(|read| read.slug == slug);
    read.map(|read| read.store).transpose()
}

/// The store with this row as it stands now, if there is one.
///
/// # Errors
/// [`ShopError`] when the database fails or the store's secrets do not open.
pub async fn fresh(
    tx: &mut Tx,
    keyring: &Keyring,
    id: StoreId,
) -> Result<Option<Store>, ShopError> {
    let Some(row) = table::one(tx, id).await? else { return Ok(None) };
    let people = table::people(tx, id).await?;
    rules::opened(row, &people, keyring).map(Some)
}

/// A number that changes whenever any store changes.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn revision(tx: &mut Tx) -> Result<i64, ShopError> {
    Ok(table::revision(tx).await?)
}

/// Whether every setting that a wish names can be what it should be.
#[must_use]
pub fn is_fit(wish: &Wish) -> bool {
    rules::check_wish(wish).is_ok()
}

/// Makes the store called `slug`, or changes what `wish` names; nothing is written when nothing differs.
///
/// # Errors
/// [`ShopError::Settings`] when a new store has no bot token, or a slug, a token or a key is unfit.
pub async fn apply(
    tx: &mut Tx,
    keyring: &Keyring,
    slug: &str,
    wish: &Wish,
    now: Timestamp,
) -> Result<Store, ShopError> {
    check_slug(slug).map_err(ShopError::Settings)?;
    rules::check_wish(wish).map_err(ShopError::Settings)?;
    let before = by_slug(tx, keyring, slug).await?;
    let secrets = rules::secrets_after(before.as_ref(), wish, slug)?;
    let sealed = rules::seal(keyring, slug, &secrets)?;
    let row = rules::row_after(before.as_ref(), wish, slug);
    let id = match &before {
        Some(store) if !rules::differs(store, &row, &secrets, wish) => return Ok(store.clone()),
        Some(store) => {
            unchanged_meanwhile(table::update(tx, store, &row, &sealed, now).await?, slug)?;
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

/// Gives a store a fresh webhook secret, and with `hook` fresh paths too; the replaced way in stays
/// open until `minutes` after [`registered`].
///
/// # Errors
/// [`ShopError::Settings`] when there is no such store, or too many ways in are open already.
pub async fn rotate(
    tx: &mut Tx,
    keyring: &Keyring,
    slug: &str,
    (hook, minutes): (bool, i64),
    now: Timestamp,
) -> Result<Store, ShopError> {
    let missing = || ShopError::Settings(format!("there is no store '{slug}'"));
    let mut store = by_slug(tx, keyring, slug).await?.ok_or_else(missing)?;
    store.former.retain(|former| former.is_open(now));
    if store.former.len() >= MOST_FORMER {
        let why = format!("store {slug} was rotated {MOST_FORMER} times already: wait for the end");
        return Err(ShopError::Settings(why));
    }
    let (old_hook, webhook_secret) = (store.hook.clone(), store.webhook_secret.clone());
    store.former.push(Former { hook: old_hook, webhook_secret, minutes, until: None });
    store.webhook_secret = Secret::new(random_token());
    if hook {
        store.hook = random_token();
    }
    write_secrets(tx, keyring, &store, now).await?;
    store.revision += 1;
    Ok(store)
}

/// Telegram was told the way into `store` as it stands here: the replaced ones may close in time.
///
/// # Errors
/// [`ShopError`] when the database fails, or the store was changed meanwhile.
pub async fn registered(
    tx: &mut Tx,
    keyring: &Keyring,
    store: &Store,
    now: Timestamp,
) -> Result<(), ShopError> {
    let Some(mut stored) = by_slug(tx, keyring, &store.slug).await? else { return Ok(()) };
    let told = stored.hook == store.hook
        && stored.webhook_secret.matches(store.webhook_secret.expose().as_bytes());
    if !told || stored.former.iter().all(|former| former.until.is_some()) {
        return Ok(());
    }
    for former in stored.former.iter_mut().filter(|former| former.until.is_none()) {
        let minutes = u64::try_from(former.minutes).unwrap_or_default();
        former.until = Some(now.plus(Duration::from_mins(minutes)));
    }
    write_secrets(tx, keyring, &stored, now).await
}

async fn write_secrets(
    tx: &mut Tx,
    keyring: &Keyring,
    store: &Store,
    now: Timestamp,
) -> Result<(), ShopError> {
    let secrets = rules::secrets_after(Some(store), &Wish::default(), &store.slug)?;
    let sealed = rules::seal(keyring, &store.slug, &secrets)?;
    unchanged_meanwhile(table::rotate(tx, store, &sealed, now).await?, &store.slug)
}

/// A store's secrets are one value: who writes them must have read them as they are.
fn unchanged_meanwhile(written: bool, slug: &str) -> Result<(), ShopError> {
    let why = || ShopError::Settings(format!("store {slug} was changed meanwhile: try again"));
    written.then_some(()).ok_or_else(why)
}

/// Whether any store's secrets are sealed under another key than the newest.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn under_old_key(tx: &mut Tx, keyring: &Keyring) -> Result<bool, ShopError> {
    Ok(!table::under_old_key(tx, keyring.sealing()).await?.is_empty())
}

/// Seals the secrets of at most 100 stores anew under the newest key; how many there were.
///
/// # Errors
/// [`ShopError`] when the database fails, or secrets do not open.
pub async fn reseal(tx: &mut Tx, keyring: &Keyring) -> Result<usize, ShopError> {
    let old = table::under_old_key(tx, keyring.sealing()).await?;
    for read in &old {
        let place = binding(&read.slug);
        let plain =
            keyring.open(&place, &sealed(read.secrets.clone(), read.secrets_key.clone()))?;
        table::reseal(tx, read, &keyring.seal(&place, plain.expose())).await?;
    }
    Ok(old.len())
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
