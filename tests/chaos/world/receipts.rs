//! When money was there, and when the goods were.

use std::collections::HashMap;
use std::time::Duration;

use bot_auto_order::primitives::Timestamp;

use super::shelf::secrets_in;
use super::town::Town;

/// A payment of the gateway and what the buyer got for it.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub code: String,
    pub paid_at: Timestamp,
    /// When the first message with goods of the order went out.
    pub goods_at: Option<Timestamp>,
}

impl Receipt {
    /// How long the buyer waited, counted from `from` at the earliest.
    pub fn waited_since(&self, from: Timestamp) -> Option<Duration> {
        let begun = self.paid_at.max(from);
        self.goods_at.map(|at| at.since(begun))
    }
}

/// Every completed payment.
pub async fn receipts(town: &Town) -> Vec<Receipt> {
    let payments = town.base.table("payments", &["reference", "order_id"]).await;
    let orders = town.base.table("orders", &["id", "code"]).await;
    let codes: HashMap<i64, &str> =
        orders.iter().filter_map(|it| Some((it["id"].as_i64()?, it["code"].as_str()?))).collect();
    let code_of: HashMap<&str, &str> = payments
        .iter()
        .filter_map(|it| Some((it["reference"].as_str()?, *codes.get(&it["order_id"].as_i64()?)?)))
        .collect();
    let goods = goods(town);
    let paid = town.stage.project.transactions().into_iter();
    let paid = paid.filter_map(|it| {
        let code = (*code_of.get(it.reference.as_str())?).to_owned();
        let goods_at = goods.get(&code).copied();
        Some(Receipt { paid_at: it.completed_at?, goods_at, code })
    });
    paid.collect()
}

/// When goods first went out under each order's code.
fn goods(town: &Town) -> HashMap<String, Timestamp> {
    let mut first = HashMap::new();
    for call in town.stage.telegram.calls().into_iter().filter(|it| it.code == 200) {
        let said = &call.params;
        let Some(text) = said["text"].as_str().or_else(|| said["caption"].as_str()) else {
            continue;
        };
        if secrets_in(text).is_empty() {
            continue;
        }
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
            first.entry(word.to_owned()).or_insert(call.at);
        }
    }
    first
}
