//! Coupons as their seller sees them.

use super::{Manage, Screen, back, called, does, lines, remarked, turns};
use crate::bot::{CouponDraft, CouponStep, Speech};
use crate::primitives::{Rupiah, Timestamp, Zone};
use crate::shop::coupons::{self, Coupon, Kind};
use crate::telegram::{Html, InlineKeyboard};

fn off(coupon: &Coupon) -> String {
    match coupon.kind {
        Kind::Percent => format!("{}%", coupon.value),
        Kind::Flat => Rupiah::new(coupon.value).unwrap_or(Rupiah::MAX).to_string(),
    }
}

/// A page of coupons with how often each is used.
#[must_use]
pub fn list(speech: Speech<'_>, page: i64, (found, total): (&[Coupon], i64)) -> Screen {
    let mut keyboard = InlineKeyboard::new();
    for coupon in found {
        let pause = if coupon.active { "" } else { "⏸ " };
        let most = coupon.max_uses.map(|most| format!("/{most}")).unwrap_or_default();
        let label = format!("{pause}{} · {} · {}{most}×", coupon.code, off(coupon), coupon.used);
        keyboard = keyboard.row([called(&label, Manage::Coupon(coupon.id))]);
    }
    let turns = turns(speech, page, total, coupons::PAGE, |page| Manage::Coupons(page).into());
    let keyboard = keyboard
        .row(turns)
        .row([does(speech, "button-new-coupon", Manage::NewCoupon)])
        .row([back(speech, Manage::Menu)]);
    Screen::with(speech.say("coupons", &[("total", total.into())]), keyboard)
}

/// One coupon.
#[must_use]
pub fn coupon(speech: Speech<'_>, zone: &Zone, coupon: &Coupon, remark: Option<Html>) -> Screen {
    let endless = || speech.label("word-none");
    let limit = |limit: Option<i64>| limit.map_or_else(endless, |most| most.to_string());
    let time = |at: Option<Timestamp>| at.map_or_else(endless, |at| zone.day_and_clock(at));
    let values = [
        ("code", (&coupon.code).into()),
        ("off", off(coupon).into()),
        ("used", coupon.used.into()),
        ("most", limit(coupon.max_uses).into()),
        ("each", limit(coupon.per_customer).into()),
        ("from", time(coupon.valid_from).into()),
        ("until", time(coupon.valid_until).into()),
        ("active", speech.label(if coupon.active { "word-yes" } else { "word-no" }).into()),
    ];
    let allow = if coupon.active {
        does(speech, "button-stop-coupon", Manage::AllowCoupon(coupon.id, 0))
    } else {
        does(speech, "button-allow-coupon", Manage::AllowCoupon(coupon.id, 1))
    };
    let keyboard = InlineKeyboard::new().row([allow]).row([back(speech, Manage::Coupons(0))]);
    Screen::with(remarked(speech.say("one-coupon", &values), remark), keyboard)
}

/// Asks the next thing about a new coupon.
#[must_use]
pub fn ask_step(
    speech: Speech<'_>,
    (zone, now): (&Zone, Timestamp),
    draft: &CouponDraft,
    remark: Option<Html>,
) -> Screen {
    let number = |number: usize| i64::try_from(number).unwrap_or_default();
    let values = [
        ("step", number(draft.step.number()).into()),
        ("steps", number(CouponStep::ALL.len()).into()),
        ("code", (&draft.code).into()),
        ("now", zone.day_and_clock(now).into()),
    ];
    let asked = format!("coupon-step-{}", draft.step.word());
    let text = lines([speech.say("coupon-step-of", &values), speech.say(&asked, &values)]);
    let mut buttons = Vec::new();
    if draft.step.can_be_skipped() {
        buttons.push(does(speech, "button-skip", Manage::SkipForCoupon));
    }
    buttons.push(does(speech, "button-cancel", Manage::Coupons(0)));
    Screen::with(remarked(text, remark), InlineKeyboard::new().row(buttons))
}

/// Why what was typed is not an answer to this step.
#[must_use]
pub fn unfit(speech: Speech<'_>, step: CouponStep) -> Html {
    speech.say(&format!("coupon-unfit-{}", step.word()), &[])
}

/// There is a coupon with that code.
#[must_use]
pub fn taken(speech: Speech<'_>) -> Html {
    speech.say("coupon-taken", &[])
}
