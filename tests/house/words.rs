//! Words with a home: what may be said only in one place, and what may be said nowhere.

use crate::source::{code_files, files, paths, root, sources};

/// A path prefix, where it may stand, and why only there.
struct Home {
    word: &'static str,
    fits: fn(&str) -> bool,
    why: &'static str,
}

const HOMES: &[Home] = &[
    Home {
        word: "reqwest",
        fits: |path| matches!(path, "telegram/client.rs" | "pakasir/client.rs"),
        why: "the network is called in the two clients only",
    },
    Home {
        word: "object_store",
        fits: |path| path == "ops/backup/place.rs",
        why: "a bucket is one kind of place",
    },
    Home {
        word: "sqlx",
        fits: |path| {
            path.starts_with("db/") || path.starts_with("queue/") || path.ends_with("/table.rs")
        },
        why: "SQL lives in db, queue and table.rs",
    },
    Home {
        word: "std::env::var",
        fits: |path| path.starts_with("config/"),
        why: "only config reads the environment",
    },
    Home {
        word: "SystemTime",
        fits: |path| path == "primitives/clock.rs",
        why: "only the clock asks for the time",
    },
    Home { word: "tokio", fits: |path| !path.starts_with("bot/"), why: "bot does no I/O" },
    Home {
        word: "std::fs",
        fits: |path| !path.starts_with("bot/") && !path.starts_with("shop/"),
        why: "bot does no I/O, and shop has only its transaction",
    },
    Home { word: "crate::db", fits: |path| !path.starts_with("bot/"), why: "bot does no I/O" },
    Home {
        word: "crate::queue",
        fits: |path| !path.starts_with("bot/") && !path.starts_with("shop/"),
        why: "bot and shop say what is to be done; worker writes it down",
    },
    Home {
        word: "crate::telegram",
        fits: |path| !path.starts_with("shop/"),
        why: "the shop does not know Telegram",
    },
    Home {
        word: "crate::http",
        fits: |path| !path.starts_with("shop/") && !path.starts_with("bot/"),
        why: "the shop knows no HTTP",
    },
    Home {
        word: "serde_json::from",
        fits: |path| {
            !path.starts_with("shop/")
                || matches!(path, "shop/stores/rules.rs" | "shop/terms/mod.rs")
        },
        why: "the shop knows nobody's JSON but what it sealed itself",
    },
    Home {
        word: "axum",
        fits: |path| path.starts_with("http/") || path.starts_with("sandbox/"),
        why: "requests are answered by http and by the sandbox",
    },
    Home {
        word: "crate::sandbox",
        fits: |path| path.starts_with("cli/") || path.starts_with("sandbox/"),
        why: "the sandbox is for cli and tests",
    },
];

#[test]
fn words_stay_at_home() {
    let mut faults = Vec::new();
    for source in code_files() {
        let named = paths(&source.code);
        for home in HOMES.iter().filter(|home| !(home.fits)(&source.path)) {
            let parts: Vec<&str> = home.word.split("::").collect();
            if named.iter().any(|path| begins(path, &parts)) {
                faults.push(format!("{}: says {}, but {}", source.path, home.word, home.why));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Whether a path begins with `parts`, the last of which may be the beginning of a longer word;
/// `std::` may be missing, because modules are imported and then named.
fn begins(path: &[String], parts: &[&str]) -> bool {
    let parts = parts.strip_prefix(&["std"]).filter(|_| path[0] != "std").unwrap_or(parts);
    let (last, before) = parts.split_last().expect("a word has parts");
    let crate_name = parts.len() == 1 && !last.starts_with(char::is_uppercase);
    if last.starts_with(char::is_uppercase) {
        return path.iter().any(|part| part == last);
    }
    path.len() >= parts.len()
        && path.iter().zip(before).all(|(one, other)| one == other)
        && if crate_name { path[0] == *last } else { path[before.len()].starts_with(last) }
}

#[test]
fn nothing_is_unsafe_unfinished_or_skipped() {
    const NEVER: &[&str] = &[
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("to", "do!"),
        concat!("unimplem", "ented!"),
        concat!("#[ign", "ore"),
    ];
    let mut faults = Vec::new();
    for folder in
        ["src", "tests", "benches"].map(|name| root().join(name)).iter().filter(|one| one.is_dir())
    {
        for path in files(folder, &["rs", "mjs", "py"]) {
            let text = std::fs::read_to_string(&path).expect("a source file is text");
            for word in NEVER.iter().filter(|word| text.contains(**word)) {
                faults.push(format!("{}: {word}", path.display()));
            }
        }
    }
    for source in sources() {
        let words = crate::source::bare(&source.text);
        let mut words = words.split(|one: char| !one.is_alphanumeric() && one != '_');
        if words.any(|word| word == concat!("uns", "afe")) {
            faults.push(format!("{}: no such code here", source.path));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn names_say_what_is_inside() {
    // `service` is the name of what it holds: the whole service, put together.
    const EMPTY: &[&str] = &["util", "utils", "helper", "helpers", "common", "manager", "misc"];
    for source in sources() {
        let module = source.module();
        let empty = module.iter().find(|part| EMPTY.contains(&part.as_str()));
        assert!(empty.is_none(), "{} is named {empty:?}, which says nothing", source.path);
        let service = module.iter().any(|part| part == "service" || part == "services");
        assert!(!service || source.path == "worker/service.rs", "{} is named service", source.path);
    }
}

#[test]
fn no_file_knows_this_machine_or_a_registry() {
    let words = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("/Us", "ers/"),
        concat!("static.", "crates.io"),
        concat!("index.", "crates.io"),
        concat!("pypi", ".org"),
        concat!("python", "hosted.org"),
        concat!("npm", "js.org"),
        concat!("npm", "js.com"),
        concat!("docker", ".io"),
        concat!("deb.", "debian.org"),
        concat!("../sha", "red"),
    ];
    let mut faults = Vec::new();
    for path in files(root(), &[]) {
        // Some files are pictures.
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let name = path.strip_prefix(root()).expect("it is below the root");
        for word in words.iter().filter(|word| text.contains(**word)) {
            faults.push(format!("{}: {word}", name.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
