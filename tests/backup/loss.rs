//! The machine is lost, and another one goes on with archive, password and program alone.

use std::os::unix::fs::PermissionsExt as _;

use bot_auto_order::bot::Errand;
use bot_auto_order::primitives::{ChatId, Language, OrderId};
use bot_auto_order::telegram::Html;

use crate::given::{Engine, Machine, PASSWORD, buys, coffee_shop, files_under, holds, person};
use crate::on_both_engines;
use crate::place::{Place, get};

/// Tables that a restore changes: who holds what, where the data came from, and when the tables were made.
const CHANGED: [&str; 3] = ["leases", "restores", "_sqlx_migrations"];

on_both_engines!(the_machine_is_lost_and_another_one_goes_on);

async fn the_machine_is_lost_and_another_one_goes_on(engine: Engine) {
    let (stage, first) = coffee_shop(engine, 6).await;
    let serving = first.serve(&stage);
    let (budi, sari) = (person(&stage, 11, "Budi"), person(&stage, 12, "Sari"));
    // What else must survive: a wording of the store's own, and a balance with its entry.
    first
        .change(
            "INSERT INTO settings (store_id, name, version, body, set_at) \
             SELECT id, 'reply:welcome:id', 1, 'Halo dari toko', 1 FROM stores",
        )
        .await;
    // An archive made while people buy is whole by itself.
    let bought = tokio::join!(buys(&stage, &budi), async {
        let place = &first;
        tokio::task::block_in_place(|| place.backs_up(&[]))
    });
    first.run(&["backup", "verify"]);
    first.run(&["backup", "drill"]);
    buys(&stage, &sari).await;
    first
        .change(
            "INSERT INTO ledger (store_id, customer_id, kind, account, amount, balance_after, at) \
             SELECT store_id, id, 'adjustment', 'seller', 7000, 7000, 1 FROM customers WHERE user_id = 12",
        )
        .await;
    first.change("UPDATE customers SET balance = 7000 WHERE user_id = 12").await;
    first.rests().await;
    let archive = first.backs_up(&[]);
    assert_ne!(archive, bought.1);
    drop(serving);
    let before = first.rows().await;

    // A bare machine: the archive, the password, the program.
    let second = Machine::with(engine, Place::bare()).await;
    let brought = second.place.path("brought.age");
    std::fs::copy(&archive, &brought).expect("carried over");
    let said = second.run(&["backup", "restore", brought.to_str().expect("a path")]);
    assert!(said.contains("in quarantine"), "{said}");
    let after = second.rows().await;
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (table, rows) in before.iter().filter(|(table, _)| !CHANGED.contains(&table.as_str())) {
        assert_eq!(rows, &after[table], "{table}");
    }
    assert!(
        before["units"].len() == 6 && before["orders"].len() == 2 && before["settings"].len() == 1
    );
    let settings = second.place.path(".env");
    let about = std::fs::metadata(&settings).expect("settings were written");
    assert_eq!(about.permissions().mode() & 0o777, 0o600);
    let settings = std::fs::read_to_string(settings).expect("text");
    assert!(settings.contains("DATA_ENCRYPTION_KEY=") && !settings.contains(PASSWORD));
    // Who had no way in yet was in nobody's reach.
    first.lost().await;

    it_is_quiet_in_quarantine(&stage, &second).await;
    second.lost().await;
}

/// Deliveries are kept; nothing is sent, sold or registered until a person says so. Then everything goes on.
async fn it_is_quiet_in_quarantine(stage: &bot_auto_order::sandbox::Stage, second: &Machine) {
    let (telegram, gateway) = (stage.telegram.calls().len(), stage.gateway.calls().len());
    let serving = second.serve(stage);
    let ready = get(serving.bind, "/readyz");
    assert!(
        ready.starts_with("HTTP/1.1 200") && ready.contains("\"accepting\":\"quarantine\""),
        "{ready}"
    );
    let tono = person(stage, 13, "Tono");
    tono.say("/start");
    second.until("SELECT COUNT(*) FROM inbox WHERE state = 'pending'", 1).await;

    // There is no journal here: nobody knows what was sold since, so somebody must say.
    let refused = second.place.run(&["backup", "release"]);
    assert!(refused.failed_with(1).contains("--void-unsold"), "{refused:?}");
    assert_eq!(second.count("SELECT COUNT(*) FROM restores WHERE released_at IS NULL").await, 1);
    assert_eq!(second.count("SELECT COUNT(*) FROM inbox WHERE state = 'pending'").await, 1);
    assert_eq!((stage.telegram.calls().len(), stage.gateway.calls().len()), (telegram, gateway));
    second.run(&["backup", "release", "--sell-unsold"]);
    tono.sees_text("Selamat datang").await;
    let ready = get(serving.bind, "/readyz");
    assert!(ready.contains("\"accepting\":\"ok\""), "{ready}");
    let rini = person(stage, 14, "Rini");
    buys(stage, &rini).await;
    second.rests().await;
    assert_eq!(second.count("SELECT COUNT(*) FROM units WHERE state = 'delivered'").await, 3);
    assert_eq!(second.place.run(&["audit", "verify"]).code, Some(0));
}

/// Everything that can wait in the two queues, held by somebody who is gone, and a broadcast on its way.
async fn leave_all_kinds_waiting(shop: &Machine, engine: Engine) {
    let written = |errand: &Errand| serde_json::to_string(errand).expect("JSON");
    let chat = ChatId(11);
    let mut kept = Errand::say(chat, Html::text("x"));
    if let Errand::Show { kept, .. } = &mut kept {
        *kept = true;
    }
    let (order, language) = (OrderId(1), Language::Id);
    let goods = Errand::Goods { chat, order, part: 0, of: 1, language, again: false };
    for (queue, payload) in [
        ("reply", r#"{"do":"show","chat":11,"text":"x","kept":false}"#),
        ("reply", &written(&kept)),
        ("reply", &written(&goods)),
        ("reply", r#"{"do":"alert","chat":11,"text":"\"kept\":true}"}"#),
        ("bulk", r#"{"do":"copy","chat":11,"from":1,"message":1,"broadcast":1}"#),
        ("gateway", r#"{"do":"check","payment":1,"asked":false}"#),
    ] {
        let sql = format!(
            "INSERT INTO outbox (store_id, queue, lane, payload, state, due_at, created_at, leased_until, holder) \
             SELECT id, '{queue}', 'trial', '{payload}', 'pending', 0, 0, 5, 'somebody' FROM stores"
        );
        shop.change(&sql).await;
    }
    let nothing = if engine == Engine::Postgres { "''::bytea" } else { "x''" };
    for source in ["telegram", "pakasir", "fact"] {
        let sql = format!(
            "INSERT INTO inbox (store_id, source, key, lane, seq, body, state, due_at, received_at) \
             SELECT id, '{source}', 'trial', 'trial', 1, {nothing}, 'pending', 0, 0 FROM stores"
        );
        shop.change(&sql).await;
    }
    let broadcast = "INSERT INTO broadcasts (store_id, author, source_chat, source_message, segment, state, created_at) \
         SELECT id, 1, 1, 1, 'everyone', 'running', 0 FROM stores";
    shop.change(broadcast).await;
}

on_both_engines!(what_was_stale_is_set_aside_and_what_was_paid_for_is_not);

async fn what_was_stale_is_set_aside_and_what_was_paid_for_is_not(engine: Engine) {
    let (_stage, first) = coffee_shop(engine, 3).await;
    leave_all_kinds_waiting(&first, engine).await;
    let archive = first.backs_up(&[]);
    let second = Machine::with(engine, Place::bare()).await;
    second.run(&["backup", "restore", archive.to_str().expect("a path")]);
    let mut found = second.texts("SELECT state || ' ' || payload FROM outbox").await;
    found.sort();
    let words = [
        "dropped {\"do\":\"alert",
        "dropped {\"do\":\"show",
        "parked {\"do\":\"copy",
        "pending {\"do\":\"check",
        "pending {\"do\":\"goods",
        "pending {\"do\":\"show",
    ];
    assert_eq!(found.len(), words.len());
    for (row, word) in found.iter().zip(words) {
        assert!(row.starts_with(word), "{row} is not {word}");
    }
    for (sql, expected) in [
        ("SELECT COUNT(*) FROM outbox WHERE state = 'pending' AND leased_until > 0", 0),
        ("SELECT COUNT(*) FROM inbox WHERE state = 'dead' AND source = 'telegram'", 1),
        ("SELECT COUNT(*) FROM inbox WHERE state = 'pending' AND source <> 'telegram'", 2),
        ("SELECT COUNT(*) FROM broadcasts WHERE state = 'paused'", 1),
    ] {
        assert_eq!(second.count(sql).await, expected, "{sql}");
    }
    first.lost().await;
    second.lost().await;
}

on_both_engines!(no_secret_can_be_read_without_the_password);

async fn no_secret_can_be_read_without_the_password(engine: Engine) {
    let (stage, first) = coffee_shop(engine, 3).await;
    let offsite = tempfile::tempdir().expect("a folder");
    let first = first
        .set("BACKUP_OFFSITE_URL", &format!("file://{}", offsite.path().display()))
        .set("LOG_LEVEL", "trace");
    let key = first.run(&["keygen"]);
    let serving = first.serve(&stage);
    let goods = buys(&stage, &person(&stage, 11, "Budi")).await;
    first.until("SELECT COUNT(*) FROM journal_waiting", 0).await;
    let ran = first.place.run(&["backup", "create", "--offsite"]);
    let line = std::fs::read(format!("/proc/{}/cmdline", serving.id())).expect("a process");
    let (ended, _) = serving.terminate();
    let secrets = [
        ("the goods", goods.as_str()),
        ("the password", PASSWORD),
        ("the token", stage.token.expose().split_once(':').expect("a token").1),
        ("the gateway's key", stage.project.api_key().expose()),
    ]
    .map(|(what, secret)| (what, secret.to_owned()));
    let archives =
        files_under(&first.place.path("backups")).into_iter().chain(files_under(offsite.path()));
    let archives: Vec<_> = archives.collect();
    assert!(
        archives.iter().any(|path| holds(&std::fs::read(path).expect("a file"), "\"unit\":")),
        "{archives:?}"
    );
    for (what, secret) in secrets {
        for path in &archives {
            let bytes = std::fs::read(path).expect("a file");
            assert!(!holds(&bytes, &secret), "{what} stands in {}", path.display());
        }
        for said in [&ran.out, &ran.err, &ended.out, &ended.err] {
            assert!(!said.contains(&secret), "{what} was said");
        }
        assert!(!holds(&line, &secret), "{what} stands in the process list");
    }
    assert!(!key.is_empty() && files_under(&first.place.path("backups")).len() == 1);
    first.lost().await;
}

#[test]
fn the_age_program_opens_an_archive() {
    let place = Place::new()
        .set("AUTO_ORDER_BACKUP_EFFORT", "4")
        .set("BACKUP_ENCRYPTION_PASSWORD", PASSWORD);
    assert_eq!(place.run(&["backup", "create"]).code, Some(1), "there is nothing to take yet");
    place.run(&["store", "list"]);
    assert_eq!(place.run(&["backup", "create"]).code, Some(0));
    let archive = files_under(&place.path("backups")).pop().expect("an archive");
    // It asks at a terminal, so it gets one.
    let listing = place.path("listing");
    let open = format!("age -d '{}' | tar -t > '{}'", archive.display(), listing.display());
    let mut child = std::process::Command::new("script")
        .args(["-qec", &open, "/dev/null"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("there is script");
    let mut stdin = child.stdin.take().expect("it is piped");
    std::io::Write::write_all(&mut stdin, format!("{PASSWORD}\n").as_bytes()).expect("it listens");
    assert!(child.wait().expect("it ends").success());
    let listing = std::fs::read_to_string(listing).expect("a listing");
    assert_eq!(listing, "manifest.json\nsettings.env\ndata/auto-order.db\n");
}
