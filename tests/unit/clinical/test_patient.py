from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medrec.clinical.patient import (
    Demographics,
    DoctorProfileFields,
    IdentityClaim,
    from_fhir,
    to_fhir,
)
from medrec.clinical.validation import check
from medrec.errors import BadFields, InputRefused, NotFhir, NotJson

ADDRESS = "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
PERSON = {
    "given": "Amal Rose",
    "family": "Haddad",
    "birth_date": "1971-11-05",
    "sex": "female",
    "address": "12 Rue des Lilas, 75001 Paris",
    "phone": "+33 (0)6 12 34 56 78",
}


def person(**changes: Any) -> dict[str, Any]:
    return PERSON | changes


def day(days: int) -> str:
    return (datetime.now().astimezone().date() + timedelta(days=days)).isoformat()


def test_a_patient_is_valid_fhir_and_comes_back() -> None:
    someone = Demographics.of(PERSON)
    data = to_fhir(someone, ADDRESS)
    assert check(data) == ("Patient", ())
    assert from_fhir(data) == someone
    assert json.loads(data)["identifier"] == [
        {"system": "urn:ietf:rfc:3986", "value": f"ethereum:{ADDRESS}"}
    ]


def test_the_bytes_are_always_the_same() -> None:
    expected = (
        '{"resourceType":"Patient","identifier":[{"system":"urn:ietf:rfc:3986",'
        '"value":"ethereum:0x01"}],"active":true,"name":[{"use":"official","family":"Núñez",'
        '"given":["Ana"]}],"gender":"other","birthDate":"2000-02-29"}'
    )
    someone = Demographics("Ana", "Núñez", "2000-02-29", "other")
    assert to_fhir(someone, "0x01") == expected.encode()
    assert to_fhir(Demographics.of(dict(reversed(PERSON.items()))), ADDRESS) == to_fhir(
        Demographics.of(PERSON), ADDRESS
    )


def test_text_is_cleaned() -> None:
    someone = Demographics.of(
        person(
            given="  Amal \n Rose ",
            family="Nu\u0301n\u0303ez",
            sex="Female",
            address="12 Rue X,\n\n75001 Paris\n",
        )
    )
    assert (someone.given, someone.family, someone.sex) == ("Amal Rose", "Núñez", "female")
    assert someone.address == "12 Rue X, 75001 Paris"


def test_address_and_phone_may_be_missing() -> None:
    someone = Demographics.of({k: PERSON[k] for k in ("given", "family", "birth_date", "sex")})
    assert (someone.address, someone.phone) == ("", "")
    assert Demographics.of(person(address=None, phone="")).phone == ""


@pytest.mark.parametrize("born", [day(0), day(-1), "1912-01-01", "2000-02-29"])
def test_days_on_which_people_were_born(born: str) -> None:
    assert Demographics.of(person(birth_date=born)).birth_date == born


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"given": ""}, "given is missing"),
        ({"given": " \n"}, "given is missing"),
        ({"family": None}, "family is missing"),
        ({"family": "7"}, "family has no letter"),
        ({"family": "\x1b[2JHaddad"}, "family has characters that cannot be shown"),
        ({"family": "\u202eddad"}, "family has characters that cannot be shown"),
        ({"given": "\ud800a"}, "given has characters that cannot be shown"),
        ({"given": "a" * 101}, "given is longer than 100 characters"),
        ({"given": ["Amal"]}, "given must be text"),
        ({"birth_date": "1971-02-30"}, "birth_date is not a day of the calendar"),
        ({"birth_date": "05/11/1971"}, "birth_date must be a day as YYYY-MM-DD"),
        ({"birth_date": "19711105"}, "birth_date must be a day as YYYY-MM-DD"),
        ({"birth_date": "1971-W45-5"}, "birth_date must be a day as YYYY-MM-DD"),
        ({"birth_date": "1971"}, "birth_date must be a day as YYYY-MM-DD"),
        ({"birth_date": "１９７１-11-05"}, "birth_date must be a day as YYYY-MM-DD"),
        ({"birth_date": 1971}, "birth_date must be text"),
        ({"birth_date": day(1)}, "birth_date lies in the future"),
        ({"birth_date": "1771-11-05"}, "birth_date lies more than 130 years back"),
        ({"sex": "F"}, "sex must be one of male, female, other, unknown"),
        ({"sex": ""}, "sex is missing"),
        ({"phone": "call my wife"}, "phone is not a telephone number"),
        ({"phone": "12"}, "phone is not a telephone number"),
        ({"phone": "1" * 21}, "phone is not a telephone number"),
        ({"address": "x" * 301}, "address is longer than 300 characters"),
        ({"fone": "1"}, "fone is not known"),
    ],
)
def test_wrong_data_are_refused_by_name(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(BadFields) as refusal:
        Demographics.of(person(**changes))
    assert why in refusal.value.sentence
    assert refusal.value.sentence.count(";") == 0


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(BadFields) as refusal:
        Demographics.of({"given": "Amal", "sex": "f", "birth_date": "today"})
    assert refusal.value.sentence == (
        "The data given cannot be used: family is missing; birth_date must be a day as "
        "YYYY-MM-DD; sex must be one of male, female, other, unknown."
    )


@pytest.mark.parametrize("given", [[], "Amal", None, 5])
def test_what_is_no_object_is_refused(given: object) -> None:
    with pytest.raises(BadFields, match="one JSON object with given, family"):
        Demographics.of(given)


def test_making_one_directly_is_checked_too() -> None:
    with pytest.raises(BadFields, match="sex must be one of"):
        Demographics("Amal", "Haddad", "1971-11-05", "f")


def test_people_stay_out_of_logs() -> None:
    claim = IdentityClaim("Amal", "Haddad", "1971-11-05", "X-1234567")
    assert repr(claim) == "IdentityClaim(...)"
    assert "Haddad" not in f"{Demographics.of(PERSON)!r}{claim}"


def test_a_doctors_profile() -> None:
    fields = {"given": "Jonas", "family": "Weiss", "specialty": "Cardiology", "licence": "75/1234"}
    assert DoctorProfileFields.of(fields) == DoctorProfileFields(**fields)
    with pytest.raises(BadFields, match=r"specialty is missing; licence is missing\."):
        DoctorProfileFields.of({"given": "Jonas", "family": "Weiss"})


def test_an_identity_claim() -> None:
    fields = {"given": "Amal", "family": "Haddad", "birth_date": "1971-11-05", "id_number": "X-12"}
    assert IdentityClaim.of(fields) == IdentityClaim(**fields)
    with pytest.raises(BadFields, match=r"birth_date is missing; id_number is missing\."):
        IdentityClaim.of({"given": "Amal", "family": "Haddad"})


def test_other_peoples_patients_are_read(shared: Path) -> None:
    official = shared / "fhir" / "r4_official" / "Patient" / "Patient-example.json"
    someone = from_fhir(official.read_bytes())
    assert (someone.given, someone.family) == ("Peter James", "Chalmers")
    assert (someone.birth_date, someone.sex) == ("1974-12-25", "male")
    assert someone.phone == "(03) 5555 6473"
    assert someone.address.startswith("534 Erewhon St")


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b'{"resourceType": "Observation"}', NotFhir),
        (b"[]", NotFhir),
        (b"{", NotJson),
        (b'{"resourceType": "Patient"}', BadFields),
        (b'{"resourceType": "Patient", "name": {"given": 5}, "birthDate": "1971"}', BadFields),
    ],
)
def test_what_is_no_patient(data: bytes, refusal: type[InputRefused]) -> None:
    with pytest.raises(refusal):
        from_fhir(data)


words = st.text(min_size=1, max_size=12)


@given(given_=words, family=words, address=st.text(max_size=20), phone=st.text(max_size=8))
@settings(max_examples=300, deadline=None)
def test_any_text_is_refused_or_comes_back(
    given_: str, family: str, address: str, phone: str
) -> None:
    fields = person(given=given_, family=family, address=address, phone=phone)
    try:
        someone = Demographics.of(fields)
    except BadFields as refusal:
        told = refusal.sentence
        someone = None
    else:
        told = ""
    assert (someone is None) == bool(told)
    if someone is not None:
        data = to_fhir(someone, ADDRESS)
        assert from_fhir(data) == someone
        assert check(data) == ("Patient", ())
