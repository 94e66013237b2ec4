"""The web hosts, each behind the same few calls. A module here that is not this one has a class HOST."""

from __future__ import annotations

import abc
import pathlib
import sys
from typing import ClassVar, List, Optional, Tuple

from playwright.sync_api import Page

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from department import Department


class Host(abc.ABC):
    name: ClassVar[str]
    # Accounts that this host's first factor cannot have.
    impossible: ClassVar[Tuple[str, ...]] = ()
    # The addresses of the nodes, once they run.
    bases: List[str]

    @abc.abstractmethod
    def start(self, department: Department, nodes: int) -> List[str]:
        """Starts nodes that share the department's table and keyring. Those without a credential enroll themselves."""

    @abc.abstractmethod
    def password_page(self, page: Page, base: str, account: str, password: Optional[str] = None) -> None:
        """From nothing to what comes behind the password; the right one by default."""

    @abc.abstractmethod
    def signed_in(self, page: Page) -> Optional[str]:
        """Asks the host, by a page that it shows to those alone who are signed in: as whom; None if it asks for anything else."""

    @abc.abstractmethod
    def own_page(self, page: Page, base: str) -> None:
        """The page of the user's own devices, for whoever is signed in."""

    @abc.abstractmethod
    def sign_out(self, page: Page, base: str) -> None: ...

    @abc.abstractmethod
    def log(self) -> str:
        """All that the nodes have logged."""

    @abc.abstractmethod
    def stop(self) -> None: ...


def put_to_sleep(page: Page) -> None:
    """As a browser does with a tab that nobody looks at. Awake, Keycloak's goes on by itself once another request has signed in."""
    page.evaluate("() => { for (let timer = setTimeout(() => {}); timer > 0; timer--) clearTimeout(timer); }")
