//! Categories: made, renamed, moved, hidden.

use super::NOTHING;
use crate::bot::screens::admin::{self as admin_screens, products, shelves as screens};
use crate::bot::{Manage, Said, Wizard};
use crate::db::Tx;
use crate::primitives::{CategoryId, MessageId};
use crate::shop::ShopError;
use crate::shop::assortment::{self, Shelf};
use crate::shop::customers::Customer;
use crate::telegram::Html;
use crate::worker::desk::Desk;

impl Desk<'_> {
    /// What is asked for about categories.
    pub(super) async fn of_shelves(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        match action {
            Manage::Shelf(id) => self.shelf_page(tx, admin, id, None, edit).await,
            Manage::NewShelf => self.ask_shelf(tx, admin, Wizard::NewShelf {}, edit).await,
            Manage::RenameShelf(category) => {
                self.ask_shelf(tx, admin, Wizard::RenameShelf { category }, edit).await
            }
            Manage::DecorateShelf(category) => {
                self.ask_shelf(tx, admin, Wizard::DecorateShelf { category }, edit).await
            }
            Manage::MoveShelf(id, up) => self.move_shelf(tx, admin, (id, up == 1), edit).await,
            Manage::OpenShelf(id, open) => {
                self.change_shelf(tx, admin, id, |shelf| shelf.active = open == 1, edit).await
            }
            _ => self.shelves(tx, admin, None, edit).await,
        }
    }

    pub(super) async fn shelves(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let shelves = assortment::shelves(tx, self.store.id).await?;
        self.show(admin, screens::list(self.speech(admin), &shelves, remark), edit);
        Ok(())
    }

    pub(super) async fn shelf_page(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: CategoryId,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let shelves = assortment::shelves(tx, self.store.id).await?;
        let screen = match shelves.iter().find(|shelf| shelf.id == id) {
            Some(shelf) => screens::shelf(self.speech(admin), shelf, remark),
            None => screens::list(self.speech(admin), &shelves, remark),
        };
        self.show(admin, screen, edit);
        Ok(())
    }

    /// Asks for a category's name or emoji.
    pub(super) async fn ask_shelf(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        wizard: Wizard,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let (key, back) = asked(&wizard);
        let screen = admin_screens::ask(self.speech(admin), key, back, None);
        self.ask_seller(tx, admin, wizard, (screen, edit)).await
    }

    /// Takes a category's name or emoji.
    pub(super) async fn typed_shelf(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        wizard: Wizard,
        said: &Said,
    ) -> Result<bool, ShopError> {
        let speech = self.speech(admin);
        let typed = said.text.as_deref().unwrap_or_default();
        let read = match wizard {
            Wizard::DecorateShelf { .. } if typed == NOTHING => Ok(String::new()),
            Wizard::DecorateShelf { .. } => assortment::emoji(typed),
            _ => assortment::name(typed, assortment::CATEGORY_NAME),
        };
        let fit = match read {
            Ok(fit) => fit,
            Err(why) => {
                let (key, back) = asked(&wizard);
                let why = products::unfit(speech, why);
                self.show(admin, admin_screens::ask(speech, key, back, Some(why)), None);
                return Ok(false);
            }
        };
        match wizard {
            Wizard::RenameShelf { category } => {
                self.change_shelf(tx, admin, category, |shelf| shelf.name = fit, None).await?;
            }
            Wizard::DecorateShelf { category } => {
                self.change_shelf(tx, admin, category, |shelf| shelf.emoji = fit, None).await?;
            }
            _ => {
                let made = assortment::add_shelf(tx, self.store.id, &fit, self.by(admin)).await?;
                let remark = match made {
                    Some(_) => products::saved(speech),
                    None => screens::too_many(speech),
                };
                self.shelves(tx, admin, Some(remark), None).await?;
            }
        }
        Ok(true)
    }

    pub(super) async fn change_shelf(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: CategoryId,
        change: impl FnOnce(&mut Shelf),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        assortment::change_shelf(tx, self.store.id, id, change, self.by(admin)).await?;
        let saved = Some(products::saved(self.speech(admin)));
        self.shelf_page(tx, admin, id, saved, edit).await
    }

    pub(super) async fn move_shelf(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (id, up): (CategoryId, bool),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        assortment::move_shelf(tx, self.store.id, id, up, self.by(admin)).await?;
        self.shelves(tx, admin, None, edit).await
    }
}

/// The text of a question about categories, and where its way back leads.
const fn asked(wizard: &Wizard) -> (&'static str, Manage) {
    match wizard {
        Wizard::RenameShelf { category } => ("ask-category-name", Manage::Shelf(*category)),
        Wizard::DecorateShelf { category } => ("ask-category-emoji", Manage::Shelf(*category)),
        _ => ("ask-new-category", Manage::Shelves),
    }
}
