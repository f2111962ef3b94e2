//! Setting a store up in the chat: the link that begins it, its steps, the rehearsal, the opening.

use crate::bot::screens::admin::setup::{self as screens, Stand};
use crate::bot::setup::ZONES;
use crate::bot::{Errand, Intent, Manage, Question, Said, SetupStep, Visit, Wizard};
use crate::db::Tx;
use crate::primitives::{MessageId, Secret, Zone};
use crate::queue::inbox::{Source, Taken};
use crate::shop::audit::Change;
use crate::shop::customers::{self, Customer};
use crate::shop::orders::Order;
use crate::shop::rehearsal::{self, Begun, Opened};
use crate::shop::stores::{self, Store, Wish};
use crate::shop::{ShopError, assortment, invitations};
use crate::telegram::{Html, Update};
use crate::worker::Shared;
use crate::worker::desk::Desk;
use crate::worker::hooks::pakasir_url;

/// The most characters of a store's name.
const NAME: usize = 64;

impl Desk<'_> {
    /// Somebody opened an invitation: its first reader runs the store from now on.
    pub(in crate::worker::desk) async fn invited(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        code: &str,
    ) -> Result<(), ShopError> {
        let taken = invitations::take(tx, self.store, code, self.by(customer)).await?;
        let speech = self.speech(customer);
        let keyboard = self.keyboard(tx, customer, taken || self.is_admin(customer)).await?;
        if !taken {
            tracing::warn!(store = self.store.slug, "an invitation that is not open was tried");
            self.say(customer, screens::void(speech, keyboard));
            return Ok(());
        }
        tracing::info!(store = self.store.slug, "the store was claimed");
        self.store_changed = true;
        self.say(customer, screens::claimed(speech, &self.store.name, keyboard));
        let (chat, language) = (Some(customer.user_id.into()), customer.language);
        self.errands.push(Errand::Menu { chat, language, admin: true });
        self.setup(tx, customer, None, None).await
    }

    /// What is asked for about setting the store up.
    pub(super) async fn of_setup(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        match action {
            Manage::SetupStep(SetupStep::Rehearsal) => self.rehearsal(tx, admin, None, edit).await,
            Manage::SetupStep(step) => self.ask_setup(tx, admin, step, None, edit).await,
            Manage::SetupZone(place) => self.pressed_zone(tx, admin, place, edit).await,
            Manage::SetupRehearse => self.rehearse(tx, admin, edit).await,
            Manage::SetupOpen => self.open_store(tx, admin, edit).await,
            _ => self.setup(tx, admin, None, edit).await,
        }
    }

    /// The store as it stands in the data: what this process knows of it may be a moment old.
    async fn its_store(&self, tx: &mut Tx) -> Result<Store, ShopError> {
        let fresh = stores::fresh(tx, &self.shared.keyring, self.store.id).await?;
        fresh.ok_or(ShopError::Unserved)
    }

    async fn setup(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let store = self.its_store(tx).await?;
        let runs = rehearsal::running(tx, store.id).await?.is_some();
        self.show(admin, screens::overview(self.speech(admin), &store, runs, remark), edit);
        Ok(())
    }

    async fn ask_setup(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        step: SetupStep,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let store = self.its_store(tx).await?;
        if step.is_of_money() && !store.is_owner(admin.user_id) {
            return self.owners_only(tx, admin, edit).await;
        }
        let base = self.shared.directory.public_url().unwrap_or_default();
        let address = pakasir_url(base, &store.hook);
        let screen = screens::ask(self.speech(admin), step, (&store, &address), remark);
        self.ask_seller(tx, admin, Wizard::Setup { step }, (screen, edit)).await
    }

    /// Says that this is for the store's owners: whoever they hired cannot turn their money to himself.
    async fn owners_only(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let why = screens::owners_only(self.speech(admin));
        customers::ask(tx, self.store.id, admin.id, None).await?;
        self.setup(tx, admin, Some(why), edit).await
    }

    /// Takes what was typed for a step, and goes on with the next one.
    pub(super) async fn typed_setup(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        step: SetupStep,
        said: &Said,
    ) -> Result<bool, ShopError> {
        if step.is_secret() {
            // Fit or not: a key has no business in a chat.
            let (chat, message) = (admin.user_id.into(), said.message);
            self.errands.push(Errand::Delete { chat, message });
        }
        if step.is_of_money() && !self.its_store(tx).await?.is_owner(admin.user_id) {
            self.owners_only(tx, admin, None).await?;
            return Ok(false);
        }
        let typed = said.text.as_deref().unwrap_or_default();
        let Some(wish) = wish(step, typed).filter(stores::is_fit) else {
            let why = screens::unfit(self.speech(admin), step);
            self.ask_setup(tx, admin, step, Some(why), None).await?;
            return Ok(false);
        };
        self.set_up(tx, admin, (step, wish), None).await?;
        Ok(false)
    }

    async fn pressed_zone(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        place: i64,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let zone = usize::try_from(place).ok().and_then(|place| ZONES.get(place));
        match zone.and_then(|(_, name)| wish(SetupStep::Zone, name)) {
            Some(wish) => self.set_up(tx, admin, (SetupStep::Zone, wish), edit).await,
            None => self.ask_setup(tx, admin, SetupStep::Zone, None, edit).await,
        }
    }

    /// Sets one thing, writes it down, and goes on.
    async fn set_up(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (step, wish): (SetupStep, Wish),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let (keyring, now) = (&self.shared.keyring, self.now);
        let before = self.its_store(tx).await?;
        let moves = wish
            .pakasir_slug
            .as_deref()
            .is_some_and(|slug| before.gateway_given().project != Some(slug));
        if moves && rehearsal::has_unpaid(tx, before.id).await? {
            let why = screens::being_paid(self.speech(admin));
            return self.ask_setup(tx, admin, step, Some(why), edit).await;
        }
        let after = stores::apply(tx, keyring, &before.slug, &wish, now).await?;
        let may = after.is_owner(admin.user_id);
        if after.revision != before.revision {
            self.store_changed = true;
            let subject = format!("store {}", step.word());
            let (before, after) = (shown(&before, step), shown(&after, step));
            let (before, after) = (before.as_deref(), after.as_deref());
            let change = Change { before, after, ..Change::default() };
            let change = Change { action: "store.set", subject: &subject, ..change };
            self.by(admin).note(tx, self.store.id, change).await?;
            if step.is_of_money() {
                let who = (self.store.name.as_str(), admin.name.as_str());
                self.tell_owners_but(admin, |speech| {
                    screens::gateway_report(speech, step, who, (before, after))
                });
            }
        }
        let saved = Some(screens::saved(self.speech(admin), step));
        match step.next() {
            SetupStep::Rehearsal => {
                customers::ask(tx, self.store.id, admin.id, None).await?;
                self.rehearsal(tx, admin, saved, edit).await
            }
            next if next.is_of_money() && !may => {
                customers::ask(tx, self.store.id, admin.id, None).await?;
                self.setup(tx, admin, saved, edit).await
            }
            next => self.ask_setup(tx, admin, next, saved, edit).await,
        }
    }

    async fn rehearsal(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let store = self.its_store(tx).await?;
        let stand = match rehearsal::running(tx, store.id).await? {
            Some(running) => Stand::Runs(running.product),
            None if store.gateway.is_none() => Stand::NotSetUp,
            None if rehearsal::has_buyers(tx, store.id).await? => Stand::HasBuyers,
            None => Stand::Ready,
        };
        self.show(admin, screens::rehearsal(self.speech(admin), stand, remark), edit);
        Ok(())
    }

    /// Begins the rehearsal, with something to buy.
    async fn rehearse(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let (keyring, by, speech) = (&self.shared.keyring, self.by(admin), self.speech(admin));
        let store = self.its_store(tx).await?;
        if !store.is_owner(admin.user_id) {
            return self.owners_only(tx, admin, edit).await;
        }
        if rehearsal::begin(tx, keyring, &store, by).await? == Begun::Yes {
            self.store_changed = true;
            let product = speech.label("setup-test-product");
            let unit = speech.label("setup-test-unit");
            rehearsal::supply(tx, (keyring, &store), (&product, &unit), by).await?;
            self.tell_mode(tx, admin, &store).await?;
        }
        self.rehearsal(tx, admin, None, edit).await
    }

    async fn open_store(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let store = self.its_store(tx).await?;
        if !store.is_owner(admin.user_id) {
            return self.owners_only(tx, admin, edit).await;
        }
        let opened = rehearsal::open(tx, &self.shared.keyring, &store, self.by(admin)).await?;
        let speech = self.speech(admin);
        if opened == Opened::Unpaid {
            let why = screens::unpaid(speech);
            return self.rehearsal(tx, admin, Some(why), edit).await;
        }
        self.store_changed = true;
        self.show(admin, screens::open(speech, &store), edit);
        self.tell_mode(tx, admin, &store).await
    }

    /// Tells the other owners when the store takes another kind of money than `before`.
    async fn tell_mode(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        before: &Store,
    ) -> Result<(), ShopError> {
        let plays = |store: &Store| store.gateway.as_ref().is_some_and(|keys| keys.sandbox);
        let play = plays(&self.its_store(tx).await?);
        if play != plays(before) {
            let who = (self.store.name.as_str(), admin.name.as_str());
            self.tell_owners_but(admin, |speech| screens::mode_report(speech, play, who));
        }
        Ok(())
    }

    /// Play money is for those who run the store: `Some` says to anybody else that it is not open yet.
    pub(in crate::worker::desk) async fn not_open_yet(
        &self,
        tx: &mut Tx,
        customer: &Customer,
    ) -> Result<Option<Html>, ShopError> {
        let play = self.store.gateway.as_ref().is_some_and(|keys| keys.sandbox);
        if !play || self.is_admin(customer) {
            return Ok(None);
        }
        let runs = rehearsal::running(tx, self.store.id).await?.is_some();
        Ok(runs.then(|| screens::not_open_yet(self.speech(customer))))
    }

    /// Play money on a balance would buy real goods later: `Some` says that nobody deposits while a rehearsal runs.
    pub(in crate::worker::desk) async fn no_deposits_yet(
        &self,
        tx: &mut Tx,
        customer: &Customer,
    ) -> Result<Option<Html>, ShopError> {
        let runs = rehearsal::running(tx, self.store.id).await?.is_some();
        Ok(runs.then(|| screens::no_deposits_yet(self.speech(customer))))
    }

    /// The goods of a rehearsal are on their way to whoever runs the store: what is left is to open it.
    pub(in crate::worker::desk) async fn rehearsed(
        &mut self,
        tx: &mut Tx,
        buyer: &Customer,
        order: &Order,
    ) -> Result<(), ShopError> {
        let play = self.store.gateway.as_ref().is_some_and(|keys| keys.sandbox);
        if play && rehearsal::running(tx, self.store.id).await?.is_some() {
            tracing::info!(store = self.store.slug, order = order.code, "a rehearsal went well");
            self.tell(buyer.user_id, screens::rehearsed(self.speech(buyer)));
        }
        Ok(())
    }
}

/// What a step's answer makes of the store; `None` when it cannot be one.
fn wish(step: SetupStep, typed: &str) -> Option<Wish> {
    let nothing = Wish::default();
    Some(match step {
        SetupStep::Name => Wish { name: Some(assortment::name(typed, NAME).ok()?), ..nothing },
        SetupStep::Zone => Wish { zone: Some(zone(typed)?), ..nothing },
        SetupStep::Project => Wish { pakasir_slug: Some(typed.to_owned()), ..nothing },
        SetupStep::Key => Wish { pakasir_api_key: Some(Secret::new(typed.to_owned())), ..nothing },
        SetupStep::Secret => {
            Wish { pakasir_webhook_secret: Some(Secret::new(typed.to_owned())), ..nothing }
        }
        SetupStep::Rehearsal => return None,
    })
}

fn zone(typed: &str) -> Option<Zone> {
    let short = ZONES.into_iter().find(|(short, _)| typed.eq_ignore_ascii_case(short));
    Zone::named(short.map_or(typed, |(_, name)| name)).ok()
}

/// What of a step stands in the log: never a secret, only that there is one.
fn shown(store: &Store, step: SetupStep) -> Option<String> {
    let given = store.gateway_given();
    let set = |there: bool| there.then(|| "set".to_owned());
    match step {
        SetupStep::Name => Some(store.name.clone()),
        SetupStep::Zone => Some(store.zone.name().to_owned()),
        SetupStep::Project => given.project.map(str::to_owned),
        SetupStep::Key => set(given.has_key),
        SetupStep::Secret => set(given.has_secret),
        SetupStep::Rehearsal => None,
    }
}

/// Whether an update that could not be worked on may hold what nobody should read afterwards: a key, a unit, the
/// code of an invitation.
pub(in crate::worker) async fn holds_a_secret(
    shared: &Shared,
    tx: &mut Tx,
    store: &Store,
    taken: &Taken,
) -> Result<bool, ShopError> {
    if taken.source != Source::Telegram {
        return Ok(false);
    }
    let update = serde_json::from_slice::<Update>(&taken.body).ok();
    let visit = update.and_then(|update| crate::bot::read(&update, &shared.texts));
    let Some(Visit { user, intent, .. }) = visit else { return Ok(false) };
    if let Intent::Start(Some(payload)) = intent {
        return Ok(payload.starts_with(invitations::PREFIX));
    }
    let customer = customers::by_user(tx, store.id, user).await?;
    let question = customer.and_then(|customer| Question::read(&customer.question?));
    Ok(match question {
        Some(Question::Seller(Wizard::Setup { step })) => step.is_secret(),
        Some(Question::Seller(Wizard::AddUnits { .. })) => true,
        _ => false,
    })
}
