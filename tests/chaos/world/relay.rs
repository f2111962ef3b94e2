//! A bad postman between the outside and the service: a letter comes several times, late, in any order, by
//! several connections and to every replica; each copy until it is taken.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex as Lock, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use bot_auto_order::primitives::Clock;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::line::{Letter, Line};
use super::program::Setting;
use super::town::Town;

/// Connections to each replica.
const LINES: usize = 8;
/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// A copy that was not taken comes again after this long.
const AGAIN: Duration = Duration::from_millis(100);
/// No copy is carried more often.
const TRIES: u32 = 600;
/// Letters on their way; more wait at the door.
const MOST: usize = 4_000;

/// What he carries and how often.
pub struct Relay {
    office: Arc<Office>,
    _door: JoinSet<()>,
}

struct Office {
    lines: Vec<Mutex<Line>>,
    dice: Lock<fastrand::Rng>,
    /// At most so many copies of a letter are made …
    copies: AtomicU64,
    /// … and each is at most so many milliseconds late.
    late: AtomicU64,
    carrying: Lock<JoinSet<()>>,
    carried: AtomicU64,
    lost: AtomicU64,
    letters: AtomicU64,
}

impl Relay {
    /// Stands between a town's outside and all of its replicas from now on.
    pub async fn between(town: &Town, dice: fastrand::Rng) -> Self {
        let line = |it: &Setting| Mutex::new(Line::to(it.bind).with(PATIENCE, true));
        let lines = town.settings.iter().flat_map(|it| (0..LINES).map(move |_| line(it)));
        let office = Arc::new(Office {
            lines: lines.collect(),
            dice: Lock::new(dice),
            copies: AtomicU64::new(1),
            late: AtomicU64::new(0),
            carrying: Lock::default(),
            carried: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            letters: AtomicU64::new(0),
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let router = Router::new().fallback(take).with_state(Arc::clone(&office));
        let mut door = JoinSet::new();
        door.spawn(async move {
            // It ends with the postman.
            let _ = axum::serve(listener, router).await;
        });
        town.stage.lead_to(address);
        town.stage.bot.route_webhooks_to(address);
        Self { office, _door: door }
    }

    /// How bad he is from now on: one copy at once at first.
    pub fn be(&self, copies: u64, late: Duration) {
        let late = u64::try_from(late.as_millis()).expect("a short time");
        self.office.copies.store(copies, Ordering::SeqCst);
        self.office.late.store(late, Ordering::SeqCst);
    }

    pub fn is_idle(&self) -> bool {
        self.office.is_idle()
    }

    /// Waits until every copy was taken.
    pub async fn idle(&self, patience: Duration) -> bool {
        let clock = Clock::system();
        let deadline = clock.now().plus(patience);
        while !self.office.is_idle() {
            if clock.now() > deadline {
                return false;
            }
            clock.sleep(AGAIN).await;
        }
        true
    }

    /// Letters that were given to him.
    pub fn letters(&self) -> u64 {
        self.office.letters.load(Ordering::SeqCst)
    }

    /// Copies that were taken.
    pub fn deliveries(&self) -> u64 {
        self.office.carried.load(Ordering::SeqCst)
    }

    /// Copies that nobody took however often he came.
    pub fn lost(&self) -> u64 {
        self.office.lost.load(Ordering::SeqCst)
    }
}

impl Office {
    fn dice<T>(&self, roll: impl FnOnce(&mut fastrand::Rng) -> T) -> T {
        roll(&mut self.dice.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_idle(&self) -> bool {
        let mut carrying = self.carrying.lock().unwrap_or_else(PoisonError::into_inner);
        while carrying.try_join_next().is_some() {}
        carrying.is_empty()
    }

    fn has_room(&self) -> bool {
        let mut carrying = self.carrying.lock().unwrap_or_else(PoisonError::into_inner);
        while carrying.try_join_next().is_some() {}
        carrying.len() < MOST
    }

    async fn carry(&self, letter: Letter, late: Duration) {
        let clock = Clock::system();
        clock.sleep(late).await;
        for _ in 0..TRIES {
            let line = self.dice(|dice| dice.usize(0..self.lines.len()));
            let status = self.lines[line].lock().await.post(&letter).await;
            if (200..300).contains(&status) {
                self.carried.fetch_add(1, Ordering::SeqCst);
                return;
            }
            clock.sleep(AGAIN).await;
        }
        self.lost.fetch_add(1, Ordering::SeqCst);
    }
}

/// Takes a letter and answers for the service, which will have it.
async fn take(
    State(office): State<Arc<Office>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    if !office.has_room() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let names = ["x-telegram-bot-api-secret-token", "x-secret"];
    let kept = names.into_iter().filter_map(|name| Some((name, headers.get(name)?)));
    let letter = kept.fold(Letter::post(uri.path(), &body), |letter, (name, value)| {
        letter.with(name, value.as_bytes())
    });
    office.letters.fetch_add(1, Ordering::SeqCst);
    let late = office.late.load(Ordering::SeqCst);
    let copies = office.copies.load(Ordering::SeqCst);
    let times: Vec<u64> =
        office.dice(|dice| (0..dice.u64(1..=copies)).map(|_| dice.u64(0..=late)).collect());
    for time in times {
        let (letter, carrier) = (letter.clone(), Arc::clone(&office));
        let carrying = async move { carrier.carry(letter, Duration::from_millis(time)).await };
        office.carrying.lock().unwrap_or_else(PoisonError::into_inner).spawn(carrying);
    }
    StatusCode::OK
}
