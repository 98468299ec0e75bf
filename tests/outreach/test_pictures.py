"""Pictures in mails: read with care, kept once, served to whoever knows the name, and never taken from a mail."""

from functools import partial
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from stammkunde.outreach import content, images, services
from stammkunde.outreach.content import Block, Text
from stammkunde.outreach.models import MessageSettings, Picture
from stammkunde.team.models import Company, Staff
from stammkunde.ui import bodies
from tests.outreach.planning import NOW, company, customer, planned
from tests.team.test_rights import patterns

GPS = 0x8825


def drawn(width=40, height=30, kind="PNG", mode="RGB", colour=(200, 30, 60), **how):
    file = BytesIO()
    Image.new(mode, (width, height), colour).save(file, kind, **how)
    return file.getvalue()


def photo():
    exif = Image.Exif()
    exif.get_ifd(GPS)[1] = "N"
    exif[0x010E] = "Garten von Frau Weber"
    exif[0x0112] = 6  # taken upright
    return drawn(1800, 1350, "JPEG", exif=exif, comment=b"geheim")


def test_a_photo_is_turned_made_small_and_loses_what_the_camera_wrote():
    found = images.made(photo())

    assert (found.ending, found.width, found.height) == ("jpg", 1200, 1600)
    assert not dict(Image.open(BytesIO(found.data)).getexif())
    assert b"geheim" not in found.data
    assert b"Weber" not in found.data


@pytest.mark.parametrize(
    ("raw", "ending", "mode"),
    [
        (drawn(), "png", "RGB"),
        (drawn(mode="RGBA", colour=(1, 2, 3, 0)), "png", "RGBA"),
        (drawn(kind="GIF", mode="P", colour=3), "png", "RGB"),
        (drawn(kind="WEBP"), "png", "RGB"),
        (drawn(kind="MPO", save_all=True, append_images=[Image.new("RGB", (40, 30))]), "jpg", "RGB"),
        (drawn(kind="JPEG", mode="CMYK", colour=(1, 2, 3, 4)), "jpg", "RGB"),
    ],
)
def test_whatever_kind_it_has_every_mail_program_shows_what_is_kept(raw, ending, mode):
    found = images.made(raw)

    kept = Image.open(BytesIO(found.data))
    assert (found.ending, kept.mode, kept.size) == (ending, mode, (40, 30))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "not_read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_read"),
        (drawn()[:-30], "not_read"),
        (drawn(kind="BMP"), "not_read"),
        (b"x" * (images.MOST_BYTES + 1), "too_big"),
        (partial(drawn, 7000, 6000, mode="1", colour=0), "too_many_pixels"),  # not drawn by whoever only collects
        (partial(drawn, 20000, 20000, mode="1", colour=0), "too_many_pixels"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(raw, code):
    with pytest.raises(images.BadPicture) as refused:
        images.made(raw() if callable(raw) else raw)

    assert str(refused.value) == code


@pytest.fixture
def chief(db):
    company()
    return somebody("administrator")


def somebody(role, **fields):
    return Staff.objects.create_user(
        **{"email": "chef@musterhaus.example", "name": "Chef"} | fields, role=role, created_at=NOW
    )


def add(by, **how):
    return services.add_picture(raw=drawn(**how), title="Garten", by=by, now=NOW)


def test_the_same_picture_is_kept_once_under_a_name_that_nobody_guesses(chief, settings):
    first, again, other = add(chief), add(chief), add(chief, width=41)

    assert first == again != other
    assert first.name.endswith("-40x30.png")
    settings.SECRET_KEY = "another"
    Picture.objects.all().delete()
    assert add(chief).name != first.name


def test_whoever_knows_the_name_sees_it_and_may_keep_it(chief, client):
    picture = add(chief)

    response = client.get(reverse("mail-picture", args=[picture.name]))

    assert response.content == bytes(picture.data)
    assert response.headers["Content-Type"] == "image/png"
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies
    for odd in ("x" + picture.name, picture.name + "\x00", "\x00", "é" * 90, picture.name.replace("png", "svg")):
        assert client.get(reverse("mail-picture", args=[odd])).status_code == 404


def test_odd_names_of_pictures_delete_and_show_nothing(chief, client):
    client.force_login(chief)
    made = services.create_template(name="X", channel="email", purpose="advertising", by=chief, now=NOW)
    typed = {"subject": "Neu", "blocks": "1", "block-0-kind": "picture", "block-0-picture": "\x00", "act": "save"}

    assert client.post(reverse("picture-delete", args=["\x00"])).status_code == 404
    assert client.post(reverse("template", args=[made.pk]), typed).status_code == 400


def words(picture):
    return Text(subject="Neu", blocks=(Block(kind="picture", picture=picture.name, label="Rosen & Tulpen"),))


def in_a_template(picture, by):
    made = services.create_template(name="Frühling", channel="email", purpose="advertising", by=by, now=NOW)
    services.put_words(template_id=made.pk, language="de", form="sie", text=words(picture), by=by, now=NOW)


def as_logo(picture, _by):
    MessageSettings.objects.update_or_create(company=Company.objects.get(), defaults={"logo": picture})


def in_a_message(picture, _by):
    planned(customer(), content=content.write(words(picture), {}))


@pytest.mark.parametrize(
    ("use", "why"), [(in_a_template, "Frühling"), (as_logo, "Ihr Logo"), (in_a_message, "Versandte oder wartende")]
)
def test_what_something_shows_is_not_deleted_and_the_page_says_why(chief, client, use, why):
    picture, free = add(chief), add(chief, width=41)
    use(picture, chief)
    client.force_login(chief)

    for one in (picture, free):
        page = client.post(reverse("picture-delete", args=[one.name]), follow=True).content.decode()
        assert (why in page) == (one == picture)

    assert list(Picture.objects.values_list("name", flat=True)) == [picture.name]


def test_a_mail_is_previewed_before_its_picture_is_chosen(chief, client):
    customer(name="Ina Klein")
    made = services.create_template(name="Neu", channel="email", purpose="advertising", by=chief, now=NOW)
    client.force_login(chief)

    typed = {"subject": "Neu", "blocks": "1", "block-0-kind": "text", "block-0-text": "Hallo", "act": "add-picture"}
    page = client.post(reverse("template", args=[made.pk]), typed)

    frame = client.get(reverse("preview", args=[page.context["shown"].frame])).content.decode()
    assert "Hallo" in frame
    assert "<img" not in frame


def test_words_cannot_be_kept_with_a_picture_that_was_deleted_meanwhile(chief):
    picture = add(chief)
    services.delete_picture(name=picture.name, by=chief, now=NOW)

    with pytest.raises(services.PictureGone):
        in_a_template(picture, chief)


def test_a_picture_is_brought_into_a_block_described_and_seen_in_the_mail(chief, client):
    customer()
    client.force_login(chief)
    made = services.create_template(name="Frühling", channel="email", purpose="advertising", by=chief, now=NOW)
    url, block = reverse("template", args=[made.pk]) + "?words=de-sie", {"subject": "Neu", "blocks": "1"}
    block["block-0-kind"] = "picture"
    file = SimpleUploadedFile("rosen.png", drawn(), "image/png")

    page = client.post(url, block | {"act": "upload-0", "block-0-file": file}).content.decode()
    picture = Picture.objects.get()
    assert f'value="{picture.name}" selected' in page

    kept = block | {"act": "save", "block-0-picture": picture.name}
    assert "zeigen Bilder zunächst nicht" in client.post(url, kept).content.decode()
    assert client.post(url, kept | {"block-0-is_bare": "1"}).status_code == 302
    assert client.post(url, kept | {"block-0-label": "Rosen & Tulpen"}).status_code == 302

    shown = client.get(url).context["shown"]
    frame = client.get(reverse("preview", args=[shown.frame])).content.decode()
    assert f'src="{reverse("mail-picture", args=[picture.name])}" width="40" alt' in frame
    assert 'alt="Rosen &amp; Tulpen"' in frame


@pytest.mark.parametrize("name", ["picture-add", "template", "customer-write"])
def test_what_may_bring_a_picture_takes_one_and_no_more(name):
    view = next(entry.callback for entry in patterns() if entry.name == name)

    assert bodies.most(view) == images.BODY_BYTES < 10_000_000


def test_a_file_that_is_no_picture_is_refused_with_a_cure(chief, client):
    client.force_login(chief)

    answer = client.post(reverse("picture-add"), {"file": SimpleUploadedFile("x.png", b"<html>")}, follow=True)

    assert "Das ist kein Bild" in answer.content.decode()
    assert not Picture.objects.exists()
