//! The whole service, put together once for `serve`, for `demo` and for tests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::addresses::Places;
use super::crew::{Crew, supervised};
use super::crowds::Crowds;
use super::stores::Outside;
use super::wordings::Wordings;
use super::{Directory, Presence, ServiceError, Shared, presence};
use crate::bot::Texts;
use crate::db::Db;
use crate::http::{self, Doors, Entrance, Front, Limits, Listener, Readiness};
use crate::primitives::{Clock, Keyring, Secret};
use crate::queue::{self, Bell, Intake};
use crate::shop::{payments, quarantine};
use crate::telemetry::Metrics;

/// How long the work in hand may take after the stop.
const FAREWELL: Duration = Duration::from_secs(8);
/// How long the database may take to let go after that.
const LAST_BREATH: Duration = Duration::from_secs(1);

/// What a service is made of.
#[derive(Debug)]
pub struct Settings {
    /// An open database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// What opens secrets at rest.
    pub keyring: Arc<Keyring>,
    /// Where the world comes in.
    pub bind: Entrance,
    /// Where probes come in.
    pub probe: Entrance,
    /// Under which address the world reaches `bind`.
    pub public_url: Option<String>,
    /// Where webhooks may point when that address stays unreachable, in the order they are tried.
    pub standby_urls: Vec<String>,
    /// How many deliveries Telegram may make at once.
    pub max_connections: u8,
    /// The Bot API.
    pub telegram_api_url: String,
    /// The gateway's API.
    pub pakasir_api_url: String,
    /// The gateway's pages for buyers.
    pub pakasir_public_domain: String,
    /// The bot that tells the owners what is wrong; without one the store's own bot does.
    pub owner_bot_token: Option<Secret<String>>,
    /// Whether the owners are told what is wrong.
    pub owner_alerts: bool,
}

/// A running service.
#[derive(Debug)]
pub struct Service {
    shared: Shared,
    readiness: Readiness,
    bind: SocketAddr,
    probe: SocketAddr,
    doors: CancellationToken,
    probes: CancellationToken,
    work: CancellationToken,
    end: CancellationToken,
    door_tasks: TaskTracker,
    probe_tasks: TaskTracker,
    work_tasks: TaskTracker,
    intake_tasks: TaskTracker,
    presence_tasks: TaskTracker,
}

impl Service {
    /// Starts everything; when this returns, deliveries are taken. One may give up waiting for it at any time: until it
    /// returns, nobody has been let in.
    ///
    /// # Errors
    /// [`ServiceError`]; nothing keeps running then.
    pub async fn start(settings: Settings) -> Result<Self, ServiceError> {
        let doors = Doors::default();
        let here = Presence::arrive(&settings.db, &settings.clock).await?;
        let shared = share(&settings, doors.clone(), here);
        let most = settings.max_connections;
        let places = settings.public_url.map(|first| Places::new(first, settings.standby_urls));
        let (bind, bound) = listen(settings.bind)?;
        let (probe, probed) = listen(settings.probe)?;
        shared.directory.refresh(&shared.db, &shared.keyring).await?;
        every_key_is_there(&shared).await?;
        if !shared.db.is_shared() {
            // Nobody else works on this file: whatever is still held was held by a dead process.
            queue::claims::free_all(&shared.db).await?;
        }
        set_times_right(&shared).await?;
        let held = quarantine::current(&mut shared.db.read().await?).await?.is_some();
        // Nothing is awaited from here on: who gives up the start has no open doors to close again.
        let service = Self {
            readiness: Readiness::new(shared.db.clone(), shared.clock.clone()),
            bind: bound,
            probe: probed,
            doors: CancellationToken::new(),
            probes: CancellationToken::new(),
            work: CancellationToken::new(),
            end: CancellationToken::new(),
            door_tasks: TaskTracker::new(),
            probe_tasks: TaskTracker::new(),
            work_tasks: TaskTracker::new(),
            intake_tasks: TaskTracker::new(),
            presence_tasks: TaskTracker::new(),
            shared,
        };
        service.readiness.quarantine(held);
        service.open_doors(bind, probe, doors);
        service.stay_present();
        service.set_to_work(places.map(|places| (places, most)), held);
        Ok(service)
    }

    fn open_doors(&self, bind: Listener, probe: Listener, doors: Doors) {
        let shared = &self.shared;
        let (db, bell, clock) =
            (shared.db.clone(), shared.inbox_bell.clone(), shared.clock.clone());
        let front = Front {
            doors,
            intake: Intake::start(db, bell, clock.clone(), &self.intake_tasks, None),
            metrics: shared.metrics.clone(),
            clock,
            readiness: self.readiness.clone(),
        };
        let probes = http::probes(self.readiness.clone(), shared.metrics.clone());
        let doors = http::router(front);
        self.door_tasks.spawn(http::serve(bind, doors, Limits::of_doors(), self.doors.clone()));
        self.probe_tasks.spawn(http::serve(
            probe,
            probes,
            Limits::of_probes(),
            self.probes.clone(),
        ));
    }

    /// Says until the very end that this replica is there: what is finished after the stop is still ours.
    fn stay_present(&self) {
        if self.shared.db.is_shared() {
            let (shared, stop) = (self.shared.clone(), self.end.clone());
            let beating = move || presence::run(shared.clone(), stop.clone());
            self.presence_tasks.spawn(supervised("presence", self.shared.clock.clone(), beating));
        }
    }

    /// Begins to work, or waits until a restored database is released; see ADR 0029.
    fn set_to_work(&self, webhook: Option<(Places, u8)>, held: bool) {
        let crew = Crew {
            shared: self.shared.clone(),
            work: self.work.clone(),
            end: self.end.clone(),
            tasks: self.work_tasks.clone(),
            webhook,
        };
        if !held {
            crew.begin();
            return;
        }
        let readiness = self.readiness.clone();
        let waiting = async move {
            if crew.is_released().await {
                readiness.quarantine(false);
                crew.begin();
            }
        };
        self.work_tasks.spawn(waiting);
    }

    /// Where deliveries are taken.
    #[must_use]
    pub const fn bind(&self) -> SocketAddr {
        self.bind
    }

    /// Where probes are answered.
    #[must_use]
    pub const fn probe(&self) -> SocketAddr {
        self.probe
    }

    /// What the workers share.
    #[must_use]
    pub const fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Stops in order: no new deliveries, waiting ones committed, work in hand finished, the rest given back.
    ///
    /// What does not finish in time is cut off where it is, and taken up again at the next start.
    pub async fn stop(self) {
        self.readiness.stop();
        self.doors.cancel();
        self.door_tasks.close();
        self.probe_tasks.close();
        self.work.cancel();
        self.work_tasks.close();
        self.intake_tasks.close();
        let all = async {
            tokio::join!(self.door_tasks.wait(), self.work_tasks.wait());
            self.intake_tasks.wait().await;
        };
        if tokio::time::timeout(FAREWELL, all).await.is_err() {
            tracing::warn!("some work was still in hand; it is taken up again at the next start");
        }
        self.end.cancel();
        // Until now probes were told that the service lives and is not ready.
        self.probes.cancel();
        self.presence_tasks.close();
        let goodbye = async {
            self.probe_tasks.wait().await;
            self.presence_tasks.wait().await;
            self.shared.presence.leave(&self.shared.db).await;
            self.shared.db.close().await;
        };
        if tokio::time::timeout(LAST_BREATH, goodbye).await.is_err() {
            tracing::warn!("the database did not let go in time");
        }
    }
}

/// What a machine's clock that was ahead has planned for a far day is planned for now.
async fn set_times_right(shared: &Shared) -> Result<(), ServiceError> {
    let now = shared.clock.now();
    let mut tx = shared.db.write().await?;
    let looks = payments::set_right(&mut tx, now).await?;
    let (facts, parcels) = queue::claims::set_right(&mut tx, now).await?;
    if looks + facts + parcels > 0 {
        tx.commit().await?;
        tracing::warn!(
            looks,
            facts,
            parcels,
            "planned for a far day, as a clock was wrong; now due"
        );
    }
    Ok(())
}

/// A unit that does not open would make paid goods undeliverable: better not to start.
async fn every_key_is_there(shared: &Shared) -> Result<(), ServiceError> {
    let mut tx = shared.db.read().await?;
    let keys = crate::shop::keys::all(&mut tx).await?;
    match keys.into_iter().find(|key| !shared.keyring.knows(key)) {
        Some(missing) => Err(ServiceError::KeyMissing(missing)),
        None => Ok(()),
    }
}

fn listen(entrance: Entrance) -> Result<(Listener, SocketAddr), ServiceError> {
    let wanted = entrance.address();
    let opened = entrance.open().and_then(|listener| {
        let address = listener.address()?;
        Ok((listener, address))
    });
    let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
    opened.map_err(|error| ServiceError::Listen(wanted.unwrap_or(nowhere), error))
}

pub(super) fn share(settings: &Settings, doors: Doors, presence: Presence) -> Shared {
    let outside = Outside {
        telegram_api_url: settings.telegram_api_url.clone(),
        pakasir_api_url: settings.pakasir_api_url.clone(),
        pakasir_public_domain: settings.pakasir_public_domain.clone(),
        owner_bot_token: settings.owner_bot_token.clone(),
        public_url: settings.public_url.clone(),
    };
    Shared {
        db: settings.db.clone(),
        clock: settings.clock.clone(),
        presence,
        inbox_bell: Bell::default(),
        outbox_bell: Bell::default(),
        metrics: Metrics::new(),
        keyring: Arc::clone(&settings.keyring),
        texts: Arc::new(Texts::new()),
        directory: Directory::new(outside, doors),
        owner_alerts: settings.owner_alerts,
        crowds: Crowds::default(),
        pace: Arc::default(),
        telegram: Arc::default(),
        wordings: Wordings::default(),
        suspects: Arc::default(),
        at_work: CancellationToken::new(),
    }
}
