//! Clients and formats that others wrote check the sandbox: it may not fit only our own code.

use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use bot_auto_order::primitives::{ChatId, Clock, MessageId, UserId};
use bot_auto_order::sandbox::telegram::{Bot, FakeTelegram, Fault, FaultKind};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::TaskTracker;

const TOKEN: &str = "123456:TEST-TOKEN-NOT-REAL";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn aiogram_understands_every_answer_and_every_update() {
    let python = python();
    let telegram = FakeTelegram::start(Clock::system()).await.expect("a free port");
    let bot = telegram.add_bot(TOKEN, "toko_bot");
    let lines = delivered(&telegram, &bot).await;
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), lines).expect("the temporary file is writable");
    for (chat, kind) in [
        (9001, FaultKind::TooManyRequests { retry_after: 3 }),
        (9002, FaultKind::Blocked),
        (9003, FaultKind::Migrated { to: ChatId(-1_009_003) }),
        (9004, FaultKind::ServerError),
        (9005, FaultKind::BadGateway),
    ] {
        telegram.fault(Fault::next(kind).in_chat(ChatId(chat)));
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/strangers/aiogram_check.py");
    let mut check = Command::new(python);
    check.arg(script).args(["--api", &telegram.url(), "--token", TOKEN, "--chat", "1001"]);
    check.arg("--updates").arg(file.path());
    let run = tokio::task::spawn_blocking(move || check.output());
    let output = run.await.expect("it does not panic").expect("the interpreter starts");
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "aiogram disagrees:\n{out}\n{err}");
    assert!(out.contains("aiogram agreed"), "the script ended early:\n{out}\n{err}");
}

/// The interpreter of an environment with aiogram in it.
#[expect(clippy::disallowed_methods, reason = "the test's runner names the interpreter")]
fn python() -> std::ffi::OsString {
    std::env::var_os("STRANGERS_PYTHON")
        .expect("STRANGERS_PYTHON names a Python with aiogram 3.31.0; ./scripts/test sets it")
}

/// Updates of every kind a person causes, as a webhook got them, one a line.
async fn delivered(telegram: &FakeTelegram, bot: &Bot) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    bot.route_webhooks_to(listener.local_addr().expect("it is bound"));
    let got = Arc::new(Mutex::new(String::new()));
    let take = async |State(got): State<Arc<Mutex<String>>>, body: String| {
        let mut got = got.lock().expect("not poisoned");
        got.push_str(&body);
        got.push('\n');
    };
    let app = Router::new().fallback(take).with_state(Arc::clone(&got));
    let tasks = TaskTracker::new();
    tasks.spawn(async move { axum::serve(listener, app).await });
    call(telegram, "setWebhook?url=https://toko.example/telegram/hook").await;

    let budi = bot.person(UserId(1001), "Budi").language("id").username("budi");
    budi.say_command("start", "promo");
    bot.settled().await;
    let mut picture = std::io::Cursor::new(Vec::new());
    let blank = image::GrayImage::new(40, 30);
    blank.write_to(&mut picture, image::ImageFormat::Png).expect("an image in memory");
    budi.send_photo(picture.into_inner(), "bukti");
    bot.settled().await;
    let keyboard = "{%22inline_keyboard%22:[[{%22text%22:%22Ya%22,%22callback_data%22:%22y%22}]]}";
    call(telegram, &format!("sendMessage?chat_id=1001&text=Lanjut?&reply_markup={keyboard}")).await;
    budi.press("ya");
    bot.settled().await;
    budi.press_data(MessageId(4040), "forged");
    bot.settled().await;
    let sari = bot.person(UserId(1002), "Sari");
    sari.block();
    bot.settled().await;
    std::mem::take(&mut *got.lock().expect("not poisoned"))
}

async fn call(telegram: &FakeTelegram, call: &str) {
    let url = telegram.url();
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let head = format!("GET /bot{TOKEN}/{call} HTTP/1.1\r\nhost: {address}\r\n");
    let request = format!("{head}connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
