//! `auto-order backup`: encrypted backups, made and checked, brought back and tried out.

use std::path::PathBuf;

use clap::Subcommand;

use super::failure::Failure;
use super::{say, say_json};
use crate::config::{BareConfig, Config};
use crate::ops::backup::{Choice, Covered, Keeper, Released, Restored};
use crate::primitives::Clock;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an archive of this moment beside the running service, and read it back.
    Create {
        /// Bring it to `BACKUP_OFFSITE_URL` too.
        #[arg(long)]
        offsite: bool,
        /// Then delete all but the newest `BACKUP_KEEP` archives of each place.
        #[arg(long)]
        prune: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// The archives in both places, the newest first.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Read an archive to its end and check every byte and count of it.
    Verify {
        /// A file, or the name of an archive in either place; the newest when left out.
        archive: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Bring an archive back into the empty database of `DATABASE_URL`, in quarantine.
    Restore {
        /// A file, or the name of an archive in either place.
        archive: String,
        /// Where the settings are written when nothing is there yet.
        #[arg(long, value_name = "FILE", default_value = ".env")]
        env_out: PathBuf,
    },
    /// Delete all but the newest `BACKUP_KEEP` archives of each place.
    Prune,
    /// Try a restore in a scratch database, compare, and take it away again.
    Drill {
        /// A file, or the name of an archive in either place; the newest when left out.
        archive: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// End the quarantine of a restored database: the shop works again.
    Release {
        /// Take out every unit that the archive had as unsold: it may have been delivered since.
        #[arg(long, conflicts_with_all = ["sell_unsold", "trust_journal"])]
        void_unsold: bool,
        /// Sell them all the same.
        #[arg(long, conflicts_with = "trust_journal")]
        sell_unsold: bool,
        /// Nothing was sold after the moment until which the journal was kept: sell what it does not name.
        #[arg(long)]
        trust_journal: bool,
    },
}

impl Command {
    /// Whether it works on a machine that has no settings yet but the password.
    pub(super) const fn is_bare(&self) -> bool {
        !matches!(self, Self::Create { .. })
    }
}

/// Commands that need every setting, because they put it into the archive.
pub(super) async fn run(config: Config, command: Command) -> Result<(), Failure> {
    let Command::Create { offsite, prune, json } = command else { return Ok(()) };
    let keeper = Keeper::of(&config, Clock::system());
    let made = keeper.create(offsite).await?;
    if prune {
        keeper.prune().await?;
    }
    if json {
        return say_json(&made);
    }
    let places = if made.offsite { "here and offsite" } else { "here" };
    let (name, bytes, rows) = (&made.name, made.bytes, made.rows);
    say(&format!("{name}: {bytes} bytes, {rows} rows, written and read back, kept {places}"))
}

/// All others.
pub(super) async fn run_bare(config: BareConfig, command: Command) -> Result<(), Failure> {
    let keeper = Keeper::bare(&config, Clock::system());
    match command {
        Command::Create { .. } => Ok(()),
        Command::List { json } => list(&keeper, json).await,
        Command::Verify { archive, json } => {
            let (name, manifest) = keeper.verify(archive.as_deref()).await?;
            if json {
                return say_json(&manifest);
            }
            let (rows, engine) = (manifest.rows(), &manifest.data.engine);
            let at = manifest.taken_at.to_rfc3339();
            say(&format!("{name}: whole, {rows} rows of {engine}, taken {at}"))
        }
        Command::Restore { archive, env_out } => {
            let restored = keeper.restore(&archive, &env_out).await?;
            say_restored(&restored, &env_out.display().to_string())
        }
        Command::Prune => {
            let gone = keeper.prune().await?;
            if gone.is_empty() {
                return say("nothing is older than what is kept");
            }
            gone.iter().try_for_each(|name| say(&format!("deleted {name}")))
        }
        Command::Drill { archive, json } => {
            let drill = keeper.drill(archive.as_deref()).await?;
            if json {
                return say_json(&drill);
            }
            say(&format!(
                "{}: restored in a scratch database within {} ms; {} tables with {} rows and {} sums of {} \
                 store(s) are as they were",
                drill.archive, drill.took, drill.tables, drill.rows, drill.sums, drill.stores
            ))
        }
        Command::Release { void_unsold, sell_unsold, trust_journal } => {
            let choice = match (void_unsold, sell_unsold, trust_journal) {
                (true, ..) => Some(Choice::VoidUnsold),
                (_, true, _) => Some(Choice::SellUnsold),
                (.., true) => Some(Choice::TrustJournal),
                _ => None,
            };
            say_released(&keeper.release(choice).await?)
        }
    }
}

async fn list(keeper: &Keeper, json: bool) -> Result<(), Failure> {
    let all = keeper.list().await?;
    if json {
        return say_json(&all);
    }
    if all.is_empty() {
        return say("there is no archive yet; `auto-order backup create` makes one");
    }
    let now = Clock::system().now();
    for one in &all {
        let hours = now.since(one.at).as_secs() / 3600;
        let engine = one.engine.as_deref().unwrap_or("does not open");
        let (name, place, bytes) = (&one.name, one.place, one.bytes);
        say(&format!("{name}  {place}  {hours} h old  {bytes} bytes  {engine}"))?;
    }
    Ok(())
}

fn say_restored(restored: &Restored, env_file: &str) -> Result<(), Failure> {
    let (archive, rows, at) = (&restored.archive, restored.rows, restored.taken_at.to_rfc3339());
    say(&format!("{archive}: {rows} rows as they were {at}"))?;
    if restored.wrote_settings {
        say(&format!(
            "{env_file} is written; DATABASE_URL and BACKUP_ENCRYPTION_PASSWORD are not in it: add them"
        ))?;
    } else if restored.differing.is_empty() {
        say(&format!("{env_file} was there already and says the same"))?;
    } else {
        let names = restored.differing.join(", ");
        say(&format!("{env_file} was there already; the archive has other values of {names}"))?;
    }
    let settled = restored.settled;
    say(&format!(
        "set aside: {} messages, {} broadcasts, {} updates that nobody had answered",
        settled.dropped, settled.paused, settled.unheard
    ))?;
    say_covered(&restored.covered)?;
    say(
        "in quarantine: `auto-order serve` keeps deliveries, sends and sells nothing until `auto-order backup release`",
    )
}

fn say_covered(covered: &Covered) -> Result<(), Failure> {
    for why in &covered.unread {
        say(&format!("journal not read, {why}"))?;
    }
    let Some(until) = covered.until else {
        return say("there is no journal that begins before the backup");
    };
    say(&format!(
        "journal until {}: {} units delivered since, {} taken out now, {} taken from other orders, {} wait for their own",
        until.to_rfc3339(),
        covered.units,
        covered.voided,
        covered.taken_back,
        covered.held
    ))
}

fn say_released(released: &Released) -> Result<(), Failure> {
    say_covered(&released.covered)?;
    if released.voided > 0 {
        say(&format!("{} unsold units are taken out", released.voided))?;
    }
    say(&format!("{} is released; the shop works again", released.archive))
}
