import pytest
from django.test import Client


@pytest.fixture
def client_of():
    """A browser of its own for a person."""

    def signed_in(staff) -> Client:
        client = Client()
        client.force_login(staff)
        return client

    return signed_in
