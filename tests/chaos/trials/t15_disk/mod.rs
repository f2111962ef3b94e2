//! T15: the disk fills up, does not keep what it is given, or is slow.

mod failing;
mod full;
mod slow;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bot_auto_order::primitives::Clock;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::report::{Report, Violation};
use crate::trial::{Given, Playing, Store, Trial};
use crate::world::corner::{Answer, Corner, Hand};
use crate::world::image::Owed;

pub const TRIAL: Trial = Trial {
    name: "T15",
    title: "disk",
    stores: &[Store::Sqlite],
    pieces: 5,
    play: |given| -> Playing { Box::pin(play(given)) },
};

async fn play(given: Given) -> Report {
    let mut report = given.report();
    let mut dice = given.dice();
    full::play(&given, &mut dice, &mut report).await;
    failing::play(&given, &mut dice, &mut report).await;
    slow::play(&given, &mut dice, &mut report).await;
    report
}

/// One answer to a posted update.
#[derive(Debug, Clone, Copy)]
struct Told {
    /// When it was sent and when it was answered, in milliseconds.
    from: i64,
    to: i64,
    number: i64,
    answer: Answer,
}

/// Lines that post updates one after the other, and all they were told.
struct Posting {
    told: Arc<Mutex<Vec<Told>>>,
    lines: JoinSet<()>,
    enough: CancellationToken,
}

impl Posting {
    fn begin(hand: &Arc<Hand>, lines: usize, size: usize, pause: Duration) -> Self {
        let (told, enough) = (Arc::new(Mutex::new(Vec::new())), CancellationToken::new());
        let mut posting = Self { told, lines: JoinSet::new(), enough };
        for _ in 0..lines {
            let (hand, told) = (Arc::clone(hand), Arc::clone(&posting.told));
            let enough = posting.enough.clone();
            posting.lines.spawn(async move {
                let clock = Clock::system();
                while !enough.is_cancelled() {
                    let from = clock.now().0;
                    let (number, answer) = hand.post(size).await;
                    let one = Told { from, to: clock.now().0, number, answer };
                    told.lock().unwrap_or_else(PoisonError::into_inner).push(one);
                    clock.sleep(pause).await;
                }
            });
        }
        posting
    }

    fn so_far(&self) -> Vec<Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn end(mut self) -> Vec<Told> {
        self.enough.cancel();
        while self.lines.join_next().await.is_some() {}
        self.so_far()
    }
}

/// How many of each answer there were.
fn counted(told: &[Told]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for one in told {
        *counts.entry(format!("{:?}", one.answer)).or_insert(0) += 1;
    }
    counts
}

fn count(told: &[Told], answer: Answer) -> usize {
    told.iter().filter(|one| one.answer == answer).count()
}

/// Everything that was answered 200 in the life of a shop.
fn owed(corner: &Corner, told: &[Told]) -> Owed {
    let taken = told.iter().filter(|one| one.answer == Answer::Taken);
    let mut updates: Vec<_> = taken.map(|one| (one.number, None)).collect();
    let delivered = corner.stage.telegram.deliveries();
    let delivered = delivered.iter().filter(|one| one.status == 200);
    updates.extend(delivered.map(|one| (one.update_id, None)));
    let transactions = corner.stage.project.transactions();
    let payments = transactions.iter().map(|one| one.reference.clone()).collect();
    Owed { updates, payments, units: corner.units, ..Owed::default() }
}

/// Holds the files of a dead shop against what is owed.
async fn judge(database: &Path, owed: &Owed, when: &str) -> Vec<Violation> {
    let mut found = crate::world::image::judge(database, owed).await;
    for violation in &mut found {
        violation.history.push(when.to_owned());
    }
    found
}

/// Where the database of a shop in this folder lies.
fn database(folder: &Path) -> PathBuf {
    folder.join("shop.db")
}
