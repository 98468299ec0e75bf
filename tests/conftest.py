import gc
import os
import shutil
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from tools import messages

from stammkunde.cli import ONE_THREAD
from tests import again, browsing

for _name in ONE_THREAD:  # as commands do, before anybody loads numpy
    os.environ.setdefault(_name, "1")

gc.set_threshold(100_000, 50, 50)  # thousands of collected tests would be looked through again and again

SHARED = Path(os.environ.get("STAMMKUNDE_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))


settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("untimed"), max_examples=20)  # of `make quick`
settings.load_profile("untimed")  # a busy machine is no failure

# The library knows no database: nothing of it is asked again on PostgreSQL, so none of its tests is even read there.
collect_ignore = ["insight"] if "postgres" in os.environ.get("DATABASE_URL", "") else []
SLOW = {"transactional_db", "live_server", "shared_data", "serve", "installation"}  # fixtures
FIRST = ("spark", "browser", "long")  # marks
MISSING = {
    "postgres": lambda: "" if "postgres" in os.environ.get("DATABASE_URL", "") else "DATABASE_URL names no PostgreSQL",
    "browser": lambda: "" if shutil.which("chromium") else "there is no Chromium",
    "spark": lambda: "" if shutil.which("java") and find_spec("pyspark") else "Java or PySpark is missing",
}


def pytest_configure(config):
    """Compiled catalogues are not in git: nobody shall test pages that speak no German without noticing."""
    config.pluginmanager.register(_Together())
    stale = [path.parents[3].name for path in messages.uncompiled()]
    if stale:
        raise pytest.UsageError(
            f"German is not compiled, or older than its words ({', '.join(stale)}): "
            "call 'make .make/run', or 'python tools/messages.py --compile'."
        )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """
    Mark what is slow by nature: what commits, has an installation of its own, or reads the real data.

    On PostgreSQL, run again only what may have a second answer there; see `tests.again`.
    """
    if mistaken := again.misplaced(items):
        raise pytest.UsageError(f"These must be asked again on PostgreSQL, or say why they need not: {mistaken}")
    for item in items:
        if again.commits(item) or SLOW & set(item.fixturenames):
            item.add_marker("slow")
    if "postgres" in os.environ.get("DATABASE_URL", ""):
        covered = {} if config.pluginmanager.has_plugin("tests.covering") else again.covered()
        items[:], left = again.split(items, covered)
        config.hook.pytest_deselected(items=left)


def pytest_collection_finish():
    """What was collected stays until the end: nobody looks through it for garbage any more."""
    gc.freeze()


class _Together:
    """
    After shuffling: what needs Java or a browser comes first, so that one worker starts either, once.

    What takes ten seconds and more by itself comes next, or one worker would wait for the other at the end.
    """

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        items.sort(key=lambda item: next((n for n, of in enumerate(FIRST) if _is(item, of)), len(FIRST)))


def _is(item, marker: str) -> bool:
    return item.get_closest_marker(marker) is not None


def pytest_runtest_setup(item):
    """Skip what this machine lacks, with the reason; where STAMMKUNDE_REQUIRE names it, fail."""
    for marker, missing in MISSING.items():
        if item.get_closest_marker(marker) and (reason := missing()):
            if marker in os.environ.get("STAMMKUNDE_REQUIRE", "").split():
                pytest.fail(f"{marker} is required, but {reason}", pytrace=False)
            pytest.skip(reason)


@pytest.fixture(scope="session")
def _folders(tmp_path_factory):
    """Name folders that nobody had: asking for `tmp_path` looks through those of all former tests."""
    within = tmp_path_factory.mktemp("data")
    return (within / str(number) for number in count())


@pytest.fixture(autouse=True)
def _own_data_dir(settings, _folders):
    """Every test has uploads, mirror, history and cache of its own."""
    own = next(_folders)
    own.mkdir()
    settings.UPLOAD_DIR = own / "uploads"
    settings.MIRROR_DIR = own / "mirror"
    settings.HISTORY_DIR = own / "history"
    settings.PRINT_DIR = own / "prints"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(own)}}


@pytest.fixture(autouse=True)
def _files_are_closed(monkeypatch):
    """A file that an answer streams is closed by the server; where a test does not read it to its end, by us."""
    from django.test import Client  # noqa: PLC0415 (tests of insight load no Django)

    streamed, plain = [], Client.request

    def request(self, **environ):
        response = plain(self, **environ)
        if response.streaming:
            streamed.append(response)
        return response

    monkeypatch.setattr(Client, "request", request)
    yield
    for response in streamed:
        for close in response._resource_closers:
            close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data sets; they are not part of the repository."""
    if not SHARED.is_dir():
        pytest.skip("the real data sets are not beside the repository")
    return SHARED


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    from tests.emptying import empty_quickly  # noqa: PLC0415 (tests of insight load no Django)

    empty_quickly()


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Make what takes long once; see `tests.once`."""
    from tests.once import Once  # noqa: PLC0415 (tests of insight load no Django)

    return Once(tmp_path_factory.mktemp("once"))


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests; each opens windows of its own."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    # Playwright keeps an event loop in this thread; Django then takes the database for asynchronous use.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**browsing.LAUNCH)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(chromium, live_server, administrator):
    """Open a page in a window of its own; what the browser complains about fails the test."""
    opened, complaints = [], []

    def opener(*, scheme: str = "light", width: int = 1440, script: bool = True):
        context = chromium.new_context(
            base_url=live_server.url,
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            locale="de-DE",
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda problem: complaints.append(str(problem)))
        opened.append(context)
        return page

    yield opener
    for context in opened:
        context.close()
    assert complaints == []


@pytest.fixture
def administrator(django_user_model):
    return django_user_model.objects.create_user(
        "ada@example.org",
        "correct horse",
        name="Ada",
        role="administrator",
        hours_per_week=20,
        created_at=timezone.now(),
    )


@pytest.fixture
def salesperson(django_user_model):
    return django_user_model.objects.create_user(
        "sven@example.org",
        "correct horse",
        name="Sven",
        role="sales",
        hours_per_week=20,
        created_at=timezone.now(),
    )


@pytest.fixture
def servant(django_user_model):
    """Service: sees customers, and neither figures nor exports."""
    return django_user_model.objects.create_user(
        "sina@example.org",
        "correct horse",
        name="Sina",
        role="service",
        hours_per_week=20,
        created_at=timezone.now(),
    )


@pytest.fixture
def analyst(django_user_model):
    """Sees figures, changes nothing."""
    return django_user_model.objects.create_user(
        "anna@example.org",
        "correct horse",
        name="Anna",
        role="analyst",
        hours_per_week=20,
        created_at=timezone.now(),
    )
