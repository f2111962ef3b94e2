//! The command line: what each command reads, does and prints.

mod failure;
mod open;
mod ask;
mod claim;
mod init;
mod provision;
mod catalogue;
mod store;
mod webhook;
mod health;
mod serve;
mod demo;
mod audit;
mod backup;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{BareConfig, Config};
use crate::http::Handed;
use crate::primitives::{Keyring, planted};
use crate::telemetry::redaction::redacted;
use failure::Failure;

/// A shop for digital goods inside Telegram: one QRIS scan, goods in the chat seconds later.
#[derive(Debug, Parser)]
#[command(name = "auto-order", version)]
struct Line {
    /// Read variables from this file instead of `.env`.
    #[arg(long, global = true, value_name = "FILE")]
    env_file: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service.
    Serve,
    /// Run the real service against a built-in sandbox, with a chat page to buy in.
    Demo {
        /// The port of the page; 0 picks a free one.
        #[arg(long, default_value_t = 8484)]
        port: u16,
    },
    /// Set everything up: asks for the bot's token and the public address, and prints a link for the first admin.
    Init(init::Line),
    /// Write a ready deployment for one tenant: Compose, Kubernetes or systemd.
    Provision(provision::Line),
    /// List, show, add, change or remove stores.
    #[command(subcommand)]
    Store(Box<store::Command>),
    /// Bring the catalogue in or out as one JSON file.
    #[command(subcommand)]
    Catalogue(catalogue::Command),
    /// Look at or renew what Telegram has registered.
    #[command(subcommand)]
    Webhook(webhook::Command),
    /// Check the audit log.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Make, check, bring back and try out encrypted backups.
    #[command(subcommand)]
    Backup(backup::Command),
    /// Check database, jobs, Telegram, gateway, webhook, disk, memory, CPU, logs and backups; exit 1 when something is wrong.
    Healthcheck {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print a fresh `DATA_ENCRYPTION_KEY`.
    Keygen,
}

/// Parses the arguments, runs the command, and says how it ended: 0, 1 for failure, 2 for wrong use.
#[must_use]
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let line = match Line::try_parse_from(arguments) {
        Ok(line) => line,
        Err(refusal) => {
            let code = u8::try_from(refusal.exit_code()).unwrap_or(2);
            // When even this cannot be printed, the exit code still says it.
            let _ = refusal.print();
            return ExitCode::from(code);
        }
    };
    match run(line) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let said = failure.to_string();
            let _ = writeln!(std::io::stderr(), "auto-order: {}", redacted(&said));
            ExitCode::from(failure.code())
        }
    }
}

fn run(line: Line) -> Result<(), Failure> {
    let env_file = line.env_file.as_deref();
    match line.command {
        Command::Keygen => say(Keyring::fresh_key().expose()),
        Command::Demo { port } => block_on(demo::run(port)),
        Command::Provision(line) => provision::run(line),
        Command::Init(line) => block_on(init::run(env_file, line)),
        Command::Backup(command) if command.is_bare() => {
            block_on(backup::run_bare(BareConfig::load(env_file)?, command))
        }
        command => {
            let config = Config::load(env_file)?;
            planted::plant(config.planted);
            let handed = match command {
                Command::Serve => Handed::take(&config.listener_names)?,
                _ => Handed::default(),
            };
            block_on(async {
                match command {
                    Command::Serve => serve::run(config, handed).await,
                    Command::Store(command) => store::run(config, *command).await,
                    Command::Catalogue(command) => catalogue::run(config, command).await,
                    Command::Webhook(command) => webhook::run(config, command).await,
                    Command::Audit(command) => audit::run(config, command).await,
                    Command::Healthcheck { json } => health::run(config, json).await,
                    Command::Backup(command) => backup::run(config, command).await,
                    Command::Keygen
                    | Command::Init(_)
                    | Command::Provision(_)
                    | Command::Demo { .. } => Ok(()),
                }
            })
        }
    }
}

/// Prints a line on stdout.
fn say(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").map_err(Failure::Output)
}

/// Prints a value as indented JSON on stdout.
fn say_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    say(&serde_json::to_string_pretty(value)?)
}

fn block_on(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    // A second provider of the same library would make every TLS call panic: name ours first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::Output)?
        .block_on(work)
}
