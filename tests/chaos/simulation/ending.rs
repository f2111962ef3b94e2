//! The end of a world: no more faults, everything on its way arrives, and time passes until nothing is due.

use std::time::Duration;

use super::world::{BUYERS, World};

/// Rounds of one moment, and moments, after which a world that is still busy never comes to rest.
const ROUNDS: usize = 400;
const MOMENTS: usize = 3_000;
/// Past the invoices, past every late look at the gateway.
const LATER: [u64; 9] = [60, 120, 600, 900, 1_200, 3_600, 7_200, 87_300, 3_600];

impl World {
    /// Lets everything come to its end; `false` when it does not.
    pub async fn come_to_rest(&mut self) -> bool {
        self.script.step("no more faults");
        for user in BUYERS {
            self.returns(user);
        }
        self.gateway_catches_up();
        while !self.waiting.is_empty() {
            let waiting = self.waiting.remove(0);
            self.answer_well(waiting).await;
        }
        let mut rested = self.rest_now().await;
        for seconds in LATER {
            self.script.step(format!("{seconds} s pass"));
            self.clock.advance(Duration::from_secs(seconds));
            rested &= self.rest_now().await;
        }
        rested
    }

    fn returns(&mut self, user: i64) {
        self.telegram.chat(user).blocked = false;
        self.says(user, "/start");
    }

    /// Works until nothing is pending now or within the next minutes.
    async fn rest_now(&mut self) -> bool {
        self.tick().await;
        for _ in 0..MOMENTS {
            if !self.nothing_due().await {
                return false;
            }
            if self.count(PENDING).await == 0 {
                return true;
            }
            let pass = self.until_next().await;
            self.script.step(format!("{pass} ms pass"));
            self.clock.advance(Duration::from_millis(pass));
        }
        false
    }

    /// How many milliseconds until another row can be taken: the first may stand behind it.
    async fn until_next(&self) -> u64 {
        let statement = bot_auto_order::sql!(
            "SELECT COALESCE(MIN(at), $1 + 1000) - $1 FROM \
             (SELECT MAX(due_at, leased_until) AS at FROM inbox WHERE state = 'pending' UNION ALL \
              SELECT MAX(due_at, leased_until) FROM outbox WHERE state = 'pending') WHERE at > $1"
        );
        let mut tx = self.db.read().await.expect("reads");
        let row: (i64,) =
            bot_auto_order::fetch_one!(&mut tx, (i64,), statement, self.now()).expect("a time");
        u64::try_from(row.0).expect("it is ahead")
    }

    /// Delivers, works and carries until there is nothing left to do at this moment.
    async fn nothing_due(&mut self) -> bool {
        for _ in 0..ROUNDS {
            while !self.posts.is_empty() {
                self.deliver_post(0, false).await;
            }
            self.take_facts(32).await;
            self.take_parcels().await;
            if self.facts.is_empty() && self.parcels.is_empty() {
                return true;
            }
            while !self.facts.is_empty() {
                self.work_fact(0).await;
            }
            while !self.parcels.is_empty() {
                self.begin_at(0).await;
                while !self.waiting.is_empty() {
                    let waiting = self.waiting.remove(0);
                    self.answer_well(waiting).await;
                }
            }
        }
        false
    }
}

const PENDING: &str = "SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'pending') + \
                       (SELECT COUNT(*) FROM outbox WHERE state = 'pending')";
