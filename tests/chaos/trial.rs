//! What a trial is, how large it is played, and what it is given.

use std::fmt;
use std::pin::Pin;

use crate::report::Report;
use crate::world::program::Program;

/// The engine under the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    Sqlite,
    Postgres,
}

impl Store {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// How large a trial is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// As large as shows something: a few minutes at most on two cores.
    Quick,
    /// One of so many pieces of the full size, each within eight minutes.
    Full { piece: u64, of: u64 },
}

pub type Playing = Pin<Box<dyn Future<Output = Report>>>;

/// One trial of the suite.
pub struct Trial {
    /// `T1`, as everywhere else.
    pub name: &'static str,
    /// Two or three words, joined by hyphens.
    pub title: &'static str,
    /// On which engines it is played; a trial without a database names none.
    pub stores: &'static [Store],
    /// How many pieces the full size has on each engine.
    pub pieces: u64,
    pub play: fn(Given) -> Playing,
}

pub const BOTH: &[Store] = &[Store::Sqlite, Store::Postgres];

/// A trial on one engine at one size.
#[derive(Clone, Copy)]
pub struct Piece {
    pub trial: &'static Trial,
    pub store: Option<Store>,
    pub size: Size,
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.trial.name)?;
        if let Some(store) = self.store {
            write!(f, " --store {}", store.word())?;
        }
        match self.size {
            Size::Quick => Ok(()),
            Size::Full { piece, .. } => write!(f, " --full --piece {piece}"),
        }
    }
}

/// What a trial works with.
pub struct Given {
    pub piece: Piece,
    /// The seed that was asked for; the same seed plays the same script.
    pub seed: u64,
    /// The program under test.
    pub program: Program,
    /// The same program built with the feature `planted`, if there is one.
    pub planted: Option<Program>,
    /// An earlier version of the program, if one was named.
    pub older: Option<Program>,
    /// What was said on the command line beyond the piece and the seed.
    pub besides: String,
}

impl Given {
    /// Dice of this trial's own: another trial, engine or piece throws others.
    pub fn dice(&self) -> fastrand::Rng {
        let name = self.piece.to_string();
        // FNV-1a spreads the piece's name over the seed.
        let spread = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        fastrand::Rng::with_seed(self.seed ^ spread)
    }

    /// # Panics
    /// In a trial that names no engine.
    pub fn store(&self) -> Store {
        self.piece.store.expect("the trial is played on an engine")
    }

    /// `quick` at the quick size, else this piece's share of `full`, rounded up.
    pub fn share(&self, quick: u64, full: u64) -> u64 {
        match self.piece.size {
            Size::Quick => quick,
            Size::Full { of, .. } => full.div_ceil(of),
        }
    }

    /// An empty report with the trial's name, engine and seed.
    pub fn report(&self) -> Report {
        let mut report = Report::new(self.piece.trial.name, self.piece.trial.title);
        if let Some(store) = self.piece.store {
            report.figure("store", store.word());
        }
        if let Size::Full { piece, .. } = self.piece.size {
            report.figure("piece", piece);
        }
        report.figure("seed", self.seed);
        report
    }

    /// The command that plays this again.
    pub fn replay(&self) -> String {
        format!("./scripts/chaos {} --seed {}{}", self.piece, self.seed, self.besides)
    }
}
