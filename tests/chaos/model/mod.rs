//! The model: every state that the design can reach with two buyers, one unit and two workers.
//!
//! The transitions are the design's, the decisions in them those of the service's own pure rules. Left
//! out: sums (the rules' own tests weigh them), the order of facts within a lane (any order is allowed
//! here, which is more than the service does), and more than one payment for an order.

mod desk;
mod flaw;
mod moves;
mod promises;
mod rules;
mod state;

use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasherDefault;

pub use flaw::Flaw;
pub use moves::Scope;
use moves::{Design, Move, Next};
pub use rules::Rules;
use state::{Quick, World};

/// A promise broken in some state, and how one gets there.
#[derive(Debug)]
pub struct Counterexample {
    pub promise: &'static str,
    pub path: Vec<String>,
}

/// What an exploration found.
#[derive(Debug, Default)]
pub struct Explored {
    pub states: usize,
    pub transitions: usize,
    /// Moves of the longest way that has no shorter one.
    pub depth: u32,
    /// States in which nothing more happens by itself.
    pub ends: usize,
    pub found: Vec<Counterexample>,
}

const NOBODY: u32 = u32::MAX;

struct Explorer<'a> {
    design: Design<'a>,
    known: HashMap<[u64; 3], u32, BuildHasherDefault<Quick>>,
    worlds: Vec<World>,
    /// From where each was reached first.
    parents: Vec<u32>,
    depths: Vec<u32>,
    /// Where each goes when people rest and nothing fails.
    calm: Vec<u32>,
    waiting: VecDeque<u32>,
    explored: Explored,
}

/// Explores breadth first within `scope`, until `wanted` is found broken or to the end.
pub fn explore(rules: &Rules, flaw: Option<Flaw>, scope: Scope, wanted: Option<&str>) -> Explored {
    let mut explorer = Explorer {
        design: Design { rules, flaw, scope },
        known: HashMap::default(),
        worlds: Vec::new(),
        parents: Vec::new(),
        depths: Vec::new(),
        calm: Vec::new(),
        waiting: VecDeque::new(),
        explored: Explored::default(),
    };
    explorer.meet(World::beginning(scope.faults), NOBODY);
    let is_wanted =
        |explored: &Explored| explored.found.iter().any(|found| Some(found.promise) == wanted);
    let mut next = Vec::new();
    while let Some(place) = explorer.waiting.pop_front() {
        explorer.expand(place, &mut next);
        if is_wanted(&explorer.explored) {
            break;
        }
    }
    if explorer.waiting.is_empty() {
        explorer.ends();
    }
    explorer.explored.states = explorer.worlds.len();
    explorer.explored
}

impl Explorer<'_> {
    /// The number of a state; a new one is judged and will be expanded.
    fn meet(&mut self, world: World, parent: u32) -> u32 {
        let code = world.code();
        if let Some(place) = self.known.get(&code) {
            return *place;
        }
        let place = u32::try_from(self.worlds.len()).expect("fewer than four thousand million");
        self.known.insert(code, place);
        self.worlds.push(world);
        self.parents.push(parent);
        let depth = self.depths.get(parent as usize).map_or(0, |depth| depth + 1);
        self.depths.push(depth);
        self.explored.depth = self.explored.depth.max(depth);
        self.calm.push(NOBODY);
        match promises::broken(&world) {
            // What comes after a broken promise proves nothing.
            Some(promise) => self.found(promise, place),
            None => self.waiting.push_back(place),
        }
        place
    }

    fn expand(&mut self, place: u32, next: &mut Vec<Next>) {
        let world = self.worlds[place as usize];
        self.design.next(&world, next);
        self.explored.transitions += next.len();
        let calmest =
            next.iter().filter(|next| !next.fault).min_by_key(|next| rank(next.what, world.now));
        let calmest =
            calmest.filter(|next| rank(next.what, world.now) < PEOPLE).map(|next| next.world);
        for one in next.iter() {
            let met = self.meet(one.world, place);
            if calmest == Some(one.world) {
                self.calm[place as usize] = met;
            }
        }
    }

    /// Follows every state to where it comes to rest.
    fn ends(&mut self) {
        let mut judged: Vec<bool> = vec![false; self.worlds.len()];
        for start in 0..self.worlds.len() {
            let mut trail = Vec::new();
            let mut place = start;
            while !judged[place] {
                judged[place] = true;
                trail.push(place);
                let next = self.calm[place];
                if next == NOBODY {
                    self.explored.ends += 1;
                    if let Some(promise) = promises::broken_at_last(&self.worlds[place]) {
                        self.found(promise, u32::try_from(place).expect("met before"));
                    }
                    break;
                }
                place = next as usize;
            }
            if trail.len() > 1 && trail.contains(&place) && self.calm[place] != NOBODY {
                self.found("I-LIVE", u32::try_from(place).expect("met before"));
            }
        }
    }

    fn found(&mut self, promise: &'static str, place: u32) {
        if self.explored.found.iter().any(|found| found.promise == promise) {
            return;
        }
        let path = self.path(place);
        self.explored.found.push(Counterexample { promise, path });
    }

    /// The moves from the beginning to a state.
    fn path(&self, place: u32) -> Vec<String> {
        let mut places = vec![place];
        while let Some(parent) = Some(self.parents[*places.last().expect("one") as usize]) {
            if parent == NOBODY {
                break;
            }
            places.push(parent);
        }
        places.reverse();
        let mut next = Vec::new();
        let mut path: Vec<String> = places
            .windows(2)
            .map(|pair| {
                let (from, to) = (self.worlds[pair[0] as usize], self.worlds[pair[1] as usize]);
                self.design.next(&from, &mut next);
                let step = next.iter().find(|next| next.world == to);
                step.map_or_else(String::new, |next| format!("{:?}", next.what))
            })
            .collect();
        path.push(format!("{:?}", self.worlds[place as usize]));
        path
    }
}

/// The first rank of what people do: they rest while a state comes to its end.
const PEOPLE: u8 = 9;

/// What happens first while nothing fails: work in hand, then rows, then what is due, then time.
fn rank(what: Move, now: u8) -> u8 {
    match what {
        Move::GoesOn(_) => 0,
        Move::Works { .. } => 1,
        Move::Calls { .. } => 2,
        Move::CallbackArrives(_) => 3,
        Move::StatusCatchesUp(_) => 4,
        // An open order is looked at over and over until its time is over.
        Move::TimePasses if now == 0 => 5,
        Move::Sweep(_) => 6,
        Move::TimeIsOver(_) => 7,
        Move::TimePasses => 8,
        _ => PEOPLE,
    }
}
