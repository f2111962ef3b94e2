//! Broadcasts: one message of an admin for many customers, who are passed in the order of their rows.

mod rules;
mod table;

pub use rules::{Change, MOST_DAYS, Outcome, Segment, State};
pub use table::STATEMENTS;

use super::ShopError;
use super::audit;
use crate::db::Tx;
use crate::primitives::{BroadcastId, ChatId, CustomerId, MessageId, StoreId, Timestamp, UserId};

/// How many customers one step passes.
pub const WINDOW: i64 = 200;
/// How many broadcasts of all stores go on at once; later ones wait.
const MOST_OPEN: i64 = 50;

/// A broadcast.
#[derive(Debug, Clone)]
pub struct Broadcast {
    /// The row.
    pub id: BroadcastId,
    /// The admin who wrote it, in whose chat its message lies.
    pub author: UserId,
    /// Where the message is, …
    pub source: (ChatId, MessageId),
    /// … and whom it is for.
    pub segment: Segment,
    /// How far it has come.
    pub state: State,
    /// When it is to begin.
    pub starts_at: Timestamp,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// For how many it is.
    pub total: i64,
    /// How many have it.
    pub sent: i64,
    /// For how many Telegram did not take it.
    pub failed: i64,
    /// How many cannot be reached.
    pub skipped: i64,
    /// The message that tells its author how it goes.
    pub progress: Option<MessageId>,
    reached: CustomerId,
    last: CustomerId,
    told: i64,
    /// When its author was told last.
    pub told_at: Timestamp,
    /// When it was written.
    pub created_at: Timestamp,
}

impl Broadcast {
    /// The word that its messages in the outbox share.
    #[must_use]
    pub fn batch(&self) -> String {
        format!("broadcast:{}", self.id)
    }

    /// How many had their turn.
    #[must_use]
    pub const fn over(&self) -> i64 {
        self.sent + self.failed + self.skipped
    }

    /// How many still wait for theirs.
    #[must_use]
    pub fn left(&self) -> i64 {
        (self.total - self.over()).max(0)
    }

    /// Whether its author was told less than there is to tell.
    #[must_use]
    pub const fn has_news(&self) -> bool {
        self.told != self.over()
    }

    /// Whether every customer was passed.
    #[must_use]
    pub fn is_through(&self) -> bool {
        self.reached >= self.last
    }

    fn of(row: &table::Row) -> Result<Self, ShopError> {
        let torn = || ShopError::Books(format!("broadcast {} says what no broadcast is", row.id));
        let segment = Segment::read(&row.segment, row.product_id, row.days).ok_or_else(torn)?;
        let state = State::from_word(&row.state).ok_or_else(torn)?;
        Ok(Self {
            id: row.id,
            author: row.author,
            source: (row.source_chat, row.source_message),
            segment,
            state,
            starts_at: row.starts_at,
            started_at: row.started_at,
            ended_at: row.ended_at,
            total: row.total,
            sent: row.sent,
            failed: row.failed,
            skipped: row.skipped,
            progress: row.progress_message,
            reached: row.reached,
            last: row.last,
            told: row.told,
            told_at: row.told_at,
            created_at: row.created_at,
        })
    }
}

/// How many a segment holds now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowd {
    /// All of them.
    pub total: i64,
    /// Those who have not blocked the bot and whom the shop has not blocked.
    pub reachable: i64,
    last: CustomerId,
}

/// Keeps what an admin wants to send; his earlier drafts are forgotten.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn draft(
    tx: &mut Tx,
    store: StoreId,
    author: UserId,
    source: (ChatId, MessageId),
    segment: Segment,
    now: Timestamp,
) -> Result<BroadcastId, ShopError> {
    Ok(table::draft(tx, store, author, source, segment, now).await?)
}

/// A broadcast, which stays as it is until the transaction ends.
///
/// # Errors
/// [`ShopError`] when the database fails or the row is damaged.
pub async fn lock(
    tx: &mut Tx,
    store: StoreId,
    id: BroadcastId,
) -> Result<Option<Broadcast>, ShopError> {
    table::lock(tx, store, id).await?;
    get(tx, store, id).await
}

/// A broadcast as it is now.
///
/// # Errors
/// [`ShopError`] when the database fails or the row is damaged.
pub async fn get(
    tx: &mut Tx,
    store: StoreId,
    id: BroadcastId,
) -> Result<Option<Broadcast>, ShopError> {
    table::get(tx, store, id).await?.as_ref().map(Broadcast::of).transpose()
}

/// Its state alone, at a glance; `None` when there is no such broadcast.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn state(
    tx: &mut Tx,
    store: StoreId,
    id: BroadcastId,
) -> Result<Option<State>, ShopError> {
    Ok(table::state(tx, store, id).await?.and_then(|word| State::from_word(&word)))
}

/// The last broadcasts, the newest first.
///
/// # Errors
/// [`ShopError`] when the database fails or a row is damaged.
pub async fn latest(tx: &mut Tx, store: StoreId, most: i64) -> Result<Vec<Broadcast>, ShopError> {
    table::latest(tx, store, most).await?.iter().map(Broadcast::of).collect()
}

/// How many a segment holds, as of `at`.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn crowd(
    tx: &mut Tx,
    store: StoreId,
    segment: Segment,
    at: Timestamp,
) -> Result<Crowd, ShopError> {
    let last = table::last(tx, store).await?;
    let (total, reachable) = table::crowd(tx, store, last, (segment, at)).await?;
    Ok(Crowd { total, reachable, last })
}

/// Lets a draft go at its time; `false` when it is no draft any more, so that a second press does nothing.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn schedule(
    tx: &mut Tx,
    store: StoreId,
    (draft, actor): (&Broadcast, UserId),
    (at, progress): (Timestamp, Option<MessageId>),
    now: Timestamp,
) -> Result<bool, ShopError> {
    if !table::schedule(tx, store, draft.id, (at, progress), now).await? {
        return Ok(false);
    }
    let after = format!("to {} from {}", draft.segment.in_words(), at.to_rfc3339());
    note(tx, store, (draft.id, actor), ("broadcast.start", None, &after), now).await?;
    Ok(true)
}

/// Pauses, resumes or cancels; the broadcast as it is then, or `None` when it cannot be done (any more).
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn change(
    tx: &mut Tx,
    store: StoreId,
    (id, actor): (BroadcastId, UserId),
    change: Change,
    now: Timestamp,
) -> Result<Option<Broadcast>, ShopError> {
    let Some(mut broadcast) = lock(tx, store, id).await? else { return Ok(None) };
    let Some(state) = change.of(broadcast.state) else { return Ok(None) };
    let ended_at = (state == State::Cancelled).then_some(now);
    table::go_over(tx, store, id, (state, ended_at)).await?;
    let before = broadcast.state.word();
    note(tx, store, (id, actor), (change.action(), Some(before), state.word()), now).await?;
    (broadcast.state, broadcast.ended_at) = (state, ended_at);
    told(tx, store, &broadcast, now).await?;
    Ok(Some(broadcast))
}

async fn note(
    tx: &mut Tx,
    store: StoreId,
    (id, actor): (BroadcastId, UserId),
    (action, before, after): (&str, Option<&str>, &str),
    now: Timestamp,
) -> Result<(), ShopError> {
    let (actor, subject, after) = (Some(actor), format!("broadcast {id}"), Some(after));
    let change = audit::Change { actor, action, subject: &subject, before, after, note: None };
    audit::record(tx, store, change, now).await
}

/// The broadcasts of all stores that go on, or whose time has come.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn open(tx: &mut Tx, now: Timestamp) -> Result<Vec<(StoreId, BroadcastId)>, ShopError> {
    Ok(table::open(tx, now, MOST_OPEN).await?)
}

/// Begins a scheduled one for a crowd that was counted as of its time; `false` when it is not scheduled.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn start(
    tx: &mut Tx,
    store: StoreId,
    id: BroadcastId,
    crowd: Crowd,
    now: Timestamp,
) -> Result<bool, ShopError> {
    Ok(table::start(tx, store, id, (crowd.last, crowd.total), now).await?)
}

/// Passes the next customers, until `most` of them are to be written to or [`WINDOW`] are passed; whom to write to.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn pass(
    tx: &mut Tx,
    store: StoreId,
    broadcast: &mut Broadcast,
    most: usize,
) -> Result<Vec<UserId>, ShopError> {
    let range = (broadcast.reached, broadcast.last);
    let meant = (broadcast.segment, broadcast.starts_at);
    let passed = table::next(tx, store, range, meant, WINDOW).await?;
    let nobody_is_left = i64::try_from(passed.len()).unwrap_or(WINDOW) < WINDOW;
    let (mut people, mut skipped, mut reached) = (Vec::new(), 0, broadcast.last);
    let mut rest = passed.into_iter();
    for one in rest.by_ref() {
        reached = one.id;
        match (one.meant, one.reachable) {
            (0, _) => {}
            (_, 0) => skipped += 1,
            _ => people.push(one.user_id),
        }
        if people.len() >= most {
            break;
        }
    }
    if nobody_is_left && rest.next().is_none() {
        reached = broadcast.last;
    }
    table::fed(tx, store, broadcast.id, (reached, skipped)).await?;
    broadcast.reached = reached;
    broadcast.skipped += skipped;
    Ok(people)
}

/// Counts how it went for one customer.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn count(
    tx: &mut Tx,
    store: StoreId,
    id: BroadcastId,
    outcome: Outcome,
) -> Result<(), ShopError> {
    let one = match outcome {
        Outcome::Sent => (1, 0, 0),
        Outcome::Failed => (0, 1, 0),
        Outcome::Skipped => (0, 0, 1),
    };
    Ok(table::count(tx, store, id, one).await?)
}

/// Everyone had his turn. Who was counted at the start and then was not met (he had been idle and came back)
/// counts as skipped, so that the numbers add up.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn end(
    tx: &mut Tx,
    store: StoreId,
    broadcast: &mut Broadcast,
    now: Timestamp,
) -> Result<(), ShopError> {
    broadcast.skipped += broadcast.left();
    broadcast.total = broadcast.over();
    (broadcast.state, broadcast.ended_at) = (State::Done, Some(now));
    Ok(table::end(tx, store, broadcast.id, (broadcast.total, broadcast.skipped), now).await?)
}

/// Remembers what its author is told now.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn told(
    tx: &mut Tx,
    store: StoreId,
    broadcast: &Broadcast,
    now: Timestamp,
) -> Result<(), ShopError> {
    Ok(table::told(tx, store, broadcast.id, broadcast.over(), now).await?)
}

/// Remembers the message that tells its author how it goes.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn shown_by(
    tx: &mut Tx,
    store: StoreId,
    id: BroadcastId,
    message: MessageId,
) -> Result<(), ShopError> {
    Ok(table::shown_by(tx, store, id, message).await?)
}

/// In a restored database: pauses what was running and cancels what should have begun since; how many.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn pause_all(tx: &mut Tx, now: Timestamp) -> Result<u64, ShopError> {
    Ok(table::pause_all(tx, now).await?)
}
