//! What happened: every call the bot made and every delivery it got, for tests and oracles.

use std::collections::VecDeque;

use serde_json::Value;

use crate::primitives::{ChatId, Timestamp};

/// The newest entries kept of each kind.
const MAX_ENTRIES: usize = 200_000;

/// One call of the Bot API.
#[derive(Debug, Clone)]
pub struct Call {
    /// Counts calls from 1.
    pub number: u64,
    /// When it came in.
    pub at: Timestamp,
    /// The bot's user id; 0 for a token nobody has.
    pub bot: i64,
    /// The method in camel case, or as it was written when there is none of that name.
    pub method: String,
    /// The chat it is about.
    pub chat: Option<ChatId>,
    /// The parameters; uploads as their name and size.
    pub params: Value,
    /// The HTTP status it was answered with; 0 when the connection was cut or left hanging.
    pub code: u16,
    /// The error's description.
    pub error: Option<String>,
    /// Whether the call stood in a webhook's answer.
    pub in_webhook_answer: bool,
    /// The message it made, if it made one.
    pub message_id: Option<i64>,
}

/// One attempt to deliver an update.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Counts attempts from 1 over all updates.
    pub number: u64,
    /// When the attempt ended.
    pub at: Timestamp,
    /// The bot's user id.
    pub bot: i64,
    /// The update.
    pub update_id: i64,
    /// Counts the attempts of this update from 1.
    pub attempt: u32,
    /// The webhook's status; 0 when there was no answer.
    pub status: u16,
    /// Why there was no answer.
    pub error: Option<String>,
}

/// Bounded lists of both.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Calls, oldest first.
    pub calls: VecDeque<Call>,
    /// Deliveries, oldest first.
    pub deliveries: VecDeque<Delivery>,
    last_call: u64,
    last_delivery: u64,
}

impl Ledger {
    /// Writes a call down.
    pub fn call(&mut self, mut call: Call) {
        self.last_call += 1;
        call.number = self.last_call;
        self.calls.push_back(call);
        if self.calls.len() > MAX_ENTRIES {
            self.calls.pop_front();
        }
    }

    /// Writes a delivery down.
    pub fn delivery(&mut self, mut delivery: Delivery) {
        self.last_delivery += 1;
        delivery.number = self.last_delivery;
        self.deliveries.push_back(delivery);
        if self.deliveries.len() > MAX_ENTRIES {
            self.deliveries.pop_front();
        }
    }
}
