//! Units: brought as lines or as a file, looked at masked, taken back.

use crate::bot::screens::admin::products::Purpose;
use crate::bot::screens::admin::units::{self as screens, NoUnits};
use crate::bot::{Errand, Manage, Said, Wizard};
use crate::db::Tx;
use crate::primitives::{BatchId, MessageId, ProductId, UnitId};
use crate::shop::customers::Customer;
use crate::shop::stock::{self, Shelved};
use crate::shop::{ShopError, catalogue};
use crate::telegram::Html;
use crate::telegram::limits::DOWNLOAD_BYTES_MAX;
use crate::worker::desk::Desk;

impl<'a> Desk<'a> {
    /// What is asked for about units.
    pub(super) async fn of_units(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        match action {
            Manage::Stocks(page) => {
                self.all_products(tx, admin, (Purpose::Stocks, page), edit).await
            }
            Manage::Units(id) => self.units(tx, admin, id, None, edit).await,
            Manage::AddUnits(id) => self.ask_units(tx, admin, id, edit).await,
            Manage::SeeUnits(id, after) => self.see_units(tx, admin, (id, after), None, edit).await,
            Manage::Unit(id, unit) => self.one_unit(tx, admin, (id, unit), edit).await,
            Manage::VoidUnit(id, unit) => self.ask_void(tx, admin, (id, unit), edit).await,
            Manage::MoveUnit(id, unit) => self.ask_move(tx, admin, (id, unit), edit).await,
            Manage::UndoBatch(id, batch) => self.ask_undo(tx, admin, (id, batch), edit).await,
            _ => self.menu(tx, admin, None, edit).await,
        }
    }

    fn shelved(&self, product: ProductId) -> Shelved<'a> {
        Shelved { store: self.store, keyring: &self.shared.keyring, product }
    }

    /// The units of a product, by where they are.
    pub(super) async fn units(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: ProductId,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(product) = self.its_product(tx, admin, id, edit).await? else { return Ok(()) };
        let tally = stock::tally(tx, self.store.id, id).await?;
        let last = stock::last_batch(tx, self.store.id, id).await?;
        let last = last.as_ref().map(|batch| (batch, &self.store.zone));
        self.show(admin, screens::units(self.speech(admin), &product, tally, last, remark), edit);
        Ok(())
    }

    /// Asks for units until the seller has no more.
    pub(super) async fn ask_units(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: ProductId,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(product) = self.its_product(tx, admin, id, edit).await? else { return Ok(()) };
        let screen = screens::ask(self.speech(admin), &product, None);
        self.ask_seller(tx, admin, Wizard::AddUnits { product: id }, (screen, edit)).await
    }

    /// Takes pasted lines in, or sends for a file; the question stays open for more.
    pub(super) async fn sent_units(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: ProductId,
        said: Said,
    ) -> Result<bool, ShopError> {
        let speech = self.speech(admin);
        let Some(product) = self.its_product(tx, admin, id, None).await? else { return Ok(true) };
        let remark = match (said.document, said.text) {
            (Some(file), _) if too_large(file.size) => {
                screens::none_taken(speech, NoUnits::TooLarge)
            }
            (Some(file), _) => {
                let batch = stock::begin(tx, self.store.id, id, self.by(admin)).await?;
                let chat = admin.user_id.into();
                let file_id = file.file_id;
                self.errands.push(Errand::TakeIn { chat, product: id, batch, file_id });
                screens::reading(speech)
            }
            (None, text) => self.pasted(tx, admin, id, &text.unwrap_or_default()).await?,
        };
        self.show(admin, screens::ask(speech, &product, Some(remark)), None);
        Ok(false)
    }

    async fn pasted(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: ProductId,
        text: &str,
    ) -> Result<Html, ShopError> {
        let speech = self.speech(admin);
        let lines = stock::read_lines(text);
        if lines.is_empty() {
            return Ok(screens::none_taken(speech, NoUnits::Empty));
        }
        let batch = stock::begin(tx, self.store.id, id, self.by(admin)).await?;
        stock::take_in(tx, self.shelved(id), batch, &lines.units, self.now).await?;
        let batch = stock::close(tx, self.store, batch, &lines, self.by(admin)).await?;
        Ok(screens::taken_in(speech, &batch))
    }

    /// A few units after one of them, masked.
    pub(super) async fn see_units(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (id, after): (ProductId, UnitId),
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(product) = self.its_product(tx, admin, id, edit).await? else { return Ok(()) };
        let units = stock::seen(tx, self.shelved(id), after).await?;
        let screen = screens::seen(self.speech(admin), &product, &units, &self.store.zone, remark);
        self.show(admin, screen, edit);
        Ok(())
    }

    /// One unit that can still be sold; the list when it cannot.
    pub(super) async fn one_unit(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (id, unit): (ProductId, UnitId),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let before = UnitId(unit.0 - 1);
        let seen = stock::seen(tx, self.shelved(id), before).await?;
        let speech = self.speech(admin);
        if let Some(seen) = seen.into_iter().next().filter(|seen| seen.id == unit) {
            self.show(admin, screens::unit(speech, id, &seen, &self.store.zone), edit);
            return Ok(());
        }
        let gone = screens::word(speech, "unit-gone");
        self.see_units(tx, admin, (id, UnitId(0)), Some(gone), edit).await
    }

    pub(super) async fn ask_void(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (product, unit): (ProductId, UnitId),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let text = screens::word(self.speech(admin), "sure-void-unit");
        let action = Manage::VoidUnit(product, unit);
        self.confirm(tx, admin, action, (text, Manage::Unit(product, unit)), edit).await
    }

    pub(super) async fn void_unit(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (product, unit): (ProductId, UnitId),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let voided = stock::void(tx, self.store.id, unit, self.by(admin)).await?;
        let word = if voided { "unit-voided" } else { "unit-gone" };
        let remark = Some(screens::word(self.speech(admin), word));
        self.units(tx, admin, product, remark, edit).await
    }

    /// Asks under which product a unit goes.
    pub(super) async fn ask_move(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (product, unit): (ProductId, UnitId),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let screen = screens::ask_move(self.speech(admin), product, None);
        self.ask_seller(tx, admin, Wizard::MoveUnit { product, unit }, (screen, edit)).await
    }

    pub(super) async fn typed_move(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (product, unit): (ProductId, UnitId),
        said: &Said,
    ) -> Result<bool, ShopError> {
        let speech = self.speech(admin);
        let typed = said.text.as_deref().unwrap_or_default();
        let Some(to) = catalogue::by_code(tx, self.store.id, typed).await? else {
            let why = screens::word(speech, "no-such-code");
            self.show(admin, screens::ask_move(speech, product, Some(why)), None);
            return Ok(false);
        };
        let moved = stock::move_unit(tx, self.shelved(to.id), unit, self.by(admin)).await?;
        let word = if moved { "unit-moved" } else { "unit-gone" };
        self.units(tx, admin, product, Some(screens::word(speech, word)), None).await?;
        Ok(true)
    }

    pub(super) async fn ask_undo(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (product, batch): (ProductId, BatchId),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let text = screens::word(self.speech(admin), "sure-undo-batch");
        let action = Manage::UndoBatch(product, batch);
        self.confirm(tx, admin, action, (text, Manage::Units(product)), edit).await
    }

    pub(super) async fn undo_batch(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (product, batch): (ProductId, BatchId),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let speech = self.speech(admin);
        let undone = stock::undo(tx, self.store.id, batch, self.by(admin)).await?;
        let remark = match undone {
            Some((batch, gone)) => screens::undone(speech, gone, &batch),
            None => screens::word(speech, "batch-undone-before"),
        };
        self.units(tx, admin, product, Some(remark), edit).await
    }
}

/// Whether Telegram does not hand it out.
fn too_large(size: Option<i64>) -> bool {
    size.and_then(|size| usize::try_from(size).ok()).is_some_and(|size| size > DOWNLOAD_BYTES_MAX)
}
