//! What a product and a category may look like, whoever writes it.

use crate::primitives::{CategoryId, Language, Rupiah};

/// What is unfit about a product or a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// The code has other letters, or too many.
    Code,
    /// The name cannot be seen, or is too long.
    Name,
    /// It is no price.
    Price,
    /// The description is too long.
    Description,
    /// It is no picture.
    Picture,
    /// The emoji is too long.
    Emoji,
    /// It is no number of units.
    LowStock,
    /// The terms are too long.
    Terms,
}

impl Unfit {
    /// The word in message keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Name => "name",
            Self::Price => "price",
            Self::Description => "description",
            Self::Picture => "picture",
            Self::Emoji => "emoji",
            Self::LowStock => "low-stock",
            Self::Terms => "terms",
        }
    }
}

/// The most characters of a product's name and of a category's.
pub const PRODUCT_NAME: usize = 128;
/// See [`PRODUCT_NAME`].
pub const CATEGORY_NAME: usize = 64;
/// The most characters of a description.
pub const DESCRIPTION: usize = 2000;
const CODE: usize = 32;
/// The most characters of what stands before a category's name.
pub const EMOJI: usize = 8;
const MOST_LOW_STOCK: i64 = 1_000_000;

/// A product's short code: 1 to 32 of `A–Z a–z 0–9 - _ .`.
///
/// # Errors
/// [`Unfit::Code`].
pub fn code(typed: &str) -> Result<String, Unfit> {
    let fit = (1..=CODE).contains(&typed.len())
        && typed.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    fit.then(|| typed.to_owned()).ok_or(Unfit::Code)
}

/// A name of at most `most` characters in one line, of which something can be seen.
///
/// # Errors
/// [`Unfit::Name`].
pub fn name(typed: &str, most: usize) -> Result<String, Unfit> {
    let fit = is_shown(typed, most) && !typed.chars().any(char::is_control);
    fit.then(|| typed.to_owned()).ok_or(Unfit::Name)
}

/// A price: `45000`, `45.000`, `Rp 45.000`.
///
/// # Errors
/// [`Unfit::Price`].
pub fn price(typed: &str) -> Result<Rupiah, Unfit> {
    typed.parse().map_err(|_| Unfit::Price)
}

/// A description of at most 2000 characters.
///
/// # Errors
/// [`Unfit::Description`].
pub fn description(typed: &str) -> Result<String, Unfit> {
    let fit = typed.chars().count() <= DESCRIPTION && !typed.contains('\0');
    fit.then(|| typed.to_owned()).ok_or(Unfit::Description)
}

/// What stands before a category's name; may be empty.
///
/// # Errors
/// [`Unfit::Emoji`].
pub fn emoji(typed: &str) -> Result<String, Unfit> {
    let fit = typed.chars().count() <= EMOJI && !typed.chars().any(char::is_control);
    fit.then(|| typed.to_owned()).ok_or(Unfit::Emoji)
}

/// From how many units on the admins are told that little is left.
///
/// # Errors
/// [`Unfit::LowStock`].
pub fn low_stock(typed: &str) -> Result<i64, Unfit> {
    let number = typed.trim().parse().map_err(|_| Unfit::LowStock)?;
    (0..=MOST_LOW_STOCK).contains(&number).then_some(number).ok_or(Unfit::LowStock)
}

/// Whether `name` has 1 to `most` characters, of which people see something.
#[must_use]
pub fn is_shown(name: &str, most: usize) -> bool {
    (1..=most).contains(&name.chars().count()) && !is_unseen(name)
}

/// Whether nobody would see anything of `name`: no button can carry it, and no message it alone.
fn is_unseen(name: &str) -> bool {
    name.chars().all(|letter| {
        letter.is_whitespace()
            || letter.is_control()
            || matches!(letter,
                '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}' | '\u{e0000}'..='\u{e0fff}')
    })
}

/// One thing about a product that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Its name.
    Name(String),
    /// Its price.
    Price(Rupiah),
    /// Its description.
    Description(String),
    /// Telegram's name for its picture.
    Picture(Option<String>),
    /// From how many units on little is left; `None` follows the store.
    LowStock(Option<i64>),
    /// Where it stands.
    Category(Option<CategoryId>),
    /// Whether it is sold.
    Active(bool),
    /// Its terms in a language.
    Terms(Language, Option<String>),
}

impl Edit {
    /// What happened, in the audit log.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        match self {
            Self::Name(_) => "product.name",
            Self::Price(_) => "product.price",
            Self::Description(_) => "product.description",
            Self::Picture(_) => "product.picture",
            Self::LowStock(_) => "product.low_stock",
            Self::Category(_) => "product.category",
            Self::Active(_) => "product.active",
            Self::Terms(Language::Id, _) => "product.terms.id",
            Self::Terms(Language::En, _) => "product.terms.en",
        }
    }
}

/// A slug for a category called `name`, which `taken` knows nothing of yet.
#[must_use]
pub fn slug(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let plain: String = name
        .to_lowercase()
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .collect();
    let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    let base: String = parts.join("-").chars().take(24).collect();
    let base = base.trim_matches('-');
    let base = if base.is_empty() { "kategori" } else { base };
    // One of so many numbers is free: a store has far fewer categories.
    (1..=1000)
        .map(|number: u32| if number == 1 { base.to_owned() } else { format!("{base}-{number}") })
        .find(|slug| !taken(slug))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_as_people_write_them() {
        for typed in ["45000", "45.000", "Rp 45.000", "rp45.000"] {
            assert_eq!(price(typed).map(Rupiah::get), Ok(45_000), "{typed}");
        }
        for typed in ["", "gratis", "-5", "4,5", "1e5"] {
            assert_eq!(price(typed), Err(Unfit::Price), "{typed}");
        }
    }

    #[test]
    fn codes_and_names_have_bounds() {
        assert!(code("NETFLIX-1_a.b").is_ok());
        for typed in ["", "a b", "é", &"x".repeat(33)] {
            assert_eq!(code(typed), Err(Unfit::Code), "{typed}");
        }
        assert!(name("Kopi Susu", PRODUCT_NAME).is_ok());
        for typed in ["", " ", "a\nb", "\u{200b}", &"x".repeat(129)] {
            assert_eq!(name(typed, PRODUCT_NAME), Err(Unfit::Name), "{typed:?}");
        }
    }

    #[test]
    fn slugs_are_short_and_their_own() {
        assert_eq!(slug("Streaming & Film", |_| false), "streaming-film");
        assert_eq!(slug("Streaming", |slug| slug == "streaming"), "streaming-2");
        assert_eq!(slug("漢字", |_| false), "kategori");
        assert!(slug(&"panjang ".repeat(20), |_| false).len() <= 24);
    }
}
