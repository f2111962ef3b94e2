//! Delivering updates: a task per queue that has something in it, on the sandbox's clock.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::primitives::Timestamp;

use super::courier::Reply;
use super::ledger::Delivery;
use super::mailbox::{Attempt, Job, Queue};
use super::request::{Given, Raw, read_body};
use super::state::{BotState, State};
use super::table;

/// No answer within this time is a failure.
const ANSWER_WITHIN: Duration = Duration::from_mins(1);

/// Changes a bot's world and accepts the update of that change; returns its id, or 0 when the
/// bot does not want updates of this kind.
pub fn emit(
    state: &Arc<State>,
    bot: usize,
    kind: &str,
    make: impl FnOnce(&mut BotState, Timestamp) -> Value,
) -> i64 {
    let now = state.clock.now();
    let (id, queues) = {
        let mut world = state.world();
        let bot = &mut world.bots[bot];
        let payload = make(bot, now);
        if bot.mailbox.wants(kind) {
            bot.mailbox.accept(json!({kind: payload}), now)
        } else {
            (0, vec![])
        }
    };
    state.ring();
    start(state, bot, queues);
    id
}

/// Accepts an update as it is, of whatever kind; returns its id.
pub fn inject(state: &Arc<State>, bot: usize, update: Value) -> i64 {
    let now = state.clock.now();
    let (id, queues) = state.world().bots[bot].mailbox.accept(update, now);
    state.ring();
    start(state, bot, queues);
    id
}

/// Starts work on every queue: the webhook is new.
pub fn start_all(state: &Arc<State>, bot: usize) {
    let queues = state.world().bots[bot].mailbox.filled();
    start(state, bot, queues);
}

/// Starts work on queues that nobody works on.
pub fn start(state: &Arc<State>, bot: usize, queues: Vec<Queue>) {
    for queue in queues {
        if state.world().bots[bot].mailbox.begin(&queue) {
            let held = Arc::clone(state);
            state.tasks.spawn(async move {
                let stop = held.stop.clone();
                tokio::select! {
                    () = work(&held, bot, queue) => {}
                    () = stop.cancelled() => {}
                }
            });
        }
    }
}

/// Delivers a queue's updates one after another until none is left.
async fn work(state: &Arc<State>, bot: usize, queue: Queue) {
    loop {
        let (job, changed) = {
            let mut world = state.world();
            let route = world.route;
            let mailbox = &mut world.bots[bot].mailbox;
            let Some(job) = mailbox.next(&queue, route) else { return };
            (job, Arc::clone(&mailbox.webhook_changed))
        };
        let changed = changed.notified();
        let reply = attempt(state, bot, &job).await;
        let (due, queues) = book(state, bot, &queue, &job, reply);
        state.ring();
        start(state, bot, queues);
        if let Some(due) = due {
            tokio::select! {
                () = state.clock.sleep_until(due) => {}
                () = changed => {}
            }
        }
    }
}

async fn attempt(state: &Arc<State>, bot: usize, job: &Job) -> Result<Reply, String> {
    let slot = Arc::clone(&job.webhook.slots);
    let slot = slot.acquire_owned().await.map_err(|_| "the webhook was closed".to_owned())?;
    let (probe, broken) = {
        let world = state.world();
        let broken = world.unreachable.get(job.webhook.target.name()).cloned();
        let mailbox = &world.bots[bot].mailbox;
        (mailbox.is_failing(state.clock.now()).then(|| Arc::clone(&mailbox.probe)), broken)
    };
    let probe = match probe {
        Some(probe) => Some(probe.lock_owned().await),
        None => None,
    };
    if let Some(why) = broken {
        return Err(why);
    }
    let Some(address) = job.route else {
        return Err("Failed to resolve host: no route_webhooks_to() leads there".to_owned());
    };
    let (webhook, body) = (&job.webhook, job.body.clone());
    let tasks = (&state.tasks, &state.stop);
    let post = state.courier.post(address, &webhook.target, webhook.secret.as_deref(), body, tasks);
    let reply = tokio::select! {
        reply = post => reply,
        () = state.clock.sleep(ANSWER_WITHIN) => Err("Read timeout expired".to_owned()),
    };
    drop((probe, slot));
    reply
}

/// Writes an attempt down, runs a method that its answer carries, and says how to go on.
fn book(
    state: &Arc<State>,
    bot: usize,
    queue: &Queue,
    job: &Job,
    reply: Result<Reply, String>,
) -> (Option<Timestamp>, Vec<Queue>) {
    let (status, error) = match &reply {
        Ok(reply) => (reply.status, None),
        Err(error) => (0, Some(error.clone())),
    };
    if let Ok(reply) = &reply
        && (200..300).contains(&status)
    {
        run_answer(state, bot, reply);
    }
    let attempt = match reply {
        Ok(reply) if (200..300).contains(&reply.status) => Attempt::Delivered,
        Ok(reply) => Attempt::Failed {
            status,
            retry_after: reply.retry_after,
            why: format!("Wrong response from the webhook: {status}"),
        },
        Err(why) => Attempt::Failed { status, retry_after: 0, why },
    };
    let now = state.clock.now();
    let mut guard = state.world();
    let world = &mut *guard;
    let bot_state = &mut world.bots[bot];
    world.ledger.delivery(Delivery {
        number: 0,
        at: now,
        bot: bot_state.id,
        update_id: job.update_id,
        attempt: job.attempt,
        status,
        error,
    });
    bot_state.mailbox.settle(queue, job.update_id, attempt, now, &mut world.chance)
}

/// Runs the method in a webhook's answer; nobody is told how it went, except the ledger.
fn run_answer(state: &Arc<State>, bot: usize, reply: &Reply) {
    let mut given = Given::default();
    if read_body(&reply.content_type, &reply.body, &mut given).is_err() {
        return;
    }
    let Some(Raw::Json(Value::String(name)) | Raw::Text(name)) = given.values.remove("method")
    else {
        return;
    };
    let lower = name.to_ascii_lowercase();
    let barred = ["setwebhook", "deletewebhook", "close", "logout"].contains(&lower.as_str());
    if barred || lower.starts_with("get") {
        return;
    }
    let Some(method) = table::method(&name) else { return };
    match method.check(given) {
        Ok(params) => drop(state.execute(bot, method, params, true)),
        Err(refusal) => state.note_refused(bot, &method.name, &refusal, true),
    }
}
