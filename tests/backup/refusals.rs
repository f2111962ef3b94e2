//! What is refused before anything is touched: another password, a cut, a flipped bit, a place that is taken.

use std::path::Path;

use bot_auto_order::config::BareConfig;
use bot_auto_order::ops::backup::Keeper;
use bot_auto_order::primitives::Clock;

use crate::given::{Engine, Machine, PASSWORD, coffee_shop, files_under};
use crate::on_both_engines;
use crate::place::Place;

const FLIPS: usize = 2_000;

fn keeper(folder: &Path) -> Keeper {
    let pairs = [
        ("BACKUP_ENCRYPTION_PASSWORD", PASSWORD.to_owned()),
        ("BACKUP_LOCAL_DIR", folder.display().to_string()),
        ("AUTO_ORDER_BACKUP_EFFORT", "4".to_owned()),
    ];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value));
    Keeper::bare(&BareConfig::from_pairs(pairs).expect("a fit configuration"), Clock::system())
}

on_both_engines!(every_flipped_bit_and_every_cut_is_seen);

async fn every_flipped_bit_and_every_cut_is_seen(engine: Engine) {
    let (_stage, machine) = coffee_shop(engine, 3).await;
    let archive = machine.backs_up(&[]);
    let whole = std::fs::read(&archive).expect("an archive");
    machine.lost().await;
    let folder = tempfile::tempdir().expect("a folder");
    let keeper = keeper(folder.path());
    let path = folder.path().join("trial.age");
    let name = path.to_str().expect("a path");
    std::fs::write(&path, &whole).expect("written");
    keeper.verify(Some(name)).await.expect("it is whole");
    let mut dice = fastrand::Rng::with_seed(7);
    for flip in 0..FLIPS {
        let mut bytes = whole.clone();
        // The head is short: every tenth flip falls into it.
        let reach = if flip % 10 == 0 { 300.min(bytes.len()) } else { bytes.len() };
        let (at, bit) = (dice.usize(..reach), dice.u8(..8));
        bytes[at] ^= 1 << bit;
        std::fs::write(&path, &bytes).expect("written");
        let refused = keeper.verify(Some(name)).await;
        assert!(refused.is_err(), "bit {bit} of byte {at} was flipped, and nobody saw it");
    }
    for _ in 0..100 {
        std::fs::write(&path, &whole[..dice.usize(..whole.len())]).expect("written");
        assert!(keeper.verify(Some(name)).await.is_err());
    }
    std::fs::write(&path, [&whole[..], b"x"].concat()).expect("written");
    assert!(keeper.verify(Some(name)).await.is_err(), "something was added");
    assert_eq!(files_under(folder.path()).len(), 1, "scratch stays behind");
}

on_both_engines!(what_is_refused_touches_nothing);

async fn what_is_refused_touches_nothing(engine: Engine) {
    let (_stage, first) = coffee_shop(engine, 3).await;
    let archive = first.backs_up(&[]);
    let whole = std::fs::read(&archive).expect("an archive");
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    let trials =
        [(&whole[..], "lain"), (&whole[..whole.len() - 9], PASSWORD), (&changed[..], PASSWORD)];
    for (bytes, password) in trials {
        let bare =
            Machine::with(engine, Place::bare()).await.set("BACKUP_ENCRYPTION_PASSWORD", password);
        let path = bare.place.path("brought.age");
        std::fs::write(&path, bytes).expect("written");
        let ran = bare.place.run(&["backup", "restore", path.to_str().expect("a path")]);
        let said = ran.failed_with(1);
        assert!(said.starts_with("brought.age ") && said.lines().count() == 1, "{said}");
        assert!(
            !bare.place.path("data/auto-order.db").exists() && !bare.place.path(".env").exists()
        );
        if engine == Engine::Postgres {
            assert!(bare.rows().await.is_empty());
        }
        bare.lost().await;
    }
    // A place with stores, and one that somebody works on.
    let before = first.rows().await;
    let name = archive.to_str().expect("a path");
    let ran = first.place.run(&["backup", "restore", name]);
    assert!(ran.failed_with(1).contains("store(s) in the database already"), "{ran:?}");
    assert_eq!(first.rows().await, before);
    let busy = Machine::with(engine, Place::new()).await;
    let serving = busy.place.serve();
    let ran = busy.place.run(&["backup", "restore", name]);
    assert!(ran.failed_with(1).contains("in use"), "{ran:?}");
    drop(serving);
    // Somebody else's tables are not ours to clear.
    let crm = Machine::with(engine, Place::bare()).await;
    if engine == Engine::Sqlite {
        std::fs::create_dir_all(crm.place.path("data")).expect("a folder");
        std::fs::write(crm.place.path("data/auto-order.db"), b"").expect("an empty file");
    }
    crm.change("CREATE TABLE crm (name TEXT)").await;
    crm.change("INSERT INTO crm (name) VALUES ('Budi')").await;
    let ran = crm.place.run(&["backup", "restore", name]);
    assert!(ran.failed_with(1).contains("tables of another program"), "{ran:?}");
    assert_eq!(crm.count("SELECT COUNT(*) FROM crm").await, 1);
    crm.lost().await;
    let nothing = Place::bare().run(&["backup", "restore", name]);
    assert!(
        nothing.failed_with(1).starts_with("BACKUP_ENCRYPTION_PASSWORD is not set"),
        "{nothing:?}"
    );
    first.lost().await;
    busy.lost().await;
}
