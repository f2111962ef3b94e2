//! The client against a small server on loopback that fails in every way there is.

use std::collections::BTreeMap;
use std::sync::Mutex;

use axum::Router;
use axum::extract::{Multipart, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response as Answer};
use axum::routing::{get, post};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use super::*;
use crate::primitives::{ChatId, MessageId};
use crate::telegram::{
    EditMessageMedia, EditMessageText, Edited, GetFile, GetMe, Html, InlineButton, InlineKeyboard,
    InputMedia, Manner, Media, MediaKind, SendMessage, SendPhoto,
};

const TOKEN: &str = "110201543:CANARY-AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

/// What the server heard last.
#[derive(Default)]
struct Heard {
    path: String,
    json: Value,
    parts: BTreeMap<String, String>,
}

type Memory = Arc<Mutex<Heard>>;

async fn serve(router: Router<Memory>) -> (String, Memory) {
    let memory = Memory::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let app = router.with_state(Arc::clone(&memory));
    TaskTracker::new().spawn(async move { axum::serve(listener, app).await });
    (format!("http://{address}"), memory)
}

fn client(url: &str) -> Client {
    Client::new(url, Secret::new(TOKEN.to_owned())).expect("a client")
}

fn hasty(url: &str) -> Client {
    let time_outs = TimeOuts { call: Duration::from_millis(80), ..TimeOuts::default() };
    Client::with_time_outs(url, Secret::new(TOKEN.to_owned()), time_outs).expect("a client")
}

/// Asserts that no rendering of the failure shows the token, and hands it back.
fn clean(failure: Failure) -> Failure {
    let shown = format!("{failure} {failure:?} {failure:#?}");
    assert!(!shown.contains("CANARY") && !shown.contains("/bot"), "{shown}");
    failure
}

/// A server that answers every call the same.
async fn always(answer: impl Fn() -> Answer + Clone + Send + Sync + 'static) -> Client {
    let router = Router::new().fallback(move || {
        let answer = answer.clone();
        async move { answer() }
    });
    client(&serve(router).await.0)
}

async fn failure(client: &Client) -> Failure {
    let message = SendMessage::new(ChatId(1), Html::text("hai"));
    clean(client.call(&message).await.expect_err("a failure"))
}

fn message() -> Value {
    json!({"message_id": 9, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "x"})
}

async fn hear_json(State(memory): State<Memory>, uri: Uri, body: axum::Json<Value>) -> Answer {
    let mut heard = memory.lock().expect("unpoisoned");
    heard.path = uri.path().to_owned();
    heard.json = body.0;
    axum::Json(json!({"ok": true, "result": message(), "new": 1})).into_response()
}

async fn hear_form(State(memory): State<Memory>, mut form: Multipart) -> Answer {
    while let Some(part) = form.next_field().await.expect("a readable form") {
        let name = part.name().expect("a name").to_owned();
        let file = part
            .file_name()
            .map(|file| format!("{file} {} ", part.content_type().expect("a type")));
        let text = part.text().await.expect("text");
        let shown = format!("{}{text}", file.unwrap_or_default());
        memory.lock().expect("unpoisoned").parts.insert(name, shown);
    }
    axum::Json(json!({"ok": true, "result": message()})).into_response()
}

#[tokio::test]
async fn a_message_travels_as_json() {
    let (url, memory) = serve(Router::new().fallback(post(hear_json))).await;
    let keyboard = InlineKeyboard::new().row([InlineButton::callback("Ya", "y")]);
    let send = SendMessage {
        manner: Manner { protect_content: true, ..Manner::with(keyboard) },
        ..SendMessage::new(ChatId(7), Html::text("a<b").bold())
    };
    let done = client(&format!("{url}/sub/")).call(&send).await.expect("sent");
    assert_eq!(done.answer().expect("a message").message_id, MessageId(9));
    let heard = memory.lock().expect("unpoisoned");
    assert_eq!(heard.path, format!("/sub/bot{TOKEN}/sendMessage"));
    assert_eq!(
        heard.json,
        json!({"chat_id": 7, "text": "<b>a&lt;b</b>", "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": true}, "protect_content": true,
            "reply_markup": {"inline_keyboard": [[{"text": "Ya", "callback_data": "y"}]]}})
    );
}

#[tokio::test]
async fn what_telegram_cannot_parse_can_go_plain() {
    let (url, memory) = serve(Router::new().fallback(post(hear_json))).await;
    let send = SendMessage::new(ChatId(7), Html::text("a<b").bold());
    client(&url).call_plain(&send).await.expect("sent");
    let heard = memory.lock().expect("unpoisoned");
    assert_eq!(
        heard.json,
        json!({"chat_id": 7, "text": "a<b", "link_preview_options": {"is_disabled": true}})
    );
}

#[tokio::test]
async fn a_photo_travels_as_a_form() {
    let (url, memory) = serve(Router::new().fallback(post(hear_form))).await;
    let send = SendPhoto {
        chat_id: ChatId(7),
        photo: Media::Upload(Upload::png("qr\"\r\n.png", "PNG")),
        caption: Some(Html::text("x")),
        manner: Manner::with(InlineKeyboard::new().row([InlineButton::callback("Ya", "y")])),
    };
    client(&url).call(&send).await.expect("sent");
    let parts = std::mem::take(&mut memory.lock().expect("unpoisoned").parts);
    let wanted = [
        ("caption", "x"),
        ("chat_id", "7"),
        ("parse_mode", "HTML"),
        ("photo", "qr___.png image/png PNG"),
        ("reply_markup", r#"{"inline_keyboard":[[{"callback_data":"y","text":"Ya"}]]}"#),
    ];
    assert_eq!(parts, wanted.map(|(name, text)| (name.to_owned(), text.to_owned())).into());

    let edit = EditMessageMedia {
        chat_id: ChatId(7),
        message_id: MessageId(9),
        media: InputMedia { kind: MediaKind::Photo, media: send.photo, caption: send.caption },
        reply_markup: None,
    };
    let Done::Answer(Edited::Message(shown)) = client(&url).call(&edit).await.expect("edited")
    else {
        panic!("no message")
    };
    assert_eq!(shown.message_id, MessageId(9));
    let parts = &memory.lock().expect("unpoisoned").parts;
    assert_eq!(
        parts.get("media").map(String::as_str),
        Some(r#"{"caption":"x","media":"attach://photo","parse_mode":"HTML","type":"photo"}"#)
    );
    assert!(parts.contains_key("photo"));
}

#[tokio::test]
async fn refusals_arrive_decided() {
    let blocked = always(|| {
        let body = json!({"ok": false, "error_code": 403,
            "description": format!("Forbidden: bot was blocked by the user {TOKEN}")});
        (StatusCode::FORBIDDEN, axum::Json(body)).into_response()
    });
    assert_eq!(
        failure(&blocked.await).await,
        Failure::Unreachable("Forbidden: bot was blocked by the user <token>".to_owned())
    );
    let slow_down = always(|| {
        (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "9")], "<html>").into_response()
    });
    assert_eq!(failure(&slow_down.await).await, Failure::RetryAfter(Duration::from_secs(9)));
    let gateway = always(|| (StatusCode::BAD_GATEWAY, "<html>Bad Gateway").into_response());
    assert_eq!(failure(&gateway.await).await.label(), "unknown");
    let away =
        always(|| (StatusCode::FOUND, [(header::LOCATION, "http://127.0.0.1:1/")]).into_response());
    let heard = failure(&away.await).await;
    assert_eq!(heard, Failure::Unknown("HTTP 302 without an answer of the Bot API".to_owned()));
}

#[tokio::test]
async fn an_edit_that_changes_nothing_is_done() {
    let same = always(|| {
        let body = json!({"ok": false, "error_code": 400,
            "description": "Bad Request: message is not modified: specified new message …"});
        (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
    });
    let edit = EditMessageText {
        chat_id: ChatId(1),
        message_id: MessageId(2),
        text: Html::text("x"),
        link_preview_options: None,
        reply_markup: None,
    };
    assert_eq!(same.await.call(&edit).await, Ok(Done::Already));
}

#[tokio::test]
async fn a_far_too_long_answer_is_cut_off() {
    let too_long = Failure::Unknown("HTTP 200 with a far too long answer".to_owned());
    let announced = always(|| vec![b'x'; ANSWER_BYTES_MAX + 1].into_response());
    assert_eq!(failure(&announced.await).await, too_long);

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    TaskTracker::new().spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("a caller");
        let _ = socket.read(&mut [0; 4096]).await;
        // Without a length: only counting shows that it is too much.
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        let _ = socket.write_all(&vec![b'x'; ANSWER_BYTES_MAX + 1]).await;
    });
    assert_eq!(failure(&client(&url)).await, too_long);
}

#[tokio::test]
async fn a_silent_server_leaves_the_outcome_unknown() {
    let router = Router::new().fallback(std::future::pending::<&'static str>);
    let heard = failure(&hasty(&serve(router).await.0)).await;
    assert!(heard.to_string().contains("timed out"), "{heard}");
    assert_eq!(heard.label(), "unknown");
}

#[tokio::test]
async fn a_lost_connection_leaves_the_outcome_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let hung_up = Arc::new(Notify::new());
    let told = Arc::clone(&hung_up);
    TaskTracker::new().spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("a caller");
        let _ = socket.read(&mut [0; 64]).await;
        drop(socket);
        told.notify_one();
    });
    assert_eq!(failure(&client(&url)).await.label(), "unknown");
    hung_up.notified().await;
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    assert_eq!(failure(&client(&url)).await.label(), "not_sent");
    let nowhere = client("http://no-such-host.invalid");
    assert_eq!(failure(&nowhere).await.label(), "not_sent");
}

#[tokio::test]
async fn without_tls_nothing_was_sent() {
    let (url, _) = serve(Router::new().fallback(post(hear_json))).await;
    let secure = client(&url.replace("http://", "https://"));
    assert_eq!(failure(&secure).await.label(), "not_sent");
}

#[tokio::test]
async fn files_are_downloaded_within_bounds() {
    let path = format!("/file/bot{TOKEN}/documents/file_1.txt");
    let huge = format!("/file/bot{TOKEN}/documents/huge");
    let router = Router::new()
        .route(&path, get(|| async { "proof" }))
        .route(&huge, get(|| async { vec![0; DOWNLOAD_BYTES_MAX + 1] }));
    let client = client(&serve(router).await.0);
    let file = client.download("documents/file_1.txt").await.expect("the file");
    assert_eq!(file, "proof");
    for wrong in ["documents/huge", "documents/gone", "../../getMe", "", "/etc/passwd", "a?b"] {
        let failure = clean(client.download(wrong).await.expect_err(wrong));
        assert_eq!(failure, Failure::BadFile, "{wrong}");
    }
}

#[tokio::test]
async fn a_revoked_token_is_told() {
    let revoked = always(|| {
        let body = json!({"ok": false, "error_code": 401, "description": "Unauthorized"});
        (StatusCode::UNAUTHORIZED, axum::Json(body)).into_response()
    });
    let client = revoked.await;
    assert_eq!(client.call(&GetMe {}).await, Err(Failure::Unauthorized));
    let file = GetFile { file_id: "x".to_owned() };
    assert_eq!(client.call(&file).await, Err(Failure::Unauthorized));
    assert_eq!(client.download("a/b").await, Err(Failure::Unauthorized));
}

#[tokio::test]
async fn two_bots_share_connections_but_not_tokens() {
    let (url, memory) = serve(Router::new().fallback(post(hear_json))).await;
    let second = client(&url).for_bot(Secret::new("2:second-token".to_owned())).expect("a client");
    second.call(&SendMessage::new(ChatId(1), Html::text("x"))).await.expect("sent");
    assert_eq!(memory.lock().expect("unpoisoned").path, "/bot2:second-token/sendMessage");
}

#[test]
fn wrong_tokens_and_addresses_are_told_without_showing_them() {
    for token in ["", "CANARY", "1:", ":CANARY", "1:CANARY/../x", "1:CANARY\n", "x1:CANARY"] {
        let error = Client::new("https://x.test", Secret::new(token.to_owned())).expect_err(token);
        assert_eq!(error, ClientError::BadToken);
        assert!(!format!("{error}{error:?}").contains("CANARY"));
    }
    for url in ["", "api.telegram.org", "ftp://x.test", "https://x.test/?a=b", "https://"] {
        let error = Client::new(url, Secret::new(TOKEN.to_owned())).expect_err(url);
        assert_eq!(error, ClientError::BadUrl);
    }
    let shown = format!("{:?}", client("https://user:CANARY@x.test"));
    assert_eq!(shown, "Client(x.test)");
}

#[test]
fn built_in_roots_make_a_client_where_the_machine_has_none() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = transport_builder(Duration::from_secs(1));
    let built = builder.tls_backend_preconfigured(built_in_roots()).build();
    assert!(built.is_ok());
}

#[test]
fn the_headers_of_an_answer_say_how_long_to_wait() {
    let mut headers = HeaderMap::new();
    headers.insert(header::RETRY_AFTER, "12".parse().expect("a value"));
    let mut answer = axum::http::Response::new("");
    *answer.headers_mut() = headers;
    assert_eq!(told_to_wait(&answer.into()), Some(12));
}
