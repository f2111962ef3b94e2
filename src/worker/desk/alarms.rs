//! What the owners are told while a fact is worked on: what went wrong too often, and its end.

use std::time::Duration;

use super::Desk;
use crate::bot::{Errand, Value};
use crate::db::Tx;
use crate::shop::ShopError;
use crate::shop::alarms::{self, Alarm};

/// Of a store's forged callbacks the owners hear no oftener than this.
pub const FORGED_EVERY: Duration = Duration::from_hours(1);

impl Desk<'_> {
    /// Counts a failure; the owners are told when it is one too many.
    pub(super) async fn failed(&mut self, tx: &mut Tx, alarm: Alarm) -> Result<(), ShopError> {
        if alarms::failed(tx, self.store.id, alarm, self.now).await? {
            tracing::error!(store = self.store.slug, alarm = alarm.word(), "an alarm is raised");
            self.alert(&format!("alarm-{}", alarm.word()), &[]);
        }
        Ok(())
    }

    /// All is well again; the owners are told when they had been alarmed.
    pub(super) async fn well(&mut self, tx: &mut Tx, alarm: Alarm) -> Result<(), ShopError> {
        if alarms::well(tx, self.store.id, alarm).await? {
            tracing::info!(store = self.store.slug, alarm = alarm.word(), "an alarm is over");
            self.alert(&format!("alarm-{}-over", alarm.word()), &[]);
        }
        Ok(())
    }

    /// Counts a callback that lied; the owners are told of it once an hour.
    pub(super) async fn forged(&mut self, tx: &mut Tx) -> Result<(), ShopError> {
        let (store, alarm) = (self.store.id, Alarm::Forged);
        alarms::happened(tx, store, alarm).await?;
        if let Some(count) = alarms::to_tell(tx, store, alarm, (FORGED_EVERY, self.now)).await? {
            self.alert("alert-forged", &[("count", count.into())]);
        }
        Ok(())
    }

    /// Tells every owner, with the store's name: he has many.
    fn alert(&mut self, key: &str, values: &[(&str, Value<'_>)]) {
        if !self.shared.owner_alerts {
            return;
        }
        let mut all = vec![("store", (&self.store.name).into())];
        all.extend(values.iter().cloned());
        let text = self.storewide().say(key, &all);
        for owner in &self.store.owners {
            self.errands.push(Errand::Alert { chat: (*owner).into(), text: text.clone() });
        }
    }
}
