//! What comes in by the doors: updates, callbacks, and what buttons carry.

use bot_auto_order::bot::{self, Intent, Press};
use bot_auto_order::http::{callback_delivery, update_delivery};
use bot_auto_order::pakasir::{Callback, CallbackFault};
use bot_auto_order::primitives::StoreId;
use bot_auto_order::telegram::Update;
use serde_json::Value;

use super::bench::{Bench, Broken, NOW, Outcome, behaviour, must};

/// The door's envelope, the update, and what its sender wants.
pub fn update(bench: &mut Bench, input: &[u8]) -> Outcome {
    let (delivery, press) = update_delivery(StoreId(1), input, NOW);
    must(delivery.body == input, "I-ACK", || "the stored body is another one".to_owned())?;
    if let Some(id) = &press {
        let plain = id.len() <= 20 && !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
        must(plain, "S6", || format!("the answer to Telegram would hold {id:?}"))?;
    }
    let read = serde_json::from_slice::<Update>(input);
    let named = delivery.key.parse::<i64>().is_ok();
    must(named || delivery.key.starts_with("sha256:"), "I-ACK", || delivery.key.clone())?;
    let update = match read {
        Err(fault) => return Ok(behaviour(&["unread", &fault.to_string()])),
        Ok(update) => update,
    };
    let Some(visit) = bot::read(&update, &bench.texts) else {
        return Ok(behaviour(&["deaf", if press.is_some() { "press" } else { "" }]));
    };
    must(delivery.key == update.update_id.to_string(), "I-ACK", || {
        format!("update {} is stored as {}", update.update_id, delivery.key)
    })?;
    must(delivery.lane == format!("user:{}", visit.user), "I-FIFO", || {
        format!("{} is worked on in {}", visit.user, delivery.lane)
    })?;
    let letters = visit.name.chars().count();
    must((1..=64).contains(&letters) && !visit.name.contains('\0'), "S7", || {
        format!("a name of {letters} letters")
    })?;
    own_chat_only(&update, visit.user.0)?;
    let word = format!("{:?}", visit.intent);
    let kind = word.split(['(', ' ']).next().unwrap_or_default();
    let inner = match visit.intent {
        Intent::Press(press, message) => format!("{press:?}{}", message.is_some()),
        _ => String::new(),
    };
    Ok(behaviour(&[kind, &inner]))
}

/// A message or press that is heard came from the private chat with its sender.
fn own_chat_only(update: &Update, user: i64) -> Result<(), Broken> {
    let spoken =
        update.message.as_ref().map(|message| (message.chat.id.0, message.chat.is_private()));
    let pressed = || {
        let query = update.callback_query.as_ref()?;
        Some((query.message.as_ref()?.chat.id.0, true))
    };
    match spoken.or_else(pressed) {
        Some((chat, private)) => must(chat == user && private, "I-OWN", || {
            format!("user {user} is heard from chat {chat}")
        }),
        None => Ok(()),
    }
}

/// The gateway's callback, as its door and its reader take it.
pub fn callback(_: &mut Bench, input: &[u8]) -> Outcome {
    let delivery = callback_delivery(StoreId(1), input, NOW);
    must(delivery.body == input, "I-ACK", || "the stored body is another one".to_owned())?;
    let own_lane = delivery.lane.strip_prefix("key:") == Some(&*delivery.key);
    must(own_lane, "I-LIVE", || delivery.lane.clone())?;
    let callback = match Callback::parse(input) {
        Ok(callback) => callback,
        Err(fault) => {
            let told = fault.to_string();
            must(told.len() < 120, "S16", || told.clone())?;
            let large = matches!(fault, CallbackFault::TooLarge);
            return Ok(behaviour(&["fault", &told, if large { "large" } else { "" }]));
        }
    };
    let body: Value = serde_json::from_slice(input).map_err(|_| unread("a callback"))?;
    must(body["amount"].as_i64() == Some(callback.amount) && callback.amount > 0, "I-PAY", || {
        format!("{} was made of {}", callback.amount, body["amount"])
    })?;
    let same = body["order_id"].as_str() == Some(callback.reference.as_str())
        && body["is_sandbox"].as_bool() == callback.sandbox
        && body["txn_id"].as_str() == callback.txn_id.as_deref()
        && body["project"].as_str() == callback.project.as_deref();
    must(same, "I-NOPAY", || format!("{callback:?} was made of {body}"))?;
    must(
        (body["status"] == "completed") == (callback.state.as_str() == "completed"),
        "I-NOPAY",
        || format!("{:?} was made of {}", callback.state, body["status"]),
    )?;
    let stored = serde_json::to_string(&callback).map_err(|_| unread("what is stored"))?;
    let again: Callback = serde_json::from_str(&stored).map_err(|_| unread("what is stored"))?;
    must(again == callback, "I-ACK", || format!("{callback:?} is read back as {again:?}"))?;
    Ok(behaviour(&["read", callback.state.as_str(), &delivery.lane[..4]]))
}

fn unread(what: &str) -> Broken {
    Broken("I-ACK", format!("{what} cannot be read again"))
}

/// What a button carries when it comes back.
pub fn button(_: &mut Bench, input: &[u8]) -> Outcome {
    let Ok(data) = std::str::from_utf8(input) else { return Ok(0) };
    let Some(press) = Press::read(data) else {
        return Ok(behaviour(&["nobody's", data.get(..2).unwrap_or_default()]));
    };
    let written = press.data();
    must(written.len() <= 64 && !written.is_empty(), "S8", || format!("{written} is too long"))?;
    must(Press::read(&written) == Some(press), "S8", || {
        format!("{press:?} is written as {written} and read as {:?}", Press::read(&written))
    })?;
    must(written == data, "S8", || format!("{data:?} passes for {written}"))?;
    let word = format!("{press:?}");
    Ok(behaviour(&["press", &word]))
}
