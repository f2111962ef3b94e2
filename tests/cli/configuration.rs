//! The environment: every fault at once, and nothing starts on a half-understood wish.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::place::Place;

const TOKEN: &str = "700000001:a-token-that-is-long-enough";

#[test]
fn every_fault_is_told_at_once_and_nothing_starts() {
    let place = Place::bare()
        .set("BIND_ADDR", "here")
        .set("PUBLIC_URL", "http://toko.test")
        .set("TELEGRAM_BOT_TOKEN", "700000001:kanari")
        .set("TELEGRAM_ADMIN_IDS", "1,x")
        .set("BOT_TIMEZONE", "Mars/Olympus")
        .set("PAKASIR_PROJECT_SLUG", "toko")
        .set("INVOICE_MINUTES", "0")
        .set("LOG_LEVEL", "loud");
    for command in [&["serve"][..], &["store", "list"], &["healthcheck"]] {
        let ran = place.run(command);
        let told = ran.failed_with(2);
        for name in [
            "DATA_ENCRYPTION_KEY",
            "BIND_ADDR",
            "PUBLIC_URL",
            "TELEGRAM_BOT_TOKEN",
            "TELEGRAM_ADMIN_IDS",
            "BOT_TIMEZONE",
            "PAKASIR_API_KEY",
            "INVOICE_MINUTES",
            "LOG_LEVEL",
        ] {
            assert!(told.contains(name), "{name} is missing in:\n{told}");
        }
        assert!(told.contains("9 fault(s)"), "{told}");
        assert!(!told.contains("kanari"), "a fault repeats a secret:\n{told}");
        assert_eq!(ran.out, "");
    }
    assert!(!place.path("data").exists(), "a database was made");
}

#[test]
fn a_data_key_must_be_a_data_key() {
    for wrong in ["kanari", "a2FuYXJp", "not base64 at all!"] {
        let ran = Place::new().set("DATA_ENCRYPTION_KEY", wrong).run(&["store", "list"]);
        let told = ran.failed_with(2);
        assert!(told.contains("DATA_ENCRYPTION_KEY") && !told.contains(wrong), "{told}");
    }
}

#[test]
fn admins_are_spelled_as_people_spell() {
    let spellings =
        [("1", json!([1])), ("1,2", json!([1, 2])), (" 1 , 2 ", json!([1, 2])), ("", json!([]))];
    for (spelling, admins) in spellings {
        let place =
            Place::new().set("TELEGRAM_BOT_TOKEN", TOKEN).set("TELEGRAM_ADMIN_IDS", spelling);
        let shown = place.run(&["store", "show", "--json"]).json();
        assert_eq!(shown["admins"], admins, "'{spelling}'");
    }
    for wrong in ["1,x", "1,", "1;2", "-5", "@rina", "1 2"] {
        let place = Place::new().set("TELEGRAM_BOT_TOKEN", TOKEN).set("TELEGRAM_ADMIN_IDS", wrong);
        let ran = place.run(&["serve"]);
        let told = ran.failed_with(2);
        assert!(told.contains("TELEGRAM_ADMIN_IDS"), "'{wrong}': {told}");
    }
}

#[test]
fn secrets_may_lie_in_files_and_variables_in_an_env_file() {
    let place = Place::new();
    let token = place.file("token", &format!("{TOKEN}\n"));
    place.file(".env", &format!("TELEGRAM_BOT_TOKEN_FILE={token}\nBOT_STORE_NAME='Toko Dot'\n"));
    let shown = place.run(&["store", "show", "--json"]).json();
    assert_eq!(shown["name"], "Toko Dot");

    let other = place.file("other.env", "BOT_STORE_NAME='Toko Lain'\nTELEGRAM_OWNER_IDS=7\n");
    let place = place.set("BOT_STORE_NAME", "Toko Luar").set("TELEGRAM_BOT_TOKEN", TOKEN);
    let shown = place.run(&["--env-file", &other, "store", "show", "--json"]).json();
    assert_eq!(shown["name"], "Toko Luar", "the process's own variables win");
    assert_eq!(shown["owners"], json!([7]));

    let ran = place.run(&["--env-file", "nowhere.env", "store", "list"]);
    assert!(ran.failed_with(2).contains("nowhere.env"));
    let broken = place.file("broken.env", "kanari-sandi\n");
    let ran = place.run(&["--env-file", &broken, "store", "list"]);
    assert!(
        ran.failed_with(2).contains("line 1 is not NAME=value") && !ran.err.contains("kanari"),
        "{ran:?}"
    );
    let unquoted = place.file("unquoted.env", "BOT_LANGUAGE=id\nBOT_STORE_NAME=Toko kanari\n");
    let ran = place.run(&["--env-file", &unquoted, "store", "list"]);
    let told = ran.failed_with(2);
    assert!(told.contains("line 2: the value of BOT_STORE_NAME must stand in quotes"), "{told}");
    assert!(!told.contains("kanari"), "{told}");
}

#[test]
fn a_fresh_key_is_32_bytes_and_needs_no_environment() {
    let [one, two] = [(); 2].map(|()| Place::bare().run(&["keygen"]));
    assert_eq!((one.code, one.err.as_str()), (Some(0), ""));
    assert_eq!(STANDARD.decode(one.out.trim_end()).expect("base64").len(), 32);
    assert_ne!(one.out, two.out);
    let place = Place::bare().set("DATA_ENCRYPTION_KEY", one.out.trim_end());
    assert_eq!(place.run(&["store", "list"]).code, Some(0));
}

#[test]
fn wrong_use_ends_with_2_and_help_with_0() {
    for wrong in
        [&["sell"][..], &[], &["store"], &["serve", "--fast"], &["store", "show", "a", "b"]]
    {
        let ran = Place::bare().run(wrong);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{wrong:?}: {ran:?}");
        assert!(!ran.err.is_empty(), "{wrong:?}");
    }
    for right in [&["--help"][..], &["--version"], &["store", "add", "--help"]] {
        let ran = Place::bare().run(right);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{right:?}: {ran:?}");
        assert!(!ran.out.is_empty(), "{right:?}");
    }
}
