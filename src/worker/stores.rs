//! The stores of this process with their lines to Telegram and to the gateway, kept up to date.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::ServiceError;
use crate::db::Db;
use crate::http::{CallbackAuth, Door, Doors, TelegramKey};
use crate::pakasir::{self, Gateway, Version};
use crate::primitives::{Keyring, Secret, StoreId};
use crate::shop::stores::{self, Read, Store};
use crate::telegram::Client;

/// A store, ready to work.
pub struct Shopfront {
    /// The store.
    pub store: Store,
    /// Its line to Telegram.
    pub telegram: Client,
    /// Its line to the gateway, when its keys are there.
    pub gateway: Option<Arc<dyn Gateway>>,
}

impl std::fmt::Debug for Shopfront {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shopfront").field("store", &self.store.slug).finish_non_exhaustive()
    }
}

impl AsRef<Self> for Shopfront {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl Shopfront {
    /// Opens a store's lines; nothing is sent yet.
    ///
    /// # Errors
    /// [`ServiceError::Store`] when an address, a token or a key cannot be used.
    pub fn open(
        store: Store,
        telegram_api_url: &str,
        pakasir_api_url: &str,
        pakasir_public_domain: &str,
    ) -> Result<Self, ServiceError> {
        let telegram = Client::new(telegram_api_url, store.bot_token.clone())
            .map_err(|error| ServiceError::Store(store.slug.clone(), error.to_string()))?;
        let gateway = store.gateway.as_ref().map(|keys| {
            pakasir::connect(pakasir::Account {
                version: keys.version,
                api_url: pakasir_api_url.to_owned(),
                public_domain: pakasir_public_domain.to_owned(),
                slug: keys.slug.clone(),
                api_key: keys.api_key.clone(),
                sandbox: keys.sandbox,
            })
        });
        let gateway = gateway
            .transpose()
            .map_err(|error| ServiceError::Store(store.slug.clone(), error.to_string()))?;
        Ok(Self { store, telegram, gateway })
    }
}

/// Where the outside lies.
#[derive(Debug, Clone)]
pub(super) struct Outside {
    pub telegram_api_url: String,
    pub pakasir_api_url: String,
    pub pakasir_public_domain: String,
    pub owner_bot_token: Option<Secret<String>>,
    pub public_url: Option<String>,
}

#[derive(Debug, Default)]
struct Shelf {
    revision: Option<i64>,
    stores: HashMap<StoreId, Arc<Shopfront>>,
}

/// Every store of the process. Clones share one table.
#[derive(Debug, Clone)]
pub struct Directory {
    outside: Outside,
    doors: Doors,
    shelf: Arc<RwLock<Shelf>>,
}

impl Directory {
    pub(super) fn new(outside: Outside, doors: Doors) -> Self {
        Self { outside, doors, shelf: Arc::default() }
    }

    /// Whether owners are told by a bot of their own.
    pub(super) const fn has_owner_bot(&self) -> bool {
        self.outside.owner_bot_token.is_some()
    }

    /// A line to the owners' own bot, when there is one; the error is why there is no line.
    pub(super) fn owner_bot(&self) -> Option<Result<Client, String>> {
        let token = self.outside.owner_bot_token.clone()?;
        let client = Client::new(&self.outside.telegram_api_url, token);
        Some(client.map_err(|error| error.to_string()))
    }

    /// Under which address the world reaches the doors, if it was told.
    pub(super) fn public_url(&self) -> Option<&str> {
        self.outside.public_url.as_deref()
    }

    /// The doors that move with the stores.
    pub(super) fn doors(&self) -> Doors {
        self.doors.clone()
    }

    /// The store with this row, if this process has it.
    #[must_use]
    pub fn get(&self, id: StoreId) -> Option<Arc<Shopfront>> {
        self.shelf.read().unwrap_or_else(PoisonError::into_inner).stores.get(&id).cloned()
    }

    /// Every store.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Shopfront>> {
        self.shelf.read().unwrap_or_else(PoisonError::into_inner).stores.values().cloned().collect()
    }

    /// Reads the stores again if any of them changed, and moves the doors with them.
    pub(super) async fn refresh(&self, db: &Db, keyring: &Keyring) -> Result<(), ServiceError> {
        let mut tx = db.read().await?;
        let revision = stores::revision(&mut tx).await?;
        let known = self.shelf.read().unwrap_or_else(PoisonError::into_inner).revision;
        if known == Some(revision) {
            return Ok(());
        }
        let stores = stores::each(&mut tx, keyring).await?;
        let mut fronts = HashMap::new();
        let mut doors = HashMap::new();
        let mut unopened = None;
        for Read { id, slug, store } in stores {
            match store.map_err(ServiceError::from).and_then(|store| self.open(store)) {
                Ok(front) => {
                    doors.extend(ways_in(&front.store));
                    fronts.insert(id, Arc::new(front));
                }
                Err(error) => {
                    // One store's unfit settings must not stop the others, nor what it was before.
                    tracing::error!(store = slug, %error, "a store cannot be used as it is");
                    let before = self.get(id);
                    unopened.get_or_insert(error);
                    let Some(before) = before else { continue };
                    doors.extend(ways_in(&before.store));
                    fronts.insert(before.store.id, before);
                }
            }
        }
        if let (true, Some(error)) = (fronts.is_empty(), unopened) {
            // Not one opens: rather the key is wrong than every store.
            return Err(error);
        }
        let mut shelf = self.shelf.write().unwrap_or_else(PoisonError::into_inner);
        *shelf = Shelf { revision: Some(revision), stores: fronts };
        self.doors.replace(doors);
        Ok(())
    }

    fn open(&self, store: Store) -> Result<Shopfront, ServiceError> {
        let Outside { telegram_api_url, pakasir_api_url, pakasir_public_domain, .. } =
            &self.outside;
        Shopfront::open(store, telegram_api_url, pakasir_api_url, pakasir_public_domain)
    }
}

/// Every way into a store: the one it has, and the ones it had that are not closed yet.
fn ways_in(store: &Store) -> Vec<(String, Door)> {
    let key = |secret: &Secret<String>, until| TelegramKey { secret: secret.clone(), until };
    let now = Door {
        store: store.id,
        telegram: vec![key(&store.webhook_secret, None)],
        callback: callback(store),
        until: None,
    };
    let mut ways = vec![(store.hook.clone(), now)];
    for former in &store.former {
        let key = key(&former.webhook_secret, former.until);
        if let Some((_, door)) = ways.iter_mut().find(|(hook, _)| *hook == former.hook) {
            door.telegram.push(key);
            // A door with several keys stays as long as the last of them.
            door.until = door.until.and_then(|until| Some(until.max(former.until?)));
            continue;
        }
        let (telegram, callback, until) = (vec![key], callback(store), former.until);
        ways.push((former.hook.clone(), Door { store: store.id, telegram, callback, until }));
    }
    ways
}

fn callback(store: &Store) -> CallbackAuth {
    match &store.gateway {
        None => CallbackAuth::Closed,
        Some(keys) => match (keys.version, &keys.callback_secret) {
            (_, Some(secret)) if keys.version == Version::V2 => {
                CallbackAuth::Secret(secret.clone())
            }
            (Version::V1, _) => CallbackAuth::PathAlone,
            _ => CallbackAuth::Closed,
        },
    }
}
