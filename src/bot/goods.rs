//! How bought goods are wrapped: as messages where every character arrives, else as a file.

use super::Speech;
use crate::shop::stock::Goods;
use crate::telegram::limits::TEXT_MAX;
use crate::telegram::{Html, InlineButton, InlineKeyboard};

/// More messages than this become one file.
const MOST_MESSAGES: usize = 4;

/// The largest file, in bytes: below the 50 MB that Telegram takes.
const FILE_MAX: usize = 40 * 1024 * 1024;

/// One thing to send.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// A protected message, with a copy button where it fits.
    Message(Html, InlineKeyboard),
    /// A protected file.
    File {
        /// The file's name.
        name: String,
        /// Its bytes.
        bytes: Vec<u8>,
        /// The words above it.
        caption: Html,
    },
}

/// Wraps an order's goods; the same goods always give the same parts.
#[must_use]
pub fn wrap(speech: Speech<'_>, code: &str, goods: &[Goods]) -> Vec<Part> {
    as_messages(speech, code, goods).unwrap_or_else(|| as_files(speech, code, goods))
}

/// The goods as messages, or `None` when a file serves the buyer better.
fn as_messages(speech: Speech<'_>, code: &str, goods: &[Goods]) -> Option<Vec<Part>> {
    let mut texts = vec![speech.say("goods-title", &[("code", code.into())])];
    for line in goods {
        let mut heading = Html::text("\n\n");
        heading.push(speech.say("goods-line", &[("name", (&line.name).into())]));
        let mut pending = Some(heading);
        for unit in &line.units {
            if !Html::arrives(unit.expose()) {
                return None;
            }
            let mut piece = pending.take().unwrap_or_default();
            piece.push(Html::text("\n"));
            piece.push(Html::text(unit.expose()).code());
            let last = texts.last_mut()?;
            if last.width() + piece.width() <= TEXT_MAX {
                last.push(piece);
            } else if piece.width() <= TEXT_MAX && texts.len() < MOST_MESSAGES {
                texts.push(piece);
            } else {
                return None;
            }
        }
    }
    let care = Html::join([Html::default(), speech.say("goods-care", &[])], "\n\n");
    if let Some(last) = texts.last_mut()
        && last.width() + care.width() <= TEXT_MAX
    {
        last.push(care);
    }
    let copy = copy_button(speech, goods);
    let parts = texts.into_iter().map(|text| Part::Message(text, copy.clone())).collect();
    Some(parts)
}

/// A button that copies the unit, when there is one and it fits a button.
fn copy_button(speech: Speech<'_>, goods: &[Goods]) -> InlineKeyboard {
    match goods {
        [Goods { units, .. }] if units.len() == 1 && InlineButton::can_copy(units[0].expose()) => {
            let label = speech.label("button-copy");
            InlineKeyboard::new().row([InlineButton::copy(label, units[0].expose())])
        }
        _ => InlineKeyboard::new(),
    }
}

/// One unit alone is the file to the letter; several stand under a line that names each.
fn as_files(speech: Speech<'_>, code: &str, goods: &[Goods]) -> Vec<Part> {
    let all: Vec<_> =
        goods.iter().flat_map(|line| line.units.iter().map(move |unit| (line, unit))).collect();
    let mut files = vec![String::new()];
    match all.as_slice() {
        [(_, unit)] => files[0].push_str(unit.expose()),
        several => {
            for ((line, unit), number) in several.iter().zip(1..) {
                let (name, unit) = (&line.name, unit.expose());
                let entry = format!("=== {name} ({number}/{}) ===\n{unit}\n\n", several.len());
                match files.last_mut() {
                    Some(last) if last.len() + entry.len() <= FILE_MAX => last.push_str(&entry),
                    _ => files.push(entry),
                }
            }
        }
    }
    let count = files.len();
    let file = |(content, number): (String, usize)| Part::File {
        name: if count == 1 { format!("{code}.txt") } else { format!("{code}-{number}.txt") },
        bytes: content.into_bytes(),
        caption: speech.say("goods-file", &[("code", code.into())]),
    };
    files.into_iter().zip(1..).map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bot::Texts;
    use crate::primitives::{Language, Secret};

    fn goods(units: &[&str]) -> Vec<Goods> {
        let units = units.iter().map(|unit| Secret::new((*unit).to_owned())).collect();
        vec![Goods { name: "Netflix <1>".to_owned(), units }]
    }

    fn wrapped(units: &[&str]) -> Vec<Part> {
        wrap(Texts::new().speech(Language::Id), "ABCD2345", &goods(units))
    }

    #[test]
    fn a_short_unit_is_a_message_with_a_copy_button() {
        let parts = wrapped(&["user<1>&:pass"]);
        let [Part::Message(text, buttons)] = parts.as_slice() else { panic!("{parts:?}") };
        assert!(text.plain().contains("user<1>&:pass"), "{}", text.plain());
        assert_eq!(buttons.rows().len(), 1);
    }

    #[test]
    fn thirty_units_all_arrive() {
        let units: Vec<String> =
            (0..30).map(|n| format!("account-{n}:{}", "x".repeat(60))).collect();
        let parts = wrapped(&units.iter().map(String::as_str).collect::<Vec<_>>());
        let all = parts.iter().map(|part| match part {
            Part::Message(text, _) => text.plain(),
            Part::File { bytes, .. } => String::from_utf8_lossy(bytes).into_owned(),
        });
        let all = all.collect::<String>();
        assert!(units.iter().all(|unit| all.contains(unit)));
    }

    #[test]
    fn what_a_message_would_change_comes_as_a_file_to_the_letter() {
        let long = "é".repeat(5_000);
        for unit in [long.as_str(), "  leading space", "tab\there", "line\r\nline", "trailing\n"] {
            let parts = wrapped(&[unit]);
            let [Part::File { bytes, name, .. }] = parts.as_slice() else { panic!("{parts:?}") };
            assert_eq!(bytes, unit.as_bytes());
            assert_eq!(name, "ABCD2345.txt");
        }
    }

    #[test]
    fn a_thousand_units_are_one_file() {
        let units: Vec<String> =
            (0..1000).map(|n| format!("code-{n:04}-{}", "y".repeat(40))).collect();
        let parts = wrapped(&units.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(matches!(parts.as_slice(), [Part::File { .. }]));
    }
}
