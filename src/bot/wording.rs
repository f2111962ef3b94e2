//! A store's own words, and which of them could not be used when they were wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use super::replies::{Slot, Template};

/// Everything a store words itself.
#[derive(Debug, Default)]
pub struct Wording {
    templates: BTreeMap<Slot, Template>,
    broken: Mutex<Broken>,
}

#[derive(Debug, Default)]
struct Broken {
    /// Not told yet.
    fresh: BTreeSet<Slot>,
    told: BTreeSet<Slot>,
}

impl Wording {
    /// From the settings of a store, by name; what cannot be read leaves what is built in.
    #[must_use]
    pub fn of(settings: &[(String, String)]) -> Self {
        let (mut templates, mut broken) = (BTreeMap::new(), Broken::default());
        for slot in Slot::every() {
            let name = slot.setting();
            let Some((_, body)) = settings.iter().find(|(stored, _)| *stored == name) else {
                continue;
            };
            match Template::read(body) {
                Some(template) => {
                    templates.insert(slot, template);
                }
                None => {
                    broken.fresh.insert(slot);
                }
            }
        }
        Self { templates, broken: Mutex::new(broken) }
    }

    pub(super) fn get(&self, slot: Slot) -> Option<&Template> {
        self.templates.get(&slot)
    }

    /// It could not be used: what is built in was said instead.
    pub(super) fn broke(&self, slot: Slot) {
        let mut broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        if !broken.told.contains(&slot) {
            broken.fresh.insert(slot);
        }
    }

    /// What could not be used and nobody was told of; each is given once.
    pub fn untold(&self) -> Vec<Slot> {
        let mut broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh: Vec<Slot> = std::mem::take(&mut broken.fresh).into_iter().collect();
        broken.told.extend(&fresh);
        fresh
    }
}
