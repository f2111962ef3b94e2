"""A real Prometheus scrapes the running service: every rule, every alert's test, every query of the dashboard."""

import json
import re
import subprocess
import urllib.parse
import urllib.request

import yaml

from ground import CALLBACK_SECRET, ROOT, Checks, Scratch, Service, ask, free_port, program, run, start, wait_until

SHIPPED = ROOT / "prometheus"
RULES = yaml.safe_load((SHIPPED / "rules.yml").read_text())
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
BOARD = json.loads((SHIPPED / "dashboard.json").read_text())
# What a fresh shop has no figures of: nobody has bought, and nobody was refused by Telegram.
QUIET = ["auto_order_orders_total", "auto_order_payments_total", 'outcome!="ok"']


class Scene:
    """The service, some traffic, and Prometheus with the shipped files: only the address and the pace are changed."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.service = Service(folder).start()
        self.set_one_aside()
        text = (SHIPPED / "prometheus.yml").read_text()
        for shipped, here in {"127.0.0.1:9090": f"127.0.0.1:{self.service.probe}", ": 15s": ": 1s"}.items():
            assert shipped in text, shipped
            text = text.replace(shipped, here)
        (folder / "prometheus.yml").write_text(text)
        (folder / "rules.yml").write_text((SHIPPED / "rules.yml").read_text())
        command = [
            program("prometheus"), f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn"]
        self.process = start(command, folder / "prometheus.log", cwd=folder)

    def wait(self):
        wait_until("the first scrapes", self.has_been_scraped, 90, pause=0.5)

    def traffic(self):
        path, secret = self.service.registered()
        for _ in range(5):
            headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
            assert ask(self.service.bind, "POST", path, self.service.update(), headers)[0] == 200
        assert ask(self.service.bind, "POST", path, b"{}", {"X-Telegram-Bot-Api-Secret-Token": "wrong"})[0] == 401

    def set_one_aside(self):
        """A callback that is none is set aside, and counted, before Prometheus looks: a rise would be an alert."""
        callbacks = self.service.registered()[0].replace("/telegram/", "/pakasir/")
        assert ask(self.service.bind, "POST", callbacks, b"{}", {"X-Secret": CALLBACK_SECRET})[0] == 200
        counted = b"\nauto_order_inbox_dead_total 1\n"
        wait_until("the fact set aside", lambda: counted in ask(self.service.probe, "GET", "/metrics")[2])

    def has_been_scraped(self):
        """Rates need two figures of what moves: it moves until Prometheus has seen it move."""
        assert self.process.poll() is None, (self.folder / "prometheus.log").read_text()[-2000:]
        self.traffic()
        try:
            ready = self.query('rate(auto_order_webhook_ack_seconds_count{job="auto-order"}[1m]) > 0')
            calls = self.query('rate(auto_order_update_to_call_seconds_count{job="auto-order"}[1m]) > 0')
            swept = self.query('auto_order_job_last_success_timestamp_seconds{exported_job="sweep"}')
            pruned = self.query('auto_order_job_last_success_timestamp_seconds{exported_job="prune"}')
        except OSError:
            return False
        return ready and calls and swept and pruned

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            said = json.load(answer)
        assert said["status"] == "success", said
        return said["data"]

    def query(self, expression):
        return self.get("/api/v1/query?" + urllib.parse.urlencode({"query": expression}))["result"]

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        self.service.close()


def board_queries():
    """Every query of the dashboard by its panel's title, as Grafana would send it."""
    found = []
    for panel in BOARD["panels"]:
        for target in panel.get("targets", []):
            text = target["expr"].replace("$__rate_interval", "1m").replace("$shop", ".*")
            assert "$" not in text, text
            found.append((panel["title"], text))
    return found


def test_promtool_takes_the_rules_and_the_scrape(scene):
    run(program("promtool"), "check", "rules", SHIPPED / "rules.yml")
    run(program("promtool"), "check", "config", SHIPPED / "prometheus.yml")
    return f"{len(ALERTS)} alerts"


def test_every_alert_is_seen_firing_and_not_firing(scene):
    run(program("promtool"), "test", "rules", SHIPPED / "rules.test.yml")
    seen = set(re.findall(r'alertname="(\w+)"', (SHIPPED / "rules.test.yml").read_text()))
    names = {rule["alert"] for rule in ALERTS}
    assert seen == names, seen ^ names


def broken(folder, number, expression, which):
    """Whether the tests `which` of the alerts fail when one rule has another expression."""
    place = folder / "broken"
    place.mkdir(exist_ok=True)
    tests = yaml.safe_load((SHIPPED / "rules.test.yml").read_text())
    tests["tests"] = [test for test in tests["tests"] if which(json.dumps(test))]
    assert tests["tests"]
    (place / "rules.test.yml").write_text(yaml.safe_dump(tests))
    rules = yaml.safe_load((SHIPPED / "rules.yml").read_text())
    [rule for group in rules["groups"] for rule in group["rules"]][number]["expr"] = expression
    (place / "rules.yml").write_text(yaml.safe_dump(rules))
    command = [program("promtool"), "test", "rules", place / "rules.test.yml"]
    return subprocess.run(command, capture_output=True).returncode != 0


def test_the_tests_of_the_alerts_can_fail(scene):
    for number, rule in enumerate(ALERTS):
        name, never = rule["alert"], "vector(1) == 0"
        assert broken(scene.folder, number, never, lambda test: name in test), f"{name} may never fire, and no test fails"
        assert broken(scene.folder, number, "vector(1)", lambda test: "wakes nobody" in test), f"{name} may always fire"
    return f"{2 * len(ALERTS)} broken rules found"


def test_every_alert_says_what_to_do(scene):
    pages = set()
    for rule in ALERTS:
        said, name = rule["annotations"], rule["alert"]
        assert said["summary"] and said["description"] and rule["labels"]["severity"] in ("warning", "critical"), name
        assert said["runbook"] == f"docs/runbooks/{name}.md", said
        page = (ROOT / said["runbook"]).read_text()
        assert page.startswith(f"# {name}\n") and "\n## Look\n" in page and "\n## Do\n" in page, name
        assert said["summary"] in page and rule["labels"]["severity"] in page, name
        pages.add(f"{name}.md")
    there = {page.name for page in (ROOT / "docs/runbooks").iterdir()} - {"README.md"}
    assert there == pages, there ^ pages
    listed = set(re.findall(r"\]\((\w+\.md)\)", (ROOT / "docs/runbooks/README.md").read_text()))
    assert listed == pages, listed ^ pages


def test_every_rule_runs_and_none_is_ill(scene):
    loaded = scene.get("/api/v1/rules")["groups"]
    rules = [rule for group in loaded for rule in group["rules"]]
    assert {rule["name"] for rule in rules} == {rule["alert"] for rule in ALERTS}
    wait_until("a look at every rule", lambda: all(
        rule["health"] == "ok" for group in scene.get("/api/v1/rules")["groups"] for rule in group["rules"]))
    for rule in ALERTS:
        scene.query(rule["expr"])
    firing = [alert["labels"]["alertname"] for alert in scene.get("/api/v1/alerts")["alerts"] if alert["state"] == "firing"]
    assert not firing, f"a shop that is well wakes somebody: {firing}"


def test_every_query_of_the_dashboard_has_an_answer(scene):
    queries, empty = board_queries(), []
    for title, text in queries:
        found = scene.query(text)
        if not found or all(one["value"][1] == "NaN" for one in found):
            empty.append((title, text))
    wrong = [one for one in empty if not any(quiet in one[1] for quiet in QUIET)]
    assert not wrong, wrong
    return f"{len(queries)} queries, {len(queries) - len(empty)} with figures"


def test_rules_and_dashboard_name_metrics_that_are_there(scene):
    code = (ROOT / "src/telemetry/metrics.rs").read_text()
    known = {f"auto_order_{name}" for name in re.findall(r'"(\w+)",?\s*"[A-Z]', code)}
    assert len(known) > 10, known
    texts = [rule["expr"] for rule in ALERTS] + [text for _, text in board_queries()]
    named = {re.sub(r"_(bucket|count|sum)$", "", one) for text in texts for one in re.findall(r"\bauto_order_\w+", text)}
    assert named <= known, named - known
    assert known <= named, f"nobody looks at {known - named}"
    return f"{len(named)} metrics"


def test_the_dashboard_is_one_that_grafana_takes(scene):
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(ids) == len(set(ids)) and BOARD["schemaVersion"] >= 36 and BOARD["uid"] and "id" not in BOARD
    taken = set()
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert place["x"] + place["w"] <= 24 and not cells & taken, panel["title"]
        taken |= cells
        if panel["type"] != "row":
            assert panel["description"] and panel["datasource"]["uid"] == "${datasource}", panel["title"]


if __name__ == "__main__":
    checks = Checks()
    with Scratch() as folder:
        scene = Scene(folder)
        try:
            scene.wait()
            checks.run_all(globals(), scene)
        finally:
            scene.close()
    checks.end()
