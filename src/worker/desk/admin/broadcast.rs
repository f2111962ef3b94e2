//! Broadcasts at the desk: written, shown, confirmed, held up, given up.

use std::time::Duration;

use crate::bot::screens::admin::broadcast as screens;
use crate::bot::{Errand, Manage, Said, Wizard, when};
use crate::db::Tx;
use crate::primitives::{BroadcastId, MessageId, Timestamp};
use crate::queue::bulk;
use crate::shop::ShopError;
use crate::shop::broadcast::{self, Broadcast, Change, Crowd, Segment, State};
use crate::shop::catalogue::{self, Shelf};
use crate::shop::customers::{self, Customer};
use crate::shop::stores::Store;
use crate::telegram::Html;
use crate::worker::Shared;
use crate::worker::desk::Desk;

/// How many of the last broadcasts are shown.
const LATEST: i64 = 5;
/// Nobody plans farther ahead.
const FARTHEST: Duration = Duration::from_hours(366 * 24);
const MINUTE_MS: i64 = 60_000;

impl Desk<'_> {
    /// What is asked for about broadcasts.
    pub(super) async fn of_broadcasts(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        match action {
            Manage::BroadcastProducts(page) => self.broadcast_products(tx, admin, page, edit).await,
            Manage::BroadcastTo(to) => self.ask_broadcast(tx, admin, (to, None), edit).await,
            Manage::SendBroadcast(id, minute) => {
                self.send_broadcast(tx, admin, (id, minute), edit).await
            }
            Manage::PlanBroadcast(id) => self.plan_broadcast(tx, admin, (id, None), edit).await,
            Manage::Broadcast(id) => self.follow_broadcast(tx, admin, id, edit).await,
            Manage::ChangeBroadcast(id, change) => {
                self.change_broadcast(tx, admin, (id, change), edit).await
            }
            _ => self.broadcasts(tx, admin, None, edit).await,
        }
    }

    /// To whom a broadcast shall go, and the last ones.
    pub(super) async fn broadcasts(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let latest = broadcast::latest(tx, self.store.id, LATEST).await?;
        let screen = screens::choose(self.speech(admin), &self.store.zone, &latest, remark);
        self.show(admin, screen, edit);
        Ok(())
    }

    /// Whose buyers it shall go to.
    pub(super) async fn broadcast_products(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        page: i64,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let shelf = Shelf { category: None, with_sold_out: true };
        let page = catalogue::page(tx, self.store.id, shelf, page).await?;
        self.show(admin, screens::products(self.speech(admin), &page), edit);
        Ok(())
    }

    /// Asks for the message.
    pub(super) async fn ask_broadcast(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (segment, remark): (Segment, Option<Html>),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let (to, crowd) = self.meant(tx, admin, segment, self.now).await?;
        let screen = screens::ask_message(self.speech(admin), to, crowd, remark);
        let wizard = Wizard::BroadcastMessage { to: Manage::BroadcastTo(segment) };
        self.ask_seller(tx, admin, wizard, (screen, edit)).await
    }

    /// Takes the message and shows it as its readers will see it.
    pub(super) async fn typed_broadcast(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (to, said): (Manage, &Said),
    ) -> Result<bool, ShopError> {
        let Manage::BroadcastTo(segment) = to else { return Ok(true) };
        let speech = self.speech(admin);
        if said.text.is_none() && said.photo.is_none() {
            let remark = Some(screens::no_message(speech));
            self.ask_broadcast(tx, admin, (segment, remark), None).await?;
            return Ok(false);
        }
        let (chat, message) = (admin.user_id.into(), said.message);
        let (store, source) = (self.store.id, (chat, message));
        let id = broadcast::draft(tx, store, admin.user_id, source, segment, self.now).await?;
        self.errands.push(Errand::Copy { chat, from: chat, message, broadcast: None });
        let (to, crowd) = self.meant(tx, admin, segment, self.now).await?;
        self.show(admin, screens::preview(speech, id, to, crowd), None);
        Ok(true)
    }

    /// Asks when a draft shall be sent.
    pub(super) async fn plan_broadcast(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (id, remark): (BroadcastId, Option<Html>),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let screen = screens::ask_time(self.speech(admin), &self.store.zone, self.now, remark);
        let wizard = Wizard::BroadcastTime { broadcast: id };
        self.ask_seller(tx, admin, wizard, (screen, edit)).await
    }

    /// Takes the time and asks whether he means it.
    pub(super) async fn typed_broadcast_time(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (id, said): (BroadcastId, &Said),
    ) -> Result<bool, ShopError> {
        let text = said.text.as_deref().unwrap_or_default();
        let read = when::read(text, &self.store.zone, self.now);
        match read {
            Some(at) if at > self.now && at < self.now.plus(FARTHEST) => {
                self.send_broadcast(tx, admin, (id, at.0 / MINUTE_MS), None).await?;
            }
            other => {
                let remark = Some(screens::no_time(self.speech(admin), other.is_some()));
                self.plan_broadcast(tx, admin, (id, remark), None).await?;
            }
        }
        // Either way another question is open now.
        Ok(false)
    }

    /// Asks whether he means it.
    pub(super) async fn send_broadcast(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (id, minute): (BroadcastId, i64),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(draft) = self.draft(tx, admin, id).await? else {
            let remark = Some(screens::gone(self.speech(admin)));
            return self.broadcasts(tx, admin, remark, edit).await;
        };
        let at = Timestamp(minute.saturating_mul(MINUTE_MS));
        let (to, crowd) = self.meant(tx, admin, draft.segment, self.now).await?;
        let shown = (minute > 0).then(|| self.store.zone.day_and_clock(at));
        let text = screens::sure(self.speech(admin), to, crowd, shown);
        let action = Manage::SendBroadcast(id, minute);
        self.confirm(tx, admin, action, (text, Manage::Broadcasts), edit).await
    }

    /// Confirmed: it goes, and the message that was pressed on tells how from now on.
    pub(super) async fn broadcast_confirmed(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (id, minute): (BroadcastId, i64),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let (store, now) = (self.store.id, self.now);
        let at = Timestamp(minute.saturating_mul(MINUTE_MS)).max(now);
        let Some(draft) = self.draft(tx, admin, id).await? else {
            let remark = Some(screens::gone(self.speech(admin)));
            return self.broadcasts(tx, admin, remark, edit).await;
        };
        broadcast::schedule(tx, store, (&draft, admin.user_id), (at, edit), now).await?;
        self.follow_broadcast(tx, admin, id, edit).await
    }

    /// How a broadcast goes: in the message that was pressed on from now on, while there is more to tell.
    pub(super) async fn follow_broadcast(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: BroadcastId,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(it) = broadcast::get(tx, self.store.id, id).await? else {
            let remark = Some(screens::gone(self.speech(admin)));
            return self.broadcasts(tx, admin, remark, edit).await;
        };
        let goes_on = matches!(it.state, State::Scheduled | State::Running | State::Paused);
        match edit.filter(|message| self.kept != Some(*message)) {
            Some(message) if goes_on && it.author == admin.user_id => {
                broadcast::shown_by(tx, self.store.id, id, message).await?;
                customers::leave_screen(tx, self.store.id, admin.id, message).await?;
                self.tell_progress(tx, &it).await
            }
            edit => {
                let when = (&self.store.zone, self.now);
                self.show(admin, screens::state(self.speech(admin), &it, when, true), edit);
                Ok(())
            }
        }
    }

    /// Pauses, resumes or cancels; what waits in the outbox is held up, goes on, or is dropped.
    pub(super) async fn change_broadcast(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (id, change): (BroadcastId, Change),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let (store, now) = (self.store.id, self.now);
        let changed = broadcast::change(tx, store, (id, admin.user_id), change, now).await?;
        if let Some(it) = &changed {
            match change {
                // A message of a paused broadcast is parked by whoever has it in hand.
                Change::Pause => 0,
                Change::Resume => bulk::release(tx, store, &it.batch(), now).await?,
                Change::Cancel => bulk::drop_all(tx, store, &it.batch(), now).await?,
            };
        }
        // A press that came too late shows how it is.
        let it = changed.or(broadcast::get(tx, store, id).await?);
        let Some(it) = it.filter(|it| it.starts_at > Timestamp(0)) else {
            return self.broadcasts(tx, admin, None, edit).await;
        };
        if it.author != admin.user_id || it.progress != edit {
            let when = (&self.store.zone, now);
            self.show(admin, screens::state(self.speech(admin), &it, when, true), edit);
        }
        self.tell_progress(tx, &it).await
    }

    /// The author's own message is brought up to date.
    async fn tell_progress(&mut self, tx: &mut Tx, it: &Broadcast) -> Result<(), ShopError> {
        self.errands.push(progress(tx, (self.shared, self.store), it, self.now).await?);
        Ok(())
    }

    /// His own draft, if it still is one.
    async fn draft(
        &self,
        tx: &mut Tx,
        admin: &Customer,
        id: BroadcastId,
    ) -> Result<Option<Broadcast>, ShopError> {
        let found = broadcast::lock(tx, self.store.id, id).await?;
        Ok(found.filter(|it| it.state == State::Draft && it.author == admin.user_id))
    }

    /// A segment in words, and how many it holds.
    async fn meant(
        &self,
        tx: &mut Tx,
        admin: &Customer,
        segment: Segment,
        at: Timestamp,
    ) -> Result<(Html, Crowd), ShopError> {
        let product = match segment {
            Segment::Product(product) => catalogue::product(tx, self.store.id, product).await?,
            _ => None,
        };
        let name = product.as_ref().map(|product| product.name.as_str());
        let words = screens::segment(self.speech(admin), segment, name);
        Ok((words, broadcast::crowd(tx, self.store.id, segment, at).await?))
    }
}

/// Tells the author of a broadcast, in his language, how it goes.
pub(in crate::worker) async fn progress(
    tx: &mut Tx,
    (shared, store): (&Shared, &Store),
    it: &Broadcast,
    now: Timestamp,
) -> Result<Errand, ShopError> {
    let author = customers::by_user(tx, store.id, it.author).await?;
    let language = author.map_or(store.language, |author| author.language);
    Ok(screens::progress(shared.texts.speech(language), it, &store.zone, now))
}
