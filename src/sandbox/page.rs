//! The JSON interface behind the chat page: people, their chats, saying and pressing.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HOST, X_CONTENT_TYPE_OPTIONS};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::telegram::{Action, Person, Seen, SeenButton};
use crate::primitives::MessageId;

/// A poll without news ends after this time.
const POLL: Duration = Duration::from_secs(25);
/// Polls that wait at once; each open page needs one.
const MAX_WAITERS: usize = 64;
/// The newest messages of a chat that are shown.
const MAX_SHOWN: usize = 200;
/// A text of 4096 characters fits many times.
const MAX_BODY: usize = 64 * 1024;
/// A photo of 5 MB in base64.
const MAX_PHOTO: usize = 7 * 1024 * 1024;

/// Someone whose chat the page can show.
#[derive(Clone)]
pub struct Participant {
    /// The chat.
    pub person: Person,
    /// The name on the page.
    pub name: String,
    /// `buyer` or `admin`.
    pub role: &'static str,
}

struct Page {
    people: Vec<Participant>,
    waiters: Semaphore,
}

/// The routes under `/api`, already behind [`loopback_only`].
pub fn api(people: Vec<Participant>) -> Router {
    let page = Page { people, waiters: Semaphore::new(MAX_WAITERS) };
    let routes = Router::new()
        .route("/api/people", get(list))
        .route("/api/chat/{person}", get(chat))
        .route("/api/chat/{person}/say", post(say))
        .route("/api/chat/{person}/press", post(press))
        .route("/api/chat/{person}/photo", post(photo).layer(DefaultBodyLimit::max(MAX_PHOTO)))
        .route("/api/file/{id}", get(file))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Arc::new(page));
    loopback_only(routes)
}

/// Refuses requests under another name than loopback's (a rebound name of a hostile page), and
/// changes whose body is not declared as JSON (what a foreign page can send without asking).
pub fn loopback_only(routes: Router) -> Router {
    routes.layer(from_fn(guard))
}

async fn guard(request: Request, next: Next) -> Response {
    match refused(&request) {
        Some(fault) => fault.into_response(),
        None => next.run(request).await,
    }
}

fn refused(request: &Request) -> Option<Fault> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    if !header(HOST).is_some_and(is_loopback) {
        let why = "open this page at 127.0.0.1 or localhost".to_owned();
        return Some(Fault(StatusCode::FORBIDDEN, why));
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let kind = header(CONTENT_TYPE).and_then(|kind| kind.split(';').next()).unwrap_or_default();
    if !reads && !kind.trim().eq_ignore_ascii_case("application/json") {
        let why = "send a JSON body with content-type application/json".to_owned();
        return Some(Fault(StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
    }
    None
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "[::1]") || name.eq_ignore_ascii_case("localhost")
}

/// `{"error": "…"}` with a status.
struct Fault(StatusCode, String);

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

impl From<JsonRejection> for Fault {
    fn from(rejection: JsonRejection) -> Self {
        Self(rejection.status(), rejection.body_text())
    }
}

fn bad(why: &str) -> Fault {
    Fault(StatusCode::BAD_REQUEST, why.to_owned())
}

fn missing(what: &str) -> Fault {
    Fault(StatusCode::NOT_FOUND, format!("there is no such {what}"))
}

impl Page {
    fn person(&self, id: &str) -> Result<&Person, Fault> {
        let id = id.parse::<i64>().ok();
        let found = self.people.iter().find(|one| Some(one.person.id().0) == id);
        found.map(|one| &one.person).ok_or_else(|| missing("person"))
    }
}

async fn list(State(page): State<Arc<Page>>) -> Json<Value> {
    let people: Vec<Value> = page
        .people
        .iter()
        .map(|one| json!({"id": one.person.id(), "name": one.name, "role": one.role}))
        .collect();
    Json(json!(people))
}

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: u64,
}

/// The chat as it is once it is newer than `after`, or after [`POLL`].
async fn chat(
    State(page): State<Arc<Page>>,
    Path(person): Path<String>,
    Query(After { after }): Query<After>,
) -> Result<Json<Value>, Fault> {
    let person = page.person(&person)?;
    if person.revision() <= after {
        let waiter = page.waiters.try_acquire().map_err(|_| {
            Fault(StatusCode::TOO_MANY_REQUESTS, "too many pages are open".to_owned())
        })?;
        let clock = person.clock();
        tokio::select! {
            () = person.changed_after(after) => {}
            () = clock.sleep(POLL) => {}
        }
        drop(waiter);
    }
    Ok(Json(shown(person)))
}

fn shown(person: &Person) -> Value {
    // The revision is read first: what changes after it is at worst sent twice.
    let revision = person.revision();
    let messages = person.messages();
    let newest = messages.len().saturating_sub(MAX_SHOWN);
    let shown: Vec<Value> = messages[newest..].iter().map(|seen| message(person, seen)).collect();
    let keyboard = person.reply_keyboard();
    let toast = person.toast();
    json!({
        "revision": revision,
        "messages": shown,
        "keyboard": keyboard.as_ref().map(|keyboard| &keyboard.rows),
        "placeholder": keyboard.as_ref().and_then(|keyboard| keyboard.placeholder.as_ref()),
        "toast": toast.map(|t| json!({"id": t.number, "text": t.text, "alert": t.alert})),
    })
}

fn message(person: &Person, seen: &Seen) -> Value {
    let link = seen.file.map(|number| format!("/api/file/{}-{number}", person.id()));
    let picture = seen.photo.is_some() || seen.sticker.is_some();
    let name = seen.document.as_ref().map(|(name, _)| name);
    let buttons: Vec<Vec<Value>> =
        seen.buttons.iter().map(|row| row.iter().map(button).collect()).collect();
    json!({
        "id": seen.id,
        "from": if seen.from_bot { "bot" } else { "person" },
        "date": seen.sent.seconds(),
        "edited": seen.edits > 0,
        "text": seen.text,
        "entities": seen.entities,
        "photo": link.as_ref().filter(|_| picture),
        "document": name.map(|name| json!({"name": name, "url": link})),
        "protected": seen.protected,
        "buttons": buttons,
    })
}

fn button(button: &SeenButton) -> Value {
    let mut shown = match &button.action {
        Action::Data(_) => json!({"kind": "callback"}),
        Action::Url(url) => json!({"kind": "url", "url": url}),
        Action::Copy(text) => json!({"kind": "copy", "copy": text}),
        Action::Other(name) => json!({"kind": name}),
    };
    shown["text"] = json!(button.text);
    if let Some(style) = &button.style {
        shown["style"] = json!(style);
    }
    shown
}

#[derive(Deserialize)]
struct Say {
    text: String,
}

async fn say(
    State(page): State<Arc<Page>>,
    Path(person): Path<String>,
    body: Result<Json<Say>, JsonRejection>,
) -> Result<Json<Value>, Fault> {
    let person = page.person(&person)?;
    let Json(Say { text }) = body?;
    let text = text.trim();
    if !(1..=4096).contains(&text.encode_utf16().count()) {
        return Err(bad("a message has 1–4096 characters"));
    }
    if person.has_blocked() {
        return Err(bad("this person has blocked the bot"));
    }
    Ok(Json(json!({"update_id": person.say(text)})))
}

#[derive(Deserialize)]
struct Photo {
    /// PNG or JPEG, in base64.
    picture: String,
    #[serde(default)]
    caption: String,
}

async fn photo(
    State(page): State<Arc<Page>>,
    Path(person): Path<String>,
    body: Result<Json<Photo>, JsonRejection>,
) -> Result<Json<Value>, Fault> {
    let person = page.person(&person)?;
    let Json(Photo { picture, caption }) = body?;
    let picture = STANDARD.decode(picture).map_err(|_| bad("the picture is no base64"))?;
    if caption.encode_utf16().count() > 1024 {
        return Err(bad("a caption has at most 1024 characters"));
    }
    if person.has_blocked() {
        return Err(bad("this person has blocked the bot"));
    }
    let sent = person.try_photo(picture, caption.trim());
    Ok(Json(json!({"update_id": sent.map_err(|_| bad("that is no PNG or JPEG"))?})))
}

#[derive(Deserialize)]
struct Press {
    message: i64,
    row: usize,
    column: usize,
}

async fn press(
    State(page): State<Arc<Page>>,
    Path(person): Path<String>,
    body: Result<Json<Press>, JsonRejection>,
) -> Result<Json<Value>, Fault> {
    let person = page.person(&person)?;
    let Json(Press { message, row, column }) = body?;
    let messages = person.messages();
    let seen = messages.iter().find(|seen| seen.id == MessageId(message));
    let seen = seen.ok_or_else(|| missing("message"))?;
    let button = seen.buttons.get(row).and_then(|row| row.get(column));
    match &button.ok_or_else(|| missing("button"))?.action {
        Action::Data(data) => Ok(Json(json!({"update_id": person.press_data(seen.id, data)}))),
        _ => Err(bad("this button tells the bot nothing when pressed")),
    }
}

/// A file that stands in a chat; `id` is `person-number`.
async fn file(State(page): State<Arc<Page>>, Path(id): Path<String>) -> Result<Response, Fault> {
    let (person, number) = id.split_once('-').ok_or_else(|| missing("file"))?;
    let number = number.parse().map_err(|_| missing("file"))?;
    let (kind, bytes) = page.person(person)?.file(number).ok_or_else(|| missing("file"))?;
    let picture = matches!(kind, "image/png" | "image/jpeg" | "image/webp");
    let (kind, place) =
        if picture { (kind, "inline") } else { ("application/octet-stream", "attachment") };
    let headers =
        [(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, place), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    Ok((headers, bytes).into_response())
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use tower::ServiceExt as _;

    use super::*;
    use crate::primitives::{Clock, Timestamp, UserId};
    use crate::sandbox::telegram::FakeTelegram;

    struct Desk {
        person: Person,
        telegram: FakeTelegram,
        clock: Clock,
        app: Router,
    }

    async fn desk() -> Desk {
        let clock = Clock::manual(Timestamp(1_795_300_000_000));
        let telegram = FakeTelegram::start(clock.clone()).await.expect("a free port");
        let person = telegram.add_bot("123456:TOKEN", "toko_bot").person(UserId(1001), "Budi");
        let one = Participant { person: person.clone(), name: "Budi".to_owned(), role: "buyer" };
        Desk { person, telegram, clock, app: api(vec![one]) }
    }

    impl Desk {
        async fn ask(&self, request: axum::http::request::Builder, body: &str) -> (u16, Value) {
            let request = request.body(Body::from(body.to_owned())).expect("a request");
            let answer = self.app.clone().oneshot(request).await.expect("axum answers");
            let status = answer.status().as_u16();
            let body = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
            (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
        }

        async fn get(&self, path: &str) -> (u16, Value) {
            self.ask(Request::get(path).header(HOST, "127.0.0.1:8000"), "").await
        }

        async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
            let request = Request::post(path).header(HOST, "localhost:8000");
            let request = request.header(CONTENT_TYPE, "application/json");
            self.ask(request, &body.to_string()).await
        }

        /// Sends with the Bot API, as the service under the page would.
        async fn bot_sends(&self, params: &str) {
            use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
            let url = self.telegram.url();
            let address = url.trim_start_matches("http://");
            let mut stream = tokio::net::TcpStream::connect(address).await.expect("it listens");
            let head = format!(
                "POST /bot123456:TOKEN/sendMessage HTTP/1.1\r\nhost: {address}\r\n\
                 connection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                params.len()
            );
            stream.write_all(format!("{head}{params}").as_bytes()).await.expect("sent");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.expect("an answer");
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
    }

    #[tokio::test]
    async fn a_page_talks_presses_and_sees() {
        let desk = desk().await;
        let people = desk.get("/api/people").await;
        assert_eq!(people.1, json!([{"id": 1001, "name": "Budi", "role": "buyer"}]));
        let said = desk.post("/api/chat/1001/say", &json!({"text": " halo "})).await;
        assert_eq!((said.0, said.1["update_id"].as_i64()), (200, Some(1)));
        desk.bot_sends(
            r#"{"chat_id":1001,"text":"<b>Ya</b>?","parse_mode":"HTML","reply_markup":
            {"inline_keyboard":[[{"text":"Ya","callback_data":"y","style":"success"},
            {"text":"Salin","copy_text":{"text":"A1"}}]]}}"#,
        )
        .await;
        let (status, chat) = desk.get("/api/chat/1001").await;
        assert_eq!(status, 200);
        assert_eq!(chat["messages"][0]["from"], "person");
        assert_eq!(chat["messages"][0]["text"], "halo");
        let sent = &chat["messages"][1];
        assert_eq!(sent["entities"], json!([{"type": "bold", "offset": 0, "length": 2}]));
        assert_eq!(
            sent["buttons"],
            json!([[{"text": "Ya", "kind": "callback", "style": "success"},
                    {"text": "Salin", "kind": "copy", "copy": "A1"}]])
        );
        let press = |column: u32| json!({"message": 2, "row": 0, "column": column});
        assert_eq!(desk.post("/api/chat/1001/press", &press(0)).await.0, 200);
        assert_eq!(desk.post("/api/chat/1001/press", &press(1)).await.0, 400);
        let (status, error) = desk.post("/api/chat/1001/press", &press(2)).await;
        assert_eq!((status, &error["error"]), (404, &json!("there is no such button")));
    }

    #[tokio::test]
    async fn a_poll_waits_for_news_and_ends_without_them() {
        let desk = desk().await;
        let now = desk.get("/api/chat/1001").await.1["revision"].as_u64().expect("a number");
        let path = format!("/api/chat/1001?after={now}");
        let (news, ()) = tokio::join!(desk.get(&path), async {
            desk.person.say("kabar");
        });
        assert_eq!(news.1["messages"][0]["text"], "kabar");
        let newest = news.1["revision"].as_u64().expect("a number");
        assert!(newest > now);
        let path = format!("/api/chat/1001?after={newest}");
        let (none, ()) = tokio::join!(desk.get(&path), async { desk.clock.advance(POLL) });
        assert_eq!(none.1["revision"].as_u64(), Some(newest));
    }

    #[tokio::test]
    async fn files_are_served_only_from_the_chat_they_stand_in() {
        let desk = desk().await;
        desk.person.send_document("<script>.html", "<script>alert(1)</script>");
        let chat = desk.get("/api/chat/1001").await.1;
        assert_eq!(chat["messages"][0]["document"]["name"], "<script>.html");
        let link = chat["messages"][0]["document"]["url"].as_str().expect("a link").to_owned();
        let request = Request::get(&link).header(HOST, "127.0.0.1").body(Body::empty());
        let answer = desk.app.clone().oneshot(request.expect("a request")).await.expect("answers");
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/octet-stream");
        assert_eq!(answer.headers()[CONTENT_DISPOSITION], "attachment");
        let other = desk.person.bot().person(UserId(1002), "Sari");
        other.send_document("rahasia.txt", "user:pass");
        for wrong in ["/api/file/1001-2", "/api/file/1002-1", "/api/file/x", "/api/file/1001-x"] {
            assert_eq!(desk.get(wrong).await.0, 404, "{wrong}");
        }
    }

    #[tokio::test]
    async fn foreign_pages_cannot_talk_to_it() {
        let desk = desk().await;
        for host in ["evil.example", "127.0.0.1.evil.example:80", "localhost.evil", ""] {
            let (status, _) = desk.ask(Request::get("/api/people").header(HOST, host), "").await;
            assert_eq!(status, 403, "{host:?}");
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"] {
            let request = Request::post("/api/chat/1001/say").header(HOST, "127.0.0.1");
            let request = request.header(CONTENT_TYPE, kind);
            assert_eq!(desk.ask(request, r#"{"text":"x"}"#).await.0, 415, "{kind}");
        }
        assert!(desk.person.messages().is_empty());
        let pay = loopback_only(Router::new().route("/api/pay", post(async || "paid")));
        for (kind, status) in [("text/plain", 415), ("application/json; charset=utf-8", 200)] {
            let request = Request::post("/api/pay").header(HOST, "[::1]:80");
            let request = request.header(CONTENT_TYPE, kind).body(Body::empty());
            let answer = pay.clone().oneshot(request.expect("a request")).await.expect("answers");
            assert_eq!(answer.status(), status, "{kind}");
        }
        for text in [json!("  "), json!("x".repeat(4097)), json!(5)] {
            let (status, body) = desk.post("/api/chat/1001/say", &json!({"text": text})).await;
            assert!((400..500).contains(&status) && body["error"].is_string(), "{status} {body}");
        }
    }
}
