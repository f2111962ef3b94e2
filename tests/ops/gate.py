"""Debian's nginx with the shipped files: only their ports and paths are put elsewhere."""

import http.client
import pathlib
import ssl
import threading

from ground import ROOT, free_port, listens, program, run, start, wait_until

SHIPPED = ROOT / "nginx"
MAIN = """daemon off;
user root;
worker_processes 2;
worker_rlimit_nofile 8192;
pid FOLDER/nginx.pid;
error_log FOLDER/error.log info;
events { worker_connections 4096; }
http {
    access_log FOLDER/access.log;
    client_body_temp_path FOLDER/body;
    proxy_temp_path FOLDER/proxy;
    fastcgi_temp_path FOLDER/fastcgi;
    uwsgi_temp_path FOLDER/uwsgi;
    scgi_temp_path FOLDER/scgi;
    include FOLDER/auto-order.conf;
    include FOLDER/site.conf;
}
"""


def certificate(folder):
    """A certificate for shop.example that nobody but the test trusts."""
    wishes = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=shop.example", "-addext", "subjectAltName=DNS:shop.example"]
    files = ["-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"]
    run(program("openssl"), "req", *wishes, *names, *files)


TRUSTING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TRUSTING.check_hostname = False
TRUSTING.verify_mode = ssl.CERT_NONE


class Gate:
    """A running nginx; `allowed` are further ranges of Telegram, `proxies` those that are believed."""

    def __init__(self, folder, upstream, allowed=(), proxies=()):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.port, self.log = free_port(), self.folder / "auto-order.log"
        certificate(self.folder)
        self.write("auto-order.conf")
        self.write("site.conf", upstream)
        ranges = (SHIPPED / "telegram-ranges.conf").read_text()
        trusted = (SHIPPED / "trusted-proxies.conf").read_text()
        (self.folder / "telegram-ranges.conf").write_text(ranges + "".join(f"{one} 1;\n" for one in allowed))
        (self.folder / "trusted-proxies.conf").write_text(trusted + "".join(f"set_real_ip_from {one};\n" for one in proxies))
        (self.folder / "nginx.conf").write_text(MAIN.replace("FOLDER", str(self.folder)))
        self.command = [program("nginx"), "-p", str(self.folder), "-e", str(self.folder / "error.log"), "-c", "nginx.conf"]
        self.process = None

    def write(self, name, upstream=None):
        elsewhere = {
            "/etc/nginx/auto-order/": f"{self.folder}/",
            "/etc/letsencrypt/live/shop.example/": f"{self.folder}/",
            "/var/log/nginx/": f"{self.folder}/",
            "listen 443 ": f"listen 127.0.0.1:{self.port} ",
            "127.0.0.1:8080": f"127.0.0.1:{upstream}",
        }
        text = (SHIPPED / name).read_text()
        for shipped, here in elsewhere.items():
            text = text.replace(shipped, here)
        (self.folder / name).write_text(text)

    def check(self):
        return run(*self.command, "-t")

    def start(self):
        self.process = start(self.command, self.folder / "nginx.out")
        wait_until("nginx", lambda: listens(self.port))
        return self

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)


class Sender:
    """Keeps one connection and speaks as Telegram does: an answer that closes it, or an error, opens a new one."""

    def __init__(self, port):
        self.port, self.connection = port, None

    def post(self, path, body, headers):
        for fresh in (False, True):
            if self.connection is None:
                self.connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=TRUSTING)
                fresh = True
            try:
                self.connection.request("POST", path, body=body, headers=headers)
                answer = self.connection.getresponse()
                answer.read()
                return answer.status, answer.headers
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # A kept connection may be closed while it is not used; that of a fresh one is a loss.
                self.connection.close()
                self.connection = None
                if fresh:
                    raise
        raise AssertionError("not reached")


def storm(port, posts, connections):
    """Sends what the iterator `posts` gives over that many connections; returns statuses with headers, and losses."""
    lock, answers, losses = threading.Lock(), [], []

    def send():
        sender = Sender(port)
        while True:
            with lock:
                post = next(posts, None)
            if post is None:
                return
            try:
                answer = sender.post(*post)
            except OSError as fault:
                with lock:
                    losses.append(repr(fault))
            else:
                with lock:
                    answers.append(answer)

    threads = [threading.Thread(target=send) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers, losses
