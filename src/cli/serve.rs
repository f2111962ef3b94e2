//! `auto-order serve`: the service until SIGTERM or SIGINT.

use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::failure::Failure;
use super::{health, open};
use crate::config::Config;
use crate::db::{OpenMode, crash};
use crate::http::{self, Entrance, Handed};
use crate::ops::backup::{self, Keeper};
use crate::ops::{Forward, Health, Outlook, Pulse, Rounds};
use crate::primitives::Clock;
use crate::telemetry::{self, Ear};
use crate::worker::{Service, Settings};

/// Runs the service, on the sockets that it was handed or else on its own.
pub(super) async fn run(config: Config, handed: Handed) -> Result<(), Failure> {
    let log = config.log.clone();
    let ear = Ear::default();
    let heard = (ear.clone(), config.watch.alert_from);
    telemetry::init_heard(&log.level, log.format, log.folder, Some(heard))?;
    telemetry::note_panics();
    http::raise_open_files();
    let mut told = Told::listen()?;
    let clock = Clock::steady();
    let outlook = health::outlook(&config, clock.clone());
    let keeper = Keeper::of(&config, clock.clone());
    let service = tokio::select! {
        started = start(config, handed, clock.clone()) => started?,
        () = told.comes() => {
            tracing::info!("told to stop before it was ready");
            return Ok(());
        }
    };
    let (bind, probe) = (service.bind(), service.probe());
    tracing::info!(%bind, %probe, engine = service.shared().db.engine(), "ready");
    let rounds = Rounds::beside(service.shared().clone());
    watch(&rounds, outlook, ear);
    if let Err(error) = backup::begin(&rounds, service.shared(), keeper).await {
        tracing::error!(%error, "whether a journal is kept could not be written down; start again");
    }
    told.comes().await;
    tracing::info!("stopping: no new work, what is in hand is finished");
    rounds.stop().await;
    service.stop().await;
    tracing::info!("stopped");
    Ok(())
}

/// Lets everything be looked after that the owners are told of.
fn watch(rounds: &Rounds, outlook: Outlook, ear: Ear) {
    let since = outlook.clock.now();
    rounds.add_here(Pulse::of(&outlook.watch, outlook.public_url.is_some(), since));
    rounds.add_here(Forward::of(ear));
    if let Some(every) = outlook.watch.health_every {
        rounds.add(Health::every(every, outlook));
    }
}

async fn start(config: Config, handed: Handed, clock: Clock) -> Result<Service, Failure> {
    let db = open::database(&config, OpenMode::Server).await?;
    crash::plan(config.crash);
    crash::plan_word(config.crash_word);
    let settings = Settings {
        db,
        clock,
        keyring: Arc::new(config.keyring),
        bind: handed.bind.map_or(Entrance::At(config.bind), Entrance::Handed),
        probe: handed.probe.map_or(Entrance::At(config.probe), Entrance::Handed),
        public_url: config.public_url,
        max_connections: config.telegram_max_connections,
        telegram_api_url: config.telegram_api_url,
        pakasir_api_url: config.pakasir_api_url,
        pakasir_public_domain: config.pakasir_public_domain,
        owner_bot_token: config.owner_bot_token,
        owner_alerts: config.watch.owner_alerts,
        standby_urls: config.watch.standby_urls,
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
