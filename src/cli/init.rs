//! `auto-order init`: from a bot token and a public address to a store that waits for its admin.

use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::{ask, claim, open, say};
use crate::config::Config;
use crate::db::{OpenMode, file_of};
use crate::primitives::{Clock, Keyring, Secret};
use crate::shop::stores::{self, Wish};
use crate::telegram::{User, looks_like_a_token};

/// What nobody can guess; what is not given is asked for.
#[derive(Debug, Args)]
pub(super) struct Line {
    /// The bot's token from @`BotFather`, as @FILE; written out it can be seen in the list of processes.
    #[arg(long, conflicts_with = "again")]
    token: Option<String>,
    /// The address under which the world reaches the service: https://…
    #[arg(long, conflicts_with = "again")]
    public_url: Option<String>,
    /// Set up before? Print a fresh link; the one before is void then.
    #[arg(long)]
    again: bool,
    /// With --again: a link that adds somebody, though the store has an admin.
    #[arg(long, requires = "again")]
    another: bool,
}

pub(super) async fn run(env_file: Option<&Path>, line: Line) -> Result<(), Failure> {
    let file = env_file.unwrap_or(Path::new(".env"));
    if line.again {
        return again(env_file, line.another).await;
    }
    if file.symlink_metadata().is_ok() {
        let shown = file.display();
        return Err(Failure::Use(format!(
            "{shown} is here already, and nothing was changed: `auto-order init --again` prints a fresh link; \
             to begin anew, move {shown} away first"
        )));
    }
    let token = match line.token {
        Some(given) => open::secret(&given)?,
        None => Secret::new(ask::secret("Bot token from @BotFather (not shown): ")?),
    };
    if !looks_like_a_token(token.expose()) {
        let why = "that is no bot token; it looks like 123456:ABC-DEF…, copy it from @BotFather";
        return Err(Failure::Use(why.to_owned()));
    }
    let address = match line.public_url {
        Some(given) => given,
        None => ask::line("Public address (https://…): ")?,
    };
    let pairs = pairs(&token, &address)?;
    let config = Config::with(pairs.clone())?;
    as_asked(&config, &token, &pairs)?;
    let bot = claim::bot(&config.telegram_api_url, &token).await?;
    let mut made = Made::begin(&config.database_url);
    made.write(file, &pairs)?;
    let link = store(&config, &bot).await?;
    made.keep();
    told(file, &config, &bot, &link)
}

/// What goes into the env file.
fn pairs(token: &Secret<String>, address: &str) -> Result<Vec<(String, String)>, Failure> {
    let address = address.trim().trim_end_matches('/');
    let address =
        if address.contains("://") { address.to_owned() } else { format!("https://{address}") };
    // Plain in every reader of such files: nothing in it needs quotes.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/%[]".contains(&byte);
    if address == "https://" || !address.bytes().all(plain) {
        let why = "the public address must be https://host or https://host/path";
        return Err(Failure::Use(why.to_owned()));
    }
    let key = Keyring::fresh_key().expose().clone();
    let named = [
        ("DATA_ENCRYPTION_KEY", key),
        ("TELEGRAM_BOT_TOKEN", token.expose().clone()),
        ("PUBLIC_URL", address),
    ];
    Ok(named.map(|(name, value)| (name.to_owned(), value)).to_vec())
}

/// The process's own variables win over the file: what was asked for must be what counts.
fn as_asked(
    config: &Config,
    token: &Secret<String>,
    pairs: &[(String, String)],
) -> Result<(), Failure> {
    let first = config.first_store.as_ref();
    let mut other = Vec::new();
    if first.is_none_or(|store| !store.bot_token.matches(token.expose().as_bytes())) {
        other.push("TELEGRAM_BOT_TOKEN");
    }
    if config.public_url.as_ref() != pairs.last().map(|(_, value)| value) {
        other.push("PUBLIC_URL");
    }
    if Keyring::from_base64(&Secret::new(pairs[0].1.clone()))
        .is_ok_and(|fresh| fresh.sealing() != config.keyring.sealing())
    {
        other.push("DATA_ENCRYPTION_KEY");
    }
    if other.is_empty() {
        return Ok(());
    }
    let names = other.join(", ");
    Err(Failure::Use(format!(
        "{names} is set to something else in the environment: unset it first"
    )))
}

/// Makes the first store, called as its bot is, and its link.
async fn store(config: &Config, bot: &User) -> Result<String, Failure> {
    let db = open::database(config, OpenMode::Command).await?;
    let slug = config.first_store.as_ref().map(|first| first.slug.as_str());
    let mut store = open::store(&db, &config.keyring, slug).await?;
    let named = config.first_store.as_ref().is_some_and(|first| first.name.is_some());
    let name = Some(bot.first_name.trim().to_owned());
    let wish = Wish { name: name.filter(|_| !named), ..Wish::default() };
    if stores::is_fit(&wish) {
        let mut tx = db.write().await?;
        let now = Clock::system().now();
        store = stores::apply(&mut tx, &config.keyring, &store.slug, &wish, now).await?;
        tx.commit().await?;
    }
    let link = claim::link_of(&db, &store, bot, false).await;
    db.close().await;
    link
}

async fn again(env_file: Option<&Path>, another: bool) -> Result<(), Failure> {
    let config = Config::load(env_file)?;
    let Some(first) = &config.first_store else {
        let why = "TELEGRAM_BOT_TOKEN is missing: set it, or use `auto-order store claim SLUG`";
        return Err(Failure::Use(why.to_owned()));
    };
    let db = open::database(&config, OpenMode::Command).await?;
    let store = open::store(&db, &config.keyring, Some(&first.slug)).await?;
    let link = claim::link(&config, &db, &store, another).await;
    db.close().await;
    say(&link?)
}

fn told(file: &Path, config: &Config, bot: &User, link: &str) -> Result<(), Failure> {
    let name = bot.username.as_deref().unwrap_or_default();
    let url = config.public_url.as_deref().unwrap_or_default();
    say(&format!(
        "@{name} answers, and its store is made. Settings and keys are in {}: keep a copy in a safe place.\n\n\
         1. Start the service:            auto-order serve\n\
         2. Lead {url} to {} (a site for nginx: auto-order provision --help)\n\
         3. Open this link in Telegram within 7 days. Whoever opens it first runs the store, once:\n\n\
         {link}",
        file.display(),
        config.bind,
    ))
}

/// What was made so far; it goes again when the rest fails.
struct Made(Vec<PathBuf>);

impl Made {
    /// The files of a database that is not there yet.
    fn begin(url: &Secret<String>) -> Self {
        let Some(database) = file_of(url).filter(|file| !file.exists()) else {
            return Self(Vec::new());
        };
        let beside = ["", "-wal", "-shm", ".lock"].map(|end| {
            let mut name = database.clone().into_os_string();
            name.push(end);
            PathBuf::from(name)
        });
        let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.filter(|folder| !folder.exists()).map(Path::to_owned);
        if let Some(folder) = &folder {
            // Nobody else on the machine has to look into it; opening the database says what is wrong with it.
            let _ = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
        }
        Self(beside.into_iter().chain(folder).collect())
    }

    /// Writes the env file, which must not be there, for its owner alone.
    fn write(&mut self, path: &Path, pairs: &[(String, String)]) -> Result<(), Failure> {
        let mut text = String::from(
            "# Written by `auto-order init`. Keep it private, and keep a copy: without the key nothing opens.\n",
        );
        for (name, value) in pairs {
            text.push_str(&format!("{name}={value}\n"));
        }
        let unwritable = |error| Failure::Failed(format!("{}: {error}", path.display()));
        let mut options = std::fs::OpenOptions::new();
        let mut file =
            options.write(true).create_new(true).mode(0o600).open(path).map_err(unwritable)?;
        self.0.push(path.to_owned());
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(unwritable)
    }

    fn keep(&mut self) {
        self.0.clear();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for path in &self.0 {
            // A folder goes only when nothing else is in it.
            let _ = std::fs::remove_file(path).or_else(|_| std::fs::remove_dir(path));
        }
    }
}
