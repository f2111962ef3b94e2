//! The numbers Telegram holds us to; every one is from its documentation or its server's code.

/// Longest message text after parsing, in UTF-16 code units.
pub const TEXT_MAX: usize = 4096;
/// Longest caption of a photo or document after parsing, in UTF-16 code units.
pub const CAPTION_MAX: usize = 1024;
/// Longest text or caption as sent, tags and escapes included, in bytes.
pub const MARKUP_BYTES_MAX: usize = 32_768;
/// Longest `callback_data` of a button, in bytes.
pub const CALLBACK_DATA_MAX: usize = 64;
/// Longest text a copy button can hold, in UTF-16 code units (Telegram says "characters").
pub const COPY_TEXT_MAX: usize = 256;
/// Longest text of `answerCallbackQuery`, in UTF-16 code units (Telegram says "characters").
pub const CALLBACK_ANSWER_MAX: usize = 200;
/// Longest grey hint in the input field, in UTF-16 code units (Telegram says "characters").
pub const PLACEHOLDER_MAX: usize = 64;
/// Most buttons under one message.
pub const INLINE_BUTTONS_MAX: usize = 100;
/// Most buttons beside each other under a message.
pub const INLINE_ROW_MAX: usize = 8;
/// Most buttons of a reply keyboard.
pub const REPLY_BUTTONS_MAX: usize = 300;
/// Most buttons beside each other in a reply keyboard.
pub const REPLY_ROW_MAX: usize = 12;
/// Most ids in one `deleteMessages`.
pub const DELETE_MAX: usize = 100;
/// Largest photo we may upload, in bytes.
pub const PHOTO_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Largest other file we may upload, in bytes.
pub const UPLOAD_BYTES_MAX: usize = 50 * 1024 * 1024;
/// Largest file the Bot API lets a bot download, in bytes.
pub const DOWNLOAD_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Longest payload of a `t.me/<bot>?start=` link, in bytes of `A–Z a–z 0–9 _ -`.
pub const START_PAYLOAD_MAX: usize = 64;
/// Longest secret token of a webhook, in bytes of `A–Z a–z 0–9 _ -`.
pub const WEBHOOK_SECRET_MAX: usize = 256;
/// Messages a second one bot may send to many chats.
pub const BOT_PER_SECOND: u32 = 30;
/// Messages a second one private chat takes for long; short bursts pass.
pub const CHAT_PER_SECOND: u32 = 1;
/// Messages a minute one group takes.
pub const GROUP_PER_MINUTE: u32 = 20;

/// The length of `text` as Telegram counts it: UTF-16 code units.
#[must_use]
pub fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// `text` cut to at most `limit` units on a whole character, with `…` where something is missing.
#[must_use]
pub fn clip(text: &str, limit: usize) -> String {
    if units(text) <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(1);
    let mut kept = String::new();
    let mut used = 0;
    for letter in text.chars() {
        used += letter.len_utf16();
        if used > room {
            break;
        }
        kept.push(letter);
    }
    if limit > 0 {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_counted_and_clipped_as_telegram_counts() {
        assert_eq!(units("a€🙂"), 4);
        assert_eq!(clip("abc", 3), "abc");
        assert_eq!(clip("abcd", 3), "ab…");
        assert_eq!(clip("a🙂b", 3), "a…");
        assert_eq!(clip("abc", 0), "");
    }
}
