"""Asks the running service everything that openapi.yaml describes, and some of what it does not.

Each answer must be one that the page describes, down to headers and body, and each answer that the page
describes must have been seen. Addresses and secrets come as one JSON object on standard input.
"""

import http.client
import json
import sys

import jsonschema_rs
import yaml

page = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
given = json.load(sys.stdin)
seen = set()
checks = 0


def same(got, wanted, what):
    global checks
    checks += 1
    assert got == wanted, f"{what}: got {got!r}, wanted {wanted!r}"


def deref(node):
    while "$ref" in node:
        target = page
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def fits(value, schema, what):
    global checks
    checks += 1
    whole = {**schema, "components": page["components"]}
    faults = [fault.message for fault in jsonschema_rs.Draft202012Validator(whole).iter_errors(value)]
    assert not faults, f"{what}: {value!r}: {faults}"


WITHHELD = object()


def ask(address, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(address, timeout=4)
    if body is WITHHELD:
        # A body is announced and never sent: only who does not wait for it can answer in time.
        connection.request(method, path, headers={**(headers or {}), "Content-Length": "1000"})
    else:
        connection.request(method, path, body=body, headers=headers or {})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content


def described(address, method, template, status, path=None, body=None, headers=None, empty=None):
    """Asks, and holds the answer to what the page says about it."""
    what = f"{method} {template} -> {status}"
    got, sent, content = ask(address, method, path or template, body, headers)
    same(got, status, f"{method} {path or template}")
    responses = page["paths"][template][method.lower()]["responses"]
    assert str(status) in responses, f"{what} is not described"
    answer = deref(responses[str(status)])
    for name, header in answer.get("headers", {}).items():
        header = deref(header)
        assert name.lower() in sent, f"{what}: no {name}"
        fits(json.loads(sent[name.lower()]), header["schema"], f"{what}: {name}")
    kind = sent.get("content-type", "").split(";")[0]
    if content:
        assert kind in answer.get("content", {}), f"{what}: a body of {kind!r}: {content[:80]!r}"
        value = json.loads(content) if kind == "application/json" else content.decode()
        fits(value, answer["content"][kind]["schema"], what)
    if empty is not None:
        same(not content, empty, f"{what}: an empty body")
    seen.add((template, method, status))


def webhooks():
    bind, hook = given["bind"], given["hook"]
    press = json.dumps({"update_id": 2, "callback_query": {"id": "77", "from": {"id": 9}}})
    update = json.dumps({"update_id": 1, "message": {"from": {"id": 9}, "chat": {"id": 9}, "text": "x"}})
    for door, header in [("telegram", "X-Telegram-Bot-Api-Secret-Token"), ("pakasir", "X-Secret")]:
        template, path = f"/{door}/{{hook}}", f"/{door}/{hook}"
        right = {header: given[f"{door}_secret"]}
        bodies = [update, update, "{not json", "[" * 100_000, "", b"\xff\x00", "null", '{"update_id":"x"}']
        for body in bodies:
            described(bind, "POST", template, 200, path, body, right, empty=True)
        described(bind, "POST", template, 200, path, press, right, empty=door == "pakasir")
        largest = "x" * (256 * 1024)
        described(bind, "POST", template, 200, path, largest, right, empty=True)
        described(bind, "POST", template, 413, path, largest + "x", right, empty=True)
        wrong = [{}, {header: ""}, {header: "wrong"}, {header: right[header] + "x"}, {"X-Other": "1"}]
        for headers in wrong:
            for body in [update, WITHHELD, ""]:
                described(bind, "POST", template, 401, path, body, headers, empty=True)
        described(bind, "POST", template, 404, f"/{door}/nobody", update, right, empty=True)
        described(given["closed_bind"], "POST", template, 503, f"/{door}/{given['closed_hook']}", update,
                  {header: given[f"closed_{door}_secret"]}, empty=True)


def probes():
    for listener in ["bind", "probe"]:
        described(given[listener], "GET", "/healthz", 200)
        described(given[listener], "GET", "/readyz", 200)
        described(given[f"closed_{listener}"], "GET", "/healthz", 200)
        described(given[f"closed_{listener}"], "GET", "/readyz", 503)
    described(given["probe"], "GET", "/metrics", 200)


def nothing_else():
    bind, probe, hook = given["bind"], given["probe"], given["hook"]
    asked = [
        (bind, "GET", "/metrics"), (bind, "GET", "/"), (bind, "POST", "/"), (bind, "GET", f"/telegram/{hook}"),
        (bind, "PUT", f"/telegram/{hook}"), (bind, "DELETE", f"/pakasir/{hook}"), (bind, "POST", "/telegram/"),
        (bind, "POST", f"/telegram/{hook}/"), (bind, "POST", f"/{hook}"), (bind, "POST", "/healthz"),
        (bind, "OPTIONS", "/readyz"), (bind, "GET", "/openapi.yaml"), (probe, "POST", "/metrics"),
        (probe, "POST", f"/telegram/{hook}"), (probe, "POST", f"/pakasir/{hook}"), (probe, "GET", "/debug"),
    ]
    for address, method, path in asked:
        status, headers, content = ask(address, method, path)
        same((status, content), (404, b""), f"{method} {path}")
        same("allow" in headers, False, f"{method} {path} tells what is allowed")


def everything_was_seen():
    wanted = {
        (path, method.upper(), int(status))
        for path, item in page["paths"].items()
        for method, operation in item.items() if isinstance(operation, dict)
        for status in operation["responses"]
    }
    same(sorted(wanted - seen), [], "described but never seen")


webhooks()
probes()
nothing_else()
everything_was_seen()
print(f"the page and the service agreed {checks} times")
