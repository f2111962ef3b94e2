//! Products and their terms: lists, cards, changes, and the steps by which one is made.

use super::NOTHING;
use crate::bot::screens::admin::products::{self as screens, Purpose};
use crate::bot::{Draft, Manage, ProductField, Question, Said, Step, Wizard};
use crate::db::Tx;
use crate::primitives::{CategoryId, Language, MessageId, ProductId};
use crate::shop::assortment::{self, Edit, Managed, NewProduct, Unfit};
use crate::shop::customers::Customer;
use crate::shop::{ShopError, terms};
use crate::telegram::Html;
use crate::worker::desk::Desk;

impl Desk<'_> {
    /// What is asked for about products.
    pub(super) async fn of_products(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        match action {
            Manage::Skip => self.skip(tx, admin, edit).await,
            Manage::Product(id) => self.managed_product(tx, admin, id, None, edit).await,
            Manage::NewProduct => self.ask_step(tx, admin, Draft::default(), None, edit).await,
            Manage::SaveProduct => self.save_product(tx, admin, edit).await,
            Manage::DraftCategory(category) => self.draft_category(tx, admin, category, edit).await,
            Manage::EditProduct(id, what) => self.ask_field(tx, admin, (id, what), edit).await,
            Manage::SellProduct(id, sell) => {
                self.change(tx, admin, id, Edit::Active(sell == 1), edit).await
            }
            Manage::PutInCategory(id, category) => {
                self.put_in_category(tx, admin, (id, category), edit).await
            }
            Manage::DeleteProduct(id) => self.ask_delete(tx, admin, id, edit).await,
            Manage::TermsOfAll(page) => {
                self.all_products(tx, admin, (Purpose::Terms, page), edit).await
            }
            Manage::Terms(id) => self.product_terms(tx, admin, id, None, edit).await,
            Manage::Products(page) => {
                self.all_products(tx, admin, (Purpose::Products, page), edit).await
            }
            _ => self.menu(tx, admin, None, edit).await,
        }
    }

    /// A page of all products, for a purpose.
    pub(super) async fn all_products(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (purpose, page): (Purpose, i64),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let (products, total) = assortment::page(tx, self.store.id, page).await?;
        self.show(
            admin,
            screens::list(self.speech(admin), purpose, (page, total), &products),
            edit,
        );
        Ok(())
    }

    /// A product's own page, or the list when it is gone.
    pub(super) async fn managed_product(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: ProductId,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(product) = self.its_product(tx, admin, id, edit).await? else { return Ok(()) };
        let low = self.store.low_stock;
        self.show(admin, screens::product(self.speech(admin), &product, low, remark), edit);
        Ok(())
    }

    /// A product that is there; when it is not, that is said.
    pub(super) async fn its_product(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: ProductId,
        edit: Option<MessageId>,
    ) -> Result<Option<Managed>, ShopError> {
        let found = assortment::product(tx, self.store.id, id).await?;
        if found.is_none() {
            let gone = screens::gone(self.speech(admin));
            self.menu(tx, admin, Some(gone), edit).await?;
        }
        Ok(found)
    }

    pub(super) async fn product_terms(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: ProductId,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(product) = self.its_product(tx, admin, id, edit).await? else { return Ok(()) };
        let bodies = assortment::terms(tx, self.store.id, id).await?;
        self.show(admin, screens::terms(self.speech(admin), &product, &bodies, remark), edit);
        Ok(())
    }

    /// Asks what a field should be; a category is asked by buttons.
    pub(super) async fn ask_field(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (id, what): (ProductId, ProductField),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(product) = self.its_product(tx, admin, id, edit).await? else { return Ok(()) };
        let speech = self.speech(admin);
        if what == ProductField::Category {
            let shelves = assortment::shelves(tx, self.store.id).await?;
            self.show(admin, screens::ask_its_category(speech, &product, &shelves), edit);
            return Ok(());
        }
        let screen = screens::ask_field(speech, &product, what, None);
        self.ask_seller(tx, admin, Wizard::EditProduct { product: id, what }, (screen, edit)).await
    }

    /// Takes what a field should be.
    pub(super) async fn typed_field(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (id, what): (ProductId, ProductField),
        said: &Said,
    ) -> Result<bool, ShopError> {
        let speech = self.speech(admin);
        let Some(product) = self.its_product(tx, admin, id, None).await? else { return Ok(true) };
        let change = match read_field(what, said) {
            Ok(change) => change,
            Err(why) => {
                let why = screens::unfit(speech, why);
                self.show(admin, screens::ask_field(speech, &product, what, Some(why)), None);
                return Ok(false);
            }
        };
        self.change(tx, admin, id, change, None).await?;
        Ok(true)
    }

    /// Changes one thing about a product and shows it.
    pub(super) async fn change(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: ProductId,
        change: Edit,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let of_terms = matches!(change, Edit::Terms(..));
        assortment::edit(tx, self.store.id, id, change, self.by(admin)).await?;
        let saved = Some(screens::saved(self.speech(admin)));
        if of_terms {
            return self.product_terms(tx, admin, id, saved, edit).await;
        }
        self.managed_product(tx, admin, id, saved, edit).await
    }

    /// Puts a product into a category that is there.
    pub(super) async fn put_in_category(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (id, category): (ProductId, CategoryId),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let shelves = assortment::shelves(tx, self.store.id).await?;
        if !shelves.iter().any(|shelf| shelf.id == category) {
            return self.ask_field(tx, admin, (id, ProductField::Category), edit).await;
        }
        self.change(tx, admin, id, Edit::Category(Some(category)), edit).await
    }

    /// Asks whether a product should go for good.
    pub(super) async fn ask_delete(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: ProductId,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(product) = self.its_product(tx, admin, id, edit).await? else { return Ok(()) };
        let text = screens::sure_to_delete(self.speech(admin), &product);
        let back = Manage::Product(id);
        self.confirm(tx, admin, Manage::DeleteProduct(id), (text, back), edit).await
    }

    pub(super) async fn delete(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: ProductId,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(product) = self.its_product(tx, admin, id, edit).await? else { return Ok(()) };
        let voided = assortment::delete(tx, self.store.id, id, self.by(admin)).await?;
        let voided = voided.unwrap_or_default();
        let remark = screens::deleted(self.speech(admin), &product.name, voided);
        self.menu(tx, admin, Some(remark), edit).await
    }

    /// Asks for the next thing about a product that is being made.
    pub(super) async fn ask_step(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        draft: Draft,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let shelves = assortment::shelves(tx, self.store.id).await?;
        let screen = screens::ask_step(self.speech(admin), &draft, &shelves, remark);
        self.ask_seller(tx, admin, Wizard::NewProduct { draft }, (screen, edit)).await
    }

    /// Takes an answer about a product that is being made.
    pub(super) async fn typed_step(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        mut draft: Draft,
        said: &Said,
    ) -> Result<bool, ShopError> {
        let speech = self.speech(admin);
        let remark = if let Err(why) = step(&mut draft, said) {
            Some(screens::unfit(speech, why))
        } else if draft.step == Step::Code
            && assortment::has_code(tx, self.store.id, &draft.code).await?
        {
            Some(screens::taken(speech, &draft.code))
        } else {
            if !matches!(draft.step, Step::Category | Step::Preview) {
                draft.step = draft.step.next();
            }
            None
        };
        self.ask_step(tx, admin, draft, remark, None).await?;
        Ok(false)
    }

    /// What is described so far, if a product is being made.
    fn product_draft(admin: &Customer) -> Option<Draft> {
        match admin.question.as_deref().and_then(Question::read) {
            Some(Question::Seller(Wizard::NewProduct { draft })) => Some(draft),
            _ => None,
        }
    }

    /// Passes over a step that may be.
    pub(super) async fn skip(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(mut draft) = Self::product_draft(admin) else {
            return self.all_products(tx, admin, (Purpose::Products, 0), edit).await;
        };
        if draft.step.can_be_skipped() {
            draft.step = draft.step.next();
        }
        self.ask_step(tx, admin, draft, None, edit).await
    }

    /// Puts the product that is being made into a category.
    pub(super) async fn draft_category(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        category: CategoryId,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(mut draft) = Self::product_draft(admin) else {
            return self.all_products(tx, admin, (Purpose::Products, 0), edit).await;
        };
        let shelves = assortment::shelves(tx, self.store.id).await?;
        if draft.step == Step::Category && shelves.iter().any(|shelf| shelf.id == category) {
            draft.category = Some(category);
            draft.step = draft.step.next();
        }
        self.ask_step(tx, admin, draft, None, edit).await
    }

    /// Makes the product as it was described, and goes on with its units.
    pub(super) async fn save_product(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(mut draft) =
            Self::product_draft(admin).filter(|draft| draft.step == Step::Preview)
        else {
            return self.all_products(tx, admin, (Purpose::Products, 0), edit).await;
        };
        let new = NewProduct {
            code: &draft.code,
            name: &draft.name,
            price: draft.price,
            category: draft.category,
            description: &draft.description,
            picture: draft.picture.as_deref(),
        };
        let made = assortment::create(tx, self.store.id, &new, self.by(admin)).await?;
        if let Some(id) = made {
            return self.ask_units(tx, admin, id, edit).await;
        }
        let taken = screens::taken(self.speech(admin), &draft.code);
        draft.step = Step::Code;
        self.ask_step(tx, admin, draft, Some(taken), edit).await
    }
}

/// Puts an answer into the draft.
fn step(draft: &mut Draft, said: &Said) -> Result<(), Unfit> {
    let typed = said.text.as_deref().unwrap_or_default();
    match draft.step {
        Step::Code => draft.code = assortment::code(typed)?,
        Step::Name => draft.name = assortment::name(typed, assortment::PRODUCT_NAME)?,
        Step::Price => draft.price = assortment::price(typed)?,
        Step::Description => draft.description = assortment::description(typed)?,
        Step::Picture => draft.picture = Some(said.photo.clone().ok_or(Unfit::Picture)?),
        Step::Category | Step::Preview => {}
    }
    Ok(())
}

/// What a field should be, read from an answer.
fn read_field(what: ProductField, said: &Said) -> Result<Edit, Unfit> {
    let typed = said.text.as_deref().unwrap_or_default();
    let some = (typed != NOTHING).then_some(typed);
    Ok(match what {
        ProductField::Name => Edit::Name(assortment::name(typed, assortment::PRODUCT_NAME)?),
        ProductField::Price => Edit::Price(assortment::price(typed)?),
        ProductField::Description => {
            Edit::Description(assortment::description(some.unwrap_or_default())?)
        }
        ProductField::Picture if some.is_none() => Edit::Picture(None),
        ProductField::Picture => Edit::Picture(Some(said.photo.clone().ok_or(Unfit::Picture)?)),
        ProductField::LowStock => Edit::LowStock(some.map(assortment::low_stock).transpose()?),
        ProductField::TermsId => Edit::Terms(Language::Id, body(some)?),
        ProductField::TermsEn => Edit::Terms(Language::En, body(some)?),
        ProductField::Category => return Err(Unfit::Name),
    })
}

fn body(typed: Option<&str>) -> Result<Option<String>, Unfit> {
    let Some(typed) = typed else { return Ok(None) };
    terms::check_body(typed).map_err(|_| Unfit::Terms)?;
    Ok(Some(typed.to_owned()))
}
