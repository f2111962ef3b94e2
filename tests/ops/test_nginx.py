"""Debian's nginx with the shipped files, in front of the real service: outages, storms, strangers, slow clients."""

import collections
import itertools
import random
import socket
import threading
import time

from gate import TRUSTING, Gate, storm
from ground import CALLBACK_SECRET, Checks, Scratch, Service, ask, program, run

TELEGRAM_SECRET = "X-Telegram-Bot-Api-Secret-Token"
FORGERIES = 1_000


class Scene:
    """The service, nginx as shipped, and nginx for which loopback is one of Telegram's ranges."""

    def __init__(self, folder):
        self.folder = folder
        self.service = Service(folder)
        self.service.hold_sockets()
        self.service.start()
        self.path, self.secret = self.service.registered()
        self.shipped = Gate(folder / "shipped", self.service.bind)
        self.open = Gate(folder / "open", self.service.bind, allowed=["127.0.0.1/32"])
        self.behind = Gate(folder / "behind", self.service.bind, proxies=["127.0.0.1/32"])
        self.gates = [self.shipped, self.open, self.behind]

    def headers(self):
        return {TELEGRAM_SECRET: self.secret, "Content-Type": "application/json"}

    def deliver(self, gate, **more):
        headers = {**self.headers(), **more.pop("headers", {})}
        return self.ask(gate, "POST", self.path, body=self.service.update(), headers=headers)

    def ask(self, gate, method, path, **more):
        return ask(gate.port, method, path, context=TRUSTING, **more)

    def close(self):
        for gate in self.gates:
            gate.stop()
        self.service.close()


def names(headers):
    return {name.lower(): value for name, value in headers if name.lower() != "date"}


def test_nginx_takes_the_files(scene):
    for gate in scene.gates:
        said = gate.check()
        assert "test is successful" in said and "warn" not in said, said
        gate.start()


def test_gixy_finds_nothing(scene):
    said = run(program("gixy"), scene.shipped.folder / "nginx.conf")
    assert "No issues found" in said, said


def test_a_delivery_passes_and_a_stranger_sees_nothing(scene):
    assert scene.deliver(scene.open)[0] == 200
    wrong = scene.ask(scene.open, "POST", scene.path, body=b"{}", headers={TELEGRAM_SECRET: "wrong"})
    assert wrong[0] == 401, wrong
    assert scene.deliver(scene.shipped)[0] == 404
    # The gateway's addresses are not known: its door is open to everybody, and checked by the service.
    callback = {"Content-Type": "application/json", "X-Secret": CALLBACK_SECRET}
    path = scene.path.replace("/telegram/", "/pakasir/")
    assert scene.ask(scene.shipped, "POST", path, body=b"{}", headers=callback)[0] == 200
    assert scene.ask(scene.shipped, "POST", path, body=b"{}")[0] == 401


def test_no_forged_address_passes(scene):
    dice, told = random.Random(61), collections.Counter()
    posts = []
    for _ in range(FORGERIES):
        telegram = f"149.154.{dice.randint(160, 175)}.{dice.randint(1, 254)}"
        name = dice.choice(["X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP"])
        posts.append((scene.path, scene.service.update(), {**scene.headers(), "X-Forwarded-For": telegram, name: telegram}))
    answers, losses = storm(scene.shipped.port, iter(posts), 20)
    told.update(status for status, _ in answers)
    assert not losses and told == {404: FORGERIES}, (told, losses[:3])
    # Behind a trusted proxy its last word counts, and what stood there before it does not.
    told = [scene.deliver(scene.behind, headers={"X-Forwarded-For": said})[0] for said in (
        "149.154.160.1", "8.8.8.8, 91.108.4.9", "149.154.160.1, 8.8.8.8", "127.0.0.1", "nonsense")]
    assert told == [200, 200, 404, 404, 404], told
    return f"{FORGERIES} of {FORGERIES} refused"


def test_a_thousand_wrong_paths_look_the_same(scene):
    dice, seen = random.Random(62), collections.Counter()
    words = ["telegram", "pakasir", "healthz", "readyz", "metrics", ".env", ".git/config", "wp-login.php", "", "admin"]
    posts = ["/telegram/wrong", "/telegram/", "/telegram", "/pakasir/wrong", scene.path + "/", scene.path + "x"]
    while len(posts) < 1_000:
        posts.append("/" + "/".join(dice.choices([*words, f"{dice.getrandbits(64):x}"], k=dice.randint(1, 4))))
    for number, path in enumerate(posts):
        method = ["GET", "POST", "PUT", "DELETE"][number % 4]
        status, headers, body = scene.ask(scene.open, method, path)
        seen[status, body, tuple(sorted(names(headers).items()))] += 1
    assert len(seen) == 1, seen
    (status, body, headers), = seen
    assert status == 404 and body == b"", (status, body)
    assert dict(headers)["server"] == "nginx", headers
    return f"{sum(seen.values())} answers, one look: {dict(headers)}"


def test_a_large_body_is_refused(scene):
    status, headers, body = scene.ask(scene.open, "POST", scene.path, body=b"x" * 300_000, headers=scene.headers())
    assert (status, body) == (413, b""), (status, body)


def test_a_storm_gets_no_answer_but_ours(scene):
    wrong = {TELEGRAM_SECRET: "wrong"}
    callbacks = scene.path.replace("/telegram/", "/pakasir/")
    def posts():
        for number in range(2_000):
            yield [
                (scene.path, scene.service.update(), scene.headers()),
                (scene.path, b"{}", wrong),
                ("/telegram/wrong", b"{}", scene.headers()),
                (callbacks, b"{}", {"X-Secret": "wrong"}),
            ][number % 4]
    answers, losses = storm(scene.open.port, posts(), 50)
    told = collections.Counter(status for status, _ in answers)
    assert not losses, losses[:3]
    assert set(told) <= {200, 401, 404, 503} and sum(told.values()) == 2_000, told
    assert told[200] == 500, f"Telegram's own deliveries felt a limit: {told}"
    return dict(sorted(told.items()))


def test_a_flood_of_callbacks_is_held_off_with_a_time_to_come_again(scene):
    path = scene.path.replace("/telegram/", "/pakasir/")
    answers, losses = storm(scene.open.port, itertools.repeat((path, b"{}", {}), 1_000), 50)
    told = collections.Counter(status for status, _ in answers)
    assert not losses and set(told) == {401, 503}, (told, losses[:3])
    assert all(headers["Retry-After"] == "1" for status, headers in answers if status == 503)
    return dict(sorted(told.items()))


def dribble(scene, head, every):
    """How long nginx listens to somebody who sends a head and then now and then a byte."""
    with socket.create_connection(("127.0.0.1", scene.open.port), timeout=30) as plain:
        with TRUSTING.wrap_socket(plain) as wire:
            begun = time.monotonic()
            wire.sendall(head)
            wire.settimeout(every)
            while time.monotonic() - begun < 28:
                try:
                    if wire.recv(1024) == b"":
                        return time.monotonic() - begun
                except TimeoutError:
                    if every < 20:
                        wire.sendall(b"x")
                except OSError:
                    return time.monotonic() - begun
    return None


def test_slow_clients_are_cut(scene):
    heads = {
        "silent": (b"", 25),
        "half a head": (b"POST / HTTP/1.1\r\nHost: shop.exam", 25),
        "a head that dribbles": (b"POST / HTTP/1.1\r\nHost: shop.example\r\nX-Slow: ", 1),
        "a body that never comes": (
            f"POST {scene.path} HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 9000\r\n\r\n".encode(), 25),
    }
    spent = {}
    def one(name):
        spent[name] = dribble(scene, *heads[name])
    threads = [threading.Thread(target=one, args=[name]) for name in heads]
    for thread in threads:
        thread.start()
    assert scene.deliver(scene.open)[0] == 200
    for thread in threads:
        thread.join()
    assert all(spent.get(name) and spent[name] < 15 for name in heads), spent
    return ", ".join(f"{name} {seconds:.1f}s" for name, seconds in spent.items())


def test_a_restart_under_load_is_not_seen(scene):
    until = time.monotonic() + 8
    def posts():
        while time.monotonic() < until:
            yield scene.path, scene.service.update(), scene.headers()
    result, restarts = [], 0
    thread = threading.Thread(target=lambda: result.extend(storm(scene.open.port, posts(), 20)))
    thread.start()
    while time.monotonic() < until - 2:
        time.sleep(0.7)
        scene.service.stop(kill=restarts % 2 == 1)
        scene.service.start()
        restarts += 1
    thread.join()
    answers, losses = result
    told = collections.Counter(status for status, _ in answers)
    assert not losses, losses[:3]
    assert set(told) <= {200, 503} and restarts >= 3, (told, restarts)
    assert all(headers["Retry-After"] == "1" for status, headers in answers if status == 503)
    return f"{restarts} restarts, every second one by kill -9: {dict(told)}"


def test_an_outage_says_when_to_come_again(scene):
    # Without a process and without its sockets nobody listens behind.
    scene.service.stop()
    for held in scene.service.sockets:
        held.close()
    scene.service.sockets.clear()
    for _ in range(100):
        status, headers, body = scene.deliver(scene.open)
        assert (status, body, names(headers).get("retry-after")) == (503, b"", "1"), (status, headers, body)
    path = scene.path.replace("/telegram/", "/pakasir/")
    for gate in (scene.open, scene.shipped):
        status, headers, body = scene.ask(gate, "POST", path, body=b"{}")
        assert (status, body, names(headers).get("retry-after")) == (503, b"", "1"), (status, headers, body)
    scene.service.start()
    assert scene.deliver(scene.open)[0] == 200


def test_no_log_of_nginx_names_a_hook(scene):
    hook, looked = scene.path.rsplit("/", 1)[-1], 0
    assert len(hook) > 20, hook
    for gate in scene.gates:
        gate.stop()
        gate.process = None
        for log in (gate.folder / "error.log", gate.folder / "access.log", gate.log):
            if log.exists():
                looked += 1
                text = log.read_text()
                assert hook not in text, f"{log.name}: {[line for line in text.splitlines() if hook in line][:2]}"
    assert looked > 3, looked
    return f"{looked} files"


if __name__ == "__main__":
    checks = Checks()
    with Scratch() as folder:
        scene = Scene(folder)
        try:
            checks.run_all(globals(), scene)
        finally:
            scene.close()
    checks.end()
