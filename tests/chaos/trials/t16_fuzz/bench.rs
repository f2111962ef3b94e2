//! What the targets are tried on: readers opened once, and a store to import into.

use bot_auto_order::bot::Texts;
use bot_auto_order::db::{Db, OpenMode};
use bot_auto_order::pakasir::{Account, Ask, Reader, Reference, Sale, Version};
use bot_auto_order::primitives::{Keyring, Rupiah, Secret, Timestamp};
use bot_auto_order::shop::stores::{self, Store, Wish};
use tokio::runtime::Handle;

/// The gateway's key; no text the readers make may hold it.
pub const KEY: &str = "k/e+y-canary";
pub const SLUG: &str = "toko";
pub const AMOUNT: i64 = 45_000;
pub const REFERENCE: &str = "INV-7K2M9QX04TBNRH3WZ1CD";
pub const TXN: &str = "vwiqpcriq";
pub const NOW: Timestamp = Timestamp(1_795_300_000_000);

/// What a try came to: how the target behaved, or which promise it broke.
pub type Outcome = Result<u64, Broken>;

/// A broken promise: its name and what was seen.
#[derive(Debug, Clone)]
pub struct Broken(pub &'static str, pub String);

/// Names a behaviour, so that an input that causes a new one is remembered.
pub fn behaviour(parts: &[&str]) -> u64 {
    let letters = parts.iter().flat_map(|part| part.bytes().take(80).chain([0]));
    // Numbers in messages are places and values: not a behaviour of their own.
    letters.filter(|byte| !byte.is_ascii_digit()).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// `Err` under the promise's name unless it holds.
pub fn must(holds: bool, name: &'static str, what: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken(name, what())) }
}

pub struct Bench {
    pub texts: Texts,
    pub v2: Reader,
    pub v1: Reader,
    pub store: StoreRoom,
}

/// A store in a database of its own.
pub struct StoreRoom {
    pub handle: Handle,
    pub db: Db,
    pub keyring: Keyring,
    pub store: Store,
    pub imports: u64,
    _folder: tempfile::TempDir,
}

impl Bench {
    pub async fn open() -> Self {
        let reader = |version| {
            Reader::new(Account {
                version,
                api_url: "https://app.pakasir.com".to_owned(),
                public_domain: "https://app.pakasir.com".to_owned(),
                slug: SLUG.to_owned(),
                api_key: Secret::new(KEY.to_owned()),
                sandbox: false,
            })
            .expect("the account is sound")
        };
        Self {
            texts: Texts::new(),
            v2: reader(Version::V2),
            v1: reader(Version::V1),
            store: StoreRoom::open().await,
        }
    }
}

impl StoreRoom {
    async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("import.db").display());
        let db = Db::open(&Secret::new(url), OpenMode::Command).await.expect("it opens");
        let keyring = Keyring::from_base64(&Keyring::fresh_key()).expect("a fresh key");
        let token = Secret::new("700000001:only-to-make-the-store".to_owned());
        let wish = Wish { bot_token: Some(token), ..Wish::default() };
        let mut tx = db.write().await.expect("begins");
        let store = stores::apply(&mut tx, &keyring, "toko", &wish, NOW).await.expect("a store");
        tx.commit().await.expect("commits");
        Self { handle: Handle::current(), db, keyring, store, imports: 0, _folder: folder }
    }
}

pub fn ask() -> Ask {
    Ask { reference: reference(), amount: amount() }
}

pub fn sale(version: Version) -> Sale {
    let txn_id = (version == Version::V2).then(|| TXN.to_owned());
    Sale { reference: reference(), amount: amount(), txn_id }
}

fn reference() -> Reference {
    Reference::parse(REFERENCE).expect("a reference")
}

fn amount() -> Rupiah {
    Rupiah::new(AMOUNT).expect("an amount")
}
