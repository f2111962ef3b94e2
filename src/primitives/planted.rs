//! Bugs that the fault suite plants on purpose, to see that it catches them; none without the feature `planted`.

#[cfg(feature = "planted")]
use std::sync::OnceLock;

/// A bug that can be planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// What is told 200 is committed, but the disk is not waited for.
    NormalSync,
}

impl Bug {
    /// Every bug and the word that plants it.
    pub const ALL: &[(&str, Self)] = &[("normal-sync", Self::NormalSync)];

    /// The bug of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, bug)| *bug)
    }
}

#[cfg(feature = "planted")]
static PLANTED: OnceLock<Option<Bug>> = OnceLock::new();

/// Plants what the configuration asks for; only the first call counts.
#[cfg(feature = "planted")]
pub fn plant(bug: Option<Bug>) {
    let _ = PLANTED.set(bug);
}

/// Whether this bug is planted.
#[cfg(feature = "planted")]
#[must_use]
pub fn planted(bug: Bug) -> bool {
    PLANTED.get() == Some(&Some(bug))
}

/// Nothing: this build has no planted bugs.
#[cfg(not(feature = "planted"))]
pub const fn plant(_bug: Option<Bug>) {}

/// Never: this build has no planted bugs.
#[cfg(not(feature = "planted"))]
#[must_use]
pub const fn planted(_bug: Bug) -> bool {
    false
}
