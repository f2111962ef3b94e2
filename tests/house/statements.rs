//! Every statement is one that both engines understand, and none reaches into another store by accident.

use bot_auto_order::db::{Statement, copy, lease};
use bot_auto_order::{http, queue, shop};
use sqlx::{Either, Executor as _, Row as _, SqlSafeStr as _, Statement as _};

use crate::engines::Engines;
use crate::source::code_files;

/// Statements that serve all stores at once, each with its reason.
const ALL_STORES: &[(&str, &str)] = &[
    ("inbox.CLAIM", "workers take what is due, whoever's it is; each row carries its store"),
    ("claims.ALL_FACTS", "after a death everything that the process held is free again"),
    ("claims.FACTS_OF", "what an absent replica held is free again, whoever's it is"),
    ("inbox.PENDING", "the gauge counts the whole queue"),
    ("prune.DONE_FACTS", "what is done long ago goes, whoever's it was"),
    ("prune.DEAD_FACTS", "what is done long ago goes, whoever's it was"),
    ("prune.DONE_PARCELS", "what is done long ago goes, whoever's it was"),
    ("prune.DEAD_PARCELS", "what is done long ago goes, whoever's it was"),
    ("prune.SET_ASIDE_FACTS", "the health report counts what was set aside, whoever's it was"),
    ("prune.SET_ASIDE_PARCELS", "the health report counts what was set aside, whoever's it was"),
    ("claims.FACTS", "what one claim took is given back, whoever's it is"),
    ("claims.PARCELS", "what one claim took is given back, whoever's it is"),
    ("outbox.CLAIM", "workers take what is due, whoever's it is; each row carries its store"),
    ("claims.ALL_PARCELS", "after a death everything that the process held is free again"),
    ("claims.PARCELS_OF", "what an absent replica held is free again, whoever's it is"),
    ("claims.FAR_FACTS", "a start mends what a wrong clock planned, whoever's it is"),
    ("claims.FAR_PARCELS", "a start mends what a wrong clock planned, whoever's it is"),
    ("bulk.STORES", "one look finds the stores whose mass messages are due"),
    ("broadcast.OPEN", "one timer feeds the broadcasts of all stores; each row carries its store"),
    ("outbox.PENDING", "the gauge counts the whole queue"),
    ("orders.OVERDUE", "one timer closes the orders of all stores; each row carries its store"),
    (
        "payments.DUE",
        "one timer looks after the payments of all stores; each row carries its store",
    ),
    ("payments.SET_RIGHT", "a start mends what a wrong clock planned, whoever's it is"),
    ("keys.OLD", "one timer seals the things of all stores anew; each row carries its store"),
    ("keys.ALL", "a start is refused when any store's key is missing"),
    ("stores.UNDER_OLD_KEY", "one timer seals the secrets of all stores anew"),
    ("stores.ALL", "the directory knows every store"),
    ("stores.REVISION", "the directory asks whether any store changed"),
    ("stores.INSERT", "a new store gets its id here"),
    ("copy.FIGURES", "a backup adds every store up; each row carries its store"),
    ("stock.UNSOLD_BY_STORE", "a restore asks which stores have units; each row carries its store"),
    ("broadcast.PAUSE_ALL", "a restored database sends nothing by itself, whoever's it is"),
    ("broadcast.CANCEL_DUE", "a restored database sends nothing by itself, whoever's it is"),
    (
        "journal.WAITING",
        "one job writes down what all stores handed over; each row carries its store",
    ),
    ("quarantine.FREE_FACTS", "nobody of those who held something is there after a restore"),
    ("quarantine.FREE_PARCELS", "nobody of those who held something is there after a restore"),
    ("quarantine.DROP_STALE", "a restored database says nothing twice, whoever's it is"),
    ("quarantine.PARK_COPIES", "a restored database says nothing twice, whoever's it is"),
    ("quarantine.UNHEARD", "a restored database does nothing twice, whoever's it is"),
];

/// Every statement of the program as `module.NAME`.
fn all() -> Vec<(String, Statement)> {
    const QUEUES: &[&str] = &["inbox", "outbox", "claims", "lanes", "prune", "bulk"];
    const FEATURES: &[&str] = &[
        "stores",
        "keys",
        "audit",
        "settings",
        "alarms",
        "invitations",
        "customers",
        "terms",
        "catalogue",
        "stock",
        "coupons",
        "assortment",
        "cart",
        "wallet",
        "statistics",
        "orders",
        "payments",
        "sales",
        "rehearsal",
        "broadcast",
        "configuration",
        "journal",
        "quarantine",
    ];
    assert_eq!(QUEUES.len(), queue::STATEMENTS.len(), "queue::STATEMENTS changed: name it here");
    assert_eq!(FEATURES.len(), shop::STATEMENTS.len(), "shop::STATEMENTS changed: name it here");
    let named = QUEUES.iter().zip(queue::STATEMENTS).chain(FEATURES.iter().zip(shop::STATEMENTS));
    named
        .chain([
            (&"leases", &lease::STATEMENTS),
            (&"probes", &http::STATEMENTS),
            (&"copy", &copy::STATEMENTS),
        ])
        .flat_map(|(module, list)| {
            list.iter().map(move |one| (format!("{module}.{}", one.name), *one))
        })
        .collect()
}

#[test]
fn every_statement_is_listed() {
    let written: usize = code_files()
        .iter()
        .filter(|source| source.path != "db/sql.rs")
        .flat_map(|source| {
            source.code.split("statements! {").skip(1).map(str::to_owned).collect::<Vec<_>>()
        })
        .map(|block| block.split("\n}").next().unwrap_or_default().matches(" = (").count())
        .sum();
    assert_eq!(written, all().len(), "a statements! block is in no STATEMENTS list");
}

#[tokio::test]
async fn both_engines_understand_every_statement_alike() {
    let mut engines = Engines::fresh().await;
    let mut faults = Vec::new();
    for (name, statement) in all() {
        let sqlite = engines.sqlite.prepare(statement.sql.sqlite.into_sql_str()).await;
        let postgres = engines.postgres.prepare(statement.sql.postgres.into_sql_str()).await;
        match (sqlite, postgres) {
            (Ok(sqlite), Ok(postgres)) => {
                let one = (columns(sqlite.columns()), count(sqlite.parameters()));
                let other = (columns(postgres.columns()), count(postgres.parameters()));
                // Columns without a name are called differently.
                if one.0.len() != other.0.len() || one.1 != other.1 {
                    faults.push(format!("{name}: {one:?} on SQLite, {other:?} on PostgreSQL"));
                }
            }
            (sqlite, postgres) => {
                let said = [sqlite.err(), postgres.err()].into_iter().flatten();
                faults.extend(said.map(|error| format!("{name}: {error}")));
            }
        }
    }
    engines.drop().await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Picks the next ones of a queue, with every write of whoever waits behind it.
const PICKS: &[&str] = &["inbox.CLAIM", "outbox.CLAIM"];

#[tokio::test]
async fn the_next_ones_are_found_without_sorting_what_waits() {
    let mut engines = Engines::fresh().await;
    let mut faults = Vec::new();
    let picks: Vec<_> =
        all().into_iter().filter(|(name, _)| PICKS.contains(&name.as_str())).collect();
    assert_eq!(picks.len(), PICKS.len());
    for (name, statement) in picks {
        let steps = plan(&mut engines, &name, &statement).await;
        if steps.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY")) {
            faults.push(format!("{name}: {steps:#?}"));
        }
    }
    engines.drop().await;
    assert!(faults.is_empty(), "these sort everything that waits:\n{}", faults.join("\n"));
}

#[tokio::test]
async fn what_waits_is_found_however_much_is_done() {
    let mut engines = Engines::fresh().await;
    let mut faults = Vec::new();
    for (name, statement) in all() {
        let steps = plan(&mut engines, &name, &statement).await.into_iter();
        let scans = |step: &String| {
            let queue = ["SCAN inbox", "SCAN outbox", "SCAN i", "SCAN o", "SCAN e"];
            queue.contains(&step.as_str())
        };
        if ["inbox.", "outbox.", "prune."].iter().any(|room| name.starts_with(room)) {
            faults.extend(steps.filter(scans).map(|step| format!("{name}: {step}")));
        }
    }
    engines.drop().await;
    assert!(faults.is_empty(), "these read every row there ever was:\n{}", faults.join("\n"));
}

/// Reads what a product sold as well, for a person who asked.
const TALLIES: &[&str] = &["stock.TALLY"];

#[tokio::test]
async fn what_is_left_is_found_however_much_was_sold() {
    let mut engines = Engines::fresh().await;
    let (mut faults, mut used) = (Vec::new(), Vec::new());
    for (name, statement) in all() {
        let steps = plan(&mut engines, &name, &statement).await.into_iter();
        // The index of all units, by no more than their product.
        let all_units = |step: &String| {
            step.contains("sqlite_autoindex_units_")
                && step.ends_with("(store_id=? AND product_id=?)")
        };
        let wide: Vec<_> = steps.filter(all_units).map(|step| format!("{name}: {step}")).collect();
        match TALLIES.iter().find(|tally| **tally == name) {
            Some(tally) if !wide.is_empty() => used.push(*tally),
            _ => faults.extend(wide),
        }
    }
    engines.drop().await;
    assert!(faults.is_empty(), "these read every unit a product ever had:\n{}", faults.join("\n"));
    assert_eq!(used, TALLIES);
}

/// How SQLite would go about a statement, step by step.
async fn plan(engines: &mut Engines, name: &str, statement: &Statement) -> Vec<String> {
    let explained = format!("EXPLAIN QUERY PLAN {}", statement.sql.sqlite);
    let plan = engines.sqlite.fetch_all(sqlx::AssertSqlSafe(explained)).await.expect(name);
    plan.iter().map(|step| step.get("detail")).collect()
}

fn columns<C: sqlx::Column>(columns: &[C]) -> Vec<&str> {
    columns.iter().map(C::name).collect()
}

fn count<T>(parameters: Option<Either<&[T], usize>>) -> usize {
    match parameters {
        Some(Either::Left(types)) => types.len(),
        Some(Either::Right(count)) => count,
        None => 0,
    }
}

/// The tables whose rows belong to a store.
async fn tables_of_stores(engines: &mut Engines) -> Vec<String> {
    let sql = "SELECT t.name FROM sqlite_schema t WHERE t.type = 'table' AND EXISTS \
               (SELECT 1 FROM pragma_table_info(t.name) c WHERE c.name = 'store_id') ORDER BY t.name";
    let rows = engines.sqlite.fetch_all(sql).await.expect("the schema can be read");
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn no_statement_forgets_whose_rows_they_are() {
    let mut engines = Engines::fresh().await;
    let tables = tables_of_stores(&mut engines).await;
    engines.drop().await;
    assert!(tables.len() >= 13, "only {tables:?} have a store_id");
    let mut faults = Vec::new();
    let mut used = Vec::new();
    for (name, statement) in all() {
        if forgets(statement.sql.postgres, &tables) {
            match ALL_STORES.iter().find(|(allowed, _)| *allowed == name) {
                Some((allowed, _)) => used.push(*allowed),
                None => faults.push(format!("{name}: {}", statement.sql.postgres)),
            }
        }
    }
    assert!(
        faults.is_empty(),
        "these name a store's table without its store:\n{}",
        faults.join("\n")
    );
    let idle: Vec<_> = ALL_STORES.iter().filter(|(name, _)| !used.contains(name)).collect();
    assert!(idle.is_empty(), "these exceptions are not needed: {idle:?}");
}

#[tokio::test]
async fn every_table_belongs_to_a_store() {
    let mut engines = Engines::fresh().await;
    let tables = tables_of_stores(&mut engines).await;
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let rows = engines.sqlite.fetch_all(sql).await.expect("the schema can be read");
    engines.drop().await;
    let mut without: Vec<String> =
        rows.iter().map(|row| row.get(0)).filter(|name| !tables.contains(name)).collect();
    without.sort();
    // Leases belong to the process, restores and drills to the whole database, the first one to the migrations,
    // and a store to itself.
    assert_eq!(without, ["_sqlx_migrations", "drills", "leases", "restores", "stores"]);
}

/// Whether some table of a store is read or written without a word on whose rows are meant:
/// each mention needs its own `store_id =`, or `store_id` among the columns it inserts.
fn forgets(sql: &str, tables: &[String]) -> bool {
    let words: Vec<&str> = sql
        .split(|one: char| !one.is_alphanumeric() && !"_=$.".contains(one))
        .filter(|one| !one.is_empty())
        .collect();
    let pairs = || words.windows(2);
    let mentions = pairs()
        .filter(|pair| ["FROM", "JOIN", "INTO", "UPDATE"].contains(&pair[0]))
        .filter(|pair| tables.iter().any(|table| table == pair[1]))
        .count();
    let stores = pairs()
        .filter(|pair| ["FROM", "INTO", "UPDATE"].contains(&pair[0]) && pair[1] == "stores")
        .count();
    let names_store = |word: &str| word == "store_id" || word.ends_with(".store_id");
    let compared = pairs().filter(|pair| names_store(pair[0]) && pair[1] == "=").count();
    let inserted =
        usize::from(words.first() == Some(&"INSERT") && words.get(3) == Some(&"store_id"));
    let by_id = words
        .windows(3)
        .filter(|three| three[0] == "id" && three[1] == "=" && three[2] == "$1")
        .count();
    compared + inserted < mentions || by_id < stores
}

#[test]
fn the_rule_sees_what_is_forgotten() {
    let tables = ["orders".to_owned(), "units".to_owned()];
    for sql in [
        "SELECT id FROM orders WHERE id = $1",
        "SELECT store_id FROM orders WHERE id = $1",
        "UPDATE orders SET state = 'x' WHERE id = $1",
        "INSERT INTO orders (code) VALUES ($1)",
        "SELECT 1 FROM orders o JOIN units u ON u.order_id = o.id WHERE o.store_id = $1",
        "SELECT id FROM stores",
    ] {
        assert!(forgets(sql, &tables), "{sql}");
    }
    for sql in [
        "SELECT id FROM orders WHERE store_id = $1",
        "INSERT INTO orders (store_id, code) VALUES ($1, $2)",
        "DELETE FROM stores WHERE id = $1",
        "SELECT 1 FROM leases",
    ] {
        assert!(!forgets(sql, &tables), "{sql}");
    }
}
