//! `auto-order webhook`: what Telegram has registered, and registering again.

use clap::Subcommand;
use serde_json::{Value, json};

use super::failure::Failure;
use super::{open, say, say_json};
use crate::config::Config;
use crate::db::OpenMode;
use crate::shop::stores;
use crate::telegram::GetWebhookInfo;
use crate::worker::{Shopfront, register, telegram_url};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// What Telegram has registered for each store.
    Info {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Register each store's webhook under `PUBLIC_URL` again.
    Set,
}

pub(super) async fn run(config: Config, command: Command) -> Result<(), Failure> {
    let fronts = fronts(&config).await?;
    match command {
        Command::Info { json } => {
            let mut all = Vec::new();
            for front in &fronts {
                all.push(info(&config, front).await?);
            }
            if json { say_json(&all) } else { all.iter().try_for_each(|one| say(&one.to_string())) }
        }
        Command::Set => {
            let Some(public_url) = &config.public_url else {
                return Err(Failure::Use(
                    "PUBLIC_URL is not set; there is nothing to register".into(),
                ));
            };
            for front in &fronts {
                register(front, public_url, config.telegram_max_connections).await?;
                say(&format!("registered the webhook of {}", front.store.slug))?;
            }
            Ok(())
        }
    }
}

/// Every store with its lines to the outside.
pub(super) async fn fronts(config: &Config) -> Result<Vec<Shopfront>, Failure> {
    let db = open::database(config, OpenMode::Command).await?;
    let mut tx = db.read().await?;
    let stores = stores::all(&mut tx, &config.keyring).await?;
    let open = |store| {
        let (telegram, pakasir) = (&config.telegram_api_url, &config.pakasir_api_url);
        Shopfront::open(store, telegram, pakasir, &config.pakasir_public_domain)
    };
    Ok(stores.into_iter().map(open).collect::<Result<_, _>>()?)
}

async fn info(config: &Config, front: &Shopfront) -> Result<Value, Failure> {
    let store = &front.store;
    let failed = |why: String| Failure::Failed(format!("store {}: {why}", store.slug));
    let answered = front.telegram.call(&GetWebhookInfo {}).await;
    let info = answered.map_err(|failure| failed(failure.to_string()))?.answer();
    let info = info.ok_or_else(|| failed("Telegram gave no answer".to_owned()))?;
    let ours = config.public_url.as_ref().map(|base| telegram_url(base, &store.hook));
    Ok(json!({
        "store": store.slug,
        "url": info.url,
        "is_ours": ours.map(|ours| ours == info.url),
        "pending_update_count": info.pending_update_count,
        "last_error_date": info.last_error_date,
        "last_error_message": info.last_error_message,
        "max_connections": info.max_connections,
        "allowed_updates": info.allowed_updates,
    }))
}
