"""What people are called on a screen: “you”, a verified doctor's name, otherwise the address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from medrec.clinical.text import clean
from medrec.domain.ids import Address
from medrec.errors import MedRecError
from medrec.services.context import Context
from medrec.services.trust import vouched_doctor

YOU = "you"


async def names_of(context: Context, addresses: Iterable[Address]) -> Mapping[Address, str]:
    """A name for each address; only a name that a verifier vouches for stands for somebody.

    Two doctors of one name are told apart by their addresses.
    """
    names = {who: await _name(context, who) for who in dict.fromkeys(addresses)}
    bearers = Counter(names.values())
    return {who: name if bearers[name] == 1 else f"{name} ({who})" for who, name in names.items()}


async def _name(context: Context, who: Address) -> str:
    if who == context.me:
        return YOU
    try:
        return clean((await vouched_doctor(context, who)).profile.display_name, 60) or who
    except MedRecError:
        return who
