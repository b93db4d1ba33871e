"""Cases of the area buffering: what does not fit into the buffers."""

import os

import lab
from registry import Plan, case

BIG = 8_000_000


def slow_client(size):
    """A scene: the upstream answers with `size` bytes, the client reads them slowly."""

    def scene(stage):
        body = os.urandom(size)
        upstream = stage.server(lab.answers_with(body))

        def whole(nginx):
            assert nginx.get("/").endswith(body[-1000:]), "the response is not whole"

        return Plan(lab.http("""
    server {
        listen 127.0.0.1:{port} sndbuf=16k;
        location / { proxy_pass http://127.0.0.1:{big};
{change:location}
        }
    }"""), lambda nginx: nginx.get_slowly("/", seconds=1.0), after=whole, big=upstream.port)

    return scene


case("400 kB", "buffered-response", "size-buffers", kind="http")(slow_client(400_000))
case("8 MB", "buffered-response", "no-temp-file", kind="http")(slow_client(BIG))
case("8 MB", "buffered-response", "streaming", kind="http")(slow_client(BIG))

