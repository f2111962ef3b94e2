//! The ways to pay, what each allows and what it costs.

use serde_json::{Map, Value};

/// The version of the wire, of a transaction's birth and of a project's callbacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// The legacy wire: `/api/transactioncreate/…`, the key in the body, callbacks unsigned.
    V1,
    /// The current wire: `/api/v2/…`, `X-Api-Key`, callbacks with `X-Secret`.
    V2,
}

/// Who carries the fee, as set in the project's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeePayer {
    /// The payer is charged amount and fee.
    Customer,
    /// The payer is charged the amount; the fee leaves the payout.
    Merchant,
}

/// What the buyer uses to pay with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instrument {
    /// A QR code.
    Qr,
    /// A bank's virtual account.
    VirtualAccount,
    /// The hosted page, where the buyer picks.
    Page,
}

const ACCOUNTS: [&str; 9] = [
    "bri_va",
    "bni_va",
    "cimb_niaga_va",
    "permata_va",
    "maybank_va",
    "bnc_va",
    "artha_graha_va",
    "sampoerna_va",
    "atm_bersama_va",
];

/// What `method` gives on `version`, or `None` when that version does not know it.
pub fn instrument(version: Version, method: &str) -> Option<Instrument> {
    match (version, method) {
        (_, "qris") => Some(Instrument::Qr),
        (Version::V2, "payment_link") => Some(Instrument::Page),
        // Missing from the list of version 2, so a client must not offer it there.
        (Version::V2, "atm_bersama_va") => None,
        (_, other) if ACCOUNTS.contains(&other) => Some(Instrument::VirtualAccount),
        _ => None,
    }
}

/// The smallest and largest amount in rupiah; version 1 documents no largest one.
pub fn bounds(version: Version, instrument: Instrument) -> (i64, i64) {
    match (version, instrument) {
        (Version::V1, _) => (500, i64::from(i32::MAX)),
        (Version::V2, Instrument::Qr) => (500, 10_000_000),
        (Version::V2, Instrument::Page) => (500, 50_000_000),
        (Version::V2, Instrument::VirtualAccount) => (10_000, 50_000_000),
    }
}

/// The gateway's fee in rupiah for `amount` paid by `method`.
pub fn fee(method: &str, amount: i64) -> i64 {
    match method {
        "sampoerna_va" | "artha_graha_va" => 2_000,
        account if ACCOUNTS.contains(&account) => 3_500,
        _ if amount <= 105_000 => (amount * 7 + 500) / 1_000 + 310,
        _ => (amount + 50) / 100,
    }
}

/// Every method's fee for `amount`, as the public fee page answers.
pub fn fee_table(amount: i64) -> Value {
    let row = |method: &str| (method.to_owned(), Value::from(fee(method, amount)));
    let rows: Map<String, Value> =
        std::iter::once("qris").chain(ACCOUNTS).map(row).collect::<Map<_, _>>();
    Value::Object(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fees_are_those_seen_at_the_gateway() {
        assert_eq!(fee("qris", 6_000), 352);
        assert_eq!(fee("qris", 12_000), 394);
        assert_eq!(fee("qris", 99_000), 1_003);
        assert_eq!(fee("qris", 200_000), 2_000);
        assert_eq!(fee("bri_va", 12_000), 3_500);
        assert_eq!(fee("sampoerna_va", 12_000), 2_000);
        assert_eq!(fee_table(12_000)["qris"], 394);
        assert_eq!(fee_table(12_000)["atm_bersama_va"], 3_500);
    }

    #[test]
    fn each_version_knows_its_own_methods() {
        assert_eq!(instrument(Version::V2, "qris"), Some(Instrument::Qr));
        assert_eq!(instrument(Version::V2, "payment_link"), Some(Instrument::Page));
        assert_eq!(instrument(Version::V1, "payment_link"), None);
        assert_eq!(instrument(Version::V1, "atm_bersama_va"), Some(Instrument::VirtualAccount));
        assert_eq!(instrument(Version::V2, "atm_bersama_va"), None);
        for unknown in ["", "QRIS", "paypal", "retail", "all", "climb_niaga_va"] {
            assert_eq!(instrument(Version::V2, unknown), None, "{unknown}");
        }
    }
}
