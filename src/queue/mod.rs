//! The durable inbox and outbox, their bell, back-off and dead letters.
