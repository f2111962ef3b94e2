//! One kept connection of whoever asks or delivers: opened again when it is gone, and every failure is told.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;

use super::wire::{Answer, Wire};

/// Nobody waits longer for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A whole request, which can be sent more than once.
#[derive(Debug, Clone)]
pub struct Letter {
    head: Vec<u8>,
    body: Vec<u8>,
}

impl Letter {
    /// A POST of bytes that are said to be JSON.
    pub fn post(path: &str, body: &[u8]) -> Self {
        let kind = "content-type: application/json";
        let head = format!("POST {path} HTTP/1.1\r\nhost: toko.test\r\n{kind}\r\n");
        Self { head: head.into_bytes(), body: body.to_vec() }
    }

    /// A POST of JSON.
    pub fn json(path: &str, body: &Value) -> Self {
        Self::post(path, body.to_string().as_bytes())
    }

    /// A GET.
    pub fn get(path: &str) -> Self {
        let head = format!("GET {path} HTTP/1.1\r\nhost: toko.test\r\n");
        Self { head: head.into_bytes(), body: Vec::new() }
    }

    /// One more header, whatever bytes its value has.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let line = [name.as_bytes(), b": ", value.as_ref(), b"\r\n"];
        self.head.extend(line.concat());
        self
    }

    /// As it goes over the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let length = format!("content-length: {}\r\n\r\n", self.body.len());
        [&self.head, length.as_bytes(), &self.body].concat()
    }
}

/// The connection.
pub struct Line {
    target: SocketAddr,
    patience: Duration,
    keeps: bool,
    wire: Option<Wire>,
}

impl Line {
    /// Nothing is opened yet.
    pub fn to(target: SocketAddr) -> Self {
        Self { target, patience: PATIENCE, keeps: true, wire: None }
    }

    /// Waits so long for an answer; keeps the connection for the next request, or opens one for each.
    #[must_use]
    pub fn with(mut self, patience: Duration, keeps: bool) -> Self {
        (self.patience, self.keeps) = (patience, keeps);
        self
    }

    /// Forgets the connection, and an answer that may be on its way.
    pub fn close(&mut self) {
        self.wire = None;
    }

    /// Sends one request and returns the status; 0 when no answer came.
    pub async fn post(&mut self, letter: &Letter) -> u16 {
        self.ask(&letter.bytes()).await.map_or(0, |answer| answer.status)
    }

    /// Sends one whole request and reads its answer.
    ///
    /// # Errors
    /// When none came, with why: nothing is sent twice.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        let late = io::Error::other(format!("no answer within {:?}", self.patience));
        // A connection that ended badly, or is given up in the middle, is not used again.
        let wire = self.wire.take();
        let exchange = exchange(self.target, wire, request);
        let (answer, wire) =
            tokio::time::timeout(self.patience, exchange).await.unwrap_or(Err(late))?;
        if self.keeps && answer.header("connection") != Some("close") {
            self.wire = Some(wire);
        }
        Ok(answer)
    }
}

async fn exchange(
    target: SocketAddr,
    kept: Option<Wire>,
    request: &[u8],
) -> io::Result<(Answer, Wire)> {
    let mut wire = match kept.filter(|wire| !wire.is_closed()) {
        Some(wire) => wire,
        None => Wire::open(target).await?,
    };
    wire.write(request).await?;
    Ok((wire.read().await?, wire))
}
