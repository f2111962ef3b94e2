//! `auto-order serve`: the service until SIGTERM or SIGINT.

use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::failure::Failure;
use super::open;
use crate::config::Config;
use crate::db::{OpenMode, crash};
use crate::http::{self, Entrance, Handed};
use crate::ops;
use crate::primitives::Clock;
use crate::telemetry;
use crate::worker::{Service, Settings};

/// Runs the service, on the sockets that it was handed or else on its own.
pub(super) async fn run(config: Config, handed: Handed) -> Result<(), Failure> {
    let log = config.log.clone();
    telemetry::init(&log.level, log.format, log.folder)?;
    http::raise_open_files();
    let mut told = Told::listen()?;
    let service = tokio::select! {
        started = start(config, handed) => started?,
        () = told.comes() => {
            tracing::info!("told to stop before it was ready");
            return Ok(());
        }
    };
    let (bind, probe) = (service.bind(), service.probe());
    tracing::info!(%bind, %probe, engine = service.shared().db.engine(), "ready");
    let rounds = ops::Rounds::beside(service.shared().clone());
    told.comes().await;
    tracing::info!("stopping: no new work, what is in hand is finished");
    rounds.stop().await;
    service.stop().await;
    tracing::info!("stopped");
    Ok(())
}

async fn start(config: Config, handed: Handed) -> Result<Service, Failure> {
    let db = open::database(&config, OpenMode::Server).await?;
    crash::plan(config.crash);
    crash::plan_word(config.crash_word);
    let settings = Settings {
        db,
        clock: Clock::steady(),
        keyring: Arc::new(config.keyring),
        bind: handed.bind.map_or(Entrance::At(config.bind), Entrance::Handed),
        probe: handed.probe.map_or(Entrance::At(config.probe), Entrance::Handed),
        public_url: config.public_url,
        max_connections: config.telegram_max_connections,
        telegram_api_url: config.telegram_api_url,
        pakasir_api_url: config.pakasir_api_url,
        pakasir_public_domain: config.pakasir_public_domain,
        owner_bot_token: config.owner_bot_token,
    };
    Ok(Service::start(settings).await?)
}

/// SIGTERM and SIGINT, heard from the moment of listening: one that comes while the service starts ends it well too.
pub(super) struct Told {
    terminate: Signal,
    interrupt: Signal,
}

impl Told {
    pub(super) fn listen() -> Result<Self, Failure> {
        let hear = |kind| signal(kind).map_err(Failure::Output);
        Ok(Self {
            terminate: hear(SignalKind::terminate())?,
            interrupt: hear(SignalKind::interrupt())?,
        })
    }

    /// Waits until one of them has come.
    pub(super) async fn comes(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
