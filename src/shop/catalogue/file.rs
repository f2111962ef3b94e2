//! The catalogue file: the whole catalogue as JSON, applied as a whole or not at all.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::coupon::CouponEntry;
use super::table::{self, ProductRow, StoredCategory};
use crate::db::Tx;
use crate::primitives::{Keyring, Language, Rupiah, Timestamp};
use crate::shop::assortment::{self, CATEGORY_NAME, DESCRIPTION, EMOJI, PRODUCT_NAME};
use crate::shop::stores::Store;
use crate::shop::{ShopError, coupons, stock, terms};

/// The file, as `catalogue import` reads and `catalogue export` writes it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueFile {
    /// Upserted by `slug`, in this order.
    #[serde(default)]
    pub categories: Vec<CategoryEntry>,
    /// Upserted by `code`.
    #[serde(default)]
    pub products: Vec<ProductEntry>,
    /// Upserted by `code`.
    #[serde(default)]
    pub coupons: Vec<CouponEntry>,
}

impl CatalogueFile {
    /// Whether it brings units.
    pub(in crate::shop) fn has_units(&self) -> bool {
        self.products.iter().any(|entry| !entry.units.is_empty())
    }

    /// The codes of its products, and the languages in which each has terms.
    pub(in crate::shop) fn terms(&self) -> impl Iterator<Item = (&str, Vec<Language>)> {
        self.products.iter().map(|entry| {
            let languages = entry.terms.keys().filter_map(|code| Language::from_code(code));
            (entry.code.as_str(), languages.collect())
        })
    }

    /// The slugs of its categories.
    pub(in crate::shop) fn slugs(&self) -> impl Iterator<Item = &str> {
        self.categories.iter().map(|entry| entry.slug.as_str())
    }

    /// Everything that is wrong in the file itself, for a store without categories of its own.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let known = self.categories.iter().map(|entry| entry.slug.as_str()).collect();
        check(self, &known).err().unwrap_or_default()
    }
}

/// A category of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryEntry {
    slug: String,
    name: String,
    #[serde(default)]
    emoji: String,
}

/// A product of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductEntry {
    code: String,
    name: String,
    #[serde(default)]
    category: Option<String>,
    price: Rupiah,
    #[serde(default)]
    description: String,
    #[serde(default = "yes")]
    active: bool,
    #[serde(default)]
    low_stock: Option<i64>,
    #[serde(default)]
    terms: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    units: Vec<String>,
}

/// PostgreSQL takes it in no text.
const NO_NUL: &str = "no text may hold the character NUL";

pub(super) const fn yes() -> bool {
    true
}

/// Why a file was not applied.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// What is wrong in the file, every fault on its own line.
    #[error("{}", .0.join("\n"))]
    Content(Vec<String>),
    /// The machine's fault.
    #[error(transparent)]
    Shop(#[from] ShopError),
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Imported {
    /// Categories made or changed.
    pub categories: usize,
    /// Products made or changed.
    pub products: usize,
    /// Units added.
    pub units_added: usize,
    /// Units that the store had already, under this product or another one.
    pub units_known: usize,
    /// Coupons made or changed.
    pub coupons: usize,
}

/// Applies a file in the caller's transaction; roll back on an error and nothing is applied.
///
/// # Errors
/// [`FileFault::Content`] with every fault of the file at once, before anything is written.
pub async fn import(
    tx: &mut Tx,
    store: &Store,
    keyring: &Keyring,
    file: &CatalogueFile,
    now: Timestamp,
) -> Result<Imported, FileFault> {
    let stored = table::stored_categories(tx, store.id).await.map_err(ShopError::from)?;
    let stored = stored.iter().map(|category| category.slug.as_str());
    let known = file.categories.iter().map(|entry| entry.slug.as_str()).chain(stored).collect();
    check(file, &known).map_err(FileFault::Content)?;
    let mut done = Imported::default();
    for (entry, position) in file.categories.iter().zip(0..) {
        let CategoryEntry { slug, name, emoji } = entry.clone();
        let row = StoredCategory { slug, name, emoji };
        table::put_category(tx, store.id, &row, position).await.map_err(ShopError::from)?;
        done.categories += 1;
    }
    for entry in &file.products {
        import_product(tx, store, keyring, entry, now, &mut done).await?;
    }
    for wish in file.coupons.iter().filter_map(|entry| entry.wish().ok()) {
        coupons::put(tx, store.id, &wish, now).await?;
        done.coupons += 1;
    }
    Ok(done)
}

async fn import_product(
    tx: &mut Tx,
    store: &Store,
    keyring: &Keyring,
    entry: &ProductEntry,
    now: Timestamp,
    done: &mut Imported,
) -> Result<(), FileFault> {
    let category = match &entry.category {
        None => None,
        // The check has seen that it exists.
        Some(slug) => table::find_category(tx, store.id, slug).await.map_err(ShopError::from)?,
    };
    let row = ProductRow {
        category,
        code: &entry.code,
        name: &entry.name,
        price: entry.price,
        description: &entry.description,
        active: entry.active,
        low_stock: entry.low_stock,
    };
    let product = table::put_product(tx, store.id, &row, now).await.map_err(ShopError::from)?;
    for (code, body) in &entry.terms {
        let language = Language::from_code(code).unwrap_or_default();
        assortment::put_terms(tx, store.id, product, language, Some(body))
            .await
            .map_err(ShopError::from)?;
    }
    let added = stock::add(tx, store, keyring, product, &entry.units, now).await?;
    done.products += 1;
    done.units_added += added;
    done.units_known += entry.units.len() - added;
    Ok(())
}

/// Every fault of a file, given the slugs of all categories there will be.
fn check(file: &CatalogueFile, known: &BTreeSet<&str>) -> Result<(), Vec<String>> {
    let mut faults = Vec::new();
    for entry in &file.categories {
        if let Err(fault) = crate::shop::stores::check_slug(&entry.slug) {
            faults.push(format!("category: {fault}"));
        }
        if !assortment::is_shown(&entry.name, CATEGORY_NAME) {
            let what = "the name must have 1 to 64 characters that can be seen";
            faults.push(format!("category {}: {what}", entry.slug));
        }
        if [&entry.name, &entry.emoji].iter().any(|text| text.contains('\0')) {
            faults.push(format!("category {}: {NO_NUL}", entry.slug));
        }
        if entry.emoji.chars().count() > EMOJI {
            faults.push(format!("category {}: the emoji has more than 8 characters", entry.slug));
        }
    }
    for entry in &file.products {
        check_product(entry, known, &mut faults);
    }
    faults.extend(file.coupons.iter().filter_map(|entry| entry.wish().err()).flatten());
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn check_product(entry: &ProductEntry, known: &BTreeSet<&str>, faults: &mut Vec<String>) {
    let code = &entry.code;
    let mut fault = |what: &str| faults.push(format!("product {code}: {what}"));
    if assortment::code(code).is_err() {
        fault("the code must be 1 to 32 of A–Z a–z 0–9 - _ .");
    }
    if !assortment::is_shown(&entry.name, PRODUCT_NAME) {
        fault("the name must have 1 to 128 characters that can be seen");
    }
    if let Some(slug) = entry.category.as_deref().filter(|slug| !known.contains(slug)) {
        fault(&format!("there is no category '{slug}'"));
    }
    if entry.description.chars().count() > DESCRIPTION {
        fault("the description has more than 2000 characters");
    }
    let mut texts = [&entry.name, &entry.description].into_iter().chain(entry.terms.values());
    if texts.any(|text| text.contains('\0')) {
        fault(NO_NUL);
    }
    if entry.low_stock.is_some_and(|threshold| threshold < 0) {
        fault("low_stock cannot be negative");
    }
    for (language, body) in &entry.terms {
        if Language::from_code(language).is_none() {
            fault(&format!("there are no texts in the language '{language}'"));
        }
        if let Err(why) = terms::check_body(body) {
            fault(&format!("the terms in '{language}' {why}"));
        }
    }
    for (unit, line) in entry.units.iter().zip(1..) {
        if let Err(why) = stock::check_content(unit) {
            fault(&format!("unit {line}: {why}"));
        }
    }
}

/// The whole catalogue; `with_units` adds the unsold units in clear.
///
/// # Errors
/// [`ShopError`] when the database fails or a unit does not open.
pub async fn export(
    tx: &mut Tx,
    store: &Store,
    keyring: &Keyring,
    with_units: bool,
) -> Result<CatalogueFile, ShopError> {
    let categories = table::stored_categories(tx, store.id).await?;
    let categories = categories
        .into_iter()
        .map(|StoredCategory { slug, name, emoji }| CategoryEntry { slug, name, emoji })
        .collect();
    let mut products = Vec::new();
    for row in table::stored_products(tx, store.id).await? {
        let terms = assortment::terms(tx, store.id, row.id).await?;
        let units =
            if with_units { stock::unsold(tx, store, keyring, row.id).await? } else { Vec::new() };
        products.push(ProductEntry {
            code: row.code,
            name: row.name,
            category: row.category,
            price: row.price,
            description: row.description,
            active: row.active,
            low_stock: row.low_stock,
            terms: terms.into_iter().map(|(code, body)| (code.to_string(), body)).collect(),
            units: units.into_iter().map(|unit| unit.expose().clone()).collect(),
        });
    }
    let coupons = coupons::all(tx, store.id).await?;
    let coupons = coupons.into_iter().map(CouponEntry::from).collect();
    Ok(CatalogueFile { categories, products, coupons })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_be_seen() {
        let faults = |name: &str| {
            let category =
                CategoryEntry { slug: "x".to_owned(), name: name.to_owned(), emoji: String::new() };
            let mut product = serde_json::json!({"code": "X", "price": 1});
            product["name"] = name.into();
            let product = serde_json::from_value(product).expect("a product");
            let (categories, products) = (vec![category], vec![product]);
            CatalogueFile { categories, products, coupons: Vec::new() }.faults()
        };
        for name in ["Kopi", "漢", "🎬", "1\u{fe0f}\u{20e3}", "\u{200b}x"] {
            assert_eq!(faults(name), Vec::<String>::new(), "{name:?}");
        }
        for name in ["", " ", "\n\t", "\u{200b}\u{200d}", "\u{2800}", "\u{feff}", "\u{3164}", "\0"]
        {
            assert!(faults(name).len() >= 2, "{name:?}");
        }
        assert_eq!(
            faults("a\0b"),
            [format!("category x: {NO_NUL}"), format!("product X: {NO_NUL}")]
        );
    }
}
