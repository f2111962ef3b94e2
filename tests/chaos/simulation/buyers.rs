//! What people do in a world: order, pay, cancel, press anything that stands there, block the bot; and who forges.

use serde_json::{Value, json};

use super::gateway::State;
use super::world::{BUYERS, Post, World};

impl World {
    /// Somebody does something.
    pub async fn someone_acts(&mut self) {
        let user = self.dice.i64(BUYERS);
        if self.telegram.chat(user).blocked {
            if self.dice.u8(0..4) == 0 {
                self.blocks(user, false);
            }
            return;
        }
        match self.dice.u8(0..100) {
            0..28 => self.orders(user),
            28..72 => self.pays(user).await,
            72..82 => self.presses_something(user),
            82..88 => {
                let words = ["/start", "1", "2", "3", "4", "/pesanan"];
                let said = words[self.dice.usize(0..words.len())];
                self.says(user, said);
            }
            88..94 => self.presses_order(user, "1n."),
            94..98 => self.presses_order(user, "1u."),
            _ => self.blocks(user, true),
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "both are made for this call")]
    fn update(&mut self, what: String, kind: &str, body: Value) {
        self.next_update += 1;
        let update = json!({"update_id": self.next_update, kind: body});
        self.script.step(format!("{what} as {}", self.next_update));
        let what = format!("update {}", self.next_update);
        self.posts.push(Post { what, gateway: false, body: update });
    }

    pub fn says(&mut self, user: i64, text: &str) {
        let date = self.now().seconds();
        let chat = self.telegram.chat(user);
        chat.last += 1;
        let body = json!({"message_id": chat.last, "date": date, "from": person(user),
                          "chat": private(user), "text": text});
        self.update(format!("{user} says {text}"), "message", body);
    }

    fn presses(&mut self, user: i64, message: i64, data: &str) {
        let message_json = json!({"message_id": message, "date": 0, "chat": private(user)});
        let id = (self.next_update * 7).to_string();
        let body = json!({"id": id, "from": person(user), "message": message_json,
                          "chat_instance": "1", "data": data});
        self.update(format!("{user} presses {data} on {message}"), "callback_query", body);
    }

    fn blocks(&mut self, user: i64, blocked: bool) {
        self.telegram.chat(user).blocked = blocked;
        let member = |kicked: bool| {
            let status = if kicked { "kicked" } else { "member" };
            json!({"status": status, "user": {"id": 700_000_001, "is_bot": true, "first_name": "Toko"}})
        };
        let body = json!({"chat": private(user), "from": person(user), "date": self.now().seconds(),
                          "old_chat_member": member(!blocked), "new_chat_member": member(blocked)});
        self.update(format!("{user} blocks {blocked}"), "my_chat_member", body);
    }

    /// Something into the cart, sometimes twice, and an order from a message that stands or is gone.
    fn orders(&mut self, user: i64) {
        let product = self.dice.usize(1..=self.units.len());
        let fresh = self.dice.bool();
        let chat = self.telegram.chat(user);
        let standing = chat.messages.iter().rev().find(|(_, message)| !message.photo);
        let message = match standing {
            Some((id, _)) if !fresh => *id,
            _ => {
                chat.last += 1;
                chat.last
            }
        };
        self.presses(user, message, &format!("1a.{product}"));
        if self.dice.u8(0..5) == 0 {
            let other = self.dice.usize(1..=self.units.len());
            self.presses(user, message, &format!("1a.{other}"));
        }
        if self.dice.u8(0..3) == 0 {
            self.presses(user, message, "1b");
        }
        self.presses(user, message, "1r");
    }

    fn presses_something(&mut self, user: i64) {
        let buttons: Vec<(i64, String)> = self
            .telegram
            .chat(user)
            .messages
            .iter()
            .rev()
            .take(12)
            .flat_map(|(id, message)| message.buttons().into_iter().map(|data| (*id, data)))
            .collect();
        if !buttons.is_empty() {
            let (message, data) = buttons[self.dice.usize(0..buttons.len())].clone();
            self.presses(user, message, &data);
        }
    }

    /// Cancels, or asks for goods again: an order whose invoice he saw, rarely somebody else's.
    fn presses_order(&mut self, user: i64, button: &str) {
        let whose = if self.dice.u8(0..8) == 0 { self.dice.i64(BUYERS) } else { user };
        let seen: Vec<i64> =
            self.telegram.chat(whose).invoices.iter().rev().take(4).copied().collect();
        if !seen.is_empty() {
            let order = seen[self.dice.usize(0..seen.len())];
            let message = self.telegram.chat(user).last;
            self.presses(user, message, &format!("{button}{order}"));
        }
    }

    /// Pays an invoice that stood in his chat once: mostly in time, sometimes late, seldom another sum.
    async fn pays(&mut self, user: i64) {
        let seen: Vec<i64> =
            self.telegram.chat(user).invoices.iter().rev().take(3).copied().collect();
        if seen.is_empty() {
            return;
        }
        let order = seen[self.dice.usize(0..seen.len())];
        let reference = self.reference_of(order).await;
        let odd = self.dice.u8(0..40);
        let late = self.dice.u8(0..6) == 0;
        let told = self.dice.u8(0..4) > 0;
        let Some(sale) = self.gateway.by_reference(&reference) else { return };
        let payable = match sale.state {
            State::Pending => true,
            State::Canceled => late,
            State::Completed => false,
        };
        if !payable {
            return;
        }
        sale.state = State::Completed;
        sale.told = told;
        sale.amount += match odd {
            0 => -1,
            1 => 1_000,
            _ => 0,
        };
        let (amount, callback) = (sale.amount, sale.callback("completed", sale.amount));
        self.counts.paid += 1;
        self.script.step(format!("{user} pays {amount} for order {order}, told {told}"));
        match self.dice.u8(0..10) {
            0..2 => self.counts.lost += 1,
            copies => {
                let post =
                    Post { what: format!("callback {order}"), gateway: true, body: callback };
                self.posts.extend(vec![post; if copies < 4 { 2 } else { 1 }]);
            }
        }
    }

    async fn reference_of(&self, order: i64) -> String {
        let statement = bot_auto_order::sql!(
            "SELECT reference FROM payments WHERE order_id = $1 ORDER BY id DESC LIMIT 1"
        );
        let mut tx = self.db.read().await.expect("reads");
        let row: (String,) =
            bot_auto_order::fetch_one!(&mut tx, (String,), statement, order).expect("a payment");
        row.0
    }

    /// The gateway's status answers catch up with its callbacks.
    pub fn gateway_catches_up(&mut self) {
        for sale in &mut self.gateway.sales {
            sale.told = true;
        }
        self.script.step("the gateway catches up");
    }

    /// Somebody who knows the path and the secret lies about a payment.
    pub fn someone_forges(&mut self) {
        if self.gateway.sales.is_empty() {
            return;
        }
        let place = self.dice.usize(0..self.gateway.sales.len());
        let sale = &self.gateway.sales[place];
        let amount = sale.asked + [0, 0, 0, 1, -1][self.dice.usize(0..5)];
        let mut body = sale.callback("completed", amount);
        let twist = self.dice.u8(0..6);
        match twist {
            0 => body["txn_id"] = json!("txn999999"),
            1 => body["is_sandbox"] = json!(true),
            2 => body["order_id"] = json!("INV-nobodys-at-all"),
            _ => {}
        }
        self.counts.forged += 1;
        let what = format!("forged {twist} sale {place} for {amount}");
        self.script.step(format!("somebody forges {what}"));
        self.posts.push(Post { what, gateway: true, body });
    }
}

fn person(user: i64) -> Value {
    json!({"id": user, "is_bot": false, "first_name": format!("Pembeli {user}"), "language_code": "id"})
}

fn private(user: i64) -> Value {
    json!({"id": user, "type": "private", "first_name": format!("Pembeli {user}")})
}
