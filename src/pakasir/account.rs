//! The store's account at the gateway, checked before the first call.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::primitives::Secret;

/// Which of the gateway's two interfaces a store speaks. There is no falling back from one to
/// the other: a failed v2 call may already have made a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Version {
    /// The current one.
    #[default]
    V2,
    /// The older one, announced to end on 20 October 2026.
    V1,
}

/// A text that names no [`Version`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a version of the gateway; use v2 or v1")]
pub struct UnknownVersion(String);

impl FromStr for Version {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        match text.trim().to_ascii_lowercase().as_str() {
            "v2" => Ok(Self::V2),
            "v1" => Ok(Self::V1),
            _ => Err(UnknownVersion(text.chars().take(20).collect())),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V2 => "v2",
            Self::V1 => "v1",
        })
    }
}

/// One project at the gateway and how to reach it.
#[derive(Debug, Clone)]
pub struct Account {
    /// The interface to speak.
    pub version: Version,
    /// Where the API lives, such as `https://app.pakasir.com`; plain http only on loopback.
    pub api_url: String,
    /// Where the hosted pages live that buyers open, such as `https://app.pakasir.com`.
    pub public_domain: String,
    /// The project's slug.
    pub slug: String,
    /// The project's API key.
    pub api_key: Secret<String>,
    /// Whether this store takes sandbox transactions, and only those. The shop judges by it; the
    /// gateway's answers are passed on with their flag either way.
    pub sandbox: bool,
}

/// Why an account cannot be used. Holds no value of it, so it may be shown and logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountFault {
    /// The API's address cannot be used.
    #[error("the gateway's API address {0}")]
    ApiUrl(String),
    /// The address of the hosted pages cannot be used.
    #[error("the gateway's public address {0}")]
    PublicDomain(String),
    /// The slug is empty, too long or holds what no path can carry.
    #[error("the project slug must be 1 to 64 visible characters, as the dashboard shows it")]
    Slug,
    /// The key is empty, too long or holds what no header can carry.
    #[error("the project's API key must be 1 to 256 visible ASCII characters without spaces")]
    ApiKey,
    /// The HTTP client cannot be built.
    #[error("the HTTP client for the gateway cannot be built: {0}")]
    Client(String),
}

impl Account {
    /// Checks slug and key; the addresses are checked where they are parsed.
    pub(super) fn check_names(&self) -> Result<(), AccountFault> {
        if !is_path_part(&self.slug) {
            return Err(AccountFault::Slug);
        }
        let key = self.api_key.expose();
        if !(1..=256).contains(&key.len()) || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(AccountFault::ApiKey);
        }
        Ok(())
    }
}

/// Whether `text` can stand as one part of a path: 1 to 64 visible ASCII characters, and not
/// `.` or `..`, which address parsers resolve away even when percent-encoded.
pub(super) fn is_path_part(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic())
        && !matches!(text, "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_as_it_is_written() {
        for version in [Version::V2, Version::V1] {
            assert_eq!(version.to_string().parse(), Ok(version));
            let json = serde_json::to_string(&version).unwrap();
            assert_eq!(json, format!("\"{version}\""));
            assert_eq!(serde_json::from_str::<Version>(&json).unwrap(), version);
        }
        assert_eq!(" V1 ".parse(), Ok(Version::V1));
        assert!("v3".parse::<Version>().is_err());
        assert_eq!(Version::default(), Version::V2);
    }

    #[test]
    fn dots_and_invisible_characters_are_no_path_part() {
        for bad in ["", ".", "..", "a b", "a\n", "é", &"a".repeat(65)] {
            assert!(!is_path_part(bad), "{bad:?} passed");
        }
        for good in ["vwiqpcriq", "toko-saya", "a/b", "...", "x.y"] {
            assert!(is_path_part(good), "{good:?} failed");
        }
    }
}
