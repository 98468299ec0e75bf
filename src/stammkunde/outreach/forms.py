"""What people choose and type about messages and templates, and what the company decides about them."""

from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from stammkunde.customers.models import ContactPerson, Purpose
from stammkunde.outreach import brand, channels, colours, dress, places, queries, wording
from stammkunde.outreach.models import Message, MessageSettings, Template
from stammkunde.outreach.paper import FORMATS, MOTIFS, Options
from stammkunde.team.settings_page import SettingsForm
from stammkunde.ui.forms import Search, choice_of, row_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


OF_MAILS = ("made_of", "signed")  # options
FONT_NAMES = [
    ("system", _("As the device")),
    ("sans", _("Wide, without serifs (Verdana)")),
    ("serif", _("With serifs (Georgia)")),
    ("classic", _("Book type (Palatino)")),
]


class MessageSearch(Search):
    state = forms.ChoiceField(label=_("State"), choices=[("", _("all")), *Message.State.choices])
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    origin = forms.CharField(max_length=60, widget=forms.HiddenInput)
    customer = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(name, wording.channel(name)) for name in channels.NAMES]
        choice_of(self, "channel").choices = [("", _("all")), *names]


class TemplateForm(forms.Form):
    """What a template is called, how it leaves, and what it is for."""

    name = forms.CharField(label=_("Name"), max_length=80)
    channel = forms.ChoiceField(label=_("Channel"))
    purpose = forms.ChoiceField(
        label=_("Purpose"),
        choices=Purpose.choices,
        help_text=_(
            "Thanks, orders and requests need no consent, as long as they hold no offer and ask for no review."
        ),
    )

    wanted_role = forms.ChoiceField(
        label=_("Whom at a company"),
        required=False,
        choices=[("", _("As usual for the purpose")), *ContactPerson.Role.choices],
        help_text=_(
            "People come before the company's own address. Where nobody has this role, whoever comes next gets it."
        ),
    )
    to_several = forms.BooleanField(
        label=_("To several people of a company"),
        required=False,
        help_text=_("To everybody who may be written to and has the role; the settings say how many at most."),
    )
    motif = forms.ChoiceField(label=_("Picture of the postcard"), required=False, choices=[*MOTIFS.items()])
    format = forms.ChoiceField(label=_("Size of the postcard"), required=False, choices=[*FORMATS.items()])
    made_of = forms.ChoiceField(
        label=_("Made of"),
        required=False,
        choices=[("", _("blocks, in the design of your company")), ("html", _("HTML of your own"))],
        help_text=_("E-mails only. HTML keeps its own looks; the foot of your company is added."),
    )
    signed = forms.ChoiceField(
        label=_("Signed by"),
        required=False,
        choices=[("", _("the company")), ("owner", _("whoever looks after the customer"))],
        help_text=_("Whose signature stands below the mail, and who gets replies."),
    )
    signature = forms.BooleanField(
        label=_("Room for a signature on the letter"),
        required=False,
        help_text=_("Below the closing; without a name there, that of the responsible follows."),
    )

    def __init__(self, data: QueryDict | None, *, template: Template | None = None) -> None:
        names = ("name", "channel", "purpose", "wanted_role", "to_several")
        known = {name: getattr(template, name) for name in names} if template else {}
        kept = template.options if template else {}
        looks = asdict(Options.read(kept)) | {name: kept.get(name, "") for name in OF_MAILS}
        super().__init__(data, initial={**known, **looks})
        choice_of(self, "channel").choices = written()
        self.fields["made_of"].disabled = template is not None  # its words are of one kind

    def said(self) -> dict[str, Any]:
        """Give what was typed as services take it: looks only where it is printed."""
        found = dict(self.cleaned_data)
        looks = {name: found.pop(name) for name in ("motif", "format", "signature", *OF_MAILS)}
        wanted = {"letter": ("signature",), "postcard": ("motif", "format")}.get(found["channel"], ())
        of_mails = [name for name in OF_MAILS if looks[name]] if found["channel"] == "email" else ()
        return {**found, "options": {name: looks[name] for name in (*wanted, *of_mails)}}


class WriteForm(forms.Form):
    """To whom, how and why a single message is written."""

    person = forms.ChoiceField(label=_("To"), required=False)
    channel = forms.ChoiceField(label=_("Channel"))
    purpose = forms.ChoiceField(label=_("Purpose"))
    template = forms.ChoiceField(label=_("Template"), required=False)
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        people: list[tuple[int | str, str]],
        purposes: list[str],
        templates: list[Template],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choice_of(self, "person").choices = people
        choice_of(self, "channel").choices = written()
        choice_of(self, "purpose").choices = [(one.value, one.label) for one in Purpose if one in purposes]
        choice_of(self, "template").choices = [("", _("Own words")), *((one.pk, one.name) for one in templates)]


def written() -> list[tuple[str, str]]:
    """Name the channels on which something is written; a call is talked."""
    return [(name, wording.channel(name)) for name in channels.NAMES if name != "call"]


class _Cost(forms.DecimalField):
    """Euros for one piece, printing and postage; empty: unknown."""

    def __init__(self, *, label: "_StrPromise") -> None:
        super().__init__(
            label=label,
            required=False,
            min_value=0,
            max_value=1000,
            decimal_places=2,
            localize=True,
            help_text=_("Printing and postage. Empty: unknown, and no cost is counted."),
        )


def _euros(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents).scaleb(-2)


class AddressForm(SettingsForm):
    """How customers are addressed."""

    class Meta:
        model = MessageSettings
        fields = ["default_form"]
        labels = {"default_form": _("Form of address")}
        help_texts = {"default_form": _("Where a customer has no wish of their own.")}


class LookForm(forms.Form):
    """What a colleague understood in five seconds."""

    offered = forms.CharField(label=_("What was offered?"), max_length=500)
    to_do = forms.CharField(label=_("What were you to do?"), max_length=500)
    understood = forms.ChoiceField(
        label=_("Understood?"),
        choices=[("yes", _("Understood")), ("no", _("Not understood"))],
        widget=forms.RadioSelect,
    )

    def said(self) -> dict[str, Any]:
        """Give what was said as services take it."""
        found = self.cleaned_data
        return {
            "offered": found["offered"],
            "to_do": found["to_do"],
            "is_understood": found["understood"] == "yes",
        }


class ShopForm(SettingsForm):
    """Where things are bought: what a link there makes of a message."""

    class Meta:
        model = MessageSettings
        fields = ["shop_addresses", "shop_service_pages"]
        labels = {
            "shop_addresses": _("Addresses of the shop"),
            "shop_service_pages": _("Pages there that serve orders"),
        }
        help_texts = {
            "shop_addresses": _(
                "One a line, with or without a path: shop.example, www.firm.example/products. Links there count as "
                "advertising, so they may stand in offers and newsletters, and not in thanks or answers."
            ),
            "shop_service_pages": _(
                "One a line: how parts of such an address begin that belong to an order (konto, retoure). Links there "
                "are no advertising."
            ),
        }
        widgets = {
            "shop_addresses": forms.Textarea(attrs={"rows": 2}),
            "shop_service_pages": forms.Textarea(attrs={"rows": 4}),
        }


class PaperForm(SettingsForm):
    """What stands on letters and postcards, and what one of them costs."""

    letter_cost = _Cost(label=_("Cost of a letter in euros"))
    postcard_cost = _Cost(label=_("Cost of a postcard in euros"))

    class Meta:
        model = MessageSettings
        fields = ["sender_address", "sender_phone", "voucher_url"]
        labels = {
            "sender_address": _("Address of the sender"),
            "sender_phone": _("Phone"),
            "voucher_url": _("Address behind QR codes of vouchers"),
        }
        help_texts = {
            "sender_address": _("Street, and below it postcode and city: the small line above the recipient."),
            "sender_phone": _("Stands on letters beside the date."),
            "voucher_url": _("{code} stands for the voucher's code: https://shop.example/gutschein/{code}"),
        }
        widgets = {"sender_address": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in ("letter", "postcard"):
            self.fields[f"{kind}_cost"].initial = _euros(getattr(self.instance, f"{kind}_cost_cents"))

    def clean_voucher_url(self) -> str:
        url = str(self.cleaned_data["voucher_url"]).strip()
        if url and not url.startswith(("https://", "http://")):
            raise ValidationError(_("An address on the web begins with https://."))
        return url

    def changes(self) -> dict[str, Any]:
        """Give what was typed as the company keeps it."""
        said = dict(self.cleaned_data)
        for kind in ("letter", "postcard"):
            cost = said.pop(f"{kind}_cost")
            said[f"{kind}_cost_cents"] = None if cost is None else int(cost * 100)
        return said


class DesignForm(SettingsForm):
    """What mails look like."""

    shop_url = forms.URLField(
        label=_("Link to the shop"),
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text=_("In advertising the logo leads there, and a link below."),
    )

    class Meta:
        model = MessageSettings
        fields = ["logo", "mail_colour", "mail_font", "shop_url", "mail_signature"]
        labels = {
            "logo": _("Logo"),
            "mail_colour": _("Main colour"),
            "mail_font": _("Font"),
            "mail_signature": _("Signature of the company"),
        }
        help_texts = {
            "logo": _("Stands at the top. Where a mail program shows no pictures, your name stands there."),
            "mail_colour": _("For links, buttons and the offer. Words on it are white or black, as reads better."),
            "mail_font": _("Fonts that every device has; others would be replaced anyway."),
            "mail_signature": _("Below mails that nobody signs in person. Empty: none."),
        }
        widgets = {
            "mail_colour": forms.TextInput(attrs={"type": "color"}),
            "mail_font": forms.Select(choices=FONT_NAMES),
            "mail_signature": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        logo = row_of(self, "logo")
        logo.queryset, logo.empty_label, logo.to_field_name = queries.pictures(), str(_("none")), "name"
        for name in brand.SOCIAL:
            self.fields[f"social_{name}"] = forms.URLField(
                label=name,
                required=False,
                max_length=200,
                assume_scheme="https",
                initial=self.instance.social_urls.get(name, ""),
            )

    def clean_mail_colour(self) -> str:
        colour = str(self.cleaned_data["mail_colour"]).lower()
        if not colours.is_colour(colour):
            raise ValidationError(_("A colour is # and six digits or letters a to f: #1f5f8b."))
        return colour

    def clean_mail_font(self) -> str:
        font = str(self.cleaned_data["mail_font"])
        if font not in dress.FONTS:
            raise ValidationError(_("There is no such font."))
        return font

    def changes(self) -> dict[str, Any]:
        """Give what was typed as the company keeps it."""
        said = dict(self.cleaned_data)
        social = {name: said.pop(f"social_{name}") for name in brand.SOCIAL}
        return {**said, "social_urls": {name: url for name, url in social.items() if url}}


class SendingForm(SettingsForm):
    """When customers may be disturbed, and how often."""

    class Meta:
        model = MessageSettings
        fields = [
            "quiet_from",
            "quiet_until",
            "quiet_sundays",
            "quiet_holidays",
            "holiday_region",
            "cap_contacts",
            "cap_customer_contacts",
            "cap_days",
            "gap_hours",
            "cap_persons",
            "spends_on_c",
            "look_first",
        ]
        labels = {
            "quiet_from": _("Quiet hours from"),
            "quiet_until": _("until"),
            "quiet_sundays": _("Nothing on Sundays"),
            "quiet_holidays": _("Nothing on public holidays"),
            "holiday_region": _("Region for public holidays"),
            "cap_contacts": _("Contacts with one person at most"),
            "cap_customer_contacts": _("Contacts with one customer at most"),
            "cap_days": _("in so many days"),
            "gap_hours": _("Hours between two messages to one person"),
            "spends_on_c": _("C customers get letters, postcards and calls, too"),
            "look_first": _("Advertising starts only after a colleague has understood it"),
            "cap_persons": _("People of one company who get the same at most"),
        }
        help_texts = {
            "quiet_from": _("In the customer's own time zone. Letters and what belongs to an order are not held back."),
            "holiday_region": _(
                "Country, or country and region: DE, DE-BY, AT-9, CH-ZH. Customers elsewhere have their own holidays."
            ),
            "cap_contacts": _("Empty: no limit. 0: no advertising at all. What belongs to an order does not count."),
            "cap_customer_contacts": _("All contact persons of a company together. Empty: no limit."),
            "gap_hours": _(
                "On every channel, calls and thanks too. What would come too soon waits; only what belongs to an order "
                "never does. Empty: no pause."
            ),
            "spends_on_c": _(
                "With this, new campaigns begin; each may say otherwise. Without it they reach C customers by e-mail "
                "and text message only."
            ),
            "look_first": _("On the page of its template, a colleague is asked to look for five seconds."),
            "cap_persons": _(
                "Where a template or campaign asks for several. 1: always one person only. Empty: no limit."
            ),
            "cap_days": _("Counted backwards from every single moment, not by calendar weeks."),
        }
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def clean_holiday_region(self) -> str:
        region = str(self.cleaned_data["holiday_region"]).strip().upper()
        if region and not places.is_region(region):
            raise ValidationError(
                _("No holidays are known for “%(region)s”. Write for example DE-NW.") % {"region": region}
            )
        return region

    def clean_cap_days(self) -> int:
        days: int = self.cleaned_data["cap_days"]
        if not 1 <= days <= 366:
            raise ValidationError(_("Between 1 and 366 days."))
        return days

    def clean_gap_hours(self) -> int | None:
        hours: int | None = self.cleaned_data["gap_hours"]
        if hours is not None and not 1 <= hours <= 168:
            raise ValidationError(_("Between 1 and 168 hours. Empty: no pause."))
        return hours

    def clean_cap_persons(self) -> int | None:
        most: int | None = self.cleaned_data["cap_persons"]
        if most is not None and most < 1:
            raise ValidationError(_("At least 1: somebody must get it. Empty: no limit."))
        return most

    def clean(self) -> dict[str, object]:
        if (self.cleaned_data.get("quiet_from") is None) != (self.cleaned_data.get("quiet_until") is None):
            self.add_error("quiet_until", _("Quiet hours need a beginning and an end, or neither."))
        return self.cleaned_data
