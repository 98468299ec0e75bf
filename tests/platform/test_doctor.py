import os
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from django.utils import timezone

from stammkunde.cli import doctor, staff
from stammkunde.intake.models import Import
from stammkunde.work import workers
from tests import factories
from tests.outreach import planning

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o700)
    key = tmp_path / "secret-key"
    key.write_text("k" * 67, encoding="utf-8")
    key.chmod(0o600)
    return tmp_path


def _levels(findings):
    return [(finding.level, bool(finding.cure)) for finding in findings]


def test_doctor_warns_of_a_setting_that_nobody_reads(monkeypatch):
    monkeypatch.setenv("STAMMKUNDE_HOST", "kunden.example")

    (finding,) = doctor.check_settings()

    assert finding.level == doctor.WARNING
    assert finding.what == "Settings that nobody reads: STAMMKUNDE_HOST"


def test_doctor_warns_of_a_data_directory_that_others_can_read(data_dir):
    data_dir.chmod(0o755)

    assert _levels(doctor.check_data_dir())[0] == (doctor.WARNING, True)


def test_doctor_is_content_with_a_private_data_directory(data_dir):
    assert _levels(doctor.check_data_dir())[0] == (doctor.OK, False)


@pytest.mark.parametrize(("mode", "length"), [(0o644, 67), (0o600, 10)])
def test_doctor_finds_a_secret_key_that_is_none(data_dir, mode, length):
    key = data_dir / "secret-key"
    key.write_text("k" * length, encoding="utf-8")
    key.chmod(mode)

    assert _levels(doctor.check_secret_key()) == [(doctor.PROBLEM, True)]


def test_doctor_misses_german_that_is_not_compiled(settings, tmp_path):
    assert _levels(doctor.check_languages()) == [(doctor.OK, False)]

    (tmp_path / "de" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "de" / "LC_MESSAGES" / "django.po").touch()
    settings.LOCALE_PATHS = [tmp_path]

    assert _levels(doctor.check_languages()) == [(doctor.PROBLEM, True)]


@pytest.mark.django_db
def test_doctor_misses_an_administrator_until_there_is_one(analyst):
    before = _levels(doctor.check_staff())
    staff.first_administrator()

    assert before == [(doctor.PROBLEM, True)]
    assert _levels(doctor.check_staff()) == [(doctor.OK, False)]


def test_doctor_misses_a_worker_until_one_lives(data_dir):
    before = _levels(doctor.check_worker(timezone.now()))
    workers.beat(worker="desk-1")

    assert before == [(doctor.WARNING, True)]
    assert [finding.what for finding in doctor.check_worker(timezone.now())] == ["Worker: desk-1"]


@pytest.mark.django_db
def test_doctor_names_the_last_import_if_it_failed():
    Import.objects.create(
        file_name="march.csv", path="march.csv", status=Import.Status.FAILED, created_at=timezone.now()
    )

    assert [finding.what for finding in doctor.check_imports()] == [
        "Imports: 0 waiting",
        "The last import failed: march.csv",
    ]


@pytest.mark.django_db
def test_doctor_forgets_a_failed_import_once_a_later_one_succeeded():
    for status in (Import.Status.FAILED, Import.Status.DONE):
        Import.objects.create(file_name="march.csv", path="march.csv", status=status, created_at=timezone.now())

    assert [finding.what for finding in doctor.check_imports()] == ["Imports: 0 waiting"]


@pytest.mark.django_db
def test_doctor_says_that_there_are_no_figures_yet():
    assert _levels(doctor.check_figures(NOW)) == [(doctor.WARNING, True)]


@pytest.mark.django_db(transaction=True)
def test_doctor_finds_tables_and_database_well():
    assert {finding.level for finding in [*doctor.check_database(), *doctor.check_migrations()]} == {doctor.OK}


@pytest.mark.django_db(transaction=True)
def test_doctor_ends_with_one_where_there_is_a_problem(data_dir):
    result = CliRunner().invoke(doctor.command)

    assert result.exit_code == 1
    assert "✗ Nobody can sign in as administrator\n    → stammkunde staff add EMAIL" in result.output


@pytest.mark.django_db(transaction=True)
def test_doctor_ends_with_zero_where_all_is_well(data_dir, administrator):
    factories.customer()

    result = CliRunner().invoke(doctor.command)

    assert result.exit_code == 0, result.output
    assert "\n0 problems," in result.output
    assert "✗" not in result.output


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_doctor_finds_a_data_directory_that_cannot_be_written(data_dir):
    data_dir.chmod(0o500)

    assert _levels(doctor.check_data_dir())[0] == (doctor.PROBLEM, True)


@pytest.mark.parametrize(
    ("url", "hosts", "levels"),
    [
        ("", ["localhost"], []),
        ("https://kunden.example:8443", ["localhost", "kunden.example"], [(doctor.OK, False)]),
        ("https://kunden.example", ["localhost"], [(doctor.PROBLEM, True)]),
    ],
)
def test_doctor_finds_links_that_no_page_answers_to(settings, url, hosts, levels):
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = url, hosts

    assert _levels(doctor.check_public_url()) == levels


def test_doctor_says_what_is_missing_before_mail_can_leave(db, settings):
    settings.EMAIL_IS_SET = False

    (finding,) = doctor.check_mail()

    assert finding.level == doctor.WARNING
    assert finding.what == "Mail does not leave: No mail server is set: STAMMKUNDE_EMAIL_URL."


def test_doctor_finds_a_mail_server_that_does_not_answer(db, settings):
    settings.EMAIL_IS_SET, settings.PUBLIC_URL = True, "https://kunden.example"
    settings.EMAIL_BACKEND = "stammkunde.outreach.smtp.Backend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 9, False
    planning.company()

    assert _levels(doctor.check_mail()) == [(doctor.PROBLEM, True)]


def test_doctor_counts_what_has_to_be_decided(db):
    planning.company()
    message = planning.planned(planning.customer())
    assert list(doctor.check_messages()) == []

    type(message).objects.filter(pk=message.pk).update(state="unknown", reason={"code": "worker_lost"})

    assert _levels(doctor.check_messages()) == [(doctor.WARNING, True)]
