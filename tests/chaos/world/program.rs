//! Processes of the real program: started, killed, stopped, frozen, started again.

use std::fs::OpenOptions;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use bot_auto_order::primitives::{Clock, Keyring, Secret};
use rustix::process::{Pid, Signal, kill_process};

const LOOK: Duration = Duration::from_millis(5);

/// What systemd does with the sockets of a unit: the first two files become the third and the fourth,
/// announced to the very process that the program becomes.
const HAND_OVER: &str = "exec 3<&0 4<&1 0</dev/null 1>&2; \
     export LISTEN_FDS=2 LISTEN_FDNAMES=bind:probe LISTEN_PID=$$; exec \"$@\"";

/// The program under test, and the bug that every process of it is told to have.
#[derive(Debug, Clone)]
pub struct Program {
    pub path: PathBuf,
    /// It must be built with the feature `planted` then.
    pub bug: Option<&'static str>,
}

impl Program {
    /// The same program with this bug.
    #[must_use]
    pub fn with(&self, bug: &'static str) -> Self {
        Self { path: self.path.clone(), bug: Some(bug) }
    }

    /// Whether it knows planted bugs at all: only such a build finds fault with a word that is none.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn knows_bugs(&self) -> std::io::Result<bool> {
        let mut command = Command::new(&self.path);
        command.env_clear().env(BUG, NO_BUG).arg("serve").stdin(Stdio::null());
        let said = command.output()?;
        Ok(String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).contains(NO_BUG))
    }
}

/// The variable that names the bug to have.
const BUG: &str = "AUTO_ORDER_PLANTED";
const NO_BUG: &str = "no-such-bug";

/// How a process of the program is started.
#[derive(Debug, Clone)]
pub struct Setting {
    pub program: Program,
    /// Where it runs and writes its log.
    pub folder: PathBuf,
    /// Its log's file name.
    pub log: String,
    pub bind: SocketAddr,
    pub probe: SocketAddr,
    /// Everything of its environment but the two addresses.
    pub environment: Vec<(String, String)>,
    /// What it is run by, as `strace -f …`; empty for itself.
    pub wrapper: Vec<String>,
    /// The sockets at `bind` and `probe` that stay open while no process of the program runs.
    pub sockets: Option<Arc<Sockets>>,
}

/// Two sockets that the starter of a program holds and hands over.
#[derive(Debug)]
pub struct Sockets {
    bind: TcpListener,
    probe: TcpListener,
}

impl Sockets {
    fn handed(socket: &TcpListener) -> Stdio {
        OwnedFd::from(socket.try_clone().expect("a file is left")).into()
    }
}

impl Setting {
    /// A setting with a database, a fresh data key and free addresses.
    pub fn new(program: &Program, folder: &Path, database_url: &str) -> Self {
        let mut setting = Self {
            program: program.clone(),
            folder: folder.to_owned(),
            log: "log".to_owned(),
            bind: free_address(),
            probe: free_address(),
            environment: Vec::new(),
            wrapper: Vec::new(),
            sockets: None,
        };
        setting.set("DATABASE_URL", database_url);
        setting.set("DATA_ENCRYPTION_KEY", Keyring::fresh_key().expose());
        setting.set("PUBLIC_URL", "https://toko.test");
        setting
    }

    /// Another replica on the same data: addresses and a log of its own.
    #[must_use]
    pub fn twin(&self, number: usize) -> Self {
        let log = format!("log-{number}");
        Self { bind: free_address(), probe: free_address(), log, ..self.clone() }
    }

    /// Sets a variable, in place of an earlier value.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Everything the service needs of a stage.
    pub fn lead_to(&mut self, stage: &bot_auto_order::sandbox::Stage) {
        let secret = |secret: Secret<String>| secret.expose().clone();
        self.set("TELEGRAM_API_URL", &stage.telegram.url());
        self.set("TELEGRAM_BOT_TOKEN", stage.token.expose());
        self.set("PAKASIR_API_URL", &stage.gateway.url());
        self.set("PAKASIR_PROJECT_SLUG", stage.project.slug());
        self.set("PAKASIR_API_KEY", &secret(stage.project.api_key()));
        self.set("PAKASIR_WEBHOOK_SECRET", &secret(stage.project.webhook_secret()));
    }

    /// Another process of the same shop: addresses and log of its own.
    pub fn move_away(&mut self, log: &str) {
        (self.bind, self.probe) = (free_address(), free_address());
        log.clone_into(&mut self.log);
    }

    /// From now on the two sockets are held open here and handed to each process.
    pub fn hold_sockets(&mut self) {
        let open = |address| TcpListener::bind(address).expect("the address is ours");
        let sockets = Sockets { bind: open(self.bind), probe: open(self.probe) };
        self.sockets = Some(Arc::new(sockets));
        let by = ["sh", "-c", HAND_OVER, "sh"];
        self.wrapper = by.into_iter().map(str::to_owned).collect();
    }

    fn command(&self) -> Command {
        let mut words = self.wrapper.iter();
        let mut command = match words.next() {
            None => Command::new(&self.program.path),
            Some(wrapper) => {
                let mut command = Command::new(wrapper);
                command.args(words).arg(&self.program.path);
                command
            }
        };
        command.env_clear().current_dir(&self.folder);
        // Wrappers are found by the path.
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.envs(self.program.bug.map(|bug| (BUG, bug)));
        command.env("BIND_ADDR", self.bind.to_string()).env("PROBE_ADDR", self.probe.to_string());
        command
    }

    /// Runs a command of the program to its end and returns what it printed.
    ///
    /// # Panics
    /// When it fails.
    pub fn run(&self, arguments: &[&str]) -> String {
        let done = self.command().args(arguments).output().expect("the program runs");
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("text")
    }

    /// Runs a command that may fail and returns everything it printed.
    pub fn attempt(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = self.command();
        let done = command.args(arguments).stdin(Stdio::null()).output().expect("the program runs");
        let said = [done.stdout, done.stderr].concat();
        (done.status.code(), String::from_utf8_lossy(&said).into_owned())
    }

    /// Starts `serve`; its log is appended to.
    pub fn serve(&self) -> Process {
        let log = || {
            let log = OpenOptions::new().create(true).append(true).open(self.log_file());
            Stdio::from(log.expect("a log"))
        };
        let mut command = self.command();
        command.arg("serve").stderr(log());
        match &self.sockets {
            None => command.stdin(Stdio::null()).stdout(log()),
            Some(sockets) => command
                .stdin(Sockets::handed(&sockets.bind))
                .stdout(Sockets::handed(&sockets.probe)),
        };
        Process::start(&mut command)
    }

    pub fn log_file(&self) -> PathBuf {
        self.folder.join(&self.log)
    }

    /// Everything it said so far.
    pub fn said(&self) -> String {
        let bytes = std::fs::read(self.log_file()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// A running process; one that is dropped is killed.
#[derive(Debug)]
pub struct Process {
    child: Child,
}

impl Process {
    /// # Panics
    /// When the command cannot be run.
    pub fn start(command: &mut Command) -> Self {
        Self { child: command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")) }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// An eye on it for a task of its own.
    pub fn eye(&self) -> Eye {
        Eye(self.id())
    }

    pub fn memory(&self) -> u64 {
        self.eye().memory()
    }

    /// How many files and sockets it has open.
    pub fn files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.id())).map_or(0, Iterator::count)
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to go; [`Process::gone`] waits for it.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Stops it where it is, as a machine that is suspended.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).expect("a process id");
        kill_process(Pid::from_raw(id).expect("not zero"), signal).expect("it is our child");
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("it is our child")
    }

    /// Waits until it is gone.
    ///
    /// # Panics
    /// When it is still there after `patience`.
    pub async fn gone(&mut self, patience: Duration) -> ExitStatus {
        let clock = Clock::system();
        let deadline = clock.now().plus(patience);
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            assert!(clock.now() < deadline, "it is still there after {patience:?}");
            clock.sleep(LOOK).await;
        }
    }

    /// Whether a signal ended it, and which.
    pub fn ended_by(&mut self) -> Option<i32> {
        self.ended().and_then(|status| status.signal())
    }
}

/// Looks at a process by its number.
#[derive(Debug, Clone, Copy)]
pub struct Eye(u32);

impl Eye {
    /// What the process holds in memory now, in KiB; 0 when it is gone.
    pub fn memory(self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|rest| rest.split_whitespace().next());
        number.and_then(|number| number.parse().ok()).unwrap_or(0)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// An address that stays ours while a process is down: below the ports the system hands out.
pub fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 17_000 + u16::try_from(std::process::id() % 500).expect("small") * 20;
    loop {
        let port = first + NEXT.fetch_add(1, Ordering::SeqCst) % 4_000;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
