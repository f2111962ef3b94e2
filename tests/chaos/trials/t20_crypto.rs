//! T20: what is sealed stays sealed: flipped bits, moved values, fresh keys, and canaries.

mod canaries;
mod fresh_keys;
mod sealed;
mod words;

use crate::report::Report;
use crate::trial::{BOTH, Given, Trial};

pub const TRIAL: Trial = Trial {
    name: "T20",
    title: "crypto",
    stores: BOTH,
    pieces: 1,
    play: |given| Box::pin(play(given)),
};

async fn play(given: Given) -> Report {
    let mut report = given.report();
    sealed::play(&given, &mut report).await;
    fresh_keys::play(&given, &mut report).await;
    canaries::play(&given, &mut report).await;
    report
}
