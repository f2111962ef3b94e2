//! The calculator of refunds, and its factors.

use super::NOTHING;
use crate::bot::screens::admin::{calculator as screens, products};
use crate::bot::{Manage, Said, Wizard};
use crate::db::Tx;
use crate::primitives::MessageId;
use crate::shop::ShopError;
use crate::shop::calculator::{self, Factors};
use crate::shop::customers::Customer;
use crate::telegram::Html;
use crate::worker::desk::Desk;

impl Desk<'_> {
    /// What is asked for about refunds.
    pub(super) async fn of_calculator(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        if action != Manage::CalculatorFactors {
            return self.ask_refund(tx, admin, None, edit).await;
        }
        let factors = calculator::factors(tx, self.store.id).await?;
        let screen = screens::ask_factors(self.speech(admin), &factors, None);
        self.ask_seller(tx, admin, Wizard::CalculatorFactors {}, (screen, edit)).await
    }

    pub(super) async fn ask_refund(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let factors = calculator::factors(tx, self.store.id).await?;
        let screen = screens::ask(self.speech(admin), &factors, remark);
        self.ask_seller(tx, admin, Wizard::Calculator {}, (screen, edit)).await
    }

    /// Works a refund out; the question stays open for the next one.
    pub(super) async fn typed_refund(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        said: &Said,
    ) -> Result<bool, ShopError> {
        let (speech, typed) = (self.speech(admin), said.text.as_deref().unwrap_or_default());
        let factors = calculator::factors(tx, self.store.id).await?;
        let remark = match calculator::read(typed) {
            Ok(sum) => screens::result(speech, &sum, &factors),
            Err(why) => screens::unfit(speech, why),
        };
        self.ask_refund(tx, admin, Some(remark), None).await?;
        Ok(false)
    }

    /// Takes other factors, or the default ones.
    pub(super) async fn typed_factors(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        said: &Said,
    ) -> Result<bool, ShopError> {
        let (speech, typed) = (self.speech(admin), said.text.as_deref().unwrap_or_default());
        let read =
            if typed.trim() == NOTHING { Some(Factors::default()) } else { Factors::read(typed) };
        let Some(factors) = read else {
            let standing = calculator::factors(tx, self.store.id).await?;
            let why = Some(screens::no_factors(speech));
            self.show(admin, screens::ask_factors(speech, &standing, why), None);
            return Ok(false);
        };
        calculator::set(tx, self.store.id, factors, self.by(admin)).await?;
        self.ask_refund(tx, admin, Some(products::saved(speech)), None).await?;
        Ok(false)
    }
}
