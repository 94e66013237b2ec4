"""A browser without pictures: it keeps cookies, follows nothing by itself, and sends the forms that it is shown."""

import html
import http.client
import re
import urllib.parse


class Page:
    def __init__(self, status: int, headers, text: str):
        self.status, self.headers, self.text = status, headers, text

    @property
    def action(self) -> str:
        """Where the page's form goes."""
        return html.unescape(re.search(r'<form[^>]*? action="([^"]+)"', self.text)[1])

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def error(self) -> str:
        found = re.search(r'id="poterne-error".*?<p[^>]*>(.*?)</p>', self.text, re.S)
        return html.unescape(found[1].strip()) if found else ""


class Agent:
    """One person at one node. The connection stays open."""

    def __init__(self, base: str, realm: str):
        self.host = urllib.parse.urlsplit(base).netloc
        self.realm = realm
        # Whatever they say of being for https alone: a browser takes 127.0.0.1 for safe too.
        self.cookies: dict[str, str] = {}
        self.connection: http.client.HTTPConnection | None = None

    def send(self, method: str, url: str, form: dict | None = None) -> Page:
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.host, timeout=60)
        parts = urllib.parse.urlsplit(url)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, f"{parts.path}?{parts.query}", body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = cookie.partition("=")
            value = rest.split(";", 1)[0]
            if value and "Max-Age=0" not in cookie:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return Page(answer.status, answer.headers, text)

    def begin(self, client: str = "service") -> Page:
        query = urllib.parse.urlencode({"client_id": client, "response_type": "code", "scope": "openid", "redirect_uri": "http://127.0.0.1/back"})
        return self.send("GET", f"http://{self.host}/realms/{self.realm}/protocol/openid-connect/auth?{query}")

    def password(self, account: str, password: str, client: str = "service") -> Page:
        """The answer to the right password: the page that asks for the code. Keycloak redirects to it."""
        page = self.send("POST", self.begin(client).action, {"username": account, "password": password, "credentialId": ""})
        if page.status == 302 and "/login-actions/" in page.location:
            page = self.send("GET", page.location)
        return page

    def close(self) -> None:
        if self.connection:
            self.connection.close()


def is_signed_in(page: Page) -> bool:
    return page.status == 302 and page.location.startswith("http://127.0.0.1/back?") and "code=" in page.location
