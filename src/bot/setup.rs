//! The steps by which a store is set up in the chat.

use serde::{Deserialize, Serialize};

/// One thing that is asked, or done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetupStep {
    /// What the store is called.
    Name,
    /// Where its clock stands.
    Zone,
    /// Its project at the gateway.
    Project,
    /// The project's key.
    Key,
    /// What the gateway's callbacks carry.
    Secret,
    /// A purchase with play money.
    Rehearsal,
}

impl SetupStep {
    /// Every step, in order; its place is its number in the buttons.
    pub const ALL: [Self; 6] =
        [Self::Name, Self::Zone, Self::Project, Self::Key, Self::Secret, Self::Rehearsal];

    /// Its number, counted from 1.
    #[must_use]
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|step| *step == self).unwrap_or_default() + 1
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self::ALL.get(self.number()).copied().unwrap_or(Self::Rehearsal)
    }

    /// Whether what is typed must be kept from everybody.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::Key | Self::Secret)
    }

    /// Whether it says where the money goes: the store's owners answer it, and nobody whom they hired.
    #[must_use]
    pub const fn is_of_money(self) -> bool {
        matches!(self, Self::Project | Self::Key | Self::Secret)
    }

    /// The word in message keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Zone => "zone",
            Self::Project => "project",
            Self::Key => "key",
            Self::Secret => "secret",
            Self::Rehearsal => "rehearsal",
        }
    }
}

/// The zones of Indonesia that a button stands for: the short name and the one that clocks know.
pub const ZONES: [(&str, &str); 3] =
    [("WIB", "Asia/Jakarta"), ("WITA", "Asia/Makassar"), ("WIT", "Asia/Jayapura")];
