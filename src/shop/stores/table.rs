//! Rows and SQL of stores and their people.

use super::Store;
use crate::db::{DbError, Tx};
use crate::primitives::{Language, Sealed, StoreId, Timestamp, UserId};
use crate::{execute, fetch_all, fetch_one, fetch_optional, statements};

/// A store's row.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub id: StoreId,
    #[sqlx(flatten)]
    pub settings: Settings,
    pub hook: String,
    pub standby_url: Option<String>,
    pub secrets: Vec<u8>,
    pub secrets_key: String,
    pub revision: i64,
}

/// The settings that stand in the open.
#[derive(sqlx::FromRow)]
pub(super) struct Settings {
    pub slug: String,
    pub name: String,
    pub timezone: String,
    pub language: Language,
    pub pakasir_slug: Option<String>,
    pub pakasir_version: String,
    pub pakasir_sandbox: bool,
    pub invoice_minutes: i64,
    pub terms_days: i64,
    pub low_stock: i64,
    pub sticker: Option<String>,
}

/// One person of a store.
#[derive(sqlx::FromRow)]
pub(super) struct Person {
    pub user_id: UserId,
    pub role: String,
}

statements! {
    ALL = ("SELECT id, slug, name, timezone, language, pakasir_slug, pakasir_version, \
            pakasir_sandbox, invoice_minutes, terms_days, low_stock, sticker, hook, standby_url, secrets, secrets_key, revision \
            FROM stores ORDER BY id LIMIT 1000");
    PEOPLE = ("SELECT user_id, role FROM store_people WHERE store_id = $1 ORDER BY user_id LIMIT 1000");
    ONE = ("SELECT id, slug, name, timezone, language, pakasir_slug, pakasir_version, \
            pakasir_sandbox, invoice_minutes, terms_days, low_stock, sticker, hook, standby_url, secrets, secrets_key, revision \
            FROM stores WHERE id = $1");
    IS_RUN = ("SELECT COUNT(*) FROM store_people WHERE store_id = $1 AND role = 'admin'");
    TOUCH = ("UPDATE stores SET updated_at = $2, revision = revision + 1 WHERE id = $1");
    REVISION = ("SELECT CAST(COALESCE(SUM(revision), 0) AS BIGINT) + COALESCE(MAX(id), 0) * 1000003 \
                + COUNT(*) * 1000000007 FROM stores");
    INSERT = ("INSERT INTO stores (slug, name, timezone, language, pakasir_slug, pakasir_version, \
               pakasir_sandbox, invoice_minutes, terms_days, low_stock, sticker, hook, secrets, secrets_key, revision, \
               created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $15, $15) RETURNING id");
    UPDATE = ("UPDATE stores SET name = $2, timezone = $3, language = $4, pakasir_slug = $5, \
               pakasir_version = $6, pakasir_sandbox = $7, invoice_minutes = $8, terms_days = $9, \
               low_stock = $10, sticker = $11, secrets = $12, secrets_key = $13, updated_at = $14, \
               revision = revision + 1 WHERE id = $1 AND revision = $15");
    ROTATE = ("UPDATE stores SET hook = $2, secrets = $3, secrets_key = $4, updated_at = $5, \
               revision = revision + 1 WHERE id = $1 AND revision = $6");
    MOVE = ("UPDATE stores SET standby_url = $2, updated_at = $3, revision = revision + 1 \
             WHERE id = $1 AND COALESCE(standby_url, '') = $4");
    UNDER_OLD_KEY = ("SELECT id, slug, secrets, secrets_key FROM stores WHERE secrets_key <> $1 \
                      ORDER BY id LIMIT 100");
    RESEAL = ("UPDATE stores SET secrets = $2, secrets_key = $3 WHERE id = $1 AND secrets = $4");
    HOLD = ("SELECT id FROM stores WHERE id = $1", postgres " FOR NO KEY UPDATE");
    CLEAR_PEOPLE = ("DELETE FROM store_people WHERE store_id = $1 AND role = $2");
    ADD_PERSON = ("INSERT INTO store_people (store_id, user_id, role) VALUES ($1, $2, $3) \
                   ON CONFLICT DO NOTHING");
    HAS_CUSTOMERS = ("SELECT COUNT(*) FROM customers WHERE store_id = $1");
    REMOVE_UNITS = ("DELETE FROM units WHERE store_id = $1");
    REMOVE_PRODUCTS = ("DELETE FROM products WHERE store_id = $1");
    REMOVE_CATEGORIES = ("DELETE FROM categories WHERE store_id = $1");
    REMOVE_INBOX = ("DELETE FROM inbox WHERE store_id = $1");
    REMOVE_OUTBOX = ("DELETE FROM outbox WHERE store_id = $1");
    REMOVE = ("DELETE FROM stores WHERE id = $1");
}

pub(super) async fn all(tx: &mut Tx) -> Result<Vec<Row>, DbError> {
    fetch_all!(tx, Row, ALL)
}

pub(super) async fn one(tx: &mut Tx, store: StoreId) -> Result<Option<Row>, DbError> {
    fetch_optional!(tx, Row, ONE, store)
}

pub(super) async fn is_run(tx: &mut Tx, store: StoreId) -> Result<bool, DbError> {
    Ok(fetch_one!(tx, (i64,), IS_RUN, store)?.0 > 0)
}

/// Adds one person in one role; what was read of the store before is known to be old.
pub(super) async fn add_person(
    tx: &mut Tx,
    store: StoreId,
    role: &str,
    user: UserId,
    now: Timestamp,
) -> Result<(), DbError> {
    execute!(tx, ADD_PERSON, store, user, role)?;
    execute!(tx, TOUCH, store, now)?;
    Ok(())
}

pub(super) async fn people(tx: &mut Tx, store: StoreId) -> Result<Vec<Person>, DbError> {
    fetch_all!(tx, Person, PEOPLE, store)
}

/// `false` when the store's webhook points elsewhere by now; an empty address is the first one.
pub(super) async fn move_webhook(
    tx: &mut Tx,
    store: StoreId,
    (from, to): (&str, &str),
    now: Timestamp,
) -> Result<bool, DbError> {
    let to = Some(to).filter(|to| !to.is_empty());
    Ok(execute!(tx, MOVE, store, to, now, from)? == 1)
}

pub(super) async fn revision(tx: &mut Tx) -> Result<i64, DbError> {
    Ok(fetch_one!(tx, (i64,), REVISION)?.0)
}

pub(super) async fn insert(
    tx: &mut Tx,
    row: &Settings,
    hook: &str,
    secrets: &Sealed,
    now: Timestamp,
) -> Result<StoreId, DbError> {
    let (id,) = fetch_one!(
        tx,
        (StoreId,),
        INSERT,
        &row.slug,
        &row.name,
        &row.timezone,
        row.language,
        &row.pakasir_slug,
        &row.pakasir_version,
        row.pakasir_sandbox,
        row.invoice_minutes,
        row.terms_days,
        row.low_stock,
        &row.sticker,
        hook,
        &secrets.bytes,
        &secrets.key_id,
        now
    )?;
    Ok(id)
}

/// `false` when the store is no longer the one that was read.
pub(super) async fn update(
    tx: &mut Tx,
    read: &Store,
    row: &Settings,
    secrets: &Sealed,
    now: Timestamp,
) -> Result<bool, DbError> {
    let rows = execute!(
        tx,
        UPDATE,
        read.id,
        &row.name,
        &row.timezone,
        row.language,
        &row.pakasir_slug,
        &row.pakasir_version,
        row.pakasir_sandbox,
        row.invoice_minutes,
        row.terms_days,
        row.low_stock,
        &row.sticker,
        &secrets.bytes,
        &secrets.key_id,
        now,
        read.revision
    )?;
    Ok(rows == 1)
}

/// `false` when the store is no longer the one that was read.
pub(super) async fn rotate(
    tx: &mut Tx,
    store: &Store,
    secrets: &Sealed,
    now: Timestamp,
) -> Result<bool, DbError> {
    let Sealed { key_id, bytes } = secrets;
    let rows = execute!(tx, ROTATE, store.id, &store.hook, bytes, key_id, now, store.revision)?;
    Ok(rows == 1)
}

/// A store's secrets as they are sealed.
#[derive(sqlx::FromRow)]
pub(super) struct SealedSecrets {
    pub id: StoreId,
    pub slug: String,
    pub secrets: Vec<u8>,
    pub secrets_key: String,
}

pub(super) async fn under_old_key(
    tx: &mut Tx,
    newest: &str,
) -> Result<Vec<SealedSecrets>, DbError> {
    fetch_all!(tx, SealedSecrets, UNDER_OLD_KEY, newest)
}

/// Changes nothing when the secrets are no longer the ones that were read.
pub(super) async fn reseal(
    tx: &mut Tx,
    read: &SealedSecrets,
    fresh: &Sealed,
) -> Result<(), DbError> {
    execute!(tx, RESEAL, read.id, &fresh.bytes, &fresh.key_id, &read.secrets)?;
    Ok(())
}

pub(super) async fn set_people(
    tx: &mut Tx,
    store: StoreId,
    role: &str,
    people: &[UserId],
) -> Result<(), DbError> {
    execute!(tx, CLEAR_PEOPLE, store, role)?;
    for user in people {
        execute!(tx, ADD_PERSON, store, *user, role)?;
    }
    Ok(())
}

pub(super) async fn has_customers(tx: &mut Tx, store: StoreId) -> Result<bool, DbError> {
    Ok(fetch_one!(tx, (i64,), HAS_CUSTOMERS, store)?.0 > 0)
}

pub(super) async fn remove(tx: &mut Tx, store: StoreId) -> Result<(), DbError> {
    for statement in
        [REMOVE_UNITS, REMOVE_PRODUCTS, REMOVE_CATEGORIES, REMOVE_INBOX, REMOVE_OUTBOX, REMOVE]
    {
        execute!(tx, statement, store)?;
    }
    Ok(())
}

/// Whoever holds a store's row changes its categories or its log alone until his transaction ends.
pub(in crate::shop) async fn hold(tx: &mut Tx, id: StoreId) -> Result<(), DbError> {
    fetch_optional!(tx, (StoreId,), HOLD, id)?;
    Ok(())
}
