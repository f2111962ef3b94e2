//! One look at everything the service leans on: database, Telegram, gateway, webhook.

use std::time::Duration;

use serde::Serialize;

use crate::db::{Db, DbError, OpenMode};
use crate::primitives::Secret;
use crate::telegram::{GetMe, GetWebhookInfo};
use crate::worker::{Shopfront, telegram_url};

const LOOK_TIME: Duration = Duration::from_secs(5);
/// More waiting updates than this means that deliveries fail.
const MOST_WAITING: i64 = 100;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What.
    pub name: String,
    /// Whether it is well.
    pub ok: bool,
    /// What was seen, without any secret.
    pub detail: String,
}

/// Everything that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether all of it is well.
    pub healthy: bool,
    /// One entry a thing.
    pub checks: Vec<Check>,
}

impl Report {
    fn of(checks: Vec<Check>) -> Self {
        Self { healthy: checks.iter().all(|check| check.ok), checks }
    }
}

/// A store's slug, with its lines to the outside or why it does not open.
pub type Opened = (String, Result<Shopfront, String>);

/// Looks at the database and at every store's lines.
pub async fn check(
    database_url: &Secret<String>,
    fronts: Result<Vec<Opened>, String>,
    public_url: Option<&str>,
    pakasir_api_url: &str,
) -> Report {
    let mut checks = vec![database(database_url).await];
    match fronts {
        Err(why) => checks.push(failed("stores", why)),
        Ok(fronts) if fronts.is_empty() => checks.push(well("stores", "there is none yet")),
        Ok(fronts) => {
            for (slug, front) in &fronts {
                let front = match front {
                    Ok(front) => front,
                    Err(why) => {
                        checks.push(failed(&format!("store:{slug}"), why));
                        continue;
                    }
                };
                checks.push(telegram(front).await);
                checks.push(webhook(front, public_url).await);
                if front.gateway.is_none() {
                    checks.push(well(
                        &named("pakasir", front),
                        "not set up; the shop cannot take payments",
                    ));
                }
            }
            if fronts.iter().flat_map(|(_, front)| front).any(|front| front.gateway.is_some()) {
                checks.push(pakasir(pakasir_api_url).await);
            }
        }
    }
    Report::of(checks)
}

fn named(what: &str, front: &Shopfront) -> String {
    format!("{what}:{}", front.store.slug)
}

fn well(name: &str, detail: impl Into<String>) -> Check {
    Check { name: name.to_owned(), ok: true, detail: detail.into() }
}

fn failed(name: &str, detail: impl Into<String>) -> Check {
    Check { name: name.to_owned(), ok: false, detail: detail.into() }
}

async fn database(url: &Secret<String>) -> Check {
    let look = async {
        let db = Db::open(url, OpenMode::Command).await?;
        let tx = db.write().await?;
        tx.commit().await?;
        Ok::<_, DbError>(db.engine())
    };
    match tokio::time::timeout(LOOK_TIME, look).await {
        Ok(Ok(engine)) => well("database", format!("{engine} commits")),
        Ok(Err(error)) => failed("database", error.to_string()),
        Err(_) => failed("database", "did not commit in time"),
    }
}

async fn telegram(front: &Shopfront) -> Check {
    let name = named("telegram", front);
    match front.telegram.call(&GetMe {}).await {
        Ok(answer) => {
            let username = answer.answer().and_then(|me| me.username).unwrap_or_default();
            well(&name, format!("answers as @{username}"))
        }
        Err(failure) => failed(&name, failure.to_string()),
    }
}

async fn webhook(front: &Shopfront, public_url: Option<&str>) -> Check {
    let name = named("webhook", front);
    let Some(public_url) = public_url else {
        return well(&name, "PUBLIC_URL is not set; nothing is registered by us");
    };
    let info = match front.telegram.call(&GetWebhookInfo {}).await {
        Ok(answer) => answer.answer(),
        Err(failure) => return failed(&name, failure.to_string()),
    };
    let Some(info) = info else { return failed(&name, "Telegram gave no answer") };
    if info.url != telegram_url(public_url, &front.store.hook) {
        return failed(&name, "Telegram has another address; run `auto-order webhook set`");
    }
    if info.pending_update_count > MOST_WAITING {
        return failed(&name, format!("{} updates wait at Telegram", info.pending_update_count));
    }
    well(&name, format!("registered, {} updates wait", info.pending_update_count))
}

/// Whether something speaks HTTP where the gateway should be; it has no call that only says hello.
async fn pakasir(api_url: &str) -> Check {
    let look = crate::pakasir::reachable(api_url);
    match tokio::time::timeout(LOOK_TIME, look).await {
        Ok(Ok(status)) => well("pakasir", format!("answers HTTP {status}")),
        Ok(Err(why)) => failed("pakasir", why),
        Err(_) => failed("pakasir", "did not answer in time"),
    }
}
