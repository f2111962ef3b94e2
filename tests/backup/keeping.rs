//! Archives in two places: listed, pruned, and never the last good one.

use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::given::{Engine, cluster, coffee_shop, files_under};
use crate::on_both_engines;

on_both_engines!(the_newest_good_ones_stay_in_both_places);

async fn the_newest_good_ones_stay_in_both_places(engine: Engine) {
    let (_stage, shop) = coffee_shop(engine, 2).await;
    let offsite = tempfile::tempdir().expect("a folder");
    let shop = shop
        .set("BACKUP_OFFSITE_URL", &format!("file://{}", offsite.path().display()))
        .set("BACKUP_KEEP", "2");
    let made: Vec<_> = (0..5).map(|_| shop.backs_up(&["--offsite"])).collect();
    let listed = shop.place.run(&["backup", "list", "--json"]).json();
    let listed = listed.as_array().expect("a list");
    assert_eq!(listed.len(), 10);
    let word = if engine == Engine::Sqlite { "sqlite" } else { "postgres" };
    assert!(listed.iter().all(|one| one["engine"] == word && one["bytes"].as_u64() > Some(1000)));
    // The newest is damaged: it must not push a good one out.
    std::fs::write(&made[4], b"not what it was").expect("written");
    let said = shop.run(&["backup", "prune"]);
    let local: Vec<_> = files_under(&shop.place.path("backups"));
    for (number, archive) in made.iter().enumerate() {
        assert_eq!(local.contains(archive), number >= 2, "{number}: {said}");
    }
    assert_eq!(files_under(offsite.path()).len(), 2, "{said}");
    // All but the only good one are damaged.
    std::fs::write(&made[3], b"nor this").expect("written");
    shop.run(&["backup", "prune"]);
    assert!(made[2].exists(), "the only good one went");
    let newest = shop.place.run(&["backup", "verify"]);
    assert!(newest.failed_with(1).contains("does not open"), "{newest:?}");
    shop.run(&["backup", "verify", made[2].to_str().expect("a path")]);
    shop.lost().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drill_takes_away_what_a_killed_one_left() {
    let (_stage, shop) = coffee_shop(Engine::Postgres, 2).await;
    shop.backs_up(&[]);
    let mut admin = PgConnection::connect(&format!("{}/postgres", cluster())).await.expect("up");
    admin.execute("DROP DATABASE IF EXISTS auto_order_drill_1_left").await.expect("it obeys");
    admin.execute("CREATE DATABASE auto_order_drill_1_left").await.expect("it obeys");
    shop.run(&["backup", "drill"]);
    let left = "SELECT 1 FROM pg_database WHERE datname = 'auto_order_drill_1_left'";
    assert!(admin.fetch_optional(left).await.expect("it tells").is_none());
    shop.lost().await;
}
