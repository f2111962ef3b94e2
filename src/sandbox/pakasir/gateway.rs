//! The state that all parts share, and the two things everybody does: answer a call, announce a payment.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::answer::Answer;
use super::book::{Account, Book, Refused, Transaction};
use super::callbacks::{self, Parcel};
use super::faults::{CallKind, FaultKind, Faults};
use super::ledger::{Call, CallbackSent, Ledger, Violation};
use super::methods::Version;
use crate::primitives::{Clock, Timestamp};

/// Tries for one callback: the first, one more at once, then after 2, 4, 8 … seconds.
const TRIES: u32 = 8;
/// A shop that takes longer than this has not answered.
const PATIENCE: Duration = Duration::from_secs(10);
/// Callbacks on the wire at one time.
const DOORS: usize = 64;
/// Callbacks under way or waiting for their next try; more are lost.
const MOST_FLIGHTS: usize = 100_000;
/// Where the real gateway's pages are.
const PAGES: &str = "https://app.pakasir.com";

/// One call as it came in.
pub(super) struct Asked {
    pub(super) route: &'static str,
    pub(super) kind: Option<CallKind>,
    pub(super) project: String,
    pub(super) reference: String,
    pub(super) amount: Option<i64>,
}

/// Everything behind the handles; one per running fake.
pub(super) struct Gateway {
    pub(super) clock: Clock,
    pub(super) ledger: Ledger,
    pub(super) faults: Faults,
    pub(super) status_limit: AtomicBool,
    pub(super) pace_limit: AtomicBool,
    pub(super) pages: RwLock<String>,
    pub(super) tasks: TaskTracker,
    pub(super) stop: CancellationToken,
    book: Mutex<Book>,
    pulse: watch::Sender<u64>,
    flights: Mutex<BTreeMap<u64, Timestamp>>,
    next_flight: AtomicU64,
    doors: Semaphore,
    runtime: Handle,
}

impl Gateway {
    /// An empty gateway on the current runtime.
    pub(super) fn new(clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            clock,
            ledger: Ledger::default(),
            faults: Faults::default(),
            status_limit: AtomicBool::new(true),
            pace_limit: AtomicBool::new(true),
            pages: RwLock::new(PAGES.to_owned()),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            book: Mutex::default(),
            pulse: watch::Sender::new(0),
            flights: Mutex::default(),
            next_flight: AtomicU64::new(0),
            doors: Semaphore::new(DOORS),
            runtime: Handle::current(),
        })
    }

    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn flights(&self) -> MutexGuard<'_, BTreeMap<u64, Timestamp>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads or changes a project's account; `None` when there is no such project.
    pub(super) fn account<T>(&self, slug: &str, look: impl FnOnce(&mut Account) -> T) -> Option<T> {
        self.book().accounts.get_mut(slug).map(look)
    }

    /// Where the hosted pages are, without a slash at the end.
    pub(super) fn pages_url(&self) -> String {
        self.pages.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Wakes whoever waits for something to happen.
    pub(super) fn beat(&self) {
        self.pulse.send_modify(|beats| *beats = beats.wrapping_add(1));
    }

    /// Waits until `look` finds something.
    pub(super) async fn wait_for<T>(&self, mut look: impl FnMut() -> Option<T>) -> T {
        let mut beats = self.pulse.subscribe();
        loop {
            if let Some(found) = look() {
                return found;
            }
            // The sender lives in `self`, so this ends only with a beat.
            let _ = beats.changed().await;
        }
    }

    /// Answers one call: ledger, planted fault, work, ledger.
    pub(super) async fn serve(
        self: &Arc<Self>,
        asked: Asked,
        act: impl FnOnce(&Arc<Self>) -> Answer + Send,
    ) -> Answer {
        let fault = asked.kind.and_then(|kind| self.faults.take(kind, &asked.reference));
        let at = self.clock.now();
        let n = self.ledger.asked(Call {
            n: 0,
            at,
            route: asked.route,
            project: asked.project,
            reference: asked.reference,
            amount: asked.amount,
            status: None,
            said: None,
        });
        let answer = match fault {
            None => act(self),
            Some(fault) => match fault.instead() {
                Some(answer) => answer,
                None => self.act_badly(&fault, act(self), at).await,
            },
        };
        self.ledger.answered(n, answer.status, answer.state());
        self.beat();
        answer
    }

    async fn act_badly(&self, fault: &FaultKind, good: Answer, since: Timestamp) -> Answer {
        self.beat();
        match fault {
            FaultKind::Slow(time) => self.clock.sleep_until(since.plus(*time)).await,
            FaultKind::HangAfterStoring => self.stop.cancelled().await,
            _ => {}
        }
        fault.spoil(good, self.clock.now())
    }

    /// Notes that a client broke a rule.
    pub(super) fn broken(&self, route: &'static str, reference: &str, rule: &str) {
        let at = self.clock.now();
        let (reference, rule) = (reference.to_owned(), rule.to_owned());
        self.ledger.broken(Violation { at, route, reference, rule });
    }

    /// Notes a broken rule and answers 400.
    pub(super) fn refuse(&self, route: &'static str, reference: &str, rule: &str) -> Answer {
        self.broken(route, reference, rule);
        Answer::message(400, rule)
    }

    /// The bank has the money: marks it paid and sends the callback.
    pub(super) fn pay(self: &Arc<Self>, txn_id: &str, late: bool) -> Result<Transaction, Refused> {
        let paid = self.book().pay(txn_id, late, self.clock.now())?;
        self.announce(&paid);
        self.beat();
        Ok(paid)
    }

    /// Queues the callback of `transaction`, unless its project is muted or names no address.
    pub(super) fn announce(self: &Arc<Self>, transaction: &Transaction) {
        let slug = &transaction.project;
        let version = self.account(slug, |account| {
            (account.callback_url.is_some() && !account.muted).then_some(account.version)
        });
        let Some(version) = version.flatten() else { return };
        let body = Bytes::from(callbacks::body(version, transaction).to_string());
        let flight = self.next_flight.fetch_add(1, Ordering::Relaxed);
        {
            let mut flights = self.flights();
            if flights.len() >= MOST_FLIGHTS {
                return;
            }
            flights.insert(flight, self.clock.now());
        }
        let delivery = Arc::clone(self).deliver(flight, slug.clone(), body);
        self.tasks.spawn_on(delivery, &self.runtime);
    }

    async fn deliver(self: Arc<Self>, flight: u64, slug: String, body: Bytes) {
        for attempt in 1..=TRIES {
            let parcel = self.honest_parcel(&slug, body.clone());
            let status = self.post(&slug, attempt, parcel).await;
            let retry = self.account(&slug, |account| account.retry).unwrap_or(false);
            let taken = status.is_some_and(|status| (200..300).contains(&status));
            if taken || !retry || attempt == TRIES {
                break;
            }
            let due = self.clock.now().plus(pause(attempt));
            self.flights().insert(flight, due);
            self.beat();
            tokio::select! {
                () = self.stop.cancelled() => break,
                () = self.clock.sleep_until(due) => {}
            }
        }
        self.flights().remove(&flight);
        self.beat();
    }

    fn honest_parcel(&self, slug: &str, body: Bytes) -> Option<Parcel> {
        self.account(slug, |account| {
            let secret = match account.version {
                Version::V2 => Some(account.webhook_secret.expose().clone()),
                Version::V1 => None,
            };
            let content_type = Some("application/json".to_owned());
            let url = account.callback_url.clone()?;
            Some(Parcel { url, route: account.route, secret, content_type, body })
        })
        .flatten()
    }

    /// Sends one parcel and writes it down; `None` when there was no answer in time.
    pub(super) async fn post(
        &self,
        slug: &str,
        attempt: u32,
        parcel: Option<Parcel>,
    ) -> Option<u16> {
        let parcel = parcel?;
        let _door = self.doors.acquire().await.ok()?;
        let at = self.clock.now();
        let body = String::from_utf8_lossy(&parcel.body).into_owned();
        // The exchange is real, so its patience is the machine's: a test that moves the clock by
        // hours must not break off a callback that is on the wire.
        let status = tokio::select! {
            outcome = tokio::time::timeout(PATIENCE, callbacks::post(parcel)) => outcome
                .unwrap_or_else(|_| Err("the shop took too long".to_owned()))
                .inspect_err(|why| tracing::debug!(project = slug, why, "callback not delivered"))
                .ok(),
            () = self.stop.cancelled() => None,
        };
        let project = slug.to_owned();
        self.ledger.delivered(CallbackSent { n: 0, at, project, attempt, body, status });
        self.beat();
        status
    }

    /// Waits until no callback is on its way; one that waits for a later try does not count.
    pub(super) async fn settled(&self) {
        self.wait_for(|| {
            let now = self.clock.now();
            self.flights().values().all(|due| *due > now).then_some(())
        })
        .await;
    }
}

/// How long after try `attempt` the next one comes.
fn pause(attempt: u32) -> Duration {
    if attempt == 1 { Duration::ZERO } else { Duration::from_secs(1 << (attempt - 1)) }
}
