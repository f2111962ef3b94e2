//! A project of the fake gateway in a test's hands: its bank, its callbacks, its lies.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::book::{Account, Refused, State, Transaction};
use super::callbacks::{self, CallbackBody, Parcel, SecretHeader};
use super::gateway::Gateway;
use super::methods::{FeePayer, Version};
use crate::primitives::{Secret, random_token};

/// What a project is registered with.
#[derive(Debug, Clone)]
pub struct NewProject {
    /// The slug, part of every call.
    pub slug: String,
    /// The key that calls carry.
    pub api_key: Secret<String>,
    /// What callbacks of version 2 carry in `X-Secret`.
    pub webhook_secret: Secret<String>,
    /// Whether transactions are play money.
    pub sandbox: bool,
    /// Who carries the fee.
    pub fee: FeePayer,
}

impl NewProject {
    /// A live project named `slug` with random secrets, whose buyers carry the fee.
    #[must_use]
    pub fn named(slug: &str) -> Self {
        Self {
            slug: slug.to_owned(),
            api_key: Secret::new(random_token()),
            webhook_secret: Secret::new(random_token()),
            sandbox: false,
            fee: FeePayer::Customer,
        }
    }
}

/// A handle on one project; clones share it.
#[derive(Clone)]
pub struct Project {
    gateway: Arc<Gateway>,
    slug: String,
}

impl Project {
    pub(super) fn register(gateway: &Arc<Gateway>, new: NewProject) -> Self {
        let NewProject { slug, api_key, webhook_secret, sandbox, fee } = new;
        let account = Account::new(api_key, webhook_secret, sandbox, fee);
        gateway.book().accounts.insert(slug.clone(), account);
        Self { gateway: Arc::clone(gateway), slug }
    }

    /// Its slug.
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// Its API key.
    #[must_use]
    pub fn api_key(&self) -> Secret<String> {
        self.account(|account| account.api_key.clone())
    }

    /// Its webhook secret.
    #[must_use]
    pub fn webhook_secret(&self) -> Secret<String> {
        self.account(|account| account.webhook_secret.clone())
    }

    /// Changes the key, as the owner may in the dashboard.
    pub fn rotate(&self, api_key: Secret<String>, webhook_secret: Secret<String>) {
        self.account(|account| {
            account.api_key = api_key;
            account.webhook_secret = webhook_secret;
        });
    }

    /// Where to POST callbacks; `None` for nowhere. An `http` URL must name this machine.
    pub fn callbacks_to(&self, url: Option<&str>) {
        self.account(|account| account.callback_url = url.map(str::to_owned));
    }

    /// Sends the callbacks of any URL, also an `https` one, to this address in plain HTTP.
    pub fn route_callbacks_to(&self, address: SocketAddr) {
        assert!(address.ip().is_loopback(), "callbacks of the fake gateway stay on this machine");
        self.account(|account| account.route = Some(address));
    }

    /// Whether callbacks are lost from now on.
    pub fn mute_callbacks(&self, muted: bool) {
        self.account(|account| account.muted = muted);
    }

    /// Whether a callback that is not answered 2xx is sent again: at once, then after 2, 4, 8 …
    /// seconds on the clock, eight tries in all. Off at first, as nothing is promised.
    pub fn retry_callbacks(&self, retry: bool) {
        self.account(|account| account.retry = retry);
    }

    /// Whether new transactions are play money, as the switch in the dashboard says.
    pub fn sandbox(&self, sandbox: bool) {
        self.account(|account| account.sandbox = sandbox);
    }

    /// The shape of callbacks from now on; both APIs are served all the time.
    pub fn version(&self, version: Version) {
        self.account(|account| account.version = version);
    }

    /// How long the QR of new transactions lives; 60 minutes at first.
    pub fn qr_life(&self, life: Duration) {
        self.account(|account| account.qr_life = life);
    }

    /// Its transactions, oldest first.
    #[must_use]
    pub fn transactions(&self) -> Vec<Transaction> {
        let now = self.gateway.clock.now();
        self.gateway.book().list(&self.slug, now)
    }

    /// The transaction of this reference, once it is created.
    pub async fn transaction_for(&self, reference: &str) -> Transaction {
        let look = || {
            let now = self.gateway.clock.now();
            self.gateway.book().find_order(&self.slug, reference, None, now)
        };
        self.gateway.wait_for(look).await
    }

    /// The first transaction that `fits`, once there is one; `fits` must not ask the fake itself.
    pub async fn transaction_where(&self, fits: impl Fn(&Transaction) -> bool) -> Transaction {
        let look = || {
            let now = self.gateway.clock.now();
            self.gateway.book().find_where(&self.slug, now, &fits)
        };
        self.gateway.wait_for(look).await
    }

    /// The bank pays: completed, and the callback is queued unless callbacks are muted.
    ///
    /// # Errors
    /// [`Refused`] when it is unknown, paid or closed.
    pub fn pay(&self, txn_id: &str) -> Result<Transaction, Refused> {
        self.own(txn_id)?;
        self.gateway.pay(txn_id, false)
    }

    /// Pays even what was cancelled or has expired: money that arrives late.
    ///
    /// # Errors
    /// [`Refused`] when it is unknown or paid.
    pub fn pay_late(&self, txn_id: &str) -> Result<Transaction, Refused> {
        self.own(txn_id)?;
        self.gateway.pay(txn_id, true)
    }

    /// The bank pays and the callback is lost.
    ///
    /// # Errors
    /// [`Refused`] when it is unknown, paid or closed.
    pub fn pay_quietly(&self, txn_id: &str) -> Result<Transaction, Refused> {
        self.own(txn_id)?;
        let now = self.gateway.clock.now();
        let paid = self.gateway.book().pay(txn_id, false, now)?;
        self.gateway.beat();
        Ok(paid)
    }

    /// Sends the honest callback once more, as the dashboard's button does.
    ///
    /// # Errors
    /// [`Refused::Unknown`] when there is no such transaction.
    pub fn resend_callback(&self, txn_id: &str) -> Result<(), Refused> {
        let transaction = self.own(txn_id)?;
        self.gateway.announce(&transaction);
        Ok(())
    }

    /// Makes the gateway show another base amount, as after an under- or overpayment.
    pub fn set_amount(&self, txn_id: &str, amount: i64) {
        self.alter(txn_id, |shown| shown.amount = amount);
    }

    /// Makes the gateway show another state; the time of completion follows it.
    pub fn set_state(&self, txn_id: &str, state: State) {
        let now = self.gateway.clock.now();
        self.alter(txn_id, |shown| {
            shown.completed_at = (state == State::Completed).then_some(now);
            shown.state = state;
        });
    }

    /// Makes the gateway show it as play money or as real.
    pub fn set_sandbox(&self, txn_id: &str, sandbox: bool) {
        self.alter(txn_id, |shown| shown.sandbox = sandbox);
    }

    /// Sends any callback now, forged or odd, and returns the HTTP status; 0 without an answer.
    ///
    /// It goes where honest callbacks go, muted or not.
    pub async fn callback(
        &self,
        body: impl Into<CallbackBody>,
        secret: SecretHeader,
        content_type: Option<&str>,
    ) -> u16 {
        let own = self.webhook_secret();
        let secret = match secret {
            SecretHeader::Right => Some(own.expose().clone()),
            SecretHeader::Wrong => Some(wrong(own.expose())),
            SecretHeader::Missing => None,
            SecretHeader::Text(text) => Some(text),
        };
        let content_type = content_type.map(str::to_owned);
        let body = body.into().0;
        let parcel = self.account(|account| {
            let url = account.callback_url.clone()?;
            Some(Parcel { url, route: account.route, secret, content_type, body })
        });
        self.gateway.post(&self.slug, 1, parcel).await.unwrap_or(0)
    }

    /// What an honest callback about this transaction would carry now.
    ///
    /// # Panics
    /// When there is no such transaction.
    #[must_use]
    pub fn callback_body(&self, txn_id: &str) -> Value {
        let transaction = self.own(txn_id).expect("the transaction exists");
        callbacks::body(self.account(|account| account.version), &transaction)
    }

    /// Waits until no callback is on its way; one that waits for a later try does not count.
    pub async fn settled(&self) {
        self.gateway.settled().await;
    }

    fn own(&self, txn_id: &str) -> Result<Transaction, Refused> {
        let now = self.gateway.clock.now();
        let found = self.gateway.book().find(txn_id, now);
        found.filter(|found| found.project == self.slug).ok_or(Refused::Unknown)
    }

    fn alter(&self, txn_id: &str, change: impl FnOnce(&mut Transaction)) {
        self.own(txn_id).expect("the transaction exists");
        let now = self.gateway.clock.now();
        self.gateway.book().alter(txn_id, now, change);
        self.gateway.beat();
    }

    fn account<T>(&self, look: impl FnOnce(&mut Account) -> T) -> T {
        self.gateway.account(&self.slug, look).expect("a project is never removed")
    }
}

/// A text of the same length that differs in its last character.
fn wrong(secret: &str) -> String {
    let mut text = secret.to_owned();
    let last = text.pop();
    text.push(if last == Some('x') { 'y' } else { 'x' });
    text
}
