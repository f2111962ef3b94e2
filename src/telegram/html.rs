//! Typed HTML: the only way to make `parse_mode=HTML` text, so that nobody's data can be markup.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::limits::{MARKUP_BYTES_MAX, units};
use super::markup::{self, MarkupError, Piece, Tag};
use super::{parser, split};

/// Legal Telegram markup. Data goes in through [`Html::text`] and comes out escaped.
///
/// Telegram trims spaces and newlines at both ends of a whole message, whatever tags stand around
/// them, and inside a message lets a `code` start at its first visible character. Goods that must
/// arrive to the letter are asked [`Html::arrives`] first and sent as a file when it says no.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Html(String);

impl Html {
    /// `data` as it is, never as markup.
    ///
    /// Characters Telegram would silently change or drop are replaced by visible ones: control
    /// characters by their pictures (`␛`), tab by a space, `\r\n` and line separators by a newline,
    /// direction overrides by `�`, the combining marks U+030A, U+0333, U+033F by spacing ones.
    #[must_use]
    pub fn text(data: &str) -> Self {
        let mut out = String::with_capacity(data.len());
        markup::escape(&markup::clean(data), &mut out);
        Self(out)
    }

    /// Reads markup of our own message files, as strictly as Telegram does.
    ///
    /// # Errors
    /// [`MarkupError`] with the place and the reason: unknown or crossing tags, a raw `<`, tags that
    /// Telegram would silently lose (inside `code` and `pre`, a quote in a quote, `a` without
    /// `href`).
    pub fn from_markup(markup: &str) -> Result<Self, MarkupError> {
        Ok(Self::from_pieces(&parser::parse(markup)?))
    }

    /// Whether `data` sent within a message can be read and copied back to the letter.
    ///
    /// No for: nothing at all, white space at either end, control characters other than newline,
    /// and the few characters Telegram drops. Send such goods as a file.
    #[must_use]
    pub fn arrives(data: &str) -> bool {
        let mark = |letter: char| matches!(letter, '\u{200e}' | '\u{200f}');
        let doubled = data.chars().zip(data.chars().skip(1)).any(|(a, b)| mark(a) && mark(b));
        !markup::is_blank(data) && data.trim() == data && !doubled && markup::clean(data) == data
    }

    /// In bold.
    #[must_use]
    pub fn bold(self) -> Self {
        self.within(&Tag::Bold)
    }

    /// In italics.
    #[must_use]
    pub fn italic(self) -> Self {
        self.within(&Tag::Italic)
    }

    /// Hidden until tapped.
    #[must_use]
    pub fn spoiler(self) -> Self {
        self.within(&Tag::Spoiler)
    }

    /// In one-line code, copied by a tap; other formatting inside is given up.
    #[must_use]
    pub fn code(self) -> Self {
        Self::text(&self.plain()).within(&Tag::Code)
    }

    /// As a block of code, copied by a tap; other formatting inside is given up.
    #[must_use]
    pub fn pre(self) -> Self {
        Self::text(&self.plain()).within(&Tag::Pre(None))
    }

    /// As a quote; quotes inside become part of it, since quotes do not nest.
    #[must_use]
    pub fn blockquote(self) -> Self {
        self.quote(false)
    }

    /// As a quote that is folded until tapped; quotes inside become part of it.
    #[must_use]
    pub fn expandable_blockquote(self) -> Self {
        self.quote(true)
    }

    /// `text` as a link to `url`; both are data. Telegram shows plain text if it dislikes the link.
    #[must_use]
    pub fn link(text: &str, url: &str) -> Self {
        let text = Self::text(text);
        if url.is_empty() { text } else { text.within(&Tag::Link(url.to_owned())) }
    }

    /// A moment that each reader sees in their own time zone; `fallback` is for clients that cannot.
    ///
    /// `unix` in seconds; `format` as Telegram names it (`r`, or `w?[dD]?[tT]?`).
    #[must_use]
    pub fn moment(unix: i64, format: &str, fallback: &str) -> Self {
        let format = (!format.is_empty()).then(|| format.to_owned());
        Self::text(fallback).within(&Tag::Time { unix, format })
    }

    /// Appends `other`.
    pub fn push(&mut self, other: impl Borrow<Self>) {
        self.0.push_str(&other.borrow().0);
    }

    /// All `parts` in a row, `separator` (data) between them.
    #[must_use]
    pub fn join(parts: impl IntoIterator<Item = Self>, separator: &str) -> Self {
        let separator = Self::text(separator);
        let mut whole = String::new();
        for (place, part) in parts.into_iter().enumerate() {
            if place > 0 {
                whole.push_str(&separator.0);
            }
            whole.push_str(&part.0);
        }
        Self(whole)
    }

    /// The markup to send with `parse_mode=HTML`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as people see it, without formatting.
    #[must_use]
    pub fn plain(&self) -> String {
        markup::plain(&self.pieces())
    }

    /// The length Telegram's limits speak of: UTF-16 units after parsing.
    #[must_use]
    pub fn width(&self) -> usize {
        units(&self.plain())
    }

    /// Whether there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether Telegram would find nothing left after trimming and refuse the message.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        markup::is_blank(&self.plain())
    }

    /// The text in parts of at most `limit` units (and of a size Telegram takes), in order.
    ///
    /// Cut after lines, else after words, else between whole characters; open tags are closed and
    /// reopened, custom emoji and moments stay whole. Every character is in exactly one part; what
    /// Telegram then trims is the white space at a cut, where a message ends anyway.
    #[must_use]
    pub fn split(&self, limit: usize) -> Vec<Self> {
        let pieces = self.pieces();
        let text = markup::plain(&pieces);
        let whole = whole_ranges(&pieces);
        let mut parts = Vec::new();
        let mut queue: Vec<(Range<usize>, usize)> = Vec::new();
        queue.extend(split::parts(&text, limit, &whole).into_iter().rev().map(|r| (r, limit)));
        while let Some((range, limit)) = queue.pop() {
            let part = markup::render(&pieces, &range);
            if part.len() <= MARKUP_BYTES_MAX || limit <= 2 {
                parts.push(Self(part));
                continue;
            }
            // Few characters under very many tags: cut on until the tags fit, too.
            let shifted = whole.iter().map(|w| shift(w, &range)).collect::<Vec<_>>();
            let smaller = split::parts(&text[range.clone()], limit / 2, &shifted);
            queue.extend(
                smaller
                    .into_iter()
                    .rev()
                    .map(|inner| (range.start + inner.start..range.start + inner.end, limit / 2)),
            );
        }
        parts
    }

    /// The text cut to at most `limit` units, `…` included where something is missing.
    #[must_use]
    pub fn truncate(&self, limit: usize) -> Self {
        if self.width() <= limit {
            return self.clone();
        }
        if limit < 3 {
            return Self::text(&"…".repeat(limit.min(1)));
        }
        let pieces = self.pieces();
        let text = markup::plain(&pieces);
        let window = split::window_end(&text, 0, limit - 1);
        let end = split::character_end(&text, 0, window, &whole_ranges(&pieces));
        let end = text[..end].trim_end().len();
        let mut cut = Self(markup::render(&pieces, &(0..end)));
        cut.push(Self::text("…"));
        cut
    }

    fn pieces(&self) -> Vec<Piece> {
        parser::parse(&self.0).expect("every constructor writes legal markup")
    }

    fn from_pieces(pieces: &[Piece]) -> Self {
        Self(markup::render(pieces, &(0..usize::MAX)))
    }

    fn within(self, tag: &Tag) -> Self {
        if self.is_empty() {
            return self;
        }
        let mut out = String::with_capacity(self.0.len() + 16);
        tag.open(&mut out);
        out.push_str(&self.0);
        tag.close(&mut out);
        Self(out)
    }

    fn quote(self, expandable: bool) -> Self {
        let inner = without_quotes(self.pieces());
        Self::from_pieces(&inner).within(&Tag::Quote { expandable })
    }
}

fn without_quotes(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut open = Vec::new();
    let mut stays = |piece: &Piece| match piece {
        Piece::Open(tag) => {
            let stays = !matches!(tag, Tag::Quote { .. });
            open.push(stays);
            stays
        }
        Piece::Close => open.pop().expect("pieces are balanced"),
        Piece::Text(_) => true,
    };
    pieces.into_iter().filter(|piece| stays(piece)).collect()
}

/// The bytes of the plain text that must stay together.
fn whole_ranges(pieces: &[Piece]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut at = 0;
    let mut starts = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Open(tag) => starts.push(tag.is_whole().then_some(at)),
            Piece::Close => {
                ranges.extend(starts.pop().flatten().map(|start| start..at));
            }
            Piece::Text(text) => at += text.len(),
        }
    }
    ranges
}

fn shift(range: &Range<usize>, into: &Range<usize>) -> Range<usize> {
    let move_in = |at: usize| at.clamp(into.start, into.end) - into.start;
    move_in(range.start)..move_in(range.end)
}

impl fmt::Display for Html {
    /// The markup.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Html> for String {
    fn from(html: Html) -> Self {
        html.0
    }
}

impl TryFrom<String> for Html {
    type Error = MarkupError;

    /// Checked like [`Html::from_markup`], so that stored text cannot smuggle markup in either.
    fn try_from(markup: String) -> Result<Self, MarkupError> {
        Self::from_markup(&markup)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::markup::MarkupFault;
    use super::*;

    fn html(markup: &str) -> Html {
        Html::from_markup(markup).unwrap_or_else(|error| panic!("{markup:?}: {error}"))
    }

    fn fault(markup: &str) -> MarkupFault {
        Html::from_markup(markup).expect_err(markup).fault
    }

    #[test]
    fn data_is_never_markup() {
        let name = Html::text("<b>Budi</b> & \"co\"");
        assert_eq!(name.as_str(), "&lt;b&gt;Budi&lt;/b&gt; &amp; \"co\"");
        assert_eq!(name.plain(), "<b>Budi</b> & \"co\"");
        let link = Html::link("<x>", "https://x.test/?a=1&b=\"><b>");
        assert_eq!(
            link.as_str(),
            "<a href=\"https://x.test/?a=1&amp;b=&quot;&gt;&lt;b&gt;\">&lt;x&gt;</a>"
        );
    }

    #[test]
    fn formatting_is_built_up() {
        let built = Html::join([Html::text("Halo").bold(), Html::text("a<b").code()], "\n");
        assert_eq!(built.as_str(), "<b>Halo</b>\n<code>a&lt;b</code>");
        assert_eq!(built.width(), 8);
        assert_eq!(Html::text("").bold(), Html::default());
        assert_eq!(html("<b>x</b>y").code().as_str(), "<code>xy</code>");
        let quoted = html("a<blockquote>b<b>c</b></blockquote>").expandable_blockquote();
        assert_eq!(quoted.as_str(), "<blockquote expandable>ab<b>c</b></blockquote>");
        let time = Html::moment(1_795_300_000, "r", "15:00");
        assert_eq!(time.as_str(), "<tg-time unix=\"1795300000\" format=\"r\">15:00</tg-time>");
    }

    #[test]
    fn our_markup_is_read_as_telegram_reads_it() {
        assert_eq!(
            html("<STRONG>a</strong><em>b</em><ins>c</ins><del>d</del>").as_str(),
            "<b>a</b><i>b</i><u>c</u><s>d</s>"
        );
        assert_eq!(html("<b>x</>").as_str(), "<b>x</b>");
        assert_eq!(html("<b></b>x").as_str(), "x");
        assert_eq!(html("a & b > c &nbsp; &#38;&#x3C;&lt d").plain(), "a & b > c &nbsp; &<< d");
        assert_eq!(html("<span class='tg-spoiler'>x</span>"), Html::text("x").spoiler());
        assert_eq!(
            html("<a title=x href = 'tg://user?id=1'>x</a>").as_str(),
            "<a href=\"tg://user?id=1\">x</a>"
        );
        let code = "<pre><code class=\"language-sh\">ls &lt;x</code></pre>";
        assert_eq!(html(code).as_str(), code);
        assert_eq!(html("<pre><code>x</code></pre>").as_str(), "<pre>x</pre>");
        let emoji = "<tg-emoji emoji-id=\"5368324170671202286\">👍</tg-emoji>";
        assert_eq!(html(emoji).as_str(), emoji);
    }

    #[test]
    fn markup_telegram_would_refuse_or_lose_is_refused_with_its_place() {
        use MarkupFault as F;
        assert_eq!(fault("a < b"), F::OpenEnded);
        assert_eq!(fault("<br>"), F::UnknownTag("br".into()));
        assert_eq!(fault("<b>x"), F::NeverClosed("b"));
        assert_eq!(fault("x</b>"), F::NothingToClose);
        assert_eq!(fault("<b><i>x</b></i>"), F::Crossed { expected: "i", found: "b".into() });
        assert_eq!(fault("<b>x</strong>"), F::Crossed { expected: "b", found: "strong".into() });
        assert_eq!(fault("<a>x</a>"), F::Lacks("href"));
        assert_eq!(fault("<span>x</span>"), F::Lacks("class=\"tg-spoiler\""));
        assert_eq!(fault("<tg-emoji emoji-id='x'>y</tg-emoji>"), F::Lacks("emoji-id"));
        assert_eq!(fault("<tg-time unix=1 unix=x>y</tg-time>"), F::Lacks("unix"));
        assert_eq!(fault("<i =\"x\">y</i>"), F::BadAttribute);
        assert_eq!(fault("<a href=x/>y</a>"), F::BadAttribute);
        for name in ["forma\"t", "forma't", "forma/t"] {
            let markup = format!("<tg-time unix=\"1785380000\" {name}=\"r\">15:00</tg-time>");
            assert_eq!(fault(&markup), F::BadAttribute, "{markup}");
        }
        assert_eq!(fault("<a href=\"x>y</a>"), F::OpenEnded);
        assert_eq!(fault("<code><b>x</b></code>"), F::Misplaced { inner: "b", outer: "code" });
        assert_eq!(fault("&#xDFDF;"), F::NoCharacter);
        let error = Html::from_markup("🙂 <u>x").expect_err("unclosed");
        assert_eq!(error.to_string(), "at byte 5: <u> is never closed");
    }

    #[test]
    fn stored_html_is_checked_when_read() {
        let stored = serde_json::to_string(&Html::text("a<b").bold()).expect("writable");
        let read: Html = serde_json::from_str(&stored).expect("readable");
        assert_eq!(read, Html::text("a<b").bold());
        assert!(serde_json::from_str::<Html>("\"<b>\"").is_err());
    }

    #[test]
    fn goods_that_would_change_on_the_way_are_known() {
        for exact in ["user:pass", "a  b\nc", "<b>&amp;", "パス 🙂"] {
            assert!(Html::arrives(exact), "{exact:?}");
        }
        for inexact in ["", " ", " a", "a\n", "a\tb", "a\r\nb", "\u{200b}", "A\u{30a}"] {
            assert!(!Html::arrives(inexact), "{inexact:?}");
        }
    }

    #[test]
    fn long_text_is_split_and_tags_go_on() {
        let long = html("<b>one two <i>three</i></b> four");
        let parts: Vec<_> = long.split(8).into_iter().map(String::from).collect();
        assert_eq!(parts, ["<b>one two </b>", "<b><i>three</i></b> ", "four"]);
        assert_eq!(Html::default().split(8), []);
        let emoji = html("abc<tg-emoji emoji-id=\"1\">👍🏽👍🏽</tg-emoji>");
        assert_eq!(emoji.split(8)[0].as_str(), "abc");
    }

    #[test]
    fn a_part_with_very_many_tags_is_split_smaller() {
        let link = Html::link("xy", &format!("https://x.test/{}", "a".repeat(500)));
        let many = Html::join(std::iter::repeat_n(link, 200), "");
        let parts = many.split(4096);
        assert!(parts.len() > 1 && parts.iter().all(|part| part.as_str().len() <= 32_768));
        assert_eq!(parts.iter().map(Html::plain).collect::<String>(), many.plain());
    }

    #[test]
    fn text_is_truncated_with_an_ellipsis() {
        assert_eq!(html("<b>one two</b>").truncate(7).as_str(), "<b>one two</b>");
        assert_eq!(html("<b>one two</b>").truncate(5).as_str(), "<b>one</b>…");
        assert_eq!(html("abc👍🏽").truncate(6).as_str(), "abc…");
        assert_eq!(html("abcdef").truncate(1).as_str(), "…");
        assert!(html("abcdef").truncate(0).is_empty());
    }

    /// Text as hostile people write it: markup, entities, controls, marks, pairs, and lines.
    fn hostile() -> impl Strategy<Value = String> {
        let bits = prop_oneof![
            Just("<b>"),
            Just("</b>"),
            Just("<"),
            Just(">"),
            Just("&"),
            Just("&lt"),
            Just("&amp;"),
            Just("&#60;"),
            Just("\""),
            Just("'"),
            Just("</"),
            Just("\n"),
            Just(" "),
            Just("\r\n"),
            Just("\0"),
            Just("👩‍💻"),
            Just("🇮🇩"),
            Just("e\u{301}"),
            Just("\u{202e}"),
            Just("word"),
        ];
        let bit = prop_oneof![
            3 => bits.prop_map(str::to_owned),
            1 => any::<char>().prop_map(String::from),
        ];
        prop::collection::vec(bit, 0..60).prop_map(|bits| bits.concat())
    }

    /// Legal markup around hostile data.
    fn formatted() -> impl Strategy<Value = Html> {
        let part = (hostile(), 0..8_u8).prop_map(|(data, how)| {
            let text = Html::text(&data);
            match how {
                0 => text.bold(),
                1 => text.code(),
                2 => text.pre(),
                3 => text.italic().spoiler(),
                4 => Html::link(&data, &data),
                5 => text.blockquote(),
                6 => Html::moment(7, "r", &data),
                _ => text,
            }
        });
        prop::collection::vec(part, 0..6).prop_map(|parts| Html::join(parts, "\n").bold())
    }

    proptest! {
        #[test]
        fn whatever_people_write_is_read_back(data in hostile()) {
            let parsed = parser::parse(Html::text(&data).as_str()).expect("legal");
            prop_assert_eq!(markup::plain(&parsed), markup::clean(&data));
            prop_assert_eq!(markup::clean(&markup::clean(&data)), markup::clean(&data));
        }

        #[test]
        fn any_markup_is_read_or_refused_and_what_is_read_is_stable(text in hostile()) {
            if let Ok(html) = Html::from_markup(&text) {
                prop_assert_eq!(Html::from_markup(html.as_str()).expect("canonical"), html);
            }
        }

        #[test]
        fn what_is_built_is_legal_and_stored_unchanged(html in formatted()) {
            prop_assert_eq!(&Html::from_markup(html.as_str()).expect("legal"), &html);
        }

        #[test]
        fn splitting_keeps_every_character(html in formatted(), limit in 2_usize..40) {
            let parts = html.split(limit);
            for part in &parts {
                prop_assert!(part.width() <= limit && !part.is_empty());
                prop_assert_eq!(&Html::from_markup(part.as_str()).expect("legal"), part);
            }
            prop_assert_eq!(parts.iter().map(Html::plain).collect::<String>(), html.plain());
        }

        #[test]
        fn truncating_keeps_the_limit(html in formatted(), limit in 0_usize..40) {
            let cut = html.truncate(limit);
            prop_assert!(cut.width() <= limit);
            prop_assert!(Html::from_markup(cut.as_str()).is_ok());
        }
    }
}
