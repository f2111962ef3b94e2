//! What the gateway's answers mean for one account; needs no line to it.

use super::account::{Account, AccountFault};
use super::answer::Answer;
use super::failure::presentable;
use super::v1::V1;
use super::v2::V2;
use super::wire::Wire;
use super::{Ask, Failure, Invoice, Sale, Status, Version};
use crate::primitives::Secret;

/// Reads answers as one account's version speaks them. No failure it gives holds the key.
pub struct Reader {
    pub(super) wire: Box<dyn Wire>,
    key: Secret<String>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

impl Reader {
    /// A reader for one account.
    ///
    /// # Errors
    /// [`AccountFault`] when the slug or the key cannot be used.
    pub fn new(account: Account) -> Result<Self, AccountFault> {
        account.check_names()?;
        let key = account.api_key.clone();
        let wire: Box<dyn Wire> = match account.version {
            Version::V2 => Box::new(V2(account)),
            Version::V1 => Box::new(V1(account)),
        };
        Ok(Self { wire, key })
    }

    /// What came back to a create.
    ///
    /// # Errors
    /// [`Failure`] says what can be done about it.
    pub fn invoice(&self, ask: &Ask, answer: Answer) -> Result<Invoice, Failure> {
        let body = answer.judge(|message| self.wire.missing_on_create(message));
        self.clean(body.and_then(|body| self.wire.invoice(ask, &body)))
    }

    /// What came back to a question for the status.
    ///
    /// # Errors
    /// As [`Reader::invoice`].
    pub fn standing(&self, sale: &Sale, answer: Answer) -> Result<Status, Failure> {
        let body = answer.judge(|_| Failure::NotFound);
        self.clean(body.and_then(|body| self.wire.standing(sale, &body)))
    }

    /// What came back to a cancel: any 2xx will do, nobody agrees on what its body holds.
    ///
    /// # Errors
    /// As [`Reader::invoice`].
    pub fn cancelled(&self, answer: Answer) -> Result<(), Failure> {
        self.clean(answer.judge(|_| Failure::NotFound).map(|_body| ()))
    }

    pub(super) fn clean<T>(&self, outcome: Result<T, Failure>) -> Result<T, Failure> {
        outcome.map_err(|failure| failure.scrubbed(&self.key))
    }

    /// What a server said, fit for a log.
    pub(super) fn presentable(&self, text: &str) -> String {
        presentable(text, &self.key)
    }
}
