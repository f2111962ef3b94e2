//! People who buy one thing each, one after the other, until they are told to stop, and what they hold.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use bot_auto_order::primitives::{Clock, UserId};
use bot_auto_order::sandbox::Stage;
use bot_auto_order::sandbox::pakasir::State;
use tokio::task::JoinSet;

const LOOK: Duration = Duration::from_millis(20);
/// An invoice is paid after this long: nobody pays before he was shown it.
const MOMENT: Duration = Duration::from_secs(1);
/// Longest wait for bought goods.
const PATIENCE: Duration = Duration::from_mins(1);

/// The goods of a shop for patrons: `akun-00001:sandi` and so on.
pub fn units(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("akun-{n:05}:sandi")).collect()
}

/// People in a shop whose first product are [`units`].
pub struct Patrons {
    stage: Stage,
    over: Arc<AtomicBool>,
    crowd: JoinSet<Vec<i64>>,
}

impl Patrons {
    /// So many at a time.
    pub fn enter(stage: &Stage, count: usize) -> Self {
        let (next, over) = (Arc::new(AtomicI64::new(1_000)), Arc::new(AtomicBool::new(false)));
        let mut crowd = JoinSet::new();
        for _ in 0..count {
            let (stage, over, next) = (stage.clone(), over.clone(), next.clone());
            crowd.spawn(async move {
                let mut bought = Vec::new();
                while !over.load(Ordering::SeqCst) {
                    let user = next.fetch_add(1, Ordering::SeqCst);
                    bought.push(user);
                    buy(&stage, user).await;
                }
                bought
            });
        }
        Self { stage: stage.clone(), over, crowd }
    }

    /// Lets everybody end what he began; who they were.
    pub async fn leave(mut self, patience: Duration) -> Vec<i64> {
        self.over.store(true, Ordering::SeqCst);
        let mut bought = Vec::new();
        let all = async {
            while let Some(done) = self.crowd.join_next().await {
                bought.extend(done.expect("a patron does not panic"));
            }
        };
        let _ = tokio::time::timeout(patience, all).await;
        self.stage.bot.settled().await;
        bought
    }
}

/// What buyers hold.
#[derive(Debug, Default)]
pub struct Told {
    /// Who got nothing.
    pub empty: usize,
    /// Units that two people hold.
    pub twice: usize,
}

impl Told {
    pub fn by(stage: &Stage, bought: &[i64]) -> Self {
        let mut holders: HashMap<String, usize> = HashMap::new();
        let mut told = Self::default();
        for user in bought {
            let seen = stage.bot.person(UserId(*user), "Budi").messages();
            let mut units: Vec<String> = seen.iter().filter_map(|it| unit(&it.text)).collect();
            units.dedup();
            told.empty += usize::from(units.is_empty());
            for unit in units {
                *holders.entry(unit).or_default() += 1;
            }
        }
        told.twice = holders.values().filter(|holders| **holders > 1).count();
        told
    }
}

fn unit(text: &str) -> Option<String> {
    let at = text.find("akun-")?;
    text.get(at..at + 10).map(str::to_owned)
}

async fn buy(stage: &Stage, user: i64) {
    let buyer = stage.bot.person(UserId(user), "Budi").language("id");
    buyer.say("/start");
    buyer.sees_text("Selamat datang").await;
    buyer.say("1");
    buyer.sees_text("Jumlah:").await;
    buyer.press("Lanjut ke Keranjang");
    buyer.sees_text("🧺 Keranjang\n").await;
    buyer.press("Lanjut ke Pembayaran");
    buyer.sees_text("Pilih cara bayar").await;
    buyer.press("QRIS");
    let clock = Clock::system();
    let deadline = clock.now().plus(PATIENCE);
    while clock.now() < deadline {
        for owed in stage.project.transactions() {
            if owed.state == State::Pending && clock.now().since(owed.created_at) > MOMENT {
                // Somebody else's bank may be quicker.
                let _ = stage.project.pay(&owed.txn_id);
            }
        }
        if buyer.messages().iter().any(|seen| unit(&seen.text).is_some()) {
            return;
        }
        clock.sleep(LOOK).await;
    }
}
