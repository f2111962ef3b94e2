//! Telegram's own reading of `parse_mode=HTML`: lenient where the server is, strict where it is.

use super::entities::{Entity, units};

const TAGS: [&str; 17] = [
    "a",
    "b",
    "strong",
    "i",
    "em",
    "s",
    "strike",
    "del",
    "u",
    "ins",
    "tg-spoiler",
    "tg-emoji",
    "tg-time",
    "span",
    "pre",
    "code",
    "blockquote",
];

/// Text and entities of `html`, before Telegram trims them.
///
/// # Errors
/// What follows `can't parse entities: ` in Telegram's refusal.
pub fn parse(html: &str) -> Result<(String, Vec<Entity>), String> {
    let mut parser =
        Parser { input: html, at: 0, text: String::new(), units: 0, open: vec![], closed: vec![] };
    while let Some(byte) = parser.peek() {
        match byte {
            b'<' if parser.input.as_bytes().get(parser.at + 1) == Some(&b'/') => {
                parser.end_tag()?;
            }
            b'<' => parser.start_tag()?,
            _ => {
                let shown = parser.character();
                parser.push(shown);
            }
        }
    }
    match parser.open.last() {
        Some(open) => {
            Err(format!("Can't find end tag corresponding to start tag \"{}\"", open.tag))
        }
        None => Ok((parser.text, parser.closed)),
    }
}

struct Parser<'a> {
    input: &'a str,
    at: usize,
    text: String,
    units: usize,
    open: Vec<Open>,
    closed: Vec<Entity>,
}

struct Open {
    tag: String,
    argument: String,
    format: String,
    from_byte: usize,
    from_unit: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.input.as_bytes().get(self.at).copied()
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> String {
        let taken: String = self.input[self.at..].chars().take_while(|c| keep(*c)).collect();
        self.at += taken.len();
        taken
    }

    fn skip_spaces(&mut self) {
        self.take_while(is_space);
    }

    fn push(&mut self, shown: char) {
        self.text.push(shown);
        self.units += shown.len_utf16();
    }

    /// The next character, an entity decoded; a bare `&` stands for itself.
    fn character(&mut self) -> char {
        let rest = &self.input[self.at..];
        let plain = rest.chars().next().expect("called before the end only");
        let (shown, length) = match plain {
            '&' => entity(rest).unwrap_or(('&', 1)),
            other => (other, other.len_utf8()),
        };
        self.at += length;
        shown
    }

    fn start_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        self.at += 1;
        let tag = self.take_while(|c| !is_space(c) && c != '>').to_lowercase();
        if self.peek().is_none() {
            return Err(format!("Unclosed start tag at byte offset {begin}"));
        }
        if !TAGS.contains(&tag.as_str()) {
            return Err(format!("Unsupported start tag \"{tag}\" at byte offset {begin}"));
        }
        let (mut argument, mut format) = (String::new(), String::new());
        while let Some((name, value)) = self.attribute(&tag, begin)? {
            match (tag.as_str(), name.as_str()) {
                ("a", "href")
                | ("span", "class")
                | ("tg-emoji", "emoji-id")
                | ("tg-time", "unix") => argument = value,
                ("code", "class") => {
                    value.strip_prefix("language-").unwrap_or_default().clone_into(&mut argument);
                }
                ("blockquote", "expandable") => name.clone_into(&mut argument),
                ("tg-time", "format") => format = value,
                _ => {}
            }
        }
        if tag == "span" && argument != "tg-spoiler" {
            return Err(format!(
                "Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"
            ));
        }
        let (from_byte, from_unit) = (self.text.len(), self.units);
        self.open.push(Open { tag, argument, format, from_byte, from_unit });
        Ok(())
    }

    /// The next attribute, or `None` once the tag is closed.
    fn attribute(&mut self, tag: &str, begin: usize) -> Result<Option<(String, String)>, String> {
        let unclosed = || format!("Unclosed start tag \"{tag}\" at byte offset {begin}");
        self.skip_spaces();
        match self.peek() {
            None => return Err(unclosed()),
            Some(b'>') => {
                self.at += 1;
                return Ok(None);
            }
            Some(_) => {}
        }
        let name = self.take_while(|c| !is_space(c) && !"=>/\"'".contains(c)).to_lowercase();
        if name.is_empty() {
            return Err(format!(
                "Empty attribute name in the tag \"{tag}\" at byte offset {begin}"
            ));
        }
        self.skip_spaces();
        if self.peek() != Some(b'=') {
            return Ok(Some((name, String::new())));
        }
        self.at += 1;
        self.skip_spaces();
        let value = match self.peek() {
            None => return Err(unclosed()),
            Some(quote @ (b'"' | b'\'')) => self.quoted(quote).ok_or_else(unclosed)?,
            Some(_) => self.unquoted()?,
        };
        Ok(Some((name, value)))
    }

    fn quoted(&mut self, quote: u8) -> Option<String> {
        self.at += 1;
        let mut value = String::new();
        while self.peek()? != quote {
            value.push(self.character());
        }
        self.at += 1;
        Some(value)
    }

    fn unquoted(&mut self) -> Result<String, String> {
        let begin = self.at;
        let value = self.take_while(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-');
        match self.peek() {
            Some(b'>') => Ok(value.to_lowercase()),
            Some(byte) if is_space(char::from(byte)) => Ok(value.to_lowercase()),
            _ => Err(format!("Unexpected end of name token at byte offset {begin}")),
        }
    }

    fn end_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        self.at += 2;
        let Some(open) = self.open.pop() else {
            return Err(format!("Unexpected end tag at byte offset {begin}"));
        };
        let name = self.take_while(|c| !is_space(c) && c != '>').to_lowercase();
        self.skip_spaces();
        if self.peek() != Some(b'>') {
            return Err(format!("Unclosed end tag at byte offset {begin}"));
        }
        self.at += 1;
        if !name.is_empty() && name != open.tag {
            return Err(format!(
                "Unmatched end tag at byte offset {begin}, expected \"</{}>\", found \"</{name}>\"",
                open.tag
            ));
        }
        if self.units > open.from_unit {
            self.close(&open)?;
        }
        Ok(())
    }

    fn close(&mut self, open: &Open) -> Result<(), String> {
        let length = self.units - open.from_unit;
        let mut entity = Entity::new(name_of(&open.tag), open.from_unit, length);
        match open.tag.as_str() {
            "a" => {
                let shown = &self.text[open.from_byte..];
                let target = if open.argument.is_empty() { shown } else { open.argument.as_str() };
                match link(target) {
                    Some(Link::Page(url)) => entity.url = Some(url),
                    Some(Link::Person(user)) => {
                        "text_mention".clone_into(&mut entity.kind);
                        entity.user = Some(user);
                    }
                    None => return Ok(()),
                }
            }
            "code" if !open.argument.is_empty() => entity.language = Some(open.argument.clone()),
            "blockquote" if !open.argument.is_empty() => {
                "expandable_blockquote".clone_into(&mut entity.kind);
            }
            "pre" => {
                let same = |e: &Entity| e.kind == "code" && (e.offset, e.length) == entity.span();
                if let Some(inner) = self.closed.pop_if(|last| same(last)) {
                    entity.language = inner.language;
                }
            }
            // A bot without a bought name may not use custom emoji: the plain one inside stays.
            "tg-emoji" if open.argument.parse::<u64>().is_ok() => return Ok(()),
            "tg-emoji" => return Err("Invalid custom emoji identifier specified".to_owned()),
            "tg-time" => match open.argument.parse() {
                Ok(unix) => {
                    entity.unix_time = Some(unix);
                    entity.date_time_format = Some(open.format.clone()).filter(|f| !f.is_empty());
                }
                Err(_) => return Err("Invalid Unix time specified".to_owned()),
            },
            _ => {}
        }
        self.closed.push(entity);
        Ok(())
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '\0' | '\x0b')
}

fn name_of(tag: &str) -> &'static str {
    match tag {
        "a" => "text_link",
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "s" | "strike" | "del" => "strikethrough",
        "u" | "ins" => "underline",
        "tg-emoji" => "custom_emoji",
        "tg-time" => "date_time",
        "pre" => "pre",
        "code" => "code",
        "blockquote" => "blockquote",
        _ => "spoiler",
    }
}

/// Decodes one entity at the start of `rest`, with its length; the `;` may be missing.
fn entity(rest: &str) -> Option<(char, usize)> {
    let body = rest.strip_prefix('&')?;
    let (shown, length) = if let Some(number) = body.strip_prefix('#') {
        let hex = number.strip_prefix('x');
        let (digits, radix) = hex.map_or((number, 10), |digits| (digits, 16));
        let count = digits.chars().take_while(|c| c.is_digit(radix)).count();
        let code = u32::from_str_radix(&digits[..count], radix).ok().filter(|code| *code != 0)?;
        (char::from_u32(code)?, 2 + usize::from(radix == 16) + count)
    } else {
        let named = [("lt", '<'), ("gt", '>'), ("amp", '&'), ("quot", '"')];
        let count = body.chars().take_while(char::is_ascii_alphabetic).count();
        let (name, shown) = named.into_iter().find(|(name, _)| *name == &body[..count])?;
        (shown, 1 + name.len())
    };
    let semicolon = usize::from(rest.as_bytes().get(length) == Some(&b';'));
    Some((shown, length + semicolon))
}

enum Link {
    Page(String),
    Person(i64),
}

/// Reads a link's target; an invalid one loses the link without an error.
fn link(target: &str) -> Option<Link> {
    let target = target.trim();
    if let Some(user) = target.strip_prefix("tg://user?id=") {
        return user.parse().ok().map(Link::Person);
    }
    if is_url(target) {
        return Some(Link::Page(target.to_owned()));
    }
    is_url(&format!("http://{target}")).then(|| Link::Page(format!("http://{target}")))
}

/// Whether `url` is one that Telegram makes a link or a button of.
pub fn is_url(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    if rest.is_empty() || url.chars().any(char::is_whitespace) || units(url) > 2048 {
        return false;
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    match scheme.to_ascii_lowercase().as_str() {
        "tg" => true,
        "http" | "https" | "ftp" => {
            let labels: Vec<&str> = host.split('.').collect();
            labels.len() > 1 && labels.iter().all(|label| !label.is_empty())
        }
        _ => false,
    }
}
