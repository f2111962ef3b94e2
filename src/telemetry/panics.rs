//! A panic as one log record that says where, and what only if that is a constant of the program.

use std::panic;

/// From now on each panic is one `error!` with its place; what was computed into its words is left out, since it
/// may be anything that was in hand.
pub fn note_panics() {
    panic::set_hook(Box::new(|info| {
        let (file, line) = info.location().map_or(("", 0), |at| (at.file(), at.line()));
        let place = format!("{}:{line}", file.rsplit_once("src/").map_or(file, |(_, rest)| rest));
        let words = info.payload().downcast_ref::<&'static str>();
        tracing::error!(place, words, "a panic");
    }));
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;
    use crate::primitives::Timestamp;
    use crate::telemetry::Ear;

    #[test]
    fn a_panic_is_told_with_its_place_and_without_what_was_in_hand() {
        let (ear, before) = (Ear::default(), panic::take_hook());
        let listening = tracing_subscriber::registry().with(ear.clone());
        tracing::subscriber::with_default(listening, || {
            note_panics();
            for secret in ["", "kenari"] {
                let ended = panic::catch_unwind(|| {
                    assert!(secret.is_empty(), "{secret}");
                    panic!("a constant of the program");
                });
                assert!(ended.is_err());
            }
        });
        panic::set_hook(before);
        let told = ear.take(Timestamp(0)).0;
        assert_eq!((told.len(), told[0].count), (1, 2));
        assert!(told[0].fields.starts_with("place=telemetry/panics.rs:"), "{told:?}");
        assert!(!format!("{told:?}").contains("kenari"), "{told:?}");
    }
}
