//! Which step comes next: thrown by the world's dice among everything that could happen now.

use std::time::Duration;

use serde_json::json;

use super::outside::Answer;
use super::telegram;
use super::world::{Held, Waiting, World};

/// A call is answered after so many steps at the latest.
const LONGEST_HELD: usize = 60;
/// How many calls may wait at once.
const MOST_HELD: usize = 5;

impl World {
    /// One step of the faulty time.
    pub async fn step(&mut self) {
        let overdue = self
            .waiting
            .iter()
            .position(|waiting| self.script.len() - waiting.since_step > LONGEST_HELD);
        if let Some(place) = overdue.or_else(|| (self.waiting.len() >= MOST_HELD).then_some(0)) {
            return self.answer_somehow(place).await;
        }
        match self.dice.u16(0..1_000) {
            0..170 => self.someone_acts().await,
            170..330 => self.deliver_something().await,
            330..530 => self.work_something().await,
            530..720 => self.begin_something().await,
            720..880 if !self.waiting.is_empty() => {
                let place = self.dice.usize(0..self.waiting.len());
                self.answer_somehow(place).await;
            }
            880..915 => self.tick().await,
            915..965 => self.pass_time(),
            965..968 => self.crash().await,
            968..982 => {
                let (product, more) =
                    (self.dice.usize(0..self.units.len()), self.dice.usize(1..30));
                self.script.step(format!("import {more} of {}", product + 1));
                self.import(product, more).await;
            }
            982..988 => self.someone_forges(),
            988..993 => self.gateway_catches_up(),
            _ => self.do_without_answering(),
        }
    }

    /// Time jumps: mostly less than a lease, sometimes past every lease and deadline.
    fn pass_time(&mut self) {
        let millis = match self.dice.u8(0..100) {
            0..60 => self.dice.u64(50..1_500),
            60..88 => self.dice.u64(2_000..12_000),
            88..96 => self.dice.u64(12_000..40_000),
            96..99 => self.dice.u64(85_000..100_000),
            _ => self.dice.u64(300_000..1_000_000),
        };
        self.script.step(format!("{millis} ms pass"));
        self.clock.advance(Duration::from_millis(millis));
    }

    pub async fn tick(&mut self) {
        self.script.step("tick");
        self.counts.ticks += 1;
        self.steps.tick().await.expect("a tick");
    }

    async fn deliver_something(&mut self) {
        if self.posts.is_empty() {
            return;
        }
        // Mostly one of the oldest; sometimes any.
        let most = if self.dice.u8(0..4) == 0 { self.posts.len() } else { self.posts.len().min(3) };
        let place = self.dice.usize(0..most);
        let again = self.dice.u8(0..7) == 0;
        self.deliver_post(place, again).await;
    }

    pub async fn deliver_post(&mut self, place: usize, again: bool) {
        let post = self.posts.remove(place);
        self.script.step(format!("deliver {} again {again}", post.what));
        let taken = self.deliver(&post).await;
        if again || !taken {
            self.counts.duplicates += 1;
            self.posts.push(post);
        }
    }

    async fn work_something(&mut self) {
        if self.facts.is_empty() {
            let most = self.dice.i64(1..6);
            self.take_facts(most).await;
            return;
        }
        let place = self.dice.usize(0..self.facts.len());
        self.work_fact(place).await;
    }

    pub async fn take_facts(&mut self, most: i64) {
        let taken = self.steps.take_facts(most).await;
        if !taken.is_empty() {
            let ids: Vec<i64> = taken.iter().map(|fact| fact.id().0).collect();
            self.script.step(format!("take facts {ids:?}"));
        }
        self.facts.extend(taken);
    }

    pub async fn work_fact(&mut self, place: usize) {
        let fact = self.facts.remove(place);
        self.script.step(format!("work fact {}", fact.id()));
        self.counts.facts += 1;
        self.steps.work(fact).await;
    }

    async fn begin_something(&mut self) {
        if self.parcels.is_empty() {
            self.take_parcels().await;
            return;
        }
        let place = self.dice.usize(0..self.parcels.len());
        self.begin_at(place).await;
    }

    pub async fn take_parcels(&mut self) {
        let (taken, since) = (self.steps.take_parcels().await, self.now());
        if !taken.is_empty() {
            let ids: Vec<i64> = taken.iter().map(|parcel| parcel.id().0).collect();
            self.script.step(format!("take parcels {ids:?}"));
        }
        self.parcels.extend(taken.into_iter().map(|parcel| Held { parcel, since }));
    }

    pub async fn begin_at(&mut self, place: usize) {
        let held = self.parcels.remove(place);
        let what: serde_json::Value = serde_json::from_str(held.parcel.payload()).expect("JSON");
        self.script.step(format!("begin parcel {} {}", held.parcel.id(), what["do"]));
        if what["do"] == "goods" {
            let order = what["order"].as_i64().expect("an order");
            self.goods.insert(held.parcel.id(), (order, what["again"] == true));
        }
        self.begin_parcel(held).await;
    }

    /// The outside does it, but its answer stays on the way.
    fn do_without_answering(&mut self) {
        if let Some(place) = self.waiting.iter().position(|waiting| waiting.done.is_none()) {
            let mut waiting = self.waiting.remove(place);
            waiting.done = Some(self.act(&waiting));
            self.script.step(format!("parcel {} is done unanswered", waiting.parcel));
            self.waiting.insert(place, waiting);
        }
    }

    /// Mostly what it should be; else told to wait, refused before or after it was done, or garbled.
    async fn answer_somehow(&mut self, place: usize) {
        let waiting = self.waiting.remove(place);
        let fate = self.dice.u8(0..100);
        match fate {
            0..5 if waiting.done.is_none() => self.tell_to_wait(waiting).await,
            5..10 if waiting.done.is_none() => self.answer_trouble(waiting, false).await,
            10..17 => self.answer_trouble(waiting, true).await,
            _ => self.answer_well(waiting).await,
        }
    }

    async fn tell_to_wait(&mut self, waiting: Waiting) {
        let seconds = self.dice.u64(1..6);
        let (parcel, taken) = (waiting.parcel, waiting.taken);
        self.script.step(format!("parcel {parcel} is told to wait {seconds} s"));
        let until = self.now().plus(Duration::from_secs(seconds));
        let user = waiting.call.number("chat_id");
        if waiting.call.is_telegram() {
            waiting.call.answer(telegram::too_many(seconds));
        } else {
            waiting
                .call
                .answer(Answer::json(429, &json!({"message": "Terlalu banyak permintaan"})));
        }
        self.until_call_or_end(parcel, taken).await;
        if let Some(user) = user {
            let others =
                self.waiting.iter().any(|other| other.call.number("chat_id") == Some(user));
            if !others {
                self.telegram.chat(user).held_until = Some(until);
            }
        }
    }

    /// A server's trouble; nobody can say whether the call was done.
    async fn answer_trouble(&mut self, mut waiting: Waiting, done: bool) {
        let (parcel, taken) = (waiting.parcel, waiting.taken);
        let garbled = done && self.dice.bool();
        self.script.step(format!("parcel {parcel} fails, done {done}, garbled {garbled}"));
        if done {
            let answer = waiting.done.take().unwrap_or_else(|| self.act(&waiting));
            if answer.status < 300 {
                self.outcome_unknown(&waiting);
            }
        }
        let (status, body) =
            if garbled { (200, "{\"ok\": tr") } else { (502, "<html>Bad Gateway") };
        waiting.call.answer(Answer { status, body: body.to_owned() });
        self.until_call_or_end(parcel, taken).await;
    }

    pub async fn answer_well(&mut self, mut waiting: Waiting) {
        let parcel = waiting.parcel;
        let answer = waiting.done.take().unwrap_or_else(|| self.act(&waiting));
        self.script.step(format!("parcel {parcel} is answered {}", answer.status));
        let taken = waiting.taken;
        if answer.status < 300 && self.is_past_lease(taken) {
            // Whoever took the parcel over meanwhile cannot know of this answer.
            self.outcome_unknown(&waiting);
        }
        if !waiting.call.is_telegram() {
            let step = self.script.len();
            self.gateway.heard(&waiting.call, &answer, step);
        }
        waiting.call.answer(answer);
        self.until_call_or_end(parcel, taken).await;
    }
}
