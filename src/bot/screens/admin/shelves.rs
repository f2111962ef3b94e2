//! Categories as their seller sees them.

use super::{Manage, Screen, back, called, does, remarked};
use crate::bot::Speech;
use crate::shop::assortment::Shelf;
use crate::telegram::{Html, InlineKeyboard};

/// Every category.
#[must_use]
pub fn list(speech: Speech<'_>, shelves: &[Shelf], remark: Option<Html>) -> Screen {
    let mut keyboard = InlineKeyboard::new();
    for shelf in shelves {
        let label = format!("{} · {}", shown(shelf), shelf.products);
        keyboard = keyboard.row([called(&label, Manage::Shelf(shelf.id))]);
    }
    keyboard = keyboard
        .row([does(speech, "button-new-category", Manage::NewShelf)])
        .row([back(speech, Manage::Menu)]);
    Screen::with(remarked(speech.say("manage-categories", &[]), remark), keyboard)
}

fn shown(shelf: &Shelf) -> String {
    let pause = if shelf.active { "" } else { "⏸ " };
    format!("{pause}{} {}", shelf.emoji, shelf.name).trim().to_owned()
}

/// One category.
#[must_use]
pub fn shelf(speech: Speech<'_>, shelf: &Shelf, remark: Option<Html>) -> Screen {
    let values = [
        ("name", shown(shelf).into()),
        ("products", shelf.products.into()),
        ("active", speech.label(if shelf.active { "word-yes" } else { "word-no" }).into()),
    ];
    let id = shelf.id;
    let open = if shelf.active {
        does(speech, "button-hide", Manage::OpenShelf(id, 0))
    } else {
        does(speech, "button-unhide", Manage::OpenShelf(id, 1))
    };
    let keyboard = InlineKeyboard::new()
        .row([
            does(speech, "button-edit-name", Manage::RenameShelf(id)),
            does(speech, "button-emoji", Manage::DecorateShelf(id)),
        ])
        .row([
            does(speech, "button-up", Manage::MoveShelf(id, 1)),
            does(speech, "button-down", Manage::MoveShelf(id, 0)),
        ])
        .row([open])
        .row([back(speech, Manage::Shelves)]);
    Screen::with(remarked(speech.say("managed-category", &values), remark), keyboard)
}

/// There are too many categories.
#[must_use]
pub fn too_many(speech: Speech<'_>) -> Html {
    speech.say("too-many-categories", &[])
}
