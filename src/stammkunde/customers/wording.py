"""What customers allow, in words: permissions with their reason, and the sentences that they agree to."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from stammkunde.customers.models import Channel, Purpose
from stammkunde.customers.policy import Reason

REASONS = {
    Reason.TRANSACTIONAL: gettext_lazy("Orders, requests and thanks need no consent."),
    Reason.CONSENT_GIVEN: gettext_lazy("Consent is on record."),
    Reason.EXISTING_CUSTOMER: gettext_lazy("Existing customer: own similar goods by e-mail (§ 7 (3) UWG)."),
    Reason.PRESUMED_INTEREST: gettext_lazy("Business customer: interest may be presumed (§ 7 (2) UWG)."),
    Reason.NOT_OBJECTED: gettext_lazy("Post is allowed until somebody objects."),
    Reason.WITHDRAWN: gettext_lazy("Consent was withdrawn."),
    Reason.OBJECTED: gettext_lazy("They objected."),
    Reason.COMPANY_OBJECTED: gettext_lazy("The customer objected for everybody there."),
    Reason.MAILBOX_OBJECTED: gettext_lazy("Somebody with the same address unsubscribed."),
    Reason.NO_ADDRESS: gettext_lazy("No address on record."),
    Reason.NO_CONSENT: gettext_lazy("No consent on record."),
    Reason.NOT_CONFIRMED: gettext_lazy("Asked by e-mail, not confirmed yet."),
    Reason.NOT_PROVEN: gettext_lazy("Agreed, but it cannot be proven: ask by double opt-in."),
    Reason.CONSENT_EXPIRED: gettext_lazy("Consent has expired."),
    Reason.OTHER_ADDRESS: gettext_lazy("Consent was given for another address."),
    Reason.ASKED_ELSEWHERE: gettext_lazy("The address has changed since the question was written."),
    Reason.ASKED_SINCE: gettext_lazy("They were asked by another mail since."),
    Reason.PAUSED: gettext_lazy("Contact is paused at the customer's wish."),
    Reason.CHANNEL_NOT_WANTED: gettext_lazy("The customer does not want this channel."),
    Reason.TOPIC_NOT_WANTED: gettext_lazy("The customer does not want this topic."),
}

GROUNDS = {  # why somebody may be written to, said of her
    Reason.TRANSACTIONAL: gettext_lazy("this needs no consent"),
    Reason.CONSENT_GIVEN: gettext_lazy("has consented to: %(purpose)s"),
    Reason.EXISTING_CUSTOMER: gettext_lazy("existing customer, own similar goods (§ 7 (3) UWG)"),
    Reason.PRESUMED_INTEREST: gettext_lazy("business customer, interest may be presumed"),
    Reason.NOT_OBJECTED: gettext_lazy("has not objected to post"),
}

# Where customers say something by themselves; other origins are free texts.
PREFERENCE_PAGE, UNSUBSCRIBE_PAGE, ONE_CLICK = "preference_page", "unsubscribe_page", "one_click"
IMPORT = "import"  # written by `intake`, where a file does not say
SPAM_REPORT = "spam_report"
STOP_REPLY = "stop_reply"
SIGN_UP = "signup_form"
ORIGINS = {
    PREFERENCE_PAGE: gettext_lazy("preference page"),
    UNSUBSCRIBE_PAGE: gettext_lazy("unsubscribe page"),
    IMPORT: gettext_lazy("import of existing consents"),
    ONE_CLICK: gettext_lazy("one-click unsubscribe in the mail program"),
    SIGN_UP: gettext_lazy("sign-up form on the website"),
    SPAM_REPORT: gettext_lazy("spam report, passed on by the mail provider"),
    STOP_REPLY: gettext_lazy("reply to a text message that ends them"),
}


def origin(text: str) -> str:
    """Say where something was said."""
    return str(ORIGINS.get(text, text))


def reason(code: str) -> str:
    """Say why something is allowed or not."""
    return str(REASONS[Reason(code)])


def ground(code: str, purpose: str) -> str:
    """Say of somebody why she may be written to, or why not, in the middle of a sentence."""
    said = GROUNDS.get(Reason(code))
    return str(said) % {"purpose": purpose_name(purpose)} if said else reason(code)


def channel_name(channel: str) -> str:
    return str(Channel(channel).label)


def purpose_name(purpose: str) -> str:
    return str(Purpose(purpose).label)


def sentence(channel: str, purpose: str, *, company: str) -> str:
    """Give the sentence that somebody agrees to; it is kept as evidence as it was shown."""
    text = _("I agree that %(company)s sends me %(what)s %(how)s. I can withdraw this at any time.")
    if channel == Channel.PHONE:
        text = _("I agree that %(company)s calls me about %(what)s. I can withdraw this at any time.")
    return text % {"company": company or "Stammkunde", "what": _what(channel, purpose), "how": how(channel)}


def _what(channel: str, purpose: str) -> str:
    things = {
        Purpose.SERVICE: pgettext("I agree that … sends me", "messages about orders and requests"),
        Purpose.THANKS: pgettext("I agree that … sends me", "words of thanks"),
        Purpose.SURVEY: pgettext("I agree that … sends me", "surveys and requests for reviews"),
        Purpose.ADVERTISING: pgettext("I agree that … sends me", "offers"),
        Purpose.NEWSLETTER: pgettext("I agree that … sends me", "the newsletter"),
    }
    if channel == Channel.PHONE:
        things |= {
            Purpose.SERVICE: pgettext("I agree that … calls me about", "orders and requests"),
            Purpose.THANKS: pgettext("I agree that … calls me about", "thanks"),
            Purpose.SURVEY: pgettext("I agree that … calls me about", "surveys"),
            Purpose.ADVERTISING: pgettext("I agree that … calls me about", "offers"),
            Purpose.NEWSLETTER: pgettext("I agree that … calls me about", "news"),
        }
    return things[Purpose(purpose)]


def how(channel: str) -> str:
    """Say by which way."""
    return {
        Channel.EMAIL: _("by e-mail"),
        Channel.POST: _("by post"),
        Channel.PHONE: _("by phone"),
        Channel.MESSAGE: _("by text message"),
    }[Channel(channel)]
