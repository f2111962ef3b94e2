"""What the tests of the deployment files share: free ports, the service beside two stand-ins, counted checks."""

import atexit
import http.client
import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("AUTO_ORDER", ROOT / "target/debug/auto-order")).resolve()
TOKEN = "123456:TEST-TOKEN-NOT-REAL"
CALLBACK_SECRET = "callback-secret-of-nobody"
PATIENCE = 20


class Missing(Exception):
    """What this machine cannot give a check; it is told and counted, never passed over in silence."""


class Checks:
    """Runs the functions of a file whose names begin with `test_`; the last line tells the counts."""

    def __init__(self):
        self.passed = self.failed = self.not_run = 0

    def run(self, title, function, *arguments):
        begun = time.monotonic()
        try:
            said = function(*arguments)
        except Missing as what:
            self.not_run += 1
            print(f"NOT RUN {title}: missing: {what}", flush=True)
        except Exception as fault:  # every kind: the others still run, and the exit code tells
            self.failed += 1
            print(f"FAILED {title}: {type(fault).__name__}: {fault}", flush=True)
            if not isinstance(fault, AssertionError):
                traceback.print_exc()
        else:
            self.passed += 1
            spent = time.monotonic() - begun
            print(f"ok {title} ({spent:.1f}s){': ' + str(said) if said else ''}", flush=True)

    def run_all(self, names, *arguments):
        for name, function in list(names.items()):
            if name.startswith("test_") and callable(function):
                self.run(name.removeprefix("test_").replace("_", " "), function, *arguments)

    def end(self):
        more = f", {self.not_run} not run" if self.not_run else ""
        print(f"{self.passed} passed, {self.failed} failed{more}", flush=True)
        sys.exit(1 if self.failed or not self.passed else 0)


def program(name):
    """The path of a program, also of one that only root has in its search path, or of this environment."""
    places = [str(pathlib.Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]
    found = shutil.which(name, path=os.pathsep.join(places))
    assert found, f"{name} is missing: ./scripts/test installs it on Debian as root"
    return found


def run(*command, **settings):
    """Runs a command to its end; it must succeed. What it said is returned, errors too."""
    command = [str(part) for part in command]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **settings)
    assert done.returncode == 0, f"{' '.join(command)} ended with {done.returncode}: {done.stdout[-3000:]}"
    return done.stdout


def start(command, log, **settings):
    """Starts a process that writes into a file; it does not outlive the test, however that ends."""
    with open(log, "ab") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, **settings)
    atexit.register(lambda: process.poll() is None and process.kill())
    return process


# Told to stop, it ends as after a fault: what was started is stopped as well.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_until(what, is_so, patience=PATIENCE, pause=0.02):
    deadline = time.monotonic() + patience
    while True:
        found = is_so()
        if found:
            return found
        assert time.monotonic() < deadline, f"{what} did not come within {patience} s"
        time.sleep(pause)


def ask(port, method, path, body=None, headers=None, context=None, timeout=20):
    """One request to loopback on a connection of its own: status, headers in order, body."""
    kind = http.client.HTTPConnection
    more = {"timeout": timeout}
    if context:
        kind, more = http.client.HTTPSConnection, {"context": context, **more}
    connection = kind("127.0.0.1", port, **more)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()
    finally:
        connection.close()


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


class StandIn(http.server.ThreadingHTTPServer):
    """Answers as the Bot API where that is enough, and keeps what was registered."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.webhook = {}
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        """A service that is killed hangs up in the middle of a call: that is what is tested."""


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        given = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        method = self.path.rsplit("/", 1)[-1]
        try:
            given = json.loads(given or b"{}")
        except ValueError:
            given = {}
        if method == "setWebhook":
            self.server.webhook = given
        person = {"id": 123456, "is_bot": True, "first_name": "Toko", "username": "toko_bot"}
        message = {"message_id": 1, "date": 1, "chat": {"id": given.get("chat_id", 1), "type": "private"}}
        info = {"url": self.server.webhook.get("url", ""), "pending_update_count": 0, "has_custom_certificate": False}
        known = {"getMe": person, "getWebhookInfo": info, "sendMessage": message, "sendPhoto": message}
        answer = json.dumps({"ok": True, "result": known.get(method, True)}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST


class Service:
    """The real program on a SQLite file of its own; everything outside is a stand-in on loopback."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.outside = StandIn()
        self.bind, self.probe = free_port(), free_port()
        self.sockets, self.process, self.wrapper = [], None, []
        self.log = self.folder / "log"
        key = run(PROGRAM, "keygen", env={}, cwd=self.folder).strip()
        self.environment = {
            "DATABASE_URL": f"sqlite:{self.folder}/shop.db",
            "DATA_ENCRYPTION_KEY": key,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": self.outside.url,
            "PUBLIC_URL": "https://shop.example",
            "PAKASIR_API_URL": self.outside.url,
            "PAKASIR_PROJECT_SLUG": "toko-uji",
            "PAKASIR_API_KEY": "key-of-nobody",
            "PAKASIR_WEBHOOK_SECRET": CALLBACK_SECRET,
            "BIND_ADDR": f"127.0.0.1:{self.bind}",
            "PROBE_ADDR": f"127.0.0.1:{self.probe}",
        }
        self.program, self.updates = PROGRAM, 0

    def hold_sockets(self):
        """From now on the two sockets are held open here and handed to each process, as systemd does."""
        for port in (self.bind, self.probe):
            held = socket.socket()
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            held.bind(("127.0.0.1", port))
            held.listen(4096)
            self.sockets.append(held)

    def start(self, wait=True):
        command, settings = [*self.wrapper, str(self.program), "serve"], {}
        if self.sockets:
            # The announcement names the very process that the program becomes.
            files = [held.fileno() for held in self.sockets]
            hand_over = (
                'exec 3<&"$1" 4<&"$2"; shift 2; '
                'export LISTEN_FDS=2 LISTEN_FDNAMES=bind:probe LISTEN_PID=$$; exec "$@"'
            )
            command = ["bash", "-c", hand_over, "bash", *map(str, files), *command]
            settings["pass_fds"] = files
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", **self.environment}
        self.process = start(command, self.log, env=environment, cwd=self.folder, **settings)
        if wait:
            wait_until("the service", self.is_ready)
        return self

    def is_ready(self):
        assert self.process.poll() is None, f"the service ended: {self.log.read_text()[-2000:]}"
        try:
            return ask(self.probe, "GET", "/readyz", timeout=5)[0] == 200
        except OSError:
            return False

    def stop(self, kill=False):
        if self.process and self.process.poll() is None:
            self.process.kill() if kill else self.process.terminate()
            self.process.wait(20)
        self.process = None

    def close(self):
        self.stop()
        for held in self.sockets:
            held.close()
        self.outside.shutdown()
        self.outside.server_close()

    def registered(self):
        """Path and secret of the store's webhook, as they were registered."""
        given = wait_until("the webhook", lambda: self.outside.webhook)
        return given["url"].removeprefix("https://shop.example"), given["secret_token"]

    def update(self, text="/start", user=None):
        """A fresh update of somebody who writes to the bot."""
        self.updates += 1
        user = user or 1_000 + self.updates
        person = {"id": user, "is_bot": False, "first_name": "Budi", "language_code": "id"}
        chat = {"id": user, "type": "private", "first_name": "Budi"}
        message = {"message_id": self.updates, "from": person, "chat": chat, "date": int(time.time()), "text": text}
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return json.dumps({"update_id": 7_000_000 + self.updates, "message": message}).encode()


class Scratch:
    """A folder that is gone afterwards, whatever happens."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="auto-order-ops."))
        self.path.chmod(0o755)
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)
