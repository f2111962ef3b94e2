//! One fact, one transaction: what the shop does about it, and what is said.

mod browse;
mod buying;
mod gateway;
mod orders;

use crate::bot::screens::Screen;
use crate::bot::{Errand, Intent, Speech, Visit, screens};
use crate::db::Tx;
use crate::pakasir::{Callback, Status};
use crate::primitives::planted::{Bug, planted};
use crate::primitives::{ChatId, MessageId, Timestamp, UserId};
use crate::queue::inbox::{Source, Taken};
use crate::queue::outbox::{self, Parcel, Queue};
use crate::shop::customers::{self, Customer};
use crate::shop::stores::Store;
use crate::shop::{ShopError, payments};
use crate::telegram::Update;
use crate::telegram::limits::TEXT_MAX;

use super::Shared;
use super::fact::Fact;

/// What becomes of a fact.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Worked on; the remark, if any, is kept with it.
    Done(Option<String>),
    /// Not understood or not believed: set aside, with the reason.
    Dead(String),
}

impl Verdict {
    const fn done() -> Self {
        Self::Done(None)
    }
}

/// Everything at hand while one fact is worked on.
pub(super) struct Desk<'a> {
    shared: &'a Shared,
    store: &'a Store,
    now: Timestamp,
    errands: Vec<Errand>,
}

impl<'a> Desk<'a> {
    /// A desk for one fact of a store.
    pub(super) const fn new(shared: &'a Shared, store: &'a Store, now: Timestamp) -> Self {
        Self { shared, store, now, errands: Vec::new() }
    }

    /// Works on a fact and writes what is to be done into the outbox, all in `tx`.
    pub(super) async fn work(mut self, tx: &mut Tx, taken: &Taken) -> Result<Verdict, ShopError> {
        let verdict = match taken.source {
            Source::Telegram => self.update(tx, &taken.body).await?,
            Source::Pakasir => self.callback(tx, &taken.body).await?,
            Source::Fact => match serde_json::from_slice::<Fact>(&taken.body) {
                Ok(fact) => self.fact(tx, fact).await?,
                Err(error) => Verdict::Dead(format!("a fact cannot be read: {error}")),
            },
        };
        for errand in &self.errands {
            send_since(tx, self.store, errand, taken.received_at, self.now).await?;
        }
        Ok(verdict)
    }

    async fn update(&mut self, tx: &mut Tx, body: &[u8]) -> Result<Verdict, ShopError> {
        let update: Update = match serde_json::from_slice(body) {
            Ok(update) => update,
            Err(error) => return Ok(Verdict::Dead(format!("not an update: {error}"))),
        };
        let Some(visit) = crate::bot::read(&update, &self.shared.texts) else {
            return Ok(Verdict::Done(Some("nothing for a shop".to_owned())));
        };
        if let Intent::Reachable(reachable) = visit.intent {
            let since = (!reachable).then_some(self.now);
            customers::unreachable(tx, self.store.id, visit.user, since).await?;
            if reachable {
                outbox::unpark(tx, self.store.id, &lane_of(visit.user.into()), self.now).await?;
            }
            return Ok(Verdict::done());
        }
        self.visit(tx, visit).await?;
        Ok(Verdict::done())
    }

    async fn visit(&mut self, tx: &mut Tx, visit: Visit) -> Result<(), ShopError> {
        let (store, language) = (self.store.id, self.store.language);
        let customer =
            customers::meet(tx, store, visit.user, &visit.name, language, self.now).await?;
        // Whoever writes can be written to: what waited for him goes on its way first.
        outbox::unpark(tx, store, &lane_of(visit.user.into()), self.now).await?;
        match visit.intent {
            Intent::Press(press, message) => self.press(tx, &customer, press, message).await,
            Intent::Unknown | Intent::Reachable(_) => Ok(()),
            intent => self.browse(tx, &customer, intent).await,
        }
    }

    async fn callback(&mut self, tx: &mut Tx, body: &[u8]) -> Result<Verdict, ShopError> {
        let callback = match Callback::parse(body) {
            Ok(callback) => callback,
            Err(fault) => return Ok(Verdict::Dead(format!("not a callback: {fault}"))),
        };
        let metrics = &self.shared.metrics;
        Ok(match payments::doubt(tx, self.store, &callback, self.now).await? {
            payments::Doubt::Ask(payment) if planted(Bug::TrustCallback) => {
                let Callback { txn_id, reference, amount, project, sandbox, state } = callback;
                let sandbox = sandbox.or(Some(false));
                let completed_at = None;
                let status =
                    Status { txn_id, reference, amount, project, sandbox, state, completed_at };
                return self.answered(tx, payment, &status, false).await;
            }
            payments::Doubt::Ask(payment) => {
                self.errands.push(Errand::Check { payment, asked: false });
                Verdict::done()
            }
            payments::Doubt::Later => Verdict::Done(Some("asked again in time".to_owned())),
            payments::Doubt::Nothing(why) => Verdict::Done(Some(why.to_owned())),
            payments::Doubt::Forged(lie) => {
                metrics.forged_callbacks.inc();
                let store = &self.store.slug;
                tracing::error!(store, reference = callback.reference, lie, "a callback lied");
                Verdict::Dead(format!("forged: {lie}"))
            }
            payments::Doubt::Orphan => {
                metrics.payments.with_label_values(&["orphan"]).inc();
                Verdict::Dead("no payment of this store has that order id".to_owned())
            }
        })
    }

    fn speech(&self, customer: &Customer) -> Speech<'a> {
        self.shared.texts.speech(customer.language)
    }

    /// Says something new.
    fn say(&mut self, customer: &Customer, screen: Screen) {
        self.show(customer, screen, None);
    }

    /// Says something in place of the message that was pressed on, or anew.
    fn show(&mut self, customer: &Customer, screen: Screen, edit: Option<MessageId>) {
        let chat = customer.user_id.into();
        let Screen { text, markup } = screen;
        let text = text.truncate(TEXT_MAX);
        self.errands.push(Errand::Show { chat, text, markup, edit });
    }

    fn is_admin(&self, customer: &Customer) -> bool {
        self.store.is_admin(customer.user_id)
    }
}

/// The lane of everything said in a chat.
pub(super) fn lane_of(chat: ChatId) -> String {
    format!("chat:{chat}")
}

/// Writes an errand into the outbox.
pub(super) async fn send(
    tx: &mut Tx,
    store: &Store,
    errand: &Errand,
    now: Timestamp,
) -> Result<(), ShopError> {
    send_since(tx, store, errand, now, now).await
}

/// Writes an errand into the outbox that somebody waits for `since` an earlier moment.
async fn send_since(
    tx: &mut Tx,
    store: &Store,
    errand: &Errand,
    since: Timestamp,
    now: Timestamp,
) -> Result<(), ShopError> {
    let (queue, lane, collapse) = match errand {
        Errand::Show { chat, edit, .. } => {
            (Queue::Reply, lane_of(*chat), edit.map(|message| format!("message:{message}")))
        }
        Errand::Order { chat, order, .. } => {
            (Queue::Reply, lane_of(*chat), Some(format!("order:{order}")))
        }
        Errand::Goods { chat, .. } | Errand::Delete { chat, .. } => {
            (Queue::Reply, lane_of(*chat), None)
        }
        Errand::Invoice { payment } | Errand::Withdraw { payment } => {
            (Queue::Gateway, format!("payment:{payment}"), None)
        }
        Errand::Check { payment, asked } => {
            let same = if *asked { "asked check" } else { "check" };
            (Queue::Gateway, format!("payment:{payment}"), Some(same.to_owned()))
        }
    };
    let payload = serde_json::to_string(errand)
        .map_err(|error| ShopError::Books(format!("an errand cannot be written: {error}")))?;
    let parcel = Parcel { queue, lane, collapse, payload, due: now, since };
    Ok(outbox::send(tx, store.id, &parcel, now).await?)
}

/// One apology to the person whose update could not be worked on.
pub(super) async fn apologise(
    shared: &Shared,
    tx: &mut Tx,
    store: &Store,
    taken: &Taken,
    id: &str,
    now: Timestamp,
) -> Result<(), ShopError> {
    let update = serde_json::from_slice::<Update>(&taken.body).ok();
    let visit = update.and_then(|update| crate::bot::read(&update, &shared.texts));
    let Some(Visit { user: UserId(user), .. }) = visit else { return Ok(()) };
    let Screen { text, markup } =
        screens::welcome::apology(shared.texts.speech(store.language), id);
    let errand = Errand::Show { chat: ChatId(user), text, markup, edit: None };
    send(tx, store, &errand, now).await
}
