"""Where the tests find what they share with others."""

from __future__ import annotations

import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
# The reader of the vectors, and the scripts' grammar.
sys.path.insert(0, str(ROOT / "tests" / "model"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--campaign", action="store_true", help="the long versions: 200 rounds of each race")


@pytest.fixture(scope="session")
def rounds(request: pytest.FixtureRequest) -> int:
    """How many rounds a race has."""
    is_campaign = request.config.getoption("--campaign") or os.environ.get("POTERNE_CAMPAIGN") == "1"
    return 200 if is_campaign else 20
