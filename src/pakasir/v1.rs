//! The wire of v1: wrapped objects, the key in the body or the query, transactions known by
//! project, reference and amount.

use serde_json::json;

use super::page::percent_encode;
use super::wire::{Call, METHOD, Verb, Wire, check_echo, object, same_text};
use super::{Account, Ask, Failure, Invoice, Reference, Sale, State, Status, page_url};
use crate::primitives::{Rupiah, Secret};

/// v1 for one account.
pub(super) struct V1(pub(super) Account);

impl V1 {
    fn post(&self, path: String, reference: &Reference, amount: Rupiah) -> Call {
        let body = json!({
            "project": self.0.slug,
            "order_id": reference,
            "amount": amount,
            "api_key": self.0.api_key.expose(),
        });
        Call {
            verb: Verb::Post,
            path: Secret::new(path),
            key_in_header: false,
            body: Some(Secret::new(body.to_string())),
        }
    }
}

impl Wire for V1 {
    fn create(&self, ask: &Ask) -> Call {
        self.post(format!("/api/transactioncreate/{METHOD}"), &ask.reference, ask.amount)
    }

    fn invoice(&self, ask: &Ask, body: &[u8]) -> Result<Invoice, Failure> {
        let fields = object(body)?.within("payment")?;
        check_echo(&fields, &self.0.slug, ask)?;
        let sale = Sale { reference: ask.reference.clone(), amount: ask.amount, txn_id: None };
        Ok(Invoice {
            txn_id: None,
            qr_string: fields.required_text("payment_number")?.to_owned(),
            fee: fields.rupiah_if_readable("fee"),
            total: fields.required_rupiah("total_payment")?,
            expires_at: fields.time_if_readable("expired_at"),
            sandbox: fields.flag("is_sandbox")?,
            state: fields.text("status")?.map_or(State::Pending, State::from),
            page_url: page_url(&self.0, &sale).expect("v1's page needs no id"),
        })
    }

    /// v1 does not say that a reference was cancelled, so 404 here is a plain refusal.
    fn missing_on_create(&self, message: String) -> Failure {
        Failure::Refused { code: 404, message }
    }

    fn status(&self, sale: &Sale) -> Result<Call, Failure> {
        Ok(Call {
            verb: Verb::Get,
            path: Secret::new(format!(
                "/api/transactiondetail?project={}&amount={}&order_id={}&api_key={}",
                percent_encode(&self.0.slug),
                sale.amount.get(),
                percent_encode(sale.reference.as_str()),
                percent_encode(self.0.api_key.expose()),
            )),
            key_in_header: false,
            body: None,
        })
    }

    fn standing(&self, _sale: &Sale, body: &[u8]) -> Result<Status, Failure> {
        let fields = object(body)?.within("transaction")?;
        same_text(&fields, "project", &self.0.slug)?;
        Ok(Status {
            txn_id: None,
            reference: fields.required_text("order_id")?.to_owned(),
            amount: fields.required_whole("amount")?,
            project: fields.text("project")?.map(Into::into),
            sandbox: fields.flag("is_sandbox")?,
            state: State::from(fields.required_text("status")?),
            completed_at: fields.time_if_readable("completed_at"),
        })
    }

    fn cancel(&self, sale: &Sale) -> Result<Call, Failure> {
        Ok(self.post("/api/transactioncancel".to_owned(), &sale.reference, sale.amount))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::pakasir::Version;
    use crate::primitives::Timestamp;

    const CREATED: &str = r#"{"payment":{"project":"toko","order_id":"INV-12345678",
        "amount":45000,"fee":625,"total_payment":45625,"payment_method":"qris","received":44375,
        "payment_number":"00020101021226","expired_at":"2025-09-19T01:18:49.678622564Z"}}"#;
    const STANDING: &str = r#"{"transaction":{"amount":45000,"order_id":"INV-12345678",
        "project":"toko","status":"completed","payment_method":"qris",
        "completed_at":"2024-09-10T08:07:02.819+07:00"}}"#;

    fn v1() -> V1 {
        V1(Account {
            version: Version::V1,
            api_url: "http://127.0.0.1".into(),
            public_domain: "https://app.pakasir.com".into(),
            slug: "toko".into(),
            api_key: Secret::new("can&ary".into()),
            sandbox: false,
        })
    }

    fn ask() -> Ask {
        Ask {
            reference: Reference::parse("INV-12345678").unwrap(),
            amount: Rupiah::new(45_000).unwrap(),
        }
    }

    fn sale() -> Sale {
        let Ask { reference, amount } = ask();
        Sale { reference, amount, txn_id: None }
    }

    fn invoice(from: &str, to: &str) -> Result<Invoice, Failure> {
        assert!(CREATED.contains(from), "the fixture has no {from}");
        v1().invoice(&ask(), CREATED.replace(from, to).as_bytes())
    }

    fn standing(from: &str, to: &str) -> Result<Status, Failure> {
        assert!(STANDING.contains(from), "the fixture has no {from}");
        v1().standing(&sale(), STANDING.replace(from, to).as_bytes())
    }

    #[test]
    fn calls_have_the_documented_shape() {
        let expected = json!({
            "project": "toko", "order_id": "INV-12345678", "amount": 45000, "api_key": "can&ary",
        });
        for (call, path) in [
            (v1().create(&ask()), "/api/transactioncreate/qris"),
            (v1().cancel(&sale()).unwrap(), "/api/transactioncancel"),
        ] {
            assert_eq!((call.verb, call.path.expose().as_str()), (Verb::Post, path));
            assert!(!call.key_in_header);
            assert!(!format!("{call:?}").contains("can&ary"));
            let body: Value = serde_json::from_str(call.body.unwrap().expose()).unwrap();
            assert_eq!(body, expected);
        }
        let status = v1().status(&sale()).unwrap();
        assert_eq!(status.verb, Verb::Get);
        assert!(!status.key_in_header && status.body.is_none());
        assert_eq!(
            status.path.expose(),
            "/api/transactiondetail?project=toko&amount=45000&order_id=INV-12345678&api_key=can%26ary"
        );
        assert!(!format!("{status:?}").contains("can"));
    }

    #[test]
    fn a_wrapped_answer_is_read() {
        let read = v1().invoice(&ask(), CREATED.as_bytes()).unwrap();
        assert_eq!(read.txn_id, None);
        assert_eq!(read.qr_string, "00020101021226");
        assert_eq!(read.total.get(), 45_625);
        assert_eq!(read.fee.map(Rupiah::get), Some(625));
        assert_eq!(read.expires_at, Some(Timestamp(1_758_244_729_678)));
        assert_eq!(read.state, State::Pending);
        assert_eq!(
            read.page_url,
            "https://app.pakasir.com/pay/toko/45000?order_id=INV-12345678&qris_only=1"
        );
    }

    #[test]
    fn an_answer_without_what_the_buyer_needs_is_no_answer() {
        for (from, to) in [
            ("payment\":{", "transaction\":{"),
            ("payment_number", "qr_string"),
            ("\"00020101021226\"", "null"),
            ("total_payment", "total"),
            ("45625", "\"45625\""),
        ] {
            let read = invoice(from, to);
            assert!(matches!(read, Err(Failure::Unknown(_))), "{from} → {to}: {read:?}");
        }
        for (from, to) in [("\"toko\"", "\"x\""), ("45000", "1"), ("\"qris\"", "\"bni_va\"")] {
            let read = invoice(from, to);
            assert!(matches!(read, Err(Failure::Mismatch(_))), "{from} → {to}: {read:?}");
        }
    }

    #[test]
    fn a_status_is_reported_word_for_word() {
        let full = v1().standing(&sale(), STANDING.as_bytes()).unwrap();
        assert_eq!(full.completed_at, Some(Timestamp(1_725_930_422_819)));
        assert_eq!((full.state.clone(), full.sandbox), (State::Completed, None));
        assert_eq!(full.differs_from(&sale()), None);
        let unpaid = "\"2024-09-10T08:07:02.819+07:00\"";
        assert_eq!(standing(unpaid, "\"\"").unwrap().completed_at, None);
        assert_eq!(standing(unpaid, "null").unwrap().completed_at, None);
        assert_eq!(standing("\"completed\"", "\"cancelled\"").unwrap().state, State::Canceled);
        assert_eq!(standing("\"completed\"", "\"expired\"").unwrap().state, State::Expired);
        let marked = standing("\"amount\"", "\"is_sandbox\":true,\"amount\"").unwrap();
        assert_eq!(marked.sandbox, Some(true));
        assert!(standing("\"qris\"", "\"moon_va\"").is_ok());
        assert!(matches!(standing("\"toko\"", "\"lain\""), Err(Failure::Mismatch(_))));
        assert!(matches!(standing("transaction\":{", "payment\":{"), Err(Failure::Unknown(_))));
    }

    #[test]
    fn a_missing_project_is_a_refusal() {
        let missing = v1().missing_on_create("Proyek tidak ditemukan".into());
        assert!(matches!(missing, Failure::Refused { code: 404, .. }));
    }
}
