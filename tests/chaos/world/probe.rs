//! Asks a process whether it is ready, over a connection of its own.

use std::net::SocketAddr;
use std::time::Duration;

use bot_auto_order::primitives::Clock;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How often one asks.
const LOOK: Duration = Duration::from_millis(2);
/// Longest wait for one answer.
const ANSWER: Duration = Duration::from_secs(2);

/// Waits until `/readyz` at `address` says 200; false after `patience`.
pub async fn ready(address: SocketAddr, patience: Duration) -> bool {
    let clock = Clock::system();
    let deadline = clock.now().plus(patience);
    while clock.now() < deadline {
        let asked = tokio::time::timeout(ANSWER, status(address)).await;
        if matches!(asked, Ok(Ok(200))) {
            return true;
        }
        clock.sleep(LOOK).await;
    }
    false
}

pub async fn status(address: SocketAddr) -> std::io::Result<u16> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: probe\r\nconnection: close\r\n\r\n").await?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).await?;
    let status = std::str::from_utf8(&head[9..]).ok().and_then(|text| text.parse().ok());
    Ok(status.unwrap_or(0))
}
