//! What follows from the end of one of Telegram's errands, in the transaction that records the end.

use super::carry::Left;
use super::desk;
use super::fact::Fact;
use crate::bot::Errand;
use crate::db::Tx;
use crate::primitives::{Timestamp, UserId};
use crate::queue::outbox::End;
use crate::shop::broadcast::{self, Outcome};
use crate::shop::stores::Store;
use crate::shop::{ShopError, customers, orders, sales};

/// An errand that came to its end.
pub(super) struct Ended<'a> {
    /// Names the end, so that what is learned from it counts once.
    pub(super) cause: &'a str,
    pub(super) end: &'a End,
    pub(super) errand: &'a Errand,
    pub(super) left: &'a Left,
}

/// Writes down what the end means for the order and for the chat.
pub(super) async fn follow(
    tx: &mut Tx,
    store: &Store,
    ended: &Ended<'_>,
    now: Timestamp,
) -> Result<(), ShopError> {
    let Ended { cause, end, errand, left } = ended;
    if let Some((order, message, kind)) = left.order {
        orders::shown(tx, store.id, order, Some((message, kind))).await?;
    }
    match (errand, end) {
        (Errand::Goods { order, again: false, .. }, End::Sent) => {
            orders::part_arrived(tx, store.id, *order, now).await?;
        }
        (Errand::Goods { order, .. }, End::Parked(_)) => {
            orders::forget_goods_messages(tx, store.id, *order).await?;
        }
        (Errand::Order { order, invoice: true, picture, .. }, End::Dead(_) | End::Parked(_)) => {
            // An invoice without a picture is the one in words, the last resort.
            let hopeless = picture.is_none() || matches!(end, End::Parked(_));
            let fact = Fact::InvoiceUnseen { order: *order, hopeless };
            fact.record(tx, store.id, cause, now).await?;
        }
        (Errand::Copy { chat, broadcast: Some(broadcast), .. }, end) => {
            let outcome = match end {
                End::Sent => Outcome::Sent,
                End::Dead(_) | End::Parked(_) => Outcome::Failed,
                End::Dropped(_) => {
                    customers::unreachable(tx, store.id, UserId(chat.0), Some(now)).await?;
                    Outcome::Skipped
                }
            };
            broadcast::count(tx, store.id, *broadcast, outcome).await?;
        }
        _ => {}
    }
    if let Some((broadcast, message)) = left.progress {
        broadcast::shown_by(tx, store.id, broadcast, message).await?;
    }
    let Some(chat) = errand.chat() else { return Ok(()) };
    let user = UserId(chat.0);
    if let Some((order, message)) = left.noticed {
        sales::noticed(tx, store.id, order, (user, message)).await?;
    }
    if let Some(text) = left.word.clone() {
        desk::send(tx, store, &Errand::say(chat, text), now).await?;
    }
    let stale = match left.placed {
        Some(placed) => customers::put(tx, store.id, user, placed).await?,
        None => left.stale,
    };
    if let Some(message) = stale {
        desk::send(tx, store, &Errand::Delete { chat, message }, now).await?;
    }
    if matches!(end, End::Parked(_)) {
        customers::unreachable(tx, store.id, user, Some(now)).await?;
    }
    Ok(())
}
