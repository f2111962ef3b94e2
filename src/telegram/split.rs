//! Where a long text may be cut: after a line, else after a word, else between whole characters.

use std::ops::Range;

use super::markup::{is_blank, shows};

/// The bytes of `text` in parts of at most `limit` UTF-16 units; every byte is in exactly one part.
///
/// `whole` are ranges never cut through unless one alone is too long. `limit` below 2 counts as 2,
/// since one character may take two units. A part is blank only where more than `limit` units of
/// white space follow each other.
pub(super) fn parts(text: &str, limit: usize, whole: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut from = 0;
    while from < text.len() {
        let to = part_end(text, from, limit, whole);
        parts.push(from..to);
        from = to;
    }
    parts
}

/// Where the part that starts at `from` ends.
pub(super) fn part_end(text: &str, from: usize, limit: usize, whole: &[Range<usize>]) -> usize {
    let window = window_end(text, from, limit);
    if window == text.len() {
        return window;
    }
    let part = &text[from..window];
    // Looked up once: before each cut of a long blank text it would be looked for again and again.
    let seen = part.find(shows).map_or(window, |at| from + at);
    let good = |cut: &usize| *cut > seen && !inside(whole, *cut) && !joined(text, *cut);
    let after_line = part.rmatch_indices('\n').map(|(at, _)| from + at + 1).find(good);
    let after_word = || {
        let spaces = part.char_indices().rev().filter(|(_, letter)| letter.is_whitespace());
        spaces.map(|(at, letter)| from + at + letter.len_utf8()).find(good)
    };
    let cut =
        after_line.or_else(after_word).unwrap_or_else(|| character_end(text, from, window, whole));
    leave_something(text, from, cut, whole)
}

/// The last cut in `from..=window` that separates whole characters.
pub(super) fn character_end(
    text: &str,
    from: usize,
    window: usize,
    whole: &[Range<usize>],
) -> usize {
    let inner = text[from..window].char_indices().rev().map(|(at, _)| from + at);
    std::iter::once(window)
        .chain(inner)
        .take_while(|cut| *cut > from)
        .find(|cut| !inside(whole, *cut) && !joined(text, *cut))
        .unwrap_or(window)
}

/// The furthest character boundary within `limit` units of `from`; at least one character on.
pub(super) fn window_end(text: &str, from: usize, limit: usize) -> usize {
    let mut used = 0;
    for (at, letter) in text[from..].char_indices() {
        used += letter.len_utf16();
        if used > limit.max(2) {
            return from + at;
        }
    }
    text.len()
}

/// Moves a cut that would leave only white space behind it, which Telegram refuses as an empty
/// message, to before the last visible character.
fn leave_something(text: &str, from: usize, cut: usize, whole: &[Range<usize>]) -> usize {
    if !is_blank(&text[cut..]) {
        return cut;
    }
    let Some(last) = text[from..cut].rfind(shows) else { return cut };
    let before = character_end(text, from, from + last, whole);
    if before > from { before } else { cut }
}

fn inside(whole: &[Range<usize>], cut: usize) -> bool {
    whole.iter().any(|range| range.start < cut && cut < range.end)
}

/// Whether the characters left and right of `cut` are seen as one (marks, emoji sequences, flags).
///
/// This covers what people mix into chats; it is not all of Unicode's grapheme rules.
fn joined(text: &str, cut: usize) -> bool {
    let (Some(left), Some(right)) = (text[..cut].chars().next_back(), text[cut..].chars().next())
    else {
        return false;
    };
    if left == '\u{200d}' || continues(right) {
        return true;
    }
    // Flags are pairs of regional letters: an odd number on the left means a pair is cut through.
    is_regional(right)
        && text[..cut].chars().rev().take_while(|letter| is_regional(*letter)).count() % 2 == 1
}

const fn is_regional(letter: char) -> bool {
    matches!(letter, '\u{1f1e6}'..='\u{1f1ff}')
}

const fn continues(letter: char) -> bool {
    matches!(letter,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{200d}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe20}'..='\u{fe2f}' | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0020}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, limit: usize) -> Vec<&str> {
        parts(text, limit, &[]).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn text_is_cut_after_lines_then_words_then_characters() {
        assert_eq!(cut("one\ntwo three", 9), ["one\n", "two three"]);
        assert_eq!(cut("one two three", 9), ["one two ", "three"]);
        assert_eq!(cut("onetwothree", 4), ["onet", "woth", "ree"]);
        assert_eq!(cut("", 4), Vec::<&str>::new());
    }

    #[test]
    fn what_looks_like_one_character_stays_one() {
        assert_eq!(cut("abc👍🏽", 6), ["abc", "👍🏽"]);
        assert_eq!(cut("a🇮🇩🇸🇬", 6), ["a🇮🇩", "🇸🇬"]);
        assert_eq!(cut("ab👩‍💻x", 6), ["ab", "👩‍💻x"]);
        assert_eq!(cut("abce\u{301}", 4), ["abc", "e\u{301}"]);
        assert_eq!(cut("🙂🙂", 1), ["🙂", "🙂"]);
    }

    #[test]
    fn no_part_is_blank_if_that_can_be_helped() {
        assert_eq!(cut("abcd\n\n", 4), ["abc", "d\n\n"]);
        assert_eq!(cut("\n\nabcd", 4), ["\n\nab", "cd"]);
    }

    #[test]
    fn a_protected_range_is_not_cut() {
        let text = "abcdef";
        let ranges = parts(text, 3, std::slice::from_ref(&(2..4)));
        assert_eq!(ranges, [0..2, 2..5, 5..6]);
    }
}
