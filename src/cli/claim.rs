//! The link by which somebody becomes the admin of a store, from `auto-order init` and `auto-order store claim`.

use super::failure::Failure;
use crate::config::Config;
use crate::db::Db;
use crate::primitives::{Clock, Secret};
use crate::shop::invitations;
use crate::shop::stores::Store;
use crate::telegram::{Client, GetMe, User};

/// Asks Telegram who a token's bot is.
pub(super) async fn bot(api_url: &str, token: &Secret<String>) -> Result<User, Failure> {
    let client = Client::new(api_url, token.clone())
        .map_err(|failure| Failure::Failed(format!("no line to Telegram: {failure}")))?;
    let answer = client.call(&GetMe {}).await.map_err(|failure| {
        let what =
            "Telegram does not confirm this bot token; check it and the connection, then try again";
        Failure::Failed(format!("{what}: {failure}"))
    })?;
    answer.answer().ok_or_else(|| Failure::Failed("Telegram did not say who the bot is".into()))
}

/// A fresh link for a store, which voids the one before.
pub(super) async fn link(
    config: &Config,
    db: &Db,
    store: &Store,
    another: bool,
) -> Result<String, Failure> {
    let user = bot(&config.telegram_api_url, &store.bot_token).await?;
    link_of(db, store, &user, another).await
}

/// The same for a bot that is known already.
pub(super) async fn link_of(
    db: &Db,
    store: &Store,
    bot: &User,
    another: bool,
) -> Result<String, Failure> {
    let nameless = || Failure::Failed("this bot has no user name: it is no bot of Telegram".into());
    let name = bot.username.as_deref().ok_or_else(nameless)?;
    let mut tx = db.write().await?;
    let made = invitations::make(&mut tx, store, another, Clock::system().now()).await?;
    let Some(payload) = made else {
        return Err(Failure::Use(format!(
            "store '{}' has an admin already; add --another for a link that makes one more",
            store.slug
        )));
    };
    tx.commit().await?;
    Ok(format!("https://t.me/{name}?start={}", payload.expose()))
}
