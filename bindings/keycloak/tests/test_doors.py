"""Ways into a realm beside the flow with the code: which there are, and what a service does about them."""

import http.client
import subprocess
import urllib.parse

import pytest
from agent import Agent, is_signed_in
from conftest import keycloak


@pytest.fixture
def doors(host, tmp_path):
    """A realm of its own, and what second-step says of it."""
    admin = keycloak.Admin(host.bases[0])
    kcadm = host.folder / "node0/bin/kcadm.sh"
    env = keycloak.environment(KCADM=str(kcadm), HOME=str(tmp_path))
    keycloak.run(kcadm, "config", "credentials", "--server", host.bases[0], "--realm", "master", "--user", "admin", "--password", "admin", env=env)
    admin("POST", "", {"realm": "doors", "enabled": True})

    def said(realm: str = "doors") -> subprocess.CompletedProcess:
        return subprocess.run([keycloak.provider / "second-step", "--doors", realm], env=env, text=True, capture_output=True)

    yield keycloak.Admin(host.bases[0]), said
    keycloak.Admin(host.bases[0])("DELETE", "/doors")


def test_second_step_names_the_doors_that_stay_open(doors):
    admin, said = doors

    def listed() -> list[str]:
        answer = said()
        assert answer.returncode == 0 and not answer.stderr.strip(), answer.stderr
        return [line.strip() for line in answer.stdout.splitlines() if line.startswith("  ")]

    # Keycloak makes this one in each realm.
    by_itself = "the password to the token endpoint, by the client admin-cli"
    assert listed() == [by_itself]
    browser = next(flow["id"] for flow in admin("GET", "/doors/authentication/flows") if flow["alias"] == "browser")
    admin("POST", "/doors/clients", {"clientId": "old", "publicClient": True, "authenticationFlowBindingOverrides": {"browser": browser}})
    admin("POST", "/doors/clients", {"clientId": "off", "publicClient": True, "enabled": False, "directAccessGrantsEnabled": True})
    admin("POST", "/doors/clients", {"clientId": "ecp", "protocol": "saml", "attributes": {"saml.allow.ecp.flow": "true"}})
    for alias in ("bare", "behind"):
        admin("POST", "/doors/identity-provider/instances", {
            "alias": alias, "providerId": "oidc", "config": {name: "http://127.0.0.1/" for name in ("clientId", "clientSecret", "authorizationUrl", "tokenUrl")},
            **({"postBrokerLoginFlowAlias": "browser"} if alias == "behind" else {})})
    admin("PUT", "/doors", {"resetPasswordAllowed": True, "registrationAllowed": True})
    assert sorted(listed()) == sorted([
        by_itself, "a flow of its own, of the client old", "the password by SAML ECP, of the client ecp",
        "the identity provider bare, without a post login flow", "forgotten passwords", "the registration of users"])
    # The control: nothing is left when each is closed.
    for client in admin("GET", "/doors/clients"):
        if client["clientId"] in ("old", "ecp"):
            admin("DELETE", f"/doors/clients/{client['id']}")
        elif client["clientId"] == "admin-cli":
            admin("PUT", f"/doors/clients/{client['id']}", {**client, "directAccessGrantsEnabled": False})
    admin("DELETE", "/doors/identity-provider/instances/bare")
    admin("PUT", "/doors", {"resetPasswordAllowed": False, "registrationAllowed": False})
    assert listed() == [] and "asks for a code" in said().stdout
    # What cannot be looked at is not closed.
    failed = said("nowhere")
    assert failed.returncode != 0 and "asks for a code" not in failed.stdout


@pytest.mark.parametrize("requires", [True, False])
def test_a_service_that_requires_the_code_takes_no_session_of_another_door(host, account, desk, requires):
    """Without it the cookie is enough, wherever it came from: the control."""
    admin = keycloak.Admin(host.bases[0])
    name = f"strict-{requires}"
    admin("POST", f"/{keycloak.realm}/clients", {
        "clientId": name, "publicClient": True, "redirectUris": ["*"], "attributes": {"minimum.acr.value": "mfa"} if requires else {}})
    phone = desk.phone(account)
    one = Agent(host.bases[0], keycloak.realm)
    password = {"username": account, "password": host.site.accounts[account], "credentialId": ""}
    assert is_signed_in(one.send("POST", one.begin("password-only").action, password))
    page = one.begin(name)
    assert is_signed_in(page) is not requires
    if requires:
        lower = one.send("GET", f"{host.bases[0]}/realms/{keycloak.realm}/protocol/openid-connect/auth?client_id={name}&response_type=code"
                                "&scope=openid&redirect_uri=http%3A%2F%2F127.0.0.1%2Fback&acr_values=0")
        assert not is_signed_in(lower)
        page = one.send("POST", one.begin(name).action, password)
        if page.status == 302:
            page = one.send("GET", page.location)
        assert 'id="poterne-code"' in page.text, page.text[-1500:]
        assert is_signed_in(one.send("POST", page.action, {"code": phone.code()}))
        assert is_signed_in(one.begin(name))
    one.close()


def test_an_impersonated_session_is_stopped_by_it(host, account):
    admin = keycloak.Admin(host.bases[0])
    admin("POST", f"/{keycloak.realm}/clients", {
        "clientId": "impersonated", "publicClient": True, "redirectUris": ["*"], "attributes": {"minimum.acr.value": "mfa"}})
    (user,) = admin("GET", f"/{keycloak.realm}/users?exact=true&username={account}")
    one = Agent(host.bases[0], keycloak.realm)
    connection = http.client.HTTPConnection(one.host)
    connection.request("POST", f"/admin/realms/{keycloak.realm}/users/{user['id']}/impersonation", None, {"Authorization": f"Bearer {admin.token}"})
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    for cookie in answer.headers.get_all("Set-Cookie"):
        name, _, value = cookie.split(";")[0].partition("=")
        if value:
            one.cookies[name] = value
    connection.close()
    assert is_signed_in(one.begin()), "the control"
    assert not is_signed_in(one.begin("impersonated"))
    one.close()


class Traveller(Agent):
    """With cookies for each realm, as a browser keeps them by their path; it follows wherever the node sends it."""

    def __init__(self, base: str, realm: str):
        super().__init__(base, realm)
        self.jars: dict[str, dict[str, str]] = {}

    def send(self, method, url, form=None):
        self.cookies = self.jars.setdefault(urllib.parse.urlsplit(url).path.split("/")[2], {})
        page = super().send(method, url, form)
        return self.send("GET", page.location) if page.location.startswith(f"http://{self.host}/") else page


def test_behind_an_identity_provider_there_is_a_code(host, desk):
    """The post login flow, as the manual has it."""
    admin, base, person = keycloak.Admin(host.bases[0]), host.bases[0], "from.elsewhere"
    endpoint, realm = f"{base}/realms/elsewhere/protocol/openid-connect", f"/{keycloak.realm}"
    admin("POST", "", {"realm": "elsewhere", "enabled": True, "sslRequired": "none", "eventsListeners": []})
    admin("POST", "/elsewhere/clients", {"clientId": "us", "secret": "s", "publicClient": False, "redirectUris": ["*"]})
    admin("POST", "/elsewhere/users", host.user(person, "s3cret-elsewhere"))
    flows = f"{realm}/authentication/flows"
    admin("POST", flows, {"alias": "after", "providerId": "basic-flow", "topLevel": True, "builtIn": False})
    admin("POST", f"{flows}/after/executions/flow", {"alias": "after-level", "type": "basic-flow"})
    admin("PUT", f"{flows}/after/executions", {**admin("GET", f"{flows}/after/executions")[0], "requirement": "CONDITIONAL"})
    for step in ("conditional-level-of-authentication", "poterne"):
        admin("POST", f"{flows}/after-level/executions/execution", {"provider": step})
    for step in admin("GET", f"{flows}/after-level/executions"):
        admin("PUT", f"{flows}/after-level/executions", {**step, "requirement": "REQUIRED"})
        if step["providerId"] != "poterne":
            admin("POST", f"{realm}/authentication/executions/{step['id']}/config", {
                "alias": "after-level", "config": {"loa-condition-level": "2", "loa-max-age": "36000"}})
    provider = {
        "alias": "elsewhere", "providerId": "oidc", "trustEmail": True, "config": {
            "clientId": "us", "clientSecret": "s", "clientAuthMethod": "client_secret_post", "authorizationUrl": f"{endpoint}/auth",
            "tokenUrl": f"{endpoint}/token", "jwksUrl": f"{endpoint}/certs", "useJwksUrl": "true", "validateSignature": "true",
            "issuer": f"{base}/realms/elsewhere", "defaultScope": "openid profile email"}}
    admin("POST", f"{realm}/identity-provider/instances", {**provider, "postBrokerLoginFlowAlias": "after"})
    phone = desk.phone(person)
    hint = f"{base}/realms/{keycloak.realm}/protocol/openid-connect/auth?" + urllib.parse.urlencode({
        "client_id": "service", "response_type": "code", "scope": "openid", "redirect_uri": "http://127.0.0.1/back", "kc_idp_hint": "elsewhere"})

    def arrive() -> tuple[Traveller, object]:
        one = Traveller(base, keycloak.realm)
        return one, one.send("POST", one.send("GET", hint).action, {"username": person, "password": "s3cret-elsewhere"})

    one, page = arrive()
    assert 'id="poterne-code"' in page.text and "/post-broker-login" in page.action, page.text[-1500:]
    # Around the page: the other paths of Keycloak lead back to it, or to the beginning.
    for path in ("authenticate", "first-broker-login", "required-action"):
        for method in ("GET", "POST"):
            around = one.send(method, page.action.replace("post-broker-login", path), {"step": "code"} if method == "POST" else None)
            assert not is_signed_in(around) and not is_signed_in(one.begin()), (method, path)
    one, page = arrive()
    page = one.send("POST", page.action, {"code": phone.code()})
    assert is_signed_in(page), page.text[-1500:]
    assert is_signed_in(one.send("GET", hint.replace("kc_idp_hint=elsewhere", "acr_values=mfa&prompt=none"))), "its level is that of the code"
    one, page = arrive()
    page = one.send("POST", page.action, {"code": phone.used()})
    assert page.error and not is_signed_in(page)
    # The control: without the flow nobody asks.
    admin("PUT", f"{realm}/identity-provider/instances/elsewhere", provider)
    assert is_signed_in(arrive()[1])
    admin("DELETE", f"{realm}/identity-provider/instances/elsewhere")
    admin("DELETE", "/elsewhere")
