"""The Dockerfile: linted, and the file system of its last stage run alone, read-only, as its user."""

import json
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import threading

from ground import PROGRAM, ROOT, TOKEN, Checks, Missing, Scratch, StandIn, ask, free_port, program, run, start, wait_until

LARGEST = 30_000_000
BUILT = pathlib.Path(os.environ.get("AUTO_ORDER_STATIC", ROOT / "target/image/auto-order")).resolve()
NAMESERVER = "127.0.0.77"


def instructions():
    """The Dockerfile as (instruction, rest) per stage; continued lines are joined, comments left out."""
    text = "\n".join(line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#"))
    stages = []
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            stages.append([])
        if word:
            stages[-1].append((word, rest))
    return stages


def last_stage():
    *_, last = instructions()
    return last


def settings_of(word):
    return [rest for found, rest in last_stage() if found == word]


def environment():
    return dict(re.findall(r"(\w+)=(\S+)", " ".join(settings_of("ENV"))))


def play(root):
    """Does to `root` what the last stage's COPY lines do, from what the build stage installs."""
    stage = root.parent / "image"
    build = next(rest for word, rest in instructions()[0] if word == "RUN")
    for mode, source, target in re.findall(r"install -D -m (\d+) (\S+) (\S+)", build):
        assert source == "target/release/auto-order", source
        place = stage / target.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(BUILT, place)
        place.chmod(int(mode, 8))
    for mode, target in re.findall(r"install -d -m (\d+) (\S+)", build):
        (stage / target.lstrip("/")).mkdir(parents=True, mode=int(mode, 8))
    for rest in settings_of("COPY"):
        *options, source, target = rest.split()
        assert "--from=build" in options, rest
        source, place = stage / source.lstrip("/"), root / target.lstrip("/")
        if source.is_dir():
            place.mkdir(mode=source.stat().st_mode & 0o777)
        else:
            shutil.copy(source, place)
        for option in options:
            if option.startswith("--chown="):
                os.chown(place, *map(int, option.removeprefix("--chown=").split(":")))


class Names(threading.Thread):
    """A name server on loopback that knows one name."""

    def __init__(self, name):
        super().__init__(daemon=True)
        self.known = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
        self.asked = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((NAMESERVER, 53))
        self.start()

    def run(self):
        while True:
            try:
                asked, sender = self.socket.recvfrom(512)
            except OSError:
                return
            end = asked.index(b"\0", 12) + 5
            kind, = struct.unpack(">H", asked[end - 4:end - 2])
            known = asked[12:end - 4].lower() == self.known
            self.asked += known
            found = known and kind == 1
            head = asked[:2] + struct.pack(">HHHHH", 0x8580 if known else 0x8583, 1, int(found), 0, 0)
            answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + bytes([127, 0, 0, 1]) if found else b""
            self.socket.sendto(head + asked[12:end] + answer, sender)


class Doorstep(threading.Thread):
    """Hears the first words of whoever connects, and hangs up: the hello of TLS says whom it looks for."""

    def __init__(self):
        super().__init__(daemon=True)
        self.heard = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self):
        while True:
            try:
                guest, _ = self.socket.accept()
            except OSError:
                return
            with guest:
                self.heard.append(guest.recv(4096))

    def knows(self, name):
        return any(name.encode() in hello for hello in self.heard)


class Image:
    """The last stage's file system, mounted read-only but for /data, with what an engine adds: names and addresses."""

    def __init__(self, folder):
        self.root = folder / "root"
        self.root.mkdir()
        play(self.root)
        self.outside = StandIn()
        etc = self.root / "etc"
        etc.mkdir()
        (etc / "resolv.conf").write_text(f"nameserver {NAMESERVER}\n")
        (etc / "hosts").write_text("127.0.0.1 localhost\n127.0.0.1 gateway.test\n")
        self.environment = {
            **environment(),
            "DATA_ENCRYPTION_KEY": run(PROGRAM, "keygen", env={}).strip(),
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "PUBLIC_URL": "https://shop.example",
            "TELEGRAM_API_URL": self.outside.url,
            "PAKASIR_API_URL": self.outside.url,
            "PAKASIR_PROJECT_SLUG": "toko-uji",
            "PAKASIR_API_KEY": "key-of-nobody",
        }
        for name in ("BIND_ADDR", "PROBE_ADDR"):
            assert self.environment[name].startswith("0.0.0.0:"), name
            self.environment[name] = f"127.0.0.1:{free_port()}"

    def command(self, *arguments):
        user, = settings_of("USER")
        folder, = settings_of("WORKDIR")
        entry, = settings_of("ENTRYPOINT")
        entry, = json.loads(entry)
        mounts = 'mount --bind "$0" "$0" && mount --bind "$0/data" "$0/data" && mount -o remount,bind,ro "$0"'
        inside = ["chroot", f"--userspec={user}", "--groups=", str(self.root), entry, *arguments]
        # An engine starts it in its working folder; a chroot can only start it at its root.
        assert folder == "/data" and environment()["DATABASE_URL"] == "sqlite:/data/auto-order.db"
        return ["unshare", "--mount", "sh", "-c", f'{mounts} && exec "$@"', str(self.root), *inside]

    def run(self, *arguments):
        return run(*self.command(*arguments), env={"PATH": os.environ["PATH"], **self.environment}, timeout=60)

    def looks_for(self, telegram, pakasir):
        """What `healthcheck` says with these two addresses; it may find them ill."""
        environment = {"PATH": os.environ["PATH"], **self.environment}
        environment |= {"TELEGRAM_API_URL": telegram, "PAKASIR_API_URL": pakasir}
        command = self.command("healthcheck", "--json")
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        return done.stdout + done.stderr


def test_hadolint_finds_nothing(_):
    said = run(program("hadolint"), "--no-color", "--failure-threshold", "style", ROOT / "Dockerfile")
    assert said.strip() == "", said


def test_the_last_stage_is_bare_and_has_no_root(_):
    assert dict(last_stage())["FROM"] == "scratch", last_stage()[0]
    words = {word for word, _ in last_stage()}
    assert words >= {"USER", "HEALTHCHECK", "STOPSIGNAL", "EXPOSE", "VOLUME", "LABEL", "ENTRYPOINT"}, words
    assert not words & {"RUN", "ADD", "SHELL"}, words
    assert settings_of("USER") == ["65532:65532"] and settings_of("STOPSIGNAL") == ["SIGTERM"]
    assert '["/auto-order", "healthcheck"]' in settings_of("HEALTHCHECK")[0]


def test_all_that_the_build_reads_goes_into_it(_):
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    with Scratch() as folder:
        context = folder / "src"
        context.mkdir()
        for name in kept:
            place = ROOT / name
            if place.is_dir():
                shutil.copytree(place, context / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
            elif place.exists():
                shutil.copy(place, context / name)
        run("cargo", "metadata", "--locked", "--no-deps", "--format-version", "1", cwd=context)
        included = 0
        for code in (context / "src").rglob("*.rs"):
            text = code.read_text()
            for path in re.findall(r'include_(?:str|bytes)!\(\s*"([^"]+)"', text):
                included += 1
                assert (code.parent / path).exists(), f"{code.relative_to(context)} includes {path}: not in the build"
            for path in re.findall(r'CARGO_MANIFEST_DIR"\),\s*"([^"]+)"', text):
                included += 1
                assert (context / path.lstrip("/")).exists(), f"{code.relative_to(context)} includes {path}"
        assert included > 3, included
    for secret in (".env", "data", "backups", ".git", "target"):
        assert secret not in kept, secret
    return f"{included} included files"


def test_the_binary_is_static(_):
    build = next(rest for word, rest in instructions()[0] if word == "RUN")
    assert "--release --locked --bin auto-order -- -C target-feature=+crt-static" in build, build
    said = subprocess.run(["ldd", str(BUILT)], capture_output=True, text=True)
    assert "statically linked" in said.stdout + said.stderr or "not a dynamic" in said.stdout + said.stderr, said
    size, kind = BUILT.stat().st_size, "stripped release build"
    if "AUTO_ORDER_STATIC" not in os.environ:
        kind = "debug build; scripts/image holds the release build to its size"
    else:
        assert size <= LARGEST, f"{size} bytes are more than {LARGEST}"
    return f"{size / 1e6:.1f} MB, {kind}"


def test_it_runs_alone_read_only_and_without_root(folder):
    if os.geteuid() != 0:
        raise Missing("root, to run a file system of its own")
    image = Image(folder)
    names, door = Names("telegram.test"), Doorstep()
    assert len(image.run("keygen").strip()) == 44
    environment = {"PATH": os.environ["PATH"], **image.environment}
    serving = start(image.command("serve"), folder / "log", env=environment)
    try:
        port = int(image.environment["BIND_ADDR"].rsplit(":", 1)[1])
        def is_well():
            assert serving.poll() is None, (folder / "log").read_text()[-2000:]
            try:
                return ask(port, "GET", "/healthz")[0] == 200
            except OSError:
                return False
        wait_until("the service", is_well)
        status = pathlib.Path(f"/proc/{serving.pid}/status").read_text()
        assert re.search(r"^Uid:\s+65532\s+65532\s+65532\s+65532$", status, re.M), status
        assert re.search(r"^CapEff:\s+0+$", status, re.M), status
        mounts = pathlib.Path(f"/proc/{serving.pid}/mountinfo").read_text().splitlines()
        mounts = {fields[4]: fields[5].split(",") for fields in map(str.split, mounts)}
        assert "ro" in mounts["/"] and "rw" in mounts["/data"], mounts
        wait_until("the webhook", lambda: image.outside.webhook)
        report = json.loads(image.run("healthcheck", "--json"))
        assert report["healthy"], report
        assert any("pakasir" in check["name"] for check in report["checks"]), report
        # One name is known to the name server, the other one to the file of hosts.
        said = image.looks_for(f"https://telegram.test:{door.port}", f"https://gateway.test:{door.port}")
        assert names.asked > 0 and door.knows("telegram.test"), (names.asked, door.heard, said)
        assert door.knows("gateway.test"), (door.heard, said)
    finally:
        serving.terminate()
        assert serving.wait(20) == 0, (folder / "log").read_text()[-2000:]
        names.socket.close()
        door.socket.close()
        image.outside.shutdown()
    held = sorted(str(one.relative_to(image.root)) for one in image.root.rglob("*") if one.is_file())
    others = [one for one in held if not one.startswith(("data/", "etc/"))]
    assert others == ["auto-order"], held
    return f"{len(report['checks'])} checks well, both names found"


if __name__ == "__main__":
    checks = Checks()
    with Scratch() as folder:
        checks.run_all(globals(), folder)
    checks.end()
