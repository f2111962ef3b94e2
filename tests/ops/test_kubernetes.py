"""The manifests: rendered by kubectl, held to the schemas of Kubernetes, and every container to every rule."""

import copy
import re
import subprocess

import yaml

from ground import ROOT, Checks, Scratch, program, run

SHIPPED = ROOT / "k8s"
PLACES = ["base", "overlays/sqlite", "overlays/postgres"]
OPERATOR = {"ServiceMonitor", "PrometheusRule"}
VERSION = "1.32"
USER = 65532
BOUNDS = ["cpu", "memory", "ephemeral-storage"]


def rendered():
    found = {}
    for place in PLACES:
        said = run(program("kubectl"), "kustomize", SHIPPED / place)
        found[place] = [one for one in yaml.safe_load_all(said) if one]
    return found


def of_kind(objects, kind):
    return [one for one in objects if one["kind"] == kind]


def pods(objects):
    """Every pod template, by whose it is."""
    for one in objects:
        if one["kind"] in ("Deployment", "StatefulSet", "DaemonSet", "Job"):
            yield one["metadata"]["name"], one["spec"]["template"]
        if one["kind"] == "CronJob":
            yield one["metadata"]["name"], one["spec"]["jobTemplate"]["spec"]["template"]


# Each rule is what must be so, by what it is called in a failure.
POD_RULES = {
    "it runs as nobody's user": lambda it: it["securityContext"]["runAsNonRoot"] is True
    and it["securityContext"]["runAsUser"] == it["securityContext"]["runAsGroup"] == USER,
    "it has the system calls of the runtime": lambda it: it["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"},
    "it gets no token of the cluster": lambda it: it["automountServiceAccountToken"] is False,
    "it has an account of its own": lambda it: it["serviceAccountName"] == "auto-order",
    "it does not hear of other services": lambda it: it["enableServiceLinks"] is False,
    "it shares nothing with the machine": lambda it: not any(it.get(name) for name in ("hostNetwork", "hostPID", "hostIPC"))
    and not any("hostPath" in volume for volume in it["volumes"]),
    "its settings are read by it alone": lambda it: [volume["secret"]["defaultMode"] for volume in it["volumes"]
                                                     if "secret" in volume] == [0o440],
    "what it may fill has a bound": lambda it: all(
        volume["emptyDir"].get("sizeLimit") for volume in it["volumes"] if "emptyDir" in volume),
}
CONTAINER_RULES = {
    "its root is read-only": lambda it: it["securityContext"]["readOnlyRootFilesystem"] is True,
    "it gains no privilege": lambda it: it["securityContext"]["allowPrivilegeEscalation"] is False,
    "it has no privilege": lambda it: it["securityContext"]["privileged"] is False,
    "it has no capability": lambda it: it["securityContext"]["capabilities"] == {"drop": ["ALL"]},
    "it asks for what it needs and has an end": lambda it: all(
        it["resources"][part].get(bound) for part in ("requests", "limits") for bound in BOUNDS),
    "its image has a version": lambda it: re.fullmatch(r"\S+:\d+\.\d+\.\d+", it["image"]) is not None,
    "its settings come as a file": lambda it: it["args"][-2:] == ["--env-file", "/run/secrets/auto-order/bot.env"]
    and any(mount["mountPath"] == "/run/secrets/auto-order" and mount["readOnly"] for mount in it["volumeMounts"]),
    "no secret stands in its environment": lambda it: not it.get("envFrom") and not any(
        "valueFrom" in one or re.search("TOKEN|KEY|SECRET|PASSWORD", one["name"]) for one in it["env"]),
}


def holds(rule, it):
    try:
        return bool(rule(it))
    except (KeyError, TypeError, IndexError):
        return False


def faults_of(pod):
    faults = [name for name, rule in POD_RULES.items() if not holds(rule, pod)]
    containers = pod["containers"] + pod.get("initContainers", [])
    return faults + [f"{it['name']}: {name}" for it in containers for name, rule in CONTAINER_RULES.items() if not holds(rule, it)]


def test_every_container_keeps_every_rule(found):
    seen = 0
    for place, objects in found.items():
        for name, template in pods(objects):
            seen += len(template["spec"]["containers"])
            faults = faults_of(template["spec"])
            assert not faults, f"{place}: {name}: {faults}"
    assert seen == 2 * len(PLACES), seen
    return f"{seen} containers × {len(CONTAINER_RULES)} rules, and {len(POD_RULES)} of their pods"


def test_every_rule_finds_what_breaks_it(found):
    _, template = next(pods(found["base"]))
    whole, broken = template["spec"], 0
    def without(pod, place, key):
        changed = copy.deepcopy(pod)
        del place(changed)[key]
        return changed
    for key in ("securityContext", "serviceAccountName", "automountServiceAccountToken", "enableServiceLinks"):
        broken += bool(faults_of(without(whole, lambda pod: pod, key)))
    for key in ("runAsNonRoot", "runAsUser", "seccompProfile"):
        broken += bool(faults_of(without(whole, lambda pod: pod["securityContext"], key)))
    for key in ("readOnlyRootFilesystem", "allowPrivilegeEscalation", "privileged", "capabilities"):
        broken += bool(faults_of(without(whole, lambda pod: pod["containers"][0]["securityContext"], key)))
    for key in ("resources", "volumeMounts", "args"):
        broken += bool(faults_of(without(whole, lambda pod: pod["containers"][0], key)))
    latest = copy.deepcopy(whole)
    latest["containers"][0]["image"] = "auto-order:latest"
    open_secret = copy.deepcopy(whole)
    open_secret["containers"][0]["env"].append({"name": "TELEGRAM_BOT_TOKEN", "value": "1"})
    broken += bool(faults_of(latest)) + bool(faults_of(open_secret))
    assert broken == 16, broken
    return f"{broken} of 16 found"


def test_every_object_fits_the_schemas_of_kubernetes(found):
    counted = 0
    with Scratch() as folder:
        for place, objects in found.items():
            known = [one for one in objects if one["kind"] not in OPERATOR]
            counted += len(known)
            file = folder / f"{place.replace('/', '-')}.yaml"
            file.write_text(yaml.safe_dump_all(known))
            run(program("kubernetes-validate"), "--strict", "-k", VERSION, file)
        run(program("kubernetes-validate"), "--strict", "-k", VERSION, SHIPPED / "secret.example.yaml")
        wrong = folder / "wrong.yaml"
        wrong.write_text(yaml.safe_dump_all(found["base"]).replace("readOnlyRootFilesystem", "readOnlyRoot"))
        command = [program("kubernetes-validate"), "--strict", "-k", VERSION, str(wrong)]
        assert subprocess.run(command, capture_output=True).returncode != 0, "a wrong word is not seen"
    return f"{counted + 1} objects, Kubernetes {VERSION}"


def test_it_is_asked_for_its_health_on_the_inner_address(found):
    for place, objects in found.items():
        deployment, = of_kind(objects, "Deployment")
        shop, = deployment["spec"]["template"]["spec"]["containers"]
        ports = {port["name"]: port["containerPort"] for port in shop["ports"]}
        asked = {kind: (shop[f"{kind}Probe"]["httpGet"]["path"], shop[f"{kind}Probe"]["httpGet"]["port"])
                 for kind in ("startup", "readiness", "liveness")}
        assert asked == {"startup": ("/readyz", "probe"), "readiness": ("/readyz", "probe"), "liveness": ("/healthz", "probe")}
        env = {one["name"]: one.get("value") for one in shop["env"]}
        assert env["BIND_ADDR"] == f"0.0.0.0:{ports['http']}" and env["PROBE_ADDR"] == f"0.0.0.0:{ports['probe']}", env
        grace = deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
        waits = shop.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        # The service needs at most ten seconds for its end.
        assert grace >= waits + 15, (place, grace, waits)


def test_sqlite_has_one_process_and_one_disk(found):
    objects = found["overlays/sqlite"]
    deployment, = of_kind(objects, "Deployment")
    claim, = of_kind(objects, "PersistentVolumeClaim")
    assert deployment["spec"]["replicas"] == 1 and deployment["spec"]["strategy"] == {"type": "Recreate"}
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]
    assert not of_kind(objects, "HorizontalPodAutoscaler")
    for name, template in pods(objects):
        volumes = {one["name"]: one for one in template["spec"]["volumes"]}
        assert volumes["data"] == {"name": "data", "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]}}, name
        env = {one["name"]: one["value"] for one in template["spec"]["containers"][0]["env"]}
        assert env["DATABASE_URL"] == "sqlite:/data/auto-order.db", name


def test_postgres_has_replicas_that_give_way_to_each_other(found):
    objects = found["overlays/postgres"]
    deployment, = of_kind(objects, "Deployment")
    scaler, = of_kind(objects, "HorizontalPodAutoscaler")
    budget, = of_kind(objects, "PodDisruptionBudget")
    spec = deployment["spec"]
    assert "replicas" not in spec and scaler["spec"]["minReplicas"] >= 2, "the autoscaler says how many"
    assert scaler["spec"]["scaleTargetRef"]["name"] == deployment["metadata"]["name"]
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert budget["spec"]["maxUnavailable"] == 1 and budget["spec"]["selector"] == spec["selector"]
    spread = spec["template"]["spec"]["topologySpreadConstraints"]
    assert {one["topologyKey"] for one in spread} == {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}
    assert spec["template"]["spec"]["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"] >= 5


def test_who_points_at_whom_is_there(found):
    for place, objects in found.items():
        ports = {}
        for name, template in pods(objects):
            labels = template["metadata"]["labels"]
            for container in template["spec"]["containers"]:
                ports[tuple(sorted(labels.items()))] = {port["name"] for port in container.get("ports", [])}
        def chosen(selector):
            return [names for labels, names in ports.items() if set(selector.items()) <= set(labels)]
        for service in of_kind(objects, "Service"):
            names, = chosen(service["spec"]["selector"])
            assert all(port["targetPort"] in names for port in service["spec"]["ports"]), service
        services = {one["metadata"]["name"]: {port["name"] for port in one["spec"]["ports"]} for one in of_kind(objects, "Service")}
        for ingress in of_kind(objects, "Ingress"):
            for path in ingress["spec"]["rules"][0]["http"]["paths"]:
                service = path["backend"]["service"]
                assert service["port"]["name"] in services[service["name"]], ingress
        for policy in of_kind(objects, "NetworkPolicy"):
            assert chosen(policy["spec"]["podSelector"]["matchLabels"]), policy
        nothing = [one for one in of_kind(objects, "NetworkPolicy") if "ingress" not in one["spec"] and "egress" not in one["spec"]]
        assert len(nothing) == 1 and nothing[0]["spec"]["policyTypes"] == ["Ingress", "Egress"], place
        assert len(chosen(nothing[0]["spec"]["podSelector"]["matchLabels"])) == len(ports), "it is closed for every pod"
        for monitor in of_kind(objects, "ServiceMonitor"):
            meant = [one for one in of_kind(objects, "Service")
                     if monitor["spec"]["selector"]["matchLabels"].items() <= one["metadata"]["labels"].items()]
            assert [port["name"] for one in meant for port in one["spec"]["ports"]] == ["probe"], meant


def test_telegrams_ranges_are_the_same_everywhere(found):
    ranges = re.findall(r"^([\d./]+) +1;", (ROOT / "nginx/telegram-ranges.conf").read_text(), re.M)
    assert len(ranges) == 2, ranges
    for place in PLACES[1:]:
        telegram, = [one for one in of_kind(found[place], "Ingress") if "telegram" in one["metadata"]["name"]]
        allowed = telegram["metadata"]["annotations"]["nginx.ingress.kubernetes.io/whitelist-source-range"]
        assert allowed.split(",") == ranges, allowed


def test_the_rules_are_those_of_prometheus(found):
    written = run(ROOT / "scripts/prometheus-rule", "-")
    kept = (SHIPPED / "components/monitoring/prometheusrule.yaml").read_text()
    assert written == kept, "prometheus/rules.yml was changed: run ./scripts/prometheus-rule"
    groups = yaml.safe_load((ROOT / "prometheus/rules.yml").read_text())["groups"]
    for place in PLACES[1:]:
        rule, = of_kind(found[place], "PrometheusRule")
        assert rule["spec"]["groups"] == groups, place


def test_no_secret_is_shipped(found):
    for place, objects in found.items():
        assert not of_kind(objects, "Secret"), place
    example = yaml.safe_load((SHIPPED / "secret.example.yaml").read_text())
    named = {line.split("=")[0] for line in (ROOT / ".env.example").read_text().splitlines() if "=" in line}
    for line in example["stringData"]["bot.env"].splitlines():
        name, _, value = line.lstrip("# ").partition("=")
        if line.startswith("#"):
            continue
        assert not value or name == "PUBLIC_URL", line
        assert name in named or name.startswith("BACKUP_"), line


if __name__ == "__main__":
    checks = Checks()
    checks.run_all(globals(), rendered())
    checks.end()
