import os
import runpy
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import pytest
from django.urls import resolve

from stammkunde import config
from stammkunde import settings as of_the_program


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("STAMMKUNDE_TIME_ZONE", "Mars", "STAMMKUNDE_TIME_ZONE: 'Mars' is not an IANA time zone"),
        ("STAMMKUNDE_CURRENCY", "Euro", "STAMMKUNDE_CURRENCY: 'Euro' is not a currency code of three letters"),
        ("STAMMKUNDE_HTTPS", "perhaps", "STAMMKUNDE_HTTPS: 'perhaps' is neither yes nor no"),
        ("STAMMKUNDE_UPLOAD_LIMIT_MB", "0", "STAMMKUNDE_UPLOAD_LIMIT_MB: '0' is not a whole number above zero"),
        ("STAMMKUNDE_MEMORY_MB", "1 GB", "STAMMKUNDE_MEMORY_MB: '1 GB' is not a whole number above zero"),
        ("STAMMKUNDE_LANGUAGE", "fr", "STAMMKUNDE_LANGUAGE: write 'de' or 'en'"),
        ("STAMMKUNDE_PUBLIC_URL", "crm.example.org", "STAMMKUNDE_PUBLIC_URL: 'crm.example.org' is not an address"),
        ("STAMMKUNDE_PUBLIC_URL", "https://a.b/c", "STAMMKUNDE_PUBLIC_URL: 'https://a.b/c' is not an address"),
        ("DATABASE_URL", "mysql://localhost/x", "DATABASE_URL: 'mysql' is not a database we know"),
        ("DATABASE_URL", "postgresql://localhost/", "DATABASE_URL: the address names no database"),
        ("DATABASE_URL", "stammkunde", "DATABASE_URL: 'stammkunde' is not a database we know"),
        ("DATABASE_URL", "postgresql://u:p@localhost:x/db", "DATABASE_URL: this is no address"),
        ("DATABASE_URL", "postgresql://u:p/1@[::1/db", "DATABASE_URL: this is no address"),
        ("DATABASE_URL", "postgresql://h/db?sslmod=require", "DATABASE_URL: sslmod is no option of PostgreSQL"),
        ("STAMMKUNDE_EMAIL_BOUNCES_URL", "imaps://mail.example", "STAMMKUNDE_EMAIL_BOUNCES_URL: this names no mailbox"),
        ("STAMMKUNDE_EMAIL_BOUNCES_URL", "imaps://u:p@h:x/", "STAMMKUNDE_EMAIL_BOUNCES_URL: this is no address"),
        ("STAMMKUNDE_EMAIL_BOUNCES_URL", "imaps://u:p@h/%22", "STAMMKUNDE_EMAIL_BOUNCES_URL: the folder's name may"),
        ("STAMMKUNDE_EMAIL_BOUNCES_TO", "bounces+", "STAMMKUNDE_EMAIL_BOUNCES_TO: 'bounces+' is no e-mail address"),
        ("DATABASE_URL_FILE", "/nowhere", "DATABASE_URL_FILE: cannot read '/nowhere'"),
    ],
)
def test_setting_that_is_wrong_is_refused_by_name_and_with_the_cure(name, value, said):
    with pytest.raises(config.BadSetting) as refusal:
        config.read({name: value})

    assert str(refusal.value).startswith(said)


@pytest.mark.parametrize(("https", "begin"), [("yes", "__Host-"), ("no", "")])
def test_cookies_are_bound_to_their_host_where_there_is_https(monkeypatch, https, begin):
    monkeypatch.setenv("STAMMKUNDE_HTTPS", https)

    read = runpy.run_path(of_the_program.__file__)

    assert [read["SESSION_COOKIE_NAME"], read["CSRF_COOKIE_NAME"]] == [f"{begin}sessionid", f"{begin}csrftoken"]
    assert read["SESSION_COOKIE_SECURE"] is read["CSRF_COOKIE_SECURE"] is (https == "yes")
    assert read["SESSION_COOKIE_HTTPONLY"] is read["CSRF_COOKIE_HTTPONLY"] is True


def test_mailbox_is_read_by_tls_unless_somebody_says_no():
    def read(url):
        return config.read({"STAMMKUNDE_EMAIL_BOUNCES_URL": url})["STAMMKUNDE_EMAIL_BOUNCES_URL"]

    assert read("imaps://b%40firma.example:p%2F1@mail.example/Back%20again") == {
        "host": "mail.example", "port": 993, "tls": "always",
        "user": "b@firma.example", "password": "p/1", "folder": "Back again",
    }  # fmt: skip
    assert [read(f"imap://u:p@h{more}")["tls"] for more in ("", "?tls=no")] == ["start", "never"]
    assert (read("imap://u:p@h")["port"], read("imap://u:p@h")["folder"]) == (143, "INBOX")


def test_setting_can_stand_in_a_file(tmp_path):
    (tmp_path / "zone").write_text("Europe/Vienna\n", encoding="utf-8")

    assert config.read({"STAMMKUNDE_TIME_ZONE_FILE": str(tmp_path / "zone")})["STAMMKUNDE_TIME_ZONE"] == "Europe/Vienna"


def test_public_address_ends_without_a_slash():
    assert config.read({"STAMMKUNDE_PUBLIC_URL": "https://a.example/"})["STAMMKUNDE_PUBLIC_URL"] == "https://a.example"


def test_database_address_may_hold_special_characters():
    read = config.read({"DATABASE_URL": "postgresql://eva:p%40ss%2F1@db.example:5433/kunden"})["DATABASE_URL"]

    assert (read["USER"], read["PASSWORD"], read["HOST"], read["PORT"], read["NAME"]) == (
        "eva", "p@ss/1", "db.example", "5433", "kunden",
    )  # fmt: skip


def test_database_address_may_hold_options_and_connections_stay_open():
    read = config.read({"DATABASE_URL": "postgres://h/db?sslmode=require&connect_timeout=5&currentSchema=crm"})

    assert read["DATABASE_URL"]["OPTIONS"] == {
        "sslmode": "require", "connect_timeout": 5, "options": "-c search_path=crm",
    }  # fmt: skip
    assert read["DATABASE_URL"]["ENGINE"] == "django.db.backends.postgresql"
    assert (read["DATABASE_URL"]["CONN_MAX_AGE"], read["DATABASE_URL"]["CONN_HEALTH_CHECKS"]) == (60, True)


def test_secret_key_is_made_once_for_its_owner_only(tmp_path):
    key = config.secret_key(tmp_path)

    assert config.secret_key(tmp_path) == key
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_secret_key_that_a_kill_or_a_full_disk_left_empty_is_made(tmp_path):
    (tmp_path / "secret-key").write_text("")

    key = config.secret_key(tmp_path)

    assert len(key) >= 50
    assert config.secret_key(tmp_path) == key


def test_two_first_starts_at_once_make_one_secret_key(tmp_path):
    with ThreadPoolExecutor(8) as starts:
        keys = set(starts.map(lambda _start: config.secret_key(tmp_path), range(64)))

    assert len(keys) == 1


def test_data_directory_that_was_made_beforehand_is_its_owners_alone(tmp_path, monkeypatch):
    (home := tmp_path / "data").mkdir(mode=0o755)
    for name, mode in [("secret-key", 0o644), ("stammkunde.sqlite3", 0o664)]:
        (home / name).write_text("k" * 60)
        (home / name).chmod(mode)
    monkeypatch.setenv("STAMMKUNDE_DATA_DIR", str(home))

    with_mask = os.umask(0o022)
    try:
        runpy.run_path(of_the_program.__file__)
        (home / "later").write_text("")
    finally:
        os.umask(with_mask)

    assert home.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in home.iterdir() if path.is_file()} == {0o600}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("STAMMKUNDE_TIME_ZONE", "Mars", "Error: STAMMKUNDE_TIME_ZONE: 'Mars' is not an IANA time zone"),
        ("DATABASE_URL", "postgresql://u:p@127.0.0.1:1/none", "Error: The database does not answer:"),
        ("DATABASE_URL", "postgresql://u:p@127.0.0.1:1/none?sslmode=yes", "Error: The database does not answer:"),
        ("STAMMKUNDE_DATA_DIR", "/proc/nowhere", "Error: The data directory cannot be used:"),
    ],
)
def test_command_line_ends_with_a_sentence_where_a_setting_is_wrong(tmp_path, name, value, said):
    environment = os.environ | {"STAMMKUNDE_DATA_DIR": str(tmp_path), "DATABASE_URL": "", name: value}
    command = [sys.executable, "-m", "stammkunde", "demo", "--if-empty"]

    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert ended.stderr.startswith(said)
    assert "Traceback" not in ended.stderr


def mail(url: str) -> dict:
    return config.read({"STAMMKUNDE_EMAIL_URL": url})["STAMMKUNDE_EMAIL_URL"]


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.firma.example", 587, True, False),
        ("smtp://mail.firma.example:25?tls=no", 25, False, False),
        ("smtps://mail.firma.example", 465, False, True),
    ],
)
def test_mail_server_is_read_from_its_address(url, port, tls, ssl):
    found = mail(url)

    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.firma.example", port)
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (tls, ssl)


def test_mail_server_takes_user_and_password_with_special_characters():
    found = mail("smtp://post%40firma:p%2Fw%3A1@mail.firma.example")

    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("post@firma", "p/w:1")


def test_mail_provider_is_read_with_its_keys_and_the_secret_of_its_reports():
    found = mail("unisender-go://?api_key=k%3D1&webhook_secret=name:word")

    assert found == {
        "EMAIL_BACKEND": "anymail.backends.unisender_go.EmailBackend",
        "ANYMAIL": {"UNISENDER_GO_API_KEY": "k=1", "WEBHOOK_SECRET": "name:word"},
    }


@pytest.mark.parametrize("name", config.MAIL_PROVIDERS.values())
def test_every_mail_provider_is_one_that_anymail_knows(name):
    assert import_module(f"anymail.backends.{name}").EmailBackend
    assert resolve(f"/{name}/tracking/", urlconf="anymail.urls")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("STAMMKUNDE_EMAIL_URL", "mail.firma.example"),
        ("STAMMKUNDE_EMAIL_URL", "smtp://"),
        ("STAMMKUNDE_EMAIL_URL", "smtp://mail.firma.example?ssl=yes"),
        ("STAMMKUNDE_EMAIL_URL", "smtp://mail.firma.example?tls=perhaps"),
        ("STAMMKUNDE_EMAIL_URL", "pigeon://?api_key=1"),
        ("STAMMKUNDE_EMAIL_URL", "smtp://mail.firma.example:port"),
        ("STAMMKUNDE_EMAIL_CONNECTIONS", "0"),
        ("STAMMKUNDE_EMAIL_DOMAIN_PER_MINUTE", "many"),
        ("STAMMKUNDE_WEBHOOK_URL", "example.org/hook"),
        ("STAMMKUNDE_WEBHOOK_URL", "twilio://?account_sid=AC1&auth_token=2"),
        ("STAMMKUNDE_WEBHOOK_URL", "twilio://AC1:2@+4930?account_sid=AC1&auth_token=2&from=3"),
        ("STAMMKUNDE_WEBHOOK_SECRET", "secret"),
        ("STAMMKUNDE_EMAIL_EVENTS_SECRET", "whsec_c2hvcnQ="),
    ],
)
def test_setting_for_sending_that_cannot_be_used_is_named(setting, value):
    with pytest.raises(config.BadSetting, match=setting):
        config.read({setting: value})


def test_nothing_is_set_for_sending_at_first():
    values = config.read({})

    assert values["STAMMKUNDE_EMAIL_URL"] == {}
    assert (values["STAMMKUNDE_EMAIL_DOMAIN_PER_MINUTE"], values["STAMMKUNDE_WEBHOOK_SECRET"]) == (None, "")
