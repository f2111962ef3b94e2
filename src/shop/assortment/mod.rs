//! What an admin makes of products and categories, one thing at a time, each change written down.

mod rules;
mod table;

pub use rules::{
    CATEGORY_NAME, DESCRIPTION, EMOJI, Edit, PRODUCT_NAME, Unfit, code, description, emoji,
    is_shown, low_stock, name, price,
};
pub(in crate::shop) use table::put_terms;
pub use table::{Managed, NewProduct, STATEMENTS, Shelf};

use super::ShopError;
use super::audit::{By, Change};
use super::{stock, stores};
use crate::db::Tx;
use crate::primitives::{CategoryId, Language, ProductId, StoreId};

/// How many products stand on one page.
pub const PAGE: i64 = 8;
/// The most categories a store has.
pub const MOST_SHELVES: usize = 50;

/// A page of all products that are not deleted, and how many there are; a number past the end gives the last.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn page(
    tx: &mut Tx,
    store: StoreId,
    number: i64,
) -> Result<(Vec<Managed>, i64), ShopError> {
    let total = table::count(tx, store).await?;
    let number = number.clamp(0, (total - 1).max(0) / PAGE);
    Ok((table::list(tx, store, PAGE, number * PAGE).await?, total))
}

/// A product that is not deleted.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn product(
    tx: &mut Tx,
    store: StoreId,
    id: ProductId,
) -> Result<Option<Managed>, ShopError> {
    Ok(table::get(tx, store, id).await?)
}

/// Whether a product of the store has this code, in any case of its letters.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn has_code(tx: &mut Tx, store: StoreId, code: &str) -> Result<bool, ShopError> {
    Ok(table::has_code(tx, store, code).await?)
}

/// Makes a product; `None` when its code is taken.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn create(
    tx: &mut Tx,
    store: StoreId,
    new: &NewProduct<'_>,
    by: By,
) -> Result<Option<ProductId>, ShopError> {
    if table::has_code(tx, store, new.code).await? {
        return Ok(None);
    }
    let Some(id) = table::insert(tx, store, new, by.now).await? else { return Ok(None) };
    let (subject, after) =
        (format!("product {id}"), format!("{} {} {}", new.code, new.name, new.price.get()));
    let change = Change {
        action: "product.create",
        subject: &subject,
        after: Some(&after),
        ..Change::default()
    };
    by.note(tx, store, change).await?;
    Ok(Some(id))
}

/// Changes one thing about a product; `false` when there is no such product.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn edit(
    tx: &mut Tx,
    store: StoreId,
    id: ProductId,
    edit: Edit,
    by: By,
) -> Result<bool, ShopError> {
    table::hold(tx, store, id).await?;
    let Some(product) = table::get(tx, store, id).await? else { return Ok(false) };
    let action = edit.action();
    let (before, after) = if let Edit::Terms(language, body) = edit {
        let stored = table::terms(tx, store, id).await?;
        let before = stored.into_iter().find(|(spoken, _)| *spoken == language);
        table::put_terms(tx, store, id, language, body.as_deref()).await?;
        (before.map(|(_, body)| body), body)
    } else {
        let (changed, before, after) = applied(product, edit);
        table::update(tx, store, &changed).await?;
        (before, after)
    };
    if before == after {
        return Ok(true);
    }
    let subject = format!("product {id}");
    let (before, after) = (before.as_deref(), after.as_deref());
    by.note(tx, store, Change { action, subject: &subject, before, after, ..Change::default() })
        .await?;
    Ok(true)
}

/// The product with the edit in it, and how that thing was and is.
fn applied(mut product: Managed, edit: Edit) -> (Managed, Option<String>, Option<String>) {
    let (before, after);
    match edit {
        Edit::Name(name) => {
            (before, after) = (Some(product.name), Some(name.clone()));
            product.name = name;
        }
        Edit::Price(price) => {
            before = Some(product.price.get().to_string());
            after = Some(price.get().to_string());
            product.price = price;
        }
        Edit::Description(description) => {
            (before, after) = (Some(product.description), Some(description.clone()));
            product.description = description;
        }
        Edit::Picture(picture) => {
            (before, after) = (product.picture, picture.clone());
            product.picture = picture;
        }
        Edit::LowStock(low_stock) => {
            let text = |number: Option<i64>| number.map(|number| number.to_string());
            (before, after) = (text(product.low_stock), text(low_stock));
            product.low_stock = low_stock;
        }
        Edit::Category(category) => {
            let text = |id: Option<CategoryId>| id.map(|id| id.to_string());
            (before, after) = (text(product.category_id), text(category));
            product.category_id = category;
        }
        Edit::Active(active) => {
            before = Some(product.active.to_string());
            after = Some(active.to_string());
            product.active = active;
        }
        Edit::Terms(..) => (before, after) = (None, None),
    }
    (product, before, after)
}

/// Takes a product out of the shop for good: nobody finds it, its unsold units are void, and who bought it keeps
/// everything. How many units were voided; `None` when there is no such product.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn delete(
    tx: &mut Tx,
    store: StoreId,
    id: ProductId,
    by: By,
) -> Result<Option<u64>, ShopError> {
    let Some(product) = table::get(tx, store, id).await? else { return Ok(None) };
    if !table::delete(tx, store, id, by.now).await? {
        return Ok(None);
    }
    let voided = stock::void_all(tx, store, id).await?;
    let subject = format!("product {id}");
    let (before, after) = (format!("{} {}", product.code, product.name), format!("{voided} void"));
    let change = Change {
        action: "product.delete",
        subject: &subject,
        before: Some(&before),
        after: Some(&after),
        ..Change::default()
    };
    by.note(tx, store, change).await?;
    Ok(Some(voided))
}

/// The terms of a product in every language that has some.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn terms(
    tx: &mut Tx,
    store: StoreId,
    id: ProductId,
) -> Result<Vec<(Language, String)>, ShopError> {
    Ok(table::terms(tx, store, id).await?)
}

/// Every category in the seller's order, at most [`MOST_SHELVES`].
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn shelves(tx: &mut Tx, store: StoreId) -> Result<Vec<Shelf>, ShopError> {
    Ok(table::shelves(tx, store).await?)
}

/// Makes a category behind all others; `None` when there are too many.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn add_shelf(
    tx: &mut Tx,
    store: StoreId,
    name: &str,
    by: By,
) -> Result<Option<CategoryId>, ShopError> {
    stores::hold(tx, store).await?;
    if table::shelves(tx, store).await?.len() >= MOST_SHELVES {
        return Ok(None);
    }
    let mut taken = Vec::new();
    let slug = loop {
        let slug = rules::slug(name, |slug| taken.iter().any(|taken| taken == slug));
        if !table::has_slug(tx, store, &slug).await? {
            break slug;
        }
        taken.push(slug);
    };
    let id = table::add_shelf(tx, store, &slug, name).await?;
    let subject = format!("category {id}");
    let change = Change {
        action: "category.create",
        subject: &subject,
        after: Some(name),
        ..Change::default()
    };
    by.note(tx, store, change).await?;
    Ok(Some(id))
}

/// Changes a category's name, emoji or whether people see it; `false` when there is no such category.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn change_shelf(
    tx: &mut Tx,
    store: StoreId,
    id: CategoryId,
    change: impl FnOnce(&mut Shelf),
    by: By,
) -> Result<bool, ShopError> {
    stores::hold(tx, store).await?;
    let shelves = table::shelves(tx, store).await?;
    let Some(mut shelf) = shelves.into_iter().find(|shelf| shelf.id == id) else {
        return Ok(false);
    };
    let before = written(&shelf);
    change(&mut shelf);
    let after = written(&shelf);
    if before == after {
        return Ok(true);
    }
    table::change_shelf(tx, store, &shelf).await?;
    let subject = format!("category {id}");
    let change = Change {
        action: "category.change",
        subject: &subject,
        before: Some(&before),
        after: Some(&after),
        ..Change::default()
    };
    by.note(tx, store, change).await?;
    Ok(true)
}

fn written(shelf: &Shelf) -> String {
    let Shelf { name, emoji, active, .. } = shelf;
    format!("{emoji} {name}{}", if *active { "" } else { " (hidden)" })
}

/// Moves a category one place up or down.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn move_shelf(
    tx: &mut Tx,
    store: StoreId,
    id: CategoryId,
    up: bool,
    by: By,
) -> Result<(), ShopError> {
    stores::hold(tx, store).await?;
    let mut order: Vec<CategoryId> =
        table::shelves(tx, store).await?.iter().map(|shelf| shelf.id).collect();
    let Some(place) = order.iter().position(|shelf| *shelf == id) else { return Ok(()) };
    let other = if up { place.checked_sub(1) } else { Some(place + 1) };
    let Some(other) = other.filter(|other| *other < order.len()) else { return Ok(()) };
    order.swap(place, other);
    for (shelf, position) in order.into_iter().zip(0..) {
        table::place_shelf(tx, store, shelf, position).await?;
    }
    let (subject, after) = (format!("category {id}"), if up { "up" } else { "down" });
    let change = Change {
        action: "category.move",
        subject: &subject,
        after: Some(after),
        ..Change::default()
    };
    by.note(tx, store, change).await
}
