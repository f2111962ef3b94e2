//! What may be a unit.

/// The longest unit, in bytes: it must fit a file of the chat many times over.
const LONGEST: usize = 64 * 1024;

/// Whether `content` may be a unit.
///
/// # Errors
/// A phrase that says why not.
pub fn check_content(content: &str) -> Result<(), &'static str> {
    if content.trim().is_empty() {
        Err("is empty")
    } else if content.len() > LONGEST {
        Err("is longer than 64 KiB")
    } else {
        Ok(())
    }
}

/// The most lines that come in at once: a sender has 80 s for them.
pub const MOST_LINES: usize = 50_000;

/// What a text holds: a unit in each line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines {
    /// What can be a unit.
    pub units: Vec<String>,
    /// How many lines cannot.
    pub bad: usize,
    /// Whether there were more than [`MOST_LINES`]; then nothing was read.
    pub too_many: bool,
}

impl Lines {
    /// Whether nothing stood there, good or bad.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.units.is_empty() && self.bad == 0
    }
}

/// Reads a pasted text or a file, TXT or CSV: one unit in each line, empty lines passed over; a line that is one
/// quoted field loses its quotes.
#[must_use]
pub fn read_lines(text: &str) -> Lines {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let filled = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    if filled().nth(MOST_LINES).is_some() {
        return Lines { too_many: true, ..Lines::default() };
    }
    let mut lines = Lines::default();
    for line in filled().map(unquoted) {
        let unseen = line.chars().any(|letter| letter.is_control() && letter != '\t');
        if unseen || check_content(&line).is_err() {
            lines.bad += 1;
        } else {
            lines.units.push(line);
        }
    }
    lines
}

/// A line without the quotes of CSV, when it is a single quoted field.
fn unquoted(line: &str) -> String {
    let inner = line.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.replace("\"\"", "").contains('"') => inner.replace("\"\"", "\""),
        _ => line.to_owned(),
    }
}

/// A unit as it is shown to its seller: enough to know it again, too little to use it.
#[must_use]
pub fn masked(content: &str) -> String {
    let letters: Vec<char> = content.trim().chars().collect();
    let shown = (letters.len() / 4).min(3);
    let head: String = letters.iter().take(shown).collect();
    let tail: String = letters.iter().skip(letters.len() - shown).collect();
    format!("{head}•••{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_line_by_line() {
        let read = read_lines("\u{feff}a:1\r\n\n  b:2  \n\"c,\"\"3\"\"\"\n\u{0}x\n\"d\",\"4\"");
        assert_eq!(read.units, ["a:1", "b:2", "c,\"3\"", "\"d\",\"4\""]);
        assert_eq!((read.bad, read.too_many), (1, false));
        assert!(read_lines(&"x\n".repeat(MOST_LINES + 1)).too_many);
        assert!(!read_lines(&"x\n".repeat(MOST_LINES)).too_many);
    }

    #[test]
    fn most_of_a_unit_stays_hidden() {
        assert_eq!(masked("user:password"), "use•••ord");
        assert_eq!(masked("abcd"), "a•••d");
        assert_eq!(masked("abc"), "•••");
        assert_eq!(masked(""), "•••");
    }

    #[test]
    fn a_unit_has_something_in_it() {
        assert!(check_content("user:pass").is_ok());
        assert!(check_content("  \n ").is_err());
        assert!(check_content(&"x".repeat(LONGEST)).is_ok());
        assert!(check_content(&"x".repeat(LONGEST + 1)).is_err());
    }
}
