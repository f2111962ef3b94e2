//! Posts over one kept connection, opened again when it breaks.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use super::wire::Wire;

/// Nobody waits longer for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// One sender's connection.
pub struct Line {
    target: SocketAddr,
    wire: Option<Wire>,
}

impl Line {
    /// Nothing is opened yet.
    pub fn to(target: SocketAddr) -> Self {
        Self { target, wire: None }
    }

    /// Forgets the connection, and an answer that may be on its way.
    pub fn close(&mut self) {
        self.wire = None;
    }

    /// Sends one body and returns the status; 0 when no answer came.
    pub async fn post(&mut self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> u16 {
        if self.wire.as_ref().is_some_and(Wire::is_closed) {
            self.wire = None;
        }
        let exchange = self.exchange(path, headers, body);
        let status = tokio::time::timeout(PATIENCE, exchange).await;
        let Ok(Ok(status)) = status else {
            self.wire = None;
            return 0;
        };
        status
    }

    async fn exchange(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<u16> {
        let wire = match self.wire.take() {
            Some(wire) => wire,
            None => Wire::open(self.target).await?,
        };
        let wire = self.wire.insert(wire);
        let length = body.len();
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nhost: toko.test\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n"
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut request = format!("{request}\r\n").into_bytes();
        request.extend_from_slice(body);
        wire.write(&request).await?;
        let answer = wire.read().await?;
        if answer.header("connection") == Some("close") {
            self.wire = None;
        }
        Ok(answer.status)
    }
}
