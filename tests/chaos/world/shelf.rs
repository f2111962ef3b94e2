//! What a town's shop sells: products whose units are texts that nothing else can say.

use serde_json::{Value, json};

/// What every unit's text has in its middle.
const MARK: &str = "-secret-";

/// A product of the shop.
#[derive(Debug, Clone)]
pub struct Product {
    /// Its code: `BRG1`.
    pub code: String,
    pub price: i64,
    /// How many units were put on sale.
    pub units: u64,
}

/// Everything the shop was given to sell.
#[derive(Debug, Clone)]
pub struct Shelf {
    pub products: Vec<Product>,
}

impl Shelf {
    /// A product per count of units; the first one is number 1 on the list.
    pub fn new(units: &[u64]) -> Self {
        let product = |(place, units): (usize, &u64)| Product {
            code: format!("BRG{:02}", place + 1),
            price: 10_000 + 500 * i64::try_from(place).expect("a few products"),
            units: *units,
        };
        Self { products: units.iter().enumerate().map(product).collect() }
    }

    /// The catalogue file with every unit.
    pub fn catalogue(&self) -> Value {
        let products = self.products.iter().map(|product| {
            let units: Vec<String> =
                (1..=product.units).map(|n| secret(&product.code, n)).collect();
            json!({"code": product.code, "name": format!("Barang {}", product.code),
                   "price": product.price, "units": units})
        });
        json!({"products": products.collect::<Vec<_>>()})
    }

    /// Whether this is the text of a unit that was put on sale.
    pub fn has(&self, text: &str) -> bool {
        let Some((code, number)) = text.split_once(MARK) else { return false };
        let number: u64 = number.parse().unwrap_or(0);
        self.products.iter().any(|it| it.code == code && (1..=it.units).contains(&number))
    }
}

/// The text of a product's n-th unit, from 1.
pub fn secret(code: &str, number: u64) -> String {
    format!("{code}{MARK}{number}")
}

/// Every unit's text within a longer one.
pub fn secrets_in(text: &str) -> Vec<&str> {
    let within = |c: char| c.is_ascii_alphanumeric();
    text.match_indices(MARK)
        .map(|(at, _)| {
            let start = text[..at].rfind(|c| !within(c)).map_or(0, |it| it + 1);
            let after = at + MARK.len();
            let end = text[after..].find(|c| !within(c)).map_or(text.len(), |it| after + it);
            &text[start..end]
        })
        .collect()
}
