//! What is sold and how money moves; knows no Telegram, no HTTP, no network.

mod error;
pub mod stores;
pub mod keys;
pub mod audit;
pub mod alarms;
pub mod customers;
pub mod terms;
pub mod stock;
pub mod coupons;
pub mod assortment;
pub mod catalogue;
pub mod cart;
pub mod wallet;
pub mod orders;
pub mod payments;
pub mod checkout;
pub mod broadcast;
pub mod resealing;

pub use error::ShopError;

/// What `statements!` of this room listed, by feature.
pub const STATEMENTS: &[&[crate::db::Statement]] = &[
    stores::STATEMENTS,
    keys::STATEMENTS,
    audit::STATEMENTS,
    alarms::STATEMENTS,
    customers::STATEMENTS,
    terms::STATEMENTS,
    catalogue::STATEMENTS,
    stock::STATEMENTS,
    coupons::STATEMENTS,
    assortment::STATEMENTS,
    cart::STATEMENTS,
    wallet::STATEMENTS,
    orders::STATEMENTS,
    payments::STATEMENTS,
    broadcast::STATEMENTS,
];
