//! Addresses of the gateway's hosted payment page. Coming back from one proves nothing.

use std::fmt::Write as _;

use super::account::is_path_part;
use super::{Account, Sale, Version};

/// The page on which the buyer of `sale` can pay in a browser.
///
/// v2: `{public_domain}/pay-v2/{txn_id}`, `None` without a usable `txn_id`. v1:
/// `{public_domain}/pay/{slug}/{amount}?order_id=…&qris_only=1`. Anyone can edit the amount in
/// the latter, which is one more reason to trust nothing but the status.
#[must_use]
pub fn page_url(account: &Account, sale: &Sale) -> Option<String> {
    let base = page_base(&account.public_domain);
    let slug = percent_encode(&account.slug);
    match account.version {
        Version::V2 => {
            let txn_id = sale.txn_id.as_deref().filter(|id| is_path_part(id))?;
            Some(format!("{base}/pay-v2/{}", percent_encode(txn_id)))
        }
        Version::V1 => Some(format!(
            "{base}/pay/{slug}/{}?order_id={}&qris_only=1",
            sale.amount.get(),
            percent_encode(sale.reference.as_str()),
        )),
    }
}

/// The configured domain as the beginning of an address: a bare host gets `https://`.
pub(super) fn page_base(domain: &str) -> String {
    let domain = domain.trim().trim_end_matches('/');
    if domain.contains("://") { domain.to_owned() } else { format!("https://{domain}") }
}

/// Percent-encodes everything but RFC 3986's unreserved characters, for a path part or a query
/// value.
pub(super) fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a String takes every write");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pakasir::Reference;
    use crate::primitives::{Rupiah, Secret};

    fn account(version: Version, domain: &str) -> Account {
        Account {
            version,
            api_url: "https://api.example".into(),
            public_domain: domain.into(),
            slug: "toko/satu".into(),
            api_key: Secret::new("key".into()),
            sandbox: false,
        }
    }

    fn sale(txn_id: Option<&str>) -> Sale {
        Sale {
            reference: Reference::parse("INV-12345678").unwrap(),
            amount: Rupiah::new(45_000).unwrap(),
            txn_id: txn_id.map(Into::into),
        }
    }

    #[test]
    fn each_version_has_its_page() {
        let v2 = account(Version::V2, "https://app.pakasir.com/");
        let url = page_url(&v2, &sale(Some("vwiqpcriq")));
        assert_eq!(url.as_deref(), Some("https://app.pakasir.com/pay-v2/vwiqpcriq"));
        let v1 = account(Version::V1, "pay.example.id");
        let url = page_url(&v1, &sale(None));
        assert_eq!(
            url.as_deref(),
            Some("https://pay.example.id/pay/toko%2Fsatu/45000?order_id=INV-12345678&qris_only=1")
        );
    }

    #[test]
    fn an_id_cannot_leave_its_place_in_the_path() {
        let v2 = account(Version::V2, "https://app.pakasir.com");
        let url = |id| page_url(&v2, &sale(Some(id)));
        assert_eq!(
            url("../x?a#b").as_deref(),
            Some("https://app.pakasir.com/pay-v2/..%2Fx%3Fa%23b")
        );
        assert_eq!(url(".."), None);
        assert_eq!(url(""), None);
        assert_eq!(page_url(&v2, &sale(None)), None);
    }
}
