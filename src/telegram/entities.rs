//! What a person formatted in the chat's own editor, as the markup that we send.

use super::limits::units;
use super::markup::{Tag, escape};
use super::update::MessageEntity;

/// A text as markup by its entities; `None` when nothing in it is formatted.
///
/// What formats nothing, such as a link that is written out, stays text; what crosses another entity or lies
/// outside of the text is cut to fit.
#[must_use]
pub fn markup(text: &str, entities: &[MessageEntity]) -> Option<String> {
    let mut spans: Vec<(i64, i64, Tag)> = entities
        .iter()
        .filter_map(|entity| {
            let end = entity.offset.checked_add(entity.length)?;
            Some((entity.offset, end, tag(entity)?))
        })
        .collect();
    if spans.is_empty() {
        return None;
    }
    // The wider of two that begin together is the outer one.
    spans.sort_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)));
    let mut waiting = spans.into_iter().peekable();
    let (mut out, mut open, mut at) = (String::new(), Vec::<(i64, Tag)>::new(), 0);
    for letter in text.chars() {
        close(&mut open, at, &mut out);
        while let Some((_, end, tag)) = waiting.next_if(|(start, ..)| *start <= at) {
            let end = open.last().map_or(end, |(outer, _)| end.min(*outer));
            let fits = open.iter().all(|(_, outer)| tag.fits_in(outer));
            if end > at && fits {
                tag.open(&mut out);
                open.push((end, tag));
            }
        }
        let mut buffer = [0; 4];
        let letter = letter.encode_utf8(&mut buffer);
        escape(letter, &mut out);
        at += i64::try_from(units(letter)).unwrap_or_default();
    }
    close(&mut open, i64::MAX, &mut out);
    Some(out)
}

/// Closes what ends here.
fn close(open: &mut Vec<(i64, Tag)>, at: i64, out: &mut String) {
    while let Some((_, tag)) = open.pop_if(|(end, _)| *end <= at) {
        tag.close(out);
    }
}

fn tag(entity: &MessageEntity) -> Option<Tag> {
    Some(match entity.kind.as_str() {
        "bold" => Tag::Bold,
        "italic" => Tag::Italic,
        "underline" => Tag::Underline,
        "strikethrough" => Tag::Strike,
        "spoiler" => Tag::Spoiler,
        "code" => Tag::Code,
        "pre" => Tag::Pre(entity.language.clone()),
        "blockquote" => Tag::Quote { expandable: false },
        "expandable_blockquote" => Tag::Quote { expandable: true },
        "text_link" => Tag::Link(entity.url.clone()?),
        "custom_emoji" => Tag::Emoji(entity.custom_emoji_id.clone()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::telegram::Html;

    fn entity(kind: &str, offset: i64, length: i64) -> MessageEntity {
        let url = Some("https://contoh.id/?a=1&b=\"2\"".to_owned());
        let (language, custom_emoji_id) = (None, Some("5368324170671202286".to_owned()));
        MessageEntity { kind: kind.to_owned(), offset, length, url, language, custom_emoji_id }
    }

    #[test]
    fn what_was_formatted_is_markup() {
        let said = markup("Halo {nama} <3 & 🎉!", &[entity("bold", 0, 11), entity("italic", 5, 6)]);
        assert_eq!(said.as_deref(), Some("<b>Halo <i>{nama}</i></b> &lt;3 &amp; 🎉!"));
        // An emoji outside the first plane counts twice.
        let said = markup("🎉 lunas", &[entity("code", 3, 5)]);
        assert_eq!(said.as_deref(), Some("🎉 <code>lunas</code>"));
        let said = markup("toko", &[entity("text_link", 0, 4)]).expect("formatted");
        assert_eq!(said, "<a href=\"https://contoh.id/?a=1&amp;b=&quot;2&quot;\">toko</a>");
    }

    #[test]
    fn what_is_not_formatted_is_none() {
        assert_eq!(markup("<b>x</b>", &[]), None);
        assert_eq!(markup("https://contoh.id", &[entity("url", 0, 17)]), None);
    }

    proptest! {
        #[test]
        fn whatever_is_formatted_is_legal_and_says_the_same(
            text in "[a-c<&🎉 ]{1,12}",
            entities in proptest::collection::vec(
                ("(bold|italic|code|pre|blockquote|text_link|spoiler|custom_emoji)", -3_i64..20, -3_i64..20), 0..6)
        ) {
            let entities: Vec<_> = entities.iter().map(|(kind, at, long)| entity(kind, *at, *long)).collect();
            if let Some(said) = markup(&text, &entities) {
                let html = Html::from_markup(&said);
                prop_assert!(html.is_ok(), "{said}: {html:?}");
                prop_assert_eq!(html.expect("legal").plain(), text);
            }
        }
    }
}
