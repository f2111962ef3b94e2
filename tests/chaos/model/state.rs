//! Everything the model knows at one moment: two buyers, one unit, two workers, and what lies between them.

use std::hash::Hasher;

use bot_auto_order::shop::orders::State;

use super::rules::{NEVER, Word};

/// A payment's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payment {
    None,
    Creating,
    Pending,
    Completed,
    Canceled,
    Failed,
}

/// A transaction at the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sale {
    None,
    Pending,
    Paid,
    Canceled,
}

/// Whose the unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Available,
    Reserved(usize),
    Delivered(usize),
}

/// A row of the inbox or the outbox about one order. What only asks for an effect is worked on when it
/// comes: a press or a callback that waits is one that comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// A fact: what the gateway said when it was asked.
    Answered(Word),
    /// A fact: the time was over when the timer looked.
    Overdue,
    /// An errand: make an invoice.
    Invoice,
    /// An errand: ask for the status.
    Check,
    /// An errand: nobody should pay any more.
    Withdraw,
    /// An errand: the goods.
    Goods,
    /// Goods for the other buyer: nothing but a flaw sends them.
    GoodsToStranger,
}

impl Row {
    pub const ALL: [Self; 9] = [
        Self::Answered(Word::Pending),
        Self::Answered(Word::Completed),
        Self::Answered(Word::Canceled),
        Self::Overdue,
        Self::Invoice,
        Self::Check,
        Self::Withdraw,
        Self::Goods,
        Self::GoodsToStranger,
    ];

    /// The rows of a set.
    pub fn of(set: u16) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |row| set & row.bit() != 0)
    }

    pub const fn bit(self) -> u16 {
        1 << match self {
            Self::Answered(Word::Pending) => 0,
            Self::Answered(Word::Completed) => 1,
            Self::Answered(Word::Canceled) => 2,
            Self::Overdue => 3,
            Self::Invoice => 4,
            Self::Check => 5,
            Self::Withdraw => 6,
            Self::Goods => 7,
            Self::GoodsToStranger => 8,
        }
    }

    pub const fn is_answer(self) -> bool {
        matches!(self, Self::Answered(_))
    }

    pub const fn is_fact(self) -> bool {
        matches!(self, Self::Answered(_) | Self::Overdue)
    }

    /// Whether two errands about one order are carried one after another.
    pub const fn shares_lane(self, other: Self) -> bool {
        matches!(self, Self::Goods) == matches!(other, Self::Goods)
    }
}

/// What a carrier heard of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    Yes,
    Word(Word),
    /// A refusal that no repetition changes.
    No,
    /// Nothing: it may or may not have been done.
    Nothing,
}

/// What a worker is in the middle of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// The call was made; its end is not recorded yet.
    Called(Row, Heard),
    /// Only with a flaw: the order was read before its lock, and could still be paid.
    Read(Deed),
}

/// What may be decided on an order that was read too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Sell,
    Close,
}

/// What a worker has in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    pub side: usize,
    pub job: Job,
    /// Whether its lease stands.
    pub fenced: bool,
}

/// One buyer, his order and everything about it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a bit of the state that others do not follow from"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    pub order: Option<State>,
    pub payment: Payment,
    pub txn_known: bool,
    /// The gateway was asked since the deadline.
    pub asked: bool,
    /// The moment of the next look.
    pub look: u8,
    /// The moment at which the order ended unpaid.
    pub ended: u8,
    pub sale: Sale,
    /// Whether a status answer shows already that it is paid.
    pub told: bool,
    /// The buyer saw the QR.
    pub invoice: bool,
    /// A callback is on its way.
    pub callback: bool,
    /// Rows that wait; those of a worker are its own.
    pub waiting: u16,
    /// How often the goods were shown, and outcomes nobody knew.
    pub shown: u8,
    pub unknown: u8,
    pub stranger_saw: bool,
    pub credits: u8,
}

/// A state of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct World {
    pub unit: Unit,
    pub now: u8,
    pub sides: [Side; 2],
    pub workers: [Option<Work>; 2],
    /// Faults that may still happen.
    pub faults: u8,
}

impl Side {
    const FRESH: Self = Self {
        order: None,
        payment: Payment::None,
        txn_known: false,
        asked: false,
        look: NEVER,
        ended: NEVER,
        sale: Sale::None,
        told: false,
        invoice: false,
        callback: false,
        waiting: 0,
        shown: 0,
        unknown: 0,
        stranger_saw: false,
        credits: 0,
    };

    pub fn is_unpaid(&self) -> bool {
        self.order.is_some_and(State::is_unpaid)
    }

    pub fn is_sold(&self) -> bool {
        self.order.is_some_and(State::is_sold)
    }

    pub fn add(&mut self, row: Row) {
        self.waiting |= row.bit();
    }
}

impl World {
    /// Before anything happened.
    pub const fn beginning(faults: u8) -> Self {
        let sides = [Side::FRESH; 2];
        Self { unit: Unit::Available, now: 0, sides, workers: [None; 2], faults }
    }

    /// Nothing waits, nobody works.
    pub fn is_idle(&self) -> bool {
        self.workers.iter().all(Option::is_none) && self.sides.iter().all(|it| it.waiting == 0)
    }

    /// The same state in one order: workers are alike, and so are buyers.
    pub fn sorted(mut self) -> Self {
        if self.sides[0].code() < self.sides[1].code() {
            self.sides.swap(0, 1);
            self.unit = match self.unit {
                Unit::Reserved(side) => Unit::Reserved(1 - side),
                Unit::Delivered(side) => Unit::Delivered(1 - side),
                Unit::Available => Unit::Available,
            };
            for work in self.workers.iter_mut().flatten() {
                work.side = 1 - work.side;
            }
        }
        if code_of(self.workers[0]) > code_of(self.workers[1]) {
            self.workers.swap(0, 1);
        }
        self
    }

    /// The whole state in three numbers: two states with the same ones are the same.
    pub fn code(&self) -> [u64; 3] {
        let unit = match self.unit {
            Unit::Available => 0,
            Unit::Reserved(side) => 1 + side as u64,
            Unit::Delivered(side) => 3 + side as u64,
        };
        let workers = code_of(self.workers[0]) << 16 | code_of(self.workers[1]);
        let rest = unit << 6 | u64::from(self.now) << 3 | u64::from(self.faults);
        [self.sides[0].code(), self.sides[1].code(), workers << 16 | rest]
    }
}

impl Side {
    const fn code(&self) -> u64 {
        let order = match self.order {
            None => 0,
            Some(state) => 1 + state as u64,
        };
        let mut code = order << 3 | self.payment as u64;
        code = code << 2 | self.sale as u64;
        code = code << 3 | (self.look & 7) as u64;
        code = code << 3 | (self.ended & 7) as u64;
        code = code << 3 | self.shown as u64;
        code = code << 2 | self.unknown as u64;
        code = code << 2 | self.credits as u64;
        code = code << 9 | self.waiting as u64;
        code = code << 1 | self.txn_known as u64;
        code = code << 1 | self.asked as u64;
        code = code << 1 | self.told as u64;
        code = code << 1 | self.invoice as u64;
        code = code << 1 | self.callback as u64;
        code << 1 | self.stranger_saw as u64
    }
}

/// A worker in 15 bits.
const fn code_of(work: Option<Work>) -> u64 {
    let Some(Work { side, job, fenced }) = work else { return 0 };
    let job = match job {
        Job::Read(Deed::Sell) => 1,
        Job::Read(Deed::Close) => 2,
        Job::Called(row, heard) => {
            let heard = match heard {
                Heard::Yes => 0,
                Heard::No => 1,
                Heard::Nothing => 2,
                Heard::Word(word) => 3 + word as u64,
            };
            (row.bit().trailing_zeros() as u64) << 3 | heard | 1 << 8
        }
    };
    (job << 1 | side as u64) << 1 | fenced as u64
}

/// A hash that is quick: nobody chooses these keys to make it slow.
#[derive(Default)]
pub struct Quick(u64);

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for eight in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..eight.len()].copy_from_slice(eight);
            self.write_u64(u64::from_ne_bytes(word));
        }
    }

    fn write_u64(&mut self, one: u64) {
        self.0 = (self.0.rotate_left(23) ^ one).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}
