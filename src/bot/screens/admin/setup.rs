//! Setting a store up: what is set, what is asked, the rehearsal, the opening.

use super::{Manage, Screen, back, called, does, remarked};
use crate::bot::screens::button;
use crate::bot::setup::ZONES;
use crate::bot::{Press, SetupStep, Speech};
use crate::primitives::ProductId;
use crate::shop::stores::Store;
use crate::telegram::{Html, InlineKeyboard};

/// How far a rehearsal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// The project or its key is missing.
    NotSetUp,
    /// It can begin.
    Ready,
    /// It runs, perhaps with a product that was made for it.
    Runs(Option<ProductId>),
    /// Somebody bought here already: there is nothing to rehearse.
    HasBuyers,
}

/// Whoever opened the link runs the store now.
#[must_use]
pub fn claimed(speech: Speech<'_>, store: &str, keyboard: crate::telegram::Markup) -> Screen {
    Screen::keyed(speech.say("invitation-taken", &[("store", store.into())]), keyboard)
}

/// The link is nobody's, or nobody's any more: whatever it is, the answer is one.
#[must_use]
pub fn void(speech: Speech<'_>, keyboard: crate::telegram::Markup) -> Screen {
    Screen::keyed(speech.say("invitation-void", &[]), keyboard)
}

/// What is set, and the way to each step.
#[must_use]
pub fn overview(speech: Speech<'_>, store: &Store, runs: bool, remark: Option<Html>) -> Screen {
    let given = store.gateway_given();
    let there = |there: bool| speech.label(if there { "setup-there" } else { "setup-missing" });
    let mode = match (&store.gateway, runs) {
        (None, _) => "setup-mode-none",
        (_, true) => "setup-mode-rehearsal",
        (Some(keys), _) if keys.sandbox => "setup-mode-sandbox",
        _ => "setup-mode-open",
    };
    let project = given.project.map_or_else(|| there(false), str::to_owned);
    let values = [
        ("store", (&store.name).into()),
        ("zone", store.zone.name().into()),
        ("project", project.into()),
        ("key", there(given.has_key).into()),
        ("secret", there(given.has_secret).into()),
        ("mode", speech.label(mode).into()),
    ];
    let step = |step| to_step(speech, step);
    let keyboard = InlineKeyboard::new()
        .row([does(speech, "button-setup-begin", Manage::SetupStep(SetupStep::Name))])
        .row([step(SetupStep::Name), step(SetupStep::Zone)])
        .row([step(SetupStep::Project), step(SetupStep::Key)])
        .row([step(SetupStep::Secret), step(SetupStep::Rehearsal)])
        .row([back(speech, Manage::Menu)]);
    Screen::with(remarked(speech.say("setup", &values), remark), keyboard)
}

fn to_step(speech: Speech<'_>, step: SetupStep) -> crate::telegram::InlineButton {
    let key = format!("button-setup-{}", step.word());
    called(&speech.label(&key), Manage::SetupStep(step))
}

/// Asks for one thing; `address` is where the gateway shall call.
#[must_use]
pub fn ask(
    speech: Speech<'_>,
    step: SetupStep,
    (store, address): (&Store, &str),
    remark: Option<Html>,
) -> Screen {
    let number = |number: usize| i64::try_from(number).unwrap_or_default();
    let of = [
        ("step", number(step.number()).into()),
        ("steps", number(SetupStep::ALL.len()).into()),
        ("store", (&store.name).into()),
        ("zone", store.zone.name().into()),
        ("address", address.into()),
    ];
    let head = speech.say("setup-step", &of);
    let text = speech.say(&format!("setup-ask-{}", step.word()), &of);
    let mut keyboard = InlineKeyboard::new();
    if step == SetupStep::Zone {
        let zones = (0..).zip(ZONES);
        keyboard =
            keyboard.row(zones.map(|(place, (name, _))| called(name, Manage::SetupZone(place))));
    }
    let keyboard = keyboard.row([
        does(speech, "button-skip", Manage::SetupStep(step.next())),
        does(speech, "button-cancel", Manage::Setup),
    ]);
    Screen::with(remarked(Html::join([head, text], "\n\n"), remark), keyboard)
}

/// What was typed cannot be that.
#[must_use]
pub fn unfit(speech: Speech<'_>, step: SetupStep) -> Html {
    speech.say(&format!("setup-unfit-{}", step.word()), &[])
}

/// The step before is done.
#[must_use]
pub fn saved(speech: Speech<'_>, step: SetupStep) -> Html {
    let key = if step.is_secret() { "setup-sealed" } else { "saved" };
    speech.say(key, &[])
}

/// The rehearsal, as far as it is.
#[must_use]
pub fn rehearsal(speech: Speech<'_>, stand: Stand, remark: Option<Html>) -> Screen {
    let key = match stand {
        Stand::NotSetUp => "setup-not-yet",
        Stand::Ready => "setup-rehearse",
        Stand::Runs(_) => "setup-rehearsing",
        Stand::HasBuyers => "setup-has-buyers",
    };
    let mut keyboard = InlineKeyboard::new();
    match stand {
        Stand::NotSetUp => {
            let missing = [SetupStep::Project, SetupStep::Key];
            keyboard = keyboard.row(missing.map(|step| to_step(speech, step)));
        }
        Stand::Ready => {
            keyboard = keyboard
                .row([does(speech, "button-setup-rehearse", Manage::SetupRehearse)])
                .row([does(speech, "button-setup-open-now", Manage::SetupOpen)]);
        }
        Stand::Runs(product) => {
            let buy = product.map_or(Press::Page(None, 0), Press::Product);
            keyboard = keyboard.row([button(speech, "button-setup-buy", buy)]).row([does(
                speech,
                "button-setup-open",
                Manage::SetupOpen,
            )]);
        }
        Stand::HasBuyers => {}
    }
    let keyboard = keyboard.row([does(speech, "button-cancel", Manage::Setup)]);
    Screen::with(remarked(speech.say(key, &[]), remark), keyboard)
}

/// The play money came and the goods are on their way: one press is left.
#[must_use]
pub fn rehearsed(speech: Speech<'_>) -> Screen {
    let keyboard =
        InlineKeyboard::new().row([does(speech, "button-setup-open", Manage::SetupOpen)]);
    Screen::with(speech.say("setup-rehearsed", &[]), keyboard)
}

/// Where the money goes is for the store's owners to say.
#[must_use]
pub fn owners_only(speech: Speech<'_>) -> Html {
    speech.say("setup-owners-only", &[])
}

/// A buyer may be paying into the project of now.
#[must_use]
pub fn being_paid(speech: Speech<'_>) -> Html {
    speech.say("setup-being-paid", &[])
}

/// An owner hears that somebody else changed where the money goes.
#[must_use]
pub fn gateway_report(
    speech: Speech<'_>,
    step: SetupStep,
    (store, admin): (&str, &str),
    (before, after): (Option<&str>, Option<&str>),
) -> Screen {
    let shown = |value: Option<&str>| value.unwrap_or("–").to_owned();
    let values = [
        ("store", store.into()),
        ("admin", admin.into()),
        ("before", shown(before).into()),
        ("after", shown(after).into()),
    ];
    Screen::plain(speech.say(&format!("setup-report-{}", step.word()), &values))
}

/// An owner hears that somebody else made the store take play money, or real money again.
#[must_use]
pub fn mode_report(speech: Speech<'_>, play: bool, (store, admin): (&str, &str)) -> Screen {
    let key = if play { "setup-report-play" } else { "setup-report-live" };
    Screen::plain(speech.say(key, &[("store", store.into()), ("admin", admin.into())]))
}

/// Play money would stay on a balance after the opening.
#[must_use]
pub fn no_deposits_yet(speech: Speech<'_>) -> Html {
    speech.say("setup-no-deposits", &[])
}

/// An order of the rehearsal is still unpaid.
#[must_use]
pub fn unpaid(speech: Speech<'_>) -> Html {
    speech.say("setup-unpaid", &[])
}

/// The store is open.
#[must_use]
pub fn open(speech: Speech<'_>, store: &Store) -> Screen {
    let key = if store.gateway.is_some() { "setup-open" } else { "setup-open-without" };
    let keyboard = InlineKeyboard::new()
        .row([does(speech, "button-new-product", Manage::NewProduct)])
        .row([back(speech, Manage::Menu)]);
    Screen::with(speech.say(key, &[("store", (&store.name).into())]), keyboard)
}

/// Nobody but those who run the store buys while it is rehearsed.
#[must_use]
pub fn not_open_yet(speech: Speech<'_>) -> Html {
    speech.say("setup-not-open", &[])
}
