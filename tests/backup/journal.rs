//! An old archive comes back, and nothing that was delivered since is sold again.

use crate::given::{Engine, Machine, buys, coffee_shop, files_under, orders, person, secrets_in};
use crate::on_both_engines;
use crate::place::Place;

on_both_engines!(an_old_archive_sells_nothing_that_was_delivered_since);

async fn an_old_archive_sells_nothing_that_was_delivered_since(engine: Engine) {
    let (stage, first) = coffee_shop(engine, 5).await;
    let offsite = tempfile::tempdir().expect("a folder");
    let first = first.set("BACKUP_OFFSITE_URL", &format!("file://{}", offsite.path().display()));
    let serving = first.serve(&stage);
    let mut sold = vec![buys(&stage, &person(&stage, 11, "Budi")).await];
    // Tono holds the next unit when the archive is made, and lets it go after.
    let tono = person(&stage, 12, "Tono");
    orders(&tono).await;
    first.rests().await;
    first.backs_up(&["--offsite"]);
    tono.press("Batalkan Pesanan");
    first.until("SELECT COUNT(*) FROM orders WHERE state = 'cancelled'", 1).await;
    for (id, name) in [(13, "Sari"), (14, "Rini")] {
        sold.push(buys(&stage, &person(&stage, id, name)).await);
    }
    first.until("SELECT COUNT(*) FROM journal_waiting", 0).await;
    drop(serving);
    first.lost().await;

    // The new machine knows the archive by its name, from the second place.
    let name = files_under(offsite.path())
        .into_iter()
        .find(|path| path.extension().is_some_and(|it| it == "age"));
    let name =
        name.expect("an archive").file_name().expect("a name").to_str().expect("text").to_owned();
    let second = Machine::with(engine, Place::bare())
        .await
        .set("BACKUP_OFFSITE_URL", &format!("file://{}", offsite.path().display()));
    let said = second.run(&["backup", "restore", &name]);
    assert!(
        said.contains("2 units delivered since, 1 taken out now, 1 taken from other orders"),
        "{said}"
    );
    assert_eq!(second.count("SELECT COUNT(*) FROM units WHERE state = 'voided'").await, 2);
    assert_eq!(second.count("SELECT COUNT(*) FROM units WHERE state = 'available'").await, 2);
    assert_eq!(second.count("SELECT COUNT(*) FROM orders WHERE state = 'expired'").await, 1);
    let notes = "SELECT COUNT(*) FROM audit_waiting WHERE action = 'unit.void' AND note LIKE 'delivered since the backup%'";
    assert_eq!(second.count(notes).await, 2);
    // Journal and archive together say enough: no choice is needed.
    let said = second.run(&["backup", "release"]);
    assert!(said.contains("2 units delivered since"), "{said}");
    let serving = second.serve(&stage);
    for (id, name) in [(15, "Dewi"), (16, "Eko")] {
        sold.push(buys(&stage, &person(&stage, id, name)).await);
    }
    let mut distinct = sold.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 5, "a unit was sold twice: {sold:?}");
    assert!(secrets_in(&sold.join(" ")).len() == 5);
    drop(serving);
    second.lost().await;
}

on_both_engines!(a_unit_that_is_with_its_buyer_never_comes_back_on_the_shelf);

async fn a_unit_that_is_with_its_buyer_never_comes_back_on_the_shelf(engine: Engine) {
    let (stage, first) = coffee_shop(engine, 2).await;
    let offsite = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", offsite.path().display());
    let first = first.set("BACKUP_OFFSITE_URL", &url);
    let serving = first.serve(&stage);
    let tono = person(&stage, 12, "Tono");
    orders(&tono).await;
    first.rests().await;
    let archive = first.backs_up(&[]);
    let paid = stage.project.transactions().last().expect("an invoice").txn_id.clone();
    stage.project.pay(&paid).expect("paid");
    first.until("SELECT COUNT(*) FROM orders WHERE state = 'delivered'", 1).await;
    first.until("SELECT COUNT(*) FROM journal_waiting", 0).await;
    drop(serving);

    let second = Machine::with(engine, Place::bare()).await.set("BACKUP_OFFSITE_URL", &url);
    let said = second.run(&["backup", "restore", archive.to_str().expect("a path")]);
    assert!(said.contains("1 wait for their own"), "{said}");
    let marked =
        "SELECT COUNT(*) FROM units WHERE state = 'reserved' AND handed_over_at IS NOT NULL";
    assert_eq!(second.count(marked).await, 1);
    first.lost().await;
    second.lost().await;
}

on_both_engines!(without_a_journal_a_person_must_choose);

async fn without_a_journal_a_person_must_choose(engine: Engine) {
    let (stage, first) = coffee_shop(engine, 3).await;
    let archive = first.backs_up(&[]);
    let second = Machine::with(engine, Place::bare()).await;
    second.run(&["backup", "restore", archive.to_str().expect("a path")]);
    let both = second.place.run(&["backup", "release", "--void-unsold", "--sell-unsold"]);
    assert_eq!(both.code, Some(2));
    let refused = second.place.run(&["backup", "release"]);
    assert!(refused.failed_with(1).starts_with("there is no journal"), "{refused:?}");
    assert_eq!(second.count("SELECT COUNT(*) FROM units WHERE state = 'available'").await, 3);
    let said = second.run(&["backup", "release", "--void-unsold"]);
    assert!(said.contains("3 unsold units are taken out"), "{said}");
    assert_eq!(second.count("SELECT COUNT(*) FROM units WHERE state = 'voided'").await, 3);
    assert!(
        second
            .place
            .run(&["backup", "release"])
            .failed_with(1)
            .contains("nothing is in quarantine")
    );
    drop(stage);
    first.lost().await;
    second.lost().await;
}

on_both_engines!(a_journal_with_a_gap_is_not_believed);

async fn a_journal_with_a_gap_is_not_believed(engine: Engine) {
    let (stage, first) = coffee_shop(engine, 3).await;
    let offsite = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", offsite.path().display());
    let first = first.set("BACKUP_OFFSITE_URL", &url);
    let archive = first.backs_up(&[]);
    // It sells a unit while nobody keeps a journal, and one after.
    let first = first.set("BACKUP_OFFSITE_URL", "");
    let serving = first.serve(&stage);
    buys(&stage, &person(&stage, 11, "Budi")).await;
    first.rests().await;
    drop(serving);
    let first = first.set("BACKUP_OFFSITE_URL", &url);
    let serving = first.serve(&stage);
    buys(&stage, &person(&stage, 12, "Sari")).await;
    first.until("SELECT COUNT(*) FROM journal_waiting", 0).await;
    drop(serving);
    let second = Machine::with(engine, Place::bare()).await.set("BACKUP_OFFSITE_URL", &url);
    second.run(&["backup", "restore", archive.to_str().expect("a path")]);
    assert_eq!(second.count("SELECT COUNT(*) FROM units WHERE state = 'voided'").await, 1);
    let refused = second.place.run(&["backup", "release"]);
    assert!(refused.failed_with(1).starts_with("there is no journal that begins"), "{refused:?}");
    first.lost().await;
    second.lost().await;
}

on_both_engines!(nothing_is_written_down_where_nobody_wants_it);

async fn nothing_is_written_down_where_nobody_wants_it(engine: Engine) {
    let (stage, first) = coffee_shop(engine, 2).await;
    let serving = first.serve(&stage);
    buys(&stage, &person(&stage, 11, "Budi")).await;
    first.rests().await;
    assert_eq!(first.count("SELECT COUNT(*) FROM journal_waiting").await, 0);
    assert!(!first.place.path("backups/local/journal").exists());
    drop(serving);
    first.lost().await;
}
