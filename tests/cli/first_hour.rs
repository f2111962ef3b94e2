//! From an empty folder to a first sale, as a seller with a bot token and a domain lives it: `auto-order init`, the
//! link, the set-up in the chat, a rehearsal, a product, a buyer. It counts what he is asked for.

use std::cell::Cell;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;

use bot_auto_order::primitives::{Clock, UserId};
use bot_auto_order::sandbox::Stage;
use bot_auto_order::sandbox::telegram::{Person, Seen};

use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::place::{Place, Ran};

const PUBLIC_URL: &str = "https://toko-rina.test";
/// What init asks for.
const VALUES: usize = 2;
/// How often the seller taps, types, sends, or does something at the gateway, from the link to the first sale.
const MOST_STEPS: usize = 26;

async fn stage() -> Stage {
    Stage::start(Clock::system()).await.expect("loopback has free ports")
}

/// An empty folder beside the sandbox, and nothing set that init asks for.
fn empty_beside(stage: &Stage) -> Place {
    Place::bare()
        .set("TELEGRAM_API_URL", &stage.telegram.url())
        .set("PAKASIR_API_URL", &stage.gateway.url())
        .set("BIND_ADDR", "127.0.0.1:0")
        .set("PROBE_ADDR", "127.0.0.1:0")
}

fn files(place: &Place) -> Vec<String> {
    let names = std::fs::read_dir(place.path(".")).expect("the folder is there");
    let mut names: Vec<String> =
        names.map(|entry| entry.expect("a name").file_name().display().to_string()).collect();
    names.sort();
    names
}

/// The payload of the link that a command printed.
fn payload(ran: &Ran) -> String {
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let link = ran.out.split_whitespace().find(|word| word.starts_with("https://t.me/"));
    let link = link.unwrap_or_else(|| panic!("{ran:?}"));
    link.strip_prefix("https://t.me/toko_contoh_bot?start=").expect("the bot's link").to_owned()
}

/// Somebody whose every tap and message is counted, and who waits for what it brings.
struct Counted<'a> {
    person: &'a Person,
    steps: Cell<usize>,
}

impl Counted<'_> {
    async fn taps(&self, label: &str, shows: &str) -> Seen {
        self.steps.set(self.steps.get() + 1);
        let before = self.person.revision();
        self.person.press(label);
        self.sees_anew(before, shows).await
    }

    async fn says(&self, text: &str, shows: &str) -> Seen {
        self.steps.set(self.steps.get() + 1);
        let before = self.person.revision();
        self.person.say(text);
        self.sees_anew(before, shows).await
    }

    async fn sees_anew(&self, before: u64, shows: &str) -> Seen {
        self.person.changes(before, std::time::Duration::from_secs(20)).await;
        self.person.sees_text(shows).await
    }
}

async fn sets_up(stage: &Stage, rina: &Counted<'_>, code: &str) {
    rina.says(&format!("/start {code}"), "Tiap langkah boleh dilewati").await;
    rina.taps("▶️ Mulai", "langkah 1 dari 6").await;
    rina.says("Toko Bu Rina", "langkah 2 dari 6").await;
    rina.taps("WIB", "langkah 3 dari 6").await;
    rina.says(stage.project.slug(), "langkah 4 dari 6").await;
    rina.says(stage.project.api_key().expose(), "langkah 5 dari 6").await;
    let shown = rina.person.sees_text("Webhook URL").await.text;
    let callbacks = shown.split_whitespace().find(|word| word.contains("/pakasir/"));
    // One more step of his, in another window: he copies the address into his project.
    stage.project.callbacks_to(callbacks);
    rina.steps.set(rina.steps.get() + 1);
    rina.says(stage.project.webhook_secret().expose(), "sebelum buka").await;
}

async fn rehearses(stage: &Stage, rina: &Counted<'_>) {
    stage.project.sandbox(true);
    rina.steps.set(rina.steps.get() + 1);
    rina.taps("🧪 Mulai Uji Coba", "Uji coba berjalan").await;
    rina.taps("🛒 Beli Sekarang", "Jumlah:").await;
    rina.taps("🧺 Lanjut ke Keranjang", "Keranjang").await;
    rina.taps("💳 Lanjut ke Pembayaran", "Pilih cara bayar").await;
    rina.taps("💠 QRIS", "Bayar sebelum").await;
    let rehearsal = stage.project.transaction_where(|sale| sale.sandbox).await;
    stage.project.pay(&rehearsal.txn_id).expect("play money");
    rina.steps.set(rina.steps.get() + 1);
    rina.person.sees_text("Barang uji coba sudah sampai").await;
    rina.person.sees_text("Berhasil!").await;
    rina.taps("🚀 Buka Toko", "sudah buka!").await;
    stage.project.sandbox(false);
    rina.steps.set(rina.steps.get() + 1);
}

async fn makes_a_product(rina: &Counted<'_>) {
    rina.taps("➕ Produk Baru", "langkah 1 dari 6").await;
    rina.says("KOPI", "langkah 2 dari 6").await;
    rina.says("Kopi Susu", "langkah 3 dari 6").await;
    rina.says("30000", "langkah 4 dari 6").await;
    for step in 5..=6 {
        rina.taps("⏭ Lewati", &format!("langkah {step} dari 6")).await;
    }
    rina.taps("⏭ Lewati", "Begini jadinya").await;
    rina.taps("✅ Simpan", "Tempel unitnya").await;
    rina.says("kopi-rahasia-1", "Masuk").await;
}

async fn a_buyer_comes(stage: &Stage) {
    let budi = stage.bot.person(UserId(601), "Budi").language("id");
    budi.say("1");
    budi.sees_text("Jumlah:").await;
    budi.press("Lanjut ke Keranjang");
    budi.sees_text("Keranjang").await;
    budi.press("Lanjut ke Pembayaran");
    budi.sees_text("Pilih cara bayar").await;
    budi.press("QRIS");
    budi.sees_text("Bayar sebelum").await;
    let sale = stage.project.transaction_where(|sale| !sale.sandbox).await;
    stage.project.pay(&sale.txn_id).expect("paid");
    budi.sees_text("kopi-rahasia-1").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_empty_folder_becomes_a_first_sale() {
    let stage = stage().await;
    let place = empty_beside(&stage);
    let answers = [stage.token.expose().as_str(), PUBLIC_URL];
    let ran = place.run_on(&["init"], &answers.map(|answer| format!("{answer}\n")).concat());
    let code = payload(&ran);
    let asked = ran.err.matches("): ").count();
    assert_eq!(asked, VALUES, "{}", ran.err);
    let serving = place.serve();
    stage.lead_to(serving.bind);
    let bot = stage.bot.clone();
    let hooked = stage.telegram.until(move |_| bot.webhook()).await;
    assert!(hooked.url.starts_with(PUBLIC_URL));

    let seller = stage.bot.person(UserId(501), "Bu Rina").language("id");
    let rina = Counted { person: &seller, steps: Cell::new(0) };
    sets_up(&stage, &rina, &code).await;
    rehearses(&stage, &rina).await;
    makes_a_product(&rina).await;
    a_buyer_comes(&stage).await;

    let steps = rina.steps.get();
    let _ = writeln!(
        std::io::stdout(),
        "values asked for by init: {asked}; taps and messages of the seller to the first sale: {steps}"
    );
    assert!(steps <= MOST_STEPS, "{steps} steps are too many");
    let (ran, _) = serving.terminate();
    assert_eq!(ran.code, Some(0));
    let voices = format!("{}{}", ran.out, ran.err);
    for secret in [
        stage.token.expose(),
        &code,
        stage.project.api_key().expose(),
        stage.project.webhook_secret().expose(),
    ] {
        assert!(!voices.contains(secret), "a secret is in the log");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn init_writes_one_private_file_and_overwrites_none() {
    let stage = stage().await;
    let place = empty_beside(&stage);
    let token = place.file("token", stage.token.expose());
    let arguments = ["init", "--token", &format!("@{token}"), "--public-url", "toko-rina.test/"];
    let ran = place.run(&arguments);
    let first = payload(&ran);
    assert!(!format!("{ran:?}").contains(stage.token.expose()));
    let env = place.path(".env");
    let mode = std::fs::metadata(&env).expect("it is written").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let written = std::fs::read_to_string(&env).expect("it is text");
    let names: Vec<&str> =
        written.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    assert_eq!(names, ["DATA_ENCRYPTION_KEY", "TELEGRAM_BOT_TOKEN", "PUBLIC_URL"]);
    assert!(
        written.contains("\nPUBLIC_URL=https://toko-rina.test\n"),
        "a scheme is added, a slash goes"
    );
    let shown = place.run(&["store", "show", "--json"]).json();
    assert_eq!((&shown["slug"], &shown["admins"]), (&"toko".into(), &serde_json::json!([])));

    let told = place.run(&arguments);
    assert!(told.failed_with(2).contains("--again"), "{told:?}");
    assert_eq!(std::fs::read_to_string(&env).expect("still there"), written);

    let again = payload(&place.run(&["init", "--again"]));
    let claim = payload(&place.run(&["store", "claim"]));
    assert!(first != again && again != claim);
    assert_eq!(place.run(&["store", "set", "toko", "--admins", "1"]).code, Some(0));
    for command in [&["init", "--again"][..], &["store", "claim", "toko"]] {
        let ran = place.run(command);
        assert!(ran.failed_with(2).contains("--another"), "{ran:?}");
    }
    payload(&place.run(&["init", "--again", "--another"]));
    payload(&place.run(&["store", "claim", "toko", "--another"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_half_way_leaves_nothing_behind() {
    let stage = stage().await;
    let place = empty_beside(&stage);
    let token = stage.token.expose();
    let refused = |place: &Place, input: &str, code, why: &str| {
        let ran = place.run_on(&["init"], input);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert!(ran.err.contains(why), "{ran:?}");
        assert!(!ran.err.contains(token) && !ran.err.contains("kanari"), "{ran:?}");
        assert_eq!(files(place), Vec::<String>::new(), "{ran:?}");
    };
    refused(&place, "kanari\n", 2, "no bot token");
    refused(&place, "", 2, "no bot token");
    refused(&place, &format!("{token}\nhttp://toko.test\n"), 2, "PUBLIC_URL");
    refused(&place, &format!("{token}\nhttps://toko.test/$HOME\n"), 2, "https://host");
    refused(&place, "700000009:kanari-yang-bukan-siapa-siapa\nhttps://toko.test\n", 1, "Telegram");
    let place = empty_beside(&stage).set("PUBLIC_URL", "https://lain.test");
    refused(&place, &format!("{token}\nhttps://toko.test\n"), 2, "PUBLIC_URL is set");
    // Where no database can be made, the env file that was written before goes again.
    let place = empty_beside(&stage).set("DATABASE_URL", "sqlite:/proc/none/toko.db");
    refused(&place, &format!("{token}\nhttps://toko.test\n"), 1, "/proc/none");
    stage.stop().await;
    let place = empty_beside(&stage);
    refused(&place, &format!("{token}\nhttps://toko.test\n"), 1, "Telegram");
}

/// A new terminal: the end that a person types at, and the one that a program reads.
fn terminal() -> (File, File) {
    let typed = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal is left");
    grantpt(&typed).expect("it is ours");
    unlockpt(&typed).expect("it opens");
    let name = ptsname(&typed, Vec::new()).expect("it has a name");
    let flags = OFlags::RDWR | OFlags::NOCTTY;
    let read = rustix::fs::open(name, flags, Mode::empty()).expect("its other end opens");
    (File::from(typed), File::from(read))
}

#[test]
fn who_leaves_the_hidden_question_sees_again_what_he_types() {
    for key in [b"half a token\x03".as_slice(), b"\x04"] {
        let (mut keys, terminal) = terminal();
        let modes = || tcgetattr(&terminal).expect("it has modes").local_modes;
        let before = modes();
        let place = Place::bare();
        let mut init =
            place.start_at(terminal.try_clone().expect("a file is left").into(), &["init"]);
        let mut said = init.stderr.take().expect("it is piped");
        let mut prompt = [0; 10];
        said.read_exact(&mut prompt).expect("it asks");
        assert!(!modes().contains(LocalModes::ECHO), "the token is not shown");
        keys.write_all(key).expect("it is typed");
        let (tell, ended) = std::sync::mpsc::channel();
        let id = Pid::from_child(&init);
        std::thread::spawn(move || tell.send(init.wait()));
        let Ok(status) = ended.recv_timeout(std::time::Duration::from_secs(20)) else {
            kill_process(id, Signal::KILL).expect("it runs");
            panic!("it still asks");
        };
        assert_eq!(status.expect("it can be waited for").code(), Some(1));
        assert_eq!(modes(), before, "the terminal is as it was");
        let mut rest = String::new();
        said.read_to_string(&mut rest).expect("it speaks UTF-8");
        assert!(rest.contains("nothing was changed"), "{rest}");
        assert!(files(&place).is_empty(), "{:?}", files(&place));
    }
}
