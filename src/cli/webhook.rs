//! `auto-order webhook`: what Telegram has registered, and registering again.

use clap::Subcommand;
use serde_json::{Value, json};

use super::failure::Failure;
use super::{open, say, say_json};
use crate::config::Config;
use crate::db::OpenMode;
use crate::ops::Opened;
use crate::primitives::Clock;
use crate::shop::stores;
use crate::telegram::GetWebhookInfo;
use crate::worker::{Shopfront, pakasir_url, register, telegram_url};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// What Telegram has registered for each store.
    Info {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Register each store's webhook again where it belongs.
    Set {
        /// Under `PUBLIC_URL`, even when it was moved to a standby address.
        #[arg(long)]
        back: bool,
    },
    /// Replace a store's webhook secret; the running service tells Telegram, and lets the old one in
    /// for a while.
    Rotate {
        /// The store's slug; the only one when left out.
        slug: Option<String>,
        /// Replace the paths as well; the new callback address must then be given to Pakasir by hand.
        #[arg(long)]
        hook: bool,
        /// How many minutes the old way stays open once Telegram knows the new one: 10, with --hook a day.
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..=10_080))]
        overlap: Option<i64>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

const OVERLAP: i64 = 10;
/// A person has to give the new callback address to the gateway.
const OVERLAP_OF_PATHS: i64 = 24 * 60;

pub(super) async fn run(config: Config, command: Command) -> Result<(), Failure> {
    match command {
        Command::Info { json } => {
            let (mut all, mut wrong) = (Vec::new(), Vec::new());
            for (slug, front) in fronts(&config).await? {
                match seen(&config, front).await {
                    Ok(seen) => all.push(seen),
                    Err(why) => wrong.push(format!("store {slug}: {why}")),
                }
            }
            if json {
                say_json(&all)?;
            } else {
                all.iter().try_for_each(|one| say(&one.to_string()))?;
            }
            none_wrong(&wrong)
        }
        Command::Set { back } => set(&config, back).await,
        Command::Rotate { slug, hook, overlap, json } => {
            rotate(&config, slug.as_deref(), hook, overlap, json).await
        }
    }
}

async fn set(config: &Config, back: bool) -> Result<(), Failure> {
    let Some(public_url) = &config.public_url else {
        let why = "PUBLIC_URL is not set; there is nothing to register";
        return Err(Failure::Use(why.to_owned()));
    };
    if back {
        let db = open::database(config, OpenMode::Command).await?;
        let mut tx = db.write().await?;
        for store in stores::each(&mut tx, &config.keyring).await? {
            // One that does not open is told of below.
            let Ok(store) = store.store else { continue };
            stores::back(&mut tx, &store, Clock::system().now()).await?;
        }
        tx.commit().await?;
    }
    let mut wrong = Vec::new();
    for (slug, front) in fronts(config).await? {
        match told(config, front, public_url).await {
            Ok(()) => say(&format!("registered the webhook of {slug}"))?,
            Err(why) => wrong.push(format!("store {slug}: {why}")),
        }
    }
    none_wrong(&wrong)
}

async fn rotate(
    config: &Config,
    slug: Option<&str>,
    hook: bool,
    overlap: Option<i64>,
    json: bool,
) -> Result<(), Failure> {
    let Some(public_url) = &config.public_url else {
        let why = "PUBLIC_URL is not set; Telegram could not be told the new secret";
        return Err(Failure::Use(why.to_owned()));
    };
    let db = open::database(config, OpenMode::Command).await?;
    let slug = open::store(&db, &config.keyring, slug).await?.slug;
    let minutes = overlap.unwrap_or(if hook { OVERLAP_OF_PATHS } else { OVERLAP });
    let mut tx = db.write().await?;
    let now = Clock::system().now();
    let store = stores::rotate(&mut tx, &config.keyring, &slug, (hook, minutes), now).await?;
    tx.commit().await?;
    let callbacks = pakasir_url(public_url, &store.hook);
    let base = store.webhook_base(public_url, &config.watch.standby_urls);
    if json {
        return say_json(&json!({
            "slug": slug,
            "overlap_minutes": minutes,
            "telegram_webhook_url": telegram_url(base, &store.hook),
            "pakasir_webhook_url": callbacks,
        }));
    }
    say(&format!(
        "{slug} has a new webhook secret; the old one is let in until {minutes} minutes after \
         Telegram is told, which the running service does"
    ))?;
    if hook {
        say(&format!("give Pakasir the new callback address within that time: {callbacks}"))?;
    }
    Ok(())
}

/// Every store, opened or not.
pub(super) async fn fronts(config: &Config) -> Result<Vec<Opened>, Failure> {
    let db = open::database(config, OpenMode::Command).await?;
    let mut tx = db.read().await?;
    let stores = stores::each(&mut tx, &config.keyring).await?;
    let open = |store| {
        let (telegram, pakasir) = (&config.telegram_api_url, &config.pakasir_api_url);
        Shopfront::open(store, telegram, pakasir, &config.pakasir_public_domain)
            .map_err(|error| error.to_string())
    };
    let opened = stores.into_iter().map(|read| {
        let store = read.store.map_err(|error| error.to_string());
        (read.slug, store.and_then(open))
    });
    Ok(opened.collect())
}

/// One store's trouble must not hide the others: it is told at the end.
fn none_wrong(wrong: &[String]) -> Result<(), Failure> {
    if wrong.is_empty() { Ok(()) } else { Err(Failure::Failed(wrong.join("\n"))) }
}

async fn told(
    config: &Config,
    front: Result<Shopfront, String>,
    public_url: &str,
) -> Result<(), String> {
    let front = front?;
    let base = front.store.webhook_base(public_url, &config.watch.standby_urls);
    let registered = register(&front, base, config.telegram_max_connections).await;
    registered.map_err(|fault| fault.to_string())
}

async fn seen(config: &Config, front: Result<Shopfront, String>) -> Result<Value, String> {
    let front = front?;
    let store = &front.store;
    let answered = front.telegram.call(&GetWebhookInfo {}).await;
    let info = answered.map_err(|failure| failure.to_string())?.answer();
    let info = info.ok_or("Telegram gave no answer")?;
    let base = config.public_url.as_deref();
    let base = base.map(|first| store.webhook_base(first, &config.watch.standby_urls));
    let ours = base.map(|base| telegram_url(base, &store.hook));
    Ok(json!({
        "store": store.slug,
        "url": info.url,
        "is_at_standby": base != config.public_url.as_deref(),
        "is_ours": ours.map(|ours| ours == info.url),
        "pending_update_count": info.pending_update_count,
        "last_error_date": info.last_error_date,
        "last_error_message": info.last_error_message,
        "max_connections": info.max_connections,
        "allowed_updates": info.allowed_updates,
    }))
}
