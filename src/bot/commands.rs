//! The commands that stand in the menu beside the input field.

use super::Speech;
use crate::telegram::BotCommand;

/// What everybody sees, and what admins see besides.
const EVERYBODY: [&str; 6] = ["start", "produk", "pesanan", "saldo", "bantuan", "batal"];
const ADMINS: [&str; 1] = ["admin"];

/// The list in one language.
#[must_use]
pub fn commands(speech: Speech<'_>, admin: bool) -> Vec<BotCommand> {
    let extra = if admin { &ADMINS[..] } else { &[] };
    let described = |command: &&str| BotCommand {
        command: (*command).to_owned(),
        description: speech.label(&format!("command-{command}")),
    };
    EVERYBODY.iter().chain(extra).map(described).collect()
}
