//! `auto-order provision`: a folder per tenant, ready to run.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::{say, say_json};
use crate::ops::provision::{Kind, Order, Unwritten, provision};

/// Everything but the slug may be left out.
#[derive(Debug, Args)]
pub(super) struct Line {
    /// The store's short name: 1 to 40 of a–z, 0–9 and '-'.
    slug: String,
    /// The payment gateway.
    #[arg(default_value = "pakasir")]
    gateway: String,
    /// How it is run: compose, kubernetes or systemd.
    #[arg(long, default_value = "compose", value_parser = kind)]
    kind: Kind,
    /// The name people see; the slug when left out.
    #[arg(long)]
    name: Option<String>,
    /// The address under which the world reaches it: https://…
    #[arg(long)]
    public_url: Option<String>,
    /// Where deliveries come in on this machine; the first free one from 8080 on when left out.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
    /// Where probes come in on this machine; the first free one from 9090 on when left out.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    probe_port: Option<u16>,
    /// The folder of all deployments.
    #[arg(long, default_value = "deployments")]
    dir: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

fn kind(word: &str) -> Result<Kind, String> {
    let found = Kind::ALL.into_iter().find(|(_, known)| *known == word);
    let unknown = || "there is compose, kubernetes and systemd".to_owned();
    found.map(|(kind, _)| kind).ok_or_else(unknown)
}

pub(super) fn run(line: Line) -> Result<(), Failure> {
    let Line { slug, gateway, kind, name, public_url, port, probe_port, dir, json } = line;
    let program = std::env::current_exe().map_err(Failure::Output)?;
    let order = Order { slug, gateway, name, public_url, port, probe_port, folder: dir };
    let written = provision(&order, kind, &program).map_err(|why| match why {
        Unwritten::Faults(_) => Failure::Use(why.to_string()),
        Unwritten::Disk(..) => Failure::Failed(why.to_string()),
    })?;
    let (tenant, folder) = (&written.tenant, written.folder.display());
    if json {
        return say_json(&json!({
            "folder": folder.to_string(),
            "port": tenant.port,
            "probe_port": tenant.probe_port,
        }));
    }
    say(&format!(
        "{folder} is ready: deliveries on 127.0.0.1:{}, probes on 127.0.0.1:{}.\n\
         Next: fill in bot.env, then go on with README.md (README.id.md dalam bahasa Indonesia).",
        tenant.port, tenant.probe_port
    ))
}
