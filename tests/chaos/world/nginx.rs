//! A real nginx in front of the service, with everything of its own in the trial's folder.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use bot_auto_order::primitives::Clock;

use super::program::{Process, free_address};

const PROGRAMS: [&str; 3] = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/opt/homebrew/bin/nginx"];

const LOOK: Duration = Duration::from_millis(5);
const PATIENCE: Duration = Duration::from_secs(10);

/// A running nginx.
pub struct Nginx {
    _process: Process,
    pub address: SocketAddr,
    folder: PathBuf,
}

impl Nginx {
    /// Starts it in front of one process, or of replicas.
    ///
    /// One process is named twice, so that there is a next one to try when it dies: then its socket,
    /// which outlives it, takes the second try. Its connections are not kept: those that died with it
    /// would be tried next, and the second try would be spent on one of them.
    ///
    /// Of replicas the other one is the next one, and their connections are kept.
    ///
    /// # Panics
    /// When nginx is not installed: `./scripts/test` installs it.
    pub async fn start(folder: &Path, upstreams: &[SocketAddr]) -> Self {
        let folder = folder.join("nginx");
        std::fs::create_dir_all(&folder).expect("a folder");
        let address = free_address();
        std::fs::write(folder.join("nginx.conf"), configuration(address, upstreams))
            .expect("written");
        let program = PROGRAMS.iter().find(|path| Path::new(path).exists());
        let mut command = Command::new(program.expect("nginx is installed"));
        // The error log is named here as well: else the one of the system is tried first.
        command.arg("-p").arg(&folder).args(["-e", "error.log", "-c", "nginx.conf"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let nginx = Self { _process: Process::start(&mut command), address, folder };
        nginx.listens().await;
        nginx
    }

    async fn listens(&self) {
        let clock = Clock::system();
        let deadline = clock.now().plus(PATIENCE);
        while tokio::net::TcpStream::connect(self.address).await.is_err() {
            assert!(clock.now() < deadline, "nginx does not listen: {:#?}", self.said(5));
            clock.sleep(LOOK).await;
        }
    }

    /// The last lines it wrote about trouble.
    pub fn said(&self, lines: usize) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.join("error.log")).unwrap_or_default();
        let mut last: Vec<String> = text.lines().rev().take(lines).map(str::to_owned).collect();
        last.reverse();
        last
    }
}

/// One process in the foreground, so that it ends with its trial.
fn configuration(address: SocketAddr, upstreams: &[SocketAddr]) -> String {
    let one = upstreams.len() == 1;
    let servers: Vec<String> = upstreams
        .iter()
        .cycle()
        .take(upstreams.len().max(2))
        // Whoever is restarted is back in a moment: nobody is left out for a while.
        .map(|upstream| format!("    server {upstream} max_fails=0;\n"))
        .collect();
    let (kept, header) = if one { ("", "close") } else { (KEPT, "\"\"") };
    CONFIGURATION
        .replace("ADDRESS", &address.to_string())
        .replace("SERVERS", &servers.concat())
        .replace("KEPT", kept)
        .replace("HEADER", header)
}

const KEPT: &str =
    "    keepalive 100;\n    keepalive_requests 1000000;\n    keepalive_timeout 60s;\n";

const CONFIGURATION: &str = "\
daemon off;
master_process off;
pid nginx.pid;
error_log error.log error;
events { worker_connections 14000; }
http {
  access_log off;
  server_tokens off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  keepalive_timeout 75s;
  keepalive_requests 1000000;
  client_header_timeout 10s;
  client_body_timeout 10s;
  client_max_body_size 256k;
  client_body_buffer_size 256k;
  large_client_header_buffers 4 8k;
  upstream shop {
SERVERSKEPT  }
  server {
    listen ADDRESS backlog=4096;
    location / {
      proxy_pass http://shop;
      proxy_http_version 1.1;
      proxy_set_header Connection HEADER;
      proxy_set_header Host $host;
      proxy_request_buffering on;
      proxy_connect_timeout 5s;
      proxy_read_timeout 15s;
      # A delivery that comes twice is stored once: every one may be tried again.
      proxy_next_upstream error timeout http_503 non_idempotent;
      proxy_next_upstream_tries 0;
      error_page 502 503 504 =503 @busy;
    }
    location @busy {
      internal;
      add_header Retry-After 1 always;
      return 503;
    }
  }
}
";
