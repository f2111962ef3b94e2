//! Everything the fake knows, behind one lock, with a bell for whoever waits on a change.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::primitives::{ChatId, Clock, Timestamp};
use crate::sandbox::chance::Chance;

use super::answer::{Outcome, Refusal};
use super::chats::Chat;
use super::courier::Courier;
use super::delivery;
use super::faults::{FaultKind, Faults};
use super::files::Files;
use super::ledger::{Call, Ledger};
use super::mailbox::Mailbox;
use super::methods::{self, Turn};
use super::pace::Pace;
use super::request::Params;
use super::table::Method;

/// Older button presses than this many are forgotten.
const MAX_QUERIES: usize = 50_000;

/// Shared by the server, the deliveries and every handle.
pub struct State {
    /// All waiting is on this clock.
    pub clock: Clock,
    /// Rings after every change.
    pub changed: watch::Sender<u64>,
    /// The server's, connections' and queues' tasks.
    pub tasks: TaskTracker,
    /// Ends them.
    pub stop: CancellationToken,
    /// Carries updates to webhooks.
    pub courier: Courier,
    world: Mutex<World>,
}

/// What lies behind the lock.
#[derive(Default)]
pub struct World {
    /// Every bot, by the index its handles carry.
    pub bots: Vec<BotState>,
    /// What happened.
    pub ledger: Ledger,
    /// What goes wrong next.
    pub faults: Faults,
    /// Where webhooks of bots without a route of their own go.
    pub route: Option<SocketAddr>,
    /// Hosts that cannot be reached, with what Telegram says of each.
    pub unreachable: BTreeMap<String, String>,
    /// Flood limits, off unless a test wants them.
    pub pace: Pace,
    /// The seeded chance of retry delays.
    pub chance: Chance,
}

/// One bot.
pub struct BotState {
    /// Its user id: the digits before the token's colon.
    pub id: i64,
    /// Its token.
    pub token: String,
    /// Its name without `@`.
    pub username: String,
    /// Its chats by number.
    pub chats: HashMap<i64, Chat>,
    /// Its files.
    pub files: Files,
    /// Button presses by id.
    pub queries: HashMap<String, Query>,
    query_order: VecDeque<String>,
    presses: i64,
    /// Updates on their way.
    pub mailbox: Mailbox,
    /// Commands by scope and language.
    pub commands: BTreeMap<(String, String), Value>,
    /// Menu buttons by chat; `None` is the default one.
    pub menu: BTreeMap<Option<i64>, Value>,
    /// Counts toasts.
    pub toasts: u64,
    /// Counts groups of pictures.
    pub media_groups: u64,
}

/// A button press that can be answered.
pub struct Query {
    /// In which chat.
    pub chat: i64,
    /// When it was pressed.
    pub pressed: Timestamp,
    /// Whether it has been answered.
    pub answered: bool,
}

/// How an executed call goes on after the lock is released.
pub struct Executed {
    /// When it ran.
    pub at: Timestamp,
    /// What the method said, or what a fault said instead.
    pub outcome: Outcome,
    /// A fault that lies outside of the JSON answer.
    pub fault: Option<FaultKind>,
}

impl State {
    /// An empty one.
    pub fn new(clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            clock,
            changed: watch::Sender::new(0),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            courier: Courier::default(),
            world: Mutex::new(World::default()),
        })
    }

    /// The world, held until the guard drops; never across an await.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rings the bell.
    pub fn ring(&self) {
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Runs a checked call, writes it down, and lets the deliveries know of a new webhook.
    pub fn execute(
        self: &Arc<Self>,
        bot: usize,
        method: &Method,
        params: Params,
        in_webhook_answer: bool,
    ) -> Executed {
        let now = self.clock.now();
        let shown = params.shown();
        let chat = params.chat("chat_id");
        let executed = {
            let mut world = self.world();
            let strikes = !in_webhook_answer;
            let fault = strikes.then(|| world.faults.take(&method.name, chat)).flatten();
            let executed = world.run(bot, method, params, now, fault);
            let state = &world.bots[bot];
            let call = Call {
                number: 0,
                at: now,
                bot: state.id,
                method: method.name.clone(),
                chat: chat.map(ChatId),
                params: shown,
                code: executed.code(),
                error: executed.outcome.as_ref().err().map(|refusal| refusal.description.clone()),
                in_webhook_answer,
                message_id: executed.message_id(),
            };
            world.ledger.call(call);
            executed
        };
        self.ring();
        if method.name == "setWebhook" {
            delivery::start_all(self, bot);
        }
        executed
    }

    /// Writes a call down that was refused before it reached its method.
    pub fn note_refused(&self, bot: usize, method: &str, refusal: &Refusal, answer: bool) {
        let mut world = self.world();
        let call = Call {
            number: 0,
            at: self.clock.now(),
            bot: world.bots.get(bot).map_or(0, |bot| bot.id),
            method: method.to_owned(),
            chat: None,
            params: Value::Null,
            code: refusal.code,
            error: Some(refusal.description.clone()),
            in_webhook_answer: answer,
            message_id: None,
        };
        world.ledger.call(call);
        drop(world);
        self.ring();
    }
}

impl Executed {
    /// The status the caller sees; 0 when it sees none.
    fn code(&self) -> u16 {
        match (&self.fault, &self.outcome) {
            (
                Some(FaultKind::Reset | FaultKind::ResetAfterStoring | FaultKind::HangAfterStoring),
                _,
            ) => 0,
            (Some(FaultKind::BadGateway), _) => 502,
            (_, Ok(_)) => 200,
            (_, Err(refusal)) => refusal.code,
        }
    }

    fn message_id(&self) -> Option<i64> {
        let answer = self.outcome.as_ref().ok()?;
        answer.result.get("message_id").and_then(Value::as_i64)
    }
}

impl World {
    fn run(
        &mut self,
        bot: usize,
        method: &Method,
        params: Params,
        now: Timestamp,
        fault: Option<FaultKind>,
    ) -> Executed {
        let refusal = match &fault {
            Some(FaultKind::TooManyRequests { retry_after }) => {
                Some(Refusal::too_many(*retry_after))
            }
            Some(FaultKind::Blocked) => Some(Refusal::forbidden("bot was blocked by the user")),
            Some(FaultKind::Migrated { to }) => Some(Refusal::migrated(to.0)),
            Some(FaultKind::BadRequest { why }) => Some(Refusal::bad(why)),
            Some(FaultKind::ServerError | FaultKind::BadGateway | FaultKind::Reset) => {
                Some(Refusal::broken())
            }
            Some(
                FaultKind::ResetAfterStoring | FaultKind::HangAfterStoring | FaultKind::Slow(_),
            )
            | None => None,
        };
        if let Some(refusal) = refusal {
            return Executed { at: now, outcome: Err(refusal), fault };
        }
        let state = &mut self.bots[bot];
        if let Err(refusal) = self.pace.admit(state.id, &method.name, params.chat("chat_id"), now) {
            return Executed { at: now, outcome: Err(refusal), fault };
        }
        let outcome = methods::run(&method.name, &mut Turn { bot: state, now, params });
        Executed { at: now, outcome, fault }
    }

    /// The index of the bot with this token.
    pub fn bot_by_token(&self, token: &str) -> Option<usize> {
        self.bots.iter().position(|bot| bot.token == token)
    }
}

impl BotState {
    /// A bot that has spoken to nobody.
    pub fn new(token: &str, username: &str) -> Self {
        let id = token.split(':').next().and_then(|digits| digits.parse().ok());
        Self {
            id: id.expect("a bot token is 123456:SECRET"),
            token: token.to_owned(),
            username: username.to_owned(),
            chats: HashMap::new(),
            files: Files::default(),
            queries: HashMap::new(),
            query_order: VecDeque::new(),
            presses: 0,
            mailbox: Mailbox::default(),
            commands: BTreeMap::new(),
            menu: BTreeMap::new(),
            toasts: 0,
            media_groups: 0,
        }
    }

    /// The bot as a User.
    pub fn user_json(&self) -> Value {
        json!({"id": self.id, "is_bot": true, "first_name": self.username,
               "username": self.username})
    }

    /// The chat with this number, or Telegram's refusal.
    pub fn chat(&mut self, id: Option<i64>) -> Result<&mut Chat, Refusal> {
        id.and_then(|id| self.chats.get_mut(&id)).ok_or_else(|| Refusal::bad("chat not found"))
    }

    /// Remembers a button press and returns its id.
    pub fn pressed(&mut self, chat: i64, now: Timestamp) -> String {
        self.presses += 1;
        let id = ((self.id << 24) | self.presses).to_string();
        self.queries.insert(id.clone(), Query { chat, pressed: now, answered: false });
        self.query_order.push_back(id.clone());
        if self.query_order.len() > MAX_QUERIES
            && let Some(old) = self.query_order.pop_front()
        {
            self.queries.remove(&old);
        }
        id
    }
}
