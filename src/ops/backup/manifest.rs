//! What an archive says of itself, and what archives are called.

use serde::{Deserialize, Serialize};

use crate::db::copy::Snapshot;
use crate::primitives::Timestamp;

/// The shape of archives that this program writes.
pub(super) const FORMAT: u32 = 1;

/// What an archive says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The archive's own shape.
    pub format: u32,
    /// The program that wrote it.
    pub version: String,
    /// When its data was taken, in Unix milliseconds.
    pub taken_at: Timestamp,
    /// Engine, schema, tables with their rows, and what every store adds up to.
    pub data: Snapshot,
    /// The files that follow, in their order.
    pub files: Vec<Part>,
}

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256, in hex.
    pub sha256: String,
}

impl Manifest {
    /// All rows of all tables.
    #[must_use]
    pub fn rows(&self) -> i64 {
        self.data.tables.iter().map(|table| table.rows).sum()
    }
}

const BEGINNING: &str = "auto-order-";
const ENDING: &str = ".age";

/// `auto-order-20261128T000000Z.age`, to the second.
pub(super) fn name_of(at: Timestamp) -> String {
    let text = at.to_rfc3339();
    let digits = text.split('.').next().unwrap_or_default().replace(['-', ':'], "");
    format!("{BEGINNING}{digits}Z{ENDING}")
}

/// When an archive of this name was made; `None` for other names.
pub(super) fn moment_of(name: &str) -> Option<Timestamp> {
    let digits = name.strip_prefix(BEGINNING)?.strip_suffix(ENDING)?.strip_suffix('Z')?;
    let (day, clock) = digits.split_once('T')?;
    let fits =
        |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    if !fits(day, 8) || !fits(clock, 6) {
        return None;
    }
    let (year, month, day) = (&day[..4], &day[4..6], &day[6..]);
    let (hour, minute, second) = (&clock[..2], &clock[2..4], &clock[4..]);
    Timestamp::from_rfc3339(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_second_and_nothing_else_is_taken_for_one() {
        let at = Timestamp(1_795_824_000_000);
        assert_eq!(name_of(at), "auto-order-20261128T000000Z.age");
        assert_eq!(moment_of(&name_of(at)), Some(at));
        for other in [
            "auto-order-.age",
            "x.age",
            "auto-order-20261128T000000Z.age.part",
            "auto-order-2026112ÄT00000Z.age",
        ] {
            assert_eq!(moment_of(other), None, "{other}");
        }
    }
}
