//! The gateway's own books: projects, their transactions, and the rules by which these change.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use super::methods::{self, FeePayer, Instrument, Version};
use super::qris;
use crate::primitives::{Secret, Timestamp, random_bytes};

/// After this long without payment version 2 cancels a transaction by itself.
pub(super) const DAY: Duration = Duration::from_hours(24);
/// How long a QR lives unless the test says otherwise.
const QR_LIFE: Duration = Duration::from_hours(1);
/// A status query is allowed once in this time per transaction.
const STATUS_PAUSE: Duration = Duration::from_secs(4);
/// Creates, and likewise cancels, allowed per project in any second.
const PER_SECOND: usize = 2;
/// Transactions kept; beyond them the gateway answers that it is full.
const MOST: usize = 1_000_000;

/// Where a transaction stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Waits for the payer.
    Pending,
    /// Paid.
    Completed,
    /// Cancelled by the shop or by age; on the wire `canceled`.
    Canceled,
    /// Too late to pay; version 1 alone says so.
    Expired,
    /// Any other word, to see what a client makes of it.
    Other(String),
}

impl State {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
            Self::Other(word) => word,
        }
    }
}

/// A transaction as the gateway shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// The gateway's id: nine lower-case letters.
    pub txn_id: String,
    /// The project's slug.
    pub project: String,
    /// The shop's reference (`order_id` on the wire).
    pub reference: String,
    /// The method, such as `qris`.
    pub method: String,
    /// The base amount in rupiah.
    pub amount: i64,
    /// The gateway's fee in rupiah.
    pub fee: i64,
    /// What the payer is charged, in rupiah.
    pub total: i64,
    /// The QR's text; empty for another method.
    pub qr_string: String,
    /// The virtual account's number; empty for another method.
    pub va_number: String,
    /// Where it stands.
    pub state: State,
    /// Whether it is play money.
    pub sandbox: bool,
    /// The wire it was created on.
    pub version: Version,
    /// When it was created.
    pub created_at: Timestamp,
    /// Until when the QR is meant to be paid.
    pub expired_at: Timestamp,
    /// When it was paid.
    pub completed_at: Option<Timestamp>,
}

/// What a project was told and how it behaves.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) api_key: Secret<String>,
    pub(super) webhook_secret: Secret<String>,
    pub(super) sandbox: bool,
    pub(super) fee: FeePayer,
    pub(super) version: Version,
    pub(super) qr_life: Duration,
    pub(super) callback_url: Option<String>,
    pub(super) route: Option<SocketAddr>,
    pub(super) muted: bool,
    pub(super) retry: bool,
    creates: VecDeque<Timestamp>,
    cancels: VecDeque<Timestamp>,
}

impl Account {
    pub(super) fn new(
        api_key: Secret<String>,
        webhook_secret: Secret<String>,
        sandbox: bool,
        fee: FeePayer,
    ) -> Self {
        Self {
            api_key,
            webhook_secret,
            sandbox,
            fee,
            version: Version::V2,
            qr_life: QR_LIFE,
            callback_url: None,
            route: None,
            muted: false,
            retry: false,
            creates: VecDeque::new(),
            cancels: VecDeque::new(),
        }
    }

    /// Whether one more create is within the limit at `now`.
    pub(super) fn admit_create(&mut self, now: Timestamp) -> bool {
        admit(&mut self.creates, now)
    }

    /// Whether one more cancel is within the limit at `now`.
    pub(super) fn admit_cancel(&mut self, now: Timestamp) -> bool {
        admit(&mut self.cancels, now)
    }
}

fn admit(admitted: &mut VecDeque<Timestamp>, now: Timestamp) -> bool {
    while admitted.front().is_some_and(|first| now.since(*first) >= Duration::from_secs(1)) {
        admitted.pop_front();
    }
    let fits = admitted.len() < PER_SECOND;
    if fits {
        admitted.push_back(now);
    }
    fits
}

#[derive(Debug)]
struct Row {
    shown: Transaction,
    /// The amount asked for, which stays the key when a test makes the gateway show another one.
    asked: i64,
    last_status: Option<Timestamp>,
}

/// What a create wants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) version: Version,
    pub(super) project: &'a str,
    pub(super) reference: &'a str,
    pub(super) method: &'a str,
    pub(super) amount: i64,
}

/// How a create ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Created {
    New(Transaction),
    Found(Transaction),
    /// The reference was used before with another amount or method.
    Differs,
    Full,
}

/// Why a payment or a cancellation is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no such transaction in this project.
    #[error("Transaksi tidak ditemukan")]
    Unknown,
    /// It has been paid.
    #[error("Transaksi sudah dibayar")]
    Completed,
    /// It was cancelled, or has expired, or stands in a state the bank does not know.
    #[error("Transaksi sudah ditutup")]
    Closed,
}

/// All projects and transactions.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) accounts: HashMap<String, Account>,
    rows: Vec<Row>,
    by_id: HashMap<String, usize>,
    by_reference: HashMap<(String, String), usize>,
}

impl Book {
    /// The transaction with this id, aged to `now`.
    pub(super) fn find(&mut self, txn_id: &str, now: Timestamp) -> Option<Transaction> {
        self.row(txn_id, now).map(|row| row.shown.clone())
    }

    /// The transaction of this reference that was created for `amount`, if one is given.
    pub(super) fn find_order(
        &mut self,
        project: &str,
        reference: &str,
        amount: Option<i64>,
        now: Timestamp,
    ) -> Option<Transaction> {
        let place = *self.by_reference.get(&(project.to_owned(), reference.to_owned()))?;
        let row = self.rows[place].aged(now);
        amount.is_none_or(|asked| asked == row.asked).then(|| row.shown.clone())
    }

    /// A project's transactions, oldest first, aged to `now`.
    pub(super) fn list(&mut self, project: &str, now: Timestamp) -> Vec<Transaction> {
        let own = self.rows.iter_mut().filter(|row| row.shown.project == project);
        own.map(|row| row.aged(now).shown.clone()).collect()
    }

    /// A project's oldest transaction that `fits`.
    pub(super) fn find_where(
        &mut self,
        project: &str,
        now: Timestamp,
        fits: impl Fn(&Transaction) -> bool,
    ) -> Option<Transaction> {
        let own = self.rows.iter_mut().filter(|row| row.shown.project == project);
        own.map(|row| &row.aged(now).shown).find(|shown| fits(shown)).cloned()
    }

    /// Finds the transaction of this reference or creates it.
    pub(super) fn create(&mut self, wanted: Wanted<'_>, now: Timestamp) -> Created {
        let key = (wanted.project.to_owned(), wanted.reference.to_owned());
        if let Some(place) = self.by_reference.get(&key) {
            let row = self.rows[*place].aged(now);
            let same = row.asked == wanted.amount && row.shown.method == wanted.method;
            return if same { Created::Found(row.shown.clone()) } else { Created::Differs };
        }
        if self.rows.len() >= MOST {
            return Created::Full;
        }
        let Some(shown) = self.open(wanted, now) else { return Created::Full };
        let place = self.rows.len();
        self.by_id.insert(shown.txn_id.clone(), place);
        self.by_reference.insert(key, place);
        self.rows.push(Row { shown: shown.clone(), asked: wanted.amount, last_status: None });
        Created::New(shown)
    }

    fn open(&self, wanted: Wanted<'_>, now: Timestamp) -> Option<Transaction> {
        let account = self.accounts.get(wanted.project)?;
        let txn_id =
            std::iter::repeat_with(nine_letters).find(|id| !self.by_id.contains_key(id))?;
        let fee = methods::fee(wanted.method, wanted.amount);
        let total = match account.fee {
            FeePayer::Customer => wanted.amount + fee,
            FeePayer::Merchant => wanted.amount,
        };
        let instrument = methods::instrument(wanted.version, wanted.method)?;
        let qr_string = match instrument {
            Instrument::Qr if account.sandbox => qris::SANDBOX_QR.to_owned(),
            Instrument::Qr => qris::payload(wanted.project, wanted.reference, &txn_id, total),
            Instrument::VirtualAccount | Instrument::Page => String::new(),
        };
        let va_number = match instrument {
            Instrument::VirtualAccount => format!("8808{:012}", self.rows.len() + 1),
            Instrument::Qr | Instrument::Page => String::new(),
        };
        Some(Transaction {
            txn_id,
            project: wanted.project.to_owned(),
            reference: wanted.reference.to_owned(),
            method: wanted.method.to_owned(),
            amount: wanted.amount,
            fee,
            total,
            qr_string,
            va_number,
            state: State::Pending,
            sandbox: account.sandbox,
            version: wanted.version,
            created_at: now,
            expired_at: now.plus(account.qr_life),
            completed_at: None,
        })
    }

    /// Whether a status query is within the limit at `now`; counts it if so.
    pub(super) fn admit_status(&mut self, txn_id: &str, now: Timestamp) -> bool {
        let Some(row) = self.row(txn_id, now) else { return true };
        let fits = row.last_status.is_none_or(|last| now.since(last) >= STATUS_PAUSE);
        if fits {
            row.last_status = Some(now);
        }
        fits
    }

    /// Marks it paid; `late` also takes money for what was closed before.
    pub(super) fn pay(
        &mut self,
        txn_id: &str,
        late: bool,
        now: Timestamp,
    ) -> Result<Transaction, Refused> {
        let row = self.row(txn_id, now).ok_or(Refused::Unknown)?;
        match row.shown.state {
            State::Completed => return Err(Refused::Completed),
            State::Pending => {}
            _ if late => {}
            _ => return Err(Refused::Closed),
        }
        row.shown.state = State::Completed;
        row.shown.completed_at = Some(now);
        Ok(row.shown.clone())
    }

    /// Closes it unpaid.
    pub(super) fn cancel(&mut self, txn_id: &str, now: Timestamp) -> Result<(), Refused> {
        let row = self.row(txn_id, now).ok_or(Refused::Unknown)?;
        match row.shown.state {
            State::Completed => Err(Refused::Completed),
            State::Pending => {
                row.shown.state = State::Canceled;
                Ok(())
            }
            _ => Err(Refused::Closed),
        }
    }

    /// Changes what the gateway shows, without any rule; `None` when there is no such transaction.
    pub(super) fn alter(
        &mut self,
        txn_id: &str,
        now: Timestamp,
        change: impl FnOnce(&mut Transaction),
    ) -> Option<Transaction> {
        let row = self.row(txn_id, now)?;
        change(&mut row.shown);
        Some(row.shown.clone())
    }

    fn row(&mut self, txn_id: &str, now: Timestamp) -> Option<&mut Row> {
        let place = *self.by_id.get(txn_id)?;
        Some(self.rows[place].aged(now))
    }
}

impl Row {
    /// Closes what nobody paid in time: version 2 cancels after a day, version 1 expires the QR.
    fn aged(&mut self, now: Timestamp) -> &mut Self {
        if self.shown.state == State::Pending {
            match self.shown.version {
                Version::V2 if now.since(self.shown.created_at) >= DAY => {
                    self.shown.state = State::Canceled;
                }
                Version::V1 if now > self.shown.expired_at => self.shown.state = State::Expired,
                _ => {}
            }
        }
        self
    }
}

fn nine_letters() -> String {
    random_bytes::<9>().iter().map(|byte| char::from(b'a' + byte % 26)).collect()
}
