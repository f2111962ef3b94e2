//! Rows and SQL of broadcasts.

use super::rules::{Segment, State};
use crate::db::{DbError, Tx};
use crate::primitives::{
    BroadcastId, ChatId, CustomerId, MessageId, ProductId, StoreId, Timestamp, UserId,
};
use crate::{execute, fetch_all, fetch_one, fetch_optional, statements};

/// A broadcast as its row says it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Row {
    pub(super) id: BroadcastId,
    pub(super) author: UserId,
    pub(super) source_chat: ChatId,
    pub(super) source_message: MessageId,
    pub(super) segment: String,
    pub(super) product_id: Option<ProductId>,
    pub(super) days: Option<i64>,
    pub(super) state: String,
    pub(super) starts_at: Timestamp,
    pub(super) started_at: Option<Timestamp>,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) reached: CustomerId,
    pub(super) last: CustomerId,
    pub(super) total: i64,
    pub(super) sent: i64,
    pub(super) failed: i64,
    pub(super) skipped: i64,
    pub(super) progress_message: Option<MessageId>,
    pub(super) told: i64,
    pub(super) told_at: Timestamp,
    pub(super) created_at: Timestamp,
}

/// A customer whom a step came past.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Passed {
    pub(super) id: CustomerId,
    pub(super) user_id: UserId,
    pub(super) reachable: i64,
    pub(super) meant: i64,
}

statements! {
    DRAFT = ("INSERT INTO broadcasts (store_id, author, source_chat, source_message, segment, product_id, days, state, created_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, 'draft', $8) RETURNING id");
    FORGET_DRAFTS = ("DELETE FROM broadcasts WHERE store_id = $1 AND author = $2 AND state = 'draft'");
    GET = ("SELECT id, author, source_chat, source_message, segment, product_id, days, state, starts_at, started_at, \
            ended_at, reached, last, total, sent, failed, skipped, progress_message, told, told_at, created_at \
            FROM broadcasts WHERE store_id = $1 AND id = $2");
    LOCK = ("SELECT id FROM broadcasts WHERE store_id = $1 AND id = $2", postgres " FOR UPDATE");
    STATE = ("SELECT state FROM broadcasts WHERE store_id = $1 AND id = $2");
    LATEST = ("SELECT id, author, source_chat, source_message, segment, product_id, days, state, starts_at, started_at, \
               ended_at, reached, last, total, sent, failed, skipped, progress_message, told, told_at, created_at \
               FROM broadcasts WHERE store_id = $1 AND state <> 'draft' ORDER BY id DESC LIMIT $2");
    SCHEDULE = ("UPDATE broadcasts SET state = 'scheduled', starts_at = $3, progress_message = $4, told_at = $5 \
                 WHERE store_id = $1 AND id = $2 AND state = 'draft'");
    OPEN = ("SELECT store_id, id FROM broadcasts WHERE state IN ('scheduled', 'running') AND starts_at <= $1 \
             ORDER BY starts_at, id LIMIT $2");
    START = ("UPDATE broadcasts SET state = 'running', started_at = $3, last = $4, total = $5, told_at = $3 \
              WHERE store_id = $1 AND id = $2 AND state = 'scheduled'");
    PAUSE_ALL = ("UPDATE broadcasts SET state = 'paused' WHERE state = 'running'");
    CANCEL_DUE = ("UPDATE broadcasts SET state = 'cancelled', ended_at = $1 WHERE state = 'scheduled' AND starts_at <= $1");
    MOVE = ("UPDATE broadcasts SET state = $3, ended_at = $4 WHERE store_id = $1 AND id = $2");
    LAST = ("SELECT COALESCE(MAX(id), 0) FROM customers WHERE store_id = $1");
    // Who is meant is judged as of the start, so that nobody enters or leaves while it goes on; but who was
    // idle and comes back is not any more.
    CROWD = ("SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN c.unreachable_since IS NULL AND c.blocked_at IS NULL \
              THEN 1 ELSE 0 END), 0) AS BIGINT) FROM customers c WHERE c.store_id = $1 AND c.id <= $2 \
              AND 1 = CASE $3 WHEN 'everyone' THEN 1 \
              WHEN 'bought' THEN CASE WHEN EXISTS (SELECT 1 FROM orders o WHERE o.store_id = c.store_id \
                  AND o.customer_id = c.id AND o.purpose = 'goods' AND o.state IN ('paid', 'delivered') \
                  AND o.paid_at <= $4) THEN 1 ELSE 0 END \
              WHEN 'never' THEN CASE WHEN EXISTS (SELECT 1 FROM orders o WHERE o.store_id = c.store_id \
                  AND o.customer_id = c.id AND o.purpose = 'goods' AND o.state IN ('paid', 'delivered') \
                  AND o.paid_at <= $4) THEN 0 ELSE 1 END \
              WHEN 'product' THEN CASE WHEN EXISTS (SELECT 1 FROM orders o JOIN order_lines l \
                  ON l.store_id = o.store_id AND l.order_id = o.id WHERE o.store_id = c.store_id \
                  AND o.customer_id = c.id AND o.purpose = 'goods' AND o.state IN ('paid', 'delivered') \
                  AND o.paid_at <= $4 AND l.product_id = $5) THEN 1 ELSE 0 END \
              WHEN 'idle' THEN CASE WHEN c.actions_since < $6 THEN 1 ELSE 0 END ELSE 0 END");
    NEXT = ("SELECT c.id, c.user_id, CAST(CASE WHEN c.unreachable_since IS NULL AND c.blocked_at IS NULL \
             THEN 1 ELSE 0 END AS BIGINT) AS reachable, \
             CAST(CASE $3 WHEN 'everyone' THEN 1 \
              WHEN 'bought' THEN CASE WHEN EXISTS (SELECT 1 FROM orders o WHERE o.store_id = c.store_id \
                  AND o.customer_id = c.id AND o.purpose = 'goods' AND o.state IN ('paid', 'delivered') \
                  AND o.paid_at <= $4) THEN 1 ELSE 0 END \
              WHEN 'never' THEN CASE WHEN EXISTS (SELECT 1 FROM orders o WHERE o.store_id = c.store_id \
                  AND o.customer_id = c.id AND o.purpose = 'goods' AND o.state IN ('paid', 'delivered') \
                  AND o.paid_at <= $4) THEN 0 ELSE 1 END \
              WHEN 'product' THEN CASE WHEN EXISTS (SELECT 1 FROM orders o JOIN order_lines l \
                  ON l.store_id = o.store_id AND l.order_id = o.id WHERE o.store_id = c.store_id \
                  AND o.customer_id = c.id AND o.purpose = 'goods' AND o.state IN ('paid', 'delivered') \
                  AND o.paid_at <= $4 AND l.product_id = $5) THEN 1 ELSE 0 END \
              WHEN 'idle' THEN CASE WHEN c.actions_since < $6 THEN 1 ELSE 0 END ELSE 0 END AS BIGINT) AS meant \
             FROM customers c WHERE c.store_id = $1 AND c.id <= $2 AND c.id > $7 ORDER BY c.id LIMIT $8");
    FED = ("UPDATE broadcasts SET reached = $3, skipped = skipped + $4 WHERE store_id = $1 AND id = $2");
    COUNT = ("UPDATE broadcasts SET sent = sent + $3, failed = failed + $4, skipped = skipped + $5 \
              WHERE store_id = $1 AND id = $2");
    END = ("UPDATE broadcasts SET state = 'done', ended_at = $3, total = $4, skipped = $5, told = $4, told_at = $3 \
            WHERE store_id = $1 AND id = $2");
    TOLD = ("UPDATE broadcasts SET told = $3, told_at = $4 WHERE store_id = $1 AND id = $2");
    SHOWN_BY = ("UPDATE broadcasts SET progress_message = $3 WHERE store_id = $1 AND id = $2");
}

pub(super) async fn draft(
    tx: &mut Tx,
    store: StoreId,
    author: UserId,
    (chat, message): (ChatId, MessageId),
    segment: Segment,
    now: Timestamp,
) -> Result<BroadcastId, DbError> {
    execute!(tx, FORGET_DRAFTS, store, author)?;
    let (word, product, days) = (segment.word(), segment.product(), segment.days());
    let row: (BroadcastId,) = fetch_one!(
        tx,
        (BroadcastId,),
        DRAFT,
        store,
        author,
        chat,
        message,
        word,
        product,
        days,
        now
    )?;
    Ok(row.0)
}

pub(super) async fn get(
    tx: &mut Tx,
    store: StoreId,
    id: BroadcastId,
) -> Result<Option<Row>, DbError> {
    fetch_optional!(tx, Row, GET, store, id)
}

/// Keeps others from changing it until the transaction ends.
pub(super) async fn lock(tx: &mut Tx, store: StoreId, id: BroadcastId) -> Result<(), DbError> {
    fetch_optional!(tx, (BroadcastId,), LOCK, store, id)?;
    Ok(())
}

pub(super) async fn state(
    tx: &mut Tx,
    store: StoreId,
    id: BroadcastId,
) -> Result<Option<String>, DbError> {
    Ok(fetch_optional!(tx, (String,), STATE, store, id)?.map(|(state,)| state))
}

pub(super) async fn latest(tx: &mut Tx, store: StoreId, most: i64) -> Result<Vec<Row>, DbError> {
    fetch_all!(tx, Row, LATEST, store, most)
}

pub(super) async fn schedule(
    tx: &mut Tx,
    store: StoreId,
    id: BroadcastId,
    (at, progress): (Timestamp, Option<MessageId>),
    now: Timestamp,
) -> Result<bool, DbError> {
    Ok(execute!(tx, SCHEDULE, store, id, at, progress, now)? == 1)
}

pub(super) async fn open(
    tx: &mut Tx,
    now: Timestamp,
    most: i64,
) -> Result<Vec<(StoreId, BroadcastId)>, DbError> {
    fetch_all!(tx, (StoreId, BroadcastId), OPEN, now, most)
}

pub(super) async fn start(
    tx: &mut Tx,
    store: StoreId,
    id: BroadcastId,
    (last, total): (CustomerId, i64),
    now: Timestamp,
) -> Result<bool, DbError> {
    Ok(execute!(tx, START, store, id, now, last, total)? == 1)
}

pub(super) async fn go_over(
    tx: &mut Tx,
    store: StoreId,
    id: BroadcastId,
    (state, ended_at): (State, Option<Timestamp>),
) -> Result<(), DbError> {
    execute!(tx, MOVE, store, id, state.word(), ended_at)?;
    Ok(())
}

pub(super) async fn last(tx: &mut Tx, store: StoreId) -> Result<CustomerId, DbError> {
    Ok(fetch_one!(tx, (CustomerId,), LAST, store)?.0)
}

pub(super) async fn crowd(
    tx: &mut Tx,
    store: StoreId,
    last: CustomerId,
    (segment, at): (Segment, Timestamp),
) -> Result<(i64, i64), DbError> {
    let (word, product, idle) = (segment.word(), segment.product(), segment.idle_before(at));
    fetch_one!(tx, (i64, i64), CROWD, store, last, word, at, product, idle)
}

pub(super) async fn next(
    tx: &mut Tx,
    store: StoreId,
    (after, last): (CustomerId, CustomerId),
    (segment, at): (Segment, Timestamp),
    most: i64,
) -> Result<Vec<Passed>, DbError> {
    let (word, product, idle) = (segment.word(), segment.product(), segment.idle_before(at));
    fetch_all!(tx, Passed, NEXT, store, last, word, at, product, idle, after, most)
}

pub(super) async fn fed(
    tx: &mut Tx,
    store: StoreId,
    id: BroadcastId,
    (reached, skipped): (CustomerId, i64),
) -> Result<(), DbError> {
    execute!(tx, FED, store, id, reached, skipped)?;
    Ok(())
}

pub(super) async fn count(
    tx: &mut Tx,
    store: StoreId,
    id: BroadcastId,
    (sent, failed, skipped): (i64, i64, i64),
) -> Result<(), DbError> {
    execute!(tx, COUNT, store, id, sent, failed, skipped)?;
    Ok(())
}

pub(super) async fn end(
    tx: &mut Tx,
    store: StoreId,
    id: BroadcastId,
    (total, skipped): (i64, i64),
    now: Timestamp,
) -> Result<(), DbError> {
    execute!(tx, END, store, id, now, total, skipped)?;
    Ok(())
}

pub(super) async fn told(
    tx: &mut Tx,
    store: StoreId,
    id: BroadcastId,
    told: i64,
    now: Timestamp,
) -> Result<(), DbError> {
    execute!(tx, TOLD, store, id, told, now)?;
    Ok(())
}

pub(super) async fn shown_by(
    tx: &mut Tx,
    store: StoreId,
    id: BroadcastId,
    message: MessageId,
) -> Result<(), DbError> {
    execute!(tx, SHOWN_BY, store, id, message)?;
    Ok(())
}

/// How many were running or about to.
pub(super) async fn pause_all(tx: &mut Tx, now: Timestamp) -> Result<u64, DbError> {
    Ok(execute!(tx, PAUSE_ALL)? + execute!(tx, CANCEL_DUE, now)?)
}
