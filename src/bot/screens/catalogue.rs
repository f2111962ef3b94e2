//! Products: lists, categories, stock, the card.

use super::{Screen, button, lines, to_catalogue};
use crate::bot::{Press, Speech};
use crate::primitives::{Timestamp, Zone};
use crate::shop::cart::Step;
use crate::shop::catalogue::{Category, PAGE, Page, Product};
use crate::telegram::{Html, InlineButton, InlineKeyboard};

/// The longest description on a card, in UTF-16 units: the rest of the card needs room as well.
const DESCRIPTION: usize = 2500;

/// A page of products; numbers count through the whole list.
#[must_use]
pub fn list(speech: Speech<'_>, page: &Page, category: Option<&str>) -> Screen {
    if page.products.is_empty() {
        return Screen::plain(speech.say("list-empty", &[]));
    }
    let title = match category {
        None => speech.say("list-title", &[]),
        Some(name) => speech.say("list-title-category", &[("category", name.into())]),
    };
    let numbers = [("page", (page.number + 1).into()), ("pages", page.pages.into())];
    let mut parts = vec![title, speech.say("list-page", &numbers), Html::default()];
    let mut keys = Vec::new();
    for (product, place) in page.products.iter().zip(page.number * PAGE + 1..) {
        let key = if product.stock > 0 { "list-line" } else { "list-line-sold-out" };
        let values = [
            ("place", place.into()),
            ("name", (&product.name).into()),
            ("price", product.price.into()),
            ("stock", product.stock.into()),
            ("sold", product.sold.into()),
        ];
        parts.push(speech.say(key, &values));
        let label = super::welcome::digit(place);
        keys.push(InlineButton::callback(label, Press::Product(product.id).data()));
    }
    parts.push(Html::default());
    parts.push(speech.say("list-hint", &[]));
    Screen::with(lines(parts), InlineKeyboard::new().row(keys).row(turns(speech, page)))
}

/// What a search found, at most [`SEARCH`](crate::shop::catalogue::SEARCH) products.
#[must_use]
pub fn found(speech: Speech<'_>, words: &str, products: &[Product]) -> Screen {
    let mut keyboard = InlineKeyboard::new();
    for product in products {
        let label = format!("{} · {}", product.name, product.price);
        keyboard = keyboard.row([InlineButton::callback(label, Press::Product(product.id).data())]);
    }
    let text = speech.say("search-found", &[("words", words.into())]);
    let all = button(speech, "button-all-products", Press::Page(None, 0));
    Screen::with(text, keyboard.row([all]))
}

fn turns(speech: Speech<'_>, page: &Page) -> Vec<InlineButton> {
    let category = page.shelf.category;
    let mut turns = Vec::new();
    if page.number > 0 {
        turns.push(button(speech, "button-previous", Press::Page(category, page.number - 1)));
    }
    if page.number + 1 < page.pages {
        turns.push(button(speech, "button-next", Press::Page(category, page.number + 1)));
    }
    turns
}

/// The categories to pick from, and all products.
#[must_use]
pub fn categories(speech: Speech<'_>, categories: &[Category]) -> Screen {
    if categories.is_empty() {
        return Screen::with(speech.say("categories-empty", &[]), to_catalogue(speech));
    }
    let named = |category: &Category| {
        let label = format!("{} {}", category.emoji, category.name);
        InlineButton::callback(label.trim(), Press::Page(Some(category.id), 0).data())
    };
    let mut keyboard = InlineKeyboard::new();
    for pair in categories.chunks(2) {
        keyboard = keyboard.row(pair.iter().map(named));
    }
    keyboard = keyboard.row([button(speech, "button-all-products", Press::Page(None, 0))]);
    Screen::with(speech.say("categories-title", &[]), keyboard)
}

/// What is in stock now, to the minute.
#[must_use]
pub fn stock(speech: Speech<'_>, products: &[Product], zone: &Zone, now: Timestamp) -> Screen {
    if products.is_empty() {
        return Screen::plain(speech.say("list-empty", &[]));
    }
    let mut parts = vec![speech.say("stock-title", &[]), Html::default()];
    for product in products {
        let values = [("name", (&product.name).into()), ("stock", product.stock.into())];
        parts.push(speech.say("stock-line", &values));
    }
    parts.push(Html::default());
    parts.push(speech.say("stock-time", &[("time", zone.clock(now).into())]));
    let refresh = button(speech, "button-refresh", Press::Stock);
    Screen::with(lines(parts), InlineKeyboard::new().row([refresh]))
}

/// A product's card.
#[must_use]
pub fn card(speech: Speech<'_>, product: &Product, quantity: i64, capped: Option<i64>) -> Screen {
    let total = product.price.checked_mul(quantity).unwrap_or(product.price);
    let category = product.category.as_deref().unwrap_or("–");
    let values = [
        ("name", (&product.name).into()),
        ("description", Html::text(&product.description).truncate(DESCRIPTION).into()),
        ("price", product.price.into()),
        ("stock", product.stock.into()),
        ("sold", product.sold.into()),
        ("category", category.into()),
        ("quantity", quantity.into()),
        ("total", total.into()),
    ];
    let mut parts = vec![speech.say("card", &values)];
    if product.stock == 0 {
        parts.extend([Html::default(), speech.say("card-sold-out", &[])]);
        let leave = InlineKeyboard::new().row([button(speech, "button-cancel", Press::Leave)]);
        return Screen::with(lines(parts), leave).pictured(product.picture.clone());
    }
    if let Some(most) = capped {
        parts.extend([Html::default(), speech.say("card-capped", &[("most", most.into())])]);
    }
    let step = |key: &str, step| button(speech, key, Press::Step(product.id, step));
    let keyboard = InlineKeyboard::new()
        .row([step("button-less", Step::Less), step("button-more", Step::More)])
        .row([
            step("button-x2", Step::Times(2)),
            step("button-x5", Step::Times(5)),
            step("button-x10", Step::Times(10)),
        ])
        .row([button(speech, "button-to-cart", Press::ToCart(product.id))])
        .row([button(speech, "button-cancel", Press::Leave)]);
    Screen::with(lines(parts), keyboard).pictured(product.picture.clone())
}

/// The product is not sold any more.
#[must_use]
pub fn gone(speech: Speech<'_>) -> Screen {
    Screen::with(speech.say("product-gone", &[]), to_catalogue(speech))
}

/// The list has no such number.
#[must_use]
pub fn no_number(speech: Speech<'_>, place: i64) -> Screen {
    Screen::with(speech.say("no-such-number", &[("place", place.into())]), to_catalogue(speech))
}
