//! What the runner is asked to do.

use std::path::PathBuf;

use bot_auto_order::primitives::planted::Bug;

use crate::trial::{Piece, Size, Store, Trial};
use crate::trials::TRIALS;
use crate::world::program::Program;

pub const USAGE: &str = "usage: chaos quick | list | T1 [T4 …]
  [--store sqlite|postgres] [--full | --piece N] [--seed N] [--program PATH] [--planted PATH] [--older PATH] [--bug WORD]
A bug is told to every process of --program, or of --planted when no other is named.";

/// The runner's order.
#[derive(Debug, Default)]
pub struct Asked {
    names: Vec<String>,
    list: bool,
    store: Option<Store>,
    full: bool,
    piece: Option<u64>,
    seed: Option<u64>,
    program: Option<PathBuf>,
    planted: Option<PathBuf>,
    older: Option<PathBuf>,
    bug: Option<&'static str>,
}

pub enum Order {
    /// A test harness only asks which tests there are.
    Nothing,
    Play {
        asked: Asked,
        seed: u64,
    },
}

impl Order {
    pub fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut asked = Asked::default();
        let mut any = false;
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            any = true;
            match argument.as_str() {
                "--list" | "--ignored" | "--nocapture" => return Ok(Self::Nothing),
                "quick" => asked.names = TRIALS.iter().map(|it| it.name.to_owned()).collect(),
                "list" => asked.list = true,
                "--full" => asked.full = true,
                "--piece" => (asked.full, asked.piece) = (true, Some(number(&value()?)?)),
                "--seed" => asked.seed = Some(number(&value()?)?),
                "--program" => asked.program = Some(value()?.into()),
                "--planted" => asked.planted = Some(value()?.into()),
                "--older" => asked.older = Some(value()?.into()),
                "--bug" => asked.bug = Some(bug(&value()?)?),
                "--store" => asked.store = Some(store(&value()?)?),
                name if TRIALS.iter().any(|it| it.name == name) => {
                    asked.names.push(name.to_owned());
                }
                other => return Err(format!("{other} is no trial and no option")),
            }
        }
        if !any {
            return Ok(Self::Nothing);
        }
        if asked.list {
            asked.full = true;
            if asked.names.is_empty() {
                asked.names = TRIALS.iter().map(|it| it.name.to_owned()).collect();
            }
        }
        if asked.names.is_empty() {
            return Err("no trial is named".to_owned());
        }
        asked.has_its_pieces()?;
        asked.can_have_its_bug()?;
        let seed = asked.seed.unwrap_or_else(|| fastrand::u64(1..1_000_000));
        Ok(Self::Play { asked, seed })
    }

    pub fn seed(&self) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::Play { seed, .. } => *seed,
        }
    }

    pub fn lists(&self) -> bool {
        matches!(self, Self::Play { asked, .. } if asked.list)
    }

    /// The program under test: this build's own, unless another one is named.
    pub fn program(&self) -> Program {
        self.asked().map_or_else(|| Asked::default().program(), Asked::program)
    }

    /// The program that can be told to have a bug, if it was built.
    pub fn planted(&self) -> Option<Program> {
        let path = self.asked()?.planted.clone()?;
        Some(Program { path, bug: None })
    }

    /// The earlier version of the program, if it was built.
    pub fn older(&self) -> Option<Program> {
        let path = self.asked()?.older.clone()?;
        Some(Program { path, bug: None })
    }

    /// The bug that is asked for.
    pub fn bug(&self) -> Option<Bug> {
        self.asked()?.bug.and_then(Bug::named)
    }

    /// What was asked for beyond pieces and seed, as words for the next command line.
    pub fn besides(&self) -> String {
        let Some(asked) = self.asked() else { return String::new() };
        let program = asked.program.iter().map(|path| format!(" --program {}", path.display()));
        program.chain(asked.bug.map(|bug| format!(" --bug {bug}"))).collect()
    }

    const fn asked(&self) -> Option<&Asked> {
        match self {
            Self::Nothing => None,
            Self::Play { asked, .. } => Some(asked),
        }
    }

    /// Every trial that is asked for, on every engine it is played on.
    pub fn pieces(&self) -> Vec<Piece> {
        let Self::Play { asked, .. } = self else { return Vec::new() };
        asked.named().flat_map(|trial| asked.pieces_of(trial)).collect()
    }
}

impl Asked {
    fn named(&self) -> impl Iterator<Item = &'static Trial> {
        TRIALS.iter().copied().filter(|it| self.names.iter().any(|name| name == it.name))
    }

    /// Whether every trial that is named has something to play; of all of them, some have not.
    fn has_its_pieces(&self) -> Result<(), String> {
        if let Some(piece) = self.piece
            && let Some(short) = self.named().find(|it| it.pieces <= piece)
        {
            return Err(format!("{} has the pieces 0 to {}", short.name, short.pieces - 1));
        }
        let missing = self.named().find(|it| self.pieces_of(it).is_empty());
        let all = self.names.len() == TRIALS.len();
        match (missing, self.store) {
            (Some(it), Some(store)) if !all => {
                Err(format!("{} is not played on {}", it.name, store.word()))
            }
            _ => Ok(()),
        }
    }

    /// Whether the bug that is asked for would be in the processes of every trial that is named.
    fn can_have_its_bug(&self) -> Result<(), String> {
        if self.bug.is_none() {
            return Ok(());
        }
        let within = |it: &&Trial| it.stores.is_empty();
        if let Some(it) = self.named().find(within).filter(|_| !cfg!(feature = "planted")) {
            return Err(format!(
                "{} starts no process: only a suite with planted bugs has one there (./scripts/chaos)",
                it.name
            ));
        }
        if self.names.iter().any(|name| name == "T26") {
            return Err("T26 plants its own bugs: --bug does not go with it".to_owned());
        }
        let program = self.program();
        let path = program.path.display();
        match program.knows_bugs() {
            Ok(true) => Ok(()),
            Ok(false) => Err(format!(
                "{path} is built without planted bugs: name one with them (--planted), or use ./scripts/chaos"
            )),
            Err(error) => Err(format!("{path}: {error}")),
        }
    }

    fn program(&self) -> Program {
        let planted = self.bug.and(self.planted.clone());
        let path = self.program.clone().or(planted);
        let path = path.unwrap_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_auto-order")));
        Program { path, bug: self.bug }
    }

    fn pieces_of(&self, trial: &'static Trial) -> Vec<Piece> {
        let stores: Vec<Option<Store>> = if trial.stores.is_empty() {
            vec![None]
        } else {
            let wanted = |store: &&Store| self.store.is_none_or(|wanted| wanted == **store);
            trial.stores.iter().filter(wanted).map(|store| Some(*store)).collect()
        };
        let sizes = if self.full {
            let pieces = self.piece.map_or(0..trial.pieces, |piece| piece..piece + 1);
            pieces.map(|piece| Size::Full { piece, of: trial.pieces }).collect()
        } else {
            vec![Size::Quick]
        };
        let on = |store: Option<Store>| sizes.iter().map(move |size| (store, *size));
        let pieces = stores.into_iter().flat_map(on);
        pieces.map(|(store, size)| Piece { trial, store, size }).collect()
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}

fn bug(word: &str) -> Result<&'static str, String> {
    let known = Bug::ALL.iter().map(|(name, _)| *name).find(|name| *name == word);
    known.ok_or_else(|| format!("{word} is no bug that can be planted"))
}

fn store(word: &str) -> Result<Store, String> {
    [Store::Sqlite, Store::Postgres]
        .into_iter()
        .find(|store| store.word() == word)
        .ok_or_else(|| format!("{word} is no engine"))
}
