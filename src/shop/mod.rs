//! What is sold and how money moves; knows no Telegram, no HTTP, no network.

mod error;
pub mod stores;
pub mod customers;
pub mod stock;
pub mod catalogue;
pub mod cart;
pub mod wallet;
pub mod orders;
pub mod payments;
pub mod checkout;

pub use error::ShopError;

/// What `statements!` of this room listed, by feature.
pub const STATEMENTS: &[&[crate::db::Statement]] = &[
    stores::STATEMENTS,
    customers::STATEMENTS,
    catalogue::STATEMENTS,
    stock::STATEMENTS,
    cart::STATEMENTS,
    wallet::STATEMENTS,
    orders::STATEMENTS,
    payments::STATEMENTS,
];
