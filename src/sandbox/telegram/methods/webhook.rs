//! Registering a webhook and what Telegram tells about it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::Turn;
use crate::sandbox::telegram::answer::{Answer, Outcome, Refusal, done};
use crate::sandbox::telegram::courier::Target;
use crate::sandbox::telegram::mailbox::Webhook;

/// The largest certificate.
const MAX_CERTIFICATE: usize = 3 * 1024 * 1024;

/// `setWebhook`.
pub fn set(turn: &mut Turn) -> Outcome {
    let now = turn.now;
    let last = turn.bot.mailbox.last_set;
    if last.is_some_and(|last| now.since(last) < Duration::from_secs(1)) {
        return Err(Refusal::too_many(1));
    }
    let url = turn.params.text("url").unwrap_or_default().trim().to_owned();
    if url.is_empty() {
        return delete(turn);
    }
    let secret = secret(turn.params.text("secret_token").unwrap_or_default())?;
    let target = target(&url)?;
    let max_connections = turn.params.int("max_connections").unwrap_or(40);
    let max_connections = u32::try_from(max_connections.clamp(1, 100)).unwrap_or(40);
    if turn.params.files.values().any(|file| file.bytes.len() > MAX_CERTIFICATE) {
        return Err(Refusal::bad("certificate is too big"));
    }
    let allowed =
        turn.params.get("allowed_updates").and_then(Value::as_array).map(|kinds| {
            kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
        });
    let webhook = Webhook {
        url,
        target,
        secret,
        max_connections,
        certificate: turn.params.files.contains_key("certificate"),
        ip_address: turn.params.text("ip_address").map(str::to_owned),
        slots: Arc::new(Semaphore::new(max_connections as usize)),
    };
    let drop_pending = turn.params.flag("drop_pending_updates");
    let mailbox = &mut turn.bot.mailbox;
    mailbox.last_set = Some(now);
    if drop_pending {
        mailbox.drop_pending();
    }
    if let Some(kinds) = allowed {
        mailbox.allowed = Some(kinds).filter(|kinds| !kinds.is_empty());
    }
    let same = |old: &Webhook| {
        (&old.url, &old.secret, old.max_connections, old.certificate, &old.ip_address)
            == (
                &webhook.url,
                &webhook.secret,
                webhook.max_connections,
                webhook.certificate,
                &webhook.ip_address,
            )
    };
    let text = if mailbox.webhook.as_ref().is_some_and(same) {
        "Webhook is already set"
    } else {
        mailbox.webhook = Some(webhook);
        mailbox.last_error = None;
        mailbox.webhook_changed.notify_waiters();
        "Webhook was set"
    };
    Ok(Answer { result: json!(true), description: Some(text) })
}

fn secret(secret: &str) -> Result<Option<String>, Refusal> {
    if secret.len() > 256 {
        return Err(Refusal::bad("secret token is too long"));
    }
    if !secret.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
        return Err(Refusal::bad("secret token contains unallowed characters"));
    }
    Ok(Some(secret.to_owned()).filter(|secret| !secret.is_empty()))
}

fn target(url: &str) -> Result<Target, Refusal> {
    let bad = |why: &str| Refusal::bad(format!("bad webhook: {why}"));
    let lower = url.to_ascii_lowercase();
    if !lower.starts_with("https://") {
        return Err(bad("An HTTPS URL must be provided for webhook"));
    }
    let target = Target::read(url).ok_or_else(|| bad("invalid webhook URL specified"))?;
    if ![443, 80, 88, 8443].contains(&target.port) {
        return Err(bad("Webhook can be set up only on ports 80, 88, 443 or 8443"));
    }
    let name = target.name();
    if let Ok(address) = name.parse::<IpAddr>() {
        let reserved = match address {
            IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_unspecified(),
            IpAddr::V6(_) => true,
        };
        if reserved {
            return Err(bad(&format!("IP address {address} is reserved")));
        }
    } else if !name.contains('.') {
        return Err(bad("Failed to resolve host: Name or service not known"));
    }
    Ok(target)
}

/// `deleteWebhook`.
#[expect(clippy::unnecessary_wraps, reason = "every method has this shape")]
pub fn delete(turn: &mut Turn) -> Outcome {
    let drop_pending = turn.params.flag("drop_pending_updates");
    let mailbox = &mut turn.bot.mailbox;
    if drop_pending {
        mailbox.drop_pending();
    }
    let text = match mailbox.webhook.take() {
        Some(_) => "Webhook was deleted",
        None => "Webhook is already deleted",
    };
    mailbox.webhook_changed.notify_waiters();
    Ok(Answer { result: json!(true), description: Some(text) })
}

/// `getWebhookInfo`.
pub fn info(turn: &mut Turn) -> Outcome {
    let mailbox = &turn.bot.mailbox;
    let mut info = json!({"url": "", "has_custom_certificate": false,
        "pending_update_count": mailbox.waiting()});
    if let Some(webhook) = &mailbox.webhook {
        info["url"] = json!(webhook.url);
        info["has_custom_certificate"] = json!(webhook.certificate);
        info["max_connections"] = json!(webhook.max_connections);
        info["ip_address"] = json!(webhook.ip_address.as_deref().unwrap_or("203.0.113.7"));
    }
    if let Some((at, why)) = &mailbox.last_error {
        info["last_error_date"] = json!(at.seconds());
        info["last_error_message"] = json!(why);
    }
    if let Some(kinds) = &mailbox.allowed {
        info["allowed_updates"] = json!(kinds);
    }
    done(info)
}

/// `getUpdates`: only to say that a webhook is set; the sandbox delivers in no other way.
pub fn updates(turn: &mut Turn) -> Outcome {
    if turn.bot.mailbox.webhook.is_some() {
        return Err(Refusal::conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the \
             webhook first",
        ));
    }
    done(json!([]))
}
