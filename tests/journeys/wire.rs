//! Bytes on a socket, as strangers send them, and what a shop keeps of what it could not use.

use std::net::SocketAddr;

use bot_auto_order::db::{Sql, Tx};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::given::{PATIENCE, TestShop};

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// In small letters, sorted, without the date.
    pub headers: Vec<String>,
    pub body: String,
}

impl Answer {
    fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let mut headers: Vec<String> =
            lines.map(str::to_lowercase).filter(|line| !line.starts_with("date:")).collect();
        headers.sort();
        Self { status: status.unwrap_or(0), headers, body: body.to_owned() }
    }

    pub fn has(&self, header: &str) -> bool {
        self.headers.iter().any(|line| line == header)
    }
}

/// Writes `parts`, and reads until the other side closes or says nothing more for a while;
/// status 0 stands for a connection that ended without a word.
pub async fn exchange(address: SocketAddr, head: String, body: Vec<u8>) -> Answer {
    let stream = TcpStream::connect(address).await.expect("the door is open");
    let (mut from, mut to) = stream.into_split();
    let writing = async move {
        // Whoever is refused early may find the line cut while still talking.
        if to.write_all(head.as_bytes()).await.is_ok() {
            let _ = to.write_all(&body).await;
        }
        to
    };
    let reading = async {
        let mut heard = Vec::new();
        // A cut line ends the answer as well as a closed one.
        let _ = from.read_to_end(&mut heard).await;
        heard
    };
    let both = async { tokio::join!(writing, reading) };
    let (_, heard) = tokio::time::timeout(PATIENCE, both).await.expect("an answer in time");
    Answer::read(&heard)
}

/// One whole request.
pub async fn request(
    address: SocketAddr,
    line: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let headers: Vec<String> =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let (headers, length) = (headers.concat(), body.len());
    let head = format!(
        "{line} HTTP/1.1\r\nhost: toko.test\r\nconnection: close\r\n{headers}\
         content-length: {length}\r\n\r\n"
    );
    exchange(address, head, body.to_vec()).await
}

impl TestShop {
    pub fn telegram_secret(&self) -> String {
        self.store().webhook_secret.expose().clone()
    }

    pub fn pakasir_secret(&self) -> String {
        self.stage.project.webhook_secret().expose().clone()
    }

    /// Posts to the door of Telegram with the right secret.
    pub async fn post_update(&self, body: &[u8]) -> Answer {
        let secret = self.telegram_secret();
        let line = format!("POST /telegram/{}", self.store().hook);
        let headers = [("x-telegram-bot-api-secret-token", secret.as_str())];
        request(self.service().bind(), &line, &headers, body).await
    }

    /// Posts to the door of the gateway with the right secret.
    pub async fn post_callback(&self, body: &[u8]) -> Answer {
        let secret = self.pakasir_secret();
        let line = format!("POST /pakasir/{}", self.store().hook);
        request(self.service().bind(), &line, &[("x-secret", &secret)], body).await
    }

    /// Why each fact that was set aside was set aside, oldest first.
    pub async fn dead_letters(&self) -> Vec<String> {
        const DEAD: Sql = Sql {
            sqlite: "SELECT COALESCE(reason, '') FROM inbox WHERE state = 'dead' ORDER BY id",
            postgres: "SELECT COALESCE(reason, '') FROM inbox WHERE state = 'dead' ORDER BY id",
        };
        let mut tx = self.db().read().await.expect("reads");
        let rows = bot_auto_order::fetch_all!(&mut tx, (String,), DEAD).expect("reads");
        rows.into_iter().map(|(reason,)| reason).collect()
    }

    /// Holds the database so that nothing can be committed until this is dropped.
    pub async fn hold_the_database(&self) -> Tx {
        // Who holds a lock in silence is freed of it after 3 s: this one is meant to hold it longer.
        const PATIENT: Sql = Sql {
            sqlite: "SELECT 1",
            postgres: "SET LOCAL idle_in_transaction_session_timeout = 0",
        };
        const HOLD: Sql = Sql { sqlite: "SELECT 1", postgres: "LOCK TABLE inbox" };
        let mut tx = self.db().write().await.expect("begins");
        bot_auto_order::execute!(&mut tx, PATIENT).expect("waits");
        bot_auto_order::execute!(&mut tx, HOLD).expect("holds");
        tx
    }
}
