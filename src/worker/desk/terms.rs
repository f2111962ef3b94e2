//! The terms of what was bought, and the proofs that buyers send.

use super::Desk;
use crate::bot::{Errand, Question, Said, screens};
use crate::db::Tx;
use crate::primitives::{OrderId, ProductId};
use crate::shop::ShopError;
use crate::shop::customers::Customer;
use crate::shop::orders::{self, Order};
use crate::shop::terms::{self, Proof, Terms};

impl Desk<'_> {
    /// The terms of everything in an order, behind its goods: once, because an order is paid once.
    pub(super) async fn send_terms(
        &mut self,
        tx: &mut Tx,
        buyer: &Customer,
        order: &Order,
    ) -> Result<(), ShopError> {
        let speech = self.speech(buyer);
        for terms in terms::of_order(tx, self.store, order.id, buyer.language).await? {
            self.tell(buyer.user_id, screens::terms::terms(speech, order, &terms));
        }
        Ok(())
    }

    /// The terms that a buyer is to keep in a paid order of his own.
    async fn owed(
        &self,
        tx: &mut Tx,
        customer: &Customer,
        (order, product): (OrderId, ProductId),
    ) -> Result<Option<(Order, Terms)>, ShopError> {
        let own = orders::of_customer(tx, self.store.id, customer.id, order).await?;
        let Some(order) = own.filter(|order| order.state.is_sold()) else { return Ok(None) };
        let all = terms::of_order(tx, self.store, order.id, customer.language).await?;
        let terms = all.into_iter().find(|terms| terms.product_id == product);
        Ok(terms.map(|terms| (order, terms)))
    }

    /// Asks for a proof.
    pub(super) async fn prove(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        of: (OrderId, ProductId),
    ) -> Result<(), ShopError> {
        let speech = self.speech(customer);
        let Some((order, terms)) = self.owed(tx, customer, of).await? else {
            self.show(customer, screens::account::no_order(speech), None);
            return Ok(());
        };
        let question = Question::Proof { order: of.0, product: of.1 };
        let screen = screens::terms::ask_proof(speech, &order, &terms, None);
        self.ask(tx, customer, &question, (screen, None)).await
    }

    /// Keeps a proof and brings it to those who run the store; `false` when nothing usable was sent.
    pub(super) async fn sent_proof(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        of: (OrderId, ProductId),
        said: Said,
    ) -> Result<bool, ShopError> {
        let speech = self.speech(customer);
        let Some((order, terms)) = self.owed(tx, customer, of).await? else {
            self.show(customer, screens::account::no_order(speech), None);
            return Ok(true);
        };
        let Said { text, photo, .. } = said;
        if text.is_none() && photo.is_none() {
            let again = screens::terms::not_a_proof(speech);
            self.show(
                customer,
                screens::terms::ask_proof(speech, &order, &terms, Some(again)),
                None,
            );
            return Ok(false);
        }
        let proof = Proof { text, photo };
        let keyring = &self.shared.keyring;
        let (id, replaced) = terms::prove(tx, self.store, keyring, of, &proof, self.now).await?;
        self.show(customer, screens::terms::proven(speech, &order, replaced), None);
        for admin in self.store.told() {
            self.errands.push(Errand::Proof { chat: admin.into(), proof: id });
        }
        Ok(true)
    }
}
