"""Cases of what an earlier nginx, or a developer, has left behind."""

import os
import subprocess

import lab
from registry import Plan, case


@case("the socket of an nginx that was killed", "listen-unix-socket-in-use", "left-over")
def left_over(stage):
    path = stage.path("app.sock")
    lab.listen_unix(path).close()

    def start(nginx):
        """Starts another nginx on that path; its records are put to those of the case's own."""
        os.makedirs(nginx.path("second"), exist_ok=True)
        second = lab.Nginx(lab.http(f"server {{ listen unix:{path}; }}"), prefix=nginx.path("second"), level="notice")
        started = subprocess.run(second.command(), stderr=subprocess.DEVNULL, check=False, timeout=20).returncode == 0
        with open(nginx.path("logs", "start.log"), "a", encoding="latin-1") as file:
            file.write(second.all_logs())
        if started:
            subprocess.run(second.command("-s", "stop"), check=True)
            lab.wait_for(lambda: not os.path.exists(path), what="the second nginx to end")

    return Plan(lab.http("server { listen 127.0.0.1:{port}; }"), start, repair=lambda: os.unlink(path))


@case("left from development", "lua-config-warning", "on", needs=["lua"])
def code_cache(stage):
    modules = [os.path.join(lab.MODULES, "ndk_http_module.so"), lab.module_path("http_lua")]
    stage.write("lua.conf", "lua_code_cache off;")
    text = lab.configuration(http="include {folder}/lua.conf; server { listen 127.0.0.1:{port}; }",
                             main="\n".join(f"load_module {path};" for path in modules))
    return Plan(text, repair=lambda: stage.write("lua.conf", ""), by_test=True)
