//! The Bot API: types, typed HTML, keyboards, methods, limits, and the client that calls it.
