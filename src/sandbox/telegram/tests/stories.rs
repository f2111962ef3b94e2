//! Whole little conversations, and what tests read from them.

use std::time::Duration;

use serde_json::json;

use super::{Receiver, TOKEN, desk, png, receiver};
use crate::primitives::{ChatId, MessageId, UserId};
use crate::sandbox::telegram::{Action, Fault, FaultKind, PaceLimits, table};

fn last(receiver: &Receiver) -> serde_json::Value {
    receiver.got().last().expect("something came").update.clone()
}

#[tokio::test]
async fn a_person_talks_presses_and_reads() {
    let (desk, hook) = (desk().await, receiver().await);
    desk.webhook(&hook).await;
    let update = desk.budi.say_command("start", "promo_1");
    desk.bot.settled().await;
    let got = last(&hook);
    assert_eq!(got["update_id"], update);
    assert_eq!(got["message"]["text"], "/start promo_1");
    assert_eq!(got["message"]["entities"][0]["type"], "bot_command");
    assert_eq!(got["message"]["entities"][0]["length"], 6);
    assert_eq!(got["message"]["from"]["first_name"], "Budi");

    let buttons = json!({"inline_keyboard": [[
        {"text": "💠 Bayar QRIS", "callback_data": "pay:1", "style": "success"},
        {"text": "Salin", "copy_text": {"text": "INV-1"}}]]});
    let keys = json!({"keyboard": [[{"text": "🛍 Katalog"}]], "input_field_placeholder": "Cari…"});
    desk.text("Halo!", json!({"reply_markup": keys})).await.result();
    desk.text("<b>Total</b> Rp 5.000", json!({"reply_markup": buttons})).await.result();
    let seen = desk.budi.sees_text("Total").await;
    assert_eq!(seen.text, "Total Rp 5.000");
    assert_eq!(seen.parts("bold"), ["Total"]);
    assert_eq!(seen.buttons[0][1].action, Action::Copy("INV-1".to_owned()));
    assert_eq!(desk.budi.keyboard(), [["🛍 Katalog"]]);

    desk.budi.press("bayar");
    desk.bot.settled().await;
    let got = last(&hook);
    assert_eq!(got["callback_query"]["data"], "pay:1");
    assert_eq!(got["callback_query"]["message"]["message_id"], seen.id.0);
    let id = &got["callback_query"]["id"];
    let toast = json!({"callback_query_id": id, "text": "Sebentar…"});
    desk.call("answerCallbackQuery", toast.clone()).await.result();
    assert_eq!(desk.budi.sees_toast("Sebentar").await.number, 1);
    let again = desk.call("answerCallbackQuery", toast).await;
    assert!(again.description().starts_with("Bad Request: query is too old"), "{again:?}");

    desk.budi.tap("katalog");
    desk.bot.settled().await;
    assert_eq!(last(&hook)["message"]["text"], "🛍 Katalog");
    assert!(desk.budi.dump().contains("[💠 Bayar QRIS] [Salin]"), "{}", desk.budi.dump());
}

#[tokio::test]
async fn an_answer_to_a_press_comes_too_late_after_a_minute() {
    let (desk, hook) = (desk().await, receiver().await);
    desk.webhook(&hook).await;
    desk.budi.press_data(MessageId(77), "forged");
    desk.bot.settled().await;
    let query = last(&hook)["callback_query"].clone();
    assert_eq!(query["message"]["date"], 0, "a message nobody knows is inaccessible");
    desk.clock.advance(Duration::from_secs(61));
    let late = desk.call("answerCallbackQuery", json!({"callback_query_id": query["id"]})).await;
    assert_eq!(late.status, 400);
}

#[tokio::test]
async fn pictures_and_documents_are_kept_and_sent_again_by_id() {
    let desk = desk().await;
    let picture = png(300, 200);
    let sent = desk.upload("sendPhoto", "photo", "qr.png", &picture).await;
    let sizes = sent.result()["photo"].as_array().expect("sizes").clone();
    assert_eq!((&sizes[1]["width"], &sizes[1]["height"]), (&json!(300), &json!(200)));
    let id = sizes[1]["file_id"].clone();
    desk.call("sendPhoto", json!({"chat_id": 1001, "photo": id, "caption": "lagi"})).await.result();
    let seen = desk.budi.sees_text("lagi").await;
    assert_eq!(seen.photo.expect("a photo"), picture);

    let path = desk.call("getFile", json!({"file_id": id})).await.result()["file_path"].clone();
    let path = format!("/file/bot{TOKEN}/{}", path.as_str().expect("a path"));
    assert_eq!(desk.send(&path, "text/plain", "").await.status, 200);
    let elsewhere = path.replace("file_1", "file_2");
    assert_eq!(desk.send(&elsewhere, "text/plain", "").await.status, 404);

    desk.upload("sendDocument", "document", "akun.txt", b"user:pass").await.result();
    let seen = desk.budi.sees(|all| all.last().and_then(|seen| seen.document.clone())).await;
    assert_eq!((seen.0.as_str(), seen.1.as_ref()), ("akun.txt", b"user:pass".as_slice()));
    let wrong = json!({"chat_id": 1001, "document": id});
    let wrong = desk.call("sendDocument", wrong).await;
    assert_eq!(wrong.description(), "Bad Request: can't use file of type Photo as Document");
}

#[tokio::test]
async fn edits_change_what_is_seen_and_drop_buttons_that_are_not_given_again() {
    let desk = desk().await;
    let buttons = json!({"inline_keyboard": [[{"text": "Ya", "callback_data": "y"}]]});
    let sent = desk.text("satu", json!({"reply_markup": buttons})).await;
    let id = sent.result()["message_id"].clone();
    let edit = json!({"chat_id": 1001, "message_id": id, "text": "dua"});
    let edited = desk.call("editMessageText", edit.clone()).await;
    assert!(edited.result().get("reply_markup").is_none());
    assert!(edited.result()["edit_date"].is_i64());
    let seen = desk.budi.sees_text("dua").await;
    assert_eq!((seen.edits, seen.buttons.len()), (1, 0));
    let same = desk.call("editMessageText", edit).await;
    assert!(same.description().starts_with("Bad Request: message is not modified"), "{same:?}");
    desk.call("deleteMessage", json!({"chat_id": 1001, "message_id": id})).await.result();
    assert!(desk.budi.messages().is_empty());
}

#[tokio::test]
async fn blocking_is_told_and_refuses_every_message() {
    let (desk, hook) = (desk().await, receiver().await);
    desk.webhook(&hook).await;
    desk.budi.block();
    desk.bot.settled().await;
    assert_eq!(last(&hook)["my_chat_member"]["new_chat_member"]["status"], "kicked");
    let refused = desk.text("halo", json!({})).await;
    assert_eq!(
        (refused.status, refused.description()),
        (403, "Forbidden: bot was blocked by the user",)
    );
    desk.budi.unblock();
    desk.bot.settled().await;
    assert_eq!(last(&hook)["my_chat_member"]["new_chat_member"]["status"], "member");
    desk.text("halo", json!({})).await.result();
    let _unmet = desk.bot.stranger(UserId(5), "Sari");
    let early = desk.call("sendMessage", json!({"chat_id": 5, "text": "hai"})).await;
    assert_eq!(early.description(), "Forbidden: bot can't initiate conversation with a user");
}

#[tokio::test]
async fn faults_strike_as_often_as_asked_and_where_asked() {
    let desk = desk().await;
    let limited = FaultKind::TooManyRequests { retry_after: 7 };
    desk.telegram.fault(Fault::next(limited).on("sendmessage").in_chat(ChatId(1001)).times(2));
    assert_eq!(desk.call("getMe", json!({})).await.status, 200);
    for _ in 0..2 {
        let refused = desk.text("x", json!({})).await;
        assert_eq!(refused.status, 429);
        assert_eq!(refused.body["parameters"]["retry_after"], 7);
        assert_eq!(refused.headers["retry-after"], "7");
    }
    desk.text("x", json!({})).await.result();
    desk.telegram.fault(Fault::next(FaultKind::Migrated { to: ChatId(-100_500) }));
    let moved = desk.text("x", json!({})).await;
    assert_eq!(moved.body["parameters"]["migrate_to_chat_id"], -100_500);
    desk.telegram.fault(Fault::next(FaultKind::BadGateway));
    let page = desk.text("x", json!({})).await;
    assert_eq!(
        (page.status, &page.headers["content-type"]),
        (502, &axum::http::HeaderValue::from_static("text/html"),)
    );
    desk.telegram.fault(Fault::next(FaultKind::ServerError).times(9));
    assert_eq!(desk.text("x", json!({})).await.status, 500);
    desk.telegram.clear_faults();
    assert_eq!(desk.text("x", json!({})).await.status, 200);
    let codes: Vec<u16> = desk.telegram.calls().iter().map(|call| call.code).collect();
    assert_eq!(codes, [200, 429, 429, 200, 400, 502, 500, 200]);
}

#[tokio::test]
async fn a_hanging_call_is_stored_and_a_cut_one_is_not() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let desk = desk().await;
    let address = desk.telegram.url().trim_start_matches("http://").to_owned();
    let send = async |text: &str| {
        let mut stream = tokio::net::TcpStream::connect(&address).await.expect("it listens");
        let path = format!("/bot{TOKEN}/sendMessage?chat_id=1001&text={text}");
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("sent");
        stream
    };
    desk.telegram.fault(Fault::next(FaultKind::Reset));
    let mut answer = Vec::new();
    let read = send("putus").await.read_to_end(&mut answer).await;
    assert!(read.is_err() || answer.is_empty(), "a cut call got an answer");
    assert!(desk.budi.messages().is_empty(), "a cut call was stored");

    desk.telegram.fault(Fault::next(FaultKind::HangAfterStoring));
    let hanging = send("gantung").await;
    desk.budi.sees_text("gantung").await;
    let code = desk.telegram.calls().last().expect("a call").code;
    assert_eq!(code, 0, "it looks answered");
    assert_eq!(desk.call("getMe", json!({})).await.status, 200, "others are served meanwhile");
    let mut other = send("lain").await;
    let mut first = [0; 12];
    other.read_exact(&mut first).await.expect("a later call is answered");
    let early = hanging.try_read(&mut first).expect_err("the hanging call was answered");
    assert_eq!(early.kind(), std::io::ErrorKind::WouldBlock);
    drop(hanging);
    desk.telegram.fault(Fault::next(FaultKind::Slow(Duration::from_secs(5))));
    let mut slow = send("lambat").await;
    desk.budi.sees_text("lambat").await;
    desk.clock.advance(Duration::from_secs(5));
    slow.read_exact(&mut first).await.expect("an answer after the clock moved");
    assert_eq!(&first, b"HTTP/1.1 200");
    desk.telegram.stop().await;
    let closed = tokio::net::TcpStream::connect(&address).await;
    assert!(closed.is_err(), "it still listens after stop()");
}

#[tokio::test]
async fn flood_limits_are_refused_and_recover_with_the_clock() {
    let desk = desk().await;
    let limits = PaceLimits {
        chat_per_second: 1,
        chat_burst: 2,
        bot_per_second: 30,
        bot_burst: 30,
        retry_after: 3,
    };
    desk.telegram.limit_pace(Some(limits));
    for expected in [200, 200, 429] {
        assert_eq!(desk.text("x", json!({})).await.status, expected);
    }
    desk.clock.advance(Duration::from_secs(1));
    assert_eq!(desk.text("x", json!({})).await.status, 200);
    assert_eq!(desk.text("x", json!({})).await.status, 429);
}

#[tokio::test]
async fn every_method_of_the_table_is_built() {
    let desk = desk().await;
    for name in table::names() {
        let answer = desk.call(&name.to_uppercase(), json!({})).await;
        assert_ne!(answer.status, 404, "{name} is in the table and nowhere else");
    }
}

#[tokio::test]
async fn bots_on_one_fake_do_not_see_each_other() {
    let desk = desk().await;
    let other = desk.telegram.add_bot("777:OTHER", "lain_bot");
    let stranger = other.person(UserId(1001), "Budi");
    desk.text("untuk toko", json!({})).await.result();
    assert_eq!(desk.budi.messages().len(), 1);
    assert!(stranger.messages().is_empty());
    let path = "/bot777:OTHER/getMe";
    let me = desk.send(path, "application/json", "").await;
    assert_eq!(me.result()["username"], "lain_bot");
}
