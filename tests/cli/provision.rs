//! `auto-order provision`: a folder per tenant that really runs, whose files the tools they are for take.

use std::collections::BTreeSet;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use bot_auto_order::primitives::Clock;
use bot_auto_order::sandbox::Stage;
use serde_json::Value;

use crate::place::{Place, get};

const NAMES: [(&str, &str); 2] =
    [("budi", "Toko Budi Jaya"), ("sri", "Kedai \"Bu Sri's\" & Anak 100%")];

fn provisioned(place: &Place, arguments: &[&str]) -> Value {
    place.run(&[&["provision", "--json"], arguments].concat()).json()
}

fn folder(written: &Value) -> PathBuf {
    PathBuf::from(written["folder"].as_str().expect("a path"))
}

fn port(written: &Value, which: &str) -> u16 {
    written[which].as_u64().and_then(|port| u16::try_from(port).ok()).expect("a port")
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Whether a program is on this machine; `scripts/test` brings them all along.
fn there(program: &str, probe: &[&str]) -> bool {
    Command::new(program).args(probe).output().is_ok_and(|output| output.status.success())
}

/// What a program said that went well.
fn goes_well(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().expect("it starts");
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    assert!(output.status.success(), "{program} {arguments:?}: {}", said.concat());
    said.concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_tenants_run_side_by_side_on_one_host() {
    let stage = Stage::start(Clock::system()).await.expect("loopback has free ports");
    let place = Place::bare().set("TELEGRAM_API_URL", &stage.telegram.url());
    let written = NAMES.map(|(slug, name)| provisioned(&place, &[slug, "pakasir", "--name", name]));
    let ports: BTreeSet<u16> =
        written.iter().flat_map(|one| [port(one, "port"), port(one, "probe_port")]).collect();
    assert_eq!(ports.len(), 4, "each has ports of its own: {written:?}");
    let mut keys = BTreeSet::new();
    let mut serving = Vec::new();
    for (written, (slug, name)) in written.iter().zip(NAMES) {
        let folder = folder(written);
        let env = read(&folder, "bot.env");
        keys.extend(
            env.lines()
                .filter(|line| {
                    line.starts_with("DATA_ENCRYPTION_KEY=")
                        || line.starts_with("BACKUP_ENCRYPTION_PASSWORD=")
                })
                .map(str::to_owned),
        );
        // What only the person knows.
        let token = format!("70000000{}:{}", slug.len(), "x".repeat(30));
        stage.telegram.add_bot(&token, &format!("{slug}_bot"));
        let filled = env.replace("TELEGRAM_BOT_TOKEN=\n", &format!("TELEGRAM_BOT_TOKEN={token}\n"));
        std::fs::write(folder.join("bot.env"), filled).expect("written");
        let within = place.within(&format!("deployments/bot-{slug}-pakasir"));
        let shown = within.run(&["--env-file", "bot.env", "store", "show", "--json"]).json();
        assert_eq!((&shown["slug"], &shown["name"]), (&slug.into(), &name.into()));
        let running = within.serve(&["--env-file", "bot.env", "serve"]);
        assert_eq!(running.bind.to_string(), format!("127.0.0.1:{}", port(written, "port")));
        assert_eq!(running.probe.to_string(), format!("127.0.0.1:{}", port(written, "probe_port")));
        serving.push((running, shown));
    }
    assert_eq!(keys.len(), 4, "each has keys of its own");
    for (running, shown) in &serving {
        assert!(get(running.probe, "/readyz").starts_with("HTTP/1.1 200"));
        let url = shown["telegram_webhook_url"].as_str().expect("an address");
        // The door is there, and says so only to who comes as Telegram does: a GET is nobody's.
        let path = &url[url.find("/telegram/").expect("a path")..];
        assert!(post(running.bind, path).starts_with("HTTP/1.1 401"), "{path}");
        assert!(post(running.bind, "/telegram/nobody").starts_with("HTTP/1.1 404"));
    }
    // Who comes third is kept from the ports of those who run and of those who do not.
    let third = provisioned(&place, &["tiga"]);
    for which in ["port", "probe_port"] {
        assert!(!ports.contains(&port(&third, which)), "{third}");
    }
    let (bind, probe) =
        (ports.first().expect("ports").to_string(), port(&third, "port").to_string());
    let ran = place.run(&["provision", "empat", "--port", &bind, "--probe-port", &probe]);
    let told = ran.failed_with(2);
    assert!(told.contains("2 fault(s)") && told.contains(&bind) && told.contains(&probe), "{told}");
    drop(serving);
    stage.stop().await;
}

fn post(address: std::net::SocketAddr, path: &str) -> String {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address).expect("the door is open");
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: toko.test\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}"
    );
    stream.write_all(request.as_bytes()).expect("it listens");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

#[test]
fn what_is_there_stays_and_what_is_written_is_private() {
    let place = Place::bare();
    let written = folder(&provisioned(&place, &["budi", "--kind", "systemd"]));
    let mode = |name: &str| {
        std::fs::metadata(written.join(name)).expect("it is there").permissions().mode() & 0o777
    };
    let owner = |name: &str| std::fs::metadata(written.join(name)).expect("it is there").uid();
    assert_eq!(["data", "backups", "logs"].map(mode), [0o700; 3]);
    assert_eq!(mode("bot.env"), 0o600);
    let service = owner("data");
    assert_ne!(service, 0, "the superuser runs no service");
    assert_eq!(["backups", "logs", "bot.env"].map(owner), [service; 3]);
    // What root copies and follows belongs to whoever provisioned; a superuser's folder is only passed through.
    let me = rustix::process::getuid().as_raw();
    assert_eq!(["", "bot-budi-pakasir.service", "README.md", "nginx.conf"].map(owner), [me; 4]);
    assert_eq!(mode(""), if me == 0 { 0o711 } else { 0o700 });
    let before = read(&written, "bot.env");
    assert!(
        before.contains("# BACKUP_OFFSITE_URL=s3://bucket/budi\n"),
        "no two shops share a place"
    );
    let ran = place.run(&["provision", "budi"]);
    assert!(ran.failed_with(2).contains("stays as it is"), "{ran:?}");
    assert_eq!(read(&written, "bot.env"), before);
    let ran = place.run(&["provision", "Budi-", "kas", "--name", "", "--public-url", "http://x"]);
    assert!(ran.failed_with(2).contains("4 fault(s)"), "{ran:?}");
    assert!(place.run(&["provision", "x", "--kind", "balon"]).code == Some(2));
    let left: Vec<_> = std::fs::read_dir(place.path("deployments")).expect("listed").collect();
    assert_eq!(left.len(), 1, "nothing half-made is left: {left:?}");
    for name in ["README.md", "README.id.md"] {
        let page = read(&written, name);
        assert!(page.contains("store claim") && !page.contains("{{"), "{page}");
        let secrets = before.lines().filter_map(|line| line.split_once('='));
        let secrets =
            secrets.filter(|(name, _)| name.ends_with("_KEY") || name.ends_with("_PASSWORD"));
        for (_, secret) in secrets.filter(|(_, value)| value.len() > 20) {
            assert!(!page.contains(secret), "a key stands in {name}");
        }
    }
}

#[test]
fn a_name_is_read_by_a_shell_as_it_was_given() {
    let place = Place::bare();
    for (slug, name) in NAMES {
        let written = folder(&provisioned(&place, &[slug, "--name", name]));
        let env = written.join("bot.env").display().to_string();
        // systemd and Compose read quotes as a shell does.
        let script = "set -eu; . \"$1\"; printf %s \"$BOT_STORE_NAME\"";
        assert_eq!(goes_well("sh", &["-c", script, "sh", &env]), name);
    }
}

#[test]
fn compose_takes_the_file_and_opens_it_to_this_machine_alone() {
    let place = Place::bare();
    let (slug, name) = NAMES[1];
    let written = provisioned(&place, &[slug, "--name", name, "--kind", "compose"]);
    let page = read(&folder(&written), "compose.yaml");
    assert!(!page.contains("{{") && page.contains("restart: unless-stopped"), "{page}");
    if !there("python3", &["-c", "import yaml"]) {
        return;
    }
    let script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";
    let path = folder(&written).join("compose.yaml").display().to_string();
    let read: Value =
        serde_json::from_str(&goes_well("python3", &["-c", script, &path])).expect("JSON");
    let bot = &read["services"]["bot"];
    assert_eq!((&bot["read_only"], &bot["restart"]), (&true.into(), &"unless-stopped".into()));
    let ports = bot["ports"].as_array().expect("ports");
    let wanted = [("port", 8080), ("probe_port", 9090)]
        .map(|(which, inside)| format!("127.0.0.1:{}:{inside}", port(&written, which)));
    assert_eq!(ports, &wanted.map(Value::from));
}

#[test]
fn systemd_takes_the_unit() {
    let place = Place::bare();
    let written = folder(&provisioned(
        &place,
        &["budi", "--name", "Toko Budi Jaya", "--kind", "systemd", "--dir", "tempat 100% saya"],
    ));
    let unit = "bot-budi-pakasir.service";
    let page = read(&written, unit);
    assert!(!page.contains("{{"));
    // The machine's load and memory are read from /proc.
    assert!(page.contains("\nProcSubset=all\n"), "{page}");
    if !there("systemd-analyze", &["--version"]) {
        return;
    }
    let path = written.join(unit).display().to_string();
    let said = goes_well("systemd-analyze", &["verify", &path]);
    assert!(!said.contains(unit), "{said}");
    let offline = ["security", "--offline=yes", "--no-pager", "--threshold=15", &path];
    goes_well("systemd-analyze", &offline);
}

#[test]
fn kubernetes_takes_the_overlay() {
    let place = Place::bare();
    let (slug, name) = NAMES[1];
    let arguments =
        [slug, "--name", name, "--kind", "kubernetes", "--public-url", "https://sri.test"];
    let written = folder(&provisioned(&place, &arguments));
    for page in ["kustomization.yaml", "namespace.yaml", "service.yaml", "deployment.yaml"] {
        assert!(!read(&written, page).contains("{{"), "{page}");
    }
    if !there("kubectl", &["version", "--client"]) {
        return;
    }
    let built = goes_well("kubectl", &["kustomize", &written.display().to_string()]);
    for part in [
        "kind: Deployment",
        "kind: Secret",
        "kind: PersistentVolumeClaim",
        "host: sri.test",
        "readOnlyRootFilesystem: true",
        "app.kubernetes.io/instance: bot-sri-pakasir",
    ] {
        assert!(built.contains(part), "{part} is not in\n{built}");
    }
}

#[test]
fn a_path_that_an_ingress_would_lose_is_refused() {
    let place = Place::bare();
    let url = ["--public-url", "https://sri.test/bot"];
    let ran = place.run(&["provision", "sri", "--kind", "kubernetes", url[0], url[1]]);
    assert!(ran.failed_with(2).contains("must be a host alone"), "{ran:?}");
    assert!(!place.path("deployments/bot-sri-pakasir").exists());
}

#[test]
fn nginx_takes_the_sites_of_two_tenants() {
    let place = Place::bare();
    let mut sites = String::new();
    for ((slug, name), host) in NAMES.into_iter().zip(["budi.test", "sri.test/bot"]) {
        let url = format!("https://{host}");
        let written = folder(&provisioned(&place, &[slug, "--name", name, "--public-url", &url]));
        let site = read(&written, "nginx.conf");
        assert!(!site.contains("{{"), "{site}");
        sites.push_str(&site);
    }
    assert!(sites.contains("rewrite ^/bot(/.*)$ $1 break;"), "{sites}");
    let nginx = ["nginx", "/usr/sbin/nginx"].into_iter().find(|one| there(one, &["-v"]));
    let Some(nginx) = nginx.filter(|_| there("openssl", &["version"])) else { return };
    let (key, certificate) = (place.path("key.pem"), place.path("cert.pem"));
    let (key, certificate) = (key.display().to_string(), certificate.display().to_string());
    goes_well(
        "openssl",
        &[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=budi.test",
            "-days",
            "2",
            "-keyout",
            &key,
            "-out",
            &certificate,
        ],
    );
    let logs = place.path("logs").display().to_string();
    std::fs::create_dir(place.path("logs")).expect("a folder");
    let own = sites
        .lines()
        .map(|line| match line.split_whitespace().next() {
            Some("ssl_certificate") => format!("ssl_certificate {certificate};"),
            Some("ssl_certificate_key") => format!("ssl_certificate_key {key};"),
            _ => line.replace("/var/log/nginx", &logs),
        })
        .collect::<Vec<_>>()
        .join("\n");
    let pid = place.path("nginx.pid").display().to_string();
    let all = place.file(
        "nginx.conf",
        &format!("pid {pid};\nerror_log stderr;\nevents {{}}\nhttp {{\n{own}\n}}\n"),
    );
    goes_well(nginx, &["-t", "-q", "-c", &all]);
}
