//! What is sold and how money moves; knows no Telegram, no HTTP, no network.

mod error;
pub mod stores;
pub mod keys;
pub mod audit;
pub mod settings;
pub mod alarms;
pub mod invitations;
pub mod customers;
pub mod terms;
pub mod stock;
pub mod coupons;
pub mod assortment;
pub mod catalogue;
pub mod cart;
pub mod wallet;
pub mod statistics;
pub mod orders;
pub mod payments;
pub mod sales;
pub mod checkout;
pub mod rehearsal;
pub mod broadcast;
pub mod calculator;
pub mod configuration;
pub mod resealing;
pub mod journal;
pub mod quarantine;

pub use error::ShopError;

/// What `statements!` of this room listed, by feature.
pub const STATEMENTS: &[&[crate::db::Statement]] = &[
    stores::STATEMENTS,
    keys::STATEMENTS,
    audit::STATEMENTS,
    settings::STATEMENTS,
    alarms::STATEMENTS,
    invitations::STATEMENTS,
    customers::STATEMENTS,
    terms::STATEMENTS,
    catalogue::STATEMENTS,
    stock::STATEMENTS,
    coupons::STATEMENTS,
    assortment::STATEMENTS,
    cart::STATEMENTS,
    wallet::STATEMENTS,
    statistics::STATEMENTS,
    orders::STATEMENTS,
    payments::STATEMENTS,
    sales::STATEMENTS,
    rehearsal::STATEMENTS,
    broadcast::STATEMENTS,
    configuration::STATEMENTS,
    journal::STATEMENTS,
    quarantine::STATEMENTS,
];
