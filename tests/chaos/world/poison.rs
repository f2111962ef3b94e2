//! Updates as no Bot API sends them: each is authenticated, so each must be taken, and none may harm a neighbour.

use serde_json::{Value, json};

/// What must become of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It cannot be read: set aside, with a reason.
    SetAside,
    /// It can be read and is of no use, or cannot be read: worked off either way.
    WorkedOff,
}

/// A bad update.
#[derive(Debug, Clone)]
pub struct Poison {
    pub body: Vec<u8>,
    pub fate: Fate,
}

/// The largest body that is taken.
const LARGEST: usize = 256 * 1024;
const KINDS: u64 = 36;

/// The `number`-th bad update, as if from `person`; `update_id` is its own where it has one.
pub fn poison(number: u64, update_id: u64, person: i64, dice: &mut fastrand::Rng) -> Poison {
    let kind = number % KINDS;
    let unique = format!("{number}-{}", dice.u32(..));
    match kind {
        0..=11 => unreadable(kind, update_id, &unique),
        12..=24 => wrong_types(kind - 12, update_id, person),
        _ => odd(kind - 25, update_id, person, &unique),
    }
}

/// What is no JSON, or no JSON that anybody reads.
fn unreadable(kind: u64, update_id: u64, unique: &str) -> Poison {
    let body = match kind {
        0 => format!("{{not json {unique}").into_bytes(),
        1 => [b"\xff\xfe\x00".as_slice(), unique.as_bytes()].concat(),
        2 => format!("[\"{unique}\"]").into_bytes(),
        3 => format!("\"{unique}\"").into_bytes(),
        4 => format!(
            "{{\"update_id\":{update_id},\"message\":{}1{}}}",
            "[".repeat(60_000),
            "]".repeat(60_000)
        )
        .into_bytes(),
        5 => [unique.as_bytes(), "{\"a\":".repeat(40_000).as_bytes()].concat(),
        6 => format!("{{\"message\":{{\"text\":\"{unique}\"}}}}").into_bytes(),
        7 => format!("{{\"update_id\":\"{unique}\"}}").into_bytes(),
        8 => format!("{{\"update_id\":1e400,\"x\":\"{unique}\"}}").into_bytes(),
        9 => format!("{{\"update_id\":99999999999999999999999,\"x\":\"{unique}\"}}").into_bytes(),
        10 => [b"\xef\xbb\xbf".as_slice(), format!("{{\"update_id\":{update_id}}}").as_bytes()]
            .concat(),
        _ => {
            let mut body = format!("{{\"update_id\":{update_id},\"x\":\"").into_bytes();
            body.resize(LARGEST, b'x');
            body
        }
    };
    Poison { body, fate: Fate::SetAside }
}

/// A message with one part of a wrong type.
fn wrong_types(kind: u64, update_id: u64, person: i64) -> Poison {
    let fields: [(&str, &str); 13] = [
        ("message_id", "\"x\""),
        ("message_id", "1e30"),
        ("message_id", "[]"),
        ("date", "{}"),
        ("date", "-99999999999999999999"),
        ("text", "5"),
        ("text", "\"\\ud800 alone\""),
        ("text", "\"\\udc00\\ud800\""),
        ("entities", "\"bold\""),
        ("entities", "[{\"type\":\"bot_command\",\"offset\":-1,\"length\":6}]"),
        ("entities", "[{\"type\":\"bot_command\",\"offset\":\"0\",\"length\":6}]"),
        ("chat", "7"),
        ("chat", "null"),
    ];
    let (name, value) = fields[usize::try_from(kind).expect("few") % fields.len()];
    let person = json!({"id": person, "is_bot": false, "first_name": "Budi"});
    let mut parts: Vec<(&str, String)> = vec![
        ("message_id", "7".to_owned()),
        ("date", "1750000000".to_owned()),
        ("from", person.to_string()),
        ("chat", json!({"id": person["id"], "type": "private", "first_name": "Budi"}).to_string()),
        ("text", "\"/saldo\"".to_owned()),
    ];
    parts.retain(|(known, _)| *known != name);
    parts.push((name, value.to_owned()));
    let parts: Vec<String> =
        parts.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    let body = format!("{{\"update_id\":{update_id},\"message\":{{{}}}}}", parts.join(","));
    // A reader that has no use for a part need not notice what is wrong with it.
    Poison { body: body.into_bytes(), fate: Fate::WorkedOff }
}

/// What can be read and means nothing good.
fn odd(kind: u64, update_id: u64, person: i64, unique: &str) -> Poison {
    let from = json!({"id": person, "is_bot": false, "first_name": "Budi"});
    let chat = json!({"id": person, "type": "private"});
    let message = |text: &str, more: Value| {
        let mut message =
            json!({"message_id": 7, "date": 1, "from": from, "chat": chat, "text": text});
        let all = message.as_object_mut().expect("an object");
        all.extend(more.as_object().expect("an object").clone());
        json!({"update_id": update_id, "message": message})
    };
    let command = |offset: i64, length: i64| json!({"entities": [{"type": "bot_command", "offset": offset, "length": length}]});
    let press = |data: &str| {
        json!({"update_id": update_id, "callback_query": {"id": "1", "from": from, "data": data,
            "message": {"message_id": 7, "date": 0, "chat": chat}}})
    };
    let body = match kind {
        0 => json!({"update_id": update_id, "shop_opened_on_the_moon": {"crater": unique}}),
        1 => message("\u{0}nol\u{0}", json!({})),
        2 => message("/nothing😀", command(1_000_000, 1_000_000)),
        3 => message("😀/nothing", command(1, 3)),
        4 => message("/", command(0, 0)),
        5 => message(
            "x",
            json!({"from": {"id": person, "is_bot": false,
            "first_name": format!("\u{202e}\u{0}{}", "n".repeat(60_000))}}),
        ),
        6 => press("q:999999999999999999999999"),
        7 => press(&"\u{0}".repeat(64)),
        8 => json!({"update_id": update_id, "my_chat_member": {"from": from, "chat": chat}}),
        9 => json!({"update_id": update_id, "message": null, "callback_query": null}),
        _ => json!({"update_id": update_id, "message": {"message_id": 1, "date": i64::MAX,
            "chat": {"id": i64::MIN, "type": "channel"}}}),
    };
    Poison { body: body.to_string().into_bytes(), fate: Fate::WorkedOff }
}
