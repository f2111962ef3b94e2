//! The seam between the client and the two versions: a call as data, an answer as bytes.

use super::fields::{Fields, Odd};
use super::{Ask, Failure, Invoice, Sale, Status};
use crate::primitives::Secret;

/// What the shop always asks for.
pub(super) const METHOD: &str = "qris";

/// The HTTP verbs in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    Post,
}

/// One HTTP request. Path and body are covered because v1 puts the key into both.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) verb: Verb,
    /// Path and query, from the first `/`, percent-encoded.
    pub(super) path: Secret<String>,
    /// Whether the key goes into the `X-Api-Key` header.
    pub(super) key_in_header: bool,
    /// A JSON body.
    pub(super) body: Option<Secret<String>>,
}

/// One version's shapes: pure functions from requests to calls and from bytes to answers.
pub(super) trait Wire: Send + Sync {
    fn create(&self, ask: &Ask) -> Call;
    fn invoice(&self, ask: &Ask, body: &[u8]) -> Result<Invoice, Failure>;
    /// What 404 means on a create, given what the gateway said.
    fn missing_on_create(&self, message: String) -> Failure;
    fn status(&self, sale: &Sale) -> Result<Call, Failure>;
    fn standing(&self, sale: &Sale, body: &[u8]) -> Result<Status, Failure>;
    fn cancel(&self, sale: &Sale) -> Result<Call, Failure>;
}

impl From<Odd> for Failure {
    /// An answer in a shape we do not know leaves the outcome unknown.
    fn from(odd: Odd) -> Self {
        Self::Unknown(odd.to_string())
    }
}

/// The JSON object in `body`; anything else, such as a proxy's HTML page, is no answer.
pub(super) fn object(body: &[u8]) -> Result<Fields, Failure> {
    Fields::parse(body).ok_or_else(|| {
        Failure::Unknown(format!("not a JSON object: {}", String::from_utf8_lossy(body)))
    })
}

/// Fails closed when a create answer speaks of another transaction than the one asked for.
/// An echo that is absent proves nothing and is let through.
pub(super) fn check_echo(fields: &Fields, slug: &str, ask: &Ask) -> Result<(), Failure> {
    same_text(fields, "project", slug)?;
    same_text(fields, "order_id", ask.reference.as_str())?;
    same_text(fields, "payment_method", METHOD)?;
    match fields.whole("amount")? {
        Some(amount) if amount != ask.amount.get() => {
            Err(Failure::Mismatch(format!("amount is {amount} instead of {}", ask.amount.get())))
        }
        _ => Ok(()),
    }
}

/// Fails closed when the text in `field` is there and differs from `wanted`.
pub(super) fn same_text(fields: &Fields, field: &'static str, wanted: &str) -> Result<(), Failure> {
    match fields.text(field)? {
        Some(text) if text != wanted => {
            // Clipped later, after the key was taken out of it.
            Err(Failure::Mismatch(format!("{field} is '{text}' instead of '{wanted}'")))
        }
        _ => Ok(()),
    }
}
