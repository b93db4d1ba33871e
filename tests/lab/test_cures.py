#!/usr/bin/env python3
"""The advice, proven with the real nginx: before the change the record is logged, after it no longer.  TAP; exit 77 without nginx."""

import os
import shutil
import sys
import tempfile

import cure
import lab


def sni(work):
    """The case that ngxerr began with, first half: a CDN that wants SNI, nginx that sends none."""
    site = lab.http("""
    server {
        listen 127.0.0.1:{port};
        location / { proxy_pass https://127.0.0.1:{tls};
{change}
        }
    }""")
    with lab.Server(lab.answers_with(b"asset"), tls=lab.tls_that_wants_sni(work, "cdn.example")) as tls:

        def answered(nginx):
            answer = nginx.get("/after")
            assert answer.startswith(b"HTTP/1.1 200"), answer[:80]
            assert b"\r\nHost: cdn.example\r\n" in tls.requests[-1], tls.requests[-1]

        cure.run_case("sni", site, lambda nginx: nginx.get("/"), "upstream-tls-handshake-failure", "sni",
                      values={"upstream_name": "cdn.example"}, ports={"tls": tls.port}, still_good=answered)


def buffered(way, size, **values):
    """Second half: big responses to a client that reads slowly."""
    site = lab.http("""
    server {
        listen 127.0.0.1:{port} sndbuf=16k;
        location / { proxy_pass http://127.0.0.1:{big};
{change}
        }
    }""")
    body = os.urandom(size)
    with lab.Server(lab.answers_with(body)) as big:

        def whole(nginx):
            assert nginx.get("/").endswith(body[-1000:]), "the response is not whole"

        cure.run_case(f"buffered-response {way}", site, lambda nginx: nginx.get_slowly("/", seconds=1.0), "buffered-response", way,
                      values=values, ports={"big": big.port}, still_good=whole)


def main():
    if not lab.find_nginx():
        print("1..0 # SKIP nginx is not installed")
        return 77
    work = tempfile.mkdtemp(prefix="nginx-lab-")
    explained = cure.explain("*4 an upstream response is buffered to a temporary file /")
    assert explained["class"] == "buffered-response", explained
    ways = {way["name"]: way for way in explained["advice"]["ways"]}
    cases = [("alert 40: SNI and Host", lambda: sni(work))]
    for name, way in ways.items():
        text = "\n".join(block["text"] for block in way["config"] if block["context"] == "location")
        if "proxy_buffers " in text:
            cases.append((f"buffered response, {name}", lambda name=name: buffered(name, 400_000)))
        elif "proxy_max_temp_file_size 0;" in text or "proxy_buffering off;" in text:
            cases.append((f"buffered response, {name}", lambda name=name: buffered(name, 8_000_000)))
    assert len(cases) >= 4, ways.keys()
    failed = 0
    print(f"1..{len(cases)}")
    for number, (name, case) in enumerate(cases, 1):
        try:
            case()
            print(f"ok {number} - {name}", flush=True)
        except (AssertionError, TimeoutError, RuntimeError) as error:
            failed = 1
            print(f"not ok {number} - {name}\n# " + str(error).replace("\n", "\n# "), flush=True)
    shutil.rmtree(work, ignore_errors=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
