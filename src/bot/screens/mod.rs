//! Everything one can look at, a file per thing: data in, a text with its buttons out.

pub mod cart;
pub mod order;
pub mod account;
pub mod balance;
pub mod terms;
pub mod manners;
pub mod welcome;
pub mod catalogue;
pub mod admin;

use super::chart::Chart;
use super::{Image, Press, Speech};
use crate::telegram::limits::CAPTION_MAX;
use crate::telegram::{Html, InlineButton, InlineKeyboard, Markup};

/// A text with its buttons.
#[derive(Debug, Clone, PartialEq)]
pub struct Screen {
    /// What it says.
    pub text: Html,
    /// Its buttons.
    pub markup: Option<Markup>,
    /// Its picture.
    pub picture: Option<Image>,
}

impl Screen {
    /// A text without buttons.
    #[must_use]
    pub const fn plain(text: Html) -> Self {
        Self { text, markup: None, picture: None }
    }

    /// A text with buttons under it.
    #[must_use]
    pub fn with(text: Html, buttons: InlineKeyboard) -> Self {
        Self::keyed(text, Markup::Inline(buttons))
    }

    /// A text that brings a keyboard.
    #[must_use]
    pub const fn keyed(text: Html, markup: Markup) -> Self {
        Self { text, markup: Some(markup), picture: None }
    }

    /// The same under a picture, if there is one and the text fits under it.
    #[must_use]
    pub fn pictured(self, picture: Option<String>) -> Self {
        self.under(picture.map(Image::File))
    }

    /// The same under a chart, if the text fits under it.
    #[must_use]
    pub fn charted(self, chart: Chart) -> Self {
        self.under(Some(Image::Chart(chart)))
    }

    fn under(self, picture: Option<Image>) -> Self {
        let picture = picture.filter(|_| self.text.width() <= CAPTION_MAX);
        Self { picture, ..self }
    }

    /// The same with the store's name above it, for people who have several.
    #[must_use]
    pub fn of_store(self, name: &str) -> Self {
        let text = lines([Html::text(name).bold(), self.text]);
        Self { text, ..self }
    }
}

/// A button with one of the fixed labels.
fn button(speech: Speech<'_>, key: &str, press: Press) -> InlineButton {
    InlineButton::callback(speech.label(key), press.data())
}

/// The buttons that turn the pages of a list.
fn turns(
    speech: Speech<'_>,
    page: i64,
    total: i64,
    of: i64,
    press: impl Fn(i64) -> Press,
) -> Vec<InlineButton> {
    let last = (total - 1).max(0) / of;
    let page = page.clamp(0, last);
    let mut turns = Vec::new();
    if page > 0 {
        turns.push(button(speech, "button-previous", press(page - 1)));
    }
    if page < last {
        turns.push(button(speech, "button-next", press(page + 1)));
    }
    turns
}

/// Lines under each other.
fn lines(parts: impl IntoIterator<Item = Html>) -> Html {
    Html::join(parts, "\n")
}

/// The one button that leads on when there is nothing to see.
fn to_catalogue(speech: Speech<'_>) -> InlineKeyboard {
    InlineKeyboard::new().row([button(speech, "button-catalogue", Press::Page(None, 0))])
}
