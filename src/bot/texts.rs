//! The message files, and how a text becomes legal markup with everyone's data shown as it is.

use std::borrow::Cow;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::replies::{self, Reply, Slot, Template};
use super::wording::Wording;
use crate::primitives::{Language, Rupiah, Timestamp};
use crate::shop::customers::Customer;
use crate::shop::stores::Store;
use crate::telegram::Html;

const FILES: [(Language, &str); 2] = [
    (
        Language::Id,
        concat!(
            include_str!("../../locales/id/chat.ftl"),
            include_str!("../../locales/id/seller.ftl"),
            include_str!("../../locales/id/owner.ftl")
        ),
    ),
    (
        Language::En,
        concat!(
            include_str!("../../locales/en/chat.ftl"),
            include_str!("../../locales/en/seller.ftl"),
            include_str!("../../locales/en/owner.ftl")
        ),
    ),
];

/// All texts in all languages, read once at start.
pub struct Texts(Vec<(Language, FluentBundle<FluentResource>)>);

/// A value for a placeholder: data is escaped, markup was made by our own builder.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// Somebody's data.
    Text(Cow<'a, str>),
    /// Markup of ours.
    Markup(Html),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Text(Cow::Owned(number.to_string()))
    }
}

impl From<Rupiah> for Value<'_> {
    fn from(amount: Rupiah) -> Self {
        Self::Text(Cow::Owned(amount.to_string()))
    }
}

impl From<Html> for Value<'_> {
    fn from(markup: Html) -> Self {
        Self::Markup(markup)
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Texts")
    }
}

impl Texts {
    /// Reads the message files that are built in.
    #[must_use]
    pub fn new() -> Self {
        Self::of(&FILES)
    }

    /// Reads other message files with the same keys, such as a translation under test.
    ///
    /// # Panics
    /// When a file is no message file or has a key twice.
    #[must_use]
    pub fn of(files: &[(Language, &str)]) -> Self {
        Self(files.iter().map(|(language, file)| (*language, bundle(*language, file))).collect())
    }

    /// Everything said in one language.
    #[must_use]
    pub const fn speech(&self, language: Language) -> Speech<'_> {
        Speech { texts: self, language, own: None }
    }

    /// The text of a button, in every language: people press what they see.
    pub fn labels<'t>(&'t self, key: &'t str) -> impl Iterator<Item = String> + 't {
        Language::ALL.into_iter().map(move |language| self.speech(language).label(key))
    }

    fn raw(&self, language: Language, key: &str, values: &FluentArgs<'_>) -> Option<String> {
        let (_, bundle) = self.0.iter().find(|(spoken, _)| *spoken == language)?;
        let pattern = bundle.get_message(key)?.value()?;
        let mut faults = Vec::new();
        let text = bundle.format_pattern(pattern, Some(values), &mut faults);
        if !faults.is_empty() {
            tracing::error!(key, %language, ?faults, "a text has a placeholder without a value");
        }
        Some(text.into_owned())
    }
}

fn bundle(language: Language, file: &str) -> FluentBundle<FluentResource> {
    let id: LanguageIdentifier = language.code().parse().expect("our codes are well-formed");
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Isolation marks would be data that nobody wrote.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(file.to_owned()).expect("a test parses every file");
    bundle.add_resource(resource).expect("a test finds double keys");
    bundle
}

/// A store that speaks in its own words where it has some, and whom it speaks to.
#[derive(Debug, Clone, Copy)]
pub struct Own<'t> {
    /// The words.
    pub wording: &'t Wording,
    /// The store.
    pub store: &'t Store,
    /// Who reads it.
    pub customer: &'t Customer,
    /// When.
    pub now: Timestamp,
}

/// The texts in one language.
#[derive(Debug, Clone, Copy)]
pub struct Speech<'t> {
    texts: &'t Texts,
    /// The language.
    pub language: Language,
    own: Option<Own<'t>>,
}

impl Value<'_> {
    fn escaped(&self) -> String {
        match self {
            Value::Text(text) => Html::text(text).as_str().to_owned(),
            Value::Markup(markup) => markup.as_str().to_owned(),
        }
    }
}

impl<'t> Speech<'t> {
    /// The same in a store's own words where it has some.
    #[must_use]
    pub const fn in_words_of(self, own: Own<'t>) -> Self {
        Self { own: Some(own), ..self }
    }

    /// How a reply is built in, with its placeholders as a store writes them.
    #[must_use]
    pub fn built_in(&self, reply: Reply) -> String {
        let everywhere = [("name", "nama"), ("store", "store_name")].into_iter();
        // Its own come last: a card's name is the product's.
        let own = reply.placeholders().iter().map(|(name, value, _)| (*value, *name));
        let written = |(value, name)| (value, format!("{{{name}}}").into());
        let values: Vec<(&str, Value<'_>)> = everywhere.chain(own).map(written).collect();
        self.fill(reply.key(), &values)
    }

    /// The picture that a store puts above a reply.
    #[must_use]
    pub fn picture(&self, reply: Reply) -> Option<String> {
        self.template(reply)?.picture.clone()
    }

    fn template(&self, reply: Reply) -> Option<&'t Template> {
        self.own?.wording.get(Slot { reply, language: self.language })
    }

    /// What the store's own words say; `None` when it has none, or they cannot be used with these values.
    fn own_words(&self, key: &str, values: &[(&str, Value<'_>)]) -> Option<Html> {
        let (own, reply) = (self.own?, Reply::of_key(key)?);
        let text = self.template(reply)?.text.as_deref()?;
        let filled = replies::filled(text, |name| own.value(reply, name, values));
        match Html::from_markup(&filled) {
            Ok(said) if !said.is_blank() && said.width() <= reply.most() => Some(said),
            unfit => {
                let why = unfit
                    .err()
                    .map_or("too long, or nothing to see".to_owned(), |error| error.to_string());
                tracing::warn!(
                    store = own.store.slug,
                    key,
                    why,
                    "a store's own words cannot be used"
                );
                own.wording.broke(Slot { reply, language: self.language });
                None
            }
        }
    }

    /// A text as markup, its placeholders filled: in the store's own words if it has some that can be used.
    #[must_use]
    pub fn say(&self, key: &str, values: &[(&str, Value<'_>)]) -> Html {
        if let Some(said) = self.own_words(key, values) {
            return said;
        }
        let filled = self.fill(key, values);
        Html::from_markup(&filled).unwrap_or_else(|error| {
            tracing::error!(key, %error, "a text is no legal markup");
            Html::text(&filled)
        })
    }

    /// A text without placeholders and markup, such as a button's.
    #[must_use]
    pub fn label(&self, key: &str) -> String {
        self.fill(key, &[])
    }

    fn fill(&self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        let mut filled = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            filled.set(*name, FluentValue::from(value.escaped()));
        }
        let in_language = self.texts.raw(self.language, key, &filled);
        in_language.or_else(|| self.texts.raw(Language::Id, key, &filled)).unwrap_or_else(|| {
            tracing::error!(key, "there is no such text");
            key.to_owned()
        })
    }
}

impl Own<'_> {
    /// What fills a placeholder of a reply, escaped.
    fn value(&self, reply: Reply, name: &str, values: &[(&str, Value<'_>)]) -> Option<String> {
        let asked = reply.placeholders().iter().find(|(known, ..)| *known == name);
        let own = asked.and_then(|(_, value, _)| values.iter().find(|(known, _)| known == value));
        if let Some((_, value)) = own {
            return Some(value.escaped());
        }
        let everywhere: Value<'_> = match name {
            "nama" => (&self.customer.name).into(),
            "store_name" => (&self.store.name).into(),
            "saldo" => self.customer.balance.into(),
            "tanggal" => self.store.zone.day_and_clock(self.now).into(),
            _ => return None,
        };
        Some(everywhere.escaped())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// Key → placeholders, read from the file's own text.
    fn keys(file: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            if let Some((key, _)) = line.split_once(" =")
                && !line.starts_with(' ')
            {
                current = key.to_owned();
                assert!(keys.insert(current.clone(), BTreeSet::new()).is_none(), "{key} twice");
            }
            for part in line.split("{ $").skip(1) {
                let name = part.split(' ').next().expect("a name").to_owned();
                keys.get_mut(&current).expect("a key above").insert(name);
            }
        }
        keys
    }

    #[test]
    fn every_language_has_every_text_with_the_same_placeholders() {
        let [id, en] = FILES.map(|(_, file)| keys(file));
        assert!(id.len() > 80, "only {} texts", id.len());
        assert_eq!(id, en);
    }

    #[test]
    fn every_text_is_legal_markup_whatever_is_put_into_it() {
        let texts = Texts::new();
        for (language, file) in FILES {
            for (key, placeholders) in keys(file) {
                let values: Vec<_> = placeholders
                    .iter()
                    .map(|name| (name.as_str(), Value::from("<b>&\"{ $x }")))
                    .collect();
                let said = texts.speech(language).say(&key, &values);
                let marked = said.as_str().contains("&lt;b&gt;&amp;");
                assert_eq!(marked, !placeholders.is_empty(), "{language} {key}: {}", said.as_str());
                assert!(!said.is_empty(), "{language} {key} is empty");
            }
        }
    }

    #[test]
    fn a_name_is_shown_literally() {
        let texts = Texts::new();
        let values = [
            ("name", Value::from("A<b>&_*")),
            ("store", Value::from("Toko")),
            ("customers", Value::from(1)),
            ("orders", Value::from(0)),
        ];
        let said = texts.speech(Language::Id).say("welcome", &values);
        assert!(said.plain().starts_with("👋 Halo, A<b>&_*! Selamat datang di Toko."));
    }
}
