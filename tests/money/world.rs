//! A store with one product and one coupon, and the model of what its customers must have.

use std::sync::Arc;

use bot_auto_order::db::{Db, OpenMode, Tx};
use bot_auto_order::pakasir::{Invoice, State as GatewayState, Status};
use bot_auto_order::primitives::{
    Clock, Keyring, Language, MessageId, OrderId, PaymentId, ProductId, Rupiah, Secret, Timestamp,
    UserId, random_token,
};
use bot_auto_order::shop::catalogue::{self, CatalogueFile};
use bot_auto_order::shop::checkout::{self, Placed, Tender};
use bot_auto_order::shop::customers::{self, Customer};
use bot_auto_order::shop::orders::{self, Order, Purpose, State};
use bot_auto_order::shop::stores::{self, Store, Wish};
use bot_auto_order::shop::{ShopError, cart, coupons, payments, stock, wallet};
use bot_auto_order::{execute, fetch_one, sql};
use serde_json::json;
use sqlx::{Connection as _, Executor as _};
use tokio::sync::Mutex;

use crate::{Moment, Step};

const PRICE: i64 = 15_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

pub struct World {
    db: Db,
    store: Store,
    keyring: Arc<Keyring>,
    product: ProductId,
    next: Mutex<i64>,
    database: Option<(String, String)>,
    _folder: tempfile::TempDir,
}

/// One customer's history so far.
struct Life {
    customer: Customer,
    /// What the model says he has.
    balance: i64,
    orders: Vec<(OrderId, PaymentId)>,
    messages: i64,
}

#[expect(clippy::disallowed_methods, reason = "the test script says where its cluster is")]
fn cluster() -> String {
    let url =
        std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL is set by ./scripts/test");
    url.trim_end_matches('/').to_owned()
}

async fn obey(statement: String) {
    let mut admin =
        sqlx::PgConnection::connect(&format!("{}/postgres", cluster())).await.expect("up");
    admin.execute(sqlx::AssertSqlSafe(statement)).await.expect("the cluster obeys");
    admin.close().await.expect("closes");
}

impl World {
    pub async fn open(engine: Engine) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (url, database) = match engine {
            Engine::Sqlite => {
                (format!("sqlite:{}", folder.path().join("money.db").display()), None)
            }
            Engine::Postgres => {
                let name = format!("money_{}", random_token().to_lowercase().replace('-', "_"));
                obey(format!("CREATE DATABASE \"{name}\"")).await;
                (format!("{}/{name}", cluster()), Some((cluster(), name)))
            }
        };
        let db = Db::open(&Secret::new(url), OpenMode::Server).await.expect("opens");
        let keyring = Arc::new(Keyring::from_base64(&Keyring::fresh_key()).expect("a key"));
        let mut tx = db.write().await.expect("begins");
        let wish = Wish {
            bot_token: Some(Secret::new("123456:TEST-TOKEN-NOT-REAL".to_owned())),
            pakasir_slug: Some("toko".to_owned()),
            pakasir_api_key: Some(Secret::new("kunci".to_owned())),
            ..Wish::default()
        };
        let now = Clock::system().now();
        let store = stores::apply(&mut tx, &keyring, "toko", &wish, now).await.expect("a store");
        let file: CatalogueFile = serde_json::from_value(json!({
            "products": [{"code": "KOPI", "name": "Kopi", "price": PRICE}],
            "coupons": [{"code": "HEMAT", "kind": "percent", "value": 10, "max_uses": 3}],
        }))
        .expect("a catalogue");
        catalogue::import(&mut tx, &store, &keyring, &file, now).await.expect("imports");
        let found = catalogue::by_code(&mut tx, store.id, "KOPI").await.expect("reads");
        let product = found.expect("a product").id;
        tx.commit().await.expect("commits");
        Self { db, store, keyring, product, next: Mutex::new(0), database, _folder: folder }
    }

    pub async fn close(self) {
        self.db.close().await;
        if let Some((_, name)) = self.database {
            obey(format!("DROP DATABASE \"{name}\" WITH (FORCE)")).await;
        }
    }

    /// Plays one history of a fresh customer, step by step; what a crash takes never was.
    pub async fn play(&self, history: &[Moment]) -> Result<(), String> {
        let mut next = self.next.lock().await;
        *next += 1;
        let now = Clock::system().now();
        let mut tx = self.db.write_relaxed().await.map_err(told)?;
        let user = UserId(*next);
        let met = customers::meet(&mut tx, self.store.id, user, "Budi", Language::Id, now).await;
        let customer = met.map_err(told)?;
        // Stock comes and goes, so that late money sometimes finds none.
        let units = [format!("unit {}", *next)];
        let stocked = usize::from(*next % 3 != 0);
        stock::add(&mut tx, &self.store, &self.keyring, self.product, &units[..stocked], now)
            .await
            .map_err(told)?;
        let mut life = Life { customer, balance: 0, orders: Vec::new(), messages: 0 };
        for (step, dies) in history {
            execute!(&mut tx, sql!("SAVEPOINT step")).map_err(told)?;
            let before = (life.balance, life.orders.len());
            self.happens(&mut tx, &mut life, step, now).await.map_err(told)?;
            if *dies {
                execute!(&mut tx, sql!("ROLLBACK TO SAVEPOINT step")).map_err(told)?;
                life.balance = before.0;
                life.orders.truncate(before.1);
            }
            execute!(&mut tx, sql!("RELEASE SAVEPOINT step")).map_err(told)?;
            self.check(&mut tx, &life, step).await?;
        }
        tx.commit().await.map_err(told)
    }

    async fn happens(
        &self,
        tx: &mut Tx,
        life: &mut Life,
        step: &Step,
        now: Timestamp,
    ) -> Result<(), ShopError> {
        life.customer = customers::get(tx, self.store.id, life.customer.id).await?;
        life.messages += 1;
        let origin = MessageId(life.messages);
        match step {
            Step::Deposit { thousands } => {
                let sum = Rupiah::new(thousands * 1000).expect("a sum");
                let wish = (origin, sum);
                let placed = checkout::deposit(tx, &self.store, &life.customer, wish, now).await?;
                self.noted(tx, life, placed, now).await
            }
            Step::Order { units, coupon, way } => {
                self.fill_cart(tx, life, (*units, *coupon), now).await?;
                let tender = [Tender::Qris, Tender::Balance, Tender::Shared][usize::from(*way)];
                let wish = (origin, tender, None);
                let placed = checkout::place(tx, &self.store, &life.customer, wish, now).await?;
                self.noted(tx, life, placed, now).await
            }
            Step::Pay { which, off_by } => self.paid(tx, life, *which, *off_by, now).await,
            Step::End { which, cancelled } => self.ended(tx, life, *which, *cancelled, now).await,
            Step::Adjust { thousands } => {
                let by = thousands * 1000;
                let change = (by, "catatan");
                let id = life.customer.id;
                if by != 0 && wallet::adjust(tx, self.store.id, id, change, now).await?.is_some() {
                    life.balance += by;
                }
                Ok(())
            }
        }
    }

    async fn fill_cart(
        &self,
        tx: &mut Tx,
        life: &Life,
        (units, coupon): (i64, bool),
        now: Timestamp,
    ) -> Result<(), ShopError> {
        let (store, customer) = (self.store.id, life.customer.id);
        cart::empty(tx, store, customer).await?;
        let product = catalogue::product(tx, store, self.product).await?.expect("a product");
        cart::open_card(tx, store, customer, product.id).await?;
        for _ in 1..units {
            cart::step_card(tx, store, customer, &product, cart::Step::More).await?;
        }
        cart::put(tx, store, customer, &product).await?;
        if coupon && let Ok(found) = coupons::find(tx, store, customer, "hemat", now).await? {
            cart::set_coupon(tx, store, customer, Some(found.id)).await?;
        }
        Ok(())
    }

    /// What an order takes off the balance; one that asks the gateway gets its invoice.
    async fn noted(
        &self,
        tx: &mut Tx,
        life: &mut Life,
        placed: Placed,
        now: Timestamp,
    ) -> Result<(), ShopError> {
        match placed {
            Placed::Order { order, payment } => {
                life.balance -= order.from_balance.get();
                let invoice = Invoice {
                    txn_id: Some(format!("txn{payment}")),
                    qr_string: "qr".to_owned(),
                    fee: None,
                    total: order.due()?,
                    expires_at: None,
                    sandbox: Some(false),
                    state: GatewayState::Pending,
                    page_url: "https://bayar.test/".to_owned(),
                };
                payments::invoiced(tx, &self.store, payment, &invoice, now).await?;
                life.orders.push((order.id, payment));
            }
            Placed::Paid(order) => life.balance -= order.amount.get(),
            _ => {}
        }
        Ok(())
    }

    /// The gateway says that a payment came, perhaps again, perhaps late, perhaps with another sum.
    async fn paid(
        &self,
        tx: &mut Tx,
        life: &mut Life,
        which: usize,
        off_by: i64,
        now: Timestamp,
    ) -> Result<(), ShopError> {
        let Some((id, payment)) = life.orders.get(which).copied() else { return Ok(()) };
        let before = orders::peek(tx, self.store.id, id).await?;
        let asked = payments::get(tx, self.store.id, payment).await?;
        let came = asked.amount.get() + off_by;
        let status = Status {
            txn_id: asked.txn_id.clone(),
            reference: asked.reference.clone(),
            amount: came,
            project: Some("toko".to_owned()),
            sandbox: Some(false),
            state: GatewayState::Completed,
            completed_at: None,
        };
        payments::settle(tx, &self.store, payment, (&status, Some(now)), now).await?;
        let after = orders::peek(tx, self.store.id, id).await?;
        // A sum that cannot be is held for a person: nothing moves.
        if asked.state != "completed" && came > 0 {
            life.balance += gained(&before, &after, came);
        }
        Ok(())
    }

    async fn ended(
        &self,
        tx: &mut Tx,
        life: &mut Life,
        which: usize,
        cancelled: bool,
        now: Timestamp,
    ) -> Result<(), ShopError> {
        let Some((id, _)) = life.orders.get(which).copied() else { return Ok(()) };
        let order = orders::peek(tx, self.store.id, id).await?;
        if cancelled {
            checkout::cancel(tx, &self.store, &life.customer, id, now).await?;
        } else {
            payments::expire(tx, self.store.id, id, now).await?;
        }
        if order.state.is_unpaid() {
            life.balance += order.from_balance.get();
        }
        Ok(())
    }

    /// The model, the balance and the ledger agree; nothing else is out of order either.
    async fn check(&self, tx: &mut Tx, life: &Life, step: &Step) -> Result<(), String> {
        let id = life.customer.id;
        let has = customers::get(tx, self.store.id, id).await.map_err(told)?.balance.get();
        if has != life.balance {
            return Err(format!("after {step:?} he has {has}, but should have {}", life.balance));
        }
        let sum = sql!(
            "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT), COUNT(*) FROM ledger WHERE customer_id = $1"
        );
        let (sum, entries) = fetch_one!(tx, (i64, i64), sum, id).map_err(told)?;
        if sum != has {
            return Err(format!("after {step:?} the {entries} entries sum to {sum}, not {has}"));
        }
        let uses = sql!(
            "SELECT (SELECT CAST(SUM(used) AS BIGINT) FROM coupons) - (SELECT COUNT(*) FROM orders \
             WHERE coupon_id IS NOT NULL AND state IN ('invoicing', 'open', 'paid', 'delivered'))"
        );
        let (more,) = fetch_one!(tx, (i64,), uses).map_err(told)?;
        if more != 0 {
            return Err(format!("after {step:?} the coupon counts {more} uses too many"));
        }
        Ok(())
    }
}

/// What a payment must bring to the balance, by the order before and after it.
fn gained(before: &Order, after: &Order, came: i64) -> i64 {
    let sold = after.state.is_sold() && !before.state.is_sold();
    match (after.purpose, sold) {
        // Goods: a late order takes its part of the balance once more.
        (Purpose::Goods, true) if before.state.is_unpaid() => 0,
        (Purpose::Goods, true) => -before.from_balance.get(),
        // No goods: all that came, and what an unpaid order had held.
        (_, false) if before.state.is_unpaid() && after.state == State::Credited => {
            came + before.from_balance.get()
        }
        (Purpose::Deposit, true) | (_, false) => came,
    }
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}
