//! What can be checked of the dependencies without a network: licences, one TLS stack, one origin, few of them.

use std::process::Command;

use serde_json::Value;

use crate::source::root;

/// Licences that fit an MIT program; `deny.toml` names the same ones.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-3-Clause",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Zlib",
];

/// Other TLS stacks and other providers of the one we have.
const BANNED: &[&str] = &[
    "openssl",
    "openssl-sys",
    "native-tls",
    "schannel",
    "aws-lc-rs",
    "aws-lc-sys",
    "boring",
    "rustls-openssl",
];

const MOST_DIRECT: usize = 40;

fn cargo(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    let output =
        command.args(arguments).args(["--locked", "--offline"]).current_dir(root()).output();
    let output = output.expect("cargo starts");
    assert!(
        output.status.success(),
        "cargo {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("cargo speaks UTF-8")
}

/// What this machine's build consists of; packages for other systems may not even be downloaded.
fn metadata() -> Value {
    let host = cargo_host();
    serde_json::from_str(&cargo(&["metadata", "--format-version", "1", "--filter-platform", &host]))
        .expect("cargo writes JSON")
}

fn cargo_host() -> String {
    let output = Command::new(env!("CARGO")).arg("-vV").output().expect("cargo starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().find_map(|line| line.strip_prefix("host: "));
    line.expect("cargo names its host").to_owned()
}

/// The crates of the release binary on this machine, as `name` and `version`.
fn released() -> Vec<(String, String)> {
    let tree = cargo(&["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let mut found: Vec<_> = tree
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.to_owned(), words.next()?.to_owned()))
        })
        .collect();
    found.sort();
    found.dedup();
    assert!(found.len() > 50, "cargo tree shows only {} crates", found.len());
    found
}

/// Whether an expression such as `(MIT OR X) AND Y` can be met by the list; `/` is an old way to say OR.
fn met(expression: &str, allowed: &[&str]) -> bool {
    let words = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = words.split_whitespace().collect();
    let mut at = 0;
    let met = any(&words, &mut at, allowed);
    met && at == words.len()
}

fn any(words: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let mut met = every(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= every(words, at, allowed);
    }
    met
}

fn every(words: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let mut met = licence(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= licence(words, at, allowed);
    }
    met
}

fn licence(words: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let Some(first) = words.get(*at) else { return false };
    *at += 1;
    if *first == "(" {
        let met = any(words, at, allowed);
        *at += 1;
        return met;
    }
    let mut name = (*first).to_owned();
    if words.get(*at) == Some(&"WITH") {
        name = format!("{name} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    allowed.contains(&name.as_str())
}

#[test]
fn every_licence_fits() {
    let metadata = metadata();
    let used: Vec<&str> = metadata["resolve"]["nodes"]
        .as_array()
        .expect("a list of nodes")
        .iter()
        .filter_map(|node| node["id"].as_str())
        .collect();
    let packages = metadata["packages"].as_array().expect("a list of packages");
    assert!(used.len() > 100, "cargo metadata shows only {} packages", used.len());
    let mut faults = Vec::new();
    for package in packages.iter().filter(|one| used.iter().any(|id| one["id"] == **id)) {
        let licence = package["license"].as_str().unwrap_or("none");
        if !met(licence, LICENCES) {
            faults.push(format!("{} {}: {licence}", package["name"], package["version"]));
        }
        let source = package["source"].as_str();
        let ours = package["name"] == env!("CARGO_PKG_NAME");
        let known = source
            .is_some_and(|one| one.starts_with("registry+") && one.ends_with("crates.io-index"));
        if !ours && !known {
            faults.push(format!("{} comes from {source:?}", package["name"]));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn licence_expressions_are_read_right() {
    let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"];
    for good in
        ["MIT", "MIT/X", "X OR MIT", "(X OR MIT) AND ISC", "Apache-2.0 WITH LLVM-exception OR X"]
    {
        assert!(met(good, &allowed), "{good}");
    }
    for bad in ["X", "MIT AND X", "(X OR MIT) AND Y", "Apache-2.0", "Apache-2.0 WITH X", "none", ""]
    {
        assert!(!met(bad, &allowed), "{bad}");
    }
}

#[test]
fn there_is_one_tls_stack_with_one_provider() {
    let released = released();
    let found: Vec<_> =
        released.iter().filter(|(name, _)| BANNED.contains(&name.as_str())).collect();
    assert!(found.is_empty(), "a second TLS stack or provider: {found:?}");
    for name in ["rustls", "ring"] {
        let versions = released.iter().filter(|(other, _)| other == name).count();
        assert_eq!(versions, 1, "{versions} versions of {name}");
    }
}

#[test]
fn there_are_few_direct_dependencies() {
    let tree = cargo(&["tree", "--edges", "normal", "--depth", "1", "--prefix", "depth"]);
    let direct = tree.lines().filter(|line| line.starts_with('1')).count();
    assert!((10..=MOST_DIRECT).contains(&direct), "{direct} direct dependencies");
}

#[test]
fn deny_toml_says_the_same() {
    let text = std::fs::read_to_string(root().join("deny.toml")).expect("there is a deny.toml");
    for name in LICENCES.iter().chain(BANNED) {
        assert!(text.contains(&format!("\"{name}\"")), "deny.toml does not name {name}");
    }
}
