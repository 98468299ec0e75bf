import pytest
from django.utils import timezone

from stammkunde.outreach.models import Template, TemplateText
from tests.outreach.planning import NOW, company


@pytest.fixture
def template():
    """Make a template with one text."""

    def make(words="Guten Tag, {name}!", *, purpose="advertising", channel="email", name="Neues") -> Template:
        company()
        made = Template.objects.create(name=name, channel=channel, purpose=purpose, changed_at=NOW)
        TemplateText.objects.create(
            template=made, language="de", form="sie", subject="Neues", blocks=[{"kind": "text", "text": words}]
        )
        return made

    return make


@pytest.fixture
def marketer(django_user_model):
    return django_user_model.objects.create_user(
        "mia@example.org", "correct horse", name="Mia", role="marketing", created_at=timezone.now()
    )
