"""What imports, the mirror and undo must know of customers, the people there, and what these allowed."""

from django.utils.translation import gettext_lazy as _

from stammkunde.customers import owners, phones, search
from stammkunde.customers.models import Consent, ContactPerson, ContactPreference, Customer, Note, OptIn
from stammkunde.store.facts import Asked, FactTable, Follow, Hanging, Lookup, Mirrored, Reference, Words
from stammkunde.team import known

PART = "customers"  # with the people there

_OWNERS = (
    "SELECT s.id, s.name, s.email FROM team_staff s "
    "WHERE EXISTS (SELECT 1 FROM customers_customer c WHERE c.owner_id = s.id) ORDER BY s.id"
)
TO_CUSTOMER = Reference(column="customer_id", source="customer_source", table="customers", required=True)

CUSTOMERS = FactTable(
    name="customers",
    label=_("Customers"),
    model=Customer,
    lookups=(
        Lookup(
            column="owner_id",
            given="owner_word",
            hints="owner_hint",
            find=known.find,
            code="unknown_owner",
            fields=("owner_name", "owner_number", "owner_email"),
        ),
    ),
    words=Words(
        column="search",
        own=("name", "number", "email", "city", "phone", "mobile"),
        table="contact_persons",
        theirs=("first_name", "last_name", "email", "phone", "mobile"),
        order=("last_name", "first_name"),
        written={"phone": phones.SQL, "mobile": phones.SQL},
    ),
    stays={"name": "number", "kind": ""},
    address="email",
    phones=("phone", "mobile"),
    part=PART,
    mirrored=Mirrored(
        key="customer_id",
        columns={
            "customer_id": "BIGINT",
            "number": "VARCHAR",
            "kind": "VARCHAR",
            "country": "VARCHAR",
            "region": "VARCHAR",
            "industry": "VARCHAR",
            "segment": "VARCHAR",
            "owner": "VARCHAR",
            "owner_email": "VARCHAR",
            "since_on": "INTEGER",
            "postcode": "VARCHAR",
            "city": "VARCHAR",
            "is_multiplier": "BOOLEAN",
        },
        read={"owner": "COALESCE(NULLIF(s.name, ''), s.email, '')", "owner_email": "COALESCE(s.email, '')"},
        join="LEFT JOIN team_staff s ON s.id = t.owner_id",
        days=("since_on",),
        spread="attributes",
        beside={"owners": _OWNERS},
    ),
    asked=(
        Asked(name="number", label=_("Customer number"), history=False),
        Asked(name="kind", label=_("Kind"), choices=Customer.Kind.choices, history=False),
        Asked(name="country", label=_("Country"), history=False),
        Asked(name="region", label=_("Region"), history=False),
        Asked(name="postcode", label=_("Postcode"), history=False),
        Asked(name="city", label=_("City"), history=False),
        Asked(name="industry", label=_("Industry"), history=False),
        Asked(name="segment", label=_("Segment"), history=False),
        Asked(name="owner", label=_("Responsible"), read="t.owner_email", history=False),
        Asked(name="since", label=_("Customer since"), kind="day", read="t.since_on", history=False),
        Asked(name="multiplier", label=_("Multiplier"), kind="flag", read="t.is_multiplier", history=False),
    ),
    after=search.catch_up,
    follow=Follow(column="owner_id", done=owners.changed, undone=owners.changed_back),
)

CONTACT_PERSONS = FactTable(
    name="contact_persons",
    label=_("Contact persons"),
    model=ContactPerson,
    references=(TO_CUSTOMER,),
    address="email",
    phones=("phone", "mobile"),
    part=PART,
    mirrored=Mirrored(
        key="contact_person_id",
        columns={
            "contact_person_id": "BIGINT",
            "customer_id": "BIGINT",
            "role": "VARCHAR",
            "birthday_on": "INTEGER",
            "has_email": "BOOLEAN",
            "has_phone": "BOOLEAN",
        },
        read={"has_email": "(t.email <> '')", "has_phone": "(t.phone <> '' OR t.mobile <> '')"},
        days=("birthday_on",),
    ),
    asked=(
        Asked(name="role", label=_("Role"), choices=ContactPerson.Role.choices, history=False),
        Asked(name="birthday", label=_("Birthday"), kind="day", read="t.birthday_on", history=False),
        Asked(name="has_email", label=_("Has an e-mail address"), kind="flag", history=False),
        Asked(name="has_phone", label=_("Has a phone number"), kind="flag", history=False),
    ),
)

CONSENTS = FactTable(
    name="consents",
    label=_("Consents"),
    model=Consent,
    appended=True,
    references=(
        TO_CUSTOMER,
        Reference(
            column="contact_person_id",
            source="contact_person_source",
            table="contact_persons",
            required=False,
            within="customer_id",
        ),
    ),
)

TABLES = (CUSTOMERS, CONTACT_PERSONS, CONSENTS)

HANGING = (
    Hanging(model=Note, column="customer", label=_("Notes")),
    Hanging(model=Note, column="contact_person", label=_("Notes")),
    Hanging(model=OptIn, column="customer", label=_("Questions for consent")),
    Hanging(model=OptIn, column="contact_person", label=_("Questions for consent")),
    Hanging(model=ContactPreference, column="customer", label=_("Contact preferences")),
    Hanging(model=ContactPreference, column="contact_person", label=_("Contact preferences")),
    Hanging(model=Consent, column="asked", label=_("Consents")),
)
