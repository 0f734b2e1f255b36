"""BIP-39 words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mnemonic import Mnemonic

from medrec.crypto.words import check_words, new_words, seed
from medrec.errors import BadWords

ABOUT = "abandon " * 11 + "about"


def test_new_words_are_24_and_valid() -> None:
    first, second = new_words(), new_words()
    assert len(first.split()) == 24
    assert check_words(first) == first
    assert first != second


def test_the_seed_of_the_standard_s_first_phrase() -> None:
    assert seed(ABOUT).hex() == (
        "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc1"
        "9a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4"
    )


@given(st.sampled_from([16, 20, 24, 28, 32]).flatmap(lambda n: st.binary(min_size=n, max_size=n)))
def test_every_length_of_the_standard_is_accepted(entropy: bytes) -> None:
    phrase = Mnemonic("english").to_mnemonic(entropy)
    assert check_words("  " + phrase.upper().replace(" ", " \n\t") + " ") == phrase


def test_full_width_letters_are_the_same_words() -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if c != " " else c for c in ABOUT)
    assert check_words(wide) == ABOUT


@pytest.mark.parametrize("count", [0, 1, 11, 13, 23, 25])
def test_another_number_of_words(count: int) -> None:
    with pytest.raises(BadWords, match=f"there are {count} words"):
        check_words("abandon " * count)


def test_an_unknown_word_is_named_by_its_place_and_not_repeated() -> None:
    words = ABOUT.split()
    words[4] = "hunter2"
    with pytest.raises(BadWords, match="word 5") as refused:
        check_words(" ".join(words))
    assert "hunter2" not in refused.value.sentence


def test_words_that_do_not_fit_together() -> None:
    with pytest.raises(BadWords, match="fit together"):
        check_words("abandon " * 12)
    with pytest.raises(BadWords):
        seed("abandon " * 12)
