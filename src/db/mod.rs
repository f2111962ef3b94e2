//! The database seam: one SQL text, two engines, and the only place that names them.
