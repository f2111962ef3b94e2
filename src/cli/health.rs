//! `auto-order healthcheck`: one look, one verdict.

use super::failure::Failure;
use super::{say, say_json, webhook};
use crate::config::Config;
use crate::ops::{self, Machine, Outlook};
use crate::primitives::Clock;

pub(super) async fn run(config: Config, json: bool) -> Result<(), Failure> {
    let fronts = webhook::fronts(&config).await.map_err(|failure| failure.to_string());
    let report = ops::check(&config.database_url, fronts, &outlook(&config, Clock::system())).await;
    if json {
        say_json(&report)?;
    } else {
        for check in &report.checks {
            let mark = if check.ok { "ok " } else { "BAD" };
            say(&format!("{mark} {}: {}", check.name, check.detail))?;
        }
    }
    if report.healthy { Ok(()) } else { Err(Failure::Failed("something is wrong".to_owned())) }
}

/// Where things are, as the environment says.
pub(super) fn outlook(config: &Config, clock: Clock) -> Outlook {
    Outlook {
        clock,
        machine: Machine::holding(config.database_url.expose()),
        watch: config.watch.clone(),
        public_url: config.public_url.clone(),
        pakasir_api_url: config.pakasir_api_url.clone(),
        logs: config.log.folder.clone(),
    }
}
