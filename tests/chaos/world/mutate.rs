//! Makes hostile inputs out of known ones: bits, splices, words, lengths, and JSON's own shapes.

use fastrand::Rng;
use serde_json::{Map, Value};

/// JSON above this size is changed as bytes only: walking it would take the time of a hundred inputs.
const LARGEST_TREE: usize = 8 * 1024;
/// So many inputs found on the way are kept as seeds of further ones.
const MOST_LEARNED: usize = 400;
/// Larger inputs are not worth keeping: all that grows from them is as slow.
const LARGEST_LEARNED: usize = 4 * 1024;

/// Bytes and texts that break readers which are not careful.
const WORDS: &[&str] = &[
    "\0",
    "\u{feff}",
    "\u{202e}",
    "\u{200d}",
    "\u{fffd}",
    "e\u{301}",
    "👩‍💻",
    "🇮🇩",
    "\\ud800",
    "\\u0000",
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "-0",
    "1e309",
    "1E-400",
    "0.1",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551616",
    "45000.0",
    "<",
    ">",
    "&",
    "&amp;",
    "'; DROP TABLE orders; --",
    "../../etc/passwd",
    "%00",
    "{{7*7}}",
    "\r\n",
    "\u{1b}[31m",
];

/// Values that are of the wrong kind, size or sign almost everywhere.
const VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1",
    "499",
    "10000001",
    "1000000000001",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "1e300",
    "45000.0",
    "\"45000\"",
    "\"\"",
    "\" \"",
    "\"\\u0000\"",
    "\"completed\"",
    "\"\u{202e}\u{200d}\"",
    "[]",
    "{}",
    "[[]]",
    "{\"id\":1}",
    "\"<html>502</html>\"",
    "\"2026-99-99T00:00:00Z\"",
];

/// The seeds of one target: its corpus and what was learned from it.
#[derive(Debug, Clone)]
pub struct Seeds {
    items: Vec<Vec<u8>>,
    learned: usize,
}

impl Seeds {
    pub fn new(items: Vec<Vec<u8>>) -> Self {
        Self { items, learned: 0 }
    }

    /// Keeps an input that made the target do something new.
    pub fn learn(&mut self, input: &[u8]) {
        if self.learned < MOST_LEARNED && input.len() <= LARGEST_LEARNED {
            self.learned += 1;
            self.items.push(input.to_vec());
        }
    }

    pub const fn learned(&self) -> usize {
        self.learned
    }

    fn any(&self, dice: &mut Rng) -> &[u8] {
        dice.choice(&self.items).map_or(&[], Vec::as_slice)
    }
}

/// Throws the dice for one target.
#[derive(Debug)]
pub struct Mutator {
    pub dice: Rng,
    /// Words of the target's own language.
    pub words: &'static [&'static str],
    /// No input is larger.
    pub largest: usize,
}

impl Mutator {
    /// A fresh input: a seed, changed once to six times.
    pub fn next(&mut self, seeds: &Seeds) -> Vec<u8> {
        let mut input = seeds.any(&mut self.dice).to_vec();
        for _ in 0..self.dice.u8(1..=6) {
            let before = input.len();
            if self.dice.u8(0..3) == 0 && before <= LARGEST_TREE {
                if let Some(changed) = self.tree(&input) {
                    input = changed;
                }
            } else {
                self.bytes(&mut input, seeds);
            }
            input.truncate(self.largest);
        }
        input
    }

    fn word(&mut self) -> &'static str {
        let own = !self.words.is_empty() && self.dice.bool();
        let words = if own { self.words } else { WORDS };
        self.dice.choice(words).copied().unwrap_or_default()
    }

    fn place(&mut self, input: &[u8]) -> usize {
        self.dice.usize(0..=input.len())
    }

    fn range(&mut self, input: &[u8]) -> std::ops::Range<usize> {
        let from = self.place(input);
        let most = (input.len() - from).min(64);
        from..from + self.dice.usize(0..=most)
    }

    fn bytes(&mut self, input: &mut Vec<u8>, seeds: &Seeds) {
        match self.dice.u8(0..20) {
            0..=3 if !input.is_empty() => {
                let at = self.dice.usize(0..input.len());
                input[at] ^= 1 << self.dice.u8(0..8);
            }
            4..=5 if !input.is_empty() => {
                let at = self.dice.usize(0..input.len());
                input[at] = self.dice.u8(..);
            }
            6..=8 => {
                let range = self.range(input);
                input.drain(range);
            }
            9..=10 => {
                let range = self.range(input);
                let copy = input[range].to_vec();
                let at = self.place(input);
                input.splice(at..at, copy);
            }
            11..=14 => {
                let (at, word) = (self.place(input), self.word());
                input.splice(at..at, word.bytes());
            }
            15..=16 => {
                let (range, word) = (self.range(input), self.word());
                input.splice(range, word.bytes());
            }
            17..=18 => {
                let other = seeds.any(&mut self.dice);
                let from = self.dice.usize(0..=other.len());
                let tail = other[from..].to_vec();
                let at = self.place(input);
                input.truncate(at);
                input.extend(tail);
            }
            _ => self.length(input),
        }
    }

    /// Nothing at all, cut off, or very long; the longest are rare, since they cost the most.
    fn length(&mut self, input: &mut Vec<u8>) {
        match self.dice.u8(0..32) {
            0 => input.clear(),
            1..=12 => {
                let at = self.place(input);
                input.truncate(at);
            }
            kind => {
                let most = if kind == 31 { self.largest } else { 2_048.min(self.largest) };
                let range = self.range(input);
                let mut unit = input[range].to_vec();
                if unit.is_empty() {
                    unit = self.word().bytes().collect();
                }
                if unit.is_empty() {
                    return;
                }
                let room = most.saturating_sub(input.len()) / unit.len();
                let times = self.dice.usize(0..=room);
                let at = self.place(input);
                input.splice(at..at, unit.repeat(times));
            }
        }
    }

    /// The same as a tree: another value, one key less, one twice, one renamed, deep nesting.
    fn tree(&mut self, input: &[u8]) -> Option<Vec<u8>> {
        let mut tree: Value = serde_json::from_slice(input).ok()?;
        let chosen = self.dice.usize(0..nodes(&tree));
        let mut left = chosen;
        let node = node(&mut tree, &mut left)?;
        match (self.dice.u8(0..8), node) {
            (0..=2, node) => *node = self.value(),
            (3, Value::Object(map)) => {
                let key = self.key(map)?;
                map.remove(&key);
            }
            (4, Value::Object(map)) => {
                let key = self.key(map)?;
                let value = map.remove(&key)?;
                let name = self.word().to_owned();
                map.insert(name, value);
            }
            (5, Value::Object(map)) => {
                let (key, value) = (self.key(map)?, self.value());
                let at = input.iter().position(|byte| *byte == b'{')? + 1;
                let twice = format!("{}:{value},", Value::String(key));
                let mut changed = input.to_vec();
                changed.splice(at..at, twice.bytes());
                return Some(changed);
            }
            (6, Value::Array(list)) => {
                let copies = self.dice.usize(0..20);
                let value = list.first().cloned().unwrap_or(Value::Null);
                list.extend(std::iter::repeat_n(value, copies));
            }
            (7, Value::String(text)) => {
                let word = self.word();
                let at = text.char_indices().map(|(at, _)| at).collect::<Vec<_>>();
                let at = self.dice.choice(&at).copied().unwrap_or_default();
                text.insert_str(at, &word.repeat(self.dice.usize(1..20)));
            }
            (_, node) => *node = self.deep(),
        }
        serde_json::to_vec(&tree).ok()
    }

    fn key(&mut self, map: &Map<String, Value>) -> Option<String> {
        let keys: Vec<&String> = map.keys().collect();
        self.dice.choice(&keys).map(|key| (*key).clone())
    }

    fn value(&mut self) -> Value {
        match self.dice.u8(0..4) {
            0 => Value::String(self.word().repeat(self.dice.usize(1..40))),
            1 => Value::from(self.dice.i64(..)),
            _ => {
                let text = self.dice.choice(VALUES).copied().unwrap_or("null");
                serde_json::from_str(text).unwrap_or(Value::Null)
            }
        }
    }

    fn deep(&mut self) -> Value {
        let depth = self.dice.usize(1..120);
        (0..depth).fold(Value::Null, |inner, level| {
            if level % 2 == 0 {
                Value::Array(vec![inner])
            } else {
                serde_json::json!({ "a": inner })
            }
        })
    }
}

fn nodes(tree: &Value) -> usize {
    1 + match tree {
        Value::Array(list) => list.iter().map(nodes).sum(),
        Value::Object(map) => map.values().map(nodes).sum(),
        _ => 0,
    }
}

/// The node with this number, counted from the root downwards.
fn node<'t>(tree: &'t mut Value, left: &mut usize) -> Option<&'t mut Value> {
    if *left == 0 {
        return Some(tree);
    }
    *left -= 1;
    match tree {
        Value::Array(list) => list.iter_mut().find_map(|inner| node(inner, left)),
        Value::Object(map) => map.values_mut().find_map(|inner| node(inner, left)),
        _ => None,
    }
}
