//! A payment callback of either version: a hint to ask for the status now, never a proof.

use serde::{Deserialize, Serialize};

use super::State;
use super::fields::{Fields, Odd};

/// Largest callback worth reading, in bytes; a real one has about 250.
pub const MAX_CALLBACK_BYTES: usize = 64 * 1024;

/// What a callback claims. Anyone can post one: nothing here is money until
/// [`super::Gateway::status`] says the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    /// The gateway's id (v2 only).
    pub txn_id: Option<String>,
    /// The `order_id`, as claimed.
    pub reference: String,
    /// The base amount in rupiah, as claimed; positive.
    pub amount: i64,
    /// The project's slug (v1 only).
    pub project: Option<String>,
    /// Whether it claims to be a sandbox transaction (v2; undocumented on v1).
    pub sandbox: Option<bool>,
    /// How the transaction is said to stand; only [`State::Completed`] asks for action.
    pub state: State,
}

/// Why a body is no callback. Holds nothing of the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackFault {
    /// More than [`MAX_CALLBACK_BYTES`].
    #[error("the callback is larger than {MAX_CALLBACK_BYTES} bytes")]
    TooLarge,
    /// Not one JSON object, or nested too deeply.
    #[error("the callback is not a JSON object")]
    NotAnObject,
    /// A field is missing or of the wrong kind.
    #[error("in the callback, {0}")]
    Field(String),
}

impl From<Odd> for CallbackFault {
    fn from(odd: Odd) -> Self {
        Self::Field(odd.to_string())
    }
}

impl Callback {
    /// Reads the raw body as JSON, whatever its content type says (the documented sample names
    /// none), from v2 or v1. Unknown fields are ignored.
    ///
    /// # Errors
    /// [`CallbackFault`] when it is too large, no object, or lacks a sound `order_id`, `amount`
    /// or `status`.
    pub fn parse(body: &[u8]) -> Result<Self, CallbackFault> {
        if body.len() > MAX_CALLBACK_BYTES {
            return Err(CallbackFault::TooLarge);
        }
        let fields = Fields::parse(body).ok_or(CallbackFault::NotAnObject)?;
        let amount = fields.required_whole("amount")?;
        if amount < 1 {
            return Err(Odd { field: "amount", fault: "is not a positive amount" }.into());
        }
        Ok(Self {
            txn_id: fields.text("txn_id")?.map(Into::into),
            reference: fields.required_text("order_id")?.to_owned(),
            amount,
            project: fields.text("project")?.map(Into::into),
            sandbox: fields.flag("is_sandbox")?,
            state: State::from(fields.required_text("status")?),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const V2: &str = r#"{"txn_id":"vwiqpcriq","order_id":"INV-12345678","amount":45000,
        "is_sandbox":false,"status":"completed","completed_at":"2026-11-22T10:00:00+07:00"}"#;
    const V1: &str = r#"{"amount":45000,"order_id":"INV-12345678","project":"toko",
        "status":"completed","payment_method":"qris","completed_at":"2026-11-22T10:00:00.819+07:00"}"#;

    #[test]
    fn both_versions_are_read() {
        let v2 = Callback::parse(V2.as_bytes()).unwrap();
        assert_eq!(
            v2,
            Callback {
                txn_id: Some("vwiqpcriq".into()),
                reference: "INV-12345678".into(),
                amount: 45_000,
                project: None,
                sandbox: Some(false),
                state: State::Completed,
            }
        );
        let v1 = Callback::parse(V1.as_bytes()).unwrap();
        assert_eq!(
            v1,
            Callback { txn_id: None, project: Some("toko".into()), sandbox: None, ..v2 }
        );
    }

    #[test]
    fn unknown_fields_states_and_methods_are_tolerated() {
        let body = br#"{"order_id":"X","amount":1,"status":"settling","payment_method":"moon_va",
            "completed_at":null,"extra":{"deep":[1,2,{"a":null}]}}"#;
        assert_eq!(Callback::parse(body).unwrap().state, State::Other("settling".into()));
        let pending = V2.replace("completed\"", "pending\"");
        assert_eq!(Callback::parse(pending.as_bytes()).unwrap().state, State::Pending);
    }

    #[test]
    fn what_cannot_be_trusted_to_mean_something_is_a_clear_fault() {
        let told = |from: &str, to: &str| {
            Callback::parse(V2.replace(from, to).as_bytes()).unwrap_err().to_string()
        };
        let no_number = "in the callback, the field 'amount' is not a whole number";
        assert_eq!(told("45000", "\"45000\""), no_number);
        assert_eq!(told("45000", "45000.5"), no_number);
        assert_eq!(told("45000", "1e99"), no_number);
        assert_eq!(
            told("45000", "-45000"),
            "in the callback, the field 'amount' is not a positive amount"
        );
        assert_eq!(told("\"amount\"", "\"sum\""), "in the callback, the field 'amount' is missing");
        assert_eq!(told("order_id", "id"), "in the callback, the field 'order_id' is missing");
        assert_eq!(told("\"completed\"", "7"), "in the callback, the field 'status' is not a text");
        assert_eq!(
            told("false", "\"no\""),
            "in the callback, the field 'is_sandbox' is not true or false"
        );
        assert_eq!(Callback::parse(b"amount=45000"), Err(CallbackFault::NotAnObject));
        let big = vec![b' '; MAX_CALLBACK_BYTES + 1];
        assert_eq!(Callback::parse(&big), Err(CallbackFault::TooLarge));
    }

    #[test]
    fn a_stored_callback_is_read_back() {
        let callback = Callback::parse(V1.as_bytes()).unwrap();
        let json = serde_json::to_string(&callback).unwrap();
        assert_eq!(serde_json::from_str::<Callback>(&json).unwrap(), callback);
    }

    /// JSON shaped like a callback, with every field of any kind.
    fn almost_a_callback() -> impl Strategy<Value = String> {
        let value = prop_oneof![
            Just("null".to_owned()),
            any::<i64>().prop_map(|n| n.to_string()),
            any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(|n| n.to_string()),
            any::<bool>().prop_map(|b| b.to_string()),
            "[ -~]{0,40}".prop_map(|s| serde_json::to_string(&s).unwrap()),
            (0_usize..300).prop_map(|n| format!("{}{}", "[".repeat(n), "]".repeat(n))),
            Just(r#""completed""#.to_owned()),
        ];
        let name = prop::sample::select(vec![
            "txn_id",
            "order_id",
            "amount",
            "project",
            "is_sandbox",
            "status",
            "other",
        ]);
        prop::collection::vec((name, value), 0..10).prop_map(|pairs| {
            let inner: Vec<_> = pairs.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
            format!("{{{}}}", inner.join(","))
        })
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(body in prop::collection::vec(any::<u8>(), 0..2_000)) {
            if let Ok(callback) = Callback::parse(&body) {
                prop_assert!(callback.amount > 0);
            }
        }

        #[test]
        fn no_json_makes_the_reader_panic_or_invent_money(body in almost_a_callback()) {
            if let Ok(callback) = Callback::parse(body.as_bytes()) {
                prop_assert!(callback.amount > 0);
                prop_assert!(!callback.reference.is_empty());
                let written = callback.amount.to_string();
                prop_assert!(body.contains(&written));
            }
        }
    }
}
