"""What is wrong with a mailbox, with the cure; and what its mails were."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from stammkunde.mailbox.reports import Kind
from stammkunde.mailbox.services import SET_ASIDE

PROBLEMS = {
    "no_connection": gettext_lazy(
        "The mail server %(place)s cannot be reached. Check its name and port in %(setting)s."
    ),
    "no_tls": gettext_lazy(
        "The mail server %(place)s offers no connection that can be trusted. Check name, port and certificate; "
        "only on this machine write '?tls=no' in %(setting)s."
    ),
    "not_signed_in": gettext_lazy("%(place)s: user or password are not accepted. Correct them in %(setting)s."),
    "no_folder": gettext_lazy(
        "%(place)s: there is no such folder. Correct what stands behind the server in %(setting)s."
    ),
    "broke_off": gettext_lazy("%(place)s: the connection broke off. It is tried again by itself."),
    "odd_answer": gettext_lazy("%(place)s: the server answers as no IMAP server should. See what it says."),
}

KINDS = {
    Kind.BOUNCED: pgettext_lazy("mails", "bounces"),
    Kind.DELIVERED: pgettext_lazy("mails", "confirmations of delivery"),
    Kind.DELAYED: pgettext_lazy("mails", "delays"),
    Kind.COMPLAINED: pgettext_lazy("mails", "complaints about spam"),
    Kind.AUTOMATIC: pgettext_lazy("mails", "automatic answers"),
    Kind.OTHER: pgettext_lazy("mails", "from people"),
    "unmatched": pgettext_lazy("mails", "about no message of ours"),
    SET_ASIDE: pgettext_lazy("mails", "unreadable, set aside"),
}


def problem(said: Mapping[str, Any], *, place: str, setting: str) -> str:
    """Word why a mailbox could not be read, and what to do."""
    text = str(PROBLEMS[said["code"]]) % {"place": place, "setting": setting}
    return f"{text} ({said['answer']})" if said["answer"] else text


def counts(found: Mapping[str, int]) -> str:
    """Word how many mails were what."""
    return ", ".join(f"{KINDS.get(kind, kind)}: {many}" for kind, many in found.items())
