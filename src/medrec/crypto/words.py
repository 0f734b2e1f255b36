"""BIP-39 words (https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki), English list."""

from __future__ import annotations

import unicodedata
from functools import cache

from mnemonic import Mnemonic

from medrec.errors import BadWords

LENGTHS = (12, 15, 18, 21, 24)
_STRENGTH = 256


@cache
def _english() -> Mnemonic:
    return Mnemonic("english")


def new_words() -> str:
    """24 new words from the system's CSPRNG, separated by single spaces."""
    return _english().generate(_STRENGTH)


def check_words(text: str) -> str:
    """The words in their normal form: NFKD, lower case, single spaces.

    Raises:
        BadWords: naming the first word, by its place, that is not in the list, or saying that
            the number of words or the checksum is wrong. It never repeats a word.
    """
    words = unicodedata.normalize("NFKD", text).lower().split()
    if len(words) not in LENGTHS:
        raise BadWords(why=f"there are {len(words)} words, not 12, 15, 18, 21 or 24.")
    known = frozenset(_english().wordlist)
    for place, word in enumerate(words, start=1):
        if word not in known:
            raise BadWords(why=f"word {place} is not in the list of words. Check its spelling.")
    phrase = " ".join(words)
    if not _english().check(phrase):
        raise BadWords(why="they do not fit together. Check their order and each one of them.")
    return phrase


def seed(words: str) -> bytes:
    """The 64-byte seed of a phrase, without passphrase.

    Raises:
        BadWords: as `check_words`.
    """
    return Mnemonic.to_seed(check_words(words))
