//! Wrong secrets: everything near the right one, and whatever a stranger may try instead.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;

/// `most` secrets that are not `right`: first every near miss there is, then random ones.
pub fn guesses(right: &str, most: u64, mut dice: Rng) -> Vec<Vec<u8>> {
    let bytes = right.as_bytes();
    let mut all: Vec<Vec<u8>> = Vec::new();
    for at in 0..bytes.len() {
        all.extend((0..=255).map(|byte| changed(bytes, at, byte)));
        all.push(bytes[..at].to_vec());
        all.push(bytes[at + 1..].to_vec());
        all.push([&bytes[..at], &bytes[at + 1..]].concat());
        all.extend((at + 1..bytes.len()).map(|other| swapped(bytes, at, other)));
    }
    for length in 0..=600 {
        all.push(bytes.iter().cycle().take(length).copied().collect());
        all.push(vec![bytes[0]; length]);
        all.push([bytes, &vec![b' '; length]].concat());
        all.push([bytes, &vec![0; length]].concat());
        all.push([&vec![b' '; length], bytes].concat());
    }
    all.extend(dressed(right));
    all.retain(|guess| guess != bytes);
    let wanted = usize::try_from(most).expect("fits");
    while all.len() < wanted {
        let mut guess = bytes.to_vec();
        match dice.u8(0..4) {
            0 => guess = (0..dice.usize(0..64)).map(|_| dice.u8(..)).collect(),
            1 => guess = (0..bytes.len()).map(|_| alphanumeric(&mut dice)).collect(),
            _ => {
                for _ in 0..dice.usize(1..4) {
                    let at = dice.usize(0..guess.len());
                    guess[at] = alphanumeric(&mut dice);
                }
            }
        }
        if guess != bytes {
            all.push(guess);
        }
    }
    all
}

/// `most` of the guesses that a header can carry, spread over all of them.
pub fn that_travel(all: &[Vec<u8>], right: &str, most: u64) -> Vec<Vec<u8>> {
    let control = |byte: &u8| matches!(byte, 0..=8 | 10..=31 | 127);
    // Spaces around a header's value are no part of it.
    let travels =
        |guess: &&Vec<u8>| !guess.iter().any(control) && guess.trim_ascii() != right.as_bytes();
    let able: Vec<&Vec<u8>> = all.iter().filter(travels).collect();
    let most = usize::try_from(most).expect("fits").min(able.len());
    (0..most).map(|n| able[n * able.len() / most].clone()).collect()
}

fn alphanumeric(dice: &mut Rng) -> u8 {
    u8::try_from(dice.alphanumeric()).expect("it is ASCII")
}

fn changed(bytes: &[u8], at: usize, byte: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] = byte;
    bytes
}

fn swapped(bytes: &[u8], one: usize, other: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.swap(one, other);
    bytes
}

/// The right secret in clothes that something might take off.
fn dressed(right: &str) -> Vec<Vec<u8>> {
    let wide = |letter: char| {
        let code = u32::from(letter);
        let wide = (0x21..=0x7e).contains(&code).then(|| char::from_u32(code + 0xfee0));
        wide.flatten().unwrap_or(letter)
    };
    let percent = |byte: u8| format!("%{byte:02x}");
    let texts = [
        right.to_lowercase(),
        right.to_uppercase(),
        right.chars().rev().collect(),
        right.chars().map(wide).collect(),
        right.bytes().map(percent).collect(),
        format!("{right}\0"),
        format!("{right}\n"),
        format!("\t{right}"),
        format!("{right},"),
        format!("\"{right}\""),
        format!("'{right}'"),
        format!("Bearer {right}"),
        format!("Basic {}", STANDARD.encode(right)),
        STANDARD.encode(right),
        format!("{right}, {right}"),
        format!("{right}{right}"),
        format!("{right}\u{301}"),
        format!("\u{feff}{right}"),
        format!("\u{200b}{right}"),
        "*".to_owned(),
        "%".to_owned(),
        "null".to_owned(),
        "undefined".to_owned(),
        "true".to_owned(),
        "0".to_owned(),
        "[]".to_owned(),
        "' OR '1'='1".to_owned(),
        String::new(),
    ];
    texts.into_iter().map(String::into_bytes).collect()
}
