//! The judge: reads the sandbox's two ledgers and the database, and names every promise that is broken.
//!
//! It is called when a town is quiet: [`examine`], or [`examine_expecting`] where a trial makes
//! somebody set things aside on purpose. It shares nothing with the service but the primitives and the sandbox. What each
//! file can show, and what it cannot, stands at its head.

mod acks;
#[expect(dead_code, reason = "columns that are only told with a violation")]
mod books;
mod effects;
mod evidence;
mod history;
mod money;
mod units;

use crate::report::{Report, Violation};
use crate::world::base::Base;
use crate::world::town::Town;
use evidence::Evidence;

/// What a trial does on purpose, so that it is no fault.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a thing that a trial may do or not")]
pub struct Expected {
    /// Updates nobody can read were sent: they are set aside.
    pub set_aside: bool,
    /// People blocked the bot: their parcels are parked.
    pub parked: bool,
    /// Calls were refused for good: their parcels end dead.
    pub dead_parcels: bool,
    /// The trial itself knows better in which order the facts of a lane were taken.
    pub lanes_elsewhere: bool,
    /// Money came that is not what was asked for: a person must look at it.
    pub held: bool,
}

/// Checks every promise and tells the figures of the summary.
pub async fn examine(town: &Town, base: &Base, report: &mut Report) {
    examine_expecting(town, base, Expected::default(), report).await;
}

/// As [`examine`], where a trial did something on purpose.
pub async fn examine_expecting(town: &Town, base: &Base, expected: Expected, report: &mut Report) {
    let evidence = Evidence::gather(town, base).await;
    report.violations(judge(&evidence, expected));
    figures(&evidence, report);
}

/// Every broken promise.
fn judge(evidence: &Evidence, expected: Expected) -> Vec<Violation> {
    let mut found = acks::check(evidence, expected);
    found.extend(units::check(evidence));
    found.extend(money::check(evidence));
    found.extend(effects::check(evidence, expected));
    if !evidence.is_whole() {
        found.push(Violation {
            promise: "I-ACK",
            what: "a ledger of the sandbox forgot its first entries: play a smaller piece"
                .to_owned(),
            history: Vec::new(),
        });
    }
    found
}

/// The figures that every trial prints under the same keys.
fn figures(evidence: &Evidence, report: &mut Report) {
    let books = &evidence.books;
    let orders = |state: &str| books.orders.values().filter(|it| it.state == state).count();
    let units = |state: &str| books.units.iter().filter(|it| it.state == state).count();
    let outcomes = |outcome: &str| {
        books.payments.iter().filter(|it| it.outcome.as_deref() == Some(outcome)).count()
    };
    let paid = evidence.transactions.iter().filter(|it| it.state.as_str() == "completed").count();
    let repeated = effects::repeated(evidence);
    let copies = |secret: bool| -> usize {
        repeated.iter().filter(|it| !secret || it.is_secret()).map(effects::Repeated::copies).sum()
    };
    let sends = evidence.calls.iter().filter(|it| {
        evidence::was_done(it) && !it.in_webhook_answer && it.method.starts_with("send")
    });
    let tries: i64 = books.outbox.iter().map(|it| (it.attempts - 1).max(0)).sum();
    let stuck = orders("invoicing") + orders("paid") + money::unsettled(evidence).len();
    let added: u64 = evidence.shelf.products.iter().map(|it| it.units).sum();
    report.figure("orders", books.orders.len());
    report.figure("paid", paid);
    report.figure("acked", acks::acked(evidence).len());
    report.figure("lost", acks::lost(evidence).len());
    report.figure("units_added", added);
    report.figure("avail", units("available"));
    report.figure("reserved", units("reserved"));
    report.figure("delivered", units("delivered"));
    report.figure("voided", units("voided"));
    report.figure("double_unit", units::doubled(evidence).len());
    report.figure("oversold", units::oversold(evidence));
    report.figure("late_paid", outcomes("late"));
    report.figure("credited", books.ledger.len());
    report.figure("stuck", stuck);
    report.figure("sends", sends.count());
    report.figure("tried_again", tries);
    report.figure("dup_msgs", copies(false));
    report.figure("dup_visible_secret", copies(true));
}
