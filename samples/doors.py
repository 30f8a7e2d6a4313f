"""Links that sign somebody of the demo in: one click, and the console is open.

The server itself has no such thing. A small one beside it signs in by the form that everybody
uses, and hands the cookie on: a browser sends it to every port of the same host. The trainer's
link names the host otherwise, so that both sides can be open in one browser.
"""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import requests

HOSTS = frozenset({"127.0.0.1", "localhost"})
_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
_SET_COOKIE = "set-cookie"
_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class Door:
    """Whom a link signs in, and the page that it opens."""

    login: str
    password: str
    opens: str


@contextmanager
def doors(server: str, behind: Mapping[str, Door]) -> Iterator[int]:
    """Answer at a free port of this computer; each door by its path."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            door = behind.get(self.path)
            host = urlsplit(f"//{self.headers.get('host', '')}").hostname
            if door is None or host not in HOSTS:
                self.send_error(404)
                return
            cookies = _signed_in(server, door)
            self.send_response(303)
            for cookie in cookies:
                self.send_header(_SET_COOKIE, cookie)
            self.send_header("location", f"http://{host}:{urlsplit(server).port}{door.opens}")
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            """Say nothing: the terminal has the links."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        try:
            yield int(listening.server_address[1])
        finally:
            listening.shutdown()
            thread.join()


def _signed_in(server: str, door: Door) -> list[str]:
    """The cookies of somebody who has just filled in the form."""
    with requests.Session() as browser:
        page = browser.get(f"{server}/login", timeout=_TIMEOUT_S).text
        found = _TOKEN.search(page)
        form = {
            "csrf": found[1] if found else "",
            "login": door.login,
            "password": door.password,
        }
        answer = browser.post(
            f"{server}/login", data=form, allow_redirects=False, timeout=_TIMEOUT_S
        )
        return answer.raw.headers.getlist(_SET_COOKIE)
