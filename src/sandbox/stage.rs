//! The sandbox put together: a Bot API with one bot, a gateway with one project, and the page to watch them.

use std::io;
use std::net::SocketAddr;

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use super::page::{self, Participant};
use super::pakasir::{FakePakasir, NewProject, Project};
use super::telegram::{Bot, FakeTelegram};
use crate::primitives::{Clock, Secret, random_token};

/// Nothing from elsewhere: no script, font, picture or style.
const POLICY: &str =
    "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' blob: data:";
const FILES: [(&str, &str, &str); 4] = [
    ("/", "text/html; charset=utf-8", include_str!("page/index.html")),
    ("/page.css", "text/css; charset=utf-8", include_str!("page/page.css")),
    ("/page.js", "text/javascript; charset=utf-8", include_str!("page/page.js")),
    ("/icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
];

/// A Bot API and a gateway on loopback, with one bot and one project.
#[derive(Clone)]
pub struct Stage {
    /// The Bot API.
    pub telegram: FakeTelegram,
    /// The gateway.
    pub gateway: FakePakasir,
    /// The store's bot.
    pub bot: Bot,
    /// The store's project.
    pub project: Project,
    /// The bot's token.
    pub token: Secret<String>,
}

impl Stage {
    /// Starts both on free ports, on the given clock.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(clock: Clock) -> io::Result<Self> {
        let telegram = FakeTelegram::start(clock.clone()).await?;
        let gateway = FakePakasir::start(clock).await?;
        let token = Secret::new(format!("700000001:{}", random_token()));
        let bot = telegram.add_bot(token.expose(), "toko_contoh_bot");
        let project = gateway.add_project(NewProject::named("toko-contoh"));
        Ok(Self { telegram, gateway, bot, project, token })
    }

    /// Leads what is sent to `https://…` webhooks to the service at `address`.
    pub fn lead_to(&self, address: SocketAddr) {
        self.telegram.route_webhooks_to(address);
        self.project.route_callbacks_to(address);
    }

    /// Ends both.
    pub async fn stop(&self) {
        self.telegram.stop().await;
        self.gateway.stop().await;
    }

    /// The chat page with its interface, the bank it plays, and the gateway's own pages.
    pub fn page(&self, shop: &str, people: Vec<Participant>) -> Router {
        let shop = json!({ "name": shop });
        let mut site = Router::new().route("/api/shop", get(move || async move { Json(shop) }));
        for (path, kind, content) in FILES {
            let headers = [
                (CONTENT_TYPE, kind),
                (CONTENT_SECURITY_POLICY, POLICY),
                (CACHE_CONTROL, "no-cache"),
            ];
            site = site.route(path, get(move || async move { (headers, content).into_response() }));
        }
        page::loopback_only(site.merge(self.gateway.pay_router()))
            .merge(page::api(people))
            .merge(self.gateway.pages_router())
    }
}
