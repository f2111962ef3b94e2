//! The seeded simulation: the service's real steps on a real database, in an order thrown by dice.
//!
//! What it gives up: two transactions never overlap (on SQLite they cannot), a crash falls between
//! steps (a transaction cut short leaves nothing), and webhooks are not registered. Processes, sockets
//! that break and PostgreSQL are the other trials'.

mod books;
mod buyers;
mod ending;
mod gateway;
mod outside;
mod schedule;
mod script;
mod telegram;
mod world;

use std::path::Path;

pub use script::Script;
pub use world::a_store;
use world::{Counts, World};

/// How often the books are checked while a world goes on.
const CHECK_EVERY: usize = 40;
/// A world that has not placed its orders after so many steps is a fault of the simulation.
const STEPS_PER_ORDER: usize = 400;

/// How a world went.
pub struct Played {
    pub seed: u64,
    pub script: Script,
    pub orders: u64,
    pub sold: u64,
    pub credited: u64,
    pub late: u64,
    pub steps: u64,
    pub counts: Counts,
    pub wrong: Vec<(&'static str, String)>,
}

/// Plays one world to its end, in a folder of its own.
pub async fn play(seed: u64, orders: u64, folder: &Path) -> Played {
    let mut world = World::begin(seed, folder).await;
    let mut steps = 0;
    while world.wrong.is_empty() {
        for _ in 0..CHECK_EVERY {
            world.step().await;
            steps += 1;
        }
        world.check_now().await;
        let placed = world.count("SELECT COUNT(*) FROM orders").await;
        if u64::try_from(placed).unwrap_or(0) >= orders {
            break;
        }
        if steps > STEPS_PER_ORDER * usize::try_from(orders).expect("small") {
            world.wrong.push(("I-ASKED", format!("only {placed} orders after {steps} steps")));
        }
    }
    if world.wrong.is_empty() && !world.come_to_rest().await {
        world.wrong.push(("I-LIVE", "it does not come to rest".to_owned()));
    }
    if world.wrong.is_empty() {
        world.check_at_last().await;
    }
    finish(seed, world).await
}

async fn finish(seed: u64, mut world: World) -> Played {
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    let sold = "SELECT COUNT(*) FROM orders WHERE state IN ('paid', 'delivered')";
    let credited = "SELECT COUNT(*) FROM ledger";
    let late = "SELECT COUNT(*) FROM payments WHERE outcome = 'late'";
    Played {
        seed,
        orders: number(world.count("SELECT COUNT(*) FROM orders").await),
        sold: number(world.count(sold).await),
        credited: number(world.count(credited).await),
        late: number(world.count(late).await),
        counts: world.counts,
        wrong: std::mem::take(&mut world.wrong),
        steps: number(i64::try_from(world.script.len()).unwrap_or(0)),
        script: world.end().await,
    }
}
