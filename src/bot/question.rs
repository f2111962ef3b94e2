//! What a person was asked and answers with his next message; written down, so that it survives restarts.

use serde::{Deserialize, Serialize};

use super::manage::Manage;
use super::wizard::Wizard;
use crate::primitives::{MessageId, OrderId, ProductId, Timestamp};
use crate::shop::wallet::{self, Unfit};

/// An open question. Any menu, command or button leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Question {
    /// Which coupon goes under the cart.
    Coupon,
    /// How much to deposit.
    Deposit,
    /// Show that you keep to the terms.
    Proof {
        /// Of this order …
        order: OrderId,
        /// … and this product.
        product: ProductId,
    },
    /// Something on the seller's side.
    Seller(Wizard),
    /// Whether a seller means it; answered by a button alone, once, and not for long.
    Sure {
        /// What is done then.
        action: Manage,
        /// The number that the button carries.
        number: i64,
        /// When it is too late.
        until: Timestamp,
    },
}

/// How many digits make a bare number a sum; fewer are the number of a product.
const SHORTEST_SUM: usize = 4;

impl Question {
    /// As it is stored.
    #[must_use]
    pub fn written(&self) -> String {
        serde_json::to_string(self).expect("words and numbers can be written")
    }

    /// Whether what was sent can be meant as the answer. Who only looked at his balance was asked for a
    /// sum: whatever is none, such as a product's number or name, leaves the question.
    #[must_use]
    pub fn takes(&self, said: &Said) -> bool {
        match self {
            Self::Deposit => {}
            Self::Sure { .. } => return false,
            _ => return true,
        }
        let typed = said.text.as_deref().unwrap_or_default();
        if typed.bytes().all(|byte| byte.is_ascii_digit()) {
            return typed.len() >= SHORTEST_SUM;
        }
        wallet::read_deposit(typed) != Err(Unfit::NoSum)
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
    /// The same as markup, when the person formatted it.
    pub markup: Option<String>,
    /// Telegram's name for its photo.
    pub photo: Option<String>,
    /// Its file.
    pub document: Option<Document>,
}

/// A file that a person sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Telegram's name for it.
    pub file_id: String,
    /// How many bytes it has, as Telegram says.
    pub size: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_read_what_they_write() {
        let proof = Question::Proof { order: OrderId(i64::MAX), product: ProductId(7) };
        let sure = Manage::every().into_iter().map(|action| {
            let until = Timestamp(i64::MAX);
            Question::Sure { action, number: 7, until }
        });
        let sellers = Wizard::every().into_iter().map(Question::Seller);
        for question in
            [Question::Coupon, Question::Deposit, proof].into_iter().chain(sure).chain(sellers)
        {
            assert_eq!(Question::read(&question.written()), Some(question));
        }
        assert_eq!(Question::read(r#"{"ask":"shoe size"}"#), None);
    }

    #[test]
    fn a_sum_is_asked_for_and_nothing_else_is_taken() {
        let said = |text: &str| Said {
            message: MessageId(1),
            text: Some(text.to_owned()).filter(|text| !text.is_empty()),
            markup: None,
            photo: None,
            document: None,
        };
        for sum in ["50000", "50.000", "Rp 5", "50rb", "9999", "99999999999999999999"] {
            assert!(Question::Deposit.takes(&said(sum)), "{sum}");
        }
        for other in ["1", "12", "999", "netflix", "terima kasih", "nan", "-50000", ""] {
            assert!(!Question::Deposit.takes(&said(other)), "{other}");
            assert!(Question::Coupon.takes(&said(other)), "{other}");
        }
    }
}
