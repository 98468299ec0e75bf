"""Words while they are written: blocks added, moved and removed, and what must be mended first."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.outreach.content import Block
from stammkunde.outreach.drafts import MOST_BLOCKS, Draft

A, B, C = (Block(kind="text", text=letter) for letter in "ABC")


def letters(draft):
    return "".join(block.text for block in draft.blocks)


@pytest.mark.parametrize(
    ("act", "after", "touched"),
    [
        ("up-1", "BAC", 0),
        ("down-1", "ACB", 2),
        ("up-0", "ABC", 0),
        ("down-2", "ABC", 2),
        ("remove-1", "AC", None),
        ("remove-9", "ABC", None),
        ("up-x", "ABC", None),
        ("add-nonsense", "ABC", None),
        ("show", "ABC", None),
    ],
)
def test_blocks_are_moved_and_removed(act, after, touched):
    done = Draft(blocks=(A, B, C)).act(act)

    assert (letters(done), done.touched) == (after, touched)


def test_blocks_are_added_up_to_a_number():
    draft = Draft().act("add-offer")
    assert (draft.blocks, draft.touched) == ((Block(kind="offer"),), 0)

    for _more in range(MOST_BLOCKS + 3):
        draft = draft.act("add-text")
    assert len(draft.blocks) == MOST_BLOCKS


@given(st.text(alphabet="abdnopuwv-0123456789", max_size=9))
def test_no_act_loses_more_than_one_block(act):
    before = Draft(blocks=(A, B, C))

    after = before.act(act)

    assert len(after.blocks) - 3 in {-1, 0, 1}
    assert len(after.blocks) != 3 or sorted(letters(after)) == ["A", "B", "C"]


def test_what_is_posted_is_read():
    posted = {
        "subject": " Neu ",
        "preview": "",
        "blocks": "3",
        "block-0-kind": "text",
        "block-0-text": "Eins\r\nzwei ",
        "block-1-kind": "nonsense",
        "block-2-kind": "button",
        "block-2-label": "Los",
        "block-2-url": "https://x.test/",
    }

    assert Draft.read(posted) == Draft(
        subject="Neu",
        blocks=(Block(kind="text", text="Eins\nzwei"), Block(kind="button", label="Los", url="https://x.test/")),
    )


@pytest.mark.parametrize("blocks", ["", "x", "-1", "9999999999", "²"])
def test_nonsense_number_of_blocks_is_none_or_few(blocks):
    assert Draft.read({"blocks": blocks}).blocks == ()


@pytest.mark.parametrize(
    ("draft", "places"),
    [
        (Draft(subject="Neu", blocks=(A,)), set()),
        (Draft(), {"subject", "blocks"}),
        (Draft(subject="{nonsense}", blocks=(A,)), {"subject"}),
        (Draft(subject="x" * 201, blocks=(A,)), {"subject"}),
        (Draft(subject="Neu", blocks=(A, Block(kind="text"))), {"block-1-text"}),
        (Draft(subject="Neu", blocks=(Block(kind="offer", text="x"),)), {"block-0-title"}),
        (Draft(subject="Neu", blocks=(Block(kind="button"),)), {"block-0-label", "block-0-url"}),
        (Draft(subject="Neu", blocks=(Block(kind="button", label="x", url="javascript:alert(1)"),)), {"block-0-url"}),
        (Draft(subject="Neu", blocks=(Block(kind="button", label="x", url="https://x.test/?a={code}"),)), set()),
        (Draft(subject="Neu", blocks=tuple(Block(kind="text", text="x" * 4000) for _ in range(3))), {"blocks"}),
    ],
)
def test_what_must_be_mended_is_named_at_its_place(draft, places):
    with translation.override("de"):
        assert set(draft.problems()) == places
