from datetime import UTC, datetime, timedelta

import pytest

from stammkunde.outreach import signing

# The example of the specification (standard-webhooks, "Signature scheme")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
AT = datetime.fromtimestamp(1614265330, UTC)
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def verify(**changed):
    given = {
        "secret": SECRET,
        "message_id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "timestamp": "1614265330",
        "signatures": SIGNED,
        "body": BODY,
        "now": AT,
    }
    signing.verify(**given | changed)


def test_signature_is_that_of_the_specification():
    signed = signing.signature(secret=SECRET, message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", at=AT, body=BODY)

    assert signed == SIGNED


def test_signature_is_found_among_several():
    verify(signatures=f"v1,bm9uZQ== {SIGNED}")


@pytest.mark.parametrize(
    "changed",
    [
        {"body": b"{}"},
        {"message_id": "msg_other"},
        {"timestamp": "1614265331"},
        {"timestamp": "soon"},
        {"signatures": ""},
        {"signatures": "v1,ü"},
        {"secret": "whsec_" + "A" * 32},
        {"now": AT + timedelta(minutes=6)},
        {"now": AT - timedelta(minutes=6)},
    ],
)
def test_signature_of_something_else_is_refused(changed):
    with pytest.raises(signing.BadSignature):
        verify(**changed)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
def test_secret_that_is_none_is_refused(secret):
    with pytest.raises(ValueError, match="whsec_"):
        signing.key(secret)
