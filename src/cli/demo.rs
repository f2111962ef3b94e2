//! `auto-order demo`: the real service over real HTTP, against the sandbox, with a seeded store and a chat page.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::failure::Failure;
use super::{say, serve};
use crate::db::{Db, OpenMode};
use crate::http::{self, Limits};
use crate::primitives::{Clock, Keyring, Secret, UserId, random_token};
use crate::sandbox::Stage;
use crate::sandbox::page::Participant;
use crate::shop::catalogue::{self, CatalogueFile};
use crate::shop::stores::{self, Wish};
use crate::telemetry::{self, LogFormat};
use crate::worker::{Service, Settings, pakasir_url};

const SHOP: &str = "Toko Contoh";
const ADMIN: UserId = UserId(1);
const CATALOGUE: &str = include_str!("demo.json");
/// Nobody resolves this name: the sandbox leads it to the service.
const PUBLIC_URL: &str = "https://toko-contoh.test";

pub(super) async fn run(port: u16) -> Result<(), Failure> {
    telemetry::init("warn", LogFormat::Text, None)?;
    let mut told = serve::Told::listen()?;
    let folder = Folder::new()?;
    let clock = Clock::system();
    let stage = Stage::start(clock.clone()).await.map_err(Failure::Output)?;
    let page = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port))).await;
    let page = page.map_err(|error| Failure::Failed(format!("port {port}: {error}")))?;
    let address = page.local_addr().map_err(Failure::Output)?;
    let origin = format!("http://{address}");

    let keyring = Arc::new(
        Keyring::from_base64(&Keyring::fresh_key()).map_err(crate::shop::ShopError::from)?,
    );
    let db = Db::open(&folder.database(), OpenMode::Server).await?;
    let hook = seed(&db, &keyring, &stage, &clock).await?;
    stage.project.callbacks_to(Some(&pakasir_url(PUBLIC_URL, &hook)));
    stage.gateway.pages_at(&origin);
    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    let service = Service::start(Settings {
        db,
        clock,
        keyring,
        bind: loopback.into(),
        probe: loopback.into(),
        public_url: Some(PUBLIC_URL.to_owned()),
        max_connections: 40,
        telegram_api_url: stage.telegram.url(),
        pakasir_api_url: stage.gateway.url(),
        pakasir_public_domain: origin.clone(),
        owner_bot_token: None,
        owner_alerts: true,
        standby_urls: Vec::new(),
    })
    .await?;
    stage.lead_to(service.bind());

    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let site = stage.page(SHOP, people(&stage));
    tasks.spawn(http::serve(page, site, Limits::default(), stop.clone()));
    say(&format!(
        "🛍  {SHOP} is open: {origin}/\n    play money, real service; Ctrl-C ends it and leaves nothing behind"
    ))?;
    say(&format!(
        "    Bot API {}  gateway {}  probes http://{}/metrics",
        stage.telegram.url(),
        stage.gateway.url(),
        service.probe()
    ))?;
    told.comes().await;
    stop.cancel();
    service.stop().await;
    stage.stop().await;
    Ok(())
}

/// Two buyers and the seller.
fn people(stage: &Stage) -> Vec<Participant> {
    [(UserId(1001), "Budi", "buyer"), (UserId(1002), "Sari", "buyer"), (ADMIN, "Admin", "admin")]
        .into_iter()
        .map(|(user, name, role)| Participant {
            person: stage.bot.person(user, name).language("id"),
            name: name.to_owned(),
            role,
        })
        .collect()
}

/// Makes the store and its goods; returns its hook.
async fn seed(db: &Db, keyring: &Keyring, stage: &Stage, clock: &Clock) -> Result<String, Failure> {
    let file: CatalogueFile = serde_json::from_str(CATALOGUE)?;
    let wish = Wish {
        name: Some(SHOP.to_owned()),
        bot_token: Some(stage.token.clone()),
        pakasir_slug: Some(stage.project.slug().to_owned()),
        pakasir_api_key: Some(stage.project.api_key()),
        pakasir_webhook_secret: Some(stage.project.webhook_secret()),
        admins: Some(vec![ADMIN]),
        ..Wish::default()
    };
    let mut tx = db.write().await?;
    let store = stores::apply(&mut tx, keyring, "toko-contoh", &wish, clock.now()).await?;
    catalogue::import(&mut tx, &store, keyring, &file, clock.now()).await.map_err(Failure::File)?;
    tx.commit().await?;
    Ok(store.hook)
}

/// A folder of our own for the throw-away database, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("auto-order-demo-{}", random_token()));
        std::fs::create_dir(&path).map_err(Failure::Output)?;
        Ok(Self(path))
    }

    fn database(&self) -> Secret<String> {
        Secret::new(format!("sqlite:{}", self.0.join("demo.db").display()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The system clears its folder for temporary files anyway.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
