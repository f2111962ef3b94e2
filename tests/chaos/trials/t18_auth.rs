//! T18: a wrong secret opens nothing and its comparison tells nothing; secrets are replaced while people buy.

mod guesses;
mod rotation;
mod timing;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request};
use bot_auto_order::db::{Db, OpenMode};
use bot_auto_order::http::{
    CallbackAuth, Door, Doors, Front, Guest, Readiness, TelegramKey, router,
};
use bot_auto_order::primitives::{Clock, Keyring, Secret, StoreId, random_token};
use bot_auto_order::queue::{Bell, Intake};
use bot_auto_order::shop::stores::{self, Wish};
use bot_auto_order::telemetry::Metrics;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use self::guesses::{guesses, that_travel};
use crate::report::Report;
use crate::trial::{BOTH, Given, Store, Trial};
use crate::world::base::Base;

pub const TRIAL: Trial = Trial {
    name: "T18",
    title: "auth",
    stores: BOTH,
    pieces: 1,
    play: |given| Box::pin(play(given)),
};

const TELEGRAM: &str = "x-telegram-bot-api-secret-token";
const PAKASIR: &str = "x-secret";
const HOOK: &str = "a-hook-that-is-known";

async fn play(given: Given) -> Report {
    let mut report = given.report();
    // What no engine has a part in is tried once.
    if given.store() == Store::Sqlite {
        at_the_door(&given, &mut report).await;
        timing::play(&given, &mut report);
    }
    rotation::play(&given, &mut report).await;
    report
}

/// A million guesses at the comparison itself, and a share of them at the doors' own router.
async fn at_the_door(given: &Given, report: &mut Report) {
    let secret = Secret::new(random_token());
    let all = guesses(secret.expose(), given.share(1_000_000, 1_000_000), given.dice());
    let accepted = AtomicU64::new(0);
    std::thread::scope(|threads| {
        for half in all.chunks(all.len().div_ceil(2)) {
            let (secret, accepted) = (&secret, &accepted);
            threads.spawn(move || {
                for guess in half {
                    accepted.fetch_add(u64::from(secret.matches(guess)), Ordering::Relaxed);
                }
            });
        }
    });
    report.figure("guesses", all.len());
    report.figure("accepted", accepted.load(Ordering::SeqCst));
    report.must(accepted.into_inner() == 0, "S1", "a wrong secret is taken for the right one");
    report.must(secret.matches(secret.expose().as_bytes()), "S1", "the right secret is refused");
    through_the_router(given, report, &secret, &all).await;
}

async fn through_the_router(
    given: &Given,
    report: &mut Report,
    secret: &Secret<String>,
    all: &[Vec<u8>],
) {
    let folder = tempfile::tempdir().expect("a folder");
    let base = Base::empty(Store::Sqlite, folder.path(), "door").await;
    let db = Db::open(&Secret::new(base.url()), OpenMode::Command).await.expect("it opens");
    let keyring = Keyring::from_base64(&Keyring::fresh_key()).expect("a fresh key");
    let token = Some(Secret::new("700000001:only-to-make-the-store".to_owned()));
    let wish = Wish { bot_token: token, ..Wish::default() };
    let mut tx = db.write().await.expect("begins");
    let now = Clock::system().now();
    let store = stores::apply(&mut tx, &keyring, "toko", &wish, now).await.expect("a store");
    tx.commit().await.expect("commits");
    let tasks = TaskTracker::new();
    let door = doors(&db, store.id, &tasks, secret);
    let (mut asked, mut entered, mut other) = (0_u64, 0_u64, 0_u64);
    for guess in that_travel(all, secret.expose(), given.share(100_000, 900_000)) {
        let value = HeaderValue::from_bytes(&guess).expect("it can travel");
        let (path, header) =
            if asked % 2 == 0 { ("telegram", TELEGRAM) } else { ("pakasir", PAKASIR) };
        asked += 1;
        match answer(&door, path, header, &[value]).await {
            401 => {}
            200 => entered += 1,
            _ => other += 1,
        }
    }
    let right = HeaderValue::from_str(secret.expose()).expect("a token");
    let wrong = HeaderValue::from_static("wrong");
    // Who knows the secret enters, who shows it second does not: what is shown first counts.
    let twice = answer(&door, "telegram", TELEGRAM, &[wrong.clone(), right.clone()]).await;
    let known = answer(&door, "telegram", TELEGRAM, &[right]).await;
    let crossed = answer(&door, "pakasir", TELEGRAM, &[wrong]).await;
    report.figure("at_the_doors", asked);
    report.figure("entered", entered);
    report.must(asked >= given.share(100_000, 900_000), "S1", format!("only {asked} were tried"));
    report.must(entered == 0, "S1", format!("{entered} wrong secrets entered"));
    report.must(other == 0, "S1", format!("{other} wrong secrets were not answered 401"));
    let stood = (twice, known, crossed) == (401, 200, 401);
    report.must(stood, "S1", format!("twice {twice}, right {known}, crossed {crossed}"));
    let kept = base.count("SELECT COUNT(*) FROM inbox").await;
    report.must(kept == 1, "S1", format!("{kept} deliveries were kept instead of the one"));
    drop(door);
    tasks.close();
    tasks.wait().await;
    db.close().await;
}

fn doors(db: &Db, store: StoreId, tasks: &TaskTracker, secret: &Secret<String>) -> Router {
    let clock = Clock::system();
    let doors = Doors::default();
    let door = Door {
        store,
        telegram: vec![TelegramKey { secret: secret.clone(), until: None }],
        callback: CallbackAuth::Secret(secret.clone()),
        until: None,
    };
    doors.replace(HashMap::from([(HOOK.to_owned(), door)]));
    router(Front {
        doors,
        intake: Intake::start(db.clone(), Bell::default(), clock.clone(), tasks, None),
        metrics: Metrics::new(),
        clock: clock.clone(),
        readiness: Readiness::new(db.clone(), clock),
    })
}

async fn answer(door: &Router, path: &str, header: &'static str, shown: &[HeaderValue]) -> u16 {
    let request = Request::post(format!("/{path}/{HOOK}"));
    let mut request = request.extension(Guest::without_a_seat());
    for value in shown {
        request = request.header(HeaderName::from_static(header), value.clone());
    }
    let body = Body::from(r#"{"update_id":1}"#);
    let request = request.body(body).expect("a request");
    let answered = door.clone().oneshot(request).await.expect("a router never fails");
    answered.status().as_u16()
}
