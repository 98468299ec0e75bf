import os
import subprocess
import sys

import pytest

from stammkunde import config


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
        ("DATABASE_URL_FILE", "/nowhere", "DATABASE_URL_FILE: cannot read '/nowhere'"),
    ],
)
def test_setting_that_is_wrong_is_refused_by_name_and_with_the_cure(name, value, said):
    with pytest.raises(config.BadSetting) as refusal:
        config.read({name: value})

    assert str(refusal.value).startswith(said)


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


def test_secret_key_is_made_once_for_its_owner_only(tmp_path):
    key = config.secret_key(tmp_path)

    assert config.secret_key(tmp_path) == key
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("STAMMKUNDE_TIME_ZONE", "Mars", "Error: STAMMKUNDE_TIME_ZONE: 'Mars' is not an IANA time zone"),
        ("DATABASE_URL", "postgresql://u:p@127.0.0.1:1/none", "Error: The database does not answer:"),
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
