//! The source files as the rules see them: with and without comments, texts and tests; and the paths they name.

use std::path::{Path, PathBuf};

/// A file under `src/`.
pub struct Source {
    /// Its path from `src/` on, with `/` between the parts.
    pub path: String,
    /// Everything in it.
    pub text: String,
    /// What the compiler runs outside tests: no comments, no contents of texts, no `#[cfg(test)]` items.
    pub code: String,
}

impl Source {
    /// The room it stands in; the crate's root files stand in none.
    pub fn room(&self) -> Option<&str> {
        self.path.split_once('/').map(|(room, _)| room)
    }

    /// The modules that lead to it: `telegram/html.rs` and `telegram/html/mod.rs` are `telegram::html`.
    pub fn module(&self) -> Vec<String> {
        let path = self.path.trim_end_matches(".rs");
        let path = path.strip_suffix("/mod").unwrap_or(path);
        path.split('/').filter(|part| *part != "lib").map(str::to_owned).collect()
    }

    /// Whether the whole file is a test.
    pub fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name == "tests.rs" || name.ends_with("_tests.rs") || self.path.contains("/tests/")
    }
}

/// The folder that holds `Cargo.toml`.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file of the crate, tests of rooms included, in order of their paths.
pub fn sources() -> Vec<Source> {
    let base = root().join("src");
    let found: Vec<Source> = files(&base, &["rs"])
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a source file is text");
            let code = without_tests(&bare(&text));
            let path = path.strip_prefix(&base).expect("it is below src");
            Source { path: path.to_string_lossy().replace('\\', "/"), text, code }
        })
        .collect();
    assert!(
        found.len() > 100,
        "only {} files were found: the rules would prove nothing",
        found.len()
    );
    found
}

/// The files that only tests need are left out.
pub fn code_files() -> Vec<Source> {
    sources().into_iter().filter(|source| !source.is_test()).collect()
}

/// Files below `folder` with one of the `endings`, sorted; what is built or fetched is left out.
pub fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    const FOREIGN: &[&str] =
        &["target", "node_modules", ".git", "data", "backups", "__pycache__", ".hypothesis"];
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of the project can be read") {
        let path = entry.expect("an entry can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if FOREIGN.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if endings.is_empty()
            || path.extension().is_some_and(|end| endings.iter().any(|one| end == *one))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Rust text without comments and without what stands between quotes; line breaks stay.
pub fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = raw_text(rest).filter(|_| !ends_in_a_name(&out)) {
            length
        } else if first == '"' {
            quoted(rest, '"')
        } else if first == '\'' && is_character(rest) {
            quoted(rest, '\'')
        } else {
            0
        };
        let (gone, stays) = rest.split_at(skipped);
        out.extend(gone.chars().filter(|one| *one == '\n'));
        rest = stays;
        if skipped == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

fn ends_in_a_name(out: &str) -> bool {
    out.chars().next_back().is_some_and(|last| last.is_alphanumeric() || last == '_')
}

/// The length of `r"…"`, `r#"…"#`, `br"…"` at the start of `rest`.
fn raw_text(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let fence: String = after.chars().take_while(|one| *one == '#').collect();
    let body = after[fence.len()..].strip_prefix('"')?;
    let end = body.find(&format!("\"{fence}"))?;
    Some(rest.len() - body.len() + end + 1 + fence.len())
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, one) in rest.char_indices().skip(1) {
        match one {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if one == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A quote may begin a character or a lifetime.
fn is_character(rest: &str) -> bool {
    let mut after = rest.chars().skip(1);
    match after.next() {
        Some('\\') => true,
        Some(_) => after.next() == Some('\''),
        None => false,
    }
}

/// Bare code without its `#[cfg(test)]` items.
pub fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find(MARK) {
        out.push_str(&rest[..at]);
        rest = &rest[at + MARK.len()..];
        rest = &rest[item(rest)..];
    }
    out + rest
}

/// The length of the item at the start: to its first `;`, or to the end of its braces.
fn item(rest: &str) -> usize {
    let mut depth = 0;
    for (at, one) in rest.char_indices() {
        match one {
            '{' => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Every path that `code` names, braces opened: `use a::{b, c::d}` gives `a::b` and `a::c::d`.
pub fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        if is_name(first) && !first.is_ascii_digit() {
            rest = tree(rest, &[], &mut found);
        } else {
            rest = &rest[first.len_utf8()..];
        }
    }
    found.retain(|path| path.len() > 1);
    found
}

fn is_name(one: char) -> bool {
    one.is_alphanumeric() || one == '_'
}

/// Reads one path, with what its braces hold, and returns what follows.
fn tree<'a>(mut rest: &'a str, before: &[String], found: &mut Vec<Vec<String>>) -> &'a str {
    let mut path = before.to_vec();
    loop {
        if let Some(inside) = rest.strip_prefix('{') {
            return branches(inside, &path, found);
        }
        let end = rest.find(|one| !is_name(one)).unwrap_or(rest.len());
        if end == 0 {
            break;
        }
        path.push(rest[..end].to_owned());
        rest = &rest[end..];
        match rest.strip_prefix("::") {
            Some(after) if after.starts_with(|one: char| is_name(one) || one == '{') => {
                rest = after;
            }
            Some(after) => {
                rest = after;
                if let Some(beyond) = after.strip_prefix('*') {
                    path.push("*".to_owned());
                    rest = beyond;
                }
                break;
            }
            None => break,
        }
    }
    found.push(path);
    rest
}

fn branches<'a>(mut rest: &'a str, path: &[String], found: &mut Vec<Vec<String>>) -> &'a str {
    loop {
        rest = rest.trim_start_matches(|one: char| one.is_whitespace() || one == ',');
        if let Some(after) = rest.strip_prefix('}') {
            return after;
        }
        let before = rest.len();
        rest = tree(rest, path, found);
        if let Some(renamed) = rest.trim_start().strip_prefix("as ") {
            rest = renamed.trim_start_matches(is_name);
        }
        if rest.len() == before {
            let Some(odd) = rest.chars().next() else { return rest };
            if odd == '*' {
                found.push([path, &["*".to_owned()]].concat());
            }
            rest = &rest[odd.len_utf8()..];
        }
    }
}

#[test]
fn the_reader_sees_through_comments_texts_and_tests() {
    let code = without_tests(&bare(
        "// crate::a\nlet x = \"crate::b \\\" crate::c\"; /* crate::d */ 'a' '\\'' r#\"crate::e\"\"#\n\
         fn f<'a>() { crate::f() }\n#[cfg(test)]\nmod tests { fn g() { crate::h() } }\nuse crate::i;",
    ));
    let found: Vec<String> = paths(&code).iter().map(|path| path.join("::")).collect();
    assert_eq!(found, ["crate::f", "crate::i"]);
}

#[test]
fn the_reader_opens_braces() {
    let code = "use crate::{a::{self, B, c::D as E}, f::*}; super::g::<X>(); $crate::db::Sql {";
    let found: Vec<String> = paths(code).iter().map(|path| path.join("::")).collect();
    let wanted = ["crate::a::self", "crate::a::B", "crate::a::c::D", "crate::f::*", "super::g"];
    assert_eq!(found[..5], wanted);
    assert_eq!(found[5], "crate::db::Sql");
}
