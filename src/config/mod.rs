//! The environment as checked settings, all faults at once.
