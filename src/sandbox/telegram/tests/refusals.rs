//! What Telegram refuses, in its words, and the limits on both sides of their edge.

use serde_json::{Value, json};

use super::{Answer, Desk, TOKEN, desk, png};
use crate::primitives::ChatId;

fn refused(answer: &Answer) -> &str {
    assert_eq!(answer.status, 400, "{answer:?}");
    assert_eq!(answer.body["error_code"], 400);
    answer.description().strip_prefix("Bad Request: ").expect("the usual beginning")
}

async fn markup(desk: &Desk, markup: Value) -> Answer {
    desk.text("x", json!({"reply_markup": markup})).await
}

fn inline(button: &Value) -> Value {
    json!({"inline_keyboard": [[button]]})
}

#[tokio::test]
async fn tokens_and_methods_must_exist() {
    let desk = desk().await;
    for (path, code, text) in [
        ("/bot123456:WRONG/getMe", 401, "Unauthorized"),
        ("/botwrong/getMe", 404, "Not Found"),
        ("/elsewhere", 404, "Not Found"),
        (&format!("/bot{TOKEN}/sendMoney"), 404, "Not Found: method not found"),
    ] {
        let answer = desk.send(path, "application/json", "").await;
        assert_eq!((answer.status, answer.description()), (code, text), "{path}");
    }
    assert_eq!(desk.call("GETME", json!({})).await.status, 200);
}

#[tokio::test]
async fn parameters_are_checked_by_name_type_and_presence() {
    let desk = desk().await;
    for (method, params, text) in [
        ("sendMessage", json!({"text": "x"}), "chat_id is empty"),
        ("sendMessage", json!({"chat_id": 1001}), "message text is empty"),
        ("sendPhoto", json!({"chat_id": 1001}), "there is no photo in the request"),
        ("editMessageText", json!({"text": "x"}), "chat_id is empty"),
        ("deleteMessage", json!({"chat_id": 1001}), "message identifier is not specified"),
        ("setWebhook", json!({}), "parameter \"url\" is required"),
    ] {
        assert_eq!(refused(&desk.call(method, params).await), text);
    }
    let misspelt = desk.text("x", json!({"reply_murkup": {}})).await;
    assert!(refused(&misspelt).starts_with("sendMessage has no parameter \"reply_murkup\""));
    let typed = desk.text("x", json!({"disable_notification": "ya"})).await;
    assert!(refused(&typed).starts_with("wrong type of disable_notification"));
    let typed = desk.call("sendMessage", json!({"chat_id": 1001, "text": 5})).await;
    assert!(refused(&typed).starts_with("wrong type of text: expected String, got 5"));
    let odd = inline(&json!({"text": "x", "calback_data": "y"}));
    let odd = markup(&desk, odd).await;
    assert!(refused(&odd).starts_with("can't parse inline keyboard button: there is no field"));
    let text = desk.text("x", json!({"reply_markup": "{"})).await;
    assert_eq!(refused(&text), "object expected as reply markup");
}

#[tokio::test]
async fn every_kind_of_body_is_read() {
    let desk = desk().await;
    let path = format!("/bot{TOKEN}/sendMessage");
    let keyboard = inline(&json!({"text": "Ya", "callback_data": "y"})).to_string();
    let form = format!(
        "chat_id=1001&text=satu+%F0%9F%99%82&reply_markup={}",
        keyboard.replace('"', "%22")
    );
    desk.send(&path, "application/x-www-form-urlencoded", form).await.result();
    let query = format!("{path}?chat_id=1001&text=dua%2B&protect_content=true");
    desk.send(&query, "", "").await.result();
    let parts = "--c\r\ncontent-disposition: form-data; name=\"chat_id\"\r\n\r\n1001\r\n--c\r\n\
                 content-disposition: form-data; name=\"text\"\r\n\r\ntiga\r\n--c--\r\n";
    desk.send(&path, "multipart/form-data; boundary=c", parts).await.result();
    desk.send(&path, "application/json", r#"{"chat_id":"1001","text":"empat","parse_mode":null}"#)
        .await
        .result();
    let texts: Vec<String> = desk.budi.messages().into_iter().map(|seen| seen.text).collect();
    assert_eq!(texts, ["satu 🙂", "dua+", "tiga", "empat"]);
    assert_eq!(desk.budi.messages()[0].buttons[0][0].text, "Ya");
    assert!(desk.budi.messages()[1].protected);
}

#[tokio::test]
async fn texts_have_limits_after_parsing() {
    let desk = desk().await;
    assert_eq!(refused(&desk.text(" <b> </b>\n", json!({})).await), "message text is empty");
    let longest = format!("<b>{}</b>", "🙂".repeat(2048));
    desk.text(&longest, json!({})).await.result();
    let longer = format!("{longest}x");
    assert_eq!(refused(&desk.text(&longer, json!({})).await), "message is too long");
    let raw = "x".repeat(32_769);
    assert_eq!(refused(&desk.text(&raw, json!({})).await), "text is too long");
    let picture = desk.upload("sendPhoto", "photo", "a.png", &png(8, 8)).await;
    let id = picture.result()["photo"][1]["file_id"].clone();
    for (length, code) in [(1024, 200), (1025, 400)] {
        let params = json!({"chat_id": 1001, "photo": id, "caption": "x".repeat(length)});
        assert_eq!(desk.call("sendPhoto", params).await.status, code, "{length}");
    }
}

#[tokio::test]
async fn buttons_are_refused_as_telegram_does() {
    let desk = desk().await;
    for (button, text) in [
        (json!({"text": "x", "callback_data": ""}), "BUTTON_DATA_INVALID"),
        (json!({"text": "x", "callback_data": "é".repeat(33)}), "BUTTON_DATA_INVALID"),
        (json!({"text": "x", "url": "javascript:1"}), "BUTTON_URL_INVALID"),
        (json!({"text": "x", "url": "https://"}), "BUTTON_URL_INVALID"),
        (json!({"text": "x", "copy_text": {"text": ""}}), "BUTTON_COPY_TEXT_INVALID"),
        (
            json!({"text": "x", "callback_data": "y", "style": "pink"}),
            "can't parse inline keyboard button: invalid button style specified",
        ),
        (
            json!({"text": "x"}),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            json!({"callback_data": "y"}),
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
    ] {
        assert_eq!(refused(&markup(&desk, inline(&button)).await), text, "{button}");
    }
    let longest = json!({"text": "x", "callback_data": "é".repeat(32)});
    markup(&desk, inline(&longest)).await.result();
    let row = vec![json!({"text": "x", "callback_data": "y"}); 5];
    markup(&desk, json!({"inline_keyboard": vec![row.clone(); 20]})).await.result();
    let many = markup(&desk, json!({"inline_keyboard": vec![row; 21]})).await;
    assert_eq!(refused(&many), "reply markup is too long");
    let wide = json!({"keyboard": [vec![json!({"text": "x"}); 13]]});
    assert_eq!(refused(&markup(&desk, wide).await), "reply markup is too long");
    let hint = json!({"keyboard": [[{"text": "x"}]], "input_field_placeholder": "x".repeat(65)});
    assert_eq!(markup(&desk, hint).await.status, 400);
}

#[tokio::test]
async fn unknown_messages_chats_and_files_are_refused() {
    let desk = desk().await;
    let there = json!({"chat_id": 1001, "message_id": 99});
    let with = |more: Value| {
        let mut params = there.clone();
        for (name, value) in more.as_object().expect("an object") {
            params[name] = value.clone();
        }
        params
    };
    for (method, params, text) in [
        ("editMessageText", with(json!({"text": "x"})), "message to edit not found"),
        ("deleteMessage", there.clone(), "message to delete not found"),
        ("copyMessage", with(json!({"from_chat_id": 1001})), "message to copy not found"),
        ("forwardMessage", with(json!({"from_chat_id": 1001})), "message to forward not found"),
        ("sendMessage", json!({"chat_id": 4, "text": "x"}), "chat not found"),
        ("sendMessage", json!({"chat_id": "@toko", "text": "x"}), "chat not found"),
        (
            "sendMessage",
            json!({"chat_id": 1001, "text": "x", "reply_parameters": {"message_id": 9}}),
            "message to be replied not found",
        ),
        (
            "sendPhoto",
            json!({"chat_id": 1001, "photo": "AgACnothing"}),
            "wrong file identifier/HTTP URL specified",
        ),
        (
            "sendChatAction",
            json!({"chat_id": 1001, "action": "dance"}),
            "wrong parameter action in request",
        ),
    ] {
        assert_eq!(refused(&desk.call(method, params).await), text, "{method}");
    }
}

#[tokio::test]
async fn only_fitting_messages_can_be_edited_copied_and_deleted() {
    let desk = desk().await;
    desk.budi.say("halo");
    let edit = |id: i64| json!({"chat_id": 1001, "message_id": id, "text": "x"});
    assert_eq!(refused(&desk.call("editMessageText", edit(1)).await), "message can't be edited");
    let keys = json!({"reply_markup": {"keyboard": [[{"text": "x"}]]}});
    desk.text("x", keys).await.result();
    assert_eq!(refused(&desk.call("editMessageText", edit(2)).await), "message can't be edited");
    desk.upload("sendPhoto", "photo", "a.png", &png(8, 8)).await.result();
    let no_text = desk.call("editMessageText", edit(3)).await;
    assert_eq!(refused(&no_text), "there is no text in the message to edit");
    desk.text("rahasia", json!({"protect_content": true})).await.result();
    let copy = json!({"chat_id": 1001, "from_chat_id": 1001, "message_id": 4});
    assert_eq!(refused(&desk.call("copyMessage", copy.clone()).await), "message can't be copied");
    let forwarded = desk.call("forwardMessage", copy).await;
    assert_eq!(refused(&forwarded), "message can't be forwarded");
    desk.clock.advance(std::time::Duration::from_hours(48));
    let old = desk.call("deleteMessage", json!({"chat_id": 1001, "message_id": 4})).await;
    assert!(refused(&old).starts_with("message can't be deleted"));
}

#[tokio::test]
async fn uploads_have_limits() {
    let desk = desk().await;
    let mut padded = png(8, 8);
    padded.resize(10 * 1024 * 1024 + 1, 0);
    let big = desk.upload("sendPhoto", "photo", "a.png", &padded).await;
    assert_eq!(refused(&big), "file is too big");
    let huge = vec![0; 52 * 1024 * 1024];
    assert_eq!(desk.upload("sendDocument", "document", "a.bin", &huge).await.status, 413);
    let thin = desk.upload("sendPhoto", "photo", "a.png", &png(210, 10)).await;
    assert_eq!(refused(&thin), "PHOTO_INVALID_DIMENSIONS");
    let text = desk.upload("sendPhoto", "photo", "a.png", b"no picture").await;
    assert_eq!(refused(&text), "IMAGE_PROCESS_FAILED");
    let empty = desk.upload("sendDocument", "document", "a.txt", b"").await;
    assert_eq!(refused(&empty), "file must be non-empty");
}

#[tokio::test]
async fn webhooks_must_be_public_https_and_are_not_set_twice_a_second() {
    let desk = desk().await;
    for (url, text) in [
        ("http://toko.example/x", "An HTTPS URL must be provided for webhook"),
        ("https://toko.example:8080/x", "Webhook can be set up only on ports 80, 88, 443 or 8443"),
        ("https://127.0.0.1/x", "IP address 127.0.0.1 is reserved"),
        ("https://localhost/x", "Failed to resolve host: Name or service not known"),
    ] {
        let answer = desk.call("setWebhook", json!({"url": url})).await;
        assert_eq!(refused(&answer), format!("bad webhook: {text}"));
    }
    let url = "https://toko.example:8443/telegram/hook";
    for (secret, text) in [
        ("x".repeat(257), "secret token is too long"),
        ("a b".to_owned(), "secret token contains unallowed characters"),
    ] {
        let answer = desk.call("setWebhook", json!({"url": url, "secret_token": secret})).await;
        assert_eq!(refused(&answer), text);
    }
    let set = json!({"url": url, "allowed_updates": ["message"], "max_connections": 5});
    let first = desk.call("setWebhook", set.clone()).await;
    assert_eq!(first.description(), "Webhook was set");
    assert_eq!(desk.call("setWebhook", set.clone()).await.status, 429);
    desk.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(desk.call("setWebhook", set).await.description(), "Webhook is already set");
    let seen = desk.bot.webhook().expect("a webhook");
    assert_eq!((seen.url.as_str(), seen.max_connections), (url, 5));
    let info = desk.call("getWebhookInfo", json!({})).await;
    assert_eq!(info.result()["allowed_updates"], json!(["message"]));
    assert_eq!(desk.call("getUpdates", json!({})).await.status, 409);
    let gone = desk.call("deleteWebhook", json!({})).await;
    assert_eq!(gone.description(), "Webhook was deleted");
    desk.call("getUpdates", json!({})).await.result();
}

#[tokio::test]
async fn refusals_are_in_the_ledger_with_what_was_asked() {
    let desk = desk().await;
    desk.text("<x>", json!({})).await;
    let call = desk.telegram.calls().pop().expect("a call");
    assert_eq!(
        (call.method.as_str(), call.chat, call.code),
        ("sendMessage", Some(ChatId(1001)), 400)
    );
    assert_eq!(call.params["text"], "<x>");
}
