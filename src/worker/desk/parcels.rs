//! How an errand is put into the outbox: its queue, its lane, and what it takes the place of.

use crate::bot::Errand;
use crate::db::Tx;
use crate::primitives::{ChatId, Timestamp};
use crate::queue::outbox::{self, Parcel, Queue};
use crate::shop::ShopError;
use crate::shop::stores::Store;

/// The lane of everything said in a chat.
pub(in crate::worker) fn lane_of(chat: ChatId) -> String {
    format!("chat:{chat}")
}

/// How the lanes of alerts begin.
const ALERTS: &str = "alerts:";

/// In which span a parcel of this lane is carried: what goes wrong with an alert must not become the next one,
/// so telemetry's ear is deaf in a span of this name.
pub(in crate::worker) fn span_of(lane: &str) -> tracing::Span {
    if lane.starts_with(ALERTS) { tracing::error_span!("alert") } else { tracing::Span::none() }
}

/// Writes an errand into the outbox.
pub(in crate::worker) async fn send(
    tx: &mut Tx,
    store: &Store,
    errand: &Errand,
    now: Timestamp,
) -> Result<(), ShopError> {
    send_since(tx, store, errand, now, now).await
}

/// Writes an errand into the outbox that somebody waits for `since` an earlier moment.
pub(super) async fn send_since(
    tx: &mut Tx,
    store: &Store,
    errand: &Errand,
    since: Timestamp,
    now: Timestamp,
) -> Result<(), ShopError> {
    let (queue, lane) = match errand {
        Errand::Show { chat, .. }
        | Errand::Order { chat, .. }
        | Errand::Goods { chat, .. }
        | Errand::Proof { chat, .. }
        | Errand::TakeIn { chat, .. }
        | Errand::SendConfiguration { chat }
        | Errand::Restore { chat, .. }
        | Errand::Sticker { chat, .. }
        | Errand::Copy { chat, .. }
        | Errand::Progress { chat, .. }
        | Errand::Delete { chat, .. } => (Queue::Reply, lane_of(*chat)),
        // Another bot's perhaps: what this store's bot cannot send must not hold it up.
        Errand::Alert { chat, .. } => (Queue::Reply, format!("{ALERTS}{chat}")),
        // Whatever waits there, an admin is answered: notices have a lane of their own.
        Errand::Notice { chat, .. } => (Queue::Reply, format!("notices:{chat}")),
        Errand::Menu { chat, language, .. } => {
            let whose = chat.map_or_else(|| language.to_string(), |chat| chat.to_string());
            (Queue::Reply, format!("menu:{whose}"))
        }
        Errand::Invoice { payment }
        | Errand::Withdraw { payment }
        | Errand::Check { payment, .. } => (Queue::Gateway, format!("payment:{payment}")),
    };
    let collapse = collapse(errand);
    let payload = written(errand)?;
    let parcel = Parcel { queue, lane, collapse, payload, due: now, since };
    Ok(outbox::send(tx, store.id, &parcel, now).await?)
}

/// An errand as it stands in the outbox.
pub(in crate::worker) fn written(errand: &Errand) -> Result<String, ShopError> {
    serde_json::to_string(errand)
        .map_err(|error| ShopError::Books(format!("an errand cannot be written: {error}")))
}

/// The word that lets an errand take the place of an older one with the same word that still waits.
fn collapse(errand: &Errand) -> Option<String> {
    match errand {
        Errand::Show { edit: Some(message), .. } => Some(format!("message:{message}")),
        // Of two screens that wait, the older would be taken away as soon as it came.
        Errand::Show { place: Some(place), .. } => Some(place.word().to_owned()),
        Errand::Order { order, .. } => Some(format!("order:{order}")),
        Errand::Goods { order, part, again: true, .. } => Some(format!("goods:{order}:{part}")),
        Errand::Proof { proof, .. } => Some(format!("proof:{proof}")),
        Errand::Progress { broadcast, .. } => Some(format!("broadcast:{broadcast}")),
        Errand::Notice { order, .. } => Some(format!("notice:{order}")),
        Errand::Menu { .. } => Some("menu".to_owned()),
        Errand::Check { asked: true, .. } => Some("asked check".to_owned()),
        Errand::Check { asked: false, .. } => Some("check".to_owned()),
        Errand::Show { .. }
        | Errand::Goods { .. }
        | Errand::TakeIn { .. }
        | Errand::SendConfiguration { .. }
        | Errand::Restore { .. }
        | Errand::Alert { .. }
        | Errand::Sticker { .. }
        | Errand::Copy { .. }
        | Errand::Delete { .. }
        | Errand::Invoice { .. }
        | Errand::Withdraw { .. } => None,
    }
}
