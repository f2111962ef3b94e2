//! What people write and read: text made into markup, markup read, split, cut short.

use bot_auto_order::sandbox::telegram::read_html;
use bot_auto_order::telegram::Html;

use super::bench::{Bench, Broken, Outcome, behaviour, must};
use crate::world::visible::{units, visible};

const TEXT_MAX: usize = 4_096;
const MARKUP_MAX: usize = 32_768;
/// The longest text a person can send, in bytes; longer ones are goods, which are never split.
const PERSONS: usize = 16 * 1024;

/// The builder on data, the strict reader on markup, and the splitter on both.
pub fn html(_: &mut Bench, input: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(input);
    let built = Html::text(&text);
    let (shown, entities) = legal(built.as_str())?;
    must(shown == visible(&text) && entities == 0, "S7", || {
        format!("{text:?} is shown as {shown:?} with {entities} formats")
    })?;
    if text.len() > PERSONS {
        must(Html::arrives(&text) <= (visible(&text) == text), "F45", || {
            "goods are said to arrive that Telegram changes".to_owned()
        })?;
        return Ok(behaviour(&["goods"]));
    }
    // Small limits find the seams of the splitter, the true one its cost.
    let limit = if text.len() < 200 { 2 + text.len() % 40 } else { TEXT_MAX };
    whole(&built, limit)?;
    whole(&built.clone().bold(), limit)?;
    whole(&built.blockquote(), limit)?;
    let read = match Html::from_markup(&text) {
        Err(fault) => return Ok(behaviour(&["refused", &fault.to_string()])),
        Ok(read) => read,
    };
    must(read_html(&text).is_ok(), "S7", || {
        format!("Telegram refuses {text:?}: {:?}", read_html(&text).err())
    })?;
    let (shown, entities) = legal(read.as_str())?;
    must(shown == read.plain(), "S7", || format!("{text:?} is read as {:?}", read.plain()))?;
    let again = Html::from_markup(read.as_str());
    must(again.as_ref() == Ok(&read), "S7", || format!("{read:?} is read again as {again:?}"))?;
    whole(&read, limit)?;
    Ok(behaviour(&["read", &"x".repeat(entities.min(9))]))
}

/// The text Telegram would show, and how many formats it has.
fn legal(markup: &str) -> Result<(String, usize), Broken> {
    let (text, entities) =
        read_html(markup).map_err(|why| Broken("S7", format!("{markup:?} is illegal: {why}")))?;
    Ok((text, entities.len()))
}

/// Every part is legal and fits, and together they are the input.
fn whole(html: &Html, limit: usize) -> Result<(), Broken> {
    let mut joined = String::new();
    for part in html.split(limit) {
        let (shown, _) = legal(part.as_str())?;
        must((1..=limit).contains(&units(&shown)), "F45", || {
            format!("a part of {} units under a limit of {limit}", units(&shown))
        })?;
        must(part.as_str().len() <= MARKUP_MAX || limit <= 2, "F45", || {
            format!("a part of {} bytes", part.as_str().len())
        })?;
        joined.push_str(&shown);
    }
    must(joined == html.plain(), "F45", || {
        format!("parts join to {joined:?} instead of {:?}", html.plain())
    })?;
    let cut = html.truncate(limit);
    let (shown, _) = legal(cut.as_str())?;
    must(units(&shown) <= limit, "F45", || format!("cut to {} of {limit}", units(&shown)))
}
