"""What every test in a real browser does: sign in, and look for what hinders people."""

LAUNCH = {
    "executable_path": "/usr/bin/chromium",
    "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
}


def sign_in(page) -> None:
    page.goto("/sign-in/?next=/profile/")
    page.get_by_label("E-Mail").fill("ada@example.org")
    page.get_by_label("Passwort").fill("correct horse")
    page.get_by_role("button", name="Anmelden").click()
    page.get_by_role("heading", name="Mein Profil").wait_for()


def violations(page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415

    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


def is_too_wide(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
