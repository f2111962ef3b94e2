//! Bugs that the fault suite plants on purpose, to see that it catches them; none without the feature `planted`.

#[cfg(feature = "planted")]
use std::sync::OnceLock;

/// A bug that can be planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// What is told 200 is committed, but the disk is not waited for.
    NormalSync,
    /// What is told 200 is not committed yet.
    AckEarly,
    /// What came before is worked on again.
    ForgetKeys,
    /// Updates of one person are worked on in any order.
    OwnLanes,
    /// What was taken over by another worker is finished all the same.
    NoFence,
    /// Only callbacks are a reason to look for payments.
    NoSweep,
    /// A callback is believed, and the gateway not asked.
    TrustCallback,
    /// Whatever was paid is enough.
    AnyAmount,
    /// Play money is money.
    SandboxCounts,
    /// Money for an order that ended is forgotten.
    DropLate,
    /// Units reserved for others are reserved again.
    Oversell,
    /// Units of orders that ended stay reserved.
    KeepUnits,
    /// Goods go to somebody else.
    WrongChat,
    /// Goods for who blocked the bot are given up.
    DropParked,
    /// Who is told to wait does not.
    IgnoreRetryAfter,
    /// Any secret of the right length opens the door.
    AnySecret,
}

impl Bug {
    /// Every bug and the word that plants it.
    pub const ALL: &[(&str, Self)] = &[
        ("normal-sync", Self::NormalSync),
        ("ack-early", Self::AckEarly),
        ("forget-keys", Self::ForgetKeys),
        ("own-lanes", Self::OwnLanes),
        ("no-fence", Self::NoFence),
        ("no-sweep", Self::NoSweep),
        ("trust-callback", Self::TrustCallback),
        ("any-amount", Self::AnyAmount),
        ("sandbox-counts", Self::SandboxCounts),
        ("drop-late", Self::DropLate),
        ("oversell", Self::Oversell),
        ("keep-units", Self::KeepUnits),
        ("wrong-chat", Self::WrongChat),
        ("drop-parked", Self::DropParked),
        ("ignore-retry-after", Self::IgnoreRetryAfter),
        ("any-secret", Self::AnySecret),
    ];

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
