//! A PostgreSQL cluster of a trial's own, whose server process is our child: restarted, stopped, started.

use std::fs::{File, OpenOptions};
use std::net::SocketAddr;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bot_auto_order::primitives::Clock;
use rustix::process::{Pid, Signal, geteuid, kill_process};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use super::program::free_address;

const LOOK: Duration = Duration::from_millis(5);
/// How long the server may take to come up or to go.
const PATIENCE: Duration = Duration::from_mins(1);
/// Who may do everything inside; nobody asks for a password on loopback.
const OWNER: &str = "tester";

/// How a server is told to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Every transaction is broken off, everything is written down.
    Fast,
    /// As in a crash: nothing is written down, the next start reads the log again.
    Immediate,
}

impl Way {
    const fn signal(self) -> Signal {
        match self {
            Self::Fast => Signal::INT,
            Self::Immediate => Signal::QUIT,
        }
    }
}

/// A running cluster; it is stopped when it is dropped.
#[derive(Debug)]
pub struct Cluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    user: Option<User>,
    address: SocketAddr,
    server: Option<Child>,
}

/// As whom the server runs: it refuses to run as root.
#[derive(Debug, Clone, Copy)]
struct User {
    id: u32,
    group: u32,
}

impl Cluster {
    /// Makes a cluster in a folder of its own and starts it.
    ///
    /// # Panics
    /// When PostgreSQL's server programs are not here, or do not do their work.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let user = geteuid().is_root().then(User::unprivileged);
        let mut cluster = Self {
            folder,
            programs: server_programs(),
            user,
            address: free_address(),
            server: None,
        };
        cluster.make();
        cluster.up().await;
        cluster
    }

    fn make(&self) {
        let data = self.data();
        std::fs::create_dir(&data).expect("a folder");
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(self.folder.path(), open).expect("it is ours");
        if let Some(user) = self.user {
            chown(&data, Some(user.id), Some(user.group)).expect("root may");
        }
        let mut command = self.command("initdb");
        command.arg("-D").arg(&data).args(["-U", OWNER, "--auth=trust", "-E", "UTF8"]);
        let done = command.args(["--locale=C", "--no-sync"]).output().expect("initdb runs");
        assert!(done.status.success(), "initdb: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("cluster")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// A server program, run as somebody who is not root.
    fn command(&self, program: &str) -> Command {
        let path = self.programs.join(program);
        let Some(User { id, group }) = self.user else {
            return in_folder(Command::new(path), self.folder.path());
        };
        let mut command = Command::new("setpriv");
        command.arg(format!("--reuid={id}")).arg(format!("--regid={group}"));
        command.args(["--clear-groups", "--"]).arg(path);
        in_folder(command, self.folder.path())
    }

    /// The address without a database's name, for somebody who may do everything.
    pub fn url(&self) -> String {
        self.url_of(OWNER, self.address)
    }

    /// As [`Cluster::url`], for another role and by another address that leads here.
    #[expect(clippy::unused_self, reason = "only a cluster has an address")]
    pub fn url_of(&self, role: &str, address: SocketAddr) -> String {
        format!("postgres://{role}@{address}")
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Makes roles that may do everything, so that the cluster can tell who did what.
    pub async fn know(&self, roles: &[&str]) {
        let mut owner = self.connect().await.expect("the cluster answers");
        for role in roles {
            let role = AssertSqlSafe(format!("CREATE ROLE \"{role}\" SUPERUSER LOGIN"));
            owner.execute(role).await.expect("the cluster obeys");
        }
        owner.close().await.expect("the connection ends");
    }

    async fn connect(&self) -> sqlx::Result<PgConnection> {
        PgConnection::connect(&format!("{}/postgres", self.url())).await
    }

    /// Starts the server and waits until it answers.
    ///
    /// # Panics
    /// When it runs already or does not come up.
    pub async fn up(&mut self) {
        assert!(self.server.is_none(), "it runs already");
        let log = OpenOptions::new().create(true).append(true).open(self.log()).expect("a log");
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data());
        // Loopback only, no socket in the file system, and the engine's promise to flush is kept.
        let port = format!("port={}", self.address.port());
        for setting in [
            "listen_addresses=127.0.0.1",
            &port,
            "unix_socket_directories=",
            "max_connections=200",
            "fsync=on",
            "synchronous_commit=on",
            "log_min_messages=warning",
        ] {
            command.args(["-c", setting]);
        }
        command.stdin(Stdio::null()).stdout(again(&log)).stderr(again(&log));
        self.server = Some(command.spawn().expect("the server runs"));
        let clock = Clock::system();
        let deadline = clock.now().plus(PATIENCE);
        while self.connect().await.is_err() {
            assert!(clock.now() < deadline, "it does not come up: {}", self.said());
            clock.sleep(LOOK).await;
        }
    }

    /// Stops the server and waits until it is gone.
    pub async fn down(&mut self, way: Way) {
        let Some(mut server) = self.server.take() else { return };
        tell(&server, way.signal());
        let clock = Clock::system();
        let deadline = clock.now().plus(PATIENCE);
        while server.try_wait().expect("it is our child").is_none() {
            assert!(clock.now() < deadline, "it does not go: {}", self.said());
            clock.sleep(LOOK).await;
        }
    }

    /// Stops and starts it; returns how long nobody could connect.
    pub async fn restart(&mut self, way: Way) -> Duration {
        let from = Instant::now();
        self.down(way).await;
        self.up().await;
        from.elapsed()
    }

    /// The end of what the server said.
    pub fn said(&self) -> String {
        let said = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            tell(&server, Signal::QUIT);
            let _ = server.wait();
        }
    }
}

impl User {
    fn unprivileged() -> Self {
        let number = |option: &str| {
            ["postgres", "nobody"].into_iter().find_map(|name| {
                let said = Command::new("id").args([option, name]).output().ok()?;
                String::from_utf8(said.stdout).ok()?.trim().parse().ok()
            })
        };
        let known = number("-u").zip(number("-g"));
        let (id, group) = known.expect("there is a user postgres or nobody");
        Self { id, group }
    }
}

fn in_folder(mut command: Command, folder: &Path) -> Command {
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
    command.env("LC_ALL", "C").current_dir(folder);
    command
}

fn again(log: &File) -> Stdio {
    Stdio::from(log.try_clone().expect("a descriptor"))
}

fn tell(server: &Child, signal: Signal) {
    let id = i32::try_from(server.id()).expect("a process id");
    let _ = kill_process(Pid::from_raw(id).expect("not zero"), signal);
}

/// The folder of the newest server programs: where Debian keeps them, or in the path.
fn server_programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let number = entry.file_name().to_str()?.parse().ok()?;
            Some((number, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    let named = versions.into_iter().rev().map(|(_, folder)| folder);
    let path = std::env::split_paths("/usr/local/bin:/usr/bin:/opt/homebrew/bin");
    named
        .chain(path)
        .find(|folder| ["initdb", "postgres"].iter().all(|it| folder.join(it).is_file()))
        .expect("PostgreSQL's initdb and postgres are installed")
}
