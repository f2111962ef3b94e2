//! T19: whatever people call themselves, their shops and their goods, it is shown as it is.

mod screens;
mod sellers;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::time::Instant;

use bot_auto_order::bot::Texts;
use bot_auto_order::primitives::Language;
use bot_auto_order::sandbox::telegram::{Entity, read_html};
use bot_auto_order::telegram::Html;
use fastrand::Rng;

use self::screens::Screen;
use crate::report::Report;
use crate::trial::{Given, Trial};
use crate::world::names::hostile;
use crate::world::visible::{units, visible};

pub const TRIAL: Trial = Trial {
    name: "T19",
    title: "rendering",
    stores: &[],
    pieces: 2,
    play: |given| Box::pin(async move { play(&given) }),
};

/// What buyers are shown, then what sellers are.
static SCREENS: LazyLock<Vec<&Screen>> =
    LazyLock::new(|| screens::SCREENS.iter().chain(sellers::SCREENS).collect());
const QUICK: u64 = 100_000;
const FULL: u64 = 1_000_000;
const THREADS: u64 = 2;
/// A word that stands in no text of ours: where it is shown, the hostile one must be shown.
const WORD: &str = "QZXJWVQ";
/// After so many broken promises a thread has said enough.
const ENOUGH: usize = 5;

#[derive(Default)]
struct Tally {
    texts: u64,
    whole: u64,
    cut: u64,
    refused: u64,
    goods: u64,
    broken: Vec<String>,
}

fn play(given: &Given) -> Report {
    let mut report = given.report();
    let all = given.share(QUICK, FULL);
    let mut dice = given.dice();
    let started = Instant::now();
    let tallies: Vec<Tally> = std::thread::scope(|threads| {
        let work: Vec<_> = (0..THREADS)
            .map(|_| {
                let dice = dice.fork();
                threads.spawn(move || work(dice, all / THREADS))
            })
            .collect();
        work.into_iter().map(|thread| thread.join().expect("panics are caught")).collect()
    });
    let sum = |what: fn(&Tally) -> u64| tallies.iter().map(what).sum::<u64>();
    report.figure("screens", SCREENS.len());
    report.figure("texts", sum(|tally| tally.texts));
    report.figure("shown_whole", sum(|tally| tally.whole));
    report.figure("cut_to_fit", sum(|tally| tally.cut));
    report.figure("refused_at_import", sum(|tally| tally.refused));
    report.figure("goods", sum(|tally| tally.goods));
    report.figure("texts_per_s", u128::from(all) * 1_000 / started.elapsed().as_millis().max(1));
    for broken in tallies.iter().flat_map(|tally| &tally.broken) {
        report.must(false, "S7", broken.clone());
    }
    let whole = sum(|tally| tally.whole);
    report.must(whole * 2 > all, "S7", format!("only {whole} of {all} texts were shown whole"));
    report
}

/// A screen with the plain word in it, as Telegram shows it.
struct Pattern {
    text: String,
    entities: Vec<(String, String)>,
}

fn work(mut dice: Rng, texts: u64) -> Tally {
    let words = Texts::new();
    let patterns: Vec<Vec<Pattern>> = Language::ALL
        .iter()
        .map(|language| {
            let speech = words.speech(*language);
            let shown = SCREENS.iter().map(|screen| (screen.show)(speech, WORD));
            shown.map(|html| Pattern::of(html.as_str()).expect("a plain word is legal")).collect()
        })
        .collect();
    let mut tally = Tally::default();
    while tally.texts < texts && tally.broken.len() < ENOUGH {
        tally.texts += 1;
        let spoken = dice.usize(0..Language::ALL.len());
        let speech = words.speech(Language::ALL[spoken]);
        let at = dice.usize(0..=SCREENS.len());
        let Some(screen) = SCREENS.get(at) else {
            tally.goods += 1;
            let unit = hostile(&mut dice, 300);
            if let Err(broken) = screens::goods(speech, &unit) {
                tally.broken.push(broken);
            }
            continue;
        };
        let data = hostile(&mut dice, screen.longest);
        if !(screen.accepts)(&data) {
            tally.refused += 1;
            continue;
        }
        let shown = catch_unwind(AssertUnwindSafe(|| (screen.show)(speech, &data)));
        let judged = shown
            .map_err(|_| "a panic".to_owned())
            .and_then(|html| judged(screen, &patterns[spoken][at], &data, &html));
        match judged {
            Ok(true) => tally.whole += 1,
            Ok(false) => tally.cut += 1,
            Err(broken) => tally.broken.push(format!("{} of {data:?}: {broken}", screen.name)),
        }
    }
    tally
}

impl Pattern {
    fn of(markup: &str) -> Result<Self, String> {
        let (text, entities) = read_html(markup)?;
        let letters: Vec<u16> = text.encode_utf16().collect();
        let words = |entity: &Entity| {
            let part = &letters[entity.offset..entity.offset + entity.length];
            (entity.kind.clone(), String::from_utf16_lossy(part))
        };
        let mut entities: Vec<_> = entities.iter().map(words).collect();
        entities.sort();
        Ok(Self { text, entities })
    }
}

/// Whether the screen shows its pattern with `data` in the word's place; `false` when it had to be cut.
fn judged(screen: &Screen, pattern: &Pattern, data: &str, html: &Html) -> Result<bool, String> {
    let shown = Pattern::of(html.as_str())?;
    let wanted = |text: &str| text.replace(WORD, &visible(&(screen.seen)(data)));
    let text = wanted(&pattern.text);
    // What does not fit is cut before it is sent, as the desk and the views do.
    let sent = html.truncate(screen.limit);
    let (cut, _) = read_html(sent.as_str())?;
    if units(&cut) > screen.limit || sent.as_str().len() > 32_768 {
        return Err(format!("{} units and {} bytes are sent", units(&cut), sent.as_str().len()));
    }
    if units(&text) > screen.limit {
        return Ok(false);
    }
    if shown.text != text {
        return Err(format!("shown as {:?} instead of {text:?}", shown.text));
    }
    let mut entities: Vec<_> =
        pattern.entities.iter().map(|(kind, text)| (kind.clone(), wanted(text))).collect();
    entities.sort();
    if shown.entities != entities {
        return Err(format!("formatted as {:?} instead of {entities:?}", shown.entities));
    }
    Ok(true)
}
