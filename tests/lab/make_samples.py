#!/usr/bin/env python3
"""Makes samples/ with the real nginx: make_samples.py FOLDER.  A small site is moved to a CDN and has a bad afternoon; its logs are
left as logrotate leaves them.  Times, process numbers and ports are those of the run."""

import gzip
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time

import lab

SITE = lab.http("""
    limit_req_zone $binary_remote_addr zone=login:1m rate=1r/s;
    limit_conn_zone $binary_remote_addr zone=perip:1m;
    upstream app {
        server 127.0.0.1:{good};
        server 127.0.0.1:{dead} max_fails=1 fail_timeout=2s;
    }
    upstream down {
        server 127.0.0.1:{dead} max_fails=1 fail_timeout=30s;
        server 127.0.0.1:{dead2} max_fails=1 fail_timeout=30s;
    }
    server {
        listen 127.0.0.1:{port};
        listen [::1]:{port};
        server_name shop.example www.shop.example;
        root /srv/shop/html;
        client_max_body_size 1m;
        location /api/ { proxy_pass http://app; }
        location /old/ { proxy_pass http://127.0.0.1:{dead}; }
        location /search/ { proxy_pass http://127.0.0.1:{slow}; proxy_read_timeout 1s; }
        location /stock/ { proxy_pass http://127.0.0.1:{full}; proxy_connect_timeout 1s; }
        location /pay/ { proxy_pass http://down; }
        location /report/ { proxy_pass http://127.0.0.1:{closes}; }
        location /account/ { proxy_pass http://127.0.0.1:{header}; }
        location /download/ { proxy_pass http://127.0.0.1:{big}; }
        location /upload/ { proxy_pass http://127.0.0.1:{good}; }
        location /login { limit_req zone=login burst=2 nodelay; proxy_pass http://127.0.0.1:{good}; }
        location /video/ { limit_conn perip 1; limit_rate 4k; proxy_pass http://127.0.0.1:{big}; }
        location /admin/ { deny all; }
        location /images/ { alias /usr/share/nginx/; }
    }
    server {
        listen 127.0.0.1:{port};
        server_name cdn.shop.example;
        location / { proxy_pass https://127.0.0.1:{tls}; }
    }
""")


def visitor(number):
    """Visitors have loopback addresses of their own."""
    return f"127.0.0.{20 + number}"


def afternoon(nginx):
    """What visitors do; each class of event occurs several times, from several addresses."""
    for number in range(12):
        nginx.get(f"/api/items/{number}", host="shop.example", source=visitor(number))
    for number in range(9):
        nginx.get(f"/old/page-{number}.html?ref=mail", host="www.shop.example", source=visitor(number % 4))
    for name in ("favicon.ico", "robots.txt", "apple-touch-icon.png", "wp-login.php", ".env", "static/app.js"):
        referrer = ["Referer: https://shop.example/"] if name.startswith("static") else []
        nginx.get("/" + name, host="shop.example", headers=referrer, source=visitor(7))
    for number in range(3):
        nginx.get(f"/search/?q=red+shoes+{number}", host="shop.example", source=visitor(number))
    for number in range(2):
        nginx.get(f"/stock/{number}", host="shop.example")
    for number in range(5):
        nginx.get(f"/pay/{number}", host="shop.example", source=visitor(number))
    for number in range(3):
        nginx.get(f"/report/{number}", host="shop.example")
    nginx.get("/account/me", host="shop.example", headers=["Cookie: session=1"])
    for _ in range(9):
        nginx.get("/login", host="shop.example", source=visitor(9))
    watchers = [threading.Thread(target=nginx.get_slowly, args=("/video/1", "shop.example", 1.0, visitor(3), False)) for _ in range(4)]
    for watcher in watchers:
        watcher.start()
    time.sleep(0.3)
    nginx.get("/admin/", host="shop.example")
    nginx.get("/images/", host="shop.example")
    nginx.get("/upload/photo", host="shop.example", headers=["Content-Length: 5242880"], timeout=3)
    with_body(nginx, "/upload/photo.jpg", 200_000)
    for number in range(3):
        nginx.get_slowly(f"/download/{number}.zip", "shop.example", 0.7, visitor(number))
    for number in range(6):
        nginx.get(f"/assets/{number}.css", host="cdn.shop.example", source=visitor(number))
    # A visitor who would like to write his own record, and one who tries the terminal and the report's markup.
    forged = "/a%0A2026/11/20%2003:12:45%20%5Bemerg%5D%2066%2366:%20*7%20forged%20by%20a%20client"
    nginx.get(forged, host="shop.example")
    nginx.get("/%1B%5B31m%3Cscript%3Ealert(1)%3C/script%3E%7C%60id%60", host="shop.example",
              headers=['Referer: http://evil.example/, client: 6.6.6.6, server: forged'])
    for watcher in watchers:
        watcher.join(40)


def with_body(nginx, target, size):
    with socket.create_connection(("127.0.0.1", nginx.port), 10) as client:
        client.sendall(f"POST {target} HTTP/1.1\r\nHost: shop.example\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode())
        client.sendall(b"x" * size)
        lab.read_all(client)


def main():
    folder = os.path.abspath(sys.argv[1])
    os.makedirs(folder, exist_ok=True)
    work = tempfile.mkdtemp(prefix="nginx-lab-")
    big = os.urandom(1 << 20) * 6
    header = lab.answers_with(b"ok", headers=["Set-Cookie: state=" + "x" * 9000])
    with lab.Server(lab.answers_with(b"ok")) as good, lab.Server(lab.answers_with(b"late", delay=5)) as slow, \
            lab.Server(lab.closes_without_answer) as closes, lab.Server(header) as large, lab.Server(lab.answers_with(big)) as download, \
            lab.Server(lab.answers_with(b"asset"), tls=lab.tls_that_wants_sni(work, "cdn.example")) as tls, lab.full_backlog() as full:
        nginx = lab.Nginx(SITE, level="warn", good=good.port, slow=slow.port, closes=closes.port, header=large.port,
                          big=download.port, tls=tls.port, full=full, dead=lab.free_port(), dead2=lab.free_port())
        with nginx:
            rotations = 3
            for rotation in range(rotations):
                afternoon(nginx)
                if rotation < rotations - 1:
                    os.rename(nginx.path("logs", "error.log"), nginx.path("logs", f"error.log.{rotations - 1 - rotation}"))
                    os.kill(nginx.process.pid, signal.SIGUSR1)
                    lab.wait_for(lambda: os.path.exists(nginx.path("logs", "error.log")), what="the log to be reopened")
            nginx.stop()
            logs = nginx.path("logs")
            shutil.copy(os.path.join(logs, "error.log"), folder)
            shutil.copy(os.path.join(logs, "error.log.1"), folder)
            with open(os.path.join(logs, "error.log.2"), "rb") as plain, open(os.path.join(folder, "error.log.2.gz"), "wb") as packed:
                with gzip.GzipFile("error.log.2", "wb", fileobj=packed, mtime=0) as stream:
                    stream.write(plain.read())
            shutil.copy(os.path.join(logs, "access.log"), folder)
            for name in os.listdir(folder):
                os.chmod(os.path.join(folder, name), 0o644)
    shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
