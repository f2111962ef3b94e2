//! The rehearsal of a store that nobody bought from yet: its seller buys with the gateway's play money, and nobody
//! else buys at all until the store opens.

mod table;

pub use table::STATEMENTS;

use super::assortment::{self, NewProduct};
use super::audit::{By, Change};
use super::stores::{self, Store, Wish};
use super::{ShopError, stock};
use crate::db::Tx;
use crate::primitives::{Keyring, ProductId, Rupiah, StoreId, random_token};

/// What the product costs that is made for it, in whole rupiah: the least that the gateway's play mode takes.
const PRICE: i64 = 10_000;

/// A rehearsal that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rehearsal {
    /// The product that was made for it, if one was.
    pub product: Option<ProductId>,
}

/// What came of beginning one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// It runs, now or since before.
    Yes,
    /// The store's project or its key is missing.
    NotSetUp,
    /// Somebody else ordered here: his money would be called false.
    HasBuyers,
}

/// What came of opening the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// It takes real money, and nothing else.
    Yes,
    /// An order of the rehearsal waits for its payment: it must be paid or cancelled first.
    Unpaid,
}

/// The store's rehearsal, while one runs.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn running(tx: &mut Tx, store: StoreId) -> Result<Option<Rehearsal>, ShopError> {
    Ok(table::get(tx, store).await?.map(|product| Rehearsal { product }))
}

/// Lets the store take play money, from its admins alone.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn begin(
    tx: &mut Tx,
    keyring: &Keyring,
    store: &Store,
    by: By,
) -> Result<Begun, ShopError> {
    stores::hold(tx, store.id).await?;
    if store.gateway.is_none() {
        return Ok(Begun::NotSetUp);
    }
    if table::has_buyers(tx, store.id).await? {
        return Ok(Begun::HasBuyers);
    }
    if table::begin(tx, store.id, by.now).await? {
        in_play_mode(tx, keyring, store, true, by).await?;
    }
    Ok(Begun::Yes)
}

/// Whether anybody ordered who does not run the store.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn has_buyers(tx: &mut Tx, store: StoreId) -> Result<bool, ShopError> {
    Ok(table::has_buyers(tx, store).await?)
}

/// Whether an order waits for its payment at the gateway; until the transaction ends the store stays as it is.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn has_unpaid(tx: &mut Tx, store: StoreId) -> Result<bool, ShopError> {
    stores::hold(tx, store).await?;
    Ok(table::has_unpaid(tx, store).await?)
}

/// Makes a product with one unit to rehearse with, unless the store has products.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn supply(
    tx: &mut Tx,
    (keyring, store): (&Keyring, &Store),
    (name, unit): (&str, &str),
    by: By,
) -> Result<(), ShopError> {
    if assortment::page(tx, store.id, 0).await?.1 > 0 {
        return Ok(());
    }
    // A unit is sold once in the life of a store, and so is the code of a product: both are fresh each time.
    let mark: String = random_token().chars().filter(char::is_ascii_alphanumeric).take(6).collect();
    let code = format!("UJI-{}", mark.to_uppercase());
    let price = Rupiah::new(PRICE).map_err(|error| ShopError::Books(error.to_string()))?;
    let new =
        NewProduct { code: &code, name, price, category: None, description: "", picture: None };
    let Some(product) = assortment::create(tx, store.id, &new, by).await? else { return Ok(()) };
    stock::add(tx, store, keyring, product, &[format!("{unit} {mark}")], by.now).await?;
    table::remember(tx, store.id, product).await?;
    Ok(())
}

/// Opens the store for real money; the product of the rehearsal goes.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn open(
    tx: &mut Tx,
    keyring: &Keyring,
    store: &Store,
    by: By,
) -> Result<Opened, ShopError> {
    stores::hold(tx, store.id).await?;
    let Some(product) = table::get(tx, store.id).await? else { return Ok(Opened::Yes) };
    if table::has_unpaid(tx, store.id).await? {
        return Ok(Opened::Unpaid);
    }
    if let Some(product) = product {
        assortment::delete(tx, store.id, product, by).await?;
    }
    table::end(tx, store.id).await?;
    in_play_mode(tx, keyring, store, false, by).await?;
    Ok(Opened::Yes)
}

async fn in_play_mode(
    tx: &mut Tx,
    keyring: &Keyring,
    store: &Store,
    play: bool,
    by: By,
) -> Result<(), ShopError> {
    let wish = Wish { pakasir_sandbox: Some(play), ..Wish::default() };
    stores::apply(tx, keyring, &store.slug, &wish, by.now).await?;
    let (before, after) = if play { ("live", "play money") } else { ("play money", "live") };
    let (before, after) = (Some(before), Some(after));
    let change =
        Change { action: "store.mode", subject: "store", before, after, ..Change::default() };
    by.note(tx, store.id, change).await
}
