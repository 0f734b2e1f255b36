"""Public profiles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrec.crypto.codec import decode, encode
from medrec.crypto.profile import Profile, decode_profile, encode_profile
from medrec.errors import BadObject
from tests.unit.crypto.builders import DOCTOR, DOCTOR_KEY

PROFILE = Profile(DOCTOR, "Łucja", "عمر", "cardiology", "PL-123/4", DOCTOR_KEY.public, 1)
names = st.text(max_size=30)


@given(names, names, names, names)
def test_it_survives_the_store(given_name: str, family: str, specialty: str, licence: str) -> None:
    profile = Profile(DOCTOR, given_name, family, specialty, licence, DOCTOR_KEY.public, 2)
    assert decode_profile(encode_profile(profile)) == profile


@pytest.mark.parametrize(
    "changes",
    [{"key": b""}, {"holder": 1}, {"given": b"x"}, {"keyVersion": -1}, {"v": 3}, {"x": 1}],
    ids=str,
)
def test_a_malformed_profile(changes: dict[str, object]) -> None:
    fields = decode(encode_profile(PROFILE))
    assert isinstance(fields, dict)
    with pytest.raises(BadObject):
        decode_profile(encode({**fields, **changes}))
