//! What a person was asked and answers with his next message; written down, so that it survives restarts.

use serde::{Deserialize, Serialize};

use crate::primitives::{MessageId, OrderId, ProductId};

/// An open question. Any menu, command or button leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Question {
    /// Which coupon goes under the cart.
    Coupon,
    /// How much to deposit.
    Deposit,
    /// Whose balance changes, by how much and why; for admins.
    Adjustment,
    /// Show that you keep to the terms.
    Proof {
        /// Of this order …
        order: OrderId,
        /// … and this product.
        product: ProductId,
    },
}

impl Question {
    /// As it is stored.
    #[must_use]
    pub fn written(&self) -> String {
        serde_json::to_string(self).expect("words and numbers can be written")
    }

    /// Reads what was stored; a question of another version is no question any more.
    #[must_use]
    pub fn read(written: &str) -> Option<Self> {
        serde_json::from_str(written).ok()
    }
}

/// What a person sent that may be an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The message.
    pub message: MessageId,
    /// Its text, or what stands under its photo.
    pub text: Option<String>,
    /// Telegram's name for its photo.
    pub photo: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_read_what_they_write() {
        let proof = Question::Proof { order: OrderId(i64::MAX), product: ProductId(7) };
        for question in [Question::Coupon, Question::Deposit, Question::Adjustment, proof] {
            assert_eq!(Question::read(&question.written()), Some(question));
        }
        assert_eq!(Question::read(r#"{"ask":"shoe size"}"#), None);
    }
}
