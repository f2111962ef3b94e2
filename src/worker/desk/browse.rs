//! Looking around: welcome, lists, cards, the own account.

use super::Desk;
use crate::bot::{Errand, Intent, Manage, screens};
use crate::db::Tx;
use crate::primitives::{CategoryId, Language, MessageId, ProductId};
use crate::shop::cart::{self, Step};
use crate::shop::catalogue::{self, Product, Shelf};
use crate::shop::customers::{self, Customer};
use crate::shop::{ShopError, invitations, orders};
use crate::telegram::Markup;

impl Desk<'_> {
    /// What is asked for by typing, by a command or on the main keyboard.
    pub(super) async fn browse(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        intent: Intent,
    ) -> Result<(), ShopError> {
        let speech = self.speech(customer);
        match intent {
            Intent::Start(payload) => self.start(tx, customer, payload.as_deref()).await?,
            Intent::AllProducts => self.list(tx, customer, None, 0, None).await?,
            Intent::Categories => self.categories(tx, customer, None).await?,
            Intent::Stock => self.stock(tx, customer, None).await?,
            Intent::Cart => self.cart(tx, customer, None, None).await?,
            Intent::Orders => self.history(tx, customer, 0, None).await?,
            Intent::Balance | Intent::Deposit => self.balance(tx, customer, None).await?,
            Intent::Info => self.info(tx, customer, None).await?,
            Intent::HowTo => self.how_to(customer, None),
            Intent::Search(words) => self.search(tx, customer, &words).await?,
            Intent::Help => {
                let keyboard = self.keyboard(tx, customer, self.is_admin(customer)).await?;
                self.say(customer, screens::welcome::help(speech, keyboard));
            }
            Intent::Leave => {
                let keyboard = self.keyboard(tx, customer, self.is_admin(customer)).await?;
                self.say(customer, screens::welcome::left(speech, keyboard));
            }
            Intent::Admin => self.manage(tx, customer, Manage::Menu, None).await?,
            Intent::Number(place) => self.numbered(tx, customer, place).await?,
            Intent::Press(..) | Intent::Reachable(_) | Intent::Unknown => {}
        }
        Ok(())
    }

    pub(super) async fn keyboard(
        &self,
        tx: &mut Tx,
        customer: &Customer,
        admin: bool,
    ) -> Result<Markup, ShopError> {
        let shelf = Self::shelf_for(admin, None);
        let products = catalogue::count(tx, self.store.id, shelf).await?;
        Ok(screens::welcome::keyboard(self.speech(customer), products, admin))
    }

    async fn welcome(&mut self, tx: &mut Tx, customer: &Customer) -> Result<(), ShopError> {
        customers::saw_list(tx, self.store.id, customer.id, None).await?;
        let crowd = self.shared.crowds.of(tx, self.store.id, self.now).await?;
        let keyboard = self.keyboard(tx, customer, self.is_admin(customer)).await?;
        let (speech, store) = (self.speech(customer), &self.store.name);
        let screen = screens::welcome::welcome(speech, store, customer, crowd, keyboard);
        self.say(customer, screen);
        Ok(())
    }

    /// `/start`: the welcome, and behind a link the product it names.
    async fn start(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        payload: Option<&str>,
    ) -> Result<(), ShopError> {
        if let Some(code) = payload.and_then(|payload| payload.strip_prefix(invitations::PREFIX)) {
            return self.invited(tx, customer, code).await;
        }
        let code = payload.map(|payload| payload.strip_prefix("p_").unwrap_or(payload));
        let linked = match code {
            Some(code) => catalogue::by_code(tx, self.store.id, code).await?,
            None => None,
        };
        // Who comes by a link and knows the shop wants the product, not another welcome.
        let is_new = customer.created_at == self.received_at;
        if linked.is_none() || is_new {
            self.welcome(tx, customer).await?;
        }
        let chat = customer.user_id.into();
        if let Some(file_id) = self.store.sticker.clone().filter(|_| is_new) {
            self.errands.push(Errand::Sticker { chat, file_id });
        }
        if self.is_admin(customer) {
            let (chat, language) = (Some(chat), customer.language);
            self.errands.push(Errand::Menu { chat, language, admin: true });
        }
        match linked {
            Some(product) => self.card(tx, customer, product.id, None).await,
            None => Ok(()),
        }
    }

    /// Products whose name has these words in it; silence when there are none.
    async fn search(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        words: &str,
    ) -> Result<(), ShopError> {
        let admin = self.is_admin(customer);
        let found = catalogue::search(tx, self.store.id, words, admin).await?;
        match found.as_slice() {
            [] => {}
            [one] => self.card(tx, customer, one.id, None).await?,
            several => {
                let screen = screens::catalogue::found(self.speech(customer), words, several);
                self.say(customer, screen);
            }
        }
        Ok(())
    }

    pub(super) async fn info(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let total = orders::count(tx, self.store.id, customer.id).await?;
        let admins = &self.store.admins;
        let screen = screens::account::info(self.speech(customer), customer, total, admins);
        self.show(customer, screen, edit);
        Ok(())
    }

    pub(super) fn how_to(&mut self, customer: &Customer, edit: Option<MessageId>) {
        let screen = screens::welcome::how_to(self.speech(customer), &self.store.name);
        self.show(customer, screen, edit);
    }

    /// From now on in this language, keyboard included.
    pub(super) async fn speak(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        language: Language,
    ) -> Result<(), ShopError> {
        customers::speak(tx, self.store.id, customer.id, language).await?;
        let customer = Customer { language, ..customer.clone() };
        let keyboard = self.keyboard(tx, &customer, self.is_admin(&customer)).await?;
        self.say(&customer, screens::welcome::spoken(self.speech(&customer), keyboard));
        let (chat, admin) = (Some(customer.user_id.into()), self.is_admin(&customer));
        self.errands.push(Errand::Menu { chat, language, admin });
        Ok(())
    }

    const fn shelf_for(admin: bool, category: Option<CategoryId>) -> Shelf {
        Shelf { category, with_sold_out: admin }
    }

    fn shelf(&self, customer: &Customer, category: Option<CategoryId>) -> Shelf {
        Self::shelf_for(self.is_admin(customer), category)
    }

    /// A page of products, remembered so that numbers open what is on show.
    pub(super) async fn list(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        category: Option<CategoryId>,
        page: i64,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let categories = catalogue::categories(tx, self.store.id).await?;
        let named = categories.iter().find(|known| Some(known.id) == category);
        let shelf = self.shelf(customer, named.map(|known| known.id));
        customers::saw_list(tx, self.store.id, customer.id, shelf.category).await?;
        let page = catalogue::page(tx, self.store.id, shelf, page).await?;
        let name = named.map(|known| known.name.as_str());
        self.show(customer, screens::catalogue::list(self.speech(customer), &page, name), edit);
        Ok(())
    }

    pub(super) async fn categories(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let categories = catalogue::categories(tx, self.store.id).await?;
        let screen = screens::catalogue::categories(self.speech(customer), &categories);
        self.show(customer, screen, edit);
        Ok(())
    }

    pub(super) async fn stock(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let products = catalogue::overview(tx, self.store.id, self.is_admin(customer)).await?;
        let speech = self.speech(customer);
        let screen = screens::catalogue::stock(speech, &products, &self.store.zone, self.now);
        self.show(customer, screen, edit);
        Ok(())
    }

    async fn numbered(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        place: i64,
    ) -> Result<(), ShopError> {
        let shelf = self.shelf(customer, customer.shown_category);
        if let Some(product) = catalogue::at_place(tx, self.store.id, shelf, place).await? {
            self.card(tx, customer, product.id, None).await
        } else {
            let screen = screens::catalogue::no_number(self.speech(customer), place);
            self.say(customer, screen);
            Ok(())
        }
    }

    /// A product that is still sold; when it is not, that is said.
    pub(super) async fn for_sale(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        product: ProductId,
        edit: Option<MessageId>,
    ) -> Result<Option<Product>, ShopError> {
        let found = catalogue::product(tx, self.store.id, product).await?;
        if found.is_none() {
            self.show(customer, screens::catalogue::gone(self.speech(customer)), edit);
        }
        Ok(found)
    }

    /// Opens a product's card at quantity 1.
    pub(super) async fn card(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        product: ProductId,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let speech = self.speech(customer);
        let Some(product) = self.for_sale(tx, customer, product, edit).await? else {
            return Ok(());
        };
        cart::open_card(tx, self.store.id, customer.id, product.id).await?;
        self.show(customer, screens::catalogue::card(speech, &product, 1, None), edit);
        Ok(())
    }

    /// Moves the quantity on a card.
    pub(super) async fn step(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        (product, by): (ProductId, Step),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let speech = self.speech(customer);
        let Some(product) = self.for_sale(tx, customer, product, edit).await? else {
            return Ok(());
        };
        let stepped = cart::step_card(tx, self.store.id, customer.id, &product, by).await?;
        let screen =
            screens::catalogue::card(speech, &product, stepped.quantity, stepped.capped_at);
        self.show(customer, screen, edit);
        Ok(())
    }

    /// A page of the own orders.
    pub(super) async fn history(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        page: i64,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let (shown, total) = orders::history(tx, self.store.id, customer.id, page).await?;
        let screen = screens::account::history(self.speech(customer), page, total, &shown);
        self.show(customer, screen, edit);
        Ok(())
    }
}
