"""What every test in a real browser does: sign in, and look for what hinders people."""

LAUNCH = {
    "executable_path": "/usr/bin/chromium",
    "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
}

# By day and by night, on a desk and on a phone: a page follows its window, so it need not be opened anew.
DESK_AND_PHONE = (("light", 1440), ("dark", 375))
EVERY_LOOK = (*DESK_AND_PHONE, ("light", 375), ("dark", 1440))


def sign_in(page) -> None:
    """Sign Ada in, without the form (`sign_in_by_hand`); every page is then still to be opened."""
    from django.conf import settings  # noqa: PLC0415 (journeys load no Django)
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    client = Client()
    client.force_login(get_user_model().objects.get(email="ada@example.org"))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "domain": "localhost", "path": "/"}])


def sign_in_by_hand(page) -> None:
    page.goto("/sign-in/?next=/profile/")
    page.get_by_label("E-Mail").fill("ada@example.org")
    page.get_by_label("Passwort").fill("correct horse")
    page.get_by_role("button", name="Anmelden").click()
    page.get_by_role("heading", name="Mein Profil").wait_for()


def hindrances(page, looks=DESK_AND_PHONE) -> list[str]:
    """Name what hinders people on the page as it is, by every look; it keeps the last one."""
    found = []
    for scheme, width in looks:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{scheme} {width} {one}" for one in violations(page)]
        found += [f"{scheme} {width} {page.url} is too wide"] if is_too_wide(page) else []
    return found


def violations(page) -> list[str]:
    from axe_playwright_python.base import AXE_SCRIPT  # noqa: PLC0415

    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "axe.run({resultTypes: ['violations']})"
        ".then(told => told.violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`))"
    )
    return [f"{page.url}: {one}" for one in found]


def is_too_wide(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
