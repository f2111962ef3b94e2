//! Buttons: under a message and instead of the keyboard, within Telegram's limits.

use serde::{Deserialize, Serialize};

use super::limits::{
    CALLBACK_DATA_MAX, COPY_TEXT_MAX, INLINE_BUTTONS_MAX, INLINE_ROW_MAX, PLACEHOLDER_MAX,
    REPLY_BUTTONS_MAX, REPLY_ROW_MAX, clip, units,
};

/// What a button carries when what it should carry does not fit: pressing it means nothing.
///
/// Cutting would be worse: a cut command may be another command, a cut password is a wrong one.
pub const INERT_DATA: &str = "-";

/// What hangs on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Markup {
    /// Buttons under the message.
    Inline(InlineKeyboard),
    /// Buttons instead of the letters.
    Reply(ReplyKeyboard),
    /// Takes a reply keyboard away.
    #[serde(with = "remove")]
    Remove,
}

impl From<InlineKeyboard> for Markup {
    fn from(keyboard: InlineKeyboard) -> Self {
        Self::Inline(keyboard)
    }
}

impl From<ReplyKeyboard> for Markup {
    fn from(keyboard: ReplyKeyboard) -> Self {
        Self::Reply(keyboard)
    }
}

/// Buttons under a message; an empty one takes them away.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct InlineKeyboard {
    #[serde(rename = "inline_keyboard")]
    rows: Vec<Vec<InlineButton>>,
}

impl InlineKeyboard {
    /// No buttons yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { rows: Vec::new() }
    }

    /// Adds a row. More than 8 buttons go on in further rows; buttons beyond 100 in all are a bug
    /// of ours (they fail debug builds) and are left out.
    #[must_use]
    pub fn row(mut self, buttons: impl IntoIterator<Item = InlineButton>) -> Self {
        add_row(&mut self.rows, buttons, INLINE_ROW_MAX, INLINE_BUTTONS_MAX);
        self
    }

    /// The rows, none of them empty.
    #[must_use]
    pub fn rows(&self) -> &[Vec<InlineButton>] {
        &self.rows
    }

    /// Whether there is no button.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

fn add_row<B>(
    rows: &mut Vec<Vec<B>>,
    buttons: impl IntoIterator<Item = B>,
    row_max: usize,
    whole_max: usize,
) {
    let before = rows.iter().map(Vec::len).sum::<usize>();
    let mut row = Vec::new();
    for (place, button) in (before..).zip(buttons) {
        debug_assert!(place < whole_max, "a keyboard has at most {whole_max} buttons");
        if place >= whole_max {
            break;
        }
        row.push(button);
        if row.len() == row_max {
            rows.push(std::mem::take(&mut row));
        }
    }
    if !row.is_empty() {
        rows.push(row);
    }
}

/// A button under a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InlineButton {
    text: String,
    #[serde(flatten)]
    action: Action,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    style: Option<Style>,
}

/// What pressing does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Tells us, with these 1–64 bytes.
    CallbackData(String),
    /// Opens this address.
    Url(String),
    /// Copies this text.
    CopyText(CopyText),
}

/// What a button copies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyText {
    text: String,
}

/// The colour of a button; old apps show the ordinary one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// Blue.
    Primary,
    /// Green.
    Success,
    /// Red.
    Danger,
}

impl InlineButton {
    /// A button that tells us `data`, 1–64 bytes. Other lengths are a bug of ours: they fail debug
    /// builds and otherwise give a button that carries [`INERT_DATA`].
    #[must_use]
    pub fn callback(text: impl Into<String>, data: impl Into<String>) -> Self {
        let data = data.into();
        let fits = (1..=CALLBACK_DATA_MAX).contains(&data.len());
        debug_assert!(fits, "callback_data of {} bytes", data.len());
        let data = if fits { data } else { INERT_DATA.to_owned() };
        Self::new(text.into(), Action::CallbackData(data))
    }

    /// A button that opens `url` (`https://`, `http://` or `tg://`). Anything else is a bug of ours
    /// and becomes inert as in [`InlineButton::callback`].
    #[must_use]
    pub fn url(text: impl Into<String>, url: impl Into<String>) -> Self {
        let url = url.into();
        let fits = ["https://", "http://", "tg://"].iter().any(|scheme| url.starts_with(scheme));
        debug_assert!(fits, "a button cannot open this address");
        if fits {
            Self::new(text.into(), Action::Url(url))
        } else {
            Self::callback(text, INERT_DATA)
        }
    }

    /// A button that copies `copied`; ask [`InlineButton::can_copy`] first. What does not fit is a
    /// bug of ours and becomes inert as in [`InlineButton::callback`].
    #[must_use]
    pub fn copy(text: impl Into<String>, copied: impl Into<String>) -> Self {
        let copied = copied.into();
        let fits = Self::can_copy(&copied);
        debug_assert!(fits, "a copy button cannot hold this text");
        if fits {
            Self::new(text.into(), Action::CopyText(CopyText { text: copied }))
        } else {
            Self::callback(text, INERT_DATA)
        }
    }

    /// Whether a button can copy `text` to the letter: 1–256 characters.
    #[must_use]
    pub fn can_copy(text: &str) -> bool {
        (1..=COPY_TEXT_MAX).contains(&units(text))
    }

    /// In this colour.
    #[must_use]
    pub const fn style(mut self, style: Style) -> Self {
        self.style = Some(style);
        self
    }

    /// What is written on it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What pressing does.
    #[must_use]
    pub const fn action(&self) -> &Action {
        &self.action
    }

    /// The data of a callback button.
    #[must_use]
    pub fn data(&self) -> Option<&str> {
        match &self.action {
            Action::CallbackData(data) => Some(data),
            Action::Url(_) | Action::CopyText(_) => None,
        }
    }

    fn new(text: String, action: Action) -> Self {
        debug_assert!(!text.trim().is_empty(), "a button needs a text");
        let text = if text.trim().is_empty() { "…".to_owned() } else { text };
        Self { text, action, style: None }
    }
}

/// Buttons instead of the letters: pressing one sends its text. Always resized and persistent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "ReplyWire", into = "ReplyWire")]
pub struct ReplyKeyboard {
    rows: Vec<Vec<String>>,
    placeholder: Option<String>,
}

impl ReplyKeyboard {
    /// No buttons yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { rows: Vec::new(), placeholder: None }
    }

    /// Adds a row; more than 12 buttons go on in further rows, blank ones and those beyond 300 in
    /// all (a bug of ours, fails debug builds) are left out.
    #[must_use]
    pub fn row<T: Into<String>>(mut self, buttons: impl IntoIterator<Item = T>) -> Self {
        let named = buttons.into_iter().map(Into::into).filter(|text| !text.trim().is_empty());
        add_row(&mut self.rows, named, REPLY_ROW_MAX, REPLY_BUTTONS_MAX);
        self
    }

    /// A grey hint in the empty input field, cut to 64 characters.
    #[must_use]
    pub fn placeholder(mut self, hint: &str) -> Self {
        self.placeholder = (!hint.trim().is_empty()).then(|| clip(hint, PLACEHOLDER_MAX));
        self
    }

    /// The rows, none of them empty.
    #[must_use]
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }
}

/// A reply keyboard as the Bot API writes it.
#[derive(Serialize, Deserialize)]
struct ReplyWire {
    keyboard: Vec<Vec<KeyWire>>,
    #[serde(default)]
    is_persistent: bool,
    #[serde(default)]
    resize_keyboard: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input_field_placeholder: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct KeyWire {
    text: String,
}

impl From<ReplyKeyboard> for ReplyWire {
    fn from(keyboard: ReplyKeyboard) -> Self {
        let key = |text| KeyWire { text };
        let rows = keyboard.rows.into_iter().map(|row| row.into_iter().map(key).collect());
        Self {
            keyboard: rows.collect(),
            is_persistent: true,
            resize_keyboard: true,
            input_field_placeholder: keyboard.placeholder,
        }
    }
}

impl From<ReplyWire> for ReplyKeyboard {
    fn from(wire: ReplyWire) -> Self {
        let rows = wire.keyboard.into_iter().map(|row| row.into_iter().map(|key| key.text));
        Self {
            rows: rows.map(Iterator::collect).collect(),
            placeholder: wire.input_field_placeholder,
        }
    }
}

/// `{"remove_keyboard":true}` for a variant without contents.
mod remove {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Wire {
        remove_keyboard: bool,
    }

    pub(super) fn serialize<S: Serializer>(to: S) -> Result<S::Ok, S::Error> {
        Wire { remove_keyboard: true }.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<(), D::Error> {
        Wire::deserialize(from).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn there_and_back(markup: &Markup) -> Value {
        let written = serde_json::to_value(markup).expect("writable");
        let read: Markup = serde_json::from_value(written.clone()).expect("readable");
        assert_eq!(&read, markup);
        written
    }

    #[test]
    fn keyboards_are_written_as_the_bot_api_wants_them() {
        let inline = InlineKeyboard::new()
            .row([
                InlineButton::callback("Bayar", "pay:1").style(Style::Success),
                InlineButton::callback("Batal", "no").style(Style::Danger),
            ])
            .row([
                InlineButton::url("Halaman", "https://example.test/x"),
                InlineButton::copy("Salin", "BAO-1").style(Style::Primary),
            ]);
        assert_eq!(
            there_and_back(&inline.into()),
            json!({"inline_keyboard": [
                [{"text": "Bayar", "callback_data": "pay:1", "style": "success"},
                 {"text": "Batal", "callback_data": "no", "style": "danger"}],
                [{"text": "Halaman", "url": "https://example.test/x"},
                 {"text": "Salin", "copy_text": {"text": "BAO-1"}, "style": "primary"}]]})
        );
        let reply = ReplyKeyboard::new().row(["A", "B", " "]).row(["C"]).placeholder("Pilih");
        assert_eq!(
            there_and_back(&reply.into()),
            json!({"keyboard": [[{"text": "A"}, {"text": "B"}], [{"text": "C"}]],
                "is_persistent": true, "resize_keyboard": true,
                "input_field_placeholder": "Pilih"})
        );
        assert_eq!(there_and_back(&Markup::Remove), json!({"remove_keyboard": true}));
        let none = InlineKeyboard::new();
        assert_eq!(there_and_back(&none.into()), json!({"inline_keyboard": []}));
    }

    #[test]
    fn rows_wrap_where_telegram_would_refuse() {
        let many = (0..20).map(|n| InlineButton::callback(n.to_string(), n.to_string()));
        let lengths: Vec<_> = InlineKeyboard::new().row(many).rows().iter().map(Vec::len).collect();
        assert_eq!(lengths, [8, 8, 4]);
        let full = (0..100).map(|n| InlineButton::callback(n.to_string(), n.to_string()));
        assert_eq!(InlineKeyboard::new().row(full).rows().iter().map(Vec::len).sum::<usize>(), 100);
        let no_buttons: [&str; 0] = [];
        assert!(ReplyKeyboard::new().row(no_buttons).rows().is_empty());
    }

    #[test]
    fn data_of_the_longest_length_passes() {
        let data = "é".repeat(32);
        assert_eq!(InlineButton::callback("x", data.clone()).data(), Some(data.as_str()));
        assert!(InlineButton::can_copy(&"a".repeat(256)));
        assert!(!InlineButton::can_copy(&"a".repeat(257)) && !InlineButton::can_copy(""));
    }

    #[test]
    #[cfg_attr(debug_assertions, should_panic(expected = "callback_data of 65 bytes"))]
    fn data_that_does_not_fit_never_becomes_other_data() {
        let button = InlineButton::callback("x", "a".repeat(65));
        assert_eq!(button.data(), Some(INERT_DATA));
    }

    #[test]
    #[cfg_attr(debug_assertions, should_panic(expected = "at most 100 buttons"))]
    fn a_keyboard_never_outgrows_telegram() {
        let many = (0..101).map(|n| InlineButton::callback(n.to_string(), n.to_string()));
        assert_eq!(InlineKeyboard::new().row(many).rows().iter().map(Vec::len).sum::<usize>(), 100);
    }
}
