//! The replies that a store may word itself: their placeholders, and what is wrong with a wording.

use serde::{Deserialize, Serialize};

use crate::primitives::Language;
use crate::shop::calculator::{self, Factors};
use crate::telegram::Html;
use crate::telegram::limits::{CAPTION_MAX, MARKUP_BYTES_MAX, TEXT_MAX};

/// A reply that a store may word itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// The welcome.
    Welcome,
    /// How to order.
    HowTo,
    /// A product's card.
    Product,
    /// What stands above the cart.
    Cart,
    /// What stands under the sums of an invoice.
    Invoice,
    /// The receipt.
    Paid,
    /// Nobody paid in time.
    Expired,
    /// The buyer changed his mind.
    Cancelled,
    /// The terms of a product that was bought.
    Terms,
}

/// One placeholder: how it is written, the value of the message that fills it, and an example.
type Placeholder = (&'static str, &'static str, &'static str);

/// What every reply knows: whom it speaks to, for which store, when.
pub(super) const EVERYWHERE: [(&str, &str); 4] = [
    ("nama", "Budi"),
    ("store_name", "Toko Budi"),
    ("saldo", "Rp 25.000"),
    ("tanggal", "17 Agu 2026 09:30"),
];
const OF_AN_ORDER: [Placeholder; 5] = [
    ("order_id", "code", "INV-7K2M9QX4"),
    ("produk", "products", "Netflix Premium × 1"),
    ("jumlah", "quantity", "1"),
    ("total", "total", "Rp 45.000"),
    ("status", "state", "✅"),
];

impl Reply {
    /// Every one, in the order of the numbers in the buttons.
    pub const ALL: [Self; 9] = [
        Self::Welcome,
        Self::HowTo,
        Self::Product,
        Self::Cart,
        Self::Invoice,
        Self::Paid,
        Self::Expired,
        Self::Cancelled,
        Self::Terms,
    ];

    /// The word in message keys and in the names of settings.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::HowTo => "how-to",
            Self::Product => "product",
            Self::Cart => "cart",
            Self::Invoice => "invoice",
            Self::Paid => "paid",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Terms => "terms",
        }
    }

    /// The key of the message that it words.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::HowTo => "how-to",
            Self::Product => "card",
            Self::Cart => "cart-title",
            Self::Invoice => "invoice-hint",
            Self::Paid => "order-paid",
            Self::Expired => "order-expired",
            Self::Cancelled => "order-cancelled",
            Self::Terms => "terms",
        }
    }

    /// The reply that words a message, if a store may word it.
    pub(super) fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reply| reply.key() == key)
    }

    /// What may stand in it beside [`EVERYWHERE`].
    pub(super) const fn placeholders(self) -> &'static [Placeholder] {
        match self {
            Self::Welcome => &[("pelanggan", "customers", "128"), ("pesanan", "orders", "342")],
            Self::HowTo => &[],
            Self::Product => &[
                ("produk", "name", "Netflix Premium"),
                ("deskripsi", "description", "1 bulan, garansi penuh."),
                ("harga", "price", "Rp 45.000"),
                ("stok", "stock", "12"),
                ("terjual", "sold", "87"),
                ("kategori", "category", "Streaming"),
                ("jumlah", "quantity", "2"),
                ("total", "total", "Rp 90.000"),
            ],
            Self::Cart => &[("jumlah", "quantity", "2"), ("total", "total", "Rp 90.000")],
            Self::Invoice | Self::Paid | Self::Expired | Self::Cancelled => &OF_AN_ORDER,
            Self::Terms => &[
                ("produk", "product", "Netflix Premium"),
                ("order_id", "code", "INV-7K2M9QX4"),
                ("snk", "terms", "Jangan ganti kata sandi."),
            ],
        }
    }

    /// What it cannot do without: nobody buys at a price he is not shown, or by terms he cannot read.
    #[must_use]
    pub const fn needs(self) -> &'static [&'static str] {
        match self {
            Self::Product => &["produk", "harga", "jumlah", "total"],
            Self::Terms => &["snk"],
            _ => &[],
        }
    }

    /// Whether a picture may stand above it.
    #[must_use]
    pub const fn has_picture(self) -> bool {
        matches!(self, Self::Welcome | Self::HowTo | Self::Terms)
    }

    /// The longest it may be when it is filled, in UTF-16 units: an order's stands under a picture, beside its
    /// lines and sums.
    #[must_use]
    pub const fn most(self) -> usize {
        match self {
            Self::Invoice | Self::Paid | Self::Expired | Self::Cancelled => CAPTION_MAX / 2,
            Self::Cart => TEXT_MAX / 4,
            Self::Welcome | Self::HowTo | Self::Product | Self::Terms => TEXT_MAX,
        }
    }

    /// Every placeholder it may hold, as it is written.
    #[must_use]
    pub fn allowed(self) -> Vec<String> {
        let own = self.placeholders().iter().map(|(name, ..)| *name);
        own.chain(EVERYWHERE.map(|(name, _)| name)).map(|name| format!("{{{name}}}")).collect()
    }

    /// What fills a placeholder in an example.
    pub(super) fn example(self, name: &str) -> Option<&'static str> {
        let own = self.placeholders().iter().map(|(name, _, example)| (*name, *example));
        own.chain(EVERYWHERE).find(|(known, _)| *known == name).map(|(_, example)| example)
    }
}

/// A reply in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slot {
    /// Which reply.
    pub reply: Reply,
    /// In which language.
    pub language: Language,
}

impl Slot {
    /// Every one there is.
    pub fn every() -> impl Iterator<Item = Self> {
        let in_each = |reply| Language::ALL.map(|language| Self { reply, language });
        Reply::ALL.into_iter().flat_map(in_each)
    }

    /// What its setting is called.
    #[must_use]
    pub fn setting(self) -> String {
        format!("{SETTINGS}{}.{}", self.reply.word(), self.language.code())
    }
}

/// How the names of the settings of all replies begin.
const SETTINGS: &str = "reply.";

/// What is kept in versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// The factors of refunds.
    Calculator,
    /// A reply in one language.
    Reply(Slot),
}

impl Setting {
    /// Every one, in the order of the numbers in the buttons.
    pub fn every() -> impl Iterator<Item = Self> {
        std::iter::once(Self::Calculator).chain(Slot::every().map(Self::Reply))
    }

    /// What it is called where it is stored.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Calculator => calculator::SETTING.to_owned(),
            Self::Reply(slot) => slot.setting(),
        }
    }

    /// Whether it can hold this.
    #[must_use]
    pub fn takes(self, body: &str) -> bool {
        match self {
            Self::Calculator => Factors::read(body).is_some(),
            Self::Reply(slot) => {
                Template::read(body).is_some_and(|template| template.check(slot.reply).is_ok())
            }
        }
    }
}

/// How a store words a reply.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Markup with placeholders; `None` for the words that are built in.
    #[serde(default)]
    pub text: Option<String>,
    /// Telegram's name for the picture above it.
    #[serde(default)]
    pub picture: Option<String>,
}

/// What is wrong with a wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing would be left to show.
    Empty,
    /// It is longer than so many characters.
    TooLong(usize),
    /// There is no such placeholder.
    Unknown(String),
    /// It lacks one that it cannot do without.
    Lacks(&'static str),
    /// Telegram could not read its tags.
    Markup(String),
    /// A picture cannot stand above it.
    NoPicture,
}

impl Template {
    /// Reads what a setting holds.
    #[must_use]
    pub fn read(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }

    /// As a setting holds it; `None` when nothing differs from what is built in.
    #[must_use]
    pub fn written(&self) -> Option<String> {
        let written = || serde_json::to_string(self).expect("words can be written");
        (*self != Self::default()).then(written)
    }

    /// What it says with examples in its placeholders; `None` when it leaves the words to what is built in.
    ///
    /// # Errors
    /// The first [`Flaw`].
    pub fn check(&self, reply: Reply) -> Result<Option<Html>, Flaw> {
        if self.picture.is_some() && !reply.has_picture() {
            return Err(Flaw::NoPicture);
        }
        let Some(text) = &self.text else { return Ok(None) };
        // Nobody types more in one message, markup included; a file could bring megabytes.
        if text.len() > MARKUP_BYTES_MAX {
            return Err(Flaw::TooLong(reply.most()));
        }
        if let Some(name) = names(text).find(|name| reply.example(name).is_none()) {
            return Err(Flaw::Unknown(name.to_owned()));
        }
        if let Some(lacking) = reply.needs().iter().find(|need| !names(text).any(|is| is == **need))
        {
            return Err(Flaw::Lacks(lacking));
        }
        let filled = filled(text, |name| reply.example(name).map(str::to_owned));
        let said = Html::from_markup(&filled).map_err(|error| Flaw::Markup(error.to_string()))?;
        if let Some(hidden) = reply.needs().iter().find(|need| !is_seen(text, reply, need)) {
            return Err(Flaw::Lacks(hidden));
        }
        let most = if self.picture.is_some() { CAPTION_MAX } else { reply.most() };
        match said {
            said if said.is_blank() => Err(Flaw::Empty),
            said if said.width() > most => Err(Flaw::TooLong(most)),
            said => Ok(Some(said)),
        }
    }
}

/// Whether a placeholder is filled where people read, and not only in a link's address.
fn is_seen(text: &str, reply: Reply, need: &str) -> bool {
    const MARK: &str = "\u{10fffd}";
    let filled = filled(text, |name| {
        if name == need { Some(MARK.to_owned()) } else { reply.example(name).map(str::to_owned) }
    });
    Html::from_markup(&filled).is_ok_and(|said| said.plain().contains(MARK))
}

/// The placeholders in a text, and what stands around them: `Ok` is a name, `Err` any other text.
fn parts(text: &str) -> impl Iterator<Item = Result<&str, &str>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(name) = leading_name(rest) {
            rest = &rest[name.len() + 2..];
            return Some(Ok(name));
        }
        let next = rest.char_indices().skip(1).find(|(at, _)| leading_name(&rest[*at..]).is_some());
        let (plain, after) = rest.split_at(next.map_or(rest.len(), |(at, _)| at));
        rest = after;
        Some(Err(plain))
    })
}

/// The name in the placeholder with which a text begins.
fn leading_name(text: &str) -> Option<&str> {
    let text = text.strip_prefix('{')?;
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')?;
    let (name, rest) = text.split_at(end);
    (!name.is_empty() && rest.starts_with('}')).then_some(name)
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    parts(text).filter_map(Result::ok)
}

/// A text with its placeholders filled; one that nothing fills stays as it is written.
pub(super) fn filled(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let part = |part: Result<&str, &str>| match part {
        Ok(name) => value(name).unwrap_or_else(|| format!("{{{name}}}")),
        Err(plain) => plain.to_owned(),
    };
    parts(text).map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reply: Reply, text: &str) -> Result<String, Flaw> {
        let template = Template { text: Some(text.to_owned()), picture: None };
        template.check(reply).map(|said| said.expect("it has words").plain())
    }

    #[test]
    fn placeholders_are_filled_and_other_braces_stay() {
        let said = check(Reply::Paid, "<b>{nama}</b> { } {{total}} {}").expect("fit");
        assert_eq!(said, "Budi { } {Rp 45.000} {}");
        assert_eq!(check(Reply::Welcome, "ñ{nama}ñ").expect("fit"), "ñBudiñ");
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(check(Reply::Paid, "Halo {nam}"), Err(Flaw::Unknown("nam".to_owned())));
        assert_eq!(check(Reply::Welcome, "{order_id}"), Err(Flaw::Unknown("order_id".to_owned())));
        assert_eq!(check(Reply::Terms, "Baca ya"), Err(Flaw::Lacks("snk")));
        let hidden = "<a href=\"https://toko.test/{snk}\">Baca ya</a>";
        assert_eq!(check(Reply::Terms, hidden), Err(Flaw::Lacks("snk")));
        assert!(check(Reply::Terms, &format!("{hidden} {{snk}}")).is_ok());
        assert_eq!(check(Reply::Paid, " \n "), Err(Flaw::Empty));
        assert!(matches!(check(Reply::Paid, "<b>{nama}"), Err(Flaw::Markup(_))));
        let most = Reply::Paid.most();
        assert!(check(Reply::Paid, &"x".repeat(most)).is_ok());
        assert_eq!(check(Reply::Paid, &"x".repeat(most + 1)), Err(Flaw::TooLong(most)));
        let pictured = Template { text: None, picture: Some("file".to_owned()) };
        assert_eq!(pictured.check(Reply::Paid), Err(Flaw::NoPicture));
        assert_eq!(pictured.check(Reply::Welcome), Ok(None));
    }

    #[test]
    fn a_template_is_read_as_it_was_written() {
        assert_eq!(Template::default().written(), None);
        let some = Template { text: Some("Hai".to_owned()), picture: Some("file".to_owned()) };
        assert_eq!(Template::read(&some.written().expect("it differs")), Some(some));
        assert_eq!(Template::read("{\"teks\":1}"), None);
    }

    #[test]
    fn the_names_of_settings_differ() {
        let names: std::collections::BTreeSet<String> =
            Setting::every().map(Setting::name).collect();
        assert_eq!(names.len(), 1 + Reply::ALL.len() * Language::ALL.len());
    }
}
