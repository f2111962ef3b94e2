//! What a seller was asked, with whatever he gave so far: written down, so that it survives restarts.

use serde::{Deserialize, Serialize};

use super::manage::Manage;
use crate::primitives::BroadcastId;
use crate::shop::broadcast::Segment;

macro_rules! wizards {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty = $example:expr),* $(,)? };)*) => {
        /// An open question on the seller's side. Who answers is asked at every answer.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "for", rename_all = "snake_case")]
        pub enum Wizard {
            $($(#[$doc])* $name { $($(#[$field_doc])* $field: $kind),* },)*
        }

        impl Wizard {
            /// One example of every question there is.
            #[must_use]
            pub fn every() -> Vec<Self> {
                vec![$(Self::$name { $($field: $example),* }),*]
            }
        }
    };
}

wizards! {
    /// Whose balance changes, by how much and why.
    Adjustment {};
    /// What a broadcast says.
    BroadcastMessage {
        /// To whom.
        to: Manage = Manage::BroadcastTo(Segment::Everyone),
    };
    /// When a broadcast is sent.
    BroadcastTime {
        /// Which.
        broadcast: BroadcastId = BroadcastId(1),
    };
}
