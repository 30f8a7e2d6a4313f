"""A browser, reduced to its cookies and the forms it sends."""

import re
from collections.abc import Mapping, Sequence
from typing import cast

import httpx

from server.http.security_headers import POLICY


class Browser(httpx.Client):
    """Follows nothing by itself, as the tests look at each answer."""

    def __init__(self, address: str) -> None:
        super().__init__(base_url=address, verify=False, timeout=120)

    def token(self, path: str = "/login") -> str:
        """The token of a page's forms."""
        return first_of(r'name="csrf" value="([^"]+)"', self.get(path).text)

    def submit(
        self,
        path: str,
        fields: Mapping[str, str | Sequence[str]] | None = None,
        page: str = "/login",
    ) -> httpx.Response:
        """Fill a form in and send it."""
        data = {"csrf": self.token(page), **(fields or {})}
        answer = self.post(path, data=cast("dict[str, str]", data))
        assert answer.headers["content-security-policy"] == POLICY
        return answer

    def sign_in(self, login: str, password: str) -> httpx.Response:
        """Try to sign in."""
        return self.submit("/login", {"login": login, "password": password})


def first_of(pattern: str, text: str) -> str:
    """The first group of the first match."""
    found = re.search(pattern, text)
    assert found is not None, pattern
    return found[1]


def signed_in(browser: Browser, login: str, password: str) -> Browser:
    """The browser of somebody who is in."""
    answer = browser.sign_in(login, password)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return browser
