"""A client without a browser: forms, cookies, and no redirection followed."""

from __future__ import annotations

import html
import http.client
import json
import re
import urllib.parse
from typing import Dict, List, Optional, Tuple


class Client:
    def __init__(self, base: str, language: str = "fr") -> None:
        self.base, self.cookies = base, {}  # type: str, Dict[str, str]
        self._language = language

    def ask(self, method: str, path: str, fields: Optional[Dict[str, str]] = None, headers: Optional[Dict[str, str]] = None) -> Tuple[int, str, str]:
        """The status, the text, and where to go."""
        place = urllib.parse.urlsplit(urllib.parse.urljoin(self.base + "/", path))
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        sent = {"Accept": "text/html", "Accept-Language": self._language, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **(headers or {})}
        body = None
        if fields is not None:
            body, sent["Content-Type"] = urllib.parse.urlencode(fields), "application/x-www-form-urlencoded"
        try:
            connection.request(method, place.path + (f"?{place.query}" if place.query else ""), body, sent)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            self.headers: List[Tuple[str, str]] = answer.getheaders()
            for name, value in self.headers:
                if name.lower() == "set-cookie":
                    key, _, rest = value.partition("=")
                    self.cookies[key] = rest.split(";")[0]
            return answer.status, text, answer.getheader("Location") or ""
        finally:
            connection.close()

    def form(self, account: str, password: str, path: str = "/") -> Dict[str, str]:
        """The portal's first form, filled in: it has a token of its own."""
        fields = {}
        for one in re.findall(r'<input[^>]*type="hidden"[^>]*>', self.ask("GET", path)[1]):
            parts = dict(re.findall(r'(name|value)="([^"]*)"', one))
            fields[html.unescape(parts["name"])] = html.unescape(parts.get("value", ""))
        return {**fields, "user": account, "password": password}

    def password(self, account: str, password: str) -> str:
        """To the page that asks for the code: its tab."""
        status, text, where = self.ask("POST", "/", self.form(account, password))
        tab = re.search(r"tab=([0-9a-f]{16})$", where)
        assert status == 303 and tab, (status, where, text[:500])
        return tab[1]

    def code(self, tab: str, code: str, **more: str) -> Tuple[int, str, str]:
        return self.ask("POST", "/poterne2fcheck", {"tab": tab, "code": code, **more})

    def page(self, tab: str) -> str:
        return self.ask("GET", f"/poterne2fcheck?tab={tab}")[1]

    def is_in(self) -> bool:
        status, text, _ = self.ask("GET", "/mysession/?whoami", headers={"Accept": "application/json"})
        return status == 200 and bool(json.loads(text)["result"])
