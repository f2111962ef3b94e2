//! Restarts of the cluster: whoever waits is told, and the next statement finds a new connection.

use std::time::Duration;

use crate::cluster::Way;
use crate::given::{Given, put, timed};

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_the_first_write_succeeds_at_once() {
    let mut given = Given::a_database().await;
    for way in [Way::Fast, Way::Immediate] {
        // Every connection is one of before the restart.
        drop(given.every_connection().await);
        given.cluster.restart(way).await;
        for round in 0..crate::given::ALL {
            let (done, took) = timed(given.write("a")).await;
            done.unwrap_or_else(|error| panic!("{way:?} {round}: {error}"));
            assert!(took < Duration::from_secs(1), "{way:?} {round}: {took:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_cluster_that_comes_up_is_served_within_a_second() {
    let mut given = Given::a_database().await;
    given.cluster.down(Way::Immediate).await;
    let db = given.db.clone();
    let waiting = tokio::task::JoinSet::from_iter([async move {
        loop {
            if let Ok(tx) = db.write().await {
                return (tx, std::time::Instant::now());
            }
        }
    }]);
    // Longer than one try, so that the tries have become rare.
    bot_auto_order::primitives::Clock::system().sleep(Duration::from_secs(4)).await;
    given.cluster.up().await;
    let up = std::time::Instant::now();
    let (mut tx, begun) = waiting.join_all().await.remove(0);
    assert!(begun.saturating_duration_since(up) < Duration::from_secs(1));
    put(&mut tx, "a").await.expect("written");
    tx.commit().await.expect("committed");
}

#[tokio::test(flavor = "multi_thread")]
async fn work_in_hand_at_a_restart_may_be_tried_again() {
    let mut given = Given::a_database().await;
    for way in [Way::Fast, Way::Immediate] {
        let mut written = given.db.write().await.expect("begun");
        put(&mut written, "a").await.expect("written");
        let mut unwritten = given.db.write().await.expect("begun");
        given.cluster.restart(way).await;
        let error = written.commit().await.expect_err("its connection is gone");
        assert!(error.is_passing(), "{way:?}: {error}");
        let error = put(&mut unwritten, "a").await.expect_err("its connection is gone");
        assert!(error.is_passing(), "{way:?}: {error}");
    }
}
