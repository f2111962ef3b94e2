//! `auto-order serve`: the service until SIGTERM or SIGINT.

use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};

use super::failure::Failure;
use super::open;
use crate::config::Config;
use crate::db::{OpenMode, crash};
use crate::http::{self, Entrance, Handed};
use crate::primitives::Clock;
use crate::telemetry;
use crate::worker::{Service, Settings};

/// Runs the service, on the sockets that it was handed or else on its own.
pub(super) async fn run(config: Config, handed: Handed) -> Result<(), Failure> {
    let log = config.log.clone();
    telemetry::init(&log.level, log.format, log.folder)?;
    http::raise_open_files();
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
    let service = Service::start(settings).await?;
    let (bind, probe) = (service.bind(), service.probe());
    tracing::info!(%bind, %probe, engine = service.shared().db.engine(), "ready");
    until_told().await?;
    tracing::info!("stopping: no new work, what is in hand is finished");
    service.stop().await;
    tracing::info!("stopped");
    Ok(())
}

/// Waits for SIGTERM or SIGINT.
pub(super) async fn until_told() -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Output)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Output)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
