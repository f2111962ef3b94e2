//! Products as their seller sees them, and the steps by which one is made.

use super::{Manage, Screen, back, called, does, lines, remarked, turns};
use crate::bot::{Draft, ProductField, Speech, Step};
use crate::primitives::{Language, ProductId};
use crate::shop::assortment::{self, Managed, Shelf, Unfit};
use crate::telegram::{Html, InlineButton, InlineKeyboard};

/// For what a list of products is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To change them.
    Products,
    /// For their units.
    Stocks,
    /// For their terms.
    Terms,
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Stocks => "stocks",
            Self::Terms => "terms",
        }
    }

    const fn page(self, page: i64) -> Manage {
        match self {
            Self::Products => Manage::Products(page),
            Self::Stocks => Manage::Stocks(page),
            Self::Terms => Manage::TermsOfAll(page),
        }
    }

    const fn one(self, product: ProductId) -> Manage {
        match self {
            Self::Products => Manage::Product(product),
            Self::Stocks => Manage::Units(product),
            Self::Terms => Manage::Terms(product),
        }
    }
}

/// A page of all products.
#[must_use]
pub fn list(
    speech: Speech<'_>,
    purpose: Purpose,
    (page, total): (i64, i64),
    products: &[Managed],
) -> Screen {
    let title = format!("manage-{}", purpose.word());
    let mut keyboard = InlineKeyboard::new();
    for product in products {
        let mark = if !product.active {
            "⏸"
        } else if product.stock == 0 {
            "❗"
        } else {
            "▫️"
        };
        let label = format!("{mark} {} · {}", product.name, product.stock);
        keyboard = keyboard.row([called(&label, purpose.one(product.id))]);
    }
    keyboard = keyboard
        .row(turns(speech, page, total, assortment::PAGE, |page| purpose.page(page).into()));
    if purpose == Purpose::Products {
        keyboard = keyboard.row([does(speech, "button-new-product", Manage::NewProduct)]);
    }
    if purpose == Purpose::Terms {
        keyboard = keyboard.row([does(speech, "button-all-proofs", Manage::Proofs(0))]);
    }
    Screen::with(
        speech.say(&title, &[("total", total.into())]),
        keyboard.row([back(speech, Manage::Menu)]),
    )
}

/// One product with everything about it.
#[must_use]
pub fn product(speech: Speech<'_>, product: &Managed, low: i64, remark: Option<Html>) -> Screen {
    let yes = |flag: bool| speech.label(if flag { "word-yes" } else { "word-no" });
    let none = || speech.label("word-none");
    let values = [
        ("name", (&product.name).into()),
        ("code", (&product.code).into()),
        ("price", product.price.into()),
        ("category", product.category.clone().unwrap_or_else(none).into()),
        ("stock", product.stock.into()),
        ("sold", product.sold.into()),
        ("low", product.low_stock.unwrap_or(low).into()),
        ("active", yes(product.active).into()),
        ("picture", yes(product.picture.is_some()).into()),
        ("description", short(&product.description).into()),
    ];
    let id = product.id;
    let edit = |what: ProductField| {
        does(speech, &format!("button-edit-{}", what.word()), Manage::EditProduct(id, what))
    };
    let sell = if product.active {
        does(speech, "button-pause", Manage::SellProduct(id, 0))
    } else {
        does(speech, "button-sell", Manage::SellProduct(id, 1))
    };
    let keyboard = InlineKeyboard::new()
        .row([edit(ProductField::Name), edit(ProductField::Price)])
        .row([edit(ProductField::Description), edit(ProductField::Category)])
        .row([edit(ProductField::Picture), edit(ProductField::LowStock)])
        .row([
            does(speech, "button-units", Manage::Units(id)),
            does(speech, "button-terms", Manage::Terms(id)),
        ])
        .row([sell, does(speech, "button-delete", Manage::DeleteProduct(id))])
        .row([back(speech, Manage::Products(0))]);
    Screen::with(remarked(speech.say("managed-product", &values), remark), keyboard)
}

/// The beginning of a long text.
fn short(text: &str) -> String {
    const MOST: usize = 300;
    let cut: String = text.chars().take(MOST).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}

/// There is no such product any more.
#[must_use]
pub fn gone(speech: Speech<'_>) -> Html {
    speech.say("managed-gone", &[])
}

/// Something was changed.
#[must_use]
pub fn saved(speech: Speech<'_>) -> Html {
    speech.say("saved", &[])
}

/// Why what was typed is unfit.
#[must_use]
pub fn unfit(speech: Speech<'_>, why: Unfit) -> Html {
    speech.say(&format!("unfit-{}", why.word()), &[])
}

/// Asks what a field should be.
#[must_use]
pub fn ask_field(
    speech: Speech<'_>,
    product: &Managed,
    what: ProductField,
    remark: Option<Html>,
) -> Screen {
    let text = speech.say(&format!("ask-{}", what.word()), &[("name", (&product.name).into())]);
    let way_back = match what {
        ProductField::TermsId | ProductField::TermsEn => Manage::Terms(product.id),
        _ => Manage::Product(product.id),
    };
    Screen::with(remarked(text, remark), InlineKeyboard::new().row([back(speech, way_back)]))
}

/// Asks into which category.
fn ask_category(
    shelves: &[Shelf],
    text: Html,
    into: impl Fn(&Shelf) -> Manage,
    rest: Vec<InlineButton>,
) -> Screen {
    let mut keyboard = InlineKeyboard::new();
    for pair in shelves.chunks(2) {
        keyboard = keyboard.row(pair.iter().map(|shelf| {
            let label = format!("{} {}", shelf.emoji, shelf.name);
            called(label.trim(), into(shelf))
        }));
    }
    Screen::with(text, keyboard.row(rest))
}

/// A product's category, asked on its own page.
#[must_use]
pub fn ask_its_category(speech: Speech<'_>, product: &Managed, shelves: &[Shelf]) -> Screen {
    let text = speech.say("ask-category", &[("name", (&product.name).into())]);
    let id = product.id;
    let rest = vec![back(speech, Manage::Product(id))];
    ask_category(shelves, text, |shelf| Manage::PutInCategory(id, shelf.id), rest)
}

/// Asks for the next thing about a product that is being made.
#[must_use]
pub fn ask_step(
    speech: Speech<'_>,
    draft: &Draft,
    shelves: &[Shelf],
    remark: Option<Html>,
) -> Screen {
    if draft.step == Step::Preview {
        return preview(speech, draft, shelves);
    }
    let number = |number: usize| i64::try_from(number).unwrap_or_default();
    let values = [
        ("step", number(draft.step.number()).into()),
        ("steps", number(Step::ALL.len() - 1).into()),
    ];
    let text = lines([
        speech.say("step-of", &values),
        speech.say(&format!("step-{}", draft.step.word()), &[]),
    ]);
    let mut rest = Vec::new();
    if draft.step.can_be_skipped() {
        rest.push(does(speech, "button-skip", Manage::Skip));
    }
    rest.push(does(speech, "button-cancel", Manage::Products(0)));
    let text = remarked(text, remark);
    if draft.step == Step::Category {
        let into = |shelf: &Shelf| Manage::DraftCategory(shelf.id);
        return ask_category(shelves, text, into, rest);
    }
    Screen::with(text, InlineKeyboard::new().row(rest))
}

/// The product as it will stand there.
fn preview(speech: Speech<'_>, draft: &Draft, shelves: &[Shelf]) -> Screen {
    let category = draft.category.and_then(|id| shelves.iter().find(|shelf| shelf.id == id));
    let none = || speech.label("word-none");
    let values = [
        ("name", (&draft.name).into()),
        ("code", (&draft.code).into()),
        ("price", draft.price.into()),
        ("category", category.map_or_else(none, |shelf| shelf.name.clone()).into()),
        (
            "picture",
            speech.label(if draft.picture.is_some() { "word-yes" } else { "word-no" }).into(),
        ),
        ("description", short(&draft.description).into()),
    ];
    let keyboard = InlineKeyboard::new()
        .row([does(speech, "button-save", Manage::SaveProduct)])
        .row([does(speech, "button-cancel", Manage::Products(0))]);
    Screen::with(speech.say("step-preview", &values), keyboard)
}

/// The code is another product's.
#[must_use]
pub fn taken(speech: Speech<'_>, code: &str) -> Html {
    speech.say("code-taken", &[("code", code.into())])
}

/// Asks whether a product goes for good.
#[must_use]
pub fn sure_to_delete(speech: Speech<'_>, product: &Managed) -> Html {
    let values = [("name", (&product.name).into()), ("stock", product.stock.into())];
    speech.say("sure-delete-product", &values)
}

/// A product went for good.
#[must_use]
pub fn deleted(speech: Speech<'_>, name: &str, voided: u64) -> Html {
    let voided = i64::try_from(voided).unwrap_or(i64::MAX);
    speech.say("deleted-product", &[("name", name.into()), ("units", voided.into())])
}

/// The terms of a product in both languages.
#[must_use]
pub fn terms(
    speech: Speech<'_>,
    product: &Managed,
    terms: &[(Language, String)],
    remark: Option<Html>,
) -> Screen {
    let of = |language: Language| {
        let body =
            terms.iter().find(|(spoken, _)| *spoken == language).map(|(_, body)| short(body));
        body.unwrap_or_else(|| speech.label("word-none"))
    };
    let values = [
        ("name", (&product.name).into()),
        ("id", of(Language::Id).into()),
        ("en", of(Language::En).into()),
    ];
    let edit = |what: ProductField| {
        does(speech, &format!("button-edit-{}", what.word()), Manage::EditProduct(product.id, what))
    };
    let keyboard = InlineKeyboard::new()
        .row([edit(ProductField::TermsId), edit(ProductField::TermsEn)])
        .row([back(speech, Manage::TermsOfAll(0))]);
    Screen::with(remarked(speech.say("managed-terms", &values), remark), keyboard)
}
