//! Opens a crash image and says what is wrong with it.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use sqlx::{Connection as _, SqliteConnection};

use crate::report::Violation;

/// What must be in an image of some moment.
#[derive(Debug, Default, Clone)]
pub struct Owed {
    /// Updates that were answered 200, with their bodies where they are known.
    pub updates: Vec<(i64, Option<Vec<u8>>)>,
    /// Payment callbacks that were answered 200.
    pub callbacks: Vec<Vec<u8>>,
    /// Payments that the gateway was asked to make.
    pub payments: Vec<String>,
    /// How many units were sent to people.
    pub units_sent: i64,
    /// How many units were ever imported.
    pub units: i64,
}

/// What the books of every image say, whatever was lost: each of these counts nothing.
const BOOKS: [(&str, &str, &str); 7] = [
    (
        "I-UNIT",
        "units whose state and order disagree",
        "SELECT COUNT(*) FROM units u LEFT JOIN orders o ON o.id = u.order_id WHERE \
         (u.state = 'reserved' AND COALESCE(o.state, '') NOT IN ('invoicing', 'open')) OR \
         (u.state = 'delivered' AND COALESCE(o.state, '') NOT IN ('paid', 'delivered'))",
    ),
    (
        "I-UNIT",
        "orders that hold another number of units than they list",
        "SELECT COUNT(*) FROM orders o WHERE \
         (SELECT COUNT(*) FROM units u WHERE u.order_id = o.id) <> \
         CASE WHEN o.state IN ('invoicing', 'open', 'paid', 'delivered') THEN \
         (SELECT COALESCE(SUM(quantity), 0) FROM order_lines l WHERE l.order_id = o.id) ELSE 0 END",
    ),
    (
        "I-PAY",
        "paid orders without exactly one payment of their amount",
        "SELECT COUNT(*) FROM orders o WHERE o.state IN ('paid', 'delivered') AND \
         (SELECT COUNT(*) FROM payments p WHERE p.order_id = o.id AND p.state = 'completed' \
         AND p.outcome = 'paid' AND p.received = o.amount) <> 1",
    ),
    (
        "I-PAY",
        "payments taken for orders that are not paid",
        "SELECT COUNT(*) FROM payments p JOIN orders o ON o.id = p.order_id \
         WHERE p.outcome = 'paid' AND o.state NOT IN ('paid', 'delivered')",
    ),
    (
        "I-PAY",
        "orders that nobody can pay",
        "SELECT COUNT(*) FROM orders o WHERE o.state = 'open' AND NOT EXISTS \
         (SELECT 1 FROM payments p WHERE p.order_id = o.id AND p.state = 'pending')",
    ),
    (
        "I-OUT",
        "orders delivered without all their parts",
        "SELECT COUNT(*) FROM orders WHERE state = 'delivered' AND parts_sent <> parts",
    ),
    (
        "I-LIVE",
        "orders that nothing will go on with",
        "SELECT COUNT(*) FROM orders o WHERE o.state IN ('invoicing', 'paid') AND NOT EXISTS \
         (SELECT 1 FROM outbox WHERE state = 'pending') AND NOT EXISTS \
         (SELECT 1 FROM inbox WHERE state = 'pending')",
    ),
];

/// Opens the image as any process would and holds it against what is owed.
pub async fn judge(image: &Path, owed: &Owed) -> Vec<Violation> {
    match look(image, owed).await {
        Ok(found) => found,
        Err(error) => vec![violation("I-DISK", format!("the image cannot be read: {error}"))],
    }
}

fn violation(promise: &'static str, what: String) -> Violation {
    Violation { promise, what, history: Vec::new() }
}

async fn look(image: &Path, owed: &Owed) -> Result<Vec<Violation>, sqlx::Error> {
    let mut found = Vec::new();
    let mut connection = SqliteConnection::connect(&format!("sqlite:{}", image.display())).await?;
    let integrity: Vec<String> =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut connection).await?;
    if integrity != ["ok"] {
        found.push(violation("I-DISK", format!("integrity_check: {integrity:?}")));
    }
    let strays = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut connection).await?.len();
    if strays > 0 {
        found.push(violation("I-DISK", format!("{strays} rows belong to nothing")));
    }
    for (promise, what, sql) in BOOKS {
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&mut connection).await?;
        if count > 0 {
            found.push(violation(promise, format!("{count} {what}")));
        }
    }
    found.extend(lost_deliveries(&mut connection, owed).await?);
    found.extend(forgotten_words(&mut connection, owed).await?);
    connection.close().await?;
    Ok(found)
}

/// Answered 200 and not there any more.
async fn lost_deliveries(
    connection: &mut SqliteConnection,
    owed: &Owed,
) -> Result<Vec<Violation>, sqlx::Error> {
    let rows: Vec<(String, String, Vec<u8>)> =
        sqlx::query_as("SELECT source, key, body FROM inbox WHERE source <> 'fact'")
            .fetch_all(connection)
            .await?;
    let (mut updates, mut callbacks) = (HashMap::new(), HashSet::new());
    for (source, key, body) in rows {
        if source == "telegram" {
            updates.insert(key, body);
        } else {
            callbacks.insert(body);
        }
    }
    let lost: Vec<i64> = owed
        .updates
        .iter()
        .filter(|(number, body)| match (updates.get(&number.to_string()), body) {
            // One that was worked on has left its words behind.
            (Some(stored), Some(sent)) => !stored.is_empty() && stored != sent,
            (stored, _) => stored.is_none(),
        })
        .map(|(number, _)| *number)
        .collect();
    let mut found = Vec::new();
    if let Some(first) = lost.first() {
        let (lost, all) = (lost.len(), owed.updates.len());
        let what = format!("{lost} of {all} updates answered 200 are lost, the first is {first}");
        found.push(violation("I-ACK", what));
    }
    let lost = owed.callbacks.iter().filter(|body| !callbacks.contains(*body)).count();
    if lost > 0 {
        found.push(violation("I-ACK", format!("{lost} callbacks answered 200 are lost")));
    }
    Ok(found)
}

/// Said to the outside and not remembered.
async fn forgotten_words(
    connection: &mut SqliteConnection,
    owed: &Owed,
) -> Result<Vec<Violation>, sqlx::Error> {
    let mut found = Vec::new();
    let known: Vec<String> =
        sqlx::query_scalar("SELECT reference FROM payments").fetch_all(&mut *connection).await?;
    let known: HashSet<String> = known.into_iter().collect();
    for reference in owed.payments.iter().filter(|reference| !known.contains(*reference)) {
        let what = format!("the gateway was asked for {reference}, which is forgotten");
        found.push(violation("I-PAY", what));
    }
    let (gone, all): (i64, i64) = sqlx::query_as(
        "SELECT CAST(COALESCE(SUM(state = 'delivered'), 0) AS INTEGER), COUNT(*) FROM units",
    )
    .fetch_one(connection)
    .await?;
    if gone < owed.units_sent {
        let what = format!("{} units were sent, {gone} are sold", owed.units_sent);
        found.push(violation("I-UNIT", what));
    }
    if all != owed.units {
        found.push(violation("I-UNIT", format!("{all} units of {}", owed.units)));
    }
    Ok(found)
}
