//! The shop as people meet it: HTTP in, Bot API calls out, on SQLite and on PostgreSQL.

mod given;
mod buying;
mod wire;
mod doors;
mod stopping;
