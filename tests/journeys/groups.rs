//! Many deliveries in one commit.

use bot_auto_order::queue::inbox::{self, Delivery, Source};

use crate::journey;

journey!(a_group_of_any_size_is_stored_once, |shop| {
    let (store, now) = (shop.store().id, shop.clock.now());
    let facts: Vec<Delivery> = (0..150)
        .map(|number| Delivery {
            store,
            source: Source::Fact,
            key: format!("key {number}"),
            // Due in a day: nobody works on them.
            lane: format!("lane {}", number % 7),
            seq: number,
            body: format!("body {number}").into_bytes(),
        })
        .collect();
    // 73 = 64 + 8 + 1, then the same again within more, and one of them twice.
    for count in [73, 1, 0, 9, 150] {
        let mut group: Vec<&Delivery> = facts[..count].iter().collect();
        group.extend(facts[..count].first());
        let mut tx = shop.db().write().await.expect("begins");
        inbox::accept_all(&mut tx, &group, now.plus(FAR)).await.expect("stored");
        tx.commit().await.expect("commits");
    }
    let mixed_up = "SELECT COUNT(*) FROM inbox WHERE source = 'fact' AND key <> 'key ' || seq";
    assert_eq!(shop.count("SELECT COUNT(*) FROM inbox WHERE source = 'fact'").await, 150);
    assert_eq!(shop.count(mixed_up).await, 0);
    shop.change("DELETE FROM inbox WHERE source = 'fact'").await;
});

/// Later than any worker of this story looks.
const FAR: std::time::Duration = std::time::Duration::from_hours(24);
