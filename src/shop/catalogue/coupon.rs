//! A coupon as it stands in the catalogue file.

use serde::{Deserialize, Serialize};

use crate::primitives::Timestamp;
use crate::shop::coupons::{Coupon, Kind, Wish, check_code};

/// A coupon of the file, upserted by `code`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CouponEntry {
    code: String,
    kind: String,
    value: i64,
    #[serde(default)]
    max_uses: Option<i64>,
    #[serde(default)]
    per_customer: Option<i64>,
    /// RFC 3339, such as `2026-12-31T23:59:59+07:00`.
    #[serde(default)]
    valid_from: Option<String>,
    #[serde(default)]
    valid_until: Option<String>,
    #[serde(default = "super::file::yes", skip_serializing_if = "is_yes")]
    active: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
const fn is_yes(flag: &bool) -> bool {
    *flag
}

impl CouponEntry {
    /// What it asks for.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn wish(&self) -> Result<Wish, Vec<String>> {
        let mut faults = Vec::new();
        let mut fault = |what: String| faults.push(format!("coupon {}: {what}", self.code));
        let code = check_code(&self.code).unwrap_or_else(|why| {
            fault(why.to_owned());
            String::new()
        });
        let kind = Kind::from_word(&self.kind).unwrap_or_else(|| {
            fault(format!("the kind '{}' is neither percent nor flat", self.kind));
            Kind::Flat
        });
        if self.value < 1 || (kind == Kind::Percent && self.value > 100) {
            fault("the value must be 1 to 100 percent, or at least 1 rupiah".to_owned());
        }
        for (name, limit) in [("max_uses", self.max_uses), ("per_customer", self.per_customer)] {
            if limit.is_some_and(|limit| limit < 1) {
                fault(format!("{name} must be at least 1, or null"));
            }
        }
        let mut moment = |name: &str, text: &Option<String>| {
            let text = text.as_deref()?;
            let at = Timestamp::from_rfc3339(text);
            if at.is_none() {
                fault(format!("{name} must be a time such as 2026-12-31T23:59:59+07:00"));
            }
            at
        };
        let valid_from = moment("valid_from", &self.valid_from);
        let valid_until = moment("valid_until", &self.valid_until);
        if valid_from.zip(valid_until).is_some_and(|(from, until)| from >= until) {
            fault("valid_from must come before valid_until".to_owned());
        }
        let Self { value, max_uses, per_customer, active, .. } = *self;
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Wish { code, kind, value, max_uses, per_customer, valid_from, valid_until, active })
    }
}

impl From<Coupon> for CouponEntry {
    fn from(coupon: Coupon) -> Self {
        Self {
            code: coupon.code,
            kind: coupon.kind.word().to_owned(),
            value: coupon.value,
            max_uses: coupon.max_uses,
            per_customer: coupon.per_customer,
            valid_from: coupon.valid_from.map(Timestamp::to_rfc3339),
            valid_until: coupon.valid_until.map(Timestamp::to_rfc3339),
            active: coupon.active,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(json: serde_json::Value) -> CouponEntry {
        serde_json::from_value(json).expect("an entry")
    }

    #[test]
    fn a_coupon_is_read_in_lower_case_and_with_its_times() {
        let wish = entry(serde_json::json!({"code": "hemat10", "kind": "percent", "value": 10,
            "max_uses": 100, "per_customer": 1, "valid_from": null,
            "valid_until": "2026-12-31T23:59:59+07:00"}));
        let wish = wish.wish().expect("it is fit");
        assert_eq!((wish.code.as_str(), wish.kind, wish.active), ("HEMAT10", Kind::Percent, true));
        assert_eq!(wish.valid_until, Timestamp::from_rfc3339("2026-12-31T16:59:59Z"));
    }

    #[test]
    fn every_fault_is_told() {
        let unfit = entry(serde_json::json!({"code": "a b", "kind": "gift", "value": 0,
            "max_uses": 0, "per_customer": -1, "valid_from": "tomorrow"}));
        assert_eq!(unfit.wish().expect_err("it is unfit").len(), 6);
        let too_much = entry(serde_json::json!({"code": "ABC", "kind": "percent", "value": 101,
            "valid_from": "2026-12-31T00:00:00Z", "valid_until": "2026-01-01T00:00:00Z"}));
        assert_eq!(too_much.wish().expect_err("it is unfit").len(), 2);
    }
}
