//! The strict reader of markup: what Telegram's own parser takes, less what it would silently lose.

use super::markup::{MarkupError, MarkupFault, Piece, Tag, clean};

/// What an end tag will end.
enum Open {
    /// The piece at this place, started at this byte of the text under this name.
    Tag { place: usize, at: usize, name: String },
    /// The `<code>` inside a `<pre>`: it is part of the `<pre>`.
    PreCode,
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    pieces: Vec<Piece>,
    open: Vec<Open>,
    pending: String,
}

/// Reads `text`; the pieces are balanced and nested as Telegram allows.
///
/// Like Telegram's server: names ignore case, `</>` ends the innermost tag, unknown attributes are
/// ignored, a bare `&` and a literal `>` are text, `&lt` is decoded even without its semicolon.
pub(super) fn parse(text: &str) -> Result<Vec<Piece>, MarkupError> {
    let mut parser =
        Parser { text, at: 0, pieces: Vec::new(), open: Vec::new(), pending: String::new() };
    while let Some(letter) = parser.peek() {
        match letter {
            '<' if parser.rest().starts_with("</") => parser.end_tag()?,
            '<' => parser.start_tag()?,
            '&' => {
                let decoded = parser.entity()?;
                parser.pending.push(decoded);
            }
            other => {
                parser.at += other.len_utf8();
                parser.pending.push(other);
            }
        }
    }
    parser.flush();
    match parser.open.last() {
        Some(Open::Tag { place, at, .. }) => {
            Err(error(*at, MarkupFault::NeverClosed(parser.tag(*place).name())))
        }
        Some(Open::PreCode) => Err(error(text.len(), MarkupFault::NeverClosed("code"))),
        None => Ok(parser.pieces),
    }
}

const fn error(at: usize, fault: MarkupFault) -> MarkupError {
    MarkupError { at, fault }
}

const fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\r' | '\n' | '\0' | '\u{b}')
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn flush(&mut self) {
        if !self.pending.is_empty() {
            self.pieces.push(Piece::Text(clean(&self.pending)));
            self.pending.clear();
        }
    }

    fn tag(&self, place: usize) -> &Tag {
        match &self.pieces[place] {
            Piece::Open(tag) => tag,
            Piece::Close | Piece::Text(_) => unreachable!("only places of start tags are kept"),
        }
    }

    /// Reads on while `wanted` says so.
    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|letter| !wanted(letter)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// One character written as an entity, or the `&` itself.
    fn entity(&mut self) -> Result<char, MarkupError> {
        let start = self.at;
        self.at += 1;
        let decoded = if self.rest().starts_with('#') {
            self.at += 1;
            self.numeric_entity(start)?
        } else {
            match self.take_while(|letter| letter.is_ascii_alphabetic()) {
                "lt" => Some('<'),
                "gt" => Some('>'),
                "amp" => Some('&'),
                "quot" => Some('"'),
                _ => None,
            }
        };
        let Some(letter) = decoded else {
            self.at = start + 1;
            return Ok('&');
        };
        if self.rest().starts_with(';') {
            self.at += 1;
        }
        Ok(letter)
    }

    fn numeric_entity(&mut self, start: usize) -> Result<Option<char>, MarkupError> {
        let (digits, radix) = if self.rest().starts_with('x') {
            self.at += 1;
            (self.take_while(|letter| letter.is_ascii_hexdigit()), 16)
        } else {
            (self.take_while(|letter| letter.is_ascii_digit()), 10)
        };
        match u32::from_str_radix(digits, radix) {
            Ok(number @ 1..0x0010_ffff) => char::from_u32(number)
                .map(Some)
                .ok_or_else(|| error(start, MarkupFault::NoCharacter)),
            _ => Ok(None),
        }
    }

    fn start_tag(&mut self) -> Result<(), MarkupError> {
        let start = self.at;
        self.at += 1;
        let name = self.take_while(|letter| !is_space(letter) && letter != '>');
        let name = name.to_ascii_lowercase();
        if name.is_empty() {
            return Err(error(start, MarkupFault::OpenEnded));
        }
        if !is_known(&name) {
            let name = name.chars().take(32).collect();
            return Err(error(start, MarkupFault::UnknownTag(name)));
        }
        let attributes = self.attributes(start)?;
        if name == "code" && self.begins_pre_code() {
            self.name_language(value(&attributes, "class"));
            self.open.push(Open::PreCode);
            return Ok(());
        }
        let tag = known_tag(&name, &attributes).map_err(|fault| error(start, fault))?;
        self.flush();
        for open in &self.open {
            let outer = match open {
                Open::Tag { place, .. } => self.tag(*place),
                Open::PreCode => &Tag::Code,
            };
            if !tag.fits_in(outer) {
                let fault = MarkupFault::Misplaced { inner: tag.name(), outer: outer.name() };
                return Err(error(start, fault));
            }
        }
        self.open.push(Open::Tag { place: self.pieces.len(), at: start, name });
        self.pieces.push(Piece::Open(tag));
        Ok(())
    }

    /// The attributes up to and with the `>`; names in lower case, values decoded.
    fn attributes(&mut self, start: usize) -> Result<Vec<(String, String)>, MarkupError> {
        let mut attributes = Vec::new();
        loop {
            self.take_while(is_space);
            match self.peek() {
                None => return Err(error(start, MarkupFault::OpenEnded)),
                Some('>') => {
                    self.at += 1;
                    return Ok(attributes);
                }
                Some(_) => {}
            }
            // No name goes on behind a quote or a slash: Telegram takes what follows for another attribute.
            let name = self.take_while(|c| !is_space(c) && !"=>/\"'".contains(c));
            let name = name.to_ascii_lowercase();
            self.take_while(is_space);
            if name == "expandable" && !self.rest().starts_with('=') {
                attributes.push((name, String::new()));
                continue;
            }
            if name.is_empty() || !self.rest().starts_with('=') {
                return Err(error(start, MarkupFault::BadAttribute));
            }
            self.at += 1;
            self.take_while(is_space);
            let value = self.attribute_value(start)?;
            attributes.push((name, value));
        }
    }

    fn attribute_value(&mut self, start: usize) -> Result<String, MarkupError> {
        let Some(quote @ ('"' | '\'')) = self.peek() else {
            let word = self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
            let ends = self.peek().is_some_and(|next| is_space(next) || next == '>');
            return if ends && !word.is_empty() {
                Ok(word.to_owned())
            } else {
                Err(error(start, MarkupFault::BadAttribute))
            };
        };
        self.at += 1;
        let mut value = String::new();
        loop {
            match self.peek() {
                None => return Err(error(start, MarkupFault::OpenEnded)),
                Some('&') => value.push(self.entity()?),
                Some(letter) => {
                    self.at += letter.len_utf8();
                    if letter == quote {
                        return Ok(value);
                    }
                    value.push(letter);
                }
            }
        }
    }

    /// Whether we stand right behind `<pre>`, where a `<code>` belongs to it.
    fn begins_pre_code(&self) -> bool {
        let Some(Open::Tag { place, .. }) = self.open.last() else { return false };
        self.pending.is_empty()
            && *place + 1 == self.pieces.len()
            && matches!(self.tag(*place), Tag::Pre(None))
    }

    fn name_language(&mut self, class: Option<&str>) {
        let language = class.and_then(|class| class.strip_prefix("language-"));
        if let (Some(Piece::Open(Tag::Pre(slot))), Some(language)) =
            (self.pieces.last_mut(), language.filter(|name| !name.is_empty()))
        {
            *slot = Some(language.to_owned());
        }
    }

    fn end_tag(&mut self) -> Result<(), MarkupError> {
        let start = self.at;
        self.at += 2;
        let found = self.take_while(|letter| !is_space(letter) && letter != '>');
        self.take_while(is_space);
        if self.peek() != Some('>') {
            return Err(error(start, MarkupFault::OpenEnded));
        }
        self.at += 1;
        let found = found.to_ascii_lowercase();
        let (opened, expected) = match self.open.last() {
            None => return Err(error(start, MarkupFault::NothingToClose)),
            Some(Open::PreCode) => ("code", "code"),
            Some(Open::Tag { place, name, .. }) => (name.as_str(), self.tag(*place).name()),
        };
        // Telegram compares names as they are written: `<b>` is not ended by `</strong>`.
        if !found.is_empty() && found != opened {
            return Err(error(start, MarkupFault::Crossed { expected, found }));
        }
        self.flush();
        if let Some(Open::Tag { .. }) = self.open.pop() {
            self.pieces.push(Piece::Close);
        }
        Ok(())
    }
}

fn is_known(name: &str) -> bool {
    let kinds = ["b", "i", "u", "s", "tg-spoiler", "a", "code", "pre", "blockquote", "tg-emoji"];
    kinds.contains(&canonical(name)) || name == "tg-time"
}

fn canonical(name: &str) -> &str {
    match name {
        "strong" => "b",
        "em" => "i",
        "ins" => "u",
        "strike" | "del" => "s",
        "span" => "tg-spoiler",
        other => other,
    }
}

/// Of an attribute that is named twice Telegram takes the last value.
fn value<'v>(attributes: &'v [(String, String)], name: &str) -> Option<&'v str> {
    attributes.iter().rfind(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn known_tag(name: &str, attributes: &[(String, String)]) -> Result<Tag, MarkupFault> {
    let given = |name| value(attributes, name).filter(|value| !value.is_empty());
    let is_number = |id: &&str| id.parse::<u64>().is_ok_and(|id| id > 0);
    Ok(match canonical(name) {
        "b" => Tag::Bold,
        "i" => Tag::Italic,
        "u" => Tag::Underline,
        "s" => Tag::Strike,
        "tg-spoiler" if name == "span" && given("class") != Some("tg-spoiler") => {
            return Err(MarkupFault::Lacks("class=\"tg-spoiler\""));
        }
        "tg-spoiler" => Tag::Spoiler,
        "a" => Tag::Link(given("href").ok_or(MarkupFault::Lacks("href"))?.to_owned()),
        "code" => Tag::Code,
        "pre" => Tag::Pre(None),
        "blockquote" => Tag::Quote { expandable: value(attributes, "expandable").is_some() },
        "tg-emoji" => {
            let id = given("emoji-id").filter(is_number);
            Tag::Emoji(id.ok_or(MarkupFault::Lacks("emoji-id"))?.to_owned())
        }
        "tg-time" => Tag::Time {
            unix: given("unix")
                .and_then(|unix| unix.parse().ok())
                .ok_or(MarkupFault::Lacks("unix"))?,
            format: given("format").map(str::to_owned),
        },
        unknown => return Err(MarkupFault::UnknownTag(unknown.to_owned())),
    })
}
