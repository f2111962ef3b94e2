//! What a person wants, read from an update; pure, and deaf to everything that is not a private chat.

use super::Texts;
use super::button::Press;
use super::manage::Manage;
use super::question::{Document, Said};
use crate::primitives::{CustomerId, MessageId, OrderId, UserId};
use crate::telegram::{CallbackQuery, Message, Update, User, as_markup};

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// `/start`, perhaps with a payload from a link.
    Start(Option<String>),
    /// The list of all products.
    AllProducts,
    /// The list of categories.
    Categories,
    /// The stock overview.
    Stock,
    /// The cart.
    Cart,
    /// The own orders.
    Orders,
    /// The balance.
    Balance,
    /// Fill the balance.
    Deposit,
    /// The own account.
    Info,
    /// How to order.
    HowTo,
    /// What the bot can do.
    Help,
    /// The seller's side.
    Admin,
    /// Leave what is open.
    Leave,
    /// The product with this number on the list.
    Number(i64),
    /// A press on a button under a message.
    Press(Press, Option<MessageId>),
    /// The person blocked the bot (`false`) or let it in again (`true`).
    Reachable(bool),
    /// Products whose name has this in it.
    Search(String),
    /// Nothing we know; answered with silence.
    Unknown,
}

impl Intent {
    /// Whether the message can be meant as an answer: no menu, no command, no button.
    #[must_use]
    pub const fn may_answer(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Search(_) | Self::Unknown)
    }
}

/// Who wants what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The Telegram user; in a private chat also the chat.
    pub user: UserId,
    /// The name he shows.
    pub name: String,
    /// What he wants.
    pub intent: Intent,
    /// What he sent, when it was a message that can be an answer.
    pub said: Option<Said>,
}

/// Reads an update; `None` for groups, channels, bots and kinds the shop has no use for.
#[must_use]
pub fn read(update: &Update, texts: &Texts) -> Option<Visit> {
    let (user, intent, said) = if let Some(message) = &update.message {
        (own_chat(message)?, of_message(message, texts), said(message))
    } else if let Some(query) = &update.callback_query {
        (&query.from, of_press(query)?, None)
    } else {
        let change = update.my_chat_member.as_ref().filter(|change| change.chat.is_private())?;
        (&change.from, Intent::Reachable(change.new_chat_member.status == "member"), None)
    };
    if user.is_bot {
        return None;
    }
    Some(Visit { user: user.id, name: shown_name(user), intent, said })
}

/// What may be an answer: nobody's forwarded words, and neither a command nor a key of the keyboard,
/// which are pressed and not meant as words.
fn said(message: &Message) -> Option<Said> {
    if message.command().is_some() || message.text.as_deref().is_some_and(is_digit_key) {
        return None;
    }
    let own = message.forward_origin.is_none();
    let text = message.text.as_ref().or(message.caption.as_ref()).filter(|_| own);
    Some(Said {
        message: message.message_id,
        text: text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
        markup: formatted(message).filter(|_| own),
        photo: message.largest_photo().filter(|_| own).map(|photo| photo.file_id.clone()),
        document: message
            .document
            .as_ref()
            .filter(|_| own)
            .map(|file| Document { file_id: file.file_id.clone(), size: file.file_size }),
    })
}

/// What the message says as markup, when the person formatted it.
fn formatted(message: &Message) -> Option<String> {
    let markup = match (&message.text, &message.caption) {
        (Some(text), _) => as_markup(text, &message.entities),
        (None, Some(caption)) => as_markup(caption, &message.caption_entities),
        (None, None) => None,
    };
    markup.map(|markup| markup.trim().to_owned())
}

/// Whether a text is one of the digits on the main keyboard, `3️⃣` or `🔟`, and no number somebody typed.
fn is_digit_key(text: &str) -> bool {
    number(text).is_some() && text.contains(['\u{20e3}', '🔟'])
}

/// The sender, if the message is a person's own in the private chat with the bot.
fn own_chat(message: &Message) -> Option<&User> {
    let from = message.from.as_ref()?;
    let own = message.chat.is_private()
        && message.chat.id.0 == from.id.0
        && message.sender_chat.is_none()
        && message.via_bot.is_none();
    own.then_some(from)
}

fn of_press(query: &CallbackQuery) -> Option<Intent> {
    let message = query.message.as_ref();
    if message.is_some_and(|message| message.chat.id.0 != query.from.id.0) {
        return None;
    }
    let press = query.data.as_deref().and_then(Press::read);
    Some(press.map_or(Intent::Unknown, |press| {
        Intent::Press(press, message.map(|message| message.message_id))
    }))
}

fn of_message(message: &Message, texts: &Texts) -> Intent {
    if message.forward_origin.is_some() {
        return Intent::Unknown;
    }
    if let Some(command) = message.command() {
        let argument = Some(command.argument).filter(|argument| !argument.is_empty());
        return match command.name.to_ascii_lowercase().as_str() {
            "start" => Intent::Start(argument.map(str::to_owned)),
            "produk" => Intent::AllProducts,
            "pesanan" => Intent::Orders,
            "saldo" => Intent::Balance,
            "bantuan" | "help" => Intent::Help,
            "batal" => Intent::Leave,
            "admin" => Intent::Admin,
            _ => Intent::Unknown,
        };
    }
    let text = message.text.as_deref().unwrap_or_default();
    match number(text).map_or_else(|| of_label(text, texts), Intent::Number) {
        Intent::Unknown => sought(text).map_or(Intent::Unknown, Intent::Search),
        known => known,
    }
}

/// What a person may be looking for: one line of 2 to 64 characters with a letter or digit in it.
fn sought(text: &str) -> Option<String> {
    let text = text.trim();
    let fit = (2..=64).contains(&text.chars().count())
        && text.chars().any(char::is_alphanumeric)
        && !text.chars().any(char::is_control)
        && !text.starts_with('/');
    fit.then(|| text.to_owned())
}

/// The number a person typed or pressed: `3`, `3️⃣`, `🔟`.
fn number(text: &str) -> Option<i64> {
    let bare: String =
        text.trim().chars().filter(|c| !matches!(c, '\u{fe0f}' | '\u{20e3}')).collect();
    if bare == "🔟" {
        return Some(10);
    }
    let digits = (1..=6).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| bare.parse().ok())?
}

fn of_label(text: &str, texts: &Texts) -> Intent {
    const LABELS: [(&str, Intent); 10] = [
        ("button-all-products", Intent::AllProducts),
        ("button-categories", Intent::Categories),
        ("button-stock", Intent::Stock),
        ("button-cart", Intent::Cart),
        ("button-orders", Intent::Orders),
        ("button-deposit", Intent::Deposit),
        ("button-info", Intent::Info),
        ("button-how-to", Intent::HowTo),
        ("button-admin", Intent::Admin),
        ("button-cancel", Intent::Leave),
    ];
    // The entries of the seller's menu, for who types what he reads there.
    const SELLERS: [(&str, Manage); 14] = [
        ("button-products", Manage::Products(0)),
        ("button-shelves", Manage::Shelves),
        ("button-units", Manage::Stocks(0)),
        ("button-proofs", Manage::TermsOfAll(0)),
        ("button-all-orders", Manage::Sales(0, OrderId(0))),
        ("button-users", Manage::Users(CustomerId(0))),
        ("button-coupons", Manage::Coupons(0)),
        ("button-replies", Manage::Replies),
        ("button-broadcast", Manage::Broadcasts),
        ("button-statistics", Manage::Statistics(1)),
        ("button-backup", Manage::Configuration),
        ("button-calculator", Manage::Calculator),
        ("button-adjust", Manage::Adjust),
        ("button-setup", Manage::Setup),
    ];
    let said = words(text);
    if said.is_empty() {
        return Intent::Unknown;
    }
    let is_said = |key: &str| texts.labels(key).any(|label| words(&label) == said);
    let entry = || SELLERS.into_iter().find(|(key, _)| is_said(key));
    LABELS
        .into_iter()
        .find(|(key, _)| is_said(key))
        .map(|(_, intent)| intent)
        .or_else(|| entry().map(|(_, action)| Intent::Press(action.into(), None)))
        .unwrap_or(Intent::Unknown)
}

/// The words of a label without emoji, case and spacing.
fn words(text: &str) -> String {
    if text.len() > 64 {
        return String::new();
    }
    let plain: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The name a person shows, cut to 64 characters; people without one are called by their number.
fn shown_name(user: &User) -> String {
    let full = user.full_name();
    let name: String = full.trim().chars().filter(|c| *c != '\0').take(64).collect();
    if name.is_empty() { format!("#{}", user.id) } else { name }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::primitives::ProductId;
    use crate::shop::cart::Step;

    fn visit(update: serde_json::Value) -> Option<Visit> {
        let update: Update = serde_json::from_value(update).expect("an update");
        read(&update, &Texts::new())
    }

    fn said(text: &str) -> Intent {
        let entities = if text.starts_with('/') {
            let length = text.split(' ').next().map_or(0, str::len);
            json!([{"type": "bot_command", "offset": 0, "length": length}])
        } else {
            json!([])
        };
        visit(json!({"update_id": 1, "message": {"message_id": 1, "date": 1,
            "chat": {"id": 5, "type": "private"}, "from": {"id": 5, "first_name": "Budi"},
            "text": text, "entities": entities}}))
        .expect("a visit")
        .intent
    }

    #[test]
    fn labels_commands_and_digits_are_understood() {
        assert_eq!(said("/start"), Intent::Start(None));
        assert_eq!(said("/start p_NETFLIX1"), Intent::Start(Some("p_NETFLIX1".to_owned())));
        assert_eq!(said("🛍 Semua Produk"), Intent::AllProducts);
        assert_eq!(said("semua  produk"), Intent::AllProducts);
        assert_eq!(said("🛒 All Products"), Intent::AllProducts);
        assert_eq!(said("3️⃣"), Intent::Number(3));
        assert_eq!(said("🔟"), Intent::Number(10));
        assert_eq!(said("12"), Intent::Number(12));
        assert_eq!(said("12345678901234567890"), Intent::Search("12345678901234567890".into()));
        assert_eq!(said("❌ Batal"), Intent::Leave);
        assert_eq!(said("/admin"), Intent::Admin);
        assert_eq!(said("  netflix "), Intent::Search("netflix".into()));
        assert_eq!(said("a"), Intent::Unknown);
        assert_eq!(said("/apa"), Intent::Unknown);
        assert_eq!(said("🙂"), Intent::Unknown);
    }

    #[test]
    fn keys_and_commands_answer_nothing() {
        let words = |text: &str| {
            let length = text.split(' ').next().map_or(0, str::len);
            let entities = if text.starts_with('/') {
                json!([{"type": "bot_command", "offset": 0, "length": length}])
            } else {
                json!([])
            };
            let visit = visit(json!({"update_id": 1, "message": {"message_id": 1, "date": 1,
                "chat": {"id": 5, "type": "private"}, "from": {"id": 5, "first_name": "Budi"},
                "text": text, "entities": entities}}));
            visit.expect("a visit").said.and_then(|said| said.text)
        };
        for pressed in ["3️⃣", "🔟", "1️⃣2️⃣", "/apa", "/apa saja", "/start"] {
            assert_eq!(words(pressed), None, "{pressed}");
        }
        for typed in ["3", "HEMAT10", "bukti 3️⃣", "https://x.test/apa"] {
            assert_eq!(words(typed).as_deref(), Some(typed));
        }
    }

    #[test]
    fn only_people_in_their_own_private_chat_are_heard() {
        let message = |change: serde_json::Value| {
            let mut message = json!({"message_id": 1, "date": 1, "text": "/admin",
                "chat": {"id": 5, "type": "private"}, "from": {"id": 5, "first_name": "B"}});
            message
                .as_object_mut()
                .expect("an object")
                .extend(change.as_object().expect("an object").clone());
            visit(json!({"update_id": 1, "message": message}))
        };
        assert!(message(json!({})).is_some());
        for spoof in [
            json!({"chat": {"id": -5, "type": "group"}}),
            json!({"chat": {"id": -1005, "type": "channel"}, "from": null}),
            json!({"from": {"id": 1_087_968_824, "first_name": "GroupAnonymousBot", "is_bot": true}}),
            json!({"from": {"id": 6, "first_name": "B"}}),
            json!({"sender_chat": {"id": -1, "type": "channel"}}),
            json!({"via_bot": {"id": 9, "first_name": "x", "is_bot": true}}),
            json!({"from": {"id": 5, "first_name": "B", "is_bot": true}}),
        ] {
            assert_eq!(message(spoof.clone()), None, "{spoof}");
        }
        let forwarded = message(json!({"forward_origin": {"type": "user"}})).expect("heard");
        assert_eq!(forwarded.intent, Intent::Unknown);
    }

    #[test]
    fn presses_are_read_with_their_message_even_an_inaccessible_one() {
        let press = |message: serde_json::Value, data: &str| {
            visit(json!({"update_id": 1, "callback_query": {"id": "1", "data": data,
                "from": {"id": 5, "first_name": "B"}, "message": message}}))
        };
        let gone = json!({"chat": {"id": 5, "type": "private"}, "message_id": 9, "date": 0});
        let more = Press::Step(ProductId(2), Step::More);
        let heard = press(gone.clone(), &more.data()).expect("a visit").intent;
        assert_eq!(heard, Intent::Press(more, Some(MessageId(9))));
        assert_eq!(press(gone, "rm -rf").expect("a visit").intent, Intent::Unknown);
        let group = json!({"chat": {"id": -7, "type": "group"}, "message_id": 9, "date": 0});
        assert_eq!(press(group, &more.data()), None);
    }
}
