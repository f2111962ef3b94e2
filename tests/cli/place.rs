//! A working place for the real program: its own folder, and no environment but what a test sets.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bot_auto_order::primitives::Keyring;
use bot_auto_order::sandbox::Stage;
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(30);

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The JSON on stdout of a command that went well.
    pub fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// What a command said that failed with this exit code: on stderr, and under its own name.
    pub fn failed_with(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{self:?}");
        self.err.strip_prefix("auto-order: ").unwrap_or_else(|| panic!("{self:?}"))
    }
}

/// A folder and an environment.
pub struct Place {
    folder: tempfile::TempDir,
    env: BTreeMap<String, String>,
}

impl Place {
    /// With no variable set.
    pub fn bare() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), env: BTreeMap::new() }
    }

    /// With a data key and free ports; the database lies in the folder.
    pub fn new() -> Self {
        Self::bare()
            .set("DATA_ENCRYPTION_KEY", Keyring::fresh_key().expose())
            .set("BIND_ADDR", "127.0.0.1:0")
            .set("PROBE_ADDR", "127.0.0.1:0")
            // However busy and full the machine is that the tests run on.
            .set("HEALTH_CPU_THRESHOLD", "100")
            .set("HEALTH_MEMORY_THRESHOLD", "100")
            .set("HEALTH_DISK_THRESHOLD", "100")
    }

    /// With a first store whose bot and project are the sandbox's.
    pub fn beside(stage: &Stage) -> Self {
        Self::new()
            .set("TELEGRAM_BOT_TOKEN", stage.token.expose())
            .set("TELEGRAM_API_URL", &stage.telegram.url())
            .set("PAKASIR_API_URL", &stage.gateway.url())
            .set("PAKASIR_PROJECT_SLUG", stage.project.slug())
            .set("PAKASIR_API_KEY", stage.project.api_key().expose())
            .set("PAKASIR_WEBHOOK_SECRET", stage.project.webhook_secret().expose())
            .set("PUBLIC_URL", "https://toko.test")
    }

    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and returns its name as an argument.
    pub fn file(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).expect("the folder can be written");
        path.display().to_string()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.prepared(Command::new(env!("CARGO_BIN_EXE_auto-order")), arguments)
    }

    fn prepared(&self, mut command: Command, arguments: &[&str]) -> Command {
        command.args(arguments).env_clear().envs(&self.env).current_dir(self.folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The same place with its commands run in one of its folders.
    pub fn within(&self, folder: &str) -> Within<'_> {
        Within { place: self, folder: self.path(folder) }
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_on(arguments, "")
    }

    /// Runs a command on this standard input.
    pub fn run_on(&self, arguments: &[&str], input: &str) -> Ran {
        to_its_end(self.command(arguments), arguments, input)
    }

    /// Starts a command whose standard input is this terminal.
    pub fn start_at(&self, terminal: OwnedFd, arguments: &[&str]) -> Child {
        self.command(arguments).stdin(terminal).spawn().expect("the program starts")
    }

    /// Starts `serve` and waits until it says that it is ready.
    pub fn serve(&self) -> Serving {
        ready(self.command(&["serve"]))
    }

    /// As [`Place::serve`], on a socket that the test holds open, handed over as systemd does.
    pub fn serve_on(&self, socket: &TcpListener) -> Serving {
        let hand_over = "exec 3<&0 0</dev/null; export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$@\"";
        let arguments = ["-c", hand_over, "sh", env!("CARGO_BIN_EXE_auto-order"), "serve"];
        let mut command = self.prepared(Command::new("/bin/sh"), &arguments);
        command.stdin(OwnedFd::from(socket.try_clone().expect("a file is left")));
        ready(command)
    }
}

/// A place, seen from one of its folders.
pub struct Within<'a> {
    place: &'a Place,
    folder: PathBuf,
}

impl Within<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.place.command(arguments);
        command.current_dir(&self.folder);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        to_its_end(self.command(arguments), arguments, "")
    }

    /// Starts a server and waits until it says that it is ready.
    pub fn serve(&self, arguments: &[&str]) -> Serving {
        ready(self.command(arguments))
    }
}

fn to_its_end(mut command: Command, arguments: &[&str], input: &str) -> Ran {
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    // A command that does not read its input may be gone already.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let id = child.id();
    let (tell, ended) = mpsc::channel();
    std::thread::spawn(move || tell.send(child.wait_with_output()));
    let Ok(output) = ended.recv_timeout(PATIENCE) else {
        signal(id, "KILL");
        panic!("{arguments:?} did not end");
    };
    let output = output.expect("the program can be waited for");
    let text = |bytes| String::from_utf8(bytes).expect("the program speaks UTF-8");
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Starts a server and waits until it says that it is ready.
fn ready(mut command: Command) -> Serving {
    let mut child = command.spawn().expect("the program starts");
    let mut stdout = child.stdout.take().expect("it is piped");
    let stderr = child.stderr.take().expect("it is piped");
    let (tell, ready) = mpsc::channel();
    let out = std::thread::spawn(move || {
        let mut said = String::new();
        stdout.read_to_string(&mut said).expect("the program speaks UTF-8");
        said
    });
    let err = std::thread::spawn(move || {
        let mut said = String::new();
        for line in BufReader::new(stderr).lines() {
            let line = line.expect("the program speaks UTF-8");
            if let (Some(bind), Some(probe)) = (field(&line, "bind"), field(&line, "probe")) {
                // Nobody listens any more when the test gave up.
                let _ = tell.send((bind, probe));
            }
            said.push_str(&line);
            said.push('\n');
        }
        said
    });
    let Ok((bind, probe)) = ready.recv_timeout(PATIENCE) else {
        let _ = child.kill();
        panic!("serve did not become ready:\n{}", err.join().unwrap_or_default());
    };
    Serving { child, bind, probe, voices: Some((out, err)) }
}

/// Sends a signal to a process that this test started.
fn signal(id: u32, name: &str) {
    let order = format!("kill -{name} {id}");
    let done = Command::new("sh").args(["-c", &order]).status().expect("there is a shell");
    assert!(done.success(), "the signal could not be sent");
}

/// The address after `name=` in a log record.
fn field(line: &str, name: &str) -> Option<SocketAddr> {
    let rest = line.split_once(&format!(" {name}="))?.1;
    rest.split_whitespace().next()?.parse().ok()
}

/// A running service; it is killed when dropped.
pub struct Serving {
    child: Child,
    pub bind: SocketAddr,
    pub probe: SocketAddr,
    voices: Option<(JoinHandle<String>, JoinHandle<String>)>,
}

impl Serving {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM and waits for the end; how it ended and how long that took.
    pub fn terminate(mut self) -> (Ran, Duration) {
        let told = Instant::now();
        signal(self.id(), "TERM");
        let (out, err) = self.voices.take().expect("it ends once");
        // Its voice ends with the process.
        let err = joined(err);
        let took = told.elapsed();
        let code = self.child.wait().expect("it can be waited for").code();
        (Ran { code, out: joined(out), err }, took)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // After `terminate` there is nothing left to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn joined(voice: JoinHandle<String>) -> String {
    let (tell, ended): (_, Receiver<String>) = mpsc::channel();
    std::thread::spawn(move || tell.send(voice.join().expect("the listener does not panic")));
    ended.recv_timeout(PATIENCE).expect("the program ends after SIGTERM")
}

/// The whole answer to a GET.
pub fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the door is open");
    let request = format!("GET {path} HTTP/1.1\r\nhost: toko.test\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it listens");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}
