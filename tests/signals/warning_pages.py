"""The pages of the early warning, as somebody of the staff reads them."""

from django.urls import reverse

from tests.pages import folded


def read(client, staff, name="warnings", language="de", **query) -> str:
    staff.language = language
    staff.save()
    client.force_login(staff)
    answer = client.get(reverse(name), query)
    assert answer.status_code == 200
    return folded(answer.content.decode())
