//! HTTP by hand over one connection, so that a trial sees every byte and every way a line ends.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// No answer of the service is larger.
const LARGEST: usize = 4 * 1024 * 1024;

/// An answer: status, head in small letters, and everything as it came.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub raw: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let line = self.head.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|rest| rest.strip_prefix(':')).map(str::trim)
    }
}

/// One connection, kept while both sides want to.
pub struct Wire {
    stream: TcpStream,
    heard: Vec<u8>,
}

impl Wire {
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, heard: Vec::new() })
    }

    /// Whether the other side has closed the connection while nothing was asked on it.
    pub fn is_closed(&self) -> bool {
        let mut byte = [0; 1];
        !matches!(self.stream.try_read(&mut byte), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }

    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Says that nothing more will come, and still listens.
    pub async fn close_our_half(&mut self) -> io::Result<()> {
        self.stream.shutdown().await
    }

    /// Reads one answer; an end before its last byte is an error.
    pub async fn read(&mut self) -> io::Result<Answer> {
        let end = loop {
            if let Some(at) = self.heard.windows(4).position(|four| four == b"\r\n\r\n") {
                break at;
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(&self.heard[..end]).to_lowercase();
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
        let status = status.ok_or_else(|| io::Error::other(format!("no answer: {head}")))?;
        let mut answer = Answer { status, head, raw: Vec::new() };
        if answer.header("transfer-encoding").is_some() {
            return Err(io::Error::other(format!("a body in pieces: {}", answer.head)));
        }
        let length = answer.header("content-length").map_or(Ok(0), str::parse);
        let length: usize = length.map_err(|_| io::Error::other("no length"))?;
        let all = end + 4 + length;
        while self.heard.len() < all {
            self.more().await?;
        }
        answer.raw = self.heard.drain(..all).collect();
        Ok(answer)
    }

    async fn more(&mut self) -> io::Result<()> {
        if self.heard.len() > LARGEST {
            return Err(io::Error::other("an answer without an end"));
        }
        if self.stream.read_buf(&mut self.heard).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    /// Reads whatever comes until the other side is done with us.
    pub async fn read_to_end(&mut self) -> io::Result<usize> {
        let mut sink = [0; 4096];
        let mut size = 0;
        loop {
            match self.stream.read(&mut sink).await? {
                0 => return Ok(size),
                more => size += more,
            }
        }
    }
}

/// One question on a connection of its own.
pub async fn ask(address: SocketAddr, line: &str) -> io::Result<Answer> {
    let mut wire = Wire::open(address).await?;
    wire.write(format!("{line} HTTP/1.1\r\nhost: toko.test\r\n\r\n").as_bytes()).await?;
    wire.read().await
}
