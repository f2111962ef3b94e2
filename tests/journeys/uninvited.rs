//! Nobody but those who run a store does anything on its seller's side: every action and every answer that
//! exists, tried by everybody who may not.

use bot_auto_order::bot::{Manage, Press, Question, Wizard};
use bot_auto_order::db::Sql;
use bot_auto_order::primitives::{MessageId, Secret, UserId};
use bot_auto_order::sandbox::telegram::Person;
use bot_auto_order::shop::stores::{self, Wish};
use serde_json::json;

use crate::given::{ADMIN, TestShop};
use crate::journey;

/// Fewer than make a flood.
const AT_ONCE: usize = 20;
/// What changes whenever somebody writes.
const RESTLESS: [&str; 6] =
    ["inbox", "outbox", "customers", "leases", "_sqlx_migrations", "sqlite_sequence"];

/// Everything a seller could have changed, as one text.
async fn everything(shop: &TestShop) -> String {
    let tables = Sql {
        sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
        postgres: "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
    };
    let mut tx = shop.db().read().await.expect("reads");
    let tables: Vec<(String,)> =
        bot_auto_order::fetch_all!(&mut tx, (String,), tables).expect("lists tables");
    let mut all = String::new();
    for (table,) in tables.iter().filter(|(table,)| !RESTLESS.contains(&table.as_str())) {
        let columns = format!(
            "SELECT group_concat('quote(' || name || ')', '||') FROM pragma_table_info('{table}')"
        );
        let text = match &tx {
            bot_auto_order::db::Tx::Sqlite(_) => {
                let sql = Sql { sqlite: columns.leak(), postgres: "" };
                let (quoted,): (String,) =
                    bot_auto_order::fetch_one!(&mut tx, (String,), sql).expect("lists columns");
                format!(
                    "SELECT COALESCE(group_concat(r, ';'), '') FROM (SELECT {quoted} AS r FROM {table} ORDER BY 1)"
                )
            }
            bot_auto_order::db::Tx::Postgres(_) => format!(
                "SELECT COALESCE(string_agg(t::text, ';' ORDER BY t::text), '') FROM {table} t"
            ),
        };
        let text: &'static str = text.leak();
        let sql = Sql { sqlite: text, postgres: text };
        let (rows,): (String,) =
            bot_auto_order::fetch_one!(&mut tx, (String,), sql).expect("reads");
        all.push_str(&format!("{table}: {rows}\n"));
    }
    all.push_str(&format!(
        "{:?}",
        shop.count(
            "SELECT CAST(COALESCE(SUM(balance), 0) + COUNT(blocked_at) AS BIGINT) FROM customers"
        )
        .await
    ));
    all
}

async fn presses_everything(shop: &TestShop, who: &Person, message: MessageId) {
    for some in Manage::every().chunks(AT_ONCE) {
        for action in some {
            who.press_data(message, &Press::from(*action).data());
        }
        shop.pass(60).await;
    }
}

async fn answers_everything(shop: &TestShop, who: &Person) {
    for wizard in Wizard::every() {
        let question = Question::Seller(wizard).written();
        let asked =
            format!("UPDATE customers SET question = '{question}' WHERE user_id = {}", who.id());
        shop.change(asked.leak()).await;
        who.say("101 25000 hadiah");
        shop.pass(6).await;
    }
    // Nor does he confirm what he was never asked.
    for action in Manage::every() {
        let until = shop.clock.now().plus(std::time::Duration::from_mins(1));
        let question = Question::Sure { action, number: 7, until }.written();
        let asked =
            format!("UPDATE customers SET question = '{question}' WHERE user_id = {}", who.id());
        shop.change(asked.leak()).await;
        let message = who.messages().last().expect("he was welcomed").id;
        who.press_data(message, &Press::from(Manage::Confirm(7)).data());
        shop.pass(6).await;
    }
}

fn refusals(shop: &TestShop, who: &Person) -> usize {
    shop.sent_to(who).iter().filter(|text| text.contains("khusus pengelola toko")).count()
}

async fn nothing_happens(shop: &TestShop, who: &Person) {
    who.say("/start");
    let welcome = who.sees_text("Selamat datang").await;
    shop.pass(6).await;
    let before = everything(shop).await;
    presses_everything(shop, who, welcome.id).await;
    assert!(refusals(shop, who) > 0, "he is told that it is not for him");
    answers_everything(shop, who).await;
    assert_eq!(everything(shop).await, before);
    assert!(!shop.sent_to(who).iter().any(|text| text.contains("Admin Settings")));
}

journey!(a_stranger_manages_nothing, |shop| {
    let budi = shop.person(101, "Budi");
    nothing_happens(shop, &budi).await;
});

journey!(who_was_an_admin_manages_nothing, |shop| {
    let rina = shop.person(202, "Rina");
    let run_by = async |admins: &[UserId]| {
        let wish = Wish { admins: Some(admins.to_vec()), ..Wish::default() };
        let mut tx = shop.db().write().await.expect("begins");
        let slug = shop.store().slug.clone();
        stores::apply(&mut tx, &shop.keyring, &slug, &wish, shop.clock.now())
            .await
            .expect("changed");
        tx.commit().await.expect("commits");
        shop.pass(3).await;
    };
    run_by(&[ADMIN, rina.id()]).await;
    rina.say("/admin");
    let menu = rina.sees_text("Admin Settings").await;
    run_by(&[ADMIN]).await;
    let before = everything(shop).await;
    presses_everything(shop, &rina, menu.id).await;
    assert!(refusals(shop, &rina) > 0);
    answers_everything(shop, &rina).await;
    assert_eq!(everything(shop).await, before);
});

journey!(another_stores_admin_manages_nothing, |shop| {
    let joko = shop.person(303, "Joko");
    let token = "222222:TOKEN-OF-THE-OTHER-STORE-0123456789";
    shop.stage.telegram.add_bot(token, "toko_lain_bot");
    let wish = Wish {
        name: Some("Toko Lain".to_owned()),
        bot_token: Some(Secret::new(token.to_owned())),
        admins: Some(vec![joko.id()]),
        ..Wish::default()
    };
    let mut tx = shop.db().write().await.expect("begins");
    stores::apply(&mut tx, &shop.keyring, "lain", &wish, shop.clock.now()).await.expect("added");
    tx.commit().await.expect("commits");
    shop.pass(3).await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM stores").await, 2);
    nothing_happens(shop, &joko).await;
});

journey!(an_admin_manages_nothing_from_a_group, |shop| {
    let rina = shop.person(ADMIN.0, "Bu Rina");
    rina.say("/admin");
    rina.sees_text("Admin Settings").await;
    let before = everything(shop).await;
    let told = shop.sent_to(&rina).len();
    let group = json!({"id": -1005, "type": "supergroup", "title": "Grup"});
    let from = json!({"id": ADMIN.0, "is_bot": false, "first_name": "Bu Rina"});
    for (number, action) in (900_000..).zip(Manage::every()) {
        shop.post_update(
            json!({"update_id": number, "callback_query": {"id": number.to_string(),
            "from": from, "chat_instance": "1", "data": Press::from(action).data(),
            "message": {"message_id": 1, "date": 1, "chat": group}}})
            .to_string()
            .as_bytes(),
        )
        .await;
        shop.post_update(
            json!({"update_id": 50_000 + number, "message": {"message_id": number, "date": 1,
            "from": from, "chat": group, "text": "/admin"}})
            .to_string()
            .as_bytes(),
        )
        .await;
    }
    shop.pass(6).await;
    assert_eq!(everything(shop).await, before);
    assert_eq!(shop.sent_to(&rina).len(), told);
});

journey!(the_admin_himself_is_answered_whatever_he_presses, |shop| {
    let rina = shop.person(ADMIN.0, "Bu Rina");
    rina.say("/admin");
    let menu = rina.sees_text("Admin Settings").await;
    for some in Manage::every().chunks(AT_ONCE) {
        for action in some {
            rina.press_data(menu.id, &Press::from(*action).data());
        }
        shop.pass(60).await;
    }
    assert_eq!(refusals(shop, &rina), 0);
    assert_eq!(shop.count("SELECT COUNT(*) FROM inbox WHERE state = 'dead'").await, 0);
    assert!(!shop.sent_to(&rina).iter().any(|text| text.contains("gangguan di pihak kami")));
});
