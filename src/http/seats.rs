//! Who may stay: seats for connections, given up by strangers first when somebody else needs one.
//!
//! Whoever can open a socket can open thousands and say nothing. A connection on which a secret of
//! ours was shown is known and stays; any other is a stranger's, and the oldest stranger leaves when
//! a newcomer finds every seat taken.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// So long a stranger may stay in any case: enough to say what he came for.
const GRACE: Duration = Duration::from_millis(100);

/// The seats of one listener. Clones share them.
#[derive(Clone)]
pub(super) struct Seats(Arc<Room>);

struct Room {
    most: usize,
    taken: Mutex<Taken>,
    freed: Notify,
}

/// Who sits, in the order in which they came.
#[derive(Default)]
struct Taken {
    sitters: BTreeMap<u64, Arc<Sitter>>,
    next: u64,
}

struct Sitter {
    /// A secret of ours was shown on it.
    known: AtomicBool,
    /// A request of its is being answered.
    busy: AtomicBool,
    /// Since when it is as it is.
    since: Mutex<Instant>,
    came: Instant,
    leave: CancellationToken,
}

impl Sitter {
    fn new() -> Self {
        Self {
            known: AtomicBool::new(false),
            busy: AtomicBool::new(false),
            since: Mutex::new(Instant::now()),
            came: Instant::now(),
            leave: CancellationToken::new(),
        }
    }

    fn since(&self) -> Instant {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_known(&self) -> bool {
        self.known.load(Ordering::Relaxed)
    }

    fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed)
    }

    /// How long this stranger still may stay, at least.
    fn grace(&self) -> Duration {
        GRACE.saturating_sub(self.came.elapsed())
    }

    fn stays(&self) -> bool {
        !self.leave.is_cancelled()
    }
}

impl Seats {
    pub(super) fn new(most: usize) -> Self {
        Self(Arc::new(Room { most, taken: Mutex::default(), freed: Notify::new() }))
    }

    /// A seat as soon as there is one; somebody else may have to leave for it.
    pub(super) async fn take(&self) -> Seat {
        loop {
            let freed = self.0.freed.notified();
            if let Some(seat) = self.sit_down() {
                return seat;
            }
            match self.ask_one_to_leave() {
                Asked::One => freed.await,
                Asked::TooEarly(left) => _ = tokio::time::timeout(left, freed).await,
                // Whoever is served now may be idle soon, and nobody tells.
                Asked::Nobody => _ = tokio::time::timeout(GRACE, freed).await,
            }
        }
    }

    fn sit_down(&self) -> Option<Seat> {
        let mut taken = self.0.taken();
        if taken.sitters.len() >= self.0.most {
            return None;
        }
        let (number, sitter) = (taken.next, Arc::new(Sitter::new()));
        taken.next += 1;
        taken.sitters.insert(number, Arc::clone(&sitter));
        Some(Seat { room: Arc::clone(&self.0), number, sitter })
    }

    /// Asks the oldest stranger to leave, or else whom nobody heard from for the longest time.
    pub(super) fn ask_one_to_leave(&self) -> Asked {
        let taken = self.0.taken();
        let staying = || taken.sitters.values().filter(|sitter| sitter.stays());
        let stranger = staying().find(|sitter| !sitter.is_known());
        if let Some(grace) = stranger.map(|it| it.grace()).filter(|grace| !grace.is_zero()) {
            return Asked::TooEarly(grace);
        }
        let idle = || staying().filter(|it| !it.is_busy()).min_by_key(|it| it.since());
        let Some(leaving) = stranger.or_else(idle) else { return Asked::Nobody };
        leaving.leave.cancel();
        Asked::One
    }

    /// Waits until somebody has left.
    pub(super) async fn one_left(&self) {
        self.0.freed.notified().await;
    }
}

/// Who was asked to leave.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    One,
    /// Nobody yet: the oldest stranger has only just come.
    TooEarly(Duration),
    /// Nobody: everyone is known and being served.
    Nobody,
}

/// Who sits on a seat, as the handlers of his requests know him.
#[derive(Clone)]
pub struct Guest(Arc<Sitter>);

impl Guest {
    /// Someone without a seat: a delivery that comes by no connection, as in the simulation.
    #[must_use]
    pub fn without_a_seat() -> Self {
        Self(Arc::new(Sitter::new()))
    }

    /// He showed a secret of ours.
    pub(super) fn is_known_now(&self) {
        self.0.known.store(true, Ordering::Relaxed);
    }
}

impl Room {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection's seat, free again when this is dropped.
pub(super) struct Seat {
    room: Arc<Room>,
    number: u64,
    sitter: Arc<Sitter>,
}

impl Seat {
    /// A request of this connection begins to be answered.
    pub(super) fn begins(&self) {
        self.note(true);
    }

    /// It was answered.
    pub(super) fn ends(&self) {
        self.note(false);
    }

    pub(super) fn guest(&self) -> Guest {
        Guest(Arc::clone(&self.sitter))
    }

    fn note(&self, busy: bool) {
        self.sitter.busy.store(busy, Ordering::Relaxed);
        let mut since = self.sitter.since.lock().unwrap_or_else(PoisonError::into_inner);
        *since = Instant::now();
    }

    /// Waits until somebody else needs the seat.
    pub(super) async fn is_needed(&self) {
        self.sitter.leave.cancelled().await;
    }

    /// Waits until this connection has been silent for too long: a stranger for `head`, a known one
    /// for `idle`. While a request is being answered it is not silent.
    pub(super) async fn is_overdue(&self, head: Duration, idle: Duration) {
        loop {
            let patience = if self.sitter.is_known() { idle } else { head };
            let silent = self.sitter.since().elapsed();
            let left = match patience.checked_sub(silent) {
                _ if self.sitter.is_busy() => head,
                Some(left) if !left.is_zero() => left,
                _ => return,
            };
            // The pause ends by itself: nothing else is waited for.
            let _ = tokio::time::timeout(left, std::future::pending::<()>()).await;
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.room.taken().sitters.remove(&self.number);
        self.room.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(seat: &Seat) -> bool {
        !seat.sitter.stays()
    }

    fn delivers(seat: &Seat) {
        seat.begins();
        seat.guest().is_known_now();
        seat.ends();
    }

    async fn ask_when_it_is_time(seats: &Seats) -> Asked {
        loop {
            match seats.ask_one_to_leave() {
                Asked::TooEarly(left) => {
                    let _ = tokio::time::timeout(left, std::future::pending::<()>()).await;
                }
                asked => return asked,
            }
        }
    }

    #[tokio::test]
    async fn the_oldest_stranger_leaves_first_and_who_is_served_stays() {
        let seats = Seats::new(3);
        let (known, old, young) = (seats.take().await, seats.take().await, seats.take().await);
        delivers(&known);
        assert!(seats.sit_down().is_none(), "every seat is taken");
        assert!(matches!(seats.ask_one_to_leave(), Asked::TooEarly(_)));
        assert!(!asked(&old), "who has just come may say what he wants");
        assert_eq!(ask_when_it_is_time(&seats).await, Asked::One);
        assert_eq!((asked(&known), asked(&old), asked(&young)), (false, true, false));
        drop(old);
        let newcomer = seats.take().await;
        delivers(&young);
        delivers(&newcomer);
        known.begins();
        assert_eq!(seats.ask_one_to_leave(), Asked::One);
        assert!(asked(&young), "of those who are known the one that was silent longest");
        assert_eq!(seats.ask_one_to_leave(), Asked::One);
        assert!(asked(&newcomer));
        assert_eq!(seats.ask_one_to_leave(), Asked::Nobody);
        assert!(!asked(&known), "who is being served stays");
    }

    #[tokio::test]
    async fn a_newcomer_waits_until_the_seat_is_free() {
        let seats = Seats::new(1);
        let stranger = seats.take().await;
        let leaving = async {
            stranger.is_needed().await;
            drop(stranger);
        };
        let (newcomer, ()) = tokio::join!(seats.take(), leaving);
        assert!(!asked(&newcomer));
    }

    #[tokio::test]
    async fn who_is_served_when_a_newcomer_comes_is_asked_when_that_is_over() {
        let seats = Seats::new(1);
        let sitter = seats.take().await;
        delivers(&sitter);
        sitter.begins();
        let leaving = async {
            tokio::task::yield_now().await;
            sitter.ends();
            sitter.is_needed().await;
            drop(sitter);
        };
        let both = async { tokio::join!(seats.take(), leaving) };
        let (newcomer, ()) = tokio::time::timeout(GRACE * 20, both).await.expect("he sits down");
        assert!(!asked(&newcomer));
    }

    #[tokio::test]
    async fn strangers_are_waited_for_less_long() {
        let (head, idle) = (Duration::from_millis(20), Duration::from_hours(1));
        let seats = Seats::new(2);
        let (stranger, known) = (seats.take().await, seats.take().await);
        delivers(&known);
        stranger.is_overdue(head, idle).await;
        let patience = tokio::time::timeout(head * 3, known.is_overdue(head, idle));
        assert!(patience.await.is_err(), "who is known may be silent for longer");
    }
}
