//! What was asked of the gateway, what it told the shop, and which rules a client broke.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::primitives::Timestamp;

/// Entries kept of each kind; older ones fall out.
const KEPT: usize = 50_000;

/// One call that reached the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Counts all calls since the start, from 1.
    pub n: u64,
    /// When it came in.
    pub at: Timestamp,
    /// The operation, such as `v2 create` or `v1 detail`.
    pub route: &'static str,
    /// The project's slug as asked for; empty when none was named.
    pub project: String,
    /// The order's reference; empty when none was named or known.
    pub reference: String,
    /// The amount asked for, if the call carries one.
    pub amount: Option<i64>,
    /// The HTTP status answered; `None` while the answer is outstanding or was never given.
    pub status: Option<u16>,
    /// The transaction's state as the answer told it; `None` when it told none.
    pub said: Option<String>,
}

/// One try to deliver a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackSent {
    /// Counts all tries since the start, from 1.
    pub n: u64,
    /// When it was sent.
    pub at: Timestamp,
    /// The project's slug.
    pub project: String,
    /// Which try of this callback, from 1.
    pub attempt: u32,
    /// The body as sent; bytes that are no UTF-8 are shown as `�`.
    pub body: String,
    /// The HTTP status answered; `None` when there was no answer.
    pub status: Option<u16>,
}

/// A rule of the gateway's contract that a client broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// When.
    pub at: Timestamp,
    /// The operation, such as `v2 status`.
    pub route: &'static str,
    /// The order's reference; empty when none was named or known.
    pub reference: String,
    /// The rule, in words.
    pub rule: String,
}

/// The three lists, each bounded.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    calls: VecDeque<Call>,
    last_call: u64,
    callbacks: VecDeque<CallbackSent>,
    last_callback: u64,
    violations: VecDeque<Violation>,
}

impl Ledger {
    fn pages(&self) -> std::sync::MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a call down before it is answered; returns its number.
    pub(super) fn asked(&self, mut call: Call) -> u64 {
        let mut pages = self.pages();
        pages.last_call += 1;
        call.n = pages.last_call;
        push(&mut pages.calls, call);
        pages.last_call
    }

    /// Notes what call `n` was answered: the HTTP status, and the state it told.
    pub(super) fn answered(&self, n: u64, status: u16, said: Option<String>) {
        let mut pages = self.pages();
        let Some(first) = pages.calls.front().map(|call| call.n) else { return };
        let place = n.checked_sub(first).and_then(|place| usize::try_from(place).ok());
        if let Some(call) = place.and_then(|place| pages.calls.get_mut(place)) {
            (call.status, call.said) = (Some(status), said);
        }
    }

    /// Writes a callback's try down once its outcome is known.
    pub(super) fn delivered(&self, mut sent: CallbackSent) {
        let mut pages = self.pages();
        pages.last_callback += 1;
        sent.n = pages.last_callback;
        push(&mut pages.callbacks, sent);
    }

    /// Writes a broken rule down.
    pub(super) fn broken(&self, violation: Violation) {
        push(&mut self.pages().violations, violation);
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.pages().calls.iter().cloned().collect()
    }

    /// The oldest call that `fits`.
    pub(super) fn find_call(&self, fits: impl FnMut(&&Call) -> bool) -> Option<Call> {
        self.pages().calls.iter().find(fits).cloned()
    }

    /// The oldest try to deliver a callback that `fits`.
    pub(super) fn find_callback(
        &self,
        fits: impl FnMut(&&CallbackSent) -> bool,
    ) -> Option<CallbackSent> {
        self.pages().callbacks.iter().find(fits).cloned()
    }

    pub(super) fn callbacks(&self) -> Vec<CallbackSent> {
        self.pages().callbacks.iter().cloned().collect()
    }

    pub(super) fn violations(&self) -> Vec<Violation> {
        self.pages().violations.iter().cloned().collect()
    }
}

fn push<T>(list: &mut VecDeque<T>, entry: T) {
    if list.len() == KEPT {
        list.pop_front();
    }
    list.push_back(entry);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call() -> Call {
        Call {
            n: 0,
            at: Timestamp(0),
            route: "v2 create",
            project: "toko".into(),
            reference: "INV-1".into(),
            amount: Some(500),
            status: None,
            said: None,
        }
    }

    #[test]
    fn the_ledger_forgets_the_oldest_and_still_finds_the_rest() {
        let ledger = Ledger::default();
        for _ in 0..=KEPT {
            ledger.asked(call());
        }
        let last = ledger.asked(call());
        ledger.answered(1, 500, None);
        ledger.answered(last, 201, Some("pending".into()));
        let calls = ledger.calls();
        assert_eq!(calls.len(), KEPT);
        assert_eq!(calls[0].n, 3);
        assert_eq!(calls[KEPT - 1].status, Some(201));
        assert_eq!(calls[KEPT - 1].said.as_deref(), Some("pending"));
        assert!(calls[..KEPT - 1].iter().all(|call| call.status.is_none()));
    }
}
