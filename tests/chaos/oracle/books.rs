//! The rows the oracle reads, by its own statements.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::trial::Store;
use crate::world::base::Base;

#[derive(Debug, Clone, Deserialize)]
pub struct Order {
    pub id: i64,
    pub customer_id: i64,
    pub code: String,
    pub state: String,
    pub amount: i64,
    pub parts: i64,
    pub parts_sent: i64,
    pub placed_at: i64,
    pub expires_at: i64,
    pub paid_at: Option<i64>,
    pub closed_at: Option<i64>,
}

impl Order {
    /// Whether its goods are the buyer's.
    pub fn is_sold(&self) -> bool {
        matches!(self.state.as_str(), "paid" | "delivered")
    }

    pub fn is_unpaid(&self) -> bool {
        matches!(self.state.as_str(), "invoicing" | "open")
    }
}

#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    pub order_id: i64,
    pub product_id: i64,
    pub price: i64,
    pub quantity: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Unit {
    pub id: i64,
    pub product_id: i64,
    pub state: String,
    pub order_id: Option<i64>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Product {
    pub id: i64,
    pub code: String,
    pub sold: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Customer {
    pub id: i64,
    pub user_id: i64,
    pub balance: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Payment {
    pub id: i64,
    pub order_id: i64,
    pub reference: String,
    pub amount: i64,
    pub state: String,
    pub outcome: Option<String>,
    pub received: Option<i64>,
    pub txn_id: Option<String>,
    pub completed_at: Option<i64>,
}

impl Payment {
    /// Whether its money was recognised, or kept for a person to look at.
    pub fn is_settled(&self) -> bool {
        self.state == "completed" || self.outcome.as_deref() == Some("held")
    }
}

/// An entry of the money ledger.
#[derive(Debug, Clone, Deserialize)]
pub struct Entry {
    pub customer_id: i64,
    pub kind: String,
    pub amount: i64,
    pub payment_id: Option<i64>,
}

/// A fact that came in.
#[derive(Debug, Clone, Deserialize)]
pub struct Fact {
    pub id: i64,
    pub source: String,
    pub key: String,
    pub lane: String,
    pub seq: i64,
    pub state: String,
    pub attempts: i64,
    pub reason: Option<String>,
    pub received_at: i64,
    pub done_at: Option<i64>,
}

/// An effect that goes out.
#[derive(Debug, Clone, Deserialize)]
pub struct Parcel {
    pub id: i64,
    pub queue: String,
    pub lane: String,
    pub payload: String,
    pub state: String,
    pub attempts: i64,
    pub reason: Option<String>,
    pub created_at: i64,
    pub done_at: Option<i64>,
}

impl Parcel {
    /// What it asks for: `goods`, `order`, `check` …, and about which order or payment.
    pub fn errand(&self) -> (String, Option<i64>) {
        let payload: serde_json::Value = serde_json::from_str(&self.payload).unwrap_or_default();
        let about = payload["order"].as_i64().or_else(|| payload["payment"].as_i64());
        (payload["do"].as_str().unwrap_or_default().to_owned(), about)
    }
}

/// Everything in the database that a promise is about.
#[derive(Debug)]
pub struct Books {
    pub orders: BTreeMap<i64, Order>,
    pub lines: Vec<Line>,
    pub units: Vec<Unit>,
    pub products: BTreeMap<i64, Product>,
    pub customers: BTreeMap<i64, Customer>,
    pub payments: Vec<Payment>,
    pub ledger: Vec<Entry>,
    pub inbox: Vec<Fact>,
    pub outbox: Vec<Parcel>,
    /// The bodies of the callbacks it keeps.
    pub callbacks: Vec<String>,
}

impl Books {
    pub async fn read(base: &Base) -> Self {
        let orders: Vec<Order> = read(base, "orders", "id customer_id code state amount parts parts_sent placed_at expires_at paid_at closed_at").await;
        let products: Vec<Product> = read(base, "products", "id code sold").await;
        let customers: Vec<Customer> = read(base, "customers", "id user_id balance").await;
        Self {
            orders: orders.into_iter().map(|it| (it.id, it)).collect(),
            lines: read(base, "order_lines", "order_id product_id price quantity").await,
            units: read(base, "units", "id product_id state order_id").await,
            products: products.into_iter().map(|it| (it.id, it)).collect(),
            customers: customers.into_iter().map(|it| (it.id, it)).collect(),
            payments: read(
                base,
                "payments",
                "id order_id reference amount state outcome received txn_id completed_at",
            )
            .await,
            ledger: read(base, "ledger", "customer_id kind amount payment_id").await,
            inbox: read(
                base,
                "inbox",
                "id source key lane seq state attempts reason received_at done_at",
            )
            .await,
            outbox: read(
                base,
                "outbox",
                "id queue lane payload state attempts reason created_at done_at",
            )
            .await,
            callbacks: callbacks(base).await,
        }
    }

    /// The Telegram user an order belongs to.
    pub fn owner(&self, order: &Order) -> Option<i64> {
        self.customers.get(&order.customer_id).map(|customer| customer.user_id)
    }

    /// What each order is about: how many units, and what they cost together.
    pub fn sums(&self) -> BTreeMap<i64, (i64, i64)> {
        let mut sums: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
        for line in &self.lines {
            let sum = sums.entry(line.order_id).or_default();
            sum.0 += line.quantity;
            sum.1 += line.quantity * line.price;
        }
        sums
    }
}

async fn read<T: DeserializeOwned>(base: &Base, table: &str, columns: &str) -> Vec<T> {
    let columns: Vec<&str> = columns.split(' ').collect();
    let rows = base.table(table, &columns).await.into_iter();
    rows.map(|row| serde_json::from_value(row).expect("the columns are ours")).collect()
}

/// Bodies are bytes, and a stranger's need not be text: read as hexadecimal digits.
async fn callbacks(base: &Base) -> Vec<String> {
    let digits = match base.store() {
        Store::Sqlite => "hex(body)",
        Store::Postgres => "encode(body, 'hex')",
    };
    let sql = format!("SELECT '\"' || {digits} || '\"' FROM inbox WHERE source = 'pakasir'");
    let bodies = base.rows(&sql).await.into_iter();
    bodies.map(|body| text(body.as_str().unwrap_or_default())).collect()
}

/// As the sandbox's ledger writes a body down.
fn text(digits: &str) -> String {
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    };
    let bytes: Vec<u8> = digits.as_bytes().chunks(2).filter_map(byte).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}
