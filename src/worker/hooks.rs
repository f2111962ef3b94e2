//! The addresses of a store below the one under which the world reaches us.

/// Where Telegram delivers a store's updates.
#[must_use]
pub fn telegram_url(public_url: &str, hook: &str) -> String {
    format!("{public_url}/telegram/{hook}")
}

/// Where the gateway calls a store back.
#[must_use]
pub fn pakasir_url(public_url: &str, hook: &str) -> String {
    format!("{public_url}/pakasir/{hook}")
}
