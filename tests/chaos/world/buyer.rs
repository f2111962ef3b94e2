//! A virtual buyer: as stubborn as a person who wants something, and as fickle.

use std::time::Duration;

use bot_auto_order::primitives::{Clock, MessageId, Timestamp};
use bot_auto_order::sandbox::pakasir::Project;
use bot_auto_order::sandbox::telegram::{Action, Person, Seen};

/// When nothing comes for so long, he presses again.
const AGAIN: Duration = Duration::from_secs(4);

/// What a buyer does once he has an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Pays and waits.
    Pays,
    /// Pays, and the callback is lost.
    PaysQuietly,
    /// Presses "check" before and after paying, and the callback is sent three more times.
    Hurries,
    /// Cancels.
    Cancels,
    /// Presses "cancel" and pays in the same moment.
    PaysAndCancels,
    /// Cancels, and pays the QR all the same.
    CancelsAndPays,
    /// Never comes back.
    Abandons,
    /// Pays when the order has expired.
    PaysLate,
    /// Pays, checks and lets the callback come three more times in the second of the deadline.
    PaysAtTheDeadline,
    /// Pays half a second to three seconds before the deadline.
    PaysInTheLastSeconds,
}

impl Habit {
    /// Most people pay.
    pub fn roll(dice: &mut fastrand::Rng) -> Self {
        match dice.u32(0..100) {
            0..4 => Self::PaysQuietly,
            4..9 => Self::Hurries,
            9..12 => Self::Cancels,
            12..14 => Self::PaysAndCancels,
            14..17 => Self::CancelsAndPays,
            17..20 => Self::Abandons,
            20..22 => Self::PaysLate,
            _ => Self::Pays,
        }
    }
}

/// What one order should be.
#[derive(Debug, Clone, Copy)]
pub struct Wants {
    /// The product's number on the list.
    pub number: usize,
    pub two: bool,
    pub habit: Habit,
    /// How long he tries to get an invoice.
    pub patience: Duration,
    /// How long he waits for what he paid; the oracle says what is wrong then.
    pub trust: Duration,
}

/// How it ended, as the buyer sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// He has the goods.
    Served,
    /// His money is on the balance.
    Credited,
    /// He was told that there is nothing left.
    SoldOut,
    /// He saw the order end without paying.
    Ended,
    /// He went away without paying, or never got an invoice.
    Left,
    /// He has paid and nothing came while he waited.
    Waiting,
}

/// An order's ends as he sees it: whether he paid, and what he got.
#[derive(Debug, Clone, Copy)]
pub struct Ended {
    pub ordered: bool,
    pub paid: bool,
    pub fate: Fate,
}

/// What the chat offers him now.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Offer {
    Nothing,
    NoSuchNumber(MessageId),
    Button(MessageId, u32, &'static str),
    Wait,
    SoldOut,
    Failed,
    Invoice(Bill),
}

/// An invoice as it is read: the order's code, and what the payment page's address says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bill {
    message: MessageId,
    code: String,
    page: String,
}

impl Bill {
    /// What the gateway calls it.
    fn txn(&self) -> String {
        let path = self.page.split('?').next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

/// One person on one errand.
pub struct Buyer {
    person: Person,
    project: Project,
    clock: Clock,
}

impl Buyer {
    pub fn new(person: Person, project: Project) -> Self {
        Self { person, project, clock: Clock::system() }
    }

    /// Tries to buy, does what his habit is, and waits for what is his.
    pub async fn shop(&self, wants: &Wants) -> Ended {
        let mut ended = Ended { ordered: false, paid: false, fate: Fate::Left };
        let bill = match self.invoice(wants).await {
            Ok(bill) => bill,
            Err(fate) => return Ended { fate, ..ended },
        };
        ended.ordered = true;
        ended.paid = self.act(&bill, wants).await;
        let due = self.clock.now().plus(wants.trust);
        ended.fate = match wants.habit {
            Habit::Abandons => Fate::Left,
            Habit::Cancels => self.end_of(&bill, due, &ENDS).await,
            _ if !ended.paid => Fate::Left,
            _ => self.end_of(&bill, due, &[]).await,
        };
        ended
    }

    /// Says the number and presses what is offered until there is an invoice.
    async fn invoice(&self, wants: &Wants) -> Result<Bill, Fate> {
        let begun = self.newest();
        let due = self.clock.now().plus(wants.patience);
        let (mut before, mut acted, mut more) = (None, Timestamp(0), wants.two);
        let mut number = wants.number;
        while self.clock.now() < due {
            let revision = self.person.revision();
            let offer = offered(&self.person.messages(), begun);
            let now = self.clock.now();
            match offer {
                Offer::Invoice(bill) => return Ok(bill),
                Offer::SoldOut => return Err(Fate::SoldOut),
                Offer::Failed => return Err(Fate::Ended),
                _ if before.as_ref() == Some(&offer) && now.since(acted) < AGAIN => {}
                Offer::Nothing | Offer::NoSuchNumber(_) => {
                    // The list is shorter when something is sold out.
                    if matches!(offer, Offer::NoSuchNumber(_)) {
                        number -= 1;
                    }
                    if number == 0 {
                        return Err(Fate::SoldOut);
                    }
                    self.person.say(&number.to_string());
                    acted = now;
                }
                Offer::Button(message, _, label) => {
                    let one_more = more && label == TO_CART;
                    more = more && !one_more;
                    self.press(message, if one_more { "➕" } else { label });
                    acted = now;
                }
                Offer::Wait => acted = now,
            }
            before = Some(offer);
            self.person.changes(revision, AGAIN).await;
        }
        Err(Fate::Left)
    }

    /// Does what his habit is; whether he has paid.
    async fn act(&self, bill: &Bill, wants: &Wants) -> bool {
        match wants.habit {
            Habit::Pays => self.pays(bill),
            Habit::PaysQuietly => {
                let txn = bill.txn();
                self.project.pay_quietly(&txn).is_ok()
            }
            Habit::Hurries => self.hurries(bill),
            Habit::Cancels => {
                self.press(bill.message, CANCEL);
                false
            }
            Habit::PaysAndCancels => {
                self.press(bill.message, CANCEL);
                self.pays(bill)
            }
            Habit::CancelsAndPays => {
                self.press(bill.message, CANCEL);
                let due = self.clock.now().plus(wants.patience);
                self.end_of(bill, due, &ENDS).await;
                self.pays(bill)
            }
            Habit::Abandons => false,
            Habit::PaysAtTheDeadline => {
                self.near_the_deadline(bill, 500, 1_000).await;
                self.hurries(bill)
            }
            Habit::PaysInTheLastSeconds => {
                self.near_the_deadline(bill, 3_000, 2_500).await;
                self.pays(bill)
            }
            Habit::PaysLate => {
                let due = self.clock.now().plus(wants.patience);
                self.end_of(bill, due, &ENDS).await;
                self.pays(bill)
            }
        }
    }

    /// Waits until `before` milliseconds before the deadline, spread over `width` by his own number, so
    /// that a seed replays it.
    async fn near_the_deadline(&self, bill: &Bill, before: u64, width: i64) {
        let all = self.project.transactions();
        let due = all.iter().find(|it| it.txn_id == bill.txn()).map(|it| it.expired_at);
        let spread = u64::try_from(self.person.id().0 * 37 % width).unwrap_or(0);
        let begin = due.unwrap_or(Timestamp(0)).minus(Duration::from_millis(before));
        self.clock.sleep_until(begin.plus(Duration::from_millis(spread))).await;
    }

    fn hurries(&self, bill: &Bill) -> bool {
        self.press(bill.message, CHECK);
        let paid = self.pays(bill);
        self.press(bill.message, CHECK);
        for _ in 0..3 {
            let _ = self.project.resend_callback(&bill.txn());
        }
        paid
    }

    /// Money goes on its way even to what is closed.
    fn pays(&self, bill: &Bill) -> bool {
        self.project.pay_late(&bill.txn()).is_ok()
    }

    /// Waits without a click until he is served or credited, or reads one of `words`.
    async fn end_of(&self, bill: &Bill, due: Timestamp, words: &[&str]) -> Fate {
        loop {
            let revision = self.person.revision();
            let about = |seen: &Seen| seen.from_bot && seen.text.contains(&bill.code);
            let seen: Vec<Seen> = self.person.messages().into_iter().filter(about).collect();
            let says = |word: &str| seen.iter().any(|seen| seen.text.contains(word));
            if says(GOODS) {
                return Fate::Served;
            }
            if says(CREDITED) {
                return Fate::Credited;
            }
            if words.iter().any(|word| says(word)) {
                return Fate::Ended;
            }
            let now = self.clock.now();
            if now >= due {
                return Fate::Waiting;
            }
            self.person.changes(revision, due.since(now)).await;
        }
    }

    fn newest(&self) -> i64 {
        self.person.messages().last().map_or(0, |seen| seen.id.0)
    }

    /// Presses a button that may have gone away meanwhile.
    fn press(&self, message: MessageId, label: &str) {
        let messages = self.person.messages();
        let seen = messages.iter().find(|seen| seen.id == message);
        if let Some(Action::Data(data)) = seen.and_then(|it| it.button(label)).map(|it| &it.action)
        {
            self.person.press_data(message, data);
        }
    }
}

const TO_CART: &str = "Lanjut ke Keranjang";
const CHECK: &str = "Cek Pembayaran";
const CANCEL: &str = "Batalkan Pesanan";
const PAGE: &str = "Halaman Bayar";
/// Only a unit's own text is goods.
const GOODS: &str = "-secret-";
const CREDITED: &str = "Uangmu masuk ke saldo";
/// How an order that nobody paid ends.
const ENDS: [&str; 2] = ["Pesanan dibatalkan", EXPIRED];
const EXPIRED: &str = "Waktu bayar habis";
/// The buttons on the way to an invoice, the last one first.
const STEPS: [&str; 3] = ["QRIS", "Lanjut ke Pembayaran", TO_CART];
/// What is sold out leaves the list in time, and its number with it.
const SOLD_OUT: [&str; 4] =
    ["Stoknya sedang habis", "😔 Stok", "stok tinggal", "Tidak ada produk nomor"];
const FAILED: [&str; 4] = ["QRIS belum bisa dibuat", EXPIRED, "Masih ada", "QRIS hanya bisa"];

/// What the newest message that says anything to him offers.
fn offered(messages: &[Seen], begun: i64) -> Offer {
    let new = messages.iter().rev().filter(|seen| seen.from_bot && seen.id.0 > begun);
    for seen in new {
        let says = |words: &[&str]| words.iter().any(|word| seen.text.contains(word));
        if let Some(bill) = bill(seen) {
            return Offer::Invoice(bill);
        }
        if says(&["Tidak ada produk nomor"]) {
            return Offer::NoSuchNumber(seen.id);
        }
        if says(&FAILED) {
            return Offer::Failed;
        }
        if says(&SOLD_OUT) {
            return Offer::SoldOut;
        }
        if says(&["Menyiapkan QRIS"]) {
            return Offer::Wait;
        }
        if let Some(step) = STEPS.iter().find(|step| seen.button(step).is_some()) {
            return Offer::Button(seen.id, seen.edits, step);
        }
    }
    Offer::Nothing
}

fn bill(seen: &Seen) -> Option<Bill> {
    if !seen.text.contains("Bayar sebelum") {
        return None;
    }
    let Some(Action::Url(page)) = seen.button(PAGE).map(|button| &button.action) else {
        return None;
    };
    let rest = seen.text.split("Pesanan ").nth(1)?;
    let code = rest.split(|c: char| !c.is_ascii_alphanumeric()).next()?.to_owned();
    Some(Bill { message: seen.id, code, page: page.clone() })
}
