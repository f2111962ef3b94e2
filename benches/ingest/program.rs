//! The program itself: how soon it is ready, what it needs while idle, how large it is.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bot_auto_order::primitives::{Keyring, Secret};

use crate::{Plan, figures};

const PROGRAM: &str = env!("CARGO_BIN_EXE_auto-order");
/// How long a process is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(20);

/// Prints start, memory and size on a SQLite file that an earlier process left behind.
pub fn measure(plan: Plan, folder: &Path) {
    let key = Keyring::fresh_key();
    drop(Running::start(folder, &key));
    let mut starts = Vec::new();
    for _ in 0..plan.starts {
        let running = Running::start(folder, &key);
        starts.push(running.ready_after.as_secs_f64() * 1e3);
    }
    figures::spread("program.start_to_ready (goal 100 ms)", starts, "ms");
    let running = Running::start(folder, &key);
    std::thread::sleep(IDLE);
    println!("program.idle_rss {:.1} MB (goal 20 MB)", running.resident());
    let size = std::fs::metadata(PROGRAM).expect("the program is there").len();
    println!("program.stripped_size {:.1} MB (goal 20 MB)", megabytes(size));
}

struct Running {
    process: Child,
    ready_after: Duration,
}

impl Running {
    fn start(folder: &Path, key: &Secret<String>) -> Self {
        let (bind, probe) = (free(), free());
        let started = Instant::now();
        let process = Command::new(PROGRAM)
            .arg("serve")
            .env_clear()
            .current_dir(folder)
            .env("DATABASE_URL", format!("sqlite:{}", folder.join("program.db").display()))
            .env("DATA_ENCRYPTION_KEY", key.expose())
            .env("TELEGRAM_BOT_TOKEN", "700000001:a-token-that-nobody-has")
            .env("BIND_ADDR", bind.to_string())
            .env("PROBE_ADDR", probe.to_string())
            .env("LOG_LEVEL", "error")
            .stdout(Stdio::null())
            .spawn()
            .expect("the program runs");
        while !is_ready(probe) {
            assert!(started.elapsed() < PATIENCE, "the program does not become ready");
            std::thread::sleep(Duration::from_micros(500));
        }
        Self { process, ready_after: started.elapsed() }
    }

    /// Megabytes of memory that the process holds.
    fn resident(&self) -> f64 {
        let status = format!("/proc/{}/status", self.process.id());
        let text = std::fs::read_to_string(status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
        megabytes(kilobytes.unwrap_or(0) * 1024)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A process that is gone already needs no end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[expect(clippy::cast_precision_loss, reason = "a size to one decimal")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}

fn is_ready(probe: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(probe)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: probe\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    };
    ask().unwrap_or(false)
}

fn free() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("an address")
}
