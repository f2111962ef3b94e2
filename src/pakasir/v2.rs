//! The wire of v2: flat objects, the key in a header, transactions known by `txn_id`.

use serde_json::json;

use super::account::is_path_part;
use super::page::percent_encode;
use super::wire::{Call, METHOD, Verb, Wire, check_echo, object, same_text};
use super::{Account, Ask, Failure, Invoice, Sale, State, Status, page_url};
use crate::primitives::Secret;

/// v2 for one account.
pub(super) struct V2(pub(super) Account);

impl V2 {
    fn call(&self, verb: Verb, action: &str, name: &str, body: Option<String>) -> Call {
        let slug = percent_encode(&self.0.slug);
        let name = percent_encode(name);
        Call {
            verb,
            path: Secret::new(format!("/api/v2/{action}/{slug}/{name}")),
            key_in_header: true,
            body: body.map(Secret::new),
        }
    }
}

impl Wire for V2 {
    fn create(&self, ask: &Ask) -> Call {
        let body = json!({ "method": METHOD, "amount": ask.amount });
        let name = ask.reference.as_str();
        self.call(Verb::Post, "create-transaction", name, Some(body.to_string()))
    }

    fn invoice(&self, ask: &Ask, body: &[u8]) -> Result<Invoice, Failure> {
        let fields = object(body)?;
        check_echo(&fields, &self.0.slug, ask)?;
        let txn_id = fields.required_text("txn_id")?;
        let sale = Sale {
            reference: ask.reference.clone(),
            amount: ask.amount,
            txn_id: Some(txn_id.to_owned()),
        };
        let page_url = page_url(&self.0, &sale)
            .ok_or_else(|| Failure::Unknown("the field 'txn_id' is no id".to_owned()))?;
        Ok(Invoice {
            qr_string: fields.required_text("qr_string")?.to_owned(),
            fee: fields.rupiah_if_readable("fee"),
            total: fields.required_rupiah("total_payment")?,
            expires_at: fields
                .time_if_readable("expired_at")
                .or_else(|| fields.time_if_readable("expires_at")),
            sandbox: fields.flag("is_sandbox")?,
            state: fields.text("status")?.map_or(State::Pending, State::from),
            txn_id: sale.txn_id,
            page_url,
        })
    }

    fn missing_on_create(&self, _message: String) -> Failure {
        Failure::CanceledReference
    }

    fn status(&self, sale: &Sale) -> Result<Call, Failure> {
        Ok(self.call(Verb::Get, "transaction-status", txn_id(sale)?, None))
    }

    fn standing(&self, sale: &Sale, body: &[u8]) -> Result<Status, Failure> {
        let fields = object(body)?;
        same_text(&fields, "txn_id", txn_id(sale)?)?;
        same_text(&fields, "project", &self.0.slug)?;
        Ok(Status {
            txn_id: fields.text("txn_id")?.map(Into::into),
            reference: fields.required_text("order_id")?.to_owned(),
            amount: fields.required_whole("amount")?,
            project: fields.text("project")?.map(Into::into),
            sandbox: fields.flag("is_sandbox")?,
            state: State::from(fields.required_text("status")?),
            completed_at: fields.time_if_readable("completed_at"),
        })
    }

    fn cancel(&self, sale: &Sale) -> Result<Call, Failure> {
        Ok(self.call(Verb::Post, "cancel-transaction", txn_id(sale)?, None))
    }
}

/// The id v2 goes by. Without one there is nothing to send.
fn txn_id(sale: &Sale) -> Result<&str, Failure> {
    sale.txn_id.as_deref().filter(|id| is_path_part(id)).ok_or_else(|| {
        Failure::NotSent(format!("{} has no usable txn_id yet: repeat its create", sale.reference))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::pakasir::{Reference, Version};
    use crate::primitives::{Rupiah, Timestamp};

    const CREATED: &str = r#"{"txn_id":"vwiqpcriq","project":"toko","order_id":"INV-12345678",
        "amount":45000,"fee":625,"total_payment":45625,"payment_method":"qris",
        "qr_string":"00020101021226","expired_at":"2026-11-22T11:00:00.123456789Z",
        "is_sandbox":false,"status":"pending","completed_at":null}"#;
    const STANDING: &str = r#"{"txn_id":"vwiqpcriq","order_id":"INV-12345678","amount":45000,
        "is_sandbox":false,"status":"completed","completed_at":"2026-11-22T18:00:00.5+07:00"}"#;

    fn v2() -> V2 {
        V2(Account {
            version: Version::V2,
            api_url: "http://127.0.0.1".into(),
            public_domain: "https://app.pakasir.com".into(),
            slug: "toko".into(),
            api_key: Secret::new("canary".into()),
            sandbox: false,
        })
    }

    fn ask() -> Ask {
        Ask {
            reference: Reference::parse("INV-12345678").unwrap(),
            amount: Rupiah::new(45_000).unwrap(),
        }
    }

    fn sale(txn_id: Option<&str>) -> Sale {
        let Ask { reference, amount } = ask();
        Sale { reference, amount, txn_id: txn_id.map(Into::into) }
    }

    fn invoice(from: &str, to: &str) -> Result<Invoice, Failure> {
        assert!(CREATED.contains(from), "the fixture has no {from}");
        v2().invoice(&ask(), CREATED.replace(from, to).as_bytes())
    }

    #[test]
    fn calls_have_the_documented_shape() {
        let create = v2().create(&ask());
        assert_eq!(create.verb, Verb::Post);
        assert_eq!(create.path.expose(), "/api/v2/create-transaction/toko/INV-12345678");
        assert!(create.key_in_header);
        let body: Value = serde_json::from_str(create.body.unwrap().expose()).unwrap();
        assert_eq!(body, json!({"method": "qris", "amount": 45000}));

        let status = v2().status(&sale(Some("a/b?c"))).unwrap();
        assert_eq!(status.verb, Verb::Get);
        assert_eq!(status.path.expose(), "/api/v2/transaction-status/toko/a%2Fb%3Fc");
        assert!(status.key_in_header && status.body.is_none());

        let cancel = v2().cancel(&sale(Some("vwiqpcriq"))).unwrap();
        assert_eq!(cancel.verb, Verb::Post);
        assert_eq!(cancel.path.expose(), "/api/v2/cancel-transaction/toko/vwiqpcriq");
        assert!(cancel.key_in_header && cancel.body.is_none());
    }

    #[test]
    fn nothing_is_sent_without_a_usable_id() {
        for id in [None, Some(""), Some(".."), Some("a b")] {
            assert!(matches!(v2().status(&sale(id)), Err(Failure::NotSent(_))), "{id:?}");
            assert!(matches!(v2().cancel(&sale(id)), Err(Failure::NotSent(_))), "{id:?}");
        }
    }

    #[test]
    fn a_full_answer_is_read() {
        let read = v2().invoice(&ask(), CREATED.as_bytes()).unwrap();
        let expected = Invoice {
            txn_id: Some("vwiqpcriq".into()),
            qr_string: "00020101021226".into(),
            fee: Some(Rupiah::new(625).unwrap()),
            total: Rupiah::new(45_625).unwrap(),
            expires_at: Timestamp::from_rfc3339("2026-11-22T11:00:00.123Z"),
            sandbox: Some(false),
            state: State::Pending,
            page_url: "https://app.pakasir.com/pay-v2/vwiqpcriq".into(),
        };
        assert_eq!(read, expected);
        let json = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<Invoice>(&json).unwrap(), expected);
    }

    #[test]
    fn the_least_answer_is_enough() {
        let least = br#"{"txn_id":"x","qr_string":"q","total_payment":45000}"#;
        let read = v2().invoice(&ask(), least).unwrap();
        assert_eq!((read.fee, read.expires_at, read.sandbox), (None, None, None));
        assert_eq!(read.state, State::Pending);
        let other_name = invoice("expired_at", "expires_at").unwrap();
        assert!(other_name.expires_at.is_some());
        for odd in ["null", "\"\"", "0", "\"besok\""] {
            let read = invoice("\"2026-11-22T11:00:00.123456789Z\"", odd).unwrap();
            assert_eq!(read.expires_at, None);
        }
        assert_eq!(invoice("pending", "settling").unwrap().state, State::Other("settling".into()));
        assert_eq!(invoice("pending", "cancelled").unwrap().state, State::Canceled);
    }

    #[test]
    fn an_answer_without_what_the_buyer_needs_is_no_answer() {
        for (from, to) in [
            ("qr_string", "qr"),
            ("\"00020101021226\"", "\"\""),
            ("\"00020101021226\"", "null"),
            ("total_payment", "total"),
            ("45625", "\"45625\""),
            ("45625", "45625.0"),
            ("45625", "-1"),
            ("45625", "99999999999999"),
            ("txn_id", "id"),
            ("vwiqpcriq", ".."),
            ("vwiqpcriq", "a b"),
            ("45000", "\"45000\""),
            ("false", "\"false\""),
        ] {
            let read = invoice(from, to);
            assert!(matches!(read, Err(Failure::Unknown(_))), "{from} → {to}: {read:?}");
        }
        for body in ["", "[]", "<html>502</html>", "{\"txn_id\":", "null"] {
            let read = v2().invoice(&ask(), body.as_bytes());
            assert!(matches!(read, Err(Failure::Unknown(_))), "{body}");
        }
    }

    #[test]
    fn an_echo_that_differs_stops_everything() {
        for (from, to) in [
            ("\"toko\"", "\"toko-lain\""),
            ("INV-12345678", "INV-12345679"),
            ("45000", "4500"),
            ("\"qris\"", "\"bri_va\""),
        ] {
            let read = invoice(from, to);
            assert!(matches!(read, Err(Failure::Mismatch(_))), "{from} → {to}: {read:?}");
        }
        // Even when the answer lacks what the buyer needs, the difference is what counts.
        let bare = v2().invoice(&ask(), br#"{"amount":1}"#);
        assert_eq!(bare, Err(Failure::Mismatch("amount is 1 instead of 45000".into())));
    }

    #[test]
    fn a_status_is_reported_word_for_word() {
        let sale = sale(Some("vwiqpcriq"));
        let read = |from: &str, to: &str| {
            assert!(STANDING.contains(from), "the fixture has no {from}");
            v2().standing(&sale, STANDING.replace(from, to).as_bytes())
        };
        let full = v2().standing(&sale, STANDING.as_bytes()).unwrap();
        assert_eq!(full.state, State::Completed);
        assert_eq!(full.sandbox, Some(false));
        assert_eq!(full.completed_at, Timestamp::from_rfc3339("2026-11-22T11:00:00.5Z"));
        assert_eq!(full.differs_from(&sale), None);
        assert!(read("45000", "1").unwrap().differs_from(&sale).is_some());
        assert_eq!(read("\"2026-11-22T18:00:00.5+07:00\"", "\"\"").unwrap().completed_at, None);
        assert!(matches!(read("vwiqpcriq", "other"), Err(Failure::Mismatch(_))));
        for (from, to) in [("status", "state"), ("45000", "\"45000\""), ("order_id", "id")] {
            assert!(matches!(read(from, to), Err(Failure::Unknown(_))), "{from} → {to}");
        }
    }
}
