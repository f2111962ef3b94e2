//! The whole service against the sandbox: from a press on a button to the call that changes the message.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bot_auto_order::primitives::{Clock, Keyring, MessageId, UserId};
use bot_auto_order::sandbox::Stage;
use bot_auto_order::sandbox::telegram::{Action, Person, Seen};
use bot_auto_order::shop::catalogue::{self, CatalogueFile};
use bot_auto_order::shop::stores::{self, Wish};
use bot_auto_order::worker::{Service, Settings};
use serde_json::json;
use tokio::task::JoinSet;

use crate::engines::Engine;
use crate::{Plan, figures};

const PER_SECOND: u32 = 200;
/// So many people that nobody's chat is pressed faster than Telegram lets a bot answer.
const PEOPLE: i64 = 800;
/// How many people open their card at once beforehand.
const GUESTS: usize = 50;

/// Prints how soon a click is answered at 200 clicks a second, however slow the answers are.
pub fn measure(plan: Plan, engine: &Engine, folder: &Path) {
    let runtime = |threads| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(threads).enable_all().build().expect("a runtime")
    };
    // The world and the service do not share threads.
    let (world, program) = (runtime(1), runtime(2));
    let stage = world.block_on(Stage::start(Clock::system())).expect("ports");
    let service = program.block_on(open(engine, folder, &stage));
    stage.lead_to(service.bind());
    let (mut times, rate) = world.block_on(async {
        let bot = stage.bot.clone();
        stage.telegram.until(move |_| bot.webhook()).await;
        let cards = invite(&stage).await;
        click(plan, cards).await
    });
    let name = engine.name;
    println!("{name}.clicks {rate:.0} per second, {} in all", times.len());
    figures::percentiles(&format!("{name}.click_to_call (goal p50 5 ms)"), &mut times);
    program.block_on(service.stop());
    world.block_on(stage.stop());
}

async fn open(engine: &Engine, folder: &Path, stage: &Stage) -> Service {
    let clock = Clock::system();
    let keyring = Arc::new(Keyring::from_base64(&Keyring::fresh_key()).expect("a fresh key"));
    let db = engine.fresh(folder, "clicks").await;
    let mut tx = db.write().await.expect("begins");
    let wish = Wish {
        name: Some("Toko".to_owned()),
        bot_token: Some(stage.token.clone()),
        ..Wish::default()
    };
    let store = stores::apply(&mut tx, &keyring, "toko", &wish, clock.now()).await.expect("made");
    let units: Vec<String> = (0..100).map(|n| format!("unit-{n}")).collect();
    let file =
        json!({"products": [{"code": "KOPI", "name": "Kopi", "price": 30_000, "units": units}]});
    let file: CatalogueFile = serde_json::from_value(file).expect("a catalogue");
    catalogue::import(&mut tx, &store, &keyring, &file, clock.now()).await.expect("imported");
    tx.commit().await.expect("commits");
    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    Service::start(Settings {
        db,
        clock,
        keyring,
        bind: loopback.into(),
        probe: loopback.into(),
        public_url: Some("https://toko.test".to_owned()),
        max_connections: 100,
        telegram_api_url: stage.telegram.url(),
        pakasir_api_url: stage.gateway.url(),
        pakasir_public_domain: "https://bayar.test".to_owned(),
        owner_bot_token: None,
        owner_alerts: true,
        standby_urls: Vec::new(),
    })
    .await
    .expect("the service starts")
}

/// Everyone with the card of the only product before him.
async fn invite(stage: &Stage) -> Vec<(Person, MessageId, String)> {
    let mut cards = Vec::new();
    let mut opening = JoinSet::new();
    for number in 0..PEOPLE {
        let person = stage.bot.person(UserId(10_000 + number), "Budi").language("id");
        opening.spawn(async move {
            person.say("1");
            let card = person.sees_text("Jumlah:").await;
            let more = card.button("➕").expect("a card has a plus").action.clone();
            let Action::Data(data) = more else { panic!("a plus tells the bot something") };
            (person, card.id, data)
        });
        if opening.len() >= GUESTS {
            cards.extend(opening.join_next().await.map(|opened| opened.expect("opened")));
        }
    }
    while let Some(opened) = opening.join_next().await {
        cards.push(opened.expect("opened"));
    }
    cards
}

/// Presses by the clock; every press is timed until the person sees the message change.
async fn click(plan: Plan, cards: Vec<(Person, MessageId, String)>) -> (Vec<Duration>, f64) {
    let mut every = tokio::time::interval(Duration::from_secs(1) / PER_SECOND);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
    let mut waiting = JoinSet::new();
    let mut times = Vec::new();
    let begun = Instant::now();
    let mut clicks = 0_u32;
    for (person, message, data) in cards.iter().cycle() {
        every.tick().await;
        if begun.elapsed() >= plan.clicks {
            break;
        }
        clicks += 1;
        let edits = edits(&person.messages(), *message).unwrap_or_default();
        let (person, message) = (person.clone(), *message);
        let started = Instant::now();
        person.press_data(message, data);
        waiting.spawn(async move {
            person.sees(|seen| self::edits(seen, message).filter(|now| *now > edits)).await;
            started.elapsed()
        });
        while let Some(answered) = waiting.try_join_next() {
            times.push(answered.expect("answered"));
        }
    }
    let rate = f64::from(clicks) / begun.elapsed().as_secs_f64();
    while let Some(answered) = waiting.join_next().await {
        times.push(answered.expect("answered"));
    }
    (times, rate)
}

fn edits(messages: &[Seen], message: MessageId) -> Option<u32> {
    messages.iter().find(|seen| seen.id == message).map(|seen| seen.edits)
}
