//! Every press on a button, and the way from the cart to an order.

use super::Desk;
use crate::bot::{Errand, Press, screens};
use crate::db::Tx;
use crate::primitives::{MessageId, ProductId, Rupiah};
use crate::shop::checkout::{self, Placed, Tender};
use crate::shop::customers::{self, Customer};
use crate::shop::{ShopError, cart, orders};
use crate::telegram::Html;

impl Desk<'_> {
    /// What a button asks for; whose things it names is checked by whoever looks them up.
    pub(super) async fn press(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        press: Press,
        message: Option<MessageId>,
    ) -> Result<(), ShopError> {
        match press {
            Press::Page(category, page) => self.list(tx, customer, category, page, message).await,
            Press::Categories => self.categories(tx, customer, message).await,
            Press::Stock => self.stock(tx, customer, message).await,
            Press::Product(product) => self.card(tx, customer, product, message).await,
            Press::Step(product, by) => self.step(tx, customer, (product, by), message).await,
            Press::ToCart(product) => self.put_in_cart(tx, customer, product, message).await,
            Press::Cart => self.cart(tx, customer, None, message).await,
            Press::EmptyCart => {
                cart::empty(tx, self.store.id, customer.id).await?;
                self.cart(tx, customer, None, message).await
            }
            Press::Coupon => self.ask_coupon(tx, customer, message).await,
            Press::DropCoupon => self.drop_coupon(tx, customer, message).await,
            Press::Checkout => self.checkout(tx, customer, None, message).await,
            Press::Qris(sum) => self.place(tx, customer, (Tender::Qris, sum), message).await,
            Press::FromBalance(sum) => {
                self.place(tx, customer, (Tender::Balance, sum), message).await
            }
            Press::Shared(sum) => self.place(tx, customer, (Tender::Shared, sum), message).await,
            Press::Balance => self.balance(tx, customer, message).await,
            Press::Ledger(page) => self.ledger(tx, customer, page, message).await,
            Press::Deposit(amount) => self.pressed_deposit(tx, customer, amount, message).await,
            Press::Leave => self.list(tx, customer, customer.shown_category, 0, message).await,
            Press::Check(order) => self.check(tx, customer, order, message).await,
            Press::CancelOrder(order) => self.cancel(tx, customer, order, message).await,
            Press::Orders(page) => self.history(tx, customer, page, message).await,
            Press::Order(order) => self.own_order(tx, customer, order, None, message).await,
            Press::Goods(order) => self.goods_again(tx, customer, order).await,
            Press::Prove(order, product) => self.prove(tx, customer, (order, product)).await,
            Press::Info => self.info(tx, customer, message).await,
            Press::HowTo => {
                self.how_to(customer, message);
                Ok(())
            }
            Press::Manage(action) => self.manage(tx, customer, action, message).await,
            Press::Speak(language) => self.speak(tx, customer, language).await,
        }
    }

    /// The cart, with a remark under it.
    pub(super) async fn cart(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let cart = cart::open(tx, self.store.id, customer.id).await?;
        let screen = screens::cart::cart(self.speech(customer), &cart, &cart.sums()?, remark);
        self.show(customer, screen, edit);
        Ok(())
    }

    async fn put_in_cart(
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
        let fits = cart::put(tx, self.store.id, customer.id, &product).await?;
        let remark = (!fits).then(|| screens::cart::full(speech));
        self.cart(tx, customer, remark, edit).await
    }

    /// From the cart to the choice of payment, unless something about the cart must be said first.
    async fn checkout(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let speech = self.speech(customer);
        let cart = cart::open(tx, self.store.id, customer.id).await?;
        if cart.lines.is_empty() {
            self.show(customer, screens::cart::empty(speech), edit);
            return Ok(());
        }
        let sums = cart.sums()?;
        let repriced = cart.repriced();
        let short = cart.lines.iter().find(|line| line.stock < line.quantity);
        let hindrance = if !repriced.is_empty() {
            cart::saw_prices(tx, self.store.id, customer.id).await?;
            Some(screens::cart::repriced(speech, &repriced))
        } else if let Some(line) = short {
            Some(screens::cart::sold_out(speech, &line.name, line.stock))
        } else if let Some(why) = self.not_open_yet(tx, customer).await? {
            Some(why)
        } else if self.store.gateway.is_none() && sums.amount > customer.balance {
            Some(screens::cart::not_set_up(speech))
        } else {
            None
        };
        let screen = match hindrance {
            Some(hindrance) => screens::cart::cart(speech, &cart, &sums, Some(hindrance)),
            None => screens::cart::payment(speech, sums.amount, customer.balance, remark),
        };
        self.show(customer, screen, edit);
        Ok(())
    }

    /// The message that was pressed on shows the order from now on, and is no screen any more.
    pub(super) async fn adopt(
        &self,
        tx: &mut Tx,
        customer: &Customer,
        order: &orders::Order,
        message: MessageId,
    ) -> Result<(), ShopError> {
        customers::leave_screen(tx, self.store.id, customer.id, message).await?;
        orders::shown(tx, self.store.id, order.id, Some((message, "text"))).await
    }

    /// Places the order that the cart describes, paid in the way that was pressed, at the sum that stood
    /// above the button.
    async fn place(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        (tender, shown): (Tender, Option<Rupiah>),
        message: Option<MessageId>,
    ) -> Result<(), ShopError> {
        // Without its message a press cannot be told from its own repetition.
        let Some(origin) = message else { return Ok(()) };
        if let Some(why) = self.not_open_yet(tx, customer).await? {
            return self.cart(tx, customer, Some(why), Some(origin)).await;
        }
        let speech = self.speech(customer);
        let wish = (origin, tender, shown);
        let remark = match checkout::place(tx, self.store, customer, wish, self.now).await? {
            Placed::Order { order, payment } => {
                self.adopt(tx, customer, &order, origin).await?;
                self.count(&order);
                self.show_order(tx, customer, &order).await?;
                self.errands.push(Errand::Invoice { payment });
                return Ok(());
            }
            Placed::Paid(order) => {
                self.adopt(tx, customer, &order, origin).await?;
                self.count(&order);
                return self.deliver(tx, customer, &order).await;
            }
            Placed::Already(order) => {
                return self.placed_before(tx, customer, &order, origin).await;
            }
            Placed::TooPoor(amount) => {
                let remark = screens::cart::too_poor(speech, amount, customer.balance);
                return self.checkout(tx, customer, Some(remark), Some(origin)).await;
            }
            Placed::EmptyCart => None,
            Placed::Repriced(cart) if cart.repriced().is_empty() => {
                Some(screens::cart::sum_changed(speech, cart.sums()?.amount))
            }
            Placed::Repriced(cart) => Some(screens::cart::repriced(speech, &cart.repriced())),
            Placed::CouponRefused(why) => {
                Some(screens::cart::coupon_refused(speech, why, &self.store.zone))
            }
            Placed::SoldOut { name, left } => Some(screens::cart::sold_out(speech, &name, left)),
            Placed::TooOften => Some(screens::cart::too_often(speech)),
            Placed::TooManyUnpaid => Some(screens::cart::too_many(speech)),
            Placed::NotSetUp => Some(screens::cart::not_set_up(speech)),
            Placed::Unpayable(total) => Some(screens::cart::unpayable(speech, total)),
        };
        self.cart(tx, customer, remark, Some(origin)).await
    }

    /// A message that placed an order is pressed once more: a second finger on the button, or a screen
    /// of before that order. What lies in the cart is offered in a message of its own.
    async fn placed_before(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        order: &orders::Order,
        origin: MessageId,
    ) -> Result<(), ShopError> {
        let cart = cart::open(tx, self.store.id, customer.id).await?;
        if cart.lines.is_empty() && order.message_id == Some(origin) {
            return self.show_order(tx, customer, order).await;
        }
        self.checkout(tx, customer, None, None).await
    }
}
