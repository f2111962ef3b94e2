//! The chaos runner: real processes under every fault a small server meets, judged by an oracle of their own.
//!
//! `./scripts/chaos` builds what the trials want, starts a PostgreSQL and plays them: `quick` every trial at
//! its quick size, `T1 --store sqlite --seed 7` one again; `list` names the pieces of the full size.
//! `docs/RELIABILITY.md` tells what they mean.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a runner reports")]

mod arguments;
mod model;
mod oracle;
mod report;
mod simulation;
mod trial;
mod trials;
mod world;

use std::process::ExitCode;

use arguments::Order;
use bot_auto_order::primitives::planted::plant;
use report::Report;
use trial::{Given, Piece};

fn main() -> ExitCode {
    let order = match Order::read(std::env::args().skip(1)) {
        Ok(Order::Nothing) => return ExitCode::SUCCESS,
        Ok(order) => order,
        Err(wrong) => {
            eprintln!("chaos: {wrong}\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    let seed = order.seed();
    let pieces = order.pieces();
    if order.lists() {
        for piece in &pieces {
            println!("{piece}");
        }
        return ExitCode::SUCCESS;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    println!("seed={seed} pieces={}", pieces.len());
    // Trials that play without processes have it in this one.
    plant(order.bug());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime starts");
    let reports: Vec<Report> =
        pieces.into_iter().map(|piece| play(&runtime, piece, seed, &order)).collect();
    let failed = reports.iter().filter(|report| !report.passed()).count();
    println!("{} passed, {failed} failed", reports.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn play(runtime: &tokio::runtime::Runtime, piece: Piece, seed: u64, order: &Order) -> Report {
    let (program, planted, besides) = (order.program(), order.planted(), order.besides());
    let older = order.older();
    let given = Given { piece, seed, program, planted, older, besides };
    let again = given.replay();
    let started = std::time::Instant::now();
    let mut report = runtime.block_on((piece.trial.play)(given));
    report.took(started.elapsed());
    report.print(&again);
    report
}
