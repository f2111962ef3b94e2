//! A language nobody speaks: every letter of the texts is a circled one, so that a letter which is not
//! was written in the code.

use bot_auto_order::bot::Texts;
use bot_auto_order::primitives::Language;

/// Data that the screens under test are given, money, and the words that are the same everywhere.
const DATA: &[&str] = &[
    "Rp",
    "WIB",
    "ID",
    "Budi",
    "Ani",
    "Bu",
    "Rina",
    "Toko",
    "Contoh",
    "Kopi",
    "Susu",
    "Teh",
    "Manis",
    "Hitam",
    "Minuman",
    "Habis",
    "Es",
    "Film",
    "Musik",
    "Game",
    "Emas",
    "Stiker",
    "Garansi",
    "penuh",
    "tanpa",
    "iklan",
    "Jangan",
    "dibagikan",
    "Bukan",
    "tebal",
    "b",
    "Kompensasi",
    "gangguan",
    "ABCD",
    "HEMAT",
    "kopi",
    "QRIS",
    "x",
    "k",
    "xQ",
    "_aZ",
    "aZ",
    "Cerita",
    "panjang",
    "Produk",
    "dengan",
    "nama",
    "matahari",
    "bulan",
    "toko",
    "test",
    "sandi",
    "kode",
    // What the paper says about pictures, buttons and files.
    "Closed",
    "Paid",
    "QR",
    "picture",
    "of",
    "txt",
    "tb",
    "nc",
    "n",
    "a",
    // Placeholders of a store's own words.
    "produk",
    "order_id",
    "snk",
    "store_name",
    "saldo",
    "tanggal",
    // Versions.
    "v",
];

/// The Indonesian texts in circled letters.
pub fn texts() -> Texts {
    let file = concat!(
        include_str!("../../locales/id/chat.ftl"),
        include_str!("../../locales/id/seller.ftl"),
        include_str!("../../locales/id/owner.ftl")
    );
    let pseudo: String = file.lines().map(|line| translated(line) + "\n").collect();
    Texts::of(&[(Language::Id, pseudo.leak())])
}

fn translated(line: &str) -> String {
    if line.starts_with('#') || line.is_empty() {
        return line.to_owned();
    }
    if line.starts_with(' ') {
        return circled(line);
    }
    match line.split_once(" =") {
        Some((key, text)) => format!("{key} ={}", circled(text)),
        None => line.to_owned(),
    }
}

/// Circles every letter outside `{ placeholders }`, `<tags>` and `&entities;`.
fn circled(text: &str) -> String {
    let mut until = None;
    let circle = |c: char| match c {
        'a'..='z' => char::from_u32('ⓐ' as u32 + (c as u32 - 'a' as u32)).expect("a letter"),
        'A'..='Z' => char::from_u32('Ⓐ' as u32 + (c as u32 - 'A' as u32)).expect("a letter"),
        other => other,
    };
    text.char_indices()
        .map(|(at, c)| {
            match (until, c) {
                (None, '{') => until = Some('}'),
                (None, '<') => until = Some('>'),
                (None, '&') if !text[at..].starts_with("& ") => until = Some(';'),
                (Some(end), c) if c == end => {
                    until = None;
                    return c;
                }
                _ => {}
            }
            if until.is_some() { c } else { circle(c) }
        })
        .collect()
}

/// Words with plain letters that are no data: somebody wrote them in the code.
pub fn hard_coded(shown: &str) -> Vec<&str> {
    shown
        .split(|c: char| !c.is_ascii_alphabetic() && c != '_')
        // What was cut to fit may end within a word.
        .filter(|word| !word.is_empty() && !DATA.iter().any(|data| data.starts_with(word)))
        .collect()
}
