//! Many buyers beside each other, and how it ended for all of them.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::buyer::{Buyer, Ended, Fate, Habit, Wants};
use super::town::Town;
use crate::report::Report;

/// How a crowd shops.
#[derive(Debug, Clone, Copy)]
pub struct Trade {
    /// Buyers at once.
    pub at_once: usize,
    /// The first buyer's number; each order is another person's.
    pub first: i64,
    /// They buy products with the first so many numbers; any when 0.
    pub numbers: usize,
    /// What everybody does with his invoice; by the dice when `None`.
    pub habit: Option<Habit>,
    /// As in [`Wants`].
    pub patience: Duration,
    pub trust: Duration,
}

impl Default for Trade {
    fn default() -> Self {
        let (patience, trust) = (Duration::from_secs(90), Duration::from_mins(2));
        Self { at_once: 64, first: 1_000, numbers: 0, habit: None, patience, trust }
    }
}

/// What the buyers say became of their orders.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    pub wanted: u64,
    pub ordered: u64,
    pub paid: u64,
    pub served: u64,
    pub credited: u64,
    pub sold_out: u64,
    pub ended: u64,
    pub left: u64,
    pub waiting: u64,
}

impl Tally {
    fn count(&mut self, end: Ended) {
        self.wanted += 1;
        self.ordered += u64::from(end.ordered);
        self.paid += u64::from(end.paid);
        let column = match end.fate {
            Fate::Served => &mut self.served,
            Fate::Credited => &mut self.credited,
            Fate::SoldOut => &mut self.sold_out,
            Fate::Ended => &mut self.ended,
            Fate::Left => &mut self.left,
            Fate::Waiting => &mut self.waiting,
        };
        *column += 1;
    }

    /// Counts another crowd in.
    pub fn add(&mut self, other: Self) {
        self.wanted += other.wanted;
        self.ordered += other.ordered;
        self.paid += other.paid;
        self.served += other.served;
        self.credited += other.credited;
        self.sold_out += other.sold_out;
        self.ended += other.ended;
        self.left += other.left;
        self.waiting += other.waiting;
    }

    /// The buyers' own words, beside what the oracle finds.
    pub fn tell(&self, report: &mut Report) {
        report.figure("wanted", self.wanted);
        report.figure("buyers_paid", self.paid);
        report.figure("buyers_served", self.served);
        report.figure("buyers_credited", self.credited);
        report.figure("buyers_sold_out", self.sold_out);
        report.figure("buyers_left", self.left + self.ended);
        report.must(
            self.waiting == 0,
            "I-LIVE",
            format!("{} buyers paid and had nothing when their patience was over", self.waiting),
        );
    }
}

impl Town {
    /// Lets `orders` people shop, some at once, and waits until each of them is through.
    pub async fn trade(
        self: &Arc<Self>,
        orders: u64,
        trade: Trade,
        dice: &mut fastrand::Rng,
    ) -> Tally {
        let (mut tally, mut shopping) = (Tally::default(), JoinSet::new());
        self.set_all_begun(false);
        let all = self.shelf.products.len();
        let numbers = if trade.numbers == 0 { all } else { trade.numbers };
        for n in 0..orders {
            while shopping.len() >= trade.at_once {
                tally.count(next(&mut shopping).await);
            }
            // Who abandons or pays late comes early, so that the last invoices are soon over.
            let mut habit = trade.habit.unwrap_or_else(|| Habit::roll(dice));
            if trade.habit.is_none()
                && n > orders / 2
                && matches!(habit, Habit::Abandons | Habit::PaysLate)
            {
                habit = Habit::Pays;
            }
            let wants = Wants {
                number: dice.usize(1..=numbers),
                two: dice.u32(0..6) == 0,
                habit,
                patience: trade.patience,
                trust: trade.trust,
            };
            let number = trade.first + i64::try_from(n).expect("a bounded crowd");
            let buyer = Buyer::new(self.person(number), self.stage.project.clone());
            shopping.spawn(async move { buyer.shop(&wants).await });
        }
        self.set_all_begun(true);
        while !shopping.is_empty() {
            tally.count(next(&mut shopping).await);
        }
        tally
    }
}

async fn next(shopping: &mut JoinSet<Ended>) -> Ended {
    let ended = shopping.join_next().await.expect("somebody is shopping");
    ended.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
