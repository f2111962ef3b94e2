//! Coupons: made by steps, looked at, switched off and on.

use crate::bot::screens::admin::{coupons as screens, products};

use crate::bot::{CouponDraft, CouponStep, Manage, Question, Said, Wizard, when};
use crate::db::Tx;
use crate::primitives::{CouponId, MessageId, Timestamp, Zone};
use crate::shop::ShopError;
use crate::shop::coupons::{self, Kind, Wish};
use crate::shop::customers::Customer;
use crate::telegram::Html;
use crate::worker::desk::Desk;

/// No limit is higher.
const MOST_USES: i64 = 1_000_000;

impl Desk<'_> {
    /// What is asked for about coupons.
    pub(super) async fn of_coupons(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        match action {
            Manage::Coupon(id) => self.coupon(tx, admin, id, None, edit).await,
            Manage::NewCoupon => {
                self.ask_coupon_step(tx, admin, CouponDraft::default(), None, edit).await
            }
            Manage::SkipForCoupon => self.skip_for_coupon(tx, admin, edit).await,
            Manage::AllowCoupon(id, allow) => {
                coupons::allow(tx, self.store.id, (id, allow == 1), self.by(admin)).await?;
                let saved = products::saved(self.speech(admin));
                self.coupon(tx, admin, id, Some(saved), edit).await
            }
            Manage::Coupons(page) => self.coupons(tx, admin, page, edit).await,
            _ => self.menu(tx, admin, None, edit).await,
        }
    }

    async fn coupons(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        page: i64,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let (found, total) = coupons::page(tx, self.store.id, page).await?;
        self.show(admin, screens::list(self.speech(admin), page, (&found, total)), edit);
        Ok(())
    }

    async fn coupon(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: CouponId,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(coupon) = coupons::get(tx, self.store.id, id).await? else {
            return self.coupons(tx, admin, 0, edit).await;
        };
        let (speech, zone) = (self.speech(admin), &self.store.zone);
        self.show(admin, screens::coupon(speech, zone, &coupon, remark), edit);
        Ok(())
    }

    async fn ask_coupon_step(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        draft: CouponDraft,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let local = (&self.store.zone, self.now);
        let screen = screens::ask_step(self.speech(admin), local, &draft, remark);
        self.ask_seller(tx, admin, Wizard::NewCoupon { draft }, (screen, edit)).await
    }

    /// Takes the answer to a step; the last one makes the coupon.
    pub(super) async fn typed_coupon_step(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        mut draft: CouponDraft,
        said: &Said,
    ) -> Result<bool, ShopError> {
        let (speech, step) = (self.speech(admin), draft.step);
        let typed = said.text.as_deref().unwrap_or_default();
        let remark = if take(&mut draft, typed, &self.store.zone, self.now).is_none() {
            Some(screens::unfit(speech, step))
        } else if step == CouponStep::Code
            && coupons::has_code(tx, self.store.id, &draft.code).await?
        {
            Some(screens::taken(speech))
        } else {
            None
        };
        if remark.is_some() {
            self.ask_coupon_step(tx, admin, draft, remark, None).await?;
            return Ok(false);
        }
        self.next_coupon_step(tx, admin, draft, None).await
    }

    /// Passes over a limit.
    async fn skip_for_coupon(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        match admin.question.as_deref().and_then(Question::read) {
            Some(Question::Seller(Wizard::NewCoupon { draft })) if draft.step.can_be_skipped() => {
                self.next_coupon_step(tx, admin, draft, edit).await.map(drop)
            }
            _ => self.coupons(tx, admin, 0, edit).await,
        }
    }

    /// Goes on to the next step; `true` when that was the last and the coupon is made.
    async fn next_coupon_step(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        mut draft: CouponDraft,
        edit: Option<MessageId>,
    ) -> Result<bool, ShopError> {
        if let Some(next) = draft.step.next() {
            draft.step = next;
            self.ask_coupon_step(tx, admin, draft, None, edit).await?;
            return Ok(false);
        }
        let made = coupons::add(tx, self.store.id, &wish(&draft), self.by(admin)).await?;
        let Some(id) = made else {
            // Somebody made one with this code meanwhile.
            draft.step = CouponStep::Code;
            let taken = screens::taken(self.speech(admin));
            self.ask_coupon_step(tx, admin, draft, Some(taken), edit).await?;
            return Ok(false);
        };
        let saved = products::saved(self.speech(admin));
        self.coupon(tx, admin, id, Some(saved), edit).await?;
        Ok(true)
    }
}

/// Takes what was typed into the draft; `None` when it is no answer to its step.
fn take(draft: &mut CouponDraft, typed: &str, zone: &Zone, now: Timestamp) -> Option<()> {
    let limit = || typed.trim().parse().ok().filter(|most| (1..=MOST_USES).contains(most));
    match draft.step {
        CouponStep::Code => draft.code = coupons::check_code(typed).ok()?,
        CouponStep::Value => {
            let (kind, value) = coupons::read_value(typed)?;
            (draft.percent, draft.value) = (kind == Kind::Percent, value);
        }
        CouponStep::MaxUses => draft.max_uses = Some(limit()?),
        CouponStep::PerCustomer => draft.per_customer = Some(limit()?),
        CouponStep::Until => {
            draft.until = Some(when::read(typed, zone, now).filter(|at| *at > now)?);
        }
    }
    Some(())
}

fn wish(draft: &CouponDraft) -> Wish {
    Wish {
        code: draft.code.clone(),
        kind: if draft.percent { Kind::Percent } else { Kind::Flat },
        value: draft.value,
        max_uses: draft.max_uses,
        per_customer: draft.per_customer,
        valid_from: None,
        valid_until: draft.until,
        active: true,
    }
}
