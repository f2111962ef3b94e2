//! How Telegram's deliveries fare under one address, judged by what it tells about the webhook.

use std::time::Duration;

use crate::primitives::Timestamp;
use crate::telegram::WebhookInfo;

/// How often Telegram is asked what it has registered.
pub(super) const WATCH: Duration = Duration::from_mins(1);
/// The same while it cannot deliver.
pub(super) const TROUBLED: Duration = Duration::from_secs(20);
/// After so many looks in a row that show new trouble another address is tried.
const PATIENCE: u32 = 3;
/// More waiting updates than this are a backlog.
pub const MOST_WAITING: i64 = 100;
/// When every address was tried in vain, the next round begins after so long.
const REST: Duration = Duration::from_mins(10);

/// What to do about the deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// They arrive.
    Well,
    /// Nobody can say yet.
    Wait,
    /// The same registration once more.
    SetAgain,
    /// It is this address that cannot be reached.
    Move,
}

/// What the looks at one registration showed.
#[derive(Debug, Default)]
pub(super) struct Fare {
    /// Telegram's last complaint that was heard.
    complaint: Option<i64>,
    /// How many updates waited at the last look.
    waiting: i64,
    /// How many looks in a row showed new trouble.
    trouble: u32,
    /// How many addresses were left since deliveries last arrived.
    moves: usize,
    rests_until: Option<Timestamp>,
}

impl Fare {
    /// Under another address everything is open again, but for how many were tried.
    pub(super) fn afresh(&self) -> Self {
        Self { moves: self.moves, rests_until: self.rests_until, ..Self::default() }
    }

    /// Whether deliveries were in trouble at the last look.
    pub(super) const fn is_troubled(&self) -> bool {
        self.trouble > 0
    }

    /// Whether Telegram complains of something that it did not say at the last look.
    pub(super) fn complains_anew(&mut self, info: &WebhookInfo) -> bool {
        let anew = info.last_error_date > self.complaint;
        self.complaint = self.complaint.max(info.last_error_date);
        anew
    }

    /// Judges a look at a registration made at `told`; `anew` says whether it brought a new complaint.
    pub(super) fn judge(&mut self, info: &WebhookInfo, anew: bool, told: Timestamp) -> Course {
        let waiting = info.pending_update_count;
        let before = std::mem::replace(&mut self.waiting, waiting);
        // A complaint while the queue gets shorter is a bad moment, not an address out of reach.
        let refused = anew && info.last_error_date > Some(told.seconds()) && waiting >= before;
        let piles_up = waiting > before && waiting > MOST_WAITING;
        if waiting > 0 && (refused || piles_up) {
            self.trouble += 1;
            return match self.trouble {
                1 => Course::SetAgain,
                n if n >= PATIENCE => Course::Move,
                _ => Course::Wait,
            };
        }
        if waiting == 0 || waiting < before {
            (self.trouble, self.moves, self.rests_until) = (0, 0, None);
            return Course::Well;
        }
        // Between two tries of Telegram's nothing new can be heard.
        if self.trouble > 0 { Course::Wait } else { Course::Well }
    }

    /// Whether another of `places` addresses is worth trying at `now`; each gets one turn, then there is a rest.
    pub(super) fn may_move(&mut self, places: usize, now: Timestamp) -> bool {
        if self.rests_until.is_some_and(|until| now >= until) {
            (self.moves, self.rests_until) = (0, None);
        }
        if self.moves + 1 >= places {
            self.rests_until.get_or_insert(now.plus(REST));
            return false;
        }
        true
    }

    /// Another address was chosen.
    pub(super) const fn moved(&mut self) {
        self.moves += 1;
        self.trouble = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(fare: &mut Fare, waiting: i64, error_at: Option<i64>) -> Course {
        let mut info: WebhookInfo = serde_json::from_str("{}").expect("every field has a default");
        (info.pending_update_count, info.last_error_date) = (waiting, error_at);
        let anew = fare.complains_anew(&info);
        fare.judge(&info, anew, Timestamp(100_000))
    }

    #[test]
    fn new_errors_look_after_look_lead_to_the_same_registration_and_then_elsewhere() {
        let mut fare = Fare::default();
        assert_eq!(look(&mut fare, 0, None), Course::Well);
        assert_eq!(look(&mut fare, 1, Some(110)), Course::SetAgain);
        assert_eq!(look(&mut fare, 2, Some(130)), Course::Wait);
        assert_eq!(look(&mut fare, 2, Some(130)), Course::Wait, "between two tries");
        assert_eq!(look(&mut fare, 2, Some(160)), Course::Move);
    }

    #[test]
    fn what_gets_through_in_the_end_is_a_bad_moment() {
        let mut fare = Fare::default();
        assert_eq!(look(&mut fare, 5, Some(110)), Course::SetAgain);
        assert_eq!(look(&mut fare, 3, Some(130)), Course::Well);
        assert_eq!(look(&mut fare, 3, Some(150)), Course::SetAgain);
        assert_eq!(look(&mut fare, 0, Some(155)), Course::Well);
        assert_eq!(look(&mut fare, 1, Some(90)), Course::Well, "from before it was told");
    }

    #[test]
    fn a_backlog_that_only_grows_is_trouble_without_a_word() {
        let mut fare = Fare::default();
        assert_eq!(look(&mut fare, 90, None), Course::Well);
        assert_eq!(look(&mut fare, 101, None), Course::SetAgain);
        assert_eq!(look(&mut fare, 140, None), Course::Wait);
        assert_eq!(look(&mut fare, 200, None), Course::Move);
    }

    #[test]
    fn each_address_gets_one_turn_and_then_there_is_a_rest() {
        let (mut fare, now) = (Fare::default(), Timestamp(0));
        for _ in 0..2 {
            assert!(fare.may_move(3, now));
            fare.moved();
        }
        assert!(!fare.may_move(3, now));
        assert!(!fare.may_move(3, now.plus(REST / 2)));
        assert!(fare.may_move(3, now.plus(REST)));
        assert!(!Fare::default().may_move(1, now), "there is nowhere to go");
    }
}
