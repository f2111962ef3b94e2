//! A second place that speaks S3, by other people's server of it on loopback.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use crate::given::{Engine, Machine, buys, coffee_shop, person};
use crate::place::Place;

/// `moto_server` with a bucket; it ends when dropped.
struct Moto {
    child: Child,
    url: String,
}

#[expect(clippy::disallowed_methods, reason = "the test script says where the environment is")]
fn python() -> String {
    std::env::var("MOTO_PYTHON")
        .expect("MOTO_PYTHON is not set: ./scripts/test makes the environment and sets it")
}

impl Moto {
    fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("a port").port().to_string();
        drop(free);
        let mut child = Command::new(python())
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the environment has moto");
        let lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        let mut lines = lines.map(|line| line.expect("text"));
        assert!(lines.any(|line| line.contains("Running on")), "moto did not start");
        // What it says later must go somewhere, or it would wait.
        std::thread::spawn(move || lines.for_each(drop));
        let url = format!("http://127.0.0.1:{port}");
        let make = "import sys, urllib.request as r; r.urlopen(r.Request(sys.argv[1] + '/cadangan', method='PUT'))";
        let made = Command::new(python()).args(["-c", make, &url]).status().expect("python runs");
        assert!(made.success(), "the bucket was not made");
        Self { child, url }
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn with_bucket(machine: Machine, moto: &Moto) -> Machine {
    machine
        .set("BACKUP_OFFSITE_URL", "s3://cadangan/toko/satu")
        .set("AWS_ENDPOINT_URL", &moto.url)
        .set("AWS_ACCESS_KEY_ID", "kunci")
        .set("AWS_SECRET_ACCESS_KEY", "rahasia-ember")
        .set("BACKUP_KEEP", "1")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_keeps_archives_and_the_journal_and_gives_them_back() {
    let moto = Moto::start();
    let (stage, first) = coffee_shop(Engine::Sqlite, 4).await;
    let first = with_bucket(first, &moto);
    let serving = first.serve(&stage);
    first.backs_up(&["--offsite"]);
    let archive = first.backs_up(&["--offsite"]);
    first.run(&["backup", "prune"]);
    let listed = first.place.run(&["backup", "list", "--json"]).json();
    let offsite =
        listed.as_array().expect("a list").iter().filter(|one| one["place"] == "offsite").count();
    assert_eq!(offsite, 1, "{listed}");
    let sold = buys(&stage, &person(&stage, 11, "Budi")).await;
    first.until("SELECT COUNT(*) FROM journal_waiting", 0).await;
    drop(serving);
    let name = archive.file_name().expect("a name").to_str().expect("text");

    let second = with_bucket(Machine::with(Engine::Sqlite, Place::bare()).await, &moto);
    second.run(&["backup", "verify", name]);
    let said = second.run(&["backup", "restore", name]);
    assert!(said.contains("1 units delivered since, 1 taken out now"), "{said}");
    second.run(&["backup", "release"]);
    let serving = second.serve(&stage);
    assert_ne!(buys(&stage, &person(&stage, 12, "Sari")).await, sold);
    drop(serving);

    // A bucket that is not there, and a server that is gone, are told in one line without a key.
    let lost = second.set("BACKUP_OFFSITE_URL", "s3://tidak-ada");
    let ran = lost.place.run(&["backup", "create", "--offsite"]);
    let said = ran.failed_with(1);
    assert!(said.contains("the offsite place") && !said.contains("rahasia-ember"), "{said}");
}
