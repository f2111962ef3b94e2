//! What of a text can be seen once Telegram has taken it: the trials' own reading, not the builder's.

/// `data` as a person sees it inside a message: the characters Telegram drops or changes stand
/// as their visible stand-ins, everything else as it is.
pub fn visible(data: &str) -> String {
    let lines = data.replace("\r\n", "\n");
    lines.chars().map(stand_in).collect()
}

fn stand_in(letter: char) -> char {
    let code = u32::from(letter);
    match code {
        0x09 => ' ',
        0x0a | 0x0d | 0x2028 | 0x2029 => '\n',
        // Unicode draws every control character; the pictures stand in their order.
        0x00..=0x1f => char::from_u32(0x2400 + code).expect("the pictures are characters"),
        0x202a..=0x202e => '\u{fffd}',
        0x030a => '˚',
        0x0333 => '‗',
        0x033f => '‾',
        _ => letter,
    }
}

/// A length as Telegram counts it.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}
