//! A plausible QRIS payload: `EMVCo` tag, length, value, closed by a checksum.

/// What a sandbox project shows instead of a QR that a bank could read.
pub const SANDBOX_QR: &str = "lorem-ipsum-pakasir-qris-example";

/// The QR text for `total` rupiah of order `reference` at merchant `slug`.
///
/// Tag 54 carries the total with two decimals, as the gateway's own sample does; tag 62 carries
/// the order (01) and the gateway's id (05), each cut to the 25 characters the standard allows.
#[must_use]
pub fn payload(slug: &str, reference: &str, txn_id: &str, total: i64) -> String {
    let acquirer = [
        tag("00", "COM.CONTOHBANK.WWW"),
        tag("01", "936009990000000017"),
        tag("02", "000000000000017"),
        tag("03", "UMI"),
    ];
    let switch =
        [tag("00", "ID.CO.QRIS.WWW"), tag("02", "ID1020304050607"), tag("03", "UMI")].concat();
    let order = [tag("01", &fit(reference, 25)), tag("05", &fit(txn_id, 25))].concat();
    let open = [
        tag("00", "01"),
        tag("01", "12"),
        tag("26", &acquirer.concat()),
        tag("51", &switch),
        tag("52", "5817"),
        tag("53", "360"),
        tag("54", &format!("{total}.00")),
        tag("58", "ID"),
        tag("59", &fit(&format!("Pakasir {slug}"), 25)),
        tag("60", "JAKARTA"),
        tag("61", "10110"),
        tag("62", &order),
        "6304".to_owned(),
    ]
    .concat();
    let sum = checksum(open.as_bytes());
    format!("{open}{sum:04X}")
}

fn tag(id: &str, value: &str) -> String {
    format!("{id}{:02}{value}", value.len())
}

/// Printable ASCII only, at most `most` characters, never empty: lengths are counted in bytes.
fn fit(text: &str, most: usize) -> String {
    let kept: String =
        text.chars().map(|c| if c.is_ascii_graphic() { c } else { ' ' }).take(most).collect();
    if kept.is_empty() { "-".to_owned() } else { kept }
}

/// CRC-16 with polynomial 1021 and initial value FFFF, as `EMVCo` asks for tag 63.
fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mut text: &str) -> Vec<(String, String)> {
        let mut tags = Vec::new();
        while !text.is_empty() {
            let length: usize = text[2..4].parse().expect("two digits");
            tags.push((text[..2].to_owned(), text[4..4 + length].to_owned()));
            text = &text[4 + length..];
        }
        tags
    }

    fn value(tags: &[(String, String)], id: &str) -> String {
        tags.iter().find(|(found, _)| found == id).map(|(_, v)| v.clone()).expect(id)
    }

    #[test]
    fn the_checksum_is_the_one_of_the_standard() {
        assert_eq!(checksum(b"123456789"), 0x29B1);
        assert_eq!(checksum(b""), 0xFFFF);
    }

    #[test]
    fn a_bank_app_can_read_the_payload() {
        let text = payload("toko-kita", "INV20261122ABCDEF-1", "vwiqpcriq", 100_003);
        let tags = read(&text);
        assert_eq!(value(&tags, "00"), "01");
        assert_eq!(value(&tags, "53"), "360");
        assert_eq!(value(&tags, "54"), "100003.00");
        assert_eq!(value(&tags, "58"), "ID");
        assert_eq!(value(&tags, "59"), "Pakasir toko-kita");
        assert_eq!(value(&read(&value(&tags, "51")), "00"), "ID.CO.QRIS.WWW");
        assert_eq!(value(&read(&value(&tags, "62")), "01"), "INV20261122ABCDEF-1");
        assert_eq!(value(&read(&value(&tags, "62")), "05"), "vwiqpcriq");
        let (signed, sum) = text.split_at(text.len() - 4);
        assert_eq!(format!("{:04X}", checksum(signed.as_bytes())), sum);
        assert_eq!(tags.last().expect("a last tag").0, "63");
    }

    #[test]
    fn names_that_are_long_or_not_ascii_still_fit() {
        let text = payload(&"toko☕".repeat(20), &"é".repeat(200), "", 500);
        let tags = read(&text);
        assert_eq!(value(&tags, "59").len(), 25);
        assert_eq!(value(&read(&value(&tags, "62")), "01").len(), 25);
        assert!(text.is_ascii());
    }
}
