//! What a store knows of its project at the payment gateway, as it is given piece by piece.

use super::Store;
use crate::pakasir::Version;
use crate::primitives::Secret;

/// A store's project at the payment gateway.
#[derive(Debug, Clone)]
pub struct GatewayKeys {
    /// The project's slug.
    pub slug: String,
    /// The project's key.
    pub api_key: Secret<String>,
    /// What callbacks must carry; without it callbacks of `v2` are refused.
    pub callback_secret: Option<Secret<String>>,
    /// Which API the project speaks.
    pub version: Version,
    /// Whether the project is in sandbox mode.
    pub sandbox: bool,
}

/// Gateway settings as they come in, one by one.
#[derive(Debug, Clone, Default)]
pub(super) struct GatewayGiven {
    pub(super) slug: Option<String>,
    pub(super) api_key: Option<Secret<String>>,
    pub(super) callback_secret: Option<Secret<String>>,
    pub(super) version: Version,
    pub(super) sandbox: bool,
}

impl GatewayGiven {
    pub(super) fn keys(&self) -> Option<GatewayKeys> {
        Some(GatewayKeys {
            slug: self.slug.clone()?,
            api_key: self.api_key.clone()?,
            callback_secret: self.callback_secret.clone(),
            version: self.version,
            sandbox: self.sandbox,
        })
    }
}

/// What of a store's gateway settings is there, without a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given<'a> {
    /// The project's slug.
    pub project: Option<&'a str>,
    /// Whether the project's key is there.
    pub has_key: bool,
    /// Whether the callback secret is there.
    pub has_secret: bool,
}

impl Store {
    /// What of the gateway settings was given so far.
    #[must_use]
    pub fn gateway_given(&self) -> Given<'_> {
        let GatewayGiven { slug, api_key, callback_secret, .. } = &self.given;
        let (has_key, has_secret) = (api_key.is_some(), callback_secret.is_some());
        Given { project: slug.as_deref(), has_key, has_secret }
    }
}
