//! `cargo bench --bench seller` (`-- --quick`): how long a seller's pages take in a store that grew.
//!
//! The same pages are asked for with 1,000 orders and with a hundred or a thousand times as many: what a page
//! costs must not follow the size of the store. Every line is `engine page orders key value …`.
#![expect(clippy::print_stdout, reason = "figures are what it is for")]
#![expect(clippy::float_arithmetic, reason = "milliseconds; no money is near")]

#[path = "../ingest/engines.rs"]
mod engines;
#[path = "../ingest/figures.rs"]
mod figures;

use std::time::{Duration, Instant};

use bot_auto_order::db::{Db, Sql, Tx};
use bot_auto_order::primitives::{
    CustomerId, Keyring, OrderId, ProductId, Secret, Timestamp, UserId,
};
use bot_auto_order::shop::audit::By;
use bot_auto_order::shop::orders::State;
use bot_auto_order::shop::stock::{self, Shelved};
use bot_auto_order::shop::stores::{self, Store, Wish};
use bot_auto_order::shop::{ShopError, customers, orders, sales, statistics};

const NOW: Timestamp = Timestamp(1_790_000_000_000);
const CUSTOMERS: i64 = 100_000;
const PRODUCTS: i64 = 100;
/// How many orders are made at once.
const GROWTH: i64 = 50_000;
const UNITS: usize = 10_000;
const FILES: usize = 5;
/// How many units are taken in at once, as the service does with a file.
const AT_ONCE: usize = 500;

/// Customers are made once, orders as far as the store has grown: backwards in time, so that the last days are as
/// full however many there are before them.
const MAKE_CUSTOMERS: Sql = Sql {
    sqlite: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2) \
             INSERT INTO customers (store_id, user_id, name, language, created_at) \
             SELECT $1, 1000000 + i, 'Pembeli ' || i, 'id', $3 FROM n",
    postgres: "INSERT INTO customers (store_id, user_id, name, language, created_at) \
               SELECT $1, 1000000 + i, 'Pembeli ' || i, 'id', $3 FROM generate_series(1, $2) AS n(i)",
};
const MAKE_ORDERS: Sql = Sql {
    sqlite: "WITH RECURSIVE n(i) AS (SELECT $2 + 1 UNION ALL SELECT i + 1 FROM n WHERE i < $3) \
             INSERT INTO orders (store_id, customer_id, purpose, code, state, amount, origin, placed_at, \
             expires_at, paid_at, closed_at) \
             SELECT $1, 1 + i % $5, 'goods', printf('%08d', i), \
             CASE WHEN i % 10 < 7 THEN 'delivered' WHEN i % 10 < 9 THEN 'expired' ELSE 'cancelled' END, \
             30000, i, $4 - i * 31536, $4 - i * 31536 + 900000, \
             CASE WHEN i % 10 < 7 THEN $4 - i * 31536 + 60000 END, \
             CASE WHEN i % 10 >= 7 THEN $4 - i * 31536 + 900000 END FROM n",
    postgres: "INSERT INTO orders (store_id, customer_id, purpose, code, state, amount, origin, placed_at, \
               expires_at, paid_at, closed_at) \
               SELECT $1, 1 + i % $5, 'goods', lpad(i::text, 8, '0'), \
               CASE WHEN i % 10 < 7 THEN 'delivered' WHEN i % 10 < 9 THEN 'expired' ELSE 'cancelled' END, \
               30000, i, $4 - i * 31536, $4 - i * 31536 + 900000, \
               CASE WHEN i % 10 < 7 THEN $4 - i * 31536 + 60000 END, \
               CASE WHEN i % 10 >= 7 THEN $4 - i * 31536 + 900000 END \
               FROM generate_series($2 + 1, $3) AS n(i)",
};
const MAKE_LINES: Sql = Sql {
    sqlite: "INSERT INTO order_lines (store_id, order_id, product_id, name, price, quantity) \
             SELECT store_id, id, 1 + id % $3, 'Kopi', 30000, 1 FROM orders WHERE store_id = $1 AND id > $2",
    postgres: "INSERT INTO order_lines (store_id, order_id, product_id, name, price, quantity) \
               SELECT store_id, id, 1 + id % $3, 'Kopi', 30000, 1 FROM orders WHERE store_id = $1 AND id > $2",
};
const MAKE_PRODUCTS: Sql = Sql {
    sqlite: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2) \
             INSERT INTO products (store_id, code, name, description, price, active, created_at) \
             SELECT $1, 'P' || i, 'Produk ' || i, '', 30000, TRUE, 0 FROM n",
    postgres: "INSERT INTO products (store_id, code, name, description, price, active, created_at) \
               SELECT $1, 'P' || i, 'Produk ' || i, '', 30000, TRUE, 0 FROM generate_series(1, $2) AS n(i)",
};
const FORGET_DAYS: Sql = Sql {
    sqlite: "DELETE FROM day_totals WHERE store_id = $1",
    postgres: "DELETE FROM day_totals WHERE store_id = $1",
};
const FORGET_PRODUCTS: Sql = Sql {
    sqlite: "DELETE FROM day_products WHERE store_id = $1",
    postgres: "DELETE FROM day_products WHERE store_id = $1",
};
const ANALYZE: Sql = Sql { sqlite: "ANALYZE", postgres: "ANALYZE" };

/// A page that a seller looks at.
#[derive(Debug, Clone, Copy)]
enum Page {
    NewestOrders,
    OrdersInTheMiddle,
    ExpiredOrders,
    OrderByCode,
    NewestCustomers,
    CustomersByName,
    OneCustomer,
    Today,
    SevenDays,
    ThirtyDays,
}

impl Page {
    const ALL: [(&str, Self); 10] = [
        ("newest_orders", Self::NewestOrders),
        ("orders_in_the_middle", Self::OrdersInTheMiddle),
        ("expired_orders", Self::ExpiredOrders),
        ("order_by_code", Self::OrderByCode),
        ("newest_customers", Self::NewestCustomers),
        ("customers_by_name", Self::CustomersByName),
        ("one_customer", Self::OneCustomer),
        ("statistics_today", Self::Today),
        ("statistics_7_days", Self::SevenDays),
        ("statistics_30_days", Self::ThirtyDays),
    ];

    async fn look(self, tx: &mut Tx, store: &Store, size: i64) -> Result<usize, ShopError> {
        let whole = store;
        let sold = async |tx, days| {
            let report = statistics::report(tx, whole, NOW, days).await?;
            Ok::<_, ShopError>(report.course.len())
        };
        let store = store.id;
        Ok(match self {
            Self::NewestOrders => {
                sales::count(tx, store, None).await?;
                sales::list(tx, store, None, None).await?.len()
            }
            Self::OrdersInTheMiddle => {
                sales::count(tx, store, None).await?;
                sales::list(tx, store, None, Some(OrderId(size / 2))).await?.len()
            }
            Self::ExpiredOrders => {
                sales::count(tx, store, Some(State::Expired)).await?;
                sales::list(tx, store, Some(State::Expired), None).await?.len()
            }
            Self::OrderByCode => {
                let code = format!("{:08}", size / 3);
                usize::from(sales::find(tx, store, &code).await?.is_some())
            }
            Self::NewestCustomers => {
                customers::count(tx, store).await?;
                customers::list(tx, store, None).await?.len()
            }
            Self::CustomersByName => customers::find(tx, store, "pembeli 99").await?.len(),
            Self::OneCustomer => {
                let customer = CustomerId(77);
                orders::count(tx, store, customer).await?;
                sales::of_customer(tx, store, customer).await?.len()
            }
            Self::Today => sold(tx, 1).await?,
            Self::SevenDays => sold(tx, 7).await?,
            Self::ThirtyDays => sold(tx, 30).await?,
        })
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let given = |name: &str| arguments.iter().any(|argument| argument == name);
    if !given("--bench") {
        // Test runners start every target; only `cargo bench` asks for figures.
        return;
    }
    let sizes: &[i64] =
        if given("--quick") { &[1_000, 100_000] } else { &[1_000, 100_000, 1_000_000] };
    let rounds = if given("--quick") { 100 } else { 500 };
    println!("load_average_before {}", figures::load_average());
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime starts");
    for engine in engines::engines() {
        runtime.block_on(async {
            let db = engine.fresh(folder.path(), "seller").await;
            let grown = Grown::found(&db).await;
            let (mut before, mut medians) = (0, Vec::new());
            for size in sizes {
                grown.grow(before, *size).await;
                before = *size;
                grown.first_statistics(engine.name, *size).await;
                medians.push(grown.measure(engine.name, *size, rounds).await);
            }
            let last = &medians[medians.len() - 1];
            for ((name, _), (least, most)) in Page::ALL.iter().zip(medians[0].iter().zip(last)) {
                let growth = most.as_secs_f64() / least.as_secs_f64();
                println!("{} {name} growth {growth:.1} of {} to {before}", engine.name, sizes[0]);
            }
            grown.import(engine.name).await;
        });
    }
    println!("load_average_after {}", figures::load_average());
}

/// A store that grows.
struct Grown<'a> {
    db: &'a Db,
    store: Store,
    keyring: Keyring,
}

impl<'a> Grown<'a> {
    async fn found(db: &'a Db) -> Self {
        let keyring = Keyring::from_base64(&Keyring::fresh_key()).expect("a key");
        let wish = Wish {
            name: Some("Toko".to_owned()),
            bot_token: Some(Secret::new("123456:TOKEN".to_owned())),
            ..Wish::default()
        };
        let mut tx = db.write().await.expect("begins");
        let store = stores::apply(&mut tx, &keyring, "toko", &wish, NOW).await.expect("a store");
        bot_auto_order::execute!(&mut tx, MAKE_CUSTOMERS, store.id, CUSTOMERS, NOW).expect("made");
        bot_auto_order::execute!(&mut tx, MAKE_PRODUCTS, store.id, PRODUCTS).expect("made");
        tx.commit().await.expect("commits");
        Self { db, store, keyring }
    }

    async fn grow(&self, from: i64, to: i64) {
        let store = self.store.id;
        // In steps that no statement's time limit ends.
        let mut begun = from;
        while begun < to {
            let end = to.min(begun + GROWTH);
            let mut tx = self.db.write().await.expect("begins");
            bot_auto_order::execute!(&mut tx, MAKE_ORDERS, store, begun, end, NOW, CUSTOMERS)
                .expect("made");
            bot_auto_order::execute!(&mut tx, MAKE_LINES, store, begun, PRODUCTS).expect("made");
            tx.commit().await.expect("commits");
            begun = end;
        }
        let mut tx = self.db.write().await.expect("begins");
        bot_auto_order::execute!(&mut tx, FORGET_DAYS, store).expect("forgotten");
        bot_auto_order::execute!(&mut tx, FORGET_PRODUCTS, store).expect("forgotten");
        bot_auto_order::execute!(&mut tx, ANALYZE).expect("looked at");
        tx.commit().await.expect("commits");
    }

    /// The first look at thirty days adds all of them up.
    async fn first_statistics(&self, engine: &str, size: i64) {
        let begun = Instant::now();
        self.look(Page::ThirtyDays, size).await;
        let took = begun.elapsed().as_secs_f64() * 1_000.0;
        println!("{engine} statistics_first_look {size} ms {took:.1}");
    }

    /// How long each page takes; the median of each.
    async fn measure(&self, engine: &str, size: i64, rounds: usize) -> Vec<Duration> {
        let mut medians = Vec::new();
        for (name, page) in Page::ALL {
            let mut times = Vec::with_capacity(rounds);
            for _ in 0..rounds {
                let begun = Instant::now();
                let found = self.look(page, size).await;
                times.push(begun.elapsed());
                assert!(found > 0, "{name} shows nothing");
            }
            figures::percentiles(&format!("{engine} {name} {size}"), &mut times);
            medians.push(times[times.len() / 2]);
        }
        medians
    }

    /// As the service looks: statistics in a transaction that may keep a day that is over, anything else in one
    /// that reads.
    async fn look(&self, page: Page, size: i64) -> usize {
        let keeps = matches!(page, Page::Today | Page::SevenDays | Page::ThirtyDays);
        let tx = if keeps { self.db.write().await } else { self.db.read().await };
        let mut tx = tx.expect("begins");
        let found = page.look(&mut tx, &self.store, size).await.expect("looks");
        tx.commit().await.expect("commits");
        found
    }

    /// As a seller's files come in: in steps of [`AT_ONCE`], each of them durable.
    async fn import(&self, engine: &str) {
        let (store, keyring, product) = (&self.store, &self.keyring, ProductId(1));
        let shelved = Shelved { store, keyring, product };
        let by = By { admin: UserId(1), now: NOW };
        let mut times = Vec::new();
        for file in 0..FILES {
            let units: Vec<String> =
                (0..UNITS).map(|number| format!("akun{number}@contoh.id:sandi{file}")).collect();
            let begun = Instant::now();
            let mut tx = self.db.write().await.expect("begins");
            let batch = stock::begin(&mut tx, store.id, product, by).await.expect("begun");
            tx.commit().await.expect("commits");
            for some in units.chunks(AT_ONCE) {
                let mut tx = self.db.write().await.expect("begins");
                stock::take_in(&mut tx, shelved, batch, some, NOW).await.expect("taken in");
                tx.commit().await.expect("commits");
            }
            times.push(begun.elapsed().as_secs_f64());
        }
        figures::spread(&format!("{engine} import_{UNITS}_units"), times, "s");
    }
}
