//! Where a listener comes from: an address of our own, or a socket that whoever started us keeps open.
//!
//! A socket that is handed over (systemd's socket activation) outlives the process: who comes while
//! nobody serves waits in the kernel instead of being refused.

use std::fmt::Display;
use std::io;
use std::net::SocketAddr;

use listenfd::ListenFd;
use tokio::net::TcpListener;

/// What to listen on.
#[derive(Debug)]
pub enum Entrance {
    /// An address to bind; port 0 picks a free one.
    At(SocketAddr),
    /// A socket that listens already.
    Handed(std::net::TcpListener),
}

impl From<SocketAddr> for Entrance {
    fn from(address: SocketAddr) -> Self {
        Self::At(address)
    }
}

impl Entrance {
    /// Where this is, as far as it is known yet.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::At(address) => Some(*address),
            Self::Handed(socket) => socket.local_addr().ok(),
        }
    }

    /// Listens.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub async fn open(self) -> io::Result<Listener> {
        match self {
            Self::At(address) => Ok(TcpListener::bind(address).await?.into()),
            Self::Handed(socket) => {
                socket.set_nonblocking(true)?;
                Ok(Listener { socket: TcpListener::from_std(socket)?, handed: true })
            }
        }
    }
}

/// A socket that listens.
#[derive(Debug)]
pub struct Listener {
    pub(super) socket: TcpListener,
    /// Somebody else keeps it open: who is not accepted waits there for the next process.
    pub(super) handed: bool,
}

impl From<TcpListener> for Listener {
    fn from(socket: TcpListener) -> Self {
        Self { socket, handed: false }
    }
}

impl Listener {
    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

/// The sockets that came with the process.
#[derive(Debug, Default)]
pub struct Handed {
    /// In place of `BIND_ADDR`.
    pub bind: Option<std::net::TcpListener>,
    /// In place of `PROBE_ADDR`.
    pub probe: Option<std::net::TcpListener>,
}

/// What is wrong with a socket that was handed over.
#[derive(Debug, thiserror::Error)]
#[error("LISTEN_FDS: {0}")]
pub struct HandedFault(String);

impl Handed {
    /// Takes what `LISTEN_FDS` announces, if anything; `names` are those of `LISTEN_FDNAMES`.
    ///
    /// To be asked before any thread is started: the announcement is taken out of the environment.
    ///
    /// # Errors
    /// [`HandedFault`] when something else than one or two listening TCP sockets was handed over.
    pub fn take(names: &[String]) -> Result<Self, HandedFault> {
        let mut given = ListenFd::from_env();
        let mut handed = Self::default();
        for (index, role) in roles(given.len(), names)?.into_iter().enumerate() {
            let wrong = |what: &dyn Display| {
                HandedFault(format!("socket {} of {}: {what}", index + 1, role.word()))
            };
            let socket = given.take_tcp_listener(index).map_err(|error| wrong(&error))?;
            match role {
                Role::Bind => handed.bind = socket,
                Role::Probe => handed.probe = socket,
            }
        }
        Ok(handed)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Bind,
    Probe,
}

impl Role {
    const ALL: [Self; 2] = [Self::Bind, Self::Probe];

    const fn word(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Probe => "probe",
        }
    }
}

/// Which socket is for what: by its name, and those without a name of ours in order.
fn roles(count: usize, names: &[String]) -> Result<Vec<Role>, HandedFault> {
    let by_name = |index: usize| {
        let name = names.get(index)?;
        Role::ALL.into_iter().find(|role| role.word() == name)
    };
    let named: Vec<Role> = (0..count).filter_map(by_name).collect();
    let mut rest = Role::ALL.into_iter().filter(|role| !named.contains(role));
    let given: Option<Vec<Role>> =
        (0..count).map(|index| by_name(index).or_else(|| rest.next())).collect();
    let twice =
        Role::ALL.into_iter().any(|role| named.iter().filter(|it| **it == role).count() > 1);
    given.filter(|_| !twice).ok_or_else(|| {
        HandedFault(format!(
            "{count} sockets ({}) were handed over; give one named bind and one named probe at most",
            names.join(", ")
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(count: usize, names: &[&str]) -> Option<Vec<Role>> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        roles(count, &names).ok()
    }

    #[test]
    fn sockets_are_told_apart_by_name_and_else_by_order() {
        use Role::{Bind, Probe};
        assert_eq!(given(0, &[]), Some(vec![]));
        assert_eq!(given(1, &[]), Some(vec![Bind]));
        assert_eq!(given(2, &[]), Some(vec![Bind, Probe]));
        assert_eq!(given(1, &["probe"]), Some(vec![Probe]));
        assert_eq!(given(2, &["probe", "bind"]), Some(vec![Probe, Bind]));
        assert_eq!(given(2, &["probe", "auto-order.socket"]), Some(vec![Probe, Bind]));
        assert_eq!(given(2, &["auto-order.socket", "bind"]), Some(vec![Probe, Bind]));
        assert_eq!(given(2, &["a.socket", "b.socket"]), Some(vec![Bind, Probe]));
    }

    #[test]
    fn too_many_sockets_are_refused() {
        assert_eq!(given(3, &[]), None);
        assert_eq!(given(2, &["bind", "bind"]), None);
    }
}
