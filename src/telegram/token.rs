//! What a bot token looks like, asked wherever one comes in.

/// Whether `token` can be one: digits, a colon, then at least 10 of `A–Z a–z 0–9 _ -`.
#[must_use]
pub fn looks_like_a_token(token: &str) -> bool {
    let plain = |letter: u8| letter.is_ascii_alphanumeric() || b"_-".contains(&letter);
    token.len() <= 256
        && token.split_once(':').is_some_and(|(bot, secret)| {
            !bot.is_empty()
                && bot.bytes().all(|digit| digit.is_ascii_digit())
                && secret.len() >= 10
                && secret.bytes().all(plain)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_a_number_and_a_long_secret() {
        assert!(looks_like_a_token("123456:TEST-TOKEN_NOT-REAL"));
        for wrong in
            ["", "123456", "123456:", "123456:short", "abc:TEST-TOKEN-NOT-REAL", "1:TEST TOKEN NOT"]
        {
            assert!(!looks_like_a_token(wrong), "{wrong:?} passed");
        }
    }
}
