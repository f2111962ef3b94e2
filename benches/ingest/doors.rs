//! The doors alone: durable deliveries against the same server's no-op, and against a commit for each.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use bot_auto_order::db::Db;
use bot_auto_order::http::{
    self, CallbackAuth, Door, Doors, Front, Limits, Readiness, TelegramKey,
};
use bot_auto_order::primitives::{Clock, Keyring, Secret, random_token};
use bot_auto_order::queue::{Bell, Intake};
use bot_auto_order::shop::stores::{self, Wish};
use bot_auto_order::telemetry::Metrics;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::client::Client;
use crate::engines::Engine;
use crate::{Plan, disk, figures};

const SECRET: &str = "a-secret-of-the-length-that-a-store-has-too";
const HOOK: &str = "hook-of-the-length-that-a-store-has";
const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";

/// A listener with the real doors and the no-op beside them, on a runtime like the program's.
struct Server {
    runtime: Runtime,
    address: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
    db: Db,
}

impl Server {
    fn start(engine: &Engine, folder: &Path, name: &str, batch: Option<usize>) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let (address, db) = runtime.block_on(async {
            let db = engine.fresh(folder, name).await;
            let router = router(&db, &tasks, batch).await;
            let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
            let listener = TcpListener::bind(loopback).await.expect("a port");
            let address = listener.local_addr().expect("an address");
            let serving = http::serve(listener, router, Limits::default(), stop.clone());
            tasks.spawn(serving);
            (address, db)
        });
        Self { runtime, address, stop, tasks, db }
    }

    fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.runtime.block_on(async {
            let _ = tokio::time::timeout(Duration::from_secs(10), self.tasks.wait()).await;
            self.db.close().await;
        });
    }
}

async fn router(db: &Db, tasks: &TaskTracker, batch: Option<usize>) -> Router {
    let clock = Clock::system();
    let keyring = Keyring::from_base64(&Keyring::fresh_key()).expect("a fresh key");
    let mut tx = db.write().await.expect("begins");
    let wish = Wish {
        name: Some("Toko".to_owned()),
        bot_token: Some(Secret::new(format!("700000001:{}", random_token()))),
        ..Wish::default()
    };
    let store = stores::apply(&mut tx, &keyring, "toko", &wish, clock.now()).await.expect("made");
    tx.commit().await.expect("commits");
    let telegram_secret = Secret::new(SECRET.to_owned());
    let doors = Doors::default();
    let door = Door {
        store: store.id,
        telegram: vec![TelegramKey { secret: telegram_secret.clone(), until: None }],
        until: None,
        callback: CallbackAuth::Closed,
    };
    doors.replace(HashMap::from([(HOOK.to_owned(), door)]));
    let front = Front {
        doors,
        intake: Intake::start(db.clone(), Bell::default(), clock.clone(), tasks, batch),
        metrics: Metrics::new(),
        readiness: Readiness::new(db.clone(), clock.clone()),
        clock,
    };
    let no_op = move |headers: HeaderMap, body: Bytes| {
        let shown = headers.get(SECRET_HEADER).map_or(&b""[..], |value| value.as_bytes());
        let admitted = telegram_secret.matches(shown) && !body.is_empty();
        std::future::ready(if admitted { StatusCode::OK } else { StatusCode::UNAUTHORIZED })
    };
    http::router(front).route("/no-op", post(no_op))
}

/// Prints what the doors of one engine take.
pub fn measure(plan: Plan, engine: &Engine, folder: &Path) {
    let name = engine.name;
    let grouped = Server::start(engine, folder, "grouped", None);
    let single = Server::start(engine, folder, "single", Some(1));
    let mut to_grouped = Client::connect(grouped.address, SECRET);
    let mut to_single = Client::connect(single.address, SECRET);
    let path = format!("/telegram/{HOOK}");
    let (mut no_op, mut group, mut alone, mut syncs) = (vec![], vec![], vec![], vec![]);
    for round in 0..=plan.rounds {
        // Who goes first changes, so that a drift of the machine favours nobody.
        let (empty, durable) = if round % 2 == 0 {
            let empty = to_grouped.rate("/no-op", plan.slice);
            (empty, to_grouped.rate(&path, plan.slice))
        } else {
            let durable = to_grouped.rate(&path, plan.slice);
            (to_grouped.rate("/no-op", plan.slice), durable)
        };
        let one_by_one = to_single.rate(&path, plan.slice / 2);
        let round_syncs = disk::syncs(folder, plan.slice / 4);
        if round == 0 {
            // Warms up.
            continue;
        }
        no_op.push(empty);
        group.push(durable);
        alone.push(one_by_one);
        syncs.extend(round_syncs);
    }
    let ratios = |over: &[f64]| group.iter().zip(over).map(|(a, b)| a / b).collect::<Vec<_>>();
    figures::percentiles(&format!("{name}.fdatasync"), &mut syncs);
    figures::spread(&format!("{name}.ingest_to_no_op_ratio"), ratios(&no_op), "(goal 0.4)");
    figures::spread(&format!("{name}.group_to_single_commit_ratio"), ratios(&alone), "");
    figures::spread(&format!("{name}.no_op"), no_op, "per second");
    figures::spread(&format!("{name}.ingest"), group, "per second, durable");
    figures::spread(&format!("{name}.ingest_single_commit"), alone, "per second, durable");
    drop((to_grouped, to_single));
    grouped.stop();
    single.stop();
}
