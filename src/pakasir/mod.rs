//! The payment gateway: invoices and statuses, v2 and v1 behind one trait.
