//! Lines that swallow what is said: every wait ends on our side, and nothing stays taken.

use std::time::Duration;

use crate::given::{Given, put, timed, times};
use crate::proxy::Flow;

/// The longest that one statement may wait, with room for a slow machine.
const PATIENCE: Duration = Duration::from_secs(8);

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_nobody_answers_ends_and_says_it_may_be_tried_again() {
    let given = Given::a_database().await;
    let mut tx = given.db.write().await.expect("begun");
    given.proxy.set(Flow::Swallow, Flow::Swallow);
    let (done, took) = timed(tokio::time::timeout(PATIENCE, put(&mut tx, "a"))).await;
    let error = done.expect("it ends").expect_err("nobody answered");
    assert!(error.is_passing(), "{error}");
    drop(tx);
    given.proxy.pass();
    given.write("b").await.unwrap_or_else(|error| panic!("after {took:?}: {error}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_nobody_answers_ends_though_it_is_done() {
    let given = Given::a_database().await;
    let mut tx = given.db.write().await.expect("begun");
    put(&mut tx, "a").await.expect("written");
    given.proxy.set_back(Flow::Swallow);
    let done = tokio::time::timeout(PATIENCE, tx.commit()).await.expect("it ends");
    let error = done.expect_err("nobody answered");
    assert!(error.is_passing(), "{error}");
    given.proxy.pass();
    let mut tx = given.db.read().await.expect("begun");
    assert_eq!(times(&mut tx, "a").await.expect("read"), 1, "the outcome was not known");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_beginning_that_nobody_answers_ends() {
    let given = Given::a_database().await;
    drop(given.every_connection().await);
    given.proxy.set(Flow::Swallow, Flow::Swallow);
    let (done, took) = timed(tokio::time::timeout(PATIENCE, given.db.write())).await;
    let error = done.expect("it ends").expect_err("nobody answered");
    assert!(error.is_passing(), "{error}");
    assert!(took < Duration::from_secs(4), "the door promises its 503 earlier: {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_given_back_into_silence_do_not_stay_taken() {
    let given = Given::a_database().await;
    let all = given.every_connection().await;
    given.proxy.set(Flow::Swallow, Flow::Swallow);
    drop(all);
    tokio::time::timeout(PATIENCE, given.db.write()).await.expect("it ends").expect_err("silence");
    given.proxy.pass();
    let (all, took) = timed(given.every_connection()).await;
    assert!(took < Duration::from_secs(3), "{} connections after {took:?}", all.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_silent_client_locked_is_free_in_seconds() {
    let given = Given::a_database().await;
    given.write("a").await.expect("written");
    let mut silent = given.db.write().await.expect("begun");
    put(&mut silent, "a").await.expect("locked");
    given.proxy.set(Flow::Hold, Flow::Hold);
    let other = crate::given::open(&given.cluster.url()).await;
    let writing = async {
        loop {
            let mut tx = other.write().await.expect("begun");
            if put(&mut tx, "a").await.is_ok() {
                return tx.commit().await;
            }
        }
    };
    let (done, took) = timed(tokio::time::timeout(PATIENCE, writing)).await;
    done.expect("it is not locked for ever").expect("committed");
    given.proxy.pass();
    let error = put(&mut silent, "b").await.expect_err("the cluster gave it up");
    assert!(error.is_passing(), "after {took:?}: {error}");
}
