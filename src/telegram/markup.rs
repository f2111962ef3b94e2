//! Telegram's HTML as pieces: the strict reader of `parse_mode=HTML` and the writer of its canonical form.

use std::fmt::Write as _;
use std::ops::Range;

/// Why a text is no legal markup; `at` is the byte where the trouble starts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: {fault}")]
pub struct MarkupError {
    /// Offset into the text, in bytes.
    pub at: usize,
    /// What is wrong there.
    pub fault: MarkupFault,
}

/// The ways markup can be wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarkupFault {
    /// A `<` that begins no tag, or a tag with no `>`.
    #[error("\"<\" begins no whole tag; write a literal one as \"&lt;\"")]
    OpenEnded,
    /// A tag Telegram does not know.
    #[error("Telegram knows no tag <{0}>")]
    UnknownTag(String),
    /// An attribute that is not `name="value"`.
    #[error("an attribute must be written name=\"value\"")]
    BadAttribute,
    /// A tag lacks the attribute that gives it a meaning, or the attribute's value has none.
    #[error("the tag lacks a usable {0}")]
    Lacks(&'static str),
    /// An end tag with nothing to end.
    #[error("an end tag without a start")]
    NothingToClose,
    /// Tags cross each other.
    #[error("expected </{expected}>, found </{found}>")]
    Crossed {
        /// The innermost open tag.
        expected: &'static str,
        /// What stands there instead.
        found: String,
    },
    /// A tag is never ended.
    #[error("<{0}> is never closed")]
    NeverClosed(&'static str),
    /// A tag where Telegram would silently drop it: inside code, a quote inside a quote, a link in a link.
    #[error("<{inner}> cannot stand inside <{outer}>")]
    Misplaced {
        /// The tag that would be lost.
        inner: &'static str,
        /// The tag around it.
        outer: &'static str,
    },
    /// A numeric entity that is no character, such as half a surrogate pair.
    #[error("a numeric entity names no character")]
    NoCharacter,
}

/// One kind of formatting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tag {
    Bold,
    Italic,
    Underline,
    Strike,
    Spoiler,
    Link(String),
    Code,
    /// With the programming language, if one is named.
    Pre(Option<String>),
    Quote {
        expandable: bool,
    },
    Emoji(String),
    Time {
        unix: i64,
        format: Option<String>,
    },
}

impl Tag {
    /// The canonical name of the tag.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Bold => "b",
            Self::Italic => "i",
            Self::Underline => "u",
            Self::Strike => "s",
            Self::Spoiler => "tg-spoiler",
            Self::Link(_) => "a",
            Self::Code => "code",
            Self::Pre(_) => "pre",
            Self::Quote { .. } => "blockquote",
            Self::Emoji(_) => "tg-emoji",
            Self::Time { .. } => "tg-time",
        }
    }

    /// Whether the tag keeps every other tag out.
    const fn is_code(&self) -> bool {
        matches!(self, Self::Code | Self::Pre(_))
    }

    /// Whether the text inside loses its meaning when cut.
    pub(super) const fn is_whole(&self) -> bool {
        matches!(self, Self::Emoji(_) | Self::Time { .. })
    }

    /// Whether `self` may stand inside `outer`.
    pub(super) const fn fits_in(&self, outer: &Self) -> bool {
        !(outer.is_code()
            || matches!((self, outer), (Self::Quote { .. }, Self::Quote { .. }))
            || matches!((self, outer), (Self::Link(_), Self::Link(_)))
            || outer.is_whole())
    }

    /// Writes the start tag.
    pub(super) fn open(&self, out: &mut String) {
        let _ = match self {
            Self::Link(url) => write!(out, "<a href=\"{}\">", attribute(url)),
            Self::Pre(Some(language)) => {
                write!(out, "<pre><code class=\"language-{}\">", attribute(language))
            }
            Self::Quote { expandable: true } => write!(out, "<blockquote expandable>"),
            Self::Emoji(id) => write!(out, "<tg-emoji emoji-id=\"{}\">", attribute(id)),
            Self::Time { unix, format: None } => write!(out, "<tg-time unix=\"{unix}\">"),
            Self::Time { unix, format: Some(format) } => {
                write!(out, "<tg-time unix=\"{unix}\" format=\"{}\">", attribute(format))
            }
            _ => write!(out, "<{}>", self.name()),
        };
    }

    /// Writes the end tag.
    pub(super) fn close(&self, out: &mut String) {
        if matches!(self, Self::Pre(Some(_))) {
            out.push_str("</code>");
        }
        let _ = write!(out, "</{}>", self.name());
    }
}

/// A step through a formatted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Open(Tag),
    Close,
    Text(String),
}

/// Writes data so that a parser reads exactly it.
pub(super) fn escape(data: &str, out: &mut String) {
    for letter in data.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            other => out.push(other),
        }
    }
}

fn attribute(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    escape(value, &mut out);
    out.replace('"', "&quot;")
}

/// Puts something visible where Telegram would silently change or drop a character.
///
/// Its server turns control characters into spaces and drops U+2028–U+202E and the combining marks
/// U+030A, U+0333, U+033F. Every replacement is one character for one (only `\r\n` shrinks), and
/// cleaning twice changes nothing more.
pub(super) fn clean(data: &str) -> String {
    let mut out = String::with_capacity(data.len());
    let mut letters = data.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '\r' && letters.peek() == Some(&'\n') {
            continue;
        }
        out.push(visible(letter));
    }
    out
}

const fn visible(letter: char) -> char {
    match letter {
        '\t' => ' ',
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => '\n',
        '\u{0}'..='\u{1f}' => match char::from_u32(0x2400 + letter as u32) {
            Some(picture) => picture,
            None => '\u{fffd}',
        },
        '\u{202a}'..='\u{202e}' => '\u{fffd}',
        '\u{30a}' => '\u{2da}',
        '\u{333}' => '\u{2017}',
        '\u{33f}' => '\u{203e}',
        other => other,
    }
}

/// Whether Telegram finds nothing to show in `text` and refuses it as an empty message.
pub(super) fn is_blank(text: &str) -> bool {
    !text.chars().any(shows)
}

/// Whether a message that has this character is not empty for Telegram.
pub(super) const fn shows(letter: char) -> bool {
    !letter.is_whitespace()
        && !matches!(letter,
            '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202e}' | '\u{2800}' | '\u{feff}'
            | '\u{fffc}' | '\u{e0000}'..='\u{e007f}')
}

/// The text without its formatting.
pub(super) fn plain(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Text(text) => Some(text.as_str()),
            Piece::Open(_) | Piece::Close => None,
        })
        .collect()
}

/// The markup of the bytes `range` of the plain text; tags cut through are closed and reopened,
/// tags left without text are gone.
pub(super) fn render(pieces: &[Piece], range: &Range<usize>) -> String {
    let mut out = String::new();
    let mut wanted: Vec<(usize, &Tag)> = Vec::new();
    let mut written: Vec<(usize, &Tag)> = Vec::new();
    let mut at = 0;
    for (place, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Open(tag) => wanted.push((place, tag)),
            Piece::Close => drop(wanted.pop()),
            Piece::Text(text) => {
                let start = range.start.clamp(at, at + text.len()) - at;
                let end = range.end.clamp(at, at + text.len()) - at;
                at += text.len();
                if start < end {
                    retag(&mut written, &wanted, &mut out);
                    escape(&text[start..end], &mut out);
                }
            }
        }
    }
    retag(&mut written, &[], &mut out);
    out
}

/// Closes and opens tags until those in `wanted` are open.
fn retag<'a>(written: &mut Vec<(usize, &'a Tag)>, wanted: &[(usize, &'a Tag)], out: &mut String) {
    let same = written.iter().zip(wanted).take_while(|(a, b)| a.0 == b.0).count();
    for (_, tag) in written.drain(same..).rev() {
        tag.close(out);
    }
    for (place, tag) in &wanted[same..] {
        tag.open(out);
        written.push((*place, tag));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_telegram_would_swallow_is_made_visible() {
        assert_eq!(clean("a\tb\r\nc\rd"), "a b\nc\nd");
        assert_eq!(clean("\0\u{1b}\u{7f}"), "␀␛\u{7f}");
        assert_eq!(clean("x\u{202e}y\u{2028}z"), "x\u{fffd}y\nz");
        assert_eq!(clean("A\u{30a}_\u{333}_\u{33f}"), "A˚_‗_‾");
        assert_eq!(clean("Ömer 🙂 e\u{301}"), "Ömer 🙂 e\u{301}");
    }

    #[test]
    fn a_part_of_a_text_keeps_its_tags() {
        let pieces = vec![
            Piece::Open(Tag::Bold),
            Piece::Text("ab".into()),
            Piece::Open(Tag::Italic),
            Piece::Text("cd".into()),
            Piece::Close,
            Piece::Close,
            Piece::Text("e<".into()),
        ];
        assert_eq!(plain(&pieces), "abcde<");
        assert_eq!(render(&pieces, &(0..6)), "<b>ab<i>cd</i></b>e&lt;");
        assert_eq!(render(&pieces, &(1..3)), "<b>b<i>c</i></b>");
        assert_eq!(render(&pieces, &(3..5)), "<b><i>d</i></b>e");
        assert_eq!(render(&pieces, &(4..4)), "");
    }
}
