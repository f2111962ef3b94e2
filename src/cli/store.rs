//! `auto-order store`: list, show, add, change and remove stores.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::failure::Failure;
use super::{claim, open, say, say_json};
use crate::config::Config;
use crate::db::OpenMode;
use crate::pakasir::Version;
use crate::primitives::{Clock, Language, UserId, Zone};
use crate::shop::stores::{self, Read, Store, Wish};
use crate::telegram::looks_like_a_token;
use crate::worker::{pakasir_url, telegram_url};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// All stores.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// One store with its webhook addresses.
    Show {
        /// The store's slug; the only one when left out.
        slug: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make a store.
    Add {
        /// Its short name: 1 to 40 of a–z, 0–9 and '-'.
        slug: String,
        #[command(flatten)]
        wish: WishLine,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Change what is given, leave the rest.
    Set {
        /// The store's slug.
        slug: String,
        #[command(flatten)]
        wish: WishLine,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print a one-time link that makes whoever opens it first the store's admin; the one before is void then.
    Claim {
        /// The store's slug; the only one when left out.
        slug: Option<String>,
        /// Though the store has an admin: the link adds one more.
        #[arg(long)]
        another: bool,
    },
    /// Remove a store that never had a customer.
    Remove {
        /// The store's slug.
        slug: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Settings; a secret may be given as `@FILE`.
#[derive(Debug, Args)]
pub(super) struct WishLine {
    /// The name people see.
    #[arg(long)]
    name: Option<String>,
    /// The bot's token, or @FILE.
    #[arg(long)]
    bot_token: Option<String>,
    /// Such as Asia/Jakarta.
    #[arg(long)]
    timezone: Option<String>,
    /// id or en.
    #[arg(long)]
    language: Option<String>,
    /// Telegram ids of the admins, separated by commas.
    #[arg(long, value_delimiter = ',')]
    admins: Option<Vec<i64>>,
    /// Telegram ids of the owners, separated by commas.
    #[arg(long, value_delimiter = ',')]
    owners: Option<Vec<i64>>,
    /// The gateway project's slug.
    #[arg(long)]
    pakasir_slug: Option<String>,
    /// The gateway project's key, or @FILE.
    #[arg(long)]
    pakasir_api_key: Option<String>,
    /// The gateway's callback secret, or @FILE.
    #[arg(long)]
    pakasir_webhook_secret: Option<String>,
    /// v2 or v1.
    #[arg(long)]
    pakasir_version: Option<Version>,
    /// Whether the gateway project is in sandbox mode.
    #[arg(long)]
    pakasir_sandbox: Option<bool>,
    /// How long an unpaid order lives.
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..=1440))]
    invoice_minutes: Option<i64>,
    /// How many days proofs of terms are kept; 0 keeps them for ever.
    #[arg(long, value_parser = clap::value_parser!(i64).range(0..=36_500))]
    snk_retention_days: Option<i64>,
    /// From how many units of a product on the admins are told that little is left, 0 to 1000000.
    #[arg(long)]
    low_stock_threshold: Option<i64>,
    /// The file id of a sticker to greet with; an empty one greets without.
    #[arg(long)]
    sticker: Option<String>,
}

impl WishLine {
    fn read(self) -> Result<Wish, Failure> {
        let secret = |given: Option<String>| given.as_deref().map(open::secret).transpose();
        let people = |ids: Option<Vec<i64>>| ids.map(|ids| ids.into_iter().map(UserId).collect());
        let zone = self.timezone.as_deref().map(Zone::named).transpose();
        let language = self.language.map(|code| {
            Language::from_code(&code)
                .ok_or_else(|| Failure::Use(format!("'{code}' is neither id nor en")))
        });
        let bot_token = secret(self.bot_token)?;
        if bot_token.as_ref().is_some_and(|token| !looks_like_a_token(token.expose())) {
            let why = "that is not a bot token; it looks like 123456:ABC-DEF…";
            return Err(Failure::Use(why.to_owned()));
        }
        Ok(Wish {
            name: self.name,
            zone: zone.map_err(|error| Failure::Use(error.to_string()))?,
            language: language.transpose()?,
            bot_token,
            pakasir_slug: self.pakasir_slug,
            pakasir_api_key: secret(self.pakasir_api_key)?,
            pakasir_webhook_secret: secret(self.pakasir_webhook_secret)?,
            pakasir_version: self.pakasir_version,
            pakasir_sandbox: self.pakasir_sandbox,
            invoice_minutes: self.invoice_minutes,
            terms_days: self.snk_retention_days,
            low_stock: self.low_stock_threshold,
            sticker: self.sticker,
            admins: people(self.admins),
            owners: people(self.owners),
        })
    }
}

pub(super) async fn run(config: Config, command: Command) -> Result<(), Failure> {
    let db = open::database(&config, OpenMode::Command).await?;
    let now = Clock::system().now();
    match command {
        Command::List { json } => {
            let mut tx = db.read().await?;
            let all = stores::each(&mut tx, &config.keyring).await?;
            if json {
                return say_json(&all.iter().map(|read| listed(&config, read)).collect::<Vec<_>>());
            }
            all.iter().try_for_each(|read| match &read.store {
                Ok(store) => say(&format!("{}\t{}", store.slug, store.name)),
                Err(error) => say(&format!("{}\t(does not open: {error})", read.slug)),
            })
        }
        Command::Show { slug, json } => {
            show(&config, &open::store(&db, &config.keyring, slug.as_deref()).await?, json)
        }
        Command::Add { slug, wish, json } => {
            let mut tx = db.write().await?;
            if stores::by_slug(&mut tx, &config.keyring, &slug).await?.is_some() {
                return Err(Failure::Use(format!(
                    "there is a store '{slug}' already; use `store set`"
                )));
            }
            let made = stores::apply(&mut tx, &config.keyring, &slug, &wish.read()?, now).await?;
            tx.commit().await?;
            show(&config, &made, json)
        }
        Command::Set { slug, wish, json } => {
            open::store(&db, &config.keyring, Some(&slug)).await?;
            let mut tx = db.write().await?;
            let changed =
                stores::apply(&mut tx, &config.keyring, &slug, &wish.read()?, now).await?;
            tx.commit().await?;
            show(&config, &changed, json)
        }
        Command::Claim { slug, another } => {
            let store = open::store(&db, &config.keyring, slug.as_deref()).await?;
            say(&claim::link(&config, &db, &store, another).await?)
        }
        Command::Remove { slug, json } => {
            let store = open::store(&db, &config.keyring, Some(&slug)).await?;
            let mut tx = db.write().await?;
            if !stores::remove(&mut tx, store.id).await? {
                let why = format!("store '{slug}' has customers; its history must stay");
                return Err(Failure::Failed(why));
            }
            tx.commit().await?;
            if json { say_json(&json!({"removed": slug})) } else { say(&format!("removed {slug}")) }
        }
    }
}

/// A store in the list; one that does not open is listed with the reason.
fn listed(config: &Config, read: &Read) -> Value {
    match &read.store {
        Ok(store) => seen(config, store),
        Err(error) => json!({"slug": read.slug, "error": error.to_string()}),
    }
}

/// What anyone who may run this command may see: no secret, only whether it is there.
fn seen(config: &Config, store: &Store) -> Value {
    let base = config.public_url.as_deref().unwrap_or_default();
    let at = store.webhook_base(base, &config.watch.standby_urls);
    let ids = |people: &[UserId]| people.iter().map(|user| user.0).collect::<Vec<_>>();
    json!({
        "slug": store.slug,
        "name": store.name,
        "timezone": store.zone.name(),
        "language": store.language.code(),
        "telegram_webhook_url": telegram_url(at, &store.hook),
        "pakasir_webhook_url": pakasir_url(base, &store.hook),
        "pakasir_project": store.gateway.as_ref().map(|keys| keys.slug.clone()),
        "pakasir_version": store.gateway.as_ref().map(|keys| keys.version.to_string()),
        "pakasir_sandbox": store.gateway.as_ref().map(|keys| keys.sandbox),
        "invoice_minutes": store.invoice_minutes,
        "snk_retention_days": store.terms_days,
        "low_stock_threshold": store.low_stock,
        "sticker": store.sticker,
        "admins": ids(&store.admins),
        "owners": ids(&store.owners),
    })
}

fn show(config: &Config, store: &Store, json: bool) -> Result<(), Failure> {
    let seen = seen(config, store);
    if json {
        return say_json(&seen);
    }
    let Value::Object(fields) = seen else { return Ok(()) };
    fields.iter().try_for_each(|(name, value)| match value {
        Value::String(text) => say(&format!("{name}: {text}")),
        other => say(&format!("{name}: {other}")),
    })
}
