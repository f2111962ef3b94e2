//! The doors: two webhooks behind one idempotency layer, health and metrics.
