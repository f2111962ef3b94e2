"""The systemd units: clean, closed as far as they go, and a restart under socket activation that nobody sees."""

import collections
import configparser
import itertools
import os
import re
import shutil
import subprocess
import threading
import time

from ground import PROGRAM, ROOT, Checks, Scratch, Service, ask, program, run, wait_until

SHIPPED = ROOT / "systemd"
UNITS = sorted(unit.name for unit in SHIPPED.iterdir() if unit.suffix in (".service", ".socket", ".timer"))
WORST = 1.5


def unit(name):
    """A unit's settings; a name that is given more than once keeps all its values."""
    class Several(dict):
        def __setitem__(self, key, value):
            if key in self and isinstance(value, list):
                self[key].extend(value)
            else:
                super().__setitem__(key, value)
    read = configparser.RawConfigParser(dict_type=Several, strict=False, delimiters=("=",), comment_prefixes=("#",))
    read.optionxform = str
    read.read(SHIPPED / name)
    return {part: {key: value.split("\n") for key, value in read.items(part)} for part in read.sections()}


def test_systemd_takes_every_unit(folder):
    root = folder / "root"
    place = root / "etc/systemd/system"
    place.mkdir(parents=True)
    for name in UNITS:
        shutil.copy(SHIPPED / name, place)
    # What the units name must be there; the targets they hang on come from the machine's own systemd.
    binary = root / "usr/local/bin/auto-order"
    binary.parent.mkdir(parents=True)
    shutil.copy("/bin/true", binary)
    own = next(path for path in ("/usr/lib/systemd/system", "/lib/systemd/system") if os.path.isdir(path))
    shutil.copytree(own, root / "usr/lib/systemd/system", symlinks=True)
    said = run(program("systemd-analyze"), "verify", f"--root={root}", "--man=no", "--recursive-errors=one", *UNITS)
    assert not [line for line in said.splitlines() if "auto-order" in line], said
    return ", ".join(UNITS)


def test_systemd_would_find_fault(folder):
    place = folder / "root/etc/systemd/system/auto-order.service"
    text = place.read_text()
    place.write_text(text.replace("ProtectSystem=strict", "ProtectSystem=sometimes").replace("[Service]", "[Service]\nNonsense=1"))
    command = [program("systemd-analyze"), "verify", f"--root={folder}/root", "--man=no", "auto-order.service"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "Nonsense" in done.stderr and "sometimes" in done.stderr, done
    place.write_text(text)


def test_every_service_is_closed(folder):
    exposed = {}
    for name in UNITS:
        if name.endswith(".service"):
            command = [program("systemd-analyze"), "security", "--offline=yes", "--no-pager"]
            said = run(*command, f"--threshold={int(WORST * 10)}", SHIPPED / name)
            found = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
            exposed[name] = float(found[1])
            assert exposed[name] <= WORST, said
    assert len(exposed) == 3, exposed
    return exposed


def test_settings_are_secret_and_data_has_a_place(folder):
    for name in UNITS:
        if not name.endswith(".service"):
            continue
        service = unit(name)["Service"]
        assert service["DynamicUser"] == ["yes"] and service["User"] == ["auto-order"], name
        assert service["LoadCredential"] == ["bot.env:/etc/auto-order/bot.env"], name
        assert service["StateDirectory"] == ["auto-order"] and service["WorkingDirectory"] == ["%S/auto-order"], name
        assert "--env-file" in service["ExecStart"][0] and "bot.env" in service["ExecStart"][0], name
        assert "EnvironmentFile" not in service, name


def test_sockets_have_the_names_that_the_program_knows(folder):
    names = {}
    for name in UNITS:
        if name.endswith(".socket"):
            socket = unit(name)["Socket"]
            names[socket["FileDescriptorName"][0]] = socket["ListenStream"][0]
            assert socket["Service"] == ["auto-order.service"], name
            assert all(not one.startswith("0.") and "127.0.0.1:" in one for one in socket["ListenStream"]), name
    assert names == {"bind": "127.0.0.1:8080", "probe": "127.0.0.1:9090"}, names


def allowed_calls():
    """The system calls that auto-order.service may make, from systemd's own lists."""
    said, groups = run(program("systemd-analyze"), "syscall-filter"), {}
    for line in said.splitlines():
        if line.startswith("@"):
            name = line.strip()
            groups[name] = []
        elif line.startswith("    ") and not line.strip().startswith("#"):
            groups[name].append(line.strip())
    def calls(name):
        inside = groups.get(name, [])
        return {one for one in inside if one[0] != "@"}.union(*(calls(one) for one in inside if one[0] == "@"))
    plus, minus = unit("auto-order.service")["Service"]["SystemCallFilter"]
    allowed = set().union(*map(calls, plus.split())) | calls("@default")
    return allowed - set().union(*map(calls, minus.removeprefix("~").split()))


def test_the_program_makes_no_call_that_is_forbidden(folder):
    home = folder / "traced"
    home.mkdir()
    service, allowed = Service(home), allowed_calls()
    assert "write" in allowed and "mount" not in allowed and "setuid" not in allowed and len(allowed) > 100
    trace = home / "trace"
    service.wrapper = [program("strace"), "-D", "-f", "-q", "-o", str(trace)]
    if os.geteuid() == 0:
        # Root's SQLite gives files away, which nobody else's does: it runs as the unit lets it run, as a user of its own.
        os.chown(home, 65532, 65532)
        service.program = home / "auto-order"
        shutil.copy(PROGRAM, service.program)
        service.wrapper = [program("setpriv"), "--reuid=65532", "--regid=65532", "--clear-groups", *service.wrapper]
    service.start()
    try:
        path, secret = service.registered()
        for text in ("/start", "/produk", "/bantuan"):
            headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
            assert ask(service.bind, "POST", path, service.update(text), headers)[0] == 200
    finally:
        service.close()
    wait_until("the end of the trace", lambda: "+++ exited with 0 +++" in trace.read_text()[-4000:])
    lines = trace.read_text().splitlines()
    made = {found[1] for found in (re.match(r"\d+ +(\w+)\(", line) for line in lines) if found}
    # The first one starts the program; systemd makes it itself.
    assert len(made) > 30 and made - allowed <= {"execve"}, made - allowed
    return f"{len(made)} kinds of calls, all among the {len(allowed)} that are allowed"


def test_a_restart_loses_no_connection(folder):
    service = Service(folder)
    service.hold_sockets()
    service.start()
    try:
        path, secret = service.registered()
        until, answers, losses = time.monotonic() + 6, [], []
        def knock():
            while time.monotonic() < until:
                try:
                    headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
                    answers.append(ask(service.bind, "POST", path, service.update(), headers)[0])
                except OSError as fault:
                    losses.append(repr(fault))
        threads = [threading.Thread(target=knock) for _ in range(10)]
        for thread in threads:
            thread.start()
        restarts = 0
        for restarts in itertools.count():
            if time.monotonic() > until - 1:
                break
            time.sleep(0.4)
            service.stop()
            service.start(wait=False)
        for thread in threads:
            thread.join()
        told = collections.Counter(answers)
        assert not losses and set(told) == {200} and restarts >= 3, (told, losses[:3], restarts)
    finally:
        service.close()
    return f"{restarts} restarts, {told[200]} deliveries on connections of their own, all 200"


if __name__ == "__main__":
    checks = Checks()
    with Scratch() as folder:
        checks.run_all(globals(), folder)
    checks.end()
