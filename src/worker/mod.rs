//! Drains the inbox, drains the outbox, paces, keeps time, shuts down.
