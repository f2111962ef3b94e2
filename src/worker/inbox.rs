//! Takes facts from the inbox, the oldest of each lane, and works on each in one transaction.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Shared;
use super::desk::{self, Cause, Desk, Verdict, Worked};
use super::owners::tell_happenings;
use super::surely::{give_facts_back, surely};
use crate::db::{Tx, crash};
use crate::primitives::planted::{Bug, planted};
use crate::primitives::random_token;
use crate::queue::inbox::{self, Source, Taken};
use crate::queue::{LEASE, backoff, prune};
use crate::shop::ShopError;
use crate::shop::alarms::{self, Alarm};
use crate::shop::stores::Store;

/// How often the inbox is looked at when no bell rang: rows that wait for a later time.
const LOOK: Duration = Duration::from_millis(500);
/// How many facts are taken at once.
const HANDFUL: usize = 32;
/// How many tries a fact gets.
const TRIES: i64 = 5;
/// How long a fact waits whose worker died in a later try.
const SUSPECT: Duration = Duration::from_secs(1);
/// How long one fact may take.
const TIME: Duration = Duration::from_secs(20);
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// How long to wait for a full disk, a lost connection, a store not yet read.
const PASSING_WAIT: Duration = Duration::from_secs(1);

/// The owners hear of what is set aside no oftener than this.
const DEAD_EVERY: Duration = Duration::from_mins(10);

/// Works until `stop`; what is being worked on is finished, the rest is given back.
pub(super) async fn run(shared: Shared, stop: CancellationToken) {
    let mut ear = shared.inbox_bell.listen();
    while !stop.is_cancelled() {
        let taken = claim(&shared, most(&shared)).await;
        if taken.is_empty() {
            tokio::select! {
                () = ear.heard() => {}
                () = shared.clock.sleep(LOOK) => {}
                () = stop.cancelled() => {}
            }
            continue;
        }
        work_on(&shared, taken, &stop).await;
    }
}

/// The oldest due fact of each lane: at most so many, and a quarter as many callbacks beside them.
pub(super) async fn claim(shared: &Shared, most: i64) -> Vec<Taken> {
    let Some(holder) = shared.presence.holder() else { return Vec::new() };
    let now = shared.clock.now();
    match inbox::claim(&shared.db, &holder, now, LEASE, most).await {
        Ok(taken) => taken,
        Err(error) => {
            tracing::error!(%error, "the inbox cannot be read");
            give_facts_back(shared, &error, &holder, now.plus(LEASE)).await;
            Vec::new()
        }
    }
}

fn most(shared: &Shared) -> i64 {
    i64::try_from(HANDFUL.max(shared.db.parallelism())).unwrap_or(1)
}

/// Works on facts of different lanes, as many at a time as the database has writers.
async fn work_on(shared: &Shared, taken: Vec<Taken>, stop: &CancellationToken) {
    let mut working = JoinSet::new();
    for fact in taken {
        if stop.is_cancelled() {
            if let Err(error) = inbox::release(&shared.db, &fact).await {
                tracing::warn!(%error, "a fact could not be given back; its lease will lapse");
            }
            continue;
        }
        while working.len() >= shared.db.parallelism() {
            working.join_next().await;
        }
        working.spawn(one(shared.clone(), Arc::new(fact)));
    }
    while working.join_next().await.is_some() {}
}

/// How a try failed.
struct Failed {
    why: String,
    /// Not the fact's own fault: tried again without being counted.
    passing: bool,
}

/// A fact and what is on its account.
struct Try {
    fact: Arc<Taken>,
    /// Tries so far, this one included.
    number: i64,
    /// Whether this one is in the books already.
    counted: bool,
}

impl Try {
    /// A fact that was claimed before may have killed its worker: its tries are counted before they are
    /// made. `None` when another worker took it over.
    async fn of(shared: &Shared, fact: Arc<Taken>) -> Result<Option<Self>, ShopError> {
        if fact.claims == 1 {
            return Ok(Some(Self { fact, number: 1, counted: false }));
        }
        let begun = inbox::begin(&shared.db, &fact, shared.clock.now().plus(SUSPECT)).await?;
        Ok(begun.map(|number| Self { fact, number, counted: true }))
    }
}

/// One fact, whatever happens to the task that works on it.
pub(super) async fn one(shared: Shared, fact: Arc<Taken>) {
    let this = match Try::of(&shared, Arc::clone(&fact)).await {
        Ok(Some(this)) => this,
        Ok(None) => return,
        Err(error) => {
            let key = &fact.key;
            tracing::error!(%error, key, "a try could not be counted; the fact is put back");
            return put_back(&shared, &fact, || uncounted(&shared, &fact, &error)).await;
        }
    };
    let failed = if this.number > TRIES {
        // Counted before they were made, and none came back: the process died of them.
        Failed { why: "no try ever came back".to_owned(), passing: false }
    } else {
        match try_to_work(&shared, &fact).await {
            Ok(()) => return,
            Err(failed) => failed,
        }
    };
    put_back(&shared, &this.fact, || try_later(&shared, &this, &failed)).await;
}

/// Puts a fact back by `write`, however long the database takes nothing.
async fn put_back<W>(shared: &Shared, fact: &Taken, write: impl Fn() -> W)
where
    W: Future<Output = Result<(), ShopError>>,
{
    if let Err(error) = surely(&shared.clock, LEASE, write).await {
        tracing::error!(%error, key = fact.key, "a fact could not be put back; its lease will lapse");
    }
}

/// A fact that nobody tried: whether the try is counted nobody knows, so it is left at that.
async fn uncounted(shared: &Shared, fact: &Taken, error: &ShopError) -> Result<(), ShopError> {
    let due = shared.clock.now().plus(PASSING_WAIT);
    Ok(inbox::again(&shared.db, fact, due, 0, &error.to_string()).await?)
}

async fn try_to_work(shared: &Shared, fact: &Arc<Taken>) -> Result<(), Failed> {
    let (worker, subject) = (shared.clone(), Arc::clone(fact));
    let work = async move { work(&worker, &subject).await };
    let mut task = JoinSet::new();
    task.spawn(async move { tokio::time::timeout(TIME, work).await });
    let lasting = |why: String| Failed { why, passing: false };
    match task.join_next().await {
        Some(Ok(Ok(worked))) => {
            worked.map_err(|error| Failed { passing: error.is_passing(), why: error.to_string() })
        }
        Some(Ok(Err(_))) => Err(lasting(format!("took longer than {} s", TIME.as_secs()))),
        Some(Err(_)) | None => Err(lasting("the worker panicked".to_owned())),
    }
}

/// A callback is a hint, and work on one that is lost is done again: it waits for no disk, so that nobody
/// who wants his update stored waits for that either. What follows from it waits, and takes it along.
async fn begin(shared: &Shared, source: Source) -> Result<Tx, ShopError> {
    Ok(match source {
        Source::Pakasir => shared.db.write_relaxed().await?,
        Source::Telegram | Source::Fact => shared.db.write().await?,
    })
}

async fn work(shared: &Shared, fact: &Taken) -> Result<(), ShopError> {
    let Some(front) = shared.directory.get(fact.store) else {
        return Err(ShopError::Unserved);
    };
    crash::on_fact(&fact.body);
    let now = shared.clock.now();
    let mut tx = begin(shared, fact.source).await?;
    let wording = shared.wordings.of(&mut tx, front.store.id).await?;
    let desk = Desk::new(shared, &front.store, &wording, now);
    let Worked { verdict, store_changed } = desk.work(&mut tx, fact).await?;
    let mine = match &verdict {
        Verdict::Done(remark) => inbox::finish(&mut tx, fact, remark.as_deref(), now).await?,
        Verdict::Dead(_, reason) => inbox::set_aside(&mut tx, fact, reason, now).await?,
    };
    if let (true, Verdict::Dead(cause, _)) = (mine, &verdict) {
        tell_of(&mut tx, shared, &front.store, (fact, *cause)).await?;
    }
    if !mine && !planted(Bug::NoFence) {
        tracing::warn!(key = fact.key, "another worker took this fact over; nothing was changed");
        return Ok(());
    }
    tx.commit().await?;
    if store_changed {
        know_it_at_once(shared).await;
    }
    if let Verdict::Dead(_, reason) = verdict {
        shared.metrics.inbox_dead.inc();
        tracing::warn!(store = front.store.slug, key = fact.key, reason, "a fact was set aside");
    }
    shared.outbox_bell.ring();
    Ok(())
}

/// Whoever changed his store by a press finds it changed with the next one, not a second later.
async fn know_it_at_once(shared: &Shared) {
    if let Err(error) = shared.directory.refresh(&shared.db, &shared.keyring).await {
        tracing::warn!(%error, "a changed store is read a moment later");
    }
}

/// Puts a failed fact back, or after the last try sets it aside with one apology and one record.
async fn try_later(shared: &Shared, this: &Try, failed: &Failed) -> Result<(), ShopError> {
    let Try { fact, number, counted } = this;
    let (now, why) = (shared.clock.now(), &failed.why);
    if failed.passing {
        tracing::warn!(key = fact.key, why, "a fact waits for trouble to pass");
        let back = -i64::from(*counted);
        return Ok(inbox::again(&shared.db, fact, now.plus(PASSING_WAIT), back, why).await?);
    }
    if *number < TRIES {
        tracing::warn!(key = fact.key, attempt = number, why, "a fact is tried again");
        let due = now.plus(backoff::after(fact.id.0, *number, FIRST_WAIT, LONGEST_WAIT));
        let more = i64::from(!counted);
        return Ok(inbox::again(&shared.db, fact, due, more, why).await?);
    }
    let id = random_token()[..8].to_owned();
    let mut tx = shared.db.write().await?;
    let reason = format!("{id}: failed {number} times, last: {why}");
    if !inbox::set_aside(&mut tx, fact, &reason, now).await? {
        return Ok(());
    }
    if let Some(front) = shared.directory.get(fact.store) {
        desk::apologise(shared, &mut tx, &front.store, fact, &id, now).await?;
        tell_of(&mut tx, shared, &front.store, (fact, Cause::Failed)).await?;
        if desk::holds_a_secret(shared, &mut tx, &front.store, fact).await? {
            prune::blank(&mut tx, fact).await?;
        }
    }
    tx.commit().await?;
    shared.metrics.inbox_dead.inc();
    shared.outbox_bell.ring();
    let (alarm, source) = ("dead", fact.source.word());
    tracing::error!(alarm, id, key = fact.key, source, why, "a fact failed for good");
    Ok(())
}

/// Tells the owners that a fact was set aside: which one and why, never what it said; of many at once, how many.
async fn tell_of(
    tx: &mut Tx,
    shared: &Shared,
    store: &Store,
    (fact, cause): (&Taken, Cause),
) -> Result<(), ShopError> {
    let Some(key) = cause.told_as() else { return Ok(()) };
    alarms::happened(tx, store.id, Alarm::Dead).await?;
    let values = [("id", fact.id.0.into())];
    tell_happenings(tx, shared, store, (Alarm::Dead, DEAD_EVERY), (key, &values)).await
}
