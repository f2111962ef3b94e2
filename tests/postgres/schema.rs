//! Tables that change under a running replica, and replicas that begin at the same moment.

use std::time::Duration;

use bot_auto_order::db::{Db, OpenMode};
use bot_auto_order::primitives::{Clock, Secret};
use sqlx::{Executor as _, PgConnection};

use crate::given::{Given, holder};

/// How long somebody keeps the tables to himself: longer than any ordinary wait for a lock.
const LONG: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn replicas_that_begin_while_tables_are_changed_wait_for_their_turn() {
    let given = Given::a_database().await;
    let mut slow = given.beside().await;
    slow.execute("BEGIN; LOCK TABLE _sqlx_migrations").await.expect("locked");
    let url = Secret::new(given.direct());
    let both = async { tokio::join!(begin(&url), begin(&url)) };
    let ending = async {
        Clock::system().sleep(LONG).await;
        slow.execute("COMMIT").await.expect("let go");
    };
    let ((one, other), ()) = tokio::join!(both, ending);
    one.expect("the first one opens");
    other.expect("the second one opens");
}

async fn begin(url: &Secret<String>) -> Result<Db, String> {
    Db::open(url, OpenMode::Server).await.map_err(|error| error.to_string())
}

/// A shop that works holds its orders while it asks for its store; the change wants them the other way round.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_ends_in_a_deadlock_is_made_again() {
    let given = Given::a_database().await;
    let (mut shop, mut watch) = (given.beside().await, given.beside().await);
    let back = "DROP TABLE restores, journal_waiting, drills; \
                DELETE FROM _sqlx_migrations WHERE version = 16";
    shop.execute(back).await.expect("as it was before that change");
    shop.execute("SET deadlock_timeout = '1min'").await.expect("the other one has to go");
    shop.execute("BEGIN; LOCK TABLE orders IN ROW EXCLUSIVE MODE").await.expect("locked");
    let url = Secret::new(given.direct());
    let working = async {
        while waiting_for_orders(&mut watch).await == 0 {
            Clock::system().sleep(Duration::from_millis(10)).await;
        }
        shop.execute("LOCK TABLE stores IN ROW EXCLUSIVE MODE").await.expect("locked");
        shop.execute("COMMIT").await.expect("let go");
    };
    let (opened, ()) = tokio::join!(begin(&url), working);
    opened.expect("the change is made after all");
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    let deadlocks: i64 = sqlx::query_scalar(deadlocks).fetch_one(&mut shop).await.expect("counted");
    assert_eq!(deadlocks, 1, "they met");
}

async fn waiting_for_orders(watch: &mut PgConnection) -> i64 {
    let asked = "SELECT COUNT(*) FROM pg_locks WHERE relation = 'orders'::regclass AND NOT granted";
    sqlx::query_scalar(asked).fetch_one(watch).await.expect("asked")
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_that_begin_together_on_nothing_both_open() {
    let given = Given::a_database().await;
    given.beside().await.execute("CREATE DATABASE fresh").await.expect("made");
    let url = Secret::new(format!("{}/fresh", given.cluster.url()));
    let (one, other) = tokio::join!(begin(&url), begin(&url));
    one.expect("the first one opens");
    other.expect("the second one opens");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_forgets_what_it_commits_is_refused() {
    let given = Given::a_database().await;
    let mut beside = given.beside().await;
    beside.execute("CREATE DATABASE forgetful").await.expect("made");
    let forgets = "ALTER DATABASE forgetful SET synchronous_commit TO off";
    beside.execute(forgets).await.expect("set");
    let url = Secret::new(format!("{}/forgetful", given.cluster.url()));
    let refused = begin(&url).await.expect_err("it is refused");
    assert!(refused.contains("synchronous_commit"), "{refused}");
    beside.execute("ALTER DATABASE forgetful RESET ALL").await.expect("set back");
    begin(&url).await.expect("it opens");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prepared_statement_that_no_longer_fits_is_prepared_anew() {
    let given = Given::a_database().await;
    given.write("a").await.expect("written");
    let mut all = given.every_connection().await;
    for tx in &mut all {
        assert_eq!(holder(tx, "a").await.expect("prepared"), "test");
    }
    drop(all);
    let change = "ALTER TABLE leases ALTER COLUMN holder TYPE VARCHAR(200)";
    given.beside().await.execute(change).await.expect("changed");
    let mut refused = 0;
    for mut tx in given.every_connection().await {
        if let Err(error) = holder(&mut tx, "a").await {
            assert!(error.is_passing(), "{error}");
            refused += 1;
        }
    }
    assert_eq!(refused, crate::given::ALL, "each was prepared for another type");
    for mut tx in given.every_connection().await {
        assert_eq!(holder(&mut tx, "a").await.expect("prepared anew"), "test");
    }
}
