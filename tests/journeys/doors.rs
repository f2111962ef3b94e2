//! The two doors to the world: who gets in, what is kept of nonsense, and how slow senders end.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use bot_auto_order::http::{self, Limits};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::given::TestShop;
use crate::journey;
use crate::wire::{Answer, exchange, request};

const TELEGRAM: &str = "x-telegram-bot-api-secret-token";
const FACTS: &str = "SELECT COUNT(*) FROM inbox";
/// Long before any time limit of the service.
const AT_ONCE: Duration = Duration::from_secs(3);

fn start_update(id: i64) -> Vec<u8> {
    let person = json!({"id": 900, "is_bot": false, "first_name": "Palsu"});
    json!({"update_id": id, "message": {"message_id": 1, "date": 1, "text": "/start",
        "from": person, "chat": {"id": 900, "type": "private", "first_name": "Palsu"}}})
    .to_string()
    .into_bytes()
}

/// A secret that differs in its last letter, one that is too long, the other door's, and none.
fn wrong_secrets(right: &str, other: &str) -> Vec<String> {
    let mut last = right.to_owned();
    last.pop();
    vec![format!("{last}!"), format!("{right}x"), last, other.to_owned(), String::new()]
}

journey!(without_the_secret_nothing_happens, |shop| {
    let (telegram, pakasir) = (shop.telegram_secret(), shop.pakasir_secret());
    let (hook, bind) = (shop.store().hook.clone(), shop.service().bind());
    let sale = json!({"order_id": "x", "amount": 1, "status": "completed"}).to_string();
    let doors = [
        ("telegram", TELEGRAM, wrong_secrets(&telegram, &pakasir), start_update(1)),
        ("pakasir", "x-secret", wrong_secrets(&pakasir, &telegram), sale.into_bytes()),
    ];
    for (door, header, secrets, body) in doors {
        let line = format!("POST /{door}/{hook}");
        let without = request(bind, &line, &[], &body).await;
        assert_eq!((without.status, without.body.as_str()), (401, ""), "{door}");
        for secret in secrets {
            let answer = request(bind, &line, &[(header, &secret)], &body).await;
            assert_eq!(answer, without, "{door} with {secret}");
        }
    }
    shop.quiet().await;
    assert_eq!(shop.count(FACTS).await, 0);
    assert_eq!(shop.count("SELECT COUNT(*) FROM customers").await, 0);
});

journey!(who_has_no_secret_is_refused_before_he_has_spoken, |shop| {
    let (hook, bind) = (shop.store().hook.clone(), shop.service().bind());
    for door in ["telegram", "pakasir"] {
        let promises = [
            "content-length: 1000000000000",
            "transfer-encoding: chunked",
            "content-length: 100\r\ncontent-type: image/png",
            "expect: 100-continue\r\ncontent-length: 5",
        ];
        for promise in promises {
            let head =
                format!("POST /{door}/{hook} HTTP/1.1\r\nhost: toko.test\r\n{promise}\r\n\r\n");
            let asked = Instant::now();
            let answer = exchange(bind, head, Vec::new()).await;
            assert_eq!(answer.status, 401, "{door}, {promise}");
            assert!(asked.elapsed() < AT_ONCE, "{door}, {promise}: {:?}", asked.elapsed());
        }
    }
});

journey!(a_door_that_is_not_there_is_like_every_other_wrong_path, |shop| {
    let (hook, bind) = (shop.store().hook.clone(), shop.service().bind());
    let telegram = shop.telegram_secret();
    let elsewhere = request(bind, "GET /", &[], b"").await;
    assert_eq!((elsewhere.status, elsewhere.body.as_str()), (404, ""));
    let lines = [
        "GET /metrics".to_owned(),
        "GET /admin".to_owned(),
        "GET /../../etc/passwd".to_owned(),
        "GET /%ff".to_owned(),
        "POST /telegram".to_owned(),
        "POST /telegram/".to_owned(),
        "POST /telegram/%ff".to_owned(),
        "POST /pakasir/%00%ff".to_owned(),
        format!("POST /telegram/{hook}x"),
        format!("POST /pakasir/{}", "y".repeat(5_000)),
        format!("POST /telegram/{hook}/"),
        format!("POST //telegram/{hook}"),
        format!("GET /telegram/{hook}"),
        format!("PUT /pakasir/{hook}"),
        format!("DELETE /telegram/{hook}"),
        format!("OPTIONS /telegram/{hook}"),
        format!("BREW /pakasir/{hook}"),
        "POST /healthz".to_owned(),
        "PUT /readyz".to_owned(),
    ];
    for line in lines {
        let answer = request(bind, &line, &[(TELEGRAM, &telegram)], b"{}").await;
        assert_eq!(answer, elsewhere, "{line}");
    }
    let head = request(bind, &format!("HEAD /telegram/{hook}"), &[], b"").await;
    assert_eq!((head.status, head.body.as_str()), (404, ""));
    assert_eq!(shop.count(FACTS).await, 0);
});

journey!(numbers_are_shown_at_the_inner_door_only, |shop| {
    let (bind, probe) = (shop.service().bind(), shop.service().probe());
    assert_eq!(request(bind, "GET /metrics", &[], b"").await.status, 404);
    let metrics = request(probe, "GET /metrics", &[], b"").await;
    assert_eq!(metrics.status, 200);
    assert!(metrics.body.contains("auto_order_inbox_pending 0"), "{}", metrics.body);
    for address in [bind, probe] {
        let health = request(address, "GET /healthz", &[], b"").await;
        assert_eq!((health.status, health.body.as_str()), (200, r#"{"status":"ok"}"#));
        let ready = request(address, "GET /readyz", &[], b"").await;
        assert_eq!(ready.status, 200, "{}", ready.body);
    }
    let hook = format!("POST /telegram/{}", shop.store().hook);
    let inside = request(probe, &hook, &[(TELEGRAM, &shop.telegram_secret())], b"{}").await;
    assert_eq!(inside.status, 404, "the inner door takes no deliveries");
});

journey!(many_questions_are_one_write, |shop| {
    const WRITTEN: &str = "SELECT held_until FROM leases WHERE name = 'readyz'";
    let bind = shop.service().bind();
    let begin = shop.clock.now();
    let mut written = std::collections::BTreeSet::new();
    for _ in 0..40 {
        assert_eq!(request(bind, "GET /readyz", &[], b"").await.status, 200);
        written.insert(shop.count(WRITTEN).await);
    }
    let most = shop.clock.now().since(begin).as_millis() / 20 + 1;
    assert!(written.len() as u128 <= most, "{} writes where {most} are allowed", written.len());
});

journey!(a_damaged_store_keeps_nobody_out, |shop| {
    // Its secrets are another store's: they do not open under its name.
    shop.change(
        "INSERT INTO stores (slug, name, timezone, language, pakasir_version, pakasir_sandbox, \
         invoice_minutes, terms_days, hook, secrets, secrets_key, revision, created_at, updated_at) \
         SELECT 'rusak', 'Rusak', timezone, language, pakasir_version, pakasir_sandbox, \
         invoice_minutes, terms_days, 'rusak', secrets, secrets_key, 1, created_at, updated_at FROM stores",
    )
    .await;
    shop.stop().await;
    shop.start().await;
    still_alive(shop).await;
});

/// Whatever was posted: the process lives and the shop sells.
async fn still_alive(shop: &TestShop) {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
}

journey!(too_much_is_refused, |shop| {
    let ten_mebibytes = vec![b' '; 10 * 1024 * 1024];
    for answer in [shop.post_update(&ten_mebibytes).await, shop.post_callback(&ten_mebibytes).await]
    {
        assert_eq!((answer.status, answer.body.as_str()), (413, ""));
    }
    let hook = format!("POST /telegram/{}", shop.store().hook);
    let head = format!(
        "{hook} HTTP/1.1\r\nhost: toko.test\r\n{TELEGRAM}: {}\r\ntransfer-encoding: chunked\r\n\r\n",
        shop.telegram_secret()
    );
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    let answer = exchange(shop.service().bind(), head, chunk.repeat(8).into_bytes()).await;
    assert_eq!(answer.status, 413, "without a length as well");
    assert_eq!(shop.count(FACTS).await, 0);
    still_alive(shop).await;
});

/// What no update and no callback looks like, each said to whoever has the right secret.
fn nonsense() -> Vec<Vec<u8>> {
    vec![
        b"{not json".to_vec(),
        b"".to_vec(),
        b"\xff\xfe\x00".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        "[".repeat(100_000).into_bytes(),
        r#"{"a":"#.repeat(40_000).into_bytes(),
        json!({"message": {"text": "/start"}}).to_string().into_bytes(),
        json!({"update_id": "five"}).to_string().into_bytes(),
        json!({"order_id": "A-1", "amount": "banyak", "status": "completed"})
            .to_string()
            .into_bytes(),
        json!({"order_id": "A-2", "amount": 1.5e300, "status": "completed"})
            .to_string()
            .into_bytes(),
    ]
}

/// Twice the same nonsense is one letter, set aside with a reason.
fn assert_set_aside(reasons: &[String], kinds: usize) {
    assert_eq!(reasons.len(), kinds, "{reasons:#?}");
    assert!(reasons.iter().all(|reason| reason.starts_with("not a")), "{reasons:#?}");
}

journey!(nonsense_from_telegram_is_kept_and_set_aside, |shop| {
    for body in nonsense() {
        for _ in 0..2 {
            let answer = shop.post_update(&body).await;
            assert_eq!((answer.status, answer.body.as_str()), (200, ""));
        }
    }
    shop.quiet().await;
    assert_set_aside(&shop.dead_letters().await, nonsense().len());
    assert_eq!(shop.count("SELECT COUNT(*) FROM customers").await, 0);
    still_alive(shop).await;
});

journey!(nonsense_from_the_gateway_is_kept_and_set_aside, |shop| {
    for body in nonsense() {
        let answer = shop.post_callback(&body).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    }
    shop.quiet().await;
    assert_set_aside(&shop.dead_letters().await, nonsense().len());
    let stranger = json!({"order_id": "A-3", "amount": 30_000, "status": "completed",
        "project": shop.stage.project.slug(), "txn_id": "nobody"});
    let answer = shop.post_callback(stranger.to_string().as_bytes()).await;
    assert_eq!(answer.status, 200);
    shop.quiet().await;
    let reasons = shop.dead_letters().await;
    assert_eq!(reasons.len(), nonsense().len() + 1, "{reasons:#?}");
    assert_eq!(shop.count("SELECT COUNT(*) FROM orders").await, 0);
    still_alive(shop).await;
});

journey!(what_cannot_be_committed_is_not_acknowledged, |shop| {
    let held = shop.hold_the_database().await;
    let budi = shop.person(101, "Budi");
    let update = budi.say("/start");
    let answer = shop.post_callback(b"{}").await;
    assert_eq!((answer.status, answer.body.as_str()), (503, ""));
    assert!(answer.has("retry-after: 1"), "{:?}", answer.headers);
    let refused = move |status| {
        move |attempt: &bot_auto_order::sandbox::telegram::Delivery| {
            attempt.update_id == update && attempt.status == status
        }
    };
    let telegram = &shop.stage.telegram;
    telegram.until(|telegram| telegram.deliveries().into_iter().find(refused(503))).await;
    drop(held);
    shop.advance(2);
    telegram.until(|telegram| telegram.deliveries().into_iter().find(refused(200))).await;
    budi.sees_text("Selamat datang").await;
    shop.quiet().await;
    assert_eq!(budi.messages().len(), 2, "welcomed once: {}", budi.dump());
});

journey!(whoever_dribbles_his_body_is_sent_away, |shop| {
    let hook = format!("POST /telegram/{}", shop.store().hook);
    let secret = shop.telegram_secret();
    let head = format!(
        "{hook} HTTP/1.1\r\nhost: toko.test\r\n{TELEGRAM}: {secret}\r\ncontent-length: 100\r\n\r\n{{"
    );
    let asked = Instant::now();
    let answer = exchange(shop.service().bind(), head, Vec::new()).await;
    assert_eq!(answer.status, 503);
    assert!(answer.has("retry-after: 1"), "{:?}", answer.headers);
    let took = asked.elapsed();
    assert!((4..9).contains(&took.as_secs()), "{took:?}");
    assert_eq!(shop.count(FACTS).await, 0);
});

/// A listener of the service with a handler that answers and one that never does.
async fn listener(limits: Limits) -> (SocketAddr, TaskTracker, CancellationToken) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a port");
    let router = Router::new()
        .route("/", get(|| async { "hello" }))
        .route("/never", get(std::future::pending::<&str>));
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    tasks.spawn(http::serve(listener, router, limits, stop.clone()));
    tasks.close();
    (address, tasks, stop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_dribbles_his_headers_is_cut_off() {
    let limits = Limits { head: Duration::from_millis(300), ..Limits::default() };
    let (address, tasks, stop) = listener(limits).await;
    let asked = Instant::now();
    let cut: Answer = exchange(address, "GET / HTTP/1.1\r\nx-slow: ".to_owned(), Vec::new()).await;
    assert_ne!(cut.status, 200);
    assert!(asked.elapsed() < AT_ONCE, "{:?}", asked.elapsed());
    let polite = request(address, "GET /", &[], b"").await;
    assert_eq!((polite.status, polite.body.as_str()), (200, "hello"));
    stop.cancel();
    tasks.wait().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_on_its_way_at_the_stop_is_answered_and_the_line_closed() {
    let limits = Limits { last_call: AT_ONCE, ..Limits::default() };
    let (address, tasks, stop) = listener(limits).await;
    let mut kept = TcpStream::connect(address).await.expect("the door is open");
    let question = b"GET / HTTP/1.1\r\nhost: toko.test\r\n\r\n";
    let mut heard = [0; 1024];
    kept.write_all(question).await.expect("it listens");
    let size = kept.read(&mut heard).await.expect("an answer");
    assert!(heard[..size].ends_with(b"hello"));
    stop.cancel();
    kept.write_all(question).await.expect("it still listens");
    let mut rest = String::new();
    kept.read_to_string(&mut rest).await.expect("an answer and the end, not a cut line");
    assert!(rest.contains("connection: close") && rest.ends_with("hello"), "{rest}");
    let told = Instant::now();
    tasks.wait().await;
    assert!(told.elapsed() < AT_ONCE, "with the last connection the last call is over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_who_fill_every_seat_keep_nobody_out() {
    let limits = Limits { connections: 8, head: Duration::from_hours(1), ..Limits::default() };
    let (address, tasks, stop) = listener(limits).await;
    let mut crowd = Vec::new();
    for _ in 0..40 {
        let mut stranger = TcpStream::connect(address).await.expect("the door is open");
        stranger.write_all(b"GET / HT").await.expect("it listens");
        crowd.push(stranger);
    }
    let asked = Instant::now();
    let polite = request(address, "GET /", &[], b"").await;
    assert_eq!((polite.status, polite.body.as_str()), (200, "hello"));
    assert!(asked.elapsed() < AT_ONCE, "{:?}", asked.elapsed());
    stop.cancel();
    drop(crowd);
    tasks.wait().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_without_an_end_is_not_kept() {
    let (address, tasks, stop) = listener(Limits::default()).await;
    let head = format!("GET / HTTP/1.1\r\nx-long: {}", "x".repeat(64 * 1024));
    let asked = Instant::now();
    let refused = exchange(address, head, Vec::new()).await;
    assert_ne!(refused.status, 200);
    assert!(asked.elapsed() < AT_ONCE, "{:?}", asked.elapsed());
    stop.cancel();
    tasks.wait().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_not_answered_in_time_is_cut_off_at_the_stop() {
    let limits = Limits { farewell: Duration::from_millis(300), ..Limits::default() };
    let (address, tasks, stop) = listener(limits).await;
    let waiting = tokio::task::JoinSet::from_iter([async move {
        request(address, "GET /never", &[], b"").await.status
    }]);
    let polite = request(address, "GET /", &[], b"").await;
    assert_eq!(polite.status, 200);
    stop.cancel();
    tokio::time::timeout(AT_ONCE, tasks.wait()).await.expect("nothing holds the stop up");
    assert_eq!(waiting.join_all().await, [0], "no answer, and no endless wait");
}
