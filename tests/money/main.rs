//! The ledger's sum is the balance, after any mix of deposits, purchases, late, double and wrong payments
//! and crashes: random histories, held against a model that knows nothing of the shop's code.

mod world;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use world::{Engine, World};

/// What can happen to a customer's money. Numbers pick one of what there is.
#[derive(Debug, Clone)]
enum Step {
    /// A deposit is asked for.
    Deposit { thousands: i64 },
    /// A cart of so many units is ordered, paid in one of the three ways.
    Order { units: i64, coupon: bool, way: u8 },
    /// The gateway says of some payment: paid, with so many rupiah more or less than asked.
    Pay { which: usize, off_by: i64 },
    /// Some unpaid order expires or is cancelled.
    End { which: usize, cancelled: bool },
    /// The seller changes the balance.
    Adjust { thousands: i64 },
}

/// A step, and whether the machine dies before it is committed.
type Moment = (Step, bool);

fn step() -> impl Strategy<Value = Step> {
    let off = prop_oneof![6 => Just(0_i64), 1 => Just(-1), 1 => Just(1), 1 => Just(-5_000)];
    prop_oneof![
        2 => (10..60_i64).prop_map(|thousands| Step::Deposit { thousands }),
        4 => (1..3_i64, any::<bool>(), 0..3_u8)
            .prop_map(|(units, coupon, way)| Step::Order { units, coupon, way }),
        6 => (0..8_usize, off).prop_map(|(which, off_by)| Step::Pay { which, off_by }),
        2 => (0..8_usize, any::<bool>()).prop_map(|(which, cancelled)| Step::End { which, cancelled }),
        1 => (-40..40_i64).prop_map(|thousands| Step::Adjust { thousands }),
    ]
}

fn histories(engine: Engine, cases: u32) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let world = runtime.block_on(World::open(engine));
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, seed);
    let moments = prop::collection::vec((step(), prop::bool::weighted(0.15)), 1..10);
    let outcome = runner.run(&moments, |history: Vec<Moment>| {
        runtime.block_on(world.play(&history)).map_err(TestCaseError::fail)
    });
    runtime.block_on(world.close());
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn ten_thousand_histories_balance_on_sqlite() {
    histories(Engine::Sqlite, 10_000);
}

#[test]
fn ten_thousand_histories_balance_on_postgres() {
    histories(Engine::Postgres, 10_000);
}
