//! A strict Pakasir on loopback, both versions of its API: it checks the client and plays the bank.

mod qris;
mod methods;
mod ledger;
mod answer;
mod faults;
mod wire;
mod book;
mod callbacks;
mod gateway;
mod v2;
mod v1;
mod pages;
mod server;
mod project;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use axum::Router;
use tokio::net::TcpListener;

use crate::primitives::Clock;
use gateway::Gateway;

pub use book::{Refused, State, Transaction};
pub use callbacks::{CallbackBody, SecretHeader};
pub use faults::{CallKind, Fault, FaultKind, Odds};
pub use ledger::{Call, CallbackSent, Violation};
pub use methods::{FeePayer, Version};
pub use project::{NewProject, Project};
pub use qris::SANDBOX_QR;

/// A running fake gateway; clones are handles on the same one.
#[derive(Clone)]
pub struct FakePakasir {
    gateway: Arc<Gateway>,
    address: SocketAddr,
}

impl FakePakasir {
    /// Starts on a free port of 127.0.0.1; every wait and every time it shows is `clock`'s.
    ///
    /// # Errors
    /// When no port can be opened.
    pub async fn start(clock: Clock) -> io::Result<Self> {
        Self::start_at(clock, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
    }

    /// Starts at `address`.
    ///
    /// # Errors
    /// When the address is taken, or is not on this machine's loopback.
    pub async fn start_at(clock: Clock, address: SocketAddr) -> io::Result<Self> {
        if !address.ip().is_loopback() {
            return Err(io::Error::other("the fake gateway listens on loopback only"));
        }
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let gateway = Gateway::new(clock);
        let router = server::router(&gateway);
        gateway.tasks.spawn(server::listen(listener, router, Arc::clone(&gateway)));
        Ok(Self { gateway, address })
    }

    /// The base address of the API, `http://127.0.0.1:port`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Closes the door, breaks every connection off and forgets callbacks under way.
    pub async fn stop(&self) {
        self.gateway.stop.cancel();
        self.gateway.tasks.close();
        self.gateway.tasks.wait().await;
    }

    /// Registers a project.
    pub fn add_project(&self, project: NewProject) -> Project {
        Project::register(&self.gateway, project)
    }

    /// The newest 50,000 calls, oldest first.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.gateway.ledger.calls()
    }

    /// The first call that `fits`, once there is one; `fits` must not ask the fake itself.
    pub async fn call_where(&self, fits: impl Fn(&Call) -> bool) -> Call {
        self.gateway.wait_for(|| self.gateway.ledger.find_call(|call| fits(call))).await
    }

    /// The newest 50,000 tries to deliver a callback, oldest first.
    #[must_use]
    pub fn callbacks(&self) -> Vec<CallbackSent> {
        self.gateway.ledger.callbacks()
    }

    /// The first try to deliver a callback that `fits`, once there is one; `fits` must not ask
    /// the fake itself.
    pub async fn callback_where(&self, fits: impl Fn(&CallbackSent) -> bool) -> CallbackSent {
        self.gateway.wait_for(|| self.gateway.ledger.find_callback(|sent| fits(sent))).await
    }

    /// The rules of the contract that clients broke, oldest first; a good client leaves it empty.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        self.gateway.ledger.violations()
    }

    /// Plants a fault; the oldest one that fits a call strikes.
    pub fn fault(&self, fault: Fault) {
        self.gateway.faults.plant(fault);
    }

    /// Lets calls run into faults by chance, the same for the same seed, until
    /// [`FakePakasir::clear_faults`]; planted faults strike first.
    pub fn weather(&self, seed: u64, odds: Vec<Odds>) {
        self.gateway.faults.weather(seed, odds);
    }

    /// Removes all planted faults.
    pub fn clear_faults(&self) {
        self.gateway.faults.clear();
    }

    /// Switches all request limits; all are on at first.
    pub fn limits(&self, on: bool) {
        self.status_limit(on);
        self.pace_limit(on);
    }

    /// Switches the limit of one status query per transaction in 4 seconds (version 2).
    pub fn status_limit(&self, on: bool) {
        self.gateway.status_limit.store(on, Ordering::Relaxed);
    }

    /// Switches the limit of two creates and two cancels per second and project (version 2).
    pub fn pace_limit(&self, on: bool) {
        self.gateway.pace_limit.store(on, Ordering::Relaxed);
    }

    /// Makes `payment_link` name the hosted pages at `url` instead of the real gateway's host.
    pub fn pages_at(&self, url: &str) {
        let mut pages = self.gateway.pages.write().unwrap_or_else(PoisonError::into_inner);
        url.trim_end_matches('/').clone_into(&mut pages);
    }

    /// `POST /api/pay` with `{"txn_id": …}`, for a page that plays the bank by script.
    pub fn pay_router(&self) -> Router {
        pages::pay().with_state(Arc::clone(&self.gateway))
    }

    /// The hosted pages, `/pay-v2/{txn_id}` and `/pay/{slug}/{amount}`, for another listener.
    pub fn pages_router(&self) -> Router {
        pages::hosted().with_state(Arc::clone(&self.gateway))
    }
}
