//! One look at everything the service leans on: database, jobs, Telegram, webhook, gateway, machine, logs, backups.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use tokio::task::JoinSet;

use super::jobs;
use super::looks::{self, Check, LOOK_TIME, Look};
use super::machine::Machine;
use crate::config::Watch;
use crate::db::{Db, DbError, OpenMode};
use crate::primitives::{Clock, Secret, Timestamp};
use crate::queue::prune;
use crate::shop::ShopError;
use crate::worker::Shopfront;

/// So many stores are looked at beside each other.
const AT_ONCE: usize = 16;
/// Over which time what was set aside is counted.
const DAY: Duration = Duration::from_hours(24);

/// Everything that was looked at: `{"healthy": bool, "checks": [{"name", "ok", "detail"}]}` as JSON. Names are
/// `database`, `stores`, `jobs`, `set aside`, `cpu`, `memory`, `disk`, `logs`, `backup`, `pakasir`, and of each store
/// `telegram:<slug>`, `webhook:<slug>`, `pakasir:<slug>` (when it has no keys), `store:<slug>` (when it does not open).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether all of it is well.
    pub healthy: bool,
    /// One entry a thing.
    pub checks: Vec<Check>,
}

/// Where things are, and from when on they are not well.
#[derive(Debug, Clone)]
pub struct Outlook {
    /// The time.
    pub clock: Clock,
    /// The machine.
    pub machine: Machine,
    /// What is watched.
    pub watch: Watch,
    /// The first address of the webhooks.
    pub public_url: Option<String>,
    /// The gateway's API.
    pub pakasir_api_url: String,
    /// The folder of logs, if there is one.
    pub logs: Option<PathBuf>,
}

/// A store's slug, with its lines to the outside or why it does not open.
pub type Opened = (String, Result<Shopfront, String>);

/// Looks at everything, for a command: the database is opened anew. It takes some seconds.
pub async fn check(
    database_url: &Secret<String>,
    fronts: Result<Vec<Opened>, String>,
    outlook: &Outlook,
) -> Report {
    let (database, db) = database(database_url).await;
    let mut all = vec![database];
    if let Some(db) = db {
        all.extend(inside(&db, outlook).await);
        db.close().await;
    }
    let mut opened = Vec::new();
    match fronts {
        Err(why) => all.push(Look::bad("stores", why)),
        Ok(fronts) if fronts.is_empty() => all.push(Look::well("stores", "there is none yet")),
        Ok(fronts) => {
            for (slug, front) in fronts {
                match front {
                    Ok(front) => opened.push(front),
                    Err(why) => all.push(Look::bad(format!("store:{slug}"), why)),
                }
            }
        }
    }
    let (outside, machine) = tokio::join!(outside(opened, outlook), machine(outlook));
    all.extend(outside);
    all.extend(machine);
    let checks: Vec<Check> = all.into_iter().map(|look| look.check).collect();
    Report { healthy: checks.iter().all(|check| check.ok), checks }
}

async fn database(url: &Secret<String>) -> (Look, Option<Db>) {
    let look = async {
        let db = Db::open(url, OpenMode::Command).await?;
        let tx = db.write().await?;
        tx.commit().await?;
        Ok::<_, DbError>(db)
    };
    match tokio::time::timeout(LOOK_TIME, look).await {
        Ok(Ok(db)) => (Look::well("database", format!("{} commits", db.engine())), Some(db)),
        Ok(Err(error)) => (Look::bad("database", error.to_string()), None),
        Err(_) => (Look::bad("database", "did not commit in time"), None),
    }
}

/// What the database tells about the service: late jobs, and what was set aside.
async fn inside(db: &Db, outlook: &Outlook) -> Vec<Look> {
    let look = async {
        let (mut tx, now) = (db.read().await?, outlook.clock.now());
        let expected = jobs::expected(&outlook.watch, outlook.public_url.is_some());
        let late = jobs::late(&mut tx, &expected, None, now).await?;
        let (facts, parcels) = prune::set_aside(&mut tx, now.minus(DAY)).await?;
        let jobs = if late.is_empty() {
            Look::well("jobs", "none is late")
        } else {
            Look::bad("jobs", format!("late: {}", named(&late)))
        };
        // Each was told when it happened; a person decides what it is worth.
        let dead = format!("in the last day {facts} facts and {parcels} parcels");
        Ok::<_, ShopError>(vec![jobs, Look::well("set aside", dead)])
    };
    look.await.unwrap_or_else(|error| vec![Look::bad("jobs", error.to_string())])
}

/// Late jobs in words: `sweep (400 s ago), prune (20000 s ago)`.
pub(super) fn named(late: &[(&'static str, u64)]) -> String {
    let words: Vec<String> =
        late.iter().map(|(job, seconds)| format!("{job} ({seconds} s ago)")).collect();
    words.join(", ")
}

/// The machine, its logs and its backups; it takes some seconds.
pub(super) async fn machine(outlook: &Outlook) -> Vec<Look> {
    let Outlook { machine, watch, clock, .. } = outlook;
    let load = machine.load(clock).await;
    let mut all = looks::load(&load, &watch.thresholds);
    all.push(looks::logs(outlook.logs.as_deref(), watch.thresholds.logs));
    all.push(looks::backup(watch.backups.as_deref().map(Path::new), clock.now()));
    all
}

/// Every store's lines, and the gateway that they share.
pub(super) async fn outside<F>(fronts: Vec<F>, outlook: &Outlook) -> Vec<Look>
where
    F: AsRef<Shopfront> + Send + 'static,
{
    let now = outlook.clock.now();
    let has_gateway = fronts.iter().any(|front| front.as_ref().gateway.is_some());
    let (mut all, mut waiting) = (Vec::<(i64, Vec<Look>)>::new(), fronts.into_iter());
    let mut tasks = JoinSet::new();
    loop {
        while tasks.len() < AT_ONCE
            && let Some(front) = waiting.next()
        {
            let store = &front.as_ref().store;
            let (first, standbys) = (outlook.public_url.as_deref(), &outlook.watch.standby_urls);
            let base = first.map(|first| store.webhook_base(first, standbys).to_owned());
            tasks.spawn(async move { lines(front.as_ref(), base.as_deref(), now).await });
        }
        match tasks.join_next().await {
            None => break,
            Some(seen) => all.extend(seen.ok()),
        }
    }
    all.sort_by_key(|(store, _)| *store);
    let mut all: Vec<Look> = all.into_iter().flat_map(|(_, looks)| looks).collect();
    if has_gateway {
        all.push(looks::pakasir(&outlook.pakasir_api_url).await);
    }
    all
}

async fn lines(front: &Shopfront, base: Option<&str>, now: Timestamp) -> (i64, Vec<Look>) {
    let mut all = vec![looks::telegram(front).await, looks::webhook(front, base, now).await];
    if front.gateway.is_none() {
        let why = "not set up; the shop cannot take payments";
        all.push(Look::well(looks::named("pakasir", front), why));
    }
    (front.store.id.0, all)
}
