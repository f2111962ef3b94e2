//! What a tenant is called and where it listens: checked before anything is written, all faults at once.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use crate::shop::stores::check_slug;

/// What somebody asked for, as he typed it.
#[derive(Debug, Clone)]
pub struct Order {
    /// The store's short name.
    pub slug: String,
    /// The payment gateway.
    pub gateway: String,
    /// The name people see.
    pub name: Option<String>,
    /// Under which address the world reaches it.
    pub public_url: Option<String>,
    /// Where deliveries come in, on this machine; a free one when left out.
    pub port: Option<u16>,
    /// The same for probes.
    pub probe_port: Option<u16>,
    /// The folder of all deployments.
    pub folder: PathBuf,
}

/// A tenant that can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// See [`Order::slug`].
    pub slug: String,
    /// `bot-<slug>-<gateway>`, fit for a folder, a host and a namespace.
    pub id: String,
    /// See [`Order::name`].
    pub name: String,
    /// See [`Order::public_url`]; no slash at its end.
    pub public_url: Option<String>,
    /// See [`Order::port`].
    pub port: u16,
    /// See [`Order::probe_port`].
    pub probe_port: u16,
}

/// The gateways that there are.
const GATEWAYS: [&str; 1] = ["pakasir"];
const FIRST_PORT: u16 = 8080;
const FIRST_PROBE_PORT: u16 = 9090;
/// How many ports are tried.
const TRIES: u16 = 500;
/// The most characters of a name.
const NAME: usize = 64;

impl Tenant {
    /// Checks an order.
    ///
    /// # Errors
    /// Every fault at once, each a sentence.
    pub fn of(order: &Order) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let taken = ports_of_others(&order.folder);
        if let Err(fault) = check_slug(&order.slug) {
            faults.push(fault);
        } else if order.slug.starts_with('-') || order.slug.ends_with('-') {
            faults.push(format!("'{}' must begin and end with a letter or a digit", order.slug));
        }
        if !GATEWAYS.contains(&order.gateway.as_str()) {
            let known = GATEWAYS.join(", ");
            faults.push(format!("there is no gateway '{}'; there is: {known}", order.gateway));
        }
        let name = order.name.as_deref().unwrap_or(&order.slug).trim().to_owned();
        let readable = !name.chars().any(char::is_control);
        if !readable || !(1..=NAME).contains(&name.chars().count()) {
            faults.push(format!("--name must be one line of 1 to {NAME} characters"));
        }
        let public_url =
            order.public_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
        if public_url.as_deref().is_some_and(|url| !is_address(url)) {
            faults.push("--public-url must be https://host or https://host/path".to_owned());
        }
        let port = port(order.port, ("--port", FIRST_PORT), &taken, &mut faults);
        let mut others = taken;
        others.push(port);
        let probe = ("--probe-port", FIRST_PROBE_PORT);
        let probe_port = self::port(order.probe_port, probe, &others, &mut faults);
        let id = format!("bot-{}-{}", order.slug, order.gateway);
        if order.folder.join(&id).symlink_metadata().is_ok() {
            let there = order.folder.join(&id);
            let there = there.display();
            faults.push(format!("{there} is here already and stays as it is; move it away first"));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self { slug: order.slug.clone(), id, name, public_url, port, probe_port })
    }

    /// The host of the public address.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.public_url.as_deref()?.strip_prefix("https://")?.split(['/', ':']).next()
    }

    /// What of the public address stands behind its host: empty, or `/path`.
    #[must_use]
    pub fn path(&self) -> &str {
        let rest = self.public_url.as_deref().and_then(|url| url.strip_prefix("https://"));
        rest.and_then(|rest| rest.find('/').map(|at| &rest[at..])).unwrap_or_default()
    }
}

/// Letters that mean nothing to nginx, YAML or a shell.
fn is_address(url: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte);
    url.strip_prefix("https://").is_some_and(|rest| {
        rest.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
            && rest.len() <= 200
            && rest.bytes().all(plain)
    })
}

/// The port that was asked for, if nobody has it; else the first free one.
fn port(
    asked: Option<u16>,
    (option, first): (&str, u16),
    taken: &[u16],
    faults: &mut Vec<String>,
) -> u16 {
    let Some(port) = asked else {
        let free = (first..first.saturating_add(TRIES))
            .find(|port| !taken.contains(port) && nobody_listens(*port));
        return free.unwrap_or_else(|| {
            faults.push(format!("no port from {first} on is free: name one with {option}"));
            first
        });
    };
    if taken.contains(&port) {
        faults.push(format!("{option} {port} belongs to another deployment or listener already"));
    } else if !nobody_listens(port) {
        faults.push(format!("{option} {port} cannot be used: something listens there"));
    }
    port
}

fn nobody_listens(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// The ports that the other deployments of the folder have, running or not.
fn ports_of_others(folder: &Path) -> Vec<u16> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| std::fs::read_to_string(entry.path().join("bot.env")).ok())
        .flat_map(|text| {
            let addresses = text
                .lines()
                .filter(|line| line.starts_with("BIND_ADDR=") || line.starts_with("PROBE_ADDR="));
            addresses
                .filter_map(|line| line.trim_matches('"').rsplit(':').next()?.parse().ok())
                .collect::<Vec<u16>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> Order {
        Order {
            slug: "budi".to_owned(),
            gateway: "pakasir".to_owned(),
            name: Some("Toko Budi Jaya".to_owned()),
            public_url: Some("https://budi.test/bot/".to_owned()),
            port: None,
            probe_port: None,
            folder: PathBuf::from("nowhere"),
        }
    }

    #[test]
    fn all_faults_come_at_once() {
        let wrong = Order {
            slug: "-Budi".to_owned(),
            gateway: "kas".to_owned(),
            name: Some("Toko\nBudi".to_owned()),
            public_url: Some("https://budi.test/;}".to_owned()),
            port: Some(7),
            probe_port: Some(7),
            ..order()
        };
        let faults = Tenant::of(&wrong).expect_err("everything is wrong");
        for part in ["slug", "gateway", "--name", "--public-url", "--probe-port"] {
            assert!(faults.iter().any(|fault| fault.contains(part)), "{part}: {faults:?}");
        }
    }

    #[test]
    fn host_and_path_are_told_apart() {
        let tenant = Tenant::of(&order()).expect("a tenant");
        assert_eq!((tenant.host(), tenant.path()), (Some("budi.test"), "/bot"));
        assert_eq!(tenant.id, "bot-budi-pakasir");
        assert_ne!(tenant.port, tenant.probe_port);
    }
}
