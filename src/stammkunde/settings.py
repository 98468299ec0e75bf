"""Django's settings. What an operator may change is in `config.py`; the rest is decided here."""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from stammkunde import config

_env = config.read(os.environ)

DATA_DIR = Path(_env["STAMMKUNDE_DATA_DIR"]).resolve()
os.umask(config.OF_OTHERS)  # whatever is written from here on is its owner's alone
config.keep_private(DATA_DIR)
PACKAGE_DIR = Path(__file__).resolve().parent

SECRET_KEY = config.secret_key(DATA_DIR)
DEBUG = _env["STAMMKUNDE_DEBUG"]
ALLOWED_HOSTS = _env["STAMMKUNDE_HOSTS"]
PUBLIC_URL = _env["STAMMKUNDE_PUBLIC_URL"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",  # whose own templates ours stand beside
    "django_htmx",
    "ninja",
    "stammkunde.home",
    "stammkunde.portal",
    "stammkunde.figures",
    "stammkunde.impact",
    "stammkunde.plays",
    "stammkunde.calls",
    "stammkunde.segments",
    "stammkunde.outreach",
    "stammkunde.signals",
    "stammkunde.intake",
    "stammkunde.loyalty",
    "stammkunde.tasks",
    "stammkunde.contacts",
    "stammkunde.sales",
    "stammkunde.customers",
    "stammkunde.team",
    "stammkunde.ui",
    "stammkunde.mailbox",
    "stammkunde.store",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "stammkunde.ui.compression.Compression",
    "stammkunde.ui.middleware.told_to_browsers",
    "stammkunde.ui.middleware.AddressesThatFit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "stammkunde.team.middleware.sessions_end",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "stammkunde.team.middleware.refusals_are_noted",
    "stammkunde.team.middleware.what_leaves_is_noted",
    "stammkunde.team.middleware.language_of_staff",
    "stammkunde.team.middleware.drafts_follow_forms",
    "stammkunde.team.middleware.given_passwords_are_changed",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "stammkunde.signals.middleware.facts_opened_once",
]

ROOT_URLCONF = "stammkunde.urls"
WSGI_APPLICATION = "stammkunde.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "stammkunde.team.context.company",
                "stammkunde.figures.context.figures_state",
            ],
            "builtins": ["stammkunde.ui.templatetags.ui", "django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

FORM_RENDERER = "stammkunde.ui.forms.Renderer"

DATABASES = {
    "default": _env["DATABASE_URL"]
    or {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / config.DATABASE,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
                "PRAGMA cache_size=-64000; PRAGMA temp_store=MEMORY;"
            ),
        },
        "TEST": {"NAME": DATA_DIR / "test.sqlite3"},  # a file: the mirror attaches it
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "stammkunde.store.kept.Entries",
        "KEY_FUNCTION": "stammkunde.store.kept.key",
        "LOCATION": DATA_DIR / "cache",
        "TIMEOUT": 7 * 86400,
        "OPTIONS": {"MAX_ENTRIES": 5000},
    }
}

AUTH_USER_MODEL = "team.Staff"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "stammkunde.team.passwords.GermanWords"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "sign-in"

LANGUAGE_CODE = _env["STAMMKUNDE_LANGUAGE"]
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE_DIR / "cli" / "locale"]  # the command line is no app
TIME_ZONE = _env["STAMMKUNDE_TIME_ZONE"]
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
CURRENCY = _env["STAMMKUNDE_CURRENCY"]

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns where it is missing
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "stammkunde.ui.statics.Hashed"},
}

FILE_UPLOAD_PERMISSIONS = None  # collected files keep to the mask as well
UPLOAD_DIR = DATA_DIR / "uploads"
MIRROR_DIR = DATA_DIR / "mirror"
HISTORY_DIR = DATA_DIR / "history"
PRINT_DIR = DATA_DIR / "prints"
UPLOAD_LIMIT_BYTES = _env["STAMMKUNDE_UPLOAD_LIMIT_MB"] * 1024 * 1024
ENGINE_MEMORY_MB = _env["STAMMKUNDE_MEMORY_MB"]

EMAIL_IS_SET = bool(_env["STAMMKUNDE_EMAIL_URL"])
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
EMAIL_TIMEOUT = 30
EMAIL_CONNECTIONS = _env["STAMMKUNDE_EMAIL_CONNECTIONS"]
EMAIL_DOMAIN_PER_MINUTE = _env["STAMMKUNDE_EMAIL_DOMAIN_PER_MINUTE"]
EMAIL_EVENTS_SECRET = _env["STAMMKUNDE_EMAIL_EVENTS_SECRET"]
EMAIL_BOUNCES = _env["STAMMKUNDE_EMAIL_BOUNCES_URL"]
EMAIL_BOUNCES_TO = _env["STAMMKUNDE_EMAIL_BOUNCES_TO"]
globals().update(_env["STAMMKUNDE_EMAIL_URL"])
WEBHOOK_URL = _env["STAMMKUNDE_WEBHOOK_URL"]
WEBHOOK_SECRET = _env["STAMMKUNDE_WEBHOOK_SECRET"]

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "stammkunde.team.sessions"
_OF_THIS_HOST = "__Host-" if _env["STAMMKUNDE_HTTPS"] else ""  # which neighbours under the same domain cannot set
SESSION_COOKIE_NAME = f"{_OF_THIS_HOST}sessionid"
CSRF_COOKIE_NAME = f"{_OF_THIS_HOST}csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _env["STAMMKUNDE_HTTPS"]
SECURE_HSTS_SECONDS = 31_536_000 if _env["STAMMKUNDE_HTTPS"] else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _env["STAMMKUNDE_HTTPS"] else None
X_FRAME_OPTIONS = "DENY"

LOGGING = config.LOGGING
