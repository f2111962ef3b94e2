//! The shape of files: a first sentence, a bound on length, and a glossary that knows the words of the tables.

use crate::source::{root, sources};

const LONGEST: usize = 400;

#[test]
fn every_file_opens_by_saying_what_it_is() {
    for source in sources() {
        let first = source.text.lines().next().unwrap_or_default();
        let sentence = first.strip_prefix("//! ").unwrap_or_default();
        assert!(sentence.len() > 10, "{} begins with {first:?}", source.path);
    }
}

#[test]
fn no_file_is_too_long_to_read() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        // By custom the tests stand last.
        let end = source.text.find("#[cfg(test)]\nmod tests {").unwrap_or(source.text.len());
        let lines = source.text[..end].lines().count();
        if lines > LONGEST {
            faults.push(format!("{}: {lines} lines without tests", source.path));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Every `column IN ('a', 'b')` of the migrations: the words that states and outcomes are stored as.
fn stored_words() -> Vec<(String, String)> {
    let folder = root().join("migrations/sqlite");
    let mut found = Vec::new();
    for path in crate::source::files(&folder, &["sql"]) {
        let text = std::fs::read_to_string(path).expect("a migration is text");
        for (at, _) in text.match_indices("CHECK (") {
            let check = &text[at + "CHECK (".len()..];
            let Some((column, words)) =
                check.split_once("IN").filter(|(name, _)| is_name(name.trim()))
            else {
                continue;
            };
            let words = words.split(')').next().unwrap_or_default();
            for word in words.split('\'').skip(1).step_by(2) {
                found.push((column.trim().to_owned(), word.to_owned()));
            }
        }
    }
    found
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|one| one.is_ascii_lowercase() || one == b'_')
}

#[test]
fn the_glossary_knows_every_state_and_outcome() {
    let words = stored_words();
    for known in ["invoicing", "delivered", "late", "duplicate", "parked"] {
        assert!(words.iter().any(|(_, word)| word == known), "the reader missed {known}");
    }
    let glossary = std::fs::read_to_string(root().join("docs/GLOSSARY.md"));
    let glossary = glossary.expect("docs/GLOSSARY.md explains the words");
    let missing: Vec<String> = words
        .into_iter()
        .filter(|(column, word)| {
            ["state", "outcome"].contains(&column.as_str())
                && !glossary.contains(&format!("`{word}`"))
        })
        .map(|(column, word)| format!("{column} `{word}`"))
        .collect();
    assert!(missing.is_empty(), "docs/GLOSSARY.md does not explain: {}", missing.join(", "));
}
