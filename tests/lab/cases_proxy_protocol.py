"""Cases of PROXY protocol: one side sends it and the other does not expect it, or the reverse."""

import contextlib

import lab
from registry import Plan, case

HEADER = b"PROXY TCP4 198.51.100.7 127.0.0.1 4711 80\r\n"
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
SITE = """server {
{change:server}
        location / { return 200 "$remote_addr\\n"; }
    }"""


@case("a balancer with PROXY protocol", "proxy-protocol-unexpected", "listen", port="127.0.0.1:{port}",
      load_balancer_network="127.0.0.1")
def unexpected(_stage):
    def visitor_is_seen(nginx):
        assert b"198.51.100.7" in nginx.send(HEADER + REQUEST)

    return Plan(lab.http(SITE), lambda nginx: nginx.send(HEADER + REQUEST), was={"server": "listen 127.0.0.1:{port};"}, level="info",
                after=visitor_is_seen)


@case("the balancer sends it no longer", "proxy-protocol-unexpected", "balancer")
def no_longer(_stage):
    headers = [HEADER]
    return Plan(lab.http(SITE.replace("{change:server}", "listen 127.0.0.1:{port};")),
                lambda nginx: nginx.send(b"".join(headers) + REQUEST), level="info", repair=headers.clear)


@case("the balancer sends it now", "proxy-protocol-broken-header", "balancer")
def now(_stage):
    headers = []
    return Plan(lab.http(SITE.replace("{change:server}", "listen 127.0.0.1:{port} proxy_protocol;")),
                lambda nginx: nginx.send(b"".join(headers) + REQUEST), repair=lambda: headers.append(HEADER))


@case("a health check with a port of its own", "proxy-protocol-broken-header", "second-port")
def second_port(_stage):
    direct = lab.free_port()

    def check(nginx):
        """The health check is told the new port; before, it asks the only one there is."""
        with contextlib.suppress(ConnectionRefusedError), lab.socket.create_connection(("127.0.0.1", direct), 5) as client:
            client.sendall(REQUEST)
            assert lab.read_all(client).startswith(b"HTTP/1.1 200")
            return
        nginx.send(REQUEST)

    return Plan(lab.http(SITE.replace("{change", "listen 127.0.0.1:{port} proxy_protocol;\n{change")), check,
                values={"direct_port": f"127.0.0.1:{direct}"})
