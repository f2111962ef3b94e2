//! One fact, one transaction: what the shop does about it, and what is said.

mod parcels;
mod admin;
mod alarms;
mod browse;
mod buying;
mod gateway;
mod money;
mod orders;
mod terms;

pub(super) use admin::{holds_a_secret, progress};
pub use alarms::FORGED_EVERY;
pub(super) use parcels::{lane_of, send, span_of, written};

use crate::bot::screens::Screen;
use crate::bot::{Errand, Intent, Own, Question, Said, Speech, Visit, Wording, screens};
use crate::db::Tx;
use crate::pakasir::{Callback, Status};
use crate::primitives::planted::{Bug, planted};
use crate::primitives::{ChatId, MessageId, Timestamp, UserId};
use crate::queue::inbox::{Source, Taken};
use crate::queue::outbox;
use crate::shop::customers::{self, Customer, Place, Welcome};
use crate::shop::stores::Store;
use crate::shop::{ShopError, payments};
use crate::telegram::limits::TEXT_MAX;
use crate::telegram::{Markup, Update};

use super::Shared;
use super::fact::Fact;
use super::fate::UNREADABLE;

/// What becomes of a fact.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Worked on; the remark, if any, is kept with it.
    Done(Option<String>),
    /// Not understood or not believed: set aside, with the reason.
    Dead(Cause, String),
}

/// Why a fact is set aside, as far as the owners are told: a reason in words may quote somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// It cannot be read.
    Unreadable,
    /// It is about nothing of this store.
    Unknown,
    /// The gateway's answer is not about our payment.
    Held,
    /// It lied; this is told by an alarm of its own.
    Forged,
    /// It failed by itself, however often it was tried.
    Failed,
}

impl Cause {
    /// The key of what the owners are told, if this is told.
    pub(super) const fn told_as(self) -> Option<&'static str> {
        Some(match self {
            Self::Unreadable => "alert-dead-unreadable",
            Self::Unknown => "alert-dead-unknown",
            Self::Held => "alert-dead-held",
            Self::Failed => "alert-dead-failed",
            Self::Forged => return None,
        })
    }
}

impl Verdict {
    const fn done() -> Self {
        Self::Done(None)
    }
}

/// What came of working on a fact.
pub(super) struct Worked {
    /// What becomes of it.
    pub verdict: Verdict,
    /// Whether the store itself was changed: what this process knows of it is old once that is committed.
    pub store_changed: bool,
}

/// Everything at hand while one fact is worked on.
pub(super) struct Desk<'a> {
    shared: &'a Shared,
    store: &'a Store,
    wording: &'a Wording,
    now: Timestamp,
    /// When the fact came in: people are judged by when they did something, not by our delay.
    received_at: Timestamp,
    /// The message that was pressed on, if it shows an order: it is never made a screen.
    kept: Option<MessageId>,
    errands: Vec<Errand>,
    store_changed: bool,
}

impl<'a> Desk<'a> {
    /// A desk for one fact of a store.
    pub(super) const fn new(
        shared: &'a Shared,
        store: &'a Store,
        wording: &'a Wording,
        now: Timestamp,
    ) -> Self {
        Self {
            shared,
            store,
            wording,
            now,
            received_at: now,
            kept: None,
            errands: Vec::new(),
            store_changed: false,
        }
    }

    /// Works on a fact and writes what is to be done into the outbox, all in `tx`.
    pub(super) async fn work(mut self, tx: &mut Tx, taken: &Taken) -> Result<Worked, ShopError> {
        self.received_at = taken.received_at;
        let verdict = match taken.source {
            Source::Telegram => self.update(tx, &taken.body).await?,
            Source::Pakasir => self.callback(tx, &taken.body).await?,
            Source::Fact => match serde_json::from_slice::<Fact>(&taken.body) {
                Ok(fact) => self.fact(tx, fact).await?,
                Err(error) if self.now.since(taken.received_at) < UNREADABLE => {
                    return Err(ShopError::Foreign(error.to_string()));
                }
                Err(error) => {
                    Verdict::Dead(Cause::Unreadable, format!("a fact cannot be read: {error}"))
                }
            },
        };
        for slot in self.wording.untold() {
            self.tell_admins(|speech| Screen::plain(screens::admin::replies::broken(speech, slot)));
        }
        for errand in &self.errands {
            parcels::send_since(tx, self.store, errand, taken.received_at, self.now).await?;
        }
        Ok(Worked { verdict, store_changed: self.store_changed })
    }

    async fn update(&mut self, tx: &mut Tx, body: &[u8]) -> Result<Verdict, ShopError> {
        let update: Update = match serde_json::from_slice(body) {
            Ok(update) => update,
            Err(error) => {
                return Ok(Verdict::Dead(Cause::Unreadable, format!("not an update: {error}")));
            }
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
        self.visit(tx, visit).await
    }

    async fn visit(&mut self, tx: &mut Tx, visit: Visit) -> Result<Verdict, ShopError> {
        let (store, language) = (self.store.id, self.store.language);
        let Visit { user, name, intent, said } = visit;
        let customer = customers::meet(tx, store, user, &name, language, self.received_at).await?;
        // Whoever writes can be written to: what waited for him goes on its way first.
        outbox::unpark(tx, store, &lane_of(user.into()), self.now).await?;
        if let Some(why) = self.kept_out(tx, &customer).await? {
            return Ok(Verdict::Done(Some(why.to_owned())));
        }
        let question = customer.question.as_deref().and_then(Question::read);
        match (intent, question, said) {
            (intent, Some(question), Some(said))
                if intent.may_answer() && question.takes(&said) =>
            {
                self.answer(tx, &customer, question, said).await?;
            }
            (intent, ..) => {
                if customer.question.is_some() {
                    customers::ask(tx, store, customer.id, None).await?;
                }
                self.wish(tx, &customer, intent).await?;
            }
        }
        Ok(Verdict::done())
    }

    async fn wish(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        intent: Intent,
    ) -> Result<(), ShopError> {
        match intent {
            Intent::Press(press, message) => {
                if let Some(message) = message {
                    let (store, user) = (self.store.id, customer.user_id);
                    let an_orders = customers::is_an_orders(tx, store, user, message).await?;
                    self.kept = an_orders.then_some(message);
                }
                self.press(tx, customer, press, message).await
            }
            Intent::Unknown | Intent::Reachable(_) => Ok(()),
            intent => self.browse(tx, customer, intent).await,
        }
    }

    /// Why a customer is not served now, if he is not; those who run the store always are.
    async fn kept_out(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
    ) -> Result<Option<&'static str>, ShopError> {
        if self.is_admin(customer) {
            return Ok(None);
        }
        let speech = self.speech(customer);
        match customers::let_in(tx, self.store.id, customer, self.received_at).await? {
            Welcome::In => Ok(None),
            Welcome::TooFast { tell } => {
                if tell {
                    self.tell(customer.user_id, screens::manners::too_fast(speech));
                    self.tell_admins(|speech| screens::manners::flood(speech, customer));
                }
                Ok(Some("dropped: too many actions at once"))
            }
            Welcome::Blocked { tell } => {
                if tell {
                    self.tell(customer.user_id, screens::manners::blocked(speech));
                }
                Ok(Some("dropped: blocked"))
            }
        }
    }

    /// Asks something; the next message is the answer, unless it is a menu, a command or a button.
    async fn ask(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        question: &Question,
        (screen, edit): (Screen, Option<MessageId>),
    ) -> Result<(), ShopError> {
        customers::ask(tx, self.store.id, customer.id, Some(&question.written())).await?;
        self.show(customer, screen, edit);
        Ok(())
    }

    /// Takes an answer; the question stays open until it is one.
    async fn answer(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        question: Question,
        said: Said,
    ) -> Result<(), ShopError> {
        let answered = match question {
            Question::Coupon => self.typed_coupon(tx, customer, &said).await?,
            Question::Deposit => self.typed_deposit(tx, customer, &said).await?,
            Question::Proof { order, product } => {
                self.sent_proof(tx, customer, (order, product), said).await?
            }
            Question::Seller(wizard) => self.managed(tx, customer, wizard, said).await?,
            Question::Sure { .. } => false,
        };
        if answered {
            customers::ask(tx, self.store.id, customer.id, None).await?;
        }
        Ok(())
    }

    async fn callback(&mut self, tx: &mut Tx, body: &[u8]) -> Result<Verdict, ShopError> {
        let callback = match Callback::parse(body) {
            Ok(callback) => callback,
            Err(fault) => {
                return Ok(Verdict::Dead(Cause::Unreadable, format!("not a callback: {fault}")));
            }
        };
        let metrics = &self.shared.metrics;
        Ok(match payments::doubt(tx, self.store, &callback, self.now).await? {
            payments::Doubt::Ask(payment) if planted(Bug::TrustCallback) => {
                let Callback { txn_id, reference, amount, project, sandbox, state } = callback;
                let sandbox = sandbox.or(Some(false));
                let completed_at = None;
                let status =
                    Status { txn_id, reference, amount, project, sandbox, state, completed_at };
                return self.answered(tx, payment, (&status, None), false).await;
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
                let (alarm, reference) = ("forged", callback.reference);
                tracing::error!(alarm, store, reference, lie, "a callback lied");
                self.forged(tx).await?;
                Verdict::Dead(Cause::Forged, format!("forged: {lie}"))
            }
            payments::Doubt::Orphan => {
                metrics.payments.with_label_values(&["orphan"]).inc();
                let why = "no payment of this store has that order id";
                Verdict::Dead(Cause::Unknown, why.to_owned())
            }
        })
    }

    fn speech<'c>(&self, customer: &'c Customer) -> Speech<'c>
    where
        'a: 'c,
    {
        let Self { wording, store, now, .. } = *self;
        self.shared.texts.speech(customer.language).in_words_of(Own {
            wording,
            store,
            customer,
            now,
        })
    }

    /// How the store speaks first, to whoever runs it.
    fn storewide(&self) -> Speech<'a> {
        self.shared.texts.speech(self.store.language)
    }

    /// Says something new.
    fn say(&mut self, customer: &Customer, screen: Screen) {
        self.show(customer, screen, None);
    }

    /// Says something in place of the message that was pressed on, or anew in the place of the last;
    /// anew as well when that message shows an order.
    fn show(&mut self, customer: &Customer, screen: Screen, edit: Option<MessageId>) {
        let chat = customer.user_id.into();
        let edit = edit.filter(|message| self.kept != Some(*message));
        let Screen { text, markup, picture } = screen;
        let text = text.truncate(TEXT_MAX);
        let place = Some(match markup {
            Some(Markup::Reply(_)) => Place::Keyboard,
            _ => Place::Screen,
        });
        let kept = false;
        self.errands.push(Errand::Show { chat, text, markup, picture, edit, place, kept });
    }

    /// Tells somebody something that stays in the chat; a customer who cannot be reached finds it when he is back.
    fn tell(&mut self, user: UserId, screen: Screen) {
        let Screen { text, markup, picture } = screen;
        let text = text.truncate(TEXT_MAX);
        let (chat, edit, place, kept) = (user.into(), None, None, !self.store.is_admin(user));
        self.errands.push(Errand::Show { chat, text, markup, picture, edit, place, kept });
    }

    /// Tells those who run the store, but not the owners, who have many.
    fn tell_admins(&mut self, screen: impl Fn(Speech<'_>) -> Screen) {
        let speech = self.storewide();
        for admin in self.store.told() {
            self.tell(admin, screen(speech));
        }
    }

    /// Tells the owners who are not among those who run the store, naming it: they may have many.
    fn tell_other_owners(&mut self, screen: impl Fn(Speech<'_>) -> Screen) {
        let speech = self.storewide();
        let told = self.store.told();
        for owner in self.store.owners.iter().filter(|owner| !told.contains(owner)) {
            self.tell(*owner, screen(speech).of_store(&self.store.name));
        }
    }

    fn is_admin(&self, customer: &Customer) -> bool {
        self.store.is_admin(customer.user_id)
    }
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
    let screen = screens::welcome::apology(shared.texts.speech(store.language), id);
    let errand = Errand::say(ChatId(user), screen.text);
    send(tx, store, &errand, now).await
}
