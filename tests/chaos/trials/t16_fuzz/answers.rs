//! What the outside answers: the gateway in both versions, and the Bot API.

use std::time::Duration;

use bot_auto_order::pakasir::{Answer, Failure, Invoice, State, Status, Version};
use bot_auto_order::primitives::Rupiah;
use bot_auto_order::telegram::{self, Done, File, Message, WebhookInfo, decide};
use serde_json::Value;

use super::bench::{
    AMOUNT, Bench, Broken, KEY, Outcome, REFERENCE, SLUG, TXN, ask, behaviour, must, sale,
};

/// An input is a line of words and a body under it.
fn parted(input: &[u8]) -> (Vec<&str>, &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let head = std::str::from_utf8(&input[..end]).unwrap_or_default();
    (head.split(' ').collect(), input.get(end + 1..).unwrap_or_default())
}

fn status_of(words: &[&str], at: usize) -> u16 {
    words
        .get(at)
        .and_then(|word| word.parse().ok())
        .filter(|n| (100..600).contains(n))
        .unwrap_or(200)
}

/// `v2 create 200 -` and a body: what came back to a create, a status, or a cancel.
pub fn gateway(bench: &mut Bench, input: &[u8]) -> Outcome {
    let (words, body) = parted(input);
    let version = if words.first() == Some(&"v1") { Version::V1 } else { Version::V2 };
    let reader = if version == Version::V1 { &bench.v1 } else { &bench.v2 };
    let code = status_of(&words, 2);
    let answer = Answer {
        code,
        retry_after: words.get(3).filter(|word| **word != "-").map(|word| (*word).to_owned()),
        body: Ok(body.to_vec()),
    };
    let good = (200..300).contains(&code);
    match words.get(1).copied() {
        Some("status") => match reader.standing(&sale(version), answer) {
            Err(failure) => failed("status", code, &failure),
            Ok(status) => {
                must(good, "S14", || format!("HTTP {code} passes for an answer"))?;
                standing(version, body, &status)
            }
        },
        Some("cancel") => {
            if let Err(failure) = reader.cancelled(answer) {
                return failed("cancel", code, &failure);
            }
            must(good, "S14", || format!("HTTP {code} passes for a yes"))?;
            Ok(behaviour(&["cancelled"]))
        }
        _ => match reader.invoice(&ask(), answer) {
            Err(failure) => failed("create", code, &failure),
            Ok(read) => {
                must(good, "S14", || format!("HTTP {code} passes for an answer"))?;
                invoice(version, body, &read)
            }
        },
    }
}

/// What a failure says is short, on one line, and without the key, however it was echoed.
fn failed(call: &str, code: u16, failure: &Failure) -> Outcome {
    let told = failure.to_string();
    must(!told.contains(KEY) && !decoded(&told).contains(KEY), "S16", || {
        format!("{call} failed with the key in its words: {told}")
    })?;
    must(told.chars().count() <= 300 && !told.chars().any(char::is_control), "S23", || {
        format!("{call} failed with {told:?}")
    })?;
    let stored = serde_json::to_string(failure).unwrap_or_default();
    let again = serde_json::from_str::<Failure>(&stored).ok();
    must(again.as_ref() == Some(failure), "I-ACK", || {
        format!("{failure:?} is stored as {stored}")
    })?;
    if let Failure::RetryAfter(wait) = failure {
        must((1..=600).contains(&wait.as_secs()), "I-RATE", || format!("told to wait {wait:?}"))?;
    }
    let kind = format!("{failure:?}");
    let kind = kind.split(['(', ' ']).next().unwrap_or_default();
    Ok(behaviour(&[call, if code < 300 { "read" } else { "refused" }, kind, &told]))
}

/// `text` with everything decoded that is percent-encoded.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let code = code.filter(|_| *first == b'%');
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The object that says everything, as an independent reader finds it.
fn object(version: Version, v1: &str, body: &[u8]) -> Result<Value, Broken> {
    let all: Value = serde_json::from_slice(body)
        .map_err(|fault| Broken("S14", format!("no JSON was believed: {fault}")))?;
    Ok(if version == Version::V1 { all[v1].clone() } else { all })
}

fn echo(object: &Value, field: &str, wanted: &str) -> Result<(), Broken> {
    let said = &object[field];
    must(said.is_null() || said == wanted, "I-NOPAY", || {
        format!("an answer for the {field} {said} was believed")
    })
}

fn invoice(version: Version, body: &[u8], read: &Invoice) -> Outcome {
    let object = object(version, "payment", body)?;
    let total = object["total_payment"].as_i64();
    must(total == Some(read.total.get()) && read.total <= Rupiah::MAX, "I-PAY", || {
        format!("{} was made of {}", read.total.get(), object["total_payment"])
    })?;
    must(object["amount"].is_null() || object["amount"].as_i64() == Some(AMOUNT), "I-PAY", || {
        format!("an answer for the amount {} was believed", object["amount"])
    })?;
    echo(&object, "project", SLUG)?;
    echo(&object, "order_id", REFERENCE)?;
    echo(&object, "payment_method", "qris")?;
    let qr = if version == Version::V1 { "payment_number" } else { "qr_string" };
    let fits = (1..=1024).contains(&read.qr_string.len()) && object[qr] == read.qr_string.as_str();
    must(fits, "S14", || format!("the QR is {:?} of {}", read.qr_string, object[qr]))?;
    must(read.page_url.starts_with("https://app.pakasir.com/pay"), "S15", || {
        read.page_url.clone()
    })?;
    must(!read.page_url.contains(['"', '<', ' ', '\n']), "S7", || read.page_url.clone())?;
    if let Some(fee) = read.fee {
        must(object["fee"].as_i64() == Some(fee.get()), "I-PAY", || format!("a fee of {fee}"))?;
    }
    let stored = serde_json::to_string(read).unwrap_or_default();
    let again = serde_json::from_str::<Invoice>(&stored).ok();
    must(again.as_ref() == Some(read), "I-ACK", || format!("{read:?} is stored as {stored}"))?;
    let dated = if read.expires_at.is_some() { "dated" } else { "" };
    Ok(behaviour(&["invoice", read.state.as_str(), dated]))
}

fn standing(version: Version, body: &[u8], read: &Status) -> Outcome {
    let object = object(version, "transaction", body)?;
    must(object["amount"].as_i64() == Some(read.amount), "I-PAY", || {
        format!("{} was made of {}", read.amount, object["amount"])
    })?;
    must(object["order_id"] == read.reference.as_str(), "I-NOPAY", || read.reference.clone())?;
    must((object["status"] == "completed") == (read.state == State::Completed), "I-NOPAY", || {
        format!("{:?} was made of {}", read.state, object["status"])
    })?;
    must(object["is_sandbox"].as_bool() == read.sandbox, "I-NOPAY", || {
        format!("sandbox {:?} was made of {}", read.sandbox, object["is_sandbox"])
    })?;
    echo(&object, "project", SLUG)?;
    if version == Version::V2 {
        echo(&object, "txn_id", TXN)?;
    }
    let fits = read.differs_from(&sale(version)).is_none();
    let same = object["order_id"] == REFERENCE && object["amount"].as_i64() == Some(AMOUNT);
    must(fits == same, "I-NOPAY", || format!("{object} is said to fit: {fits}"))?;
    Ok(behaviour(&["standing", read.state.as_str(), if fits { "fits" } else { "differs" }]))
}

/// `200 - message` and a body: what came back from the Bot API.
pub fn bot_api(_: &mut Bench, input: &[u8]) -> Outcome {
    let (words, body) = parted(input);
    let status = status_of(&words, 0);
    let wait = words.get(1).and_then(|word| word.parse().ok());
    match words.get(2).copied() {
        Some("bool") => judged(status, body, decide::<bool>(status, wait, body)),
        Some("webhook") => judged(status, body, decide::<WebhookInfo>(status, wait, body)),
        Some("file") => judged(status, body, decide::<File>(status, wait, body)),
        _ => judged(status, body, decide::<Message>(status, wait, body)),
    }
}

fn judged<T: std::fmt::Debug>(
    status: u16,
    body: &[u8],
    outcome: Result<Done<T>, telegram::Failure>,
) -> Outcome {
    // Fields that nobody reads may hold anything, even what is no text.
    let text = String::from_utf8_lossy(body);
    let said: Option<Value> = serde_json::from_str(&text).ok();
    let failure = match outcome {
        Ok(Done::Answer(_)) => {
            must(said.is_none_or(|said| said["ok"] == true), "S14", || {
                "a no passes for an answer".to_owned()
            })?;
            return Ok(behaviour(&["answer", std::any::type_name::<T>()]));
        }
        Ok(Done::Already) => return Ok(behaviour(&["already"])),
        Err(failure) => failure,
    };
    let told = failure.to_string();
    must(told.chars().count() <= 340, "S23", || format!("a failure says {told:?}"))?;
    if let telegram::Failure::RetryAfter(wait) = failure {
        let day = Duration::from_hours(24);
        must((Duration::from_secs(1)..=day).contains(&wait), "I-RATE", || format!("{wait:?}"))?;
    }
    // Dropping a message, or the whole bot, on the word of somebody else's page would lose it.
    let foreign = !text.contains("\"ok\"");
    let final_word =
        matches!(failure, telegram::Failure::Unauthorized | telegram::Failure::Unreachable(_));
    must(!(foreign && final_word), "S14", || {
        format!("HTTP {status} without an answer of Telegram's is taken for {failure:?}")
    })?;
    Ok(behaviour(&["failure", failure.label(), &told]))
}
