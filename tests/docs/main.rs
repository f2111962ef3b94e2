//! What the documents name must be there: files, functions, settings, commands, rooms.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bot_auto_order::config::Config;
use bot_auto_order::primitives::Keyring;

const DOCUMENTS: [&str; 7] = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/ARCHITECTURE.md",
    "docs/GLOSSARY.md",
    "docs/OPERATIONS.md",
    "docs/RELIABILITY.md",
];
/// What a path of ours begins with, when a document names it from the root on.
const FOLDERS: [&str; 6] = ["src/", "tests/", "docs/", "migrations/", "locales/", "scripts/"];
/// How variables begin that builds for tests alone read, to plan a crash or a bug or to spare
/// a password's full effort: no settings for users.
const FAULT_POINTS: &str = "AUTO_ORDER_";
/// How variables begin that systemd sets for the process it starts, and nobody writes into a file.
const SOCKETS: &str = "LISTEN_";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The documents, every decision, every page of the operator's guide and of the runbooks, by their path from the root.
fn documents() -> Vec<String> {
    let pages = ["docs/adr", "docs/id", "docs/runbooks"].into_iter().flat_map(|folder| {
        let entries = std::fs::read_dir(root().join(folder)).expect("it is a folder");
        let named = entries.map(|entry| entry.expect("it can be listed").file_name());
        named.map(move |name| format!("{folder}/{}", name.to_str().expect("a plain name")))
    });
    DOCUMENTS.into_iter().map(str::to_owned).chain(pages).collect()
}

/// What stands in `code` outside code blocks.
fn in_code(document: &str) -> Vec<&str> {
    let prose = document.split("```").step_by(2);
    prose.flat_map(|part| part.split('`').skip(1).step_by(2)).collect()
}

/// Where the links of a document lead, unless out of the project.
fn links(document: &str) -> Vec<&str> {
    let prose = document.split("```").step_by(2);
    let targets = prose.flat_map(|part| part.split("](").skip(1));
    let targets = targets.filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://")).collect()
}

/// What is wrong with `named`, a path from the root, perhaps with `::name` of something in it.
fn fault_of(named: &str) -> Option<String> {
    let (path, name) = named.split_once("::").unwrap_or((named, ""));
    let full = root().join(path);
    if !full.exists() {
        return Some(format!("{path} is not there"));
    }
    if name.is_empty() {
        return None;
    }
    let code = std::fs::read_to_string(full).unwrap_or_default();
    let story = [format!("journey!({name},"), format!("journey!(\n    {name},")];
    let made = [format!("fn {name}("), format!("fn {name}<")].into_iter().chain(story);
    let here = made.into_iter().any(|made| code.contains(&made));
    (!here).then(|| format!("{path} has no function {name}"))
}

#[test]
fn every_path_that_a_document_names_is_there() {
    let mut faults = Vec::new();
    let mut checked = 0;
    for document in documents() {
        let content = text(&document);
        let folder = Path::new(&document).parent().expect("it stands in a folder");
        let named = in_code(&content).into_iter().map(|word| word.trim_start_matches("./"));
        let named = named.filter(|word| FOLDERS.iter().any(|folder| word.starts_with(folder)));
        let named = named.map(|word| word.split(' ').next().unwrap_or(word).to_owned());
        let linked = links(&content).into_iter().map(|link| folder.join(link));
        let linked = linked.map(|path| path.to_str().expect("a plain path").to_owned());
        for path in named.chain(linked) {
            checked += 1;
            faults.extend(fault_of(&path).map(|fault| format!("{document}: {fault}")));
        }
    }
    assert!(checked > 150, "the reader saw only {checked} paths");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_decision_is_listed_and_short() {
    let list = text("docs/adr/README.md");
    for document in documents().iter().filter(|path| path.starts_with("docs/adr/0")) {
        let name = document.trim_start_matches("docs/adr/");
        assert!(list.contains(&format!("]({name})")), "docs/adr/README.md does not list {name}");
        let lines = text(document).lines().count();
        assert!(lines <= 15, "{document} has {lines} lines");
    }
}

/// The variables that `config` asks for: its texts that are nothing but a name.
fn variables_read() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files_under(root().join("src/config")) {
        let code = text(file);
        let code = code.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
        for word in code.split('"').skip(1).step_by(2) {
            let shaped = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            if word.len() > 3 && word.contains('_') && word.chars().all(shaped) {
                names.insert(word.to_owned());
            }
        }
    }
    names
}

fn example() -> Vec<(String, String)> {
    let entries = dotenvy::from_path_iter(root().join(".env.example")).expect(".env.example");
    entries.map(|entry| entry.expect("every line is NAME=value")).collect()
}

#[test]
fn the_example_names_exactly_the_variables_that_are_read() {
    let all = variables_read();
    let (points, read): (BTreeSet<_>, BTreeSet<_>) =
        all.into_iter().partition(|name| name.starts_with(FAULT_POINTS));
    assert!(!points.is_empty(), "the reader missed the fault points");
    let read: BTreeSet<_> = read.into_iter().filter(|name| !name.starts_with(SOCKETS)).collect();
    let named: BTreeSet<String> = example().into_iter().map(|(name, _)| name).collect();
    assert_eq!(named, read);
}

#[test]
fn the_example_holds_the_defaults_and_no_secret() {
    let filled = [
        ("DATA_ENCRYPTION_KEY", Keyring::fresh_key().expose().clone()),
        ("TELEGRAM_BOT_TOKEN", "123456:TEST-TOKEN-NOT-REAL".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    for (name, value) in example() {
        let secret = ["KEY", "TOKEN", "SECRET"].iter().any(|end| name.ends_with(end));
        assert!(!secret || value.is_empty(), "{name} has a value");
    }
    let bare = Config::from_pairs(filled.clone()).expect("two values are enough");
    let copied = Config::from_pairs(example().into_iter().chain(filled)).expect("the example fits");
    assert_eq!(format!("{copied:#?}"), format!("{bare:#?}"));
    // The address of the database may hold a password, so it is not shown above.
    assert_eq!(copied.database_url.expose(), bare.database_url.expose());
}

#[test]
fn the_map_lists_the_rooms_in_their_order() {
    let lib = text("src/lib.rs");
    let rooms = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let rooms: Vec<&str> = rooms.collect();
    let architecture = text("docs/ARCHITECTURE.md");
    let listed = architecture.lines().filter_map(|line| line.strip_prefix("| `src/"));
    let listed: Vec<&str> = listed.filter_map(|rest| rest.split('`').next()).collect();
    assert!(rooms.len() > 10, "lib.rs lists only {rooms:?}");
    assert_eq!(listed, rooms);
}

/// Every file under a folder.
fn files_under(folder: PathBuf) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            files.extend(files_under(path));
        } else {
            files.push(path);
        }
    }
    files
}

/// A promise or a wrong as the fault suite names it: `I-UNIT`, `S14`, `REPLAY`.
fn is_promise(word: &str) -> bool {
    let numbered = |rest: &str| !rest.is_empty() && rest.bytes().all(|it| it.is_ascii_digit());
    let named = |rest: &str| rest.len() > 1 && rest.bytes().all(|it| it.is_ascii_uppercase());
    word == "REPLAY"
        || word.strip_prefix('S').is_some_and(numbered)
        || word.strip_prefix("I-").is_some_and(named)
}

#[test]
fn every_trial_and_every_promise_has_its_row() {
    let pages = text("docs/RELIABILITY.md");
    let rows: Vec<&str> = pages.lines().filter_map(|it| it.strip_prefix("| ")).collect();
    let rows: BTreeSet<&str> = rows.iter().filter_map(|it| it.split(" |").next()).collect();
    let (mut trials, mut promises) = (0, BTreeSet::new());
    for file in files_under(root().join("tests/chaos")) {
        let Some("rs") = file.extension().and_then(|it| it.to_str()) else { continue };
        let code = std::fs::read_to_string(&file).expect("text");
        if let Some((_, rest)) = code.split_once("TRIAL: Trial = Trial {\n    name: \"") {
            let name = rest.split('"').next().unwrap_or_default();
            trials += 1;
            assert!(rows.contains(name), "{name} has no row in docs/RELIABILITY.md");
        }
        let words = code.split('"').filter(|word| is_promise(word));
        promises.extend(words.map(str::to_owned));
    }
    assert!(trials > 15 && promises.len() > 15, "only {trials} trials and {promises:?} were read");
    for name in promises {
        assert!(rows.contains(&*name), "{name} has no row in docs/RELIABILITY.md");
    }
}

#[test]
fn the_readme_names_the_two_commands() {
    let readme = text("README.md");
    for command in ["cargo run --release -- demo", "./scripts/test"] {
        assert!(readme.lines().any(|line| line == command), "the README lacks `{command}`");
    }
}
