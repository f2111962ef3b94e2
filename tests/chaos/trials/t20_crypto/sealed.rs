//! Sealed values in the database, changed by a bit or moved to another place: each must be refused.

use bot_auto_order::db::{Db, OpenMode, Sql, Tx};
use bot_auto_order::primitives::{Keyring, ProductId, Secret, StoreId, Timestamp};
use bot_auto_order::shop::catalogue::{self, CatalogueFile};
use bot_auto_order::shop::stores::{self, Store, Wish};
use bot_auto_order::shop::{ShopError, stock};
use bot_auto_order::{execute, fetch_all, sql};
use fastrand::Rng;
use serde_json::json;

use crate::report::Report;
use crate::trial::Given;
use crate::world::base::Base;

const NOW: Timestamp = Timestamp(1_795_300_000_000);
const UNITS: usize = 8;
const PRODUCTS: [&str; 2] = ["A", "B"];
const SLUGS: [&str; 2] = ["toko", "kios"];

const ALL_UNITS: Sql =
    sql!("SELECT id, store_id, product_id, content, content_key FROM units ORDER BY id");
const ALL_STORES: Sql = sql!("SELECT id, secrets, secrets_key FROM stores ORDER BY id");
const PUT_UNIT: Sql = sql!("UPDATE units SET content = $2, content_key = $3 WHERE id = $1");
const PUT_STORE: Sql = sql!("UPDATE stores SET secrets = $2, secrets_key = $3 WHERE id = $1");

#[derive(Debug, Clone, sqlx::FromRow)]
struct Unit {
    id: i64,
    store_id: StoreId,
    product_id: ProductId,
    content: Vec<u8>,
    content_key: String,
}

#[derive(Debug, Clone, sqlx::FromRow)]
struct Sealed {
    id: i64,
    secrets: Vec<u8>,
    secrets_key: String,
}

/// Two stores with two products each, sealed under two keys in turn.
struct Vault {
    db: Db,
    keyring: Keyring,
    stores: Vec<Store>,
}

/// What was tried and what was believed in spite of it.
#[derive(Default)]
struct Tally {
    tried: u64,
    believed: Vec<String>,
}

pub async fn play(given: &Given, report: &mut Report) {
    let folder = tempfile::tempdir().expect("a folder");
    let base = Base::empty(given.store(), folder.path(), "sealed").await;
    let vault = Vault::fill(&base).await;
    let mut tx = vault.db.write_relaxed().await.expect("begins");
    let opened = vault.opened(&mut tx).await;
    let sound = SLUGS.len() * PRODUCTS.len() * UNITS;
    report.must(opened == Ok(sound), "S18", format!("unchanged, {opened:?} of {sound} units open"));
    let flips = flips(&vault, &mut tx, given.dice(), given.share(2_000, 20_000)).await;
    let moves = moves(&vault, &mut tx).await;
    let again = vault.opened(&mut tx).await;
    report.must(again == opened, "S18", format!("put back, {again:?} units open"));
    drop(tx);
    vault.db.close().await;
    base.remove().await;
    for (key, tally) in [("flipped_bits", &flips), ("moved", &moves)] {
        report.figure(key, tally.tried);
        report.figure(&format!("{key}_believed"), tally.believed.len());
        for what in &tally.believed {
            report.must(false, "S18", what.clone());
        }
    }
    report.must(moves.tried >= 20, "S18", format!("only {} values were moved", moves.tried));
}

/// Every store, if the secrets of all of them open.
async fn every_store(tx: &mut Tx, keyring: &Keyring) -> Result<Vec<Store>, ShopError> {
    stores::each(tx, keyring).await?.into_iter().map(|read| read.store).collect()
}

impl Vault {
    async fn fill(base: &Base) -> Self {
        let url = Secret::new(base.url());
        let db = Db::open(&url, OpenMode::Command).await.expect("it opens");
        let (old, fresh) = (Keyring::fresh_key(), Keyring::fresh_key());
        let before = Keyring::from_base64(&old).expect("a key");
        let both = Secret::new(format!("{},{}", fresh.expose(), old.expose()));
        let keyring = Keyring::from_base64(&both).expect("two keys");
        let mut tx = db.write().await.expect("begins");
        let mut filled = Vec::new();
        for (slug, sealing) in SLUGS.iter().zip([&before, &keyring]) {
            let token = Secret::new(format!("70000000{}:a-token-of-{slug}", slug.len()));
            let wish = Wish { bot_token: Some(token), ..Wish::default() };
            let store = stores::apply(&mut tx, sealing, slug, &wish, NOW).await.expect("a store");
            let product = |code: &&str| {
                // The same goods in both stores: what differs is only where they lie.
                let units: Vec<String> = (0..UNITS).map(|n| format!("{code}-{n}:sandi")).collect();
                json!({"code": code, "name": code, "price": 500, "units": units})
            };
            let file = json!({"products": PRODUCTS.iter().map(product).collect::<Vec<_>>()});
            let file: CatalogueFile = serde_json::from_value(file).expect("a catalogue");
            catalogue::import(&mut tx, &store, sealing, &file, NOW).await.expect("imported");
            filled.push(store);
        }
        tx.commit().await.expect("commits");
        Self { db, keyring, stores: filled }
    }

    /// How many units open, all stores and all products, or why one does not.
    async fn opened(&self, tx: &mut Tx) -> Result<usize, String> {
        every_store(tx, &self.keyring).await.map_err(|fault| fault.to_string())?;
        let mut open = 0;
        for unit in units(tx).await.chunks(UNITS) {
            open += self.shelf(tx, &unit[0]).await?;
        }
        Ok(open)
    }

    /// Opens every unit of this one's product.
    async fn shelf(&self, tx: &mut Tx, unit: &Unit) -> Result<usize, String> {
        let store = self.stores.iter().find(|store| store.id == unit.store_id).expect("known");
        let opened = stock::unsold(tx, store, &self.keyring, unit.product_id).await;
        opened.map(|units| units.len()).map_err(|fault| fault.to_string())
    }
}

async fn units(tx: &mut Tx) -> Vec<Unit> {
    fetch_all!(tx, Unit, ALL_UNITS).expect("reads")
}

async fn secrets(tx: &mut Tx) -> Vec<Sealed> {
    fetch_all!(tx, Sealed, ALL_STORES).expect("reads")
}

async fn put(tx: &mut Tx, unit: &Unit, content: &[u8], key: &str) {
    let done = execute!(tx, PUT_UNIT, unit.id, content, key).expect("written");
    assert_eq!(done, 1, "the unit is there");
}

async fn put_secrets(tx: &mut Tx, id: i64, bytes: &[u8], key: &str) {
    let done = execute!(tx, PUT_STORE, id, bytes, key).expect("written");
    assert_eq!(done, 1, "the store is there");
}

/// One bit at a time, in units and in the stores' secrets, nonce and tag included.
async fn flips(vault: &Vault, tx: &mut Tx, mut dice: Rng, times: u64) -> Tally {
    let (units, stores) = (units(tx).await, secrets(tx).await);
    let mut tally = Tally::default();
    for _ in 0..times {
        tally.tried += 1;
        if dice.u8(0..4) == 0 {
            let store = &stores[dice.usize(0..stores.len())];
            let (bytes, bit) = flipped(&store.secrets, &mut dice);
            put_secrets(tx, store.id, &bytes, &store.secrets_key).await;
            if every_store(tx, &vault.keyring).await.is_ok() {
                tally.believed.push(format!("bit {bit} of the secrets of store {}", store.id));
            }
            put_secrets(tx, store.id, &store.secrets, &store.secrets_key).await;
        } else {
            let unit = &units[dice.usize(0..units.len())];
            let (bytes, bit) = flipped(&unit.content, &mut dice);
            put(tx, unit, &bytes, &unit.content_key).await;
            if vault.shelf(tx, unit).await.is_ok() {
                tally.believed.push(format!("bit {bit} of unit {}", unit.id));
            }
            put(tx, unit, &unit.content, &unit.content_key).await;
        }
    }
    tally
}

fn flipped(bytes: &[u8], dice: &mut Rng) -> (Vec<u8>, usize) {
    let bit = dice.usize(0..bytes.len() * 8);
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    (bytes, bit)
}

/// Whole values in each other's places, under each other's keys, cut and emptied.
async fn moves(vault: &Vault, tx: &mut Tx) -> Tally {
    let (units, stores) = (units(tx).await, secrets(tx).await);
    let mut tally = Tally::default();
    let first = |at: usize| units[at * UNITS].clone();
    let beside = units[1].clone();
    let pairs = [
        ("another unit of the product", first(0), beside),
        ("another product", first(0), first(1)),
        ("another store's product", first(0), first(2)),
        ("the same product of another store", first(1), first(3)),
    ];
    for (what, one, other) in &pairs {
        for (here, there) in [(one, other), (other, one)] {
            put(tx, here, &there.content, &there.content_key).await;
            tally.judge(vault.shelf(tx, here).await.is_ok(), format!("a unit of {what}"));
            put(tx, here, &here.content, &here.content_key).await;
        }
    }
    let one = &units[0];
    let other_key = units.iter().map(|unit| &unit.content_key).find(|key| **key != one.content_key);
    let other_key = other_key.expect("two keys are in use").clone();
    let cut = one.content[..one.content.len() - 1].to_vec();
    let longer = [one.content.as_slice(), &[0]].concat();
    for (what, bytes, key) in [
        ("the other key's name", one.content.clone(), other_key.as_str()),
        ("an unknown key's name", one.content.clone(), "00000000"),
        ("no key's name", one.content.clone(), ""),
        ("a byte less", cut, one.content_key.as_str()),
        ("a byte more", longer, one.content_key.as_str()),
        ("nothing but the nonce", one.content[..12].to_vec(), one.content_key.as_str()),
        ("less than a nonce", one.content[..5].to_vec(), one.content_key.as_str()),
        ("nothing", Vec::new(), one.content_key.as_str()),
        ("the goods in clear", b"A-0:sandi".to_vec(), one.content_key.as_str()),
    ] {
        put(tx, one, &bytes, key).await;
        tally.judge(vault.shelf(tx, one).await.is_ok(), format!("a unit with {what}"));
        put(tx, one, &one.content, &one.content_key).await;
    }
    let [one, other] = stores.as_slice() else { panic!("there are two stores") };
    for (here, bytes, key) in [
        (one, &other.secrets, &other.secrets_key),
        (other, &one.secrets, &one.secrets_key),
        (one, &units[0].content, &units[0].content_key),
        (one, &one.secrets, &other.secrets_key),
    ] {
        put_secrets(tx, here.id, bytes, key).await;
        let all = every_store(tx, &vault.keyring).await;
        tally.judge(all.is_ok(), format!("secrets put into store {}", here.id));
        put_secrets(tx, here.id, &here.secrets, &here.secrets_key).await;
    }
    tally
}

impl Tally {
    fn judge(&mut self, opened: bool, what: String) {
        self.tried += 1;
        if opened {
            self.believed.push(what);
        }
    }
}
