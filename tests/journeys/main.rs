//! The shop as people meet it: HTTP in, Bot API calls out, on SQLite and on PostgreSQL.

mod given;
mod groups;
mod books;
mod buying;
mod invoice;
mod callbacks;
mod late;
mod delivery;
mod races;
mod wire;
mod welcome;
mod catalogue;
mod cart;
mod coupons;
mod balance;
mod terms;
mod manners;
mod walk;
mod hostile;
mod doors;
mod stopping;
mod trouble;
mod secrets;
mod rotation;
mod keys;
