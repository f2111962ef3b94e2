//! The ways a gateway misbehaves, planted by a test and used up call by call.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::answer::Answer;
use crate::primitives::Timestamp;
use crate::sandbox::chance::Chance;

/// The operations that faults can be planted on; both versions have all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallKind {
    /// Create a transaction.
    Create,
    /// Ask for its status (`transactiondetail` on version 1).
    Status,
    /// Cancel it.
    Cancel,
}

/// A fault and what it waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The operation; `None` for any of the three.
    pub call: Option<CallKind>,
    /// The order's reference; `None` for any.
    pub reference: Option<String>,
    /// How many calls it spoils; `u32::MAX` for all until [`super::FakePakasir::clear_faults`].
    pub times: u32,
    /// What happens.
    pub kind: FaultKind,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// This HTTP status with a JSON message; nothing is stored.
    Status(u16),
    /// HTTP 500 although the work was done.
    ServerErrorAfterStoring,
    /// A proxy's HTML page with HTTP 502; nothing is stored.
    Html502,
    /// An HTML page with HTTP 200 although the work was done.
    Html200,
    /// JSON cut off in the middle, HTTP 200, the work was done.
    MalformedJson,
    /// The answer lacks its `qr_string` (`payment_number` on version 1).
    MissingQr,
    /// The answer lacks its `total_payment`.
    MissingTotal,
    /// The answer names one rupiah more than was asked.
    WrongAmountEcho,
    /// The answer names another order.
    WrongOrderEcho,
    /// Two mebibytes of valid JSON; the work was done.
    HugeBody,
    /// `expired_at` is null.
    NullExpiry,
    /// The work is done at once and the answer comes this much later on the clock.
    Slow(Duration),
    /// The work is done and no answer ever comes.
    HangAfterStoring,
    /// HTTP 307 to this address; nothing is stored.
    Redirect(String),
    /// HTTP 429; nothing is stored.
    TooManyRequests {
        /// Seconds for a `Retry-After` header, which the real gateway does not promise.
        retry_after: Option<u64>,
    },
    /// `expired_at` is this far away.
    ExpiryIn(Duration),
}

/// A fault that strikes calls by chance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Odds {
    /// The operation; `None` for any of the three.
    pub call: Option<CallKind>,
    /// How many of a thousand calls it spoils.
    pub per_mille: u64,
    /// What happens to them.
    pub kind: FaultKind,
}

/// The faults still planted, and those that come by chance.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Mischief>);

#[derive(Debug, Default)]
struct Mischief {
    planted: Vec<Fault>,
    odds: Vec<Odds>,
    chance: Chance,
}

/// Faults planted at one time; more are a mistake of the test.
const MOST: usize = 10_000;

impl Faults {
    fn store(&self) -> std::sync::MutexGuard<'_, Mischief> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn plant(&self, fault: Fault) {
        let mut store = self.store();
        assert!(store.planted.len() < MOST, "more than {MOST} faults are planted");
        if fault.times > 0 {
            store.planted.push(fault);
        }
    }

    pub(super) fn weather(&self, seed: u64, odds: Vec<Odds>) {
        let mut store = self.store();
        (store.odds, store.chance) = (odds, Chance(seed));
    }

    pub(super) fn clear(&self) {
        let mut store = self.store();
        store.planted.clear();
        store.odds.clear();
    }

    /// The oldest fault that fits this call, one use less, or one that comes by chance.
    pub(super) fn take(&self, call: CallKind, reference: &str) -> Option<FaultKind> {
        let mut store = self.store();
        let fits = |fault: &Fault| {
            fault.call.is_none_or(|kind| kind == call)
                && fault.reference.as_deref().is_none_or(|wanted| wanted == reference)
        };
        let Some(place) = store.planted.iter().position(fits) else {
            return store.by_chance(call);
        };
        let kind = store.planted[place].kind.clone();
        if store.planted[place].times != u32::MAX {
            store.planted[place].times -= 1;
        }
        if store.planted[place].times == 0 {
            store.planted.remove(place);
        }
        Some(kind)
    }
}

impl Mischief {
    fn by_chance(&mut self, call: CallKind) -> Option<FaultKind> {
        let Self { odds, chance, .. } = self;
        let fitting = || odds.iter().filter(|it| it.call.is_none_or(|kind| kind == call));
        fitting().next()?;
        let which = chance.strikes(fitting().map(|it| it.per_mille))?;
        fitting().nth(which).map(|it| it.kind.clone())
    }
}

impl FaultKind {
    /// The answer when the fault strikes before any work is done.
    pub(super) fn instead(&self) -> Option<Answer> {
        match self {
            Self::Status(code) => Some(Answer::message(*code, "Gangguan yang dibuat penguji")),
            Self::Html502 => Some(Answer::html(502, BAD_GATEWAY)),
            Self::Redirect(to) => {
                Some(Answer::message(307, "Pindah").with_header("location", to.clone()))
            }
            Self::TooManyRequests { retry_after } => {
                let answer = Answer::message(429, "Terlalu banyak permintaan");
                Some(match retry_after {
                    Some(seconds) => answer.with_header("retry-after", seconds.to_string()),
                    None => answer,
                })
            }
            _ => None,
        }
    }

    /// The answer when the fault strikes after the work is done.
    pub(super) fn spoil(&self, good: Answer, now: Timestamp) -> Answer {
        match self {
            Self::ServerErrorAfterStoring => Answer::message(500, "Terjadi kesalahan pada server"),
            Self::Html200 => Answer::html(200, MAINTENANCE),
            Self::MalformedJson => good.cut_short(),
            Self::HugeBody => good.change(|body| {
                body.insert("padding".into(), Value::from("x".repeat(2 << 20)));
            }),
            Self::MissingQr => good.change(|body| {
                body.remove("qr_string");
                body.remove("payment_number");
            }),
            Self::MissingTotal => good.change(|body| {
                body.remove("total_payment");
            }),
            Self::WrongAmountEcho => good.change(|body| {
                let wrong = body.get("amount").and_then(Value::as_i64).map(|amount| amount + 1);
                body.insert("amount".into(), json!(wrong));
            }),
            Self::WrongOrderEcho => good.change(|body| {
                body.insert("order_id".into(), json!("ORDER-ORANG-LAIN"));
            }),
            Self::NullExpiry => good.change(|body| {
                body.insert("expired_at".into(), Value::Null);
            }),
            Self::ExpiryIn(life) => good.change(|body| {
                body.insert("expired_at".into(), json!(now.plus(*life).to_rfc3339()));
            }),
            _ => good,
        }
    }
}

const BAD_GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
const MAINTENANCE: &str = "<!doctype html><html><head><title>Pemeliharaan</title></head><body>Segera kembali</body></html>";

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(call: Option<CallKind>, reference: Option<&str>, times: u32, code: u16) -> Fault {
        let kind = FaultKind::Status(code);
        Fault { call, reference: reference.map(Into::into), times, kind }
    }

    #[test]
    fn a_fault_waits_for_its_call_and_is_used_up() {
        let faults = Faults::default();
        faults.plant(fault(Some(CallKind::Create), Some("INV-1"), 2, 500));
        faults.plant(fault(None, None, 1, 503));
        faults.plant(fault(None, None, 0, 599));
        assert_eq!(faults.take(CallKind::Status, "INV-1"), Some(FaultKind::Status(503)));
        assert_eq!(faults.take(CallKind::Create, "INV-2"), None);
        assert_eq!(faults.take(CallKind::Create, "INV-1"), Some(FaultKind::Status(500)));
        assert_eq!(faults.take(CallKind::Create, "INV-1"), Some(FaultKind::Status(500)));
        assert_eq!(faults.take(CallKind::Create, "INV-1"), None);
    }

    #[test]
    fn an_endless_fault_ends_only_when_cleared() {
        let faults = Faults::default();
        faults.plant(fault(None, None, u32::MAX, 500));
        for _ in 0..100 {
            assert!(faults.take(CallKind::Cancel, "x").is_some());
        }
        faults.clear();
        assert_eq!(faults.take(CallKind::Cancel, "x"), None);
    }
}
