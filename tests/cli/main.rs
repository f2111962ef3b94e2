//! The program as operators meet it: arguments, environment, files, exit codes, signals.

mod place;
mod configuration;
mod stores;
mod catalogue;
mod audit;
mod serving;
mod first_hour;
mod provision;
mod outside;
mod secrets;
