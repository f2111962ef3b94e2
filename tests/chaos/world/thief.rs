//! Somebody who knows the bot's token and leads its updates elsewhere, and a group that becomes another chat.

use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::primitives::{ChatId, Clock};
use bot_auto_order::sandbox::telegram::WebhookSeen;
use serde_json::{Value, json};

use super::line::{Letter, Line};
use super::town::Town;
use crate::report::Report;

/// Telegram takes one webhook a second, and the service has just set its own.
const APART: Duration = Duration::from_millis(1_500);
const LOOK: Duration = Duration::from_millis(100);
/// The service looks each minute, and again after five seconds when it was not told; it also has to be heard.
const HEALED: Duration = Duration::from_secs(90);
/// What the service says to whoever reads its log.
const SAID: &str = "the webhook is set again";
const GROUP: ChatId = ChatId(-4_000_001);
const SUPERGROUP: ChatId = ChatId(-1_004_000_001);

/// A webhook that was stolen.
pub struct Theft {
    ours: WebhookSeen,
    way: &'static str,
}

/// How it was put right.
pub struct Healed {
    after: Option<Duration>,
    /// Updates that waited for it.
    held: usize,
    theft: Theft,
}

impl Theft {
    /// Sets another webhook or takes ours away. Where it leads to nobody takes anything: what a thief takes
    /// no shop can bring back.
    ///
    /// # Panics
    /// When Telegram does not let him.
    pub async fn of(town: &Town, deletes: bool) -> Self {
        let bot = town.stage.bot.clone();
        let ours = town.stage.telegram.until(move |_| bot.webhook()).await;
        let (way, body) = if deletes {
            ("deleteWebhook", json!({}))
        } else {
            ("setWebhook", json!({"url": "https://pencuri.test/ambil"}))
        };
        Clock::system().sleep(APART).await;
        let path = format!("/bot{}/{way}", town.stage.token.expose());
        let url = town.stage.telegram.url();
        let target = url.trim_start_matches("http://").parse().expect("an address of ours");
        let status = Line::to(target).post(&Letter::json(&path, &body)).await;
        assert_eq!(status, 200, "Telegram takes {way} from whoever has the token");
        Self { ours, way }
    }

    /// Waits until the webhook is ours again.
    pub async fn healed(self, town: &Arc<Town>) -> Healed {
        let clock = Clock::system();
        let begun = clock.now();
        let mut held = 0;
        while clock.now().since(begun) < HEALED {
            let there = town.stage.bot.webhook();
            if there.is_some_and(|it| it.url == self.ours.url && it.secret == self.ours.secret) {
                return Healed { after: Some(clock.now().since(begun)), held, theft: self };
            }
            held = town.stage.bot.waiting();
            clock.sleep(LOOK).await;
        }
        Healed { after: None, held, theft: self }
    }
}

impl Healed {
    pub fn judge(&self, town: &Town, report: &mut Report) {
        let after = self.after.map_or(0.0, |after| after.as_secs_f64());
        report.figure("stolen_by", self.theft.way);
        report.figure("healed_s", format!("{after:.1}"));
        report.figure("held_updates", self.held);
        let what = format!("{} was not put right within {HEALED:?}", self.theft.way);
        report.must(self.after.is_some(), "I-LIVE", what);
        report.must(self.held > 0, "T8", "nobody wanted anything while the webhook was stolen");
        let said = town.settings[0].said().matches(SAID).count();
        report.must(said == 1, "I-LIVE", format!("the log tells of the theft {said} times"));
    }
}

/// A group where somebody calls the shop becomes a supergroup, where he calls again.
pub fn migrate_a_group(town: &Town) {
    let bot = &town.stage.bot;
    bot.group(GROUP, "Grup Lama");
    bot.group(SUPERGROUP, "Grup Baru");
    let message = |chat: ChatId, kind: &str, more: Value| {
        let mut message = json!({"message_id": 5, "date": Clock::system().now().seconds(),
            "chat": {"id": chat.0, "type": kind, "title": "Grup"},
            "from": {"id": 7_700_001, "is_bot": false, "first_name": "Budi"}});
        let more = more.as_object().cloned().unwrap_or_default();
        message.as_object_mut().expect("it was just made").extend(more);
        bot.deliver_raw(json!({"message": message}))
    };
    let start = json!({"text": "/start",
        "entities": [{"type": "bot_command", "offset": 0, "length": 6}]});
    message(GROUP, "group", start.clone());
    message(GROUP, "group", json!({"migrate_to_chat_id": SUPERGROUP.0}));
    message(SUPERGROUP, "supergroup", json!({"migrate_from_chat_id": GROUP.0}));
    message(SUPERGROUP, "supergroup", start);
}

/// The shop speaks to people alone: it says nothing in a group, and a move leaves nothing undone.
pub fn judge_the_group(town: &Town, report: &mut Report) {
    let calls = town.stage.telegram.calls();
    let spoken = calls.iter().filter(|it| it.chat == Some(GROUP) || it.chat == Some(SUPERGROUP));
    let spoken = spoken.count();
    report.figure("calls_in_groups", spoken);
    report.must(spoken == 0, "I-OWN", format!("the shop spoke {spoken} times in a group"));
}
