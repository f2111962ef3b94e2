//! A stranger at a door: bytes over one connection, answer for answer.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The longest answer that is read.
const LARGEST: usize = 4 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer of the door.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// Everything that came, head and body.
    pub raw: Vec<u8>,
}

/// One connection, kept open as long as the door keeps it.
#[derive(Debug)]
pub struct Knock {
    address: SocketAddr,
    stream: Option<TcpStream>,
}

impl Knock {
    pub const fn at(address: SocketAddr) -> Self {
        Self { address, stream: None }
    }

    /// Sends one whole request and reads its answer; a line that was closed is opened again.
    pub async fn ask(&mut self, request: &[u8]) -> Option<Answer> {
        for _ in 0..2 {
            let fresh = self.stream.is_none();
            let asked = tokio::time::timeout(PATIENCE, self.once(request)).await;
            match asked {
                Ok(Some(answer)) => return Some(answer),
                // The door may close a line that was idle, never a fresh one.
                _ => self.stream = None,
            }
            if fresh {
                return None;
            }
        }
        None
    }

    async fn once(&mut self, request: &[u8]) -> Option<Answer> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.address).await.ok()?;
            stream.set_nodelay(true).ok()?;
            self.stream = Some(stream);
        }
        let stream = self.stream.as_mut()?;
        stream.write_all(request).await.ok()?;
        let mut raw = Vec::new();
        let mut whole = None;
        while whole.is_none_or(|whole| raw.len() < whole) && raw.len() < LARGEST {
            let mut buffer = vec![0; 16 * 1024];
            let read = stream.read(&mut buffer).await.ok()?;
            raw.extend_from_slice(&buffer[..read]);
            whole = whole.or_else(|| length(&raw));
            if read == 0 {
                self.stream = None;
                break;
            }
        }
        let head = String::from_utf8_lossy(&raw[..raw.len().min(64)]).into_owned();
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Answer { status, raw })
    }
}

/// How long the whole answer is, once its head is there.
fn length(raw: &[u8]) -> Option<usize> {
    let head = raw.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&raw[..head]).to_ascii_lowercase();
    let told = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    // Without a length the body ends with the line.
    let body = told.map_or(Some(usize::MAX / 2), |told| told.trim().parse().ok())?;
    Some(head + body)
}

/// A POST of `body` with these further headers, each a whole line's bytes.
pub fn post(path: &str, headers: &[&[u8]], body: &[u8]) -> Vec<u8> {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nhost: toko.test\r\ncontent-type: application/json\r\ncontent-length: {}\r\n",
        body.len()
    )
    .into_bytes();
    for header in headers {
        request.extend_from_slice(header);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    request.extend_from_slice(body);
    request
}

pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: toko.test\r\n\r\n").into_bytes()
}
