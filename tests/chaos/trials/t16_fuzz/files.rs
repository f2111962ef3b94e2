//! What the operator hands in: the catalogue file and the environment.

use bot_auto_order::config::Config;
use bot_auto_order::primitives::Rupiah;
use bot_auto_order::shop::catalogue::{self, CatalogueFile, FileFault};
use serde_json::Value;

use super::bench::{Bench, Broken, NOW, Outcome, StoreRoom, behaviour, must};

/// So many sound files share one that is really imported, into a transaction that is rolled back.
const IMPORT_EVERY: u64 = 40;

/// The catalogue file: read, checked, and now and then imported and exported again.
pub fn catalogue(bench: &mut Bench, input: &[u8]) -> Outcome {
    let file: CatalogueFile = match serde_json::from_slice(input) {
        Ok(file) => file,
        Err(fault) => return Ok(behaviour(&["unread", &fault.to_string()])),
    };
    let written: Value = serde_json::to_value(&file).map_err(|_| again())?;
    for product in written["products"].as_array().into_iter().flatten() {
        let price = product["price"].as_i64().unwrap_or(-1);
        must((0..=Rupiah::MAX.get()).contains(&price), "I-PAY", || format!("a price of {price}"))?;
    }
    let read: CatalogueFile = serde_json::from_value(written.clone()).map_err(|_| again())?;
    must(read == file, "I-ACK", || "a file is not read as it is written".to_owned())?;
    let faults = file.faults();
    if let Some(first) = faults.first() {
        return Ok(behaviour(&["faulty", first]));
    }
    bench.store.imports += 1;
    if bench.store.imports % IMPORT_EVERY == 1 {
        let handle = bench.store.handle.clone();
        handle.block_on(imported(&bench.store, &file, &written))?;
    }
    Ok(behaviour(&["sound"]))
}

fn again() -> Broken {
    Broken("I-ACK", "what was read cannot be written and read again".to_owned())
}

/// The books of an import, taken back afterwards.
async fn imported(room: &StoreRoom, file: &CatalogueFile, written: &Value) -> Result<(), Broken> {
    let failed = |fault: String| Broken("I-UNIT", format!("a sound file is refused: {fault}"));
    let mut tx = room.db.write_relaxed().await.map_err(|fault| failed(fault.to_string()))?;
    let done = match catalogue::import(&mut tx, &room.store, &room.keyring, file, NOW).await {
        Ok(done) => done,
        Err(FileFault::Content(faults)) => return Err(failed(faults.join("; "))),
        Err(FileFault::Shop(fault)) => return Err(failed(fault.to_string())),
    };
    let products = written["products"].as_array().map_or(&[][..], Vec::as_slice);
    let units = products.iter().filter_map(|product| product["units"].as_array()).map(Vec::len);
    let units: usize = units.sum();
    must(done.units_added + done.units_known == units, "I-UNIT", || {
        format!("{units} units came, {} and {} were counted", done.units_added, done.units_known)
    })?;
    let out = catalogue::export(&mut tx, &room.store, &room.keyring, true).await;
    let out = out.map_err(|fault| failed(fault.to_string()))?;
    let out = serde_json::to_value(&out).map_err(|_| again())?;
    let held: usize = out["products"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|product| product["units"].as_array().map_or(0, Vec::len))
        .sum();
    must(held == done.units_added, "I-UNIT", || {
        format!("{} units were added, {held} are there", done.units_added)
    })
}

/// Variables whose values are secrets; longer ones than this are looked for in every word said.
const SECRETS: [&str; 5] = [
    "DATA_ENCRYPTION_KEY",
    "TELEGRAM_BOT_TOKEN",
    "PAKASIR_API_KEY",
    "PAKASIR_WEBHOOK_SECRET",
    "DATABASE_URL",
];
const LONG_ENOUGH: usize = 12;

/// `NAME=value` lines: as pairs, and as an env file.
pub fn configuration(bench: &mut Bench, input: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(input);
    let pair =
        |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    let pairs: Vec<(String, String)> = text.lines().filter_map(pair).collect();
    let (kind, said) = said_of(&pairs);
    for (name, value) in &pairs {
        let value = value.trim();
        let secret = SECRETS.contains(&name.as_str()) && value.len() >= LONG_ENOUGH;
        // A value that also stands in the open is no secret of this input's.
        let open = || pairs.iter().any(|(other, open)| other != name && open.contains(value));
        // Nor is one that the program says by itself, as an example.
        let hidden = |(name, old): &(String, String)| (name.clone(), old.replace(value, STAND_IN));
        let own_words = || {
            let hidden: Vec<_> = pairs.iter().map(hidden).collect();
            said_of(&hidden).1.contains(value)
        };
        must(!secret || !said.contains(value) || open() || own_words(), "S16", || {
            format!("the value of {name} stands in: {said}")
        })?;
    }
    bench.store.imports += 1;
    if bench.store.imports % IMPORT_EVERY == 1 {
        env_file(&text)?;
    }
    Ok(behaviour(&[kind, &said]))
}

/// What is put where a secret stood.
const STAND_IN: &str = "something else";

/// Whether pairs are a configuration, and what is said of them.
fn said_of(pairs: &[(String, String)]) -> (&'static str, String) {
    match Config::from_pairs(pairs.to_vec()) {
        Ok(config) => ("sound", format!("{config:?}")),
        Err(faults) => ("faulty", faults.to_string()),
    }
}

/// The same as a file; the runner's own environment lies over it, so only its words are judged.
fn env_file(text: &str) -> Result<(), Broken> {
    let Some(said) = faults_of(text)? else { return Ok(()) };
    for (name, value) in text.lines().filter_map(|line| line.split_once('=')) {
        let value = value.trim();
        let secret = SECRETS.contains(&name.trim()) && value.len() >= LONG_ENOUGH;
        if secret && text.matches(value).count() == 1 && said.contains(value) {
            let without = faults_of(&text.replace(value, STAND_IN))?;
            let own_words = without.is_some_and(|said| said.contains(value));
            must(own_words, "S16", || format!("the env file's {name} stands in: {said}"))?;
        }
    }
    Ok(())
}

/// What is said of a file that is no configuration.
fn faults_of(text: &str) -> Result<Option<String>, Broken> {
    let broken = |fault: std::io::Error| Broken("S16", format!("no env file: {fault}"));
    let file = tempfile::NamedTempFile::new().map_err(broken)?;
    std::fs::write(file.path(), text).map_err(broken)?;
    Ok(Config::load(Some(file.path())).err().map(|faults| faults.to_string()))
}
