//! The languages the chat speaks.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A language with a complete message file.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Bahasa Indonesia, the fallback.
    #[default]
    Id,
    /// English.
    En,
}

impl Language {
    /// Every language, the fallback first.
    pub const ALL: [Self; 2] = [Self::Id, Self::En];

    /// The two-letter code, as Telegram and the message files use it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
        }
    }

    /// Reads a code such as `id`, `en` or `en-GB`; `None` for a language we have no texts in.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let base = code.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| base.eq_ignore_ascii_case(language.code()))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
