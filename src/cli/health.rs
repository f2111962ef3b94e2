//! `auto-order healthcheck`: one look, one verdict.

use super::failure::Failure;
use super::{say, say_json, webhook};
use crate::config::Config;
use crate::ops;

pub(super) async fn run(config: Config, json: bool) -> Result<(), Failure> {
    let fronts = webhook::fronts(&config).await.map_err(|failure| failure.to_string());
    let public_url = config.public_url.as_deref();
    let report =
        ops::check(&config.database_url, fronts, public_url, &config.pakasir_api_url).await;
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
