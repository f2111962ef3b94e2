//! Everything an admin can set, as one file: his settings and his catalogue, no unit, no customer, no secret.

mod table;

pub use table::STATEMENTS;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::audit::{By, Change};
use super::catalogue::{self, CatalogueFile, FileFault};
use super::stores::{self, Store};
use super::{ShopError, settings};
use crate::db::Tx;
use crate::primitives::{Keyring, Language};

/// By what such a file is known.
const FORMAT: &str = "bot-auto-order/configuration/1";
/// No larger file is read or given out, in bytes.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;
/// No longer name of Telegram's for a picture is taken, in bytes.
const MOST_OF_A_PICTURE: usize = 256;

/// The file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    format: String,
    /// What does not stand at its default: name and body.
    pub settings: BTreeMap<String, String>,
    catalogue: CatalogueFile,
    /// Products' codes, and Telegram's names for their pictures; another bot's mean nothing.
    pictures: BTreeMap<String, String>,
    /// Categories that are not shown.
    closed: BTreeSet<String>,
}

impl Configuration {
    /// What is wrong with the file as a whole, if anything is.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        if self.format != FORMAT {
            return Some(format!("the format is not {FORMAT}"));
        }
        let picture =
            |name: &str| name.len() <= MOST_OF_A_PICTURE && !name.contains(char::is_control);
        if let Some((code, _)) = self.pictures.iter().find(|(_, name)| !picture(name)) {
            return Some(format!("the picture of {code} is no name of a file"));
        }
        // Units are no setting: here they would come in without a batch, and be written into the audit log.
        self.catalogue.has_units().then(|| "units do not belong here".to_owned())
    }

    /// As bytes to be read by people as well.
    #[must_use]
    pub fn written(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("words and numbers can be written")
    }

    /// Everything it holds, piece by piece, by what the audit log calls it.
    fn pieces(&self) -> BTreeMap<String, String> {
        let catalogue = serde_json::to_value(&self.catalogue).expect("words and numbers");
        let mut pieces = BTreeMap::new();
        for (list, kind, key) in [
            ("categories", "category", "slug"),
            ("products", "product", "code"),
            ("coupons", "coupon", "code"),
        ] {
            for entry in catalogue[list].as_array().into_iter().flatten() {
                let name = entry[key].as_str().unwrap_or_default();
                pieces.insert(format!("{kind} {name}"), Value::to_string(entry));
            }
        }
        for (code, picture) in &self.pictures {
            pieces.insert(format!("picture of {code}"), picture.clone());
        }
        for slug in &self.closed {
            pieces.insert(format!("category {slug} shown"), false.to_string());
        }
        pieces
    }
}

/// What a store has set.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn save(
    tx: &mut Tx,
    store: &Store,
    keyring: &Keyring,
) -> Result<Configuration, ShopError> {
    let closed = table::closed(tx, store.id).await?;
    Ok(Configuration {
        format: FORMAT.to_owned(),
        settings: settings::all(tx, store.id).await?.into_iter().collect(),
        catalogue: catalogue::export(tx, store, keyring, false).await?,
        pictures: table::pictures(tx, store.id).await?.into_iter().collect(),
        closed: closed.into_iter().map(|(slug,)| slug).collect(),
    })
}

/// Sets everything as the file says, in the caller's transaction, with an entry in the audit log for each piece
/// that changed; how many did. Of `names`, all settings there are, the ones it does not hold go back to their
/// default, and what it does not say of a product that it holds, a picture or terms, is taken away; products,
/// categories and coupons it does not hold stay as they are.
///
/// # Errors
/// [`FileFault::Content`] with everything that is wrong, before anything is written.
pub async fn restore(
    tx: &mut Tx,
    (store, keyring): (&Store, &Keyring),
    file: &Configuration,
    names: &[String],
    by: By,
) -> Result<usize, FileFault> {
    // Before any row of its goods: whoever else locks both takes them in this order.
    stores::hold(tx, store.id).await.map_err(ShopError::from)?;
    let before = save(tx, store, keyring).await?;
    catalogue::import(tx, store, keyring, &file.catalogue, by.now).await?;
    for (code, picture) in &file.pictures {
        table::set_picture(tx, store.id, (code, Some(picture))).await.map_err(ShopError::from)?;
    }
    for (code, languages) in file.catalogue.terms() {
        if !file.pictures.contains_key(code) {
            table::set_picture(tx, store.id, (code, None)).await.map_err(ShopError::from)?;
        }
        for lacking in Language::ALL.iter().filter(|language| !languages.contains(language)) {
            let which = (code, *lacking);
            table::drop_terms(tx, store.id, which).await.map_err(ShopError::from)?;
        }
    }
    for slug in file.catalogue.slugs() {
        let open = !file.closed.contains(slug);
        table::set_open(tx, store.id, (slug, open)).await.map_err(ShopError::from)?;
    }
    for name in names {
        let body = file.settings.get(name).map(String::as_str);
        settings::set(tx, store.id, (name, body), by).await?;
    }
    let after = save(tx, store, keyring).await?;
    let noted = note(tx, store, (&before.pieces(), &after.pieces()), by).await?;
    let set = names.iter().filter(|name| before.settings.get(*name) != after.settings.get(*name));
    Ok(noted + set.count())
}

/// Writes down each piece that changed; how many did. Settings write down their own.
async fn note(
    tx: &mut Tx,
    store: &Store,
    (before, after): (&BTreeMap<String, String>, &BTreeMap<String, String>),
    by: By,
) -> Result<usize, ShopError> {
    let subjects: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut changed = 0;
    for subject in subjects {
        let (before, after) = (before.get(subject), after.get(subject));
        if before == after {
            continue;
        }
        changed += 1;
        let (before, after) = (before.map(String::as_str), after.map(String::as_str));
        let action = "configuration.restore";
        by.note(tx, store.id, Change { action, subject, before, after, ..Change::default() })
            .await?;
    }
    Ok(changed)
}
