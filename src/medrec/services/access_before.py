"""Access that was given in a network of before: it runs on there until its end, or is revoked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medrec.domain.entries import Action
from medrec.domain.ids import Address, address_word
from medrec.domain.network import Network
from medrec.errors import (
    AccessEndsLater,
    AccessRunsBefore,
    MedRecError,
    NodeDown,
    NodeRefused,
    NoSuchGrant,
    NotRegisteredYet,
    StillWaiting,
    WaitsInOutbox,
)
from medrec.services import access, access_overview
from medrec.services.access import AccessRow
from medrec.services.access_overview import Share
from medrec.services.context import Context
from medrec.services.origins import Missing, follow, origin_of, reached
from medrec.services.trust import called
from medrec.services.wishes import put_off, waiting

AWAY = (NodeDown, NodeRefused)
"""What passes by itself, so that what waits for a network of before goes out one day."""


@dataclass(frozen=True, slots=True)
class ShareBefore:
    """A grant that runs in a network of before."""

    share: Share
    origin: Network


@dataclass(frozen=True, slots=True)
class SharesBefore:
    """Running grants of before; ``missing`` is a network in which some may run unseen.

    ``ending`` says that some of those end as soon as that network is reached.
    """

    rows: tuple[ShareBefore, ...] = ()
    missing: Missing | None = None
    ending: bool = False


async def shares_before(context: Context) -> SharesBefore:
    """The patient's running grants in the networks of before, as far as they can be read."""
    places, missing = await reached(context)
    rows = [
        ShareBefore(share, place.network)
        for place in places
        if await place.chain.patient(place.me) is not None
        for share in await access_overview.shares(place)
    ]
    away = context.origins[len(places) :]
    if await running_unseen(context, away, context.me, None) == set():
        missing = None
    ending = [place for place in away if await waiting(place, "access-revoke")]
    return SharesBefore(tuple(rows), missing, bool(ending))


async def revoke_before(context: Context, doctor: Address, origin: Network) -> None:
    """End a doctor's access in one network of before alone.

    Raises:
        NoSuchGrant, and as `follow` and `access.revoke`.
    """
    for place in await follow(context):
        if place.network == origin:
            await access.revoke(place, [doctor])


async def revoke(context: Context, doctor: Address) -> None:
    """End a doctor's access in this network and then in those of before, wherever it runs.

    Raises:
        NoSuchGrant: where it runs nowhere.
        AccessEndsLater: it has ended here, and ends in a network that cannot be reached now as
            soon as that is followed again.
        AccessRunsBefore: it has ended here, and nobody can know whether it runs in a network that
            cannot be reached now.
        As `access.revoke`.
    """
    waits: WaitsInOutbox | StillWaiting | None = None
    try:
        ended = await _revoked(context, doctor)
    except (WaitsInOutbox, StillWaiting) as error:
        ended, waits = True, error
    places, missing = await reached(context)
    for older in places:
        ended = await _revoked(older, doctor) or ended
    later: MedRecError | None = None
    if missing is not None:
        later = await _put_off(context, context.origins[len(places) :], doctor, missing)
    if waits is not None:
        raise waits
    if later is not None:
        raise later
    if not ended:
        raise NoSuchGrant(doctor=await called(context, doctor))


async def _put_off(
    context: Context, away: Sequence[Context], doctor: Address, missing: Missing
) -> MedRecError | None:
    """Keep the revocation for the networks in which the access runs; None where it runs nowhere."""
    running = await running_unseen(context, away, context.me, doctor)
    said = {"name": missing.network.name, "why": missing.error.sentence}
    if running is None or (running and not isinstance(missing.error, AWAY)):
        return AccessRunsBefore(**said)
    if not running:
        return None
    for place in away:
        if await running_unseen(context, [place], context.me, doctor):
            await put_off(place, access.revocation([doctor]), missing.error)
    return AccessEndsLater(**said)


async def _revoked(place: Context, doctor: Address) -> bool:
    try:
        await access.revoke(place, [doctor])
    except (NoSuchGrant, NotRegisteredYet):
        return False
    return True


async def running_unseen(
    context: Context, away: Sequence[Context], subject: Address | None, doctor: Address | None
) -> set[Address] | None:
    """Patients whose grants run in networks that cannot be asked, by what their indexes hold.

    ``subject`` and ``doctor`` narrow it down. None where nobody can know: an index was never
    followed on this computer.
    """
    now = await context.time()
    actions = [Action.ACCESS_GRANTED, Action.ACCESS_REVOKED]
    word = None if doctor is None else address_word(doctor)
    found: set[Address] = set()
    for place in away:
        if not await place.local.checkpoints():
            return None
        last = {
            (entry.subject, entry.ref): entry
            for entry in await place.local.entries(subject=subject, ref=word, actions=actions)
        }
        found |= {
            entry.subject
            for entry in last.values()
            if entry.action == Action.ACCESS_GRANTED and entry.meta.expiry > now
        }
    return found


async def access_listed(context: Context) -> list[tuple[AccessRow, Network | None]]:
    """Running access here and, with its network, in those of before. Raises as `follow`."""
    found: list[tuple[AccessRow, Network | None]] = []
    for place in (context, *await follow(context)):
        origin = origin_of(place, context)
        found += [(row, origin) for row in await access.listed(place)]
    return found
