"""The error tree: one root, one class a code, and sentences that people can use."""

from __future__ import annotations

import ast
import inspect
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import medrec
from medrec import errors
from medrec.errors import (
    AccountError,
    ChainRefusal,
    InputRefused,
    IntegrityError,
    JobError,
    MedRecError,
    NetworkError,
    NoSuchJob,
)

BRANCHES = (AccountError, ChainRefusal, InputRefused, IntegrityError, JobError, NetworkError)
SOURCES = Path(medrec.__file__).parent

# What a traceback, a log or a programmer says, and a clinician cannot use.
JARGON = re.compile(
    r"traceback|exception|\berror\b|errno|\bnull\b|\bNone\b|stack|segfault|assert|invalid|"
    r"undefined|unexpected|\bRPC\b|\brevert|0x(?! and)|\bsha\b|\bSQL|kwargs|<class|object at",
    re.IGNORECASE,
)
SENTENCES = ("why", "hint")
NOTHING = "Nothing was changed."
SECRET = re.compile(r"password|secret|private|words|passphrase|seed", re.IGNORECASE)


def _below(cls: type[MedRecError]) -> Iterator[type[MedRecError]]:
    for sub in cls.__subclasses__():
        if sub.__module__.startswith("medrec.errors"):
            yield sub
            yield from _below(sub)


CLASSES = sorted({MedRecError, *_below(MedRecError)}, key=lambda cls: cls.__name__)
every_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)


def _facts_of(cls: type[MedRecError]) -> dict[str, str]:
    """A value for each fact that the sentence names; some are sentences of their own."""
    names = [name for _, name, _, _ in string.Formatter().parse(cls.template) if name]
    return {name: "It was so." if name in SENTENCES else f"some {name}" for name in names}


@dataclass(frozen=True)
class Made:
    """A place in the sources that makes one of our errors."""

    place: str
    cls: str
    facts: dict[str, ast.expr]
    all_known: bool


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCES.rglob("*.py")):
        if path.parent.name not in ("errors", "proxies"):
            yield str(path.relative_to(SOURCES)), ast.parse(path.read_text(encoding="utf-8"))


def _made() -> Iterator[Made]:
    known = {cls.__name__ for cls in CLASSES}
    for file, tree in _sources():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or ast.unparse(node.func).startswith("theirs."):
                continue
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in known:
                facts = {word.arg: word.value for word in node.keywords if word.arg}
                whole = len(facts) == len(node.keywords)
                yield Made(f"{file}:{node.lineno}", name, facts, whole)


MADE = list(_made())


@every_class
def test_sentence_is_made_of_its_facts(cls: type[MedRecError]):
    facts = _facts_of(cls)
    error = cls(**facts)
    assert error.sentence == str(error) == cls.template.format(**facts)
    assert error.facts == facts
    for value in facts.values():
        assert value in error.sentence


@every_class
def test_missing_fact_is_our_bug_and_found_at_once(cls: type[MedRecError]):
    for name in (facts := _facts_of(cls)):
        with pytest.raises(KeyError):
            cls(**{key: value for key, value in facts.items() if key != name})


@every_class
def test_further_facts_are_kept_and_not_shown(cls: type[MedRecError]):
    error = cls(**_facts_of(cls), hidden="something else")
    assert error.facts["hidden"] == "something else"
    assert "something else" not in error.sentence


@every_class
def test_sentence_is_one_that_people_can_read(cls: type[MedRecError]):
    sentence = cls(**_facts_of(cls)).sentence
    assert re.match(r"[A-Z“]|some ", sentence), "it begins like a sentence"
    assert sentence.endswith((".", "!", "?")), "and ends like one"
    assert not re.search(r"\s{2}|\s[.,:;!?]|\.\.|\n", sentence), "no stray blanks or points"
    assert "{" not in sentence
    assert len(sentence) <= 240
    template = re.sub(r"\{\w+\}", "", cls.template)
    assert not JARGON.search(template)


@every_class
def test_facts_are_no_secrets(cls: type[MedRecError]):
    assert not any(SECRET.search(name) for name in _facts_of(cls))


@every_class
def test_says_in_a_docstring_what_it_means(cls: type[MedRecError]):
    assert cls.__doc__
    assert cls.__doc__ != MedRecError.__doc__ or cls is MedRecError


@every_class
def test_is_exported(cls: type[MedRecError]):
    assert cls.__name__ in errors.__all__
    assert getattr(errors, cls.__name__) is cls


@every_class
def test_has_a_sentence_of_its_own(cls: type[MedRecError]):
    assert "template" in vars(cls)


@every_class
def test_stands_in_the_section_of_its_branch(cls: type[MedRecError]):
    assert cls is MedRecError or sum(issubclass(cls, branch) for branch in BRANCHES) == 1


def test_codes_are_unique():
    codes = [cls(**_facts_of(cls)).code for cls in CLASSES]
    assert len(codes) == len(set(codes))
    assert NoSuchJob(job=1).code == "NoSuchJob"


def test_exports_are_the_tree_and_nothing_else():
    assert sorted(errors.__all__) == sorted(cls.__name__ for cls in CLASSES)
    assert len(errors.__all__) == len(set(errors.__all__))


def test_names_do_not_hide_python_errors():
    import builtins

    assert not {cls.__name__ for cls in CLASSES} & set(dir(builtins))


ADDRESS = "0xfd9b5C8b3A4d1f28B4E5a3C0D2b96E5a7f1C8E21"
CID = "bafyreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"


@pytest.mark.parametrize(
    ("thing", "short"), [(ADDRESS, "0xfd9b…8E21"), ("ab" * 32, "ababab…abab"), (CID, "bafyre…52zy")]
)
def test_a_sentence_has_the_ends_of_what_is_long_and_a_terminal_the_whole(thing: str, short: str):
    error = errors.NoSuchGrant(doctor=f"The doctor {thing}")
    assert error.sentence == f"The doctor {short} has no access to your record now. {NOTHING}"
    assert error.at_terminal == f"The doctor {thing} has no access to your record now. {NOTHING}"
    assert error.facts["doctor"] == f"The doctor {thing}"


@pytest.mark.parametrize("typed", [ADDRESS, f"{ADDRESS}0", "ab" * 32])
def test_what_somebody_typed_is_told_as_it_was_typed(typed: str):
    assert f"“{typed}”" in errors.BadAddress(text=typed).sentence


def test_braces_in_facts_are_only_text():
    """What somebody typed is never a format of ours."""
    error = errors.BadAddress(text="{0.__class__} {text} %s")
    assert "{0.__class__} {text} %s" in error.sentence


def test_what_is_raised_is_found():
    """The look at the sources below sees something."""
    assert len(MADE) > 150
    assert len({made.cls for made in MADE}) > 80


@every_class
def test_every_place_gives_the_facts_of_the_sentence(cls: type[MedRecError]):
    """A fact forgotten at a place that is rarely reached would be a crash there."""
    needed = set(_facts_of(cls))
    made = [made for made in MADE if made.cls == cls.__name__ and made.all_known]
    assert [m.place for m in made if not needed <= set(m.facts)] == []


@every_class
def test_reasons_given_are_sentences_too(cls: type[MedRecError]):
    """What stands last in a sentence ends it."""
    ends = [name for name in SENTENCES if re.search(rf"\{{{name}\}}( |$)", cls.template)]
    reasons = [
        (made.place, end)
        for made in MADE
        if made.cls == cls.__name__
        for name in ends
        if name in made.facts and (end := _end(made.facts[name])) is not None
    ]
    assert [place for place, end in reasons if not end.endswith((".", "!", "?"))] == []


def _end(text: ast.expr) -> str | None:
    """The end of a text that stands in the source; None where it is only known later."""
    if isinstance(text, ast.JoinedStr):
        return _end(text.values[-1])
    return text.value if isinstance(text, ast.Constant) and isinstance(text.value, str) else None


def test_every_class_but_the_branches_is_used_somewhere():
    """A sentence that nobody can ever read is no sentence."""
    used = {
        ast.unparse(node).rpartition(".")[2]
        for _, tree in _sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
    }
    assert {cls.__name__ for cls in {*CLASSES} - {MedRecError, *BRANCHES}} - used == set()


def test_root_draws_the_tree():
    drawing = inspect.getdoc(errors) or ""
    for branch in BRANCHES:
        assert branch.__name__ in drawing


@every_class
def test_a_sentence_names_no_command_for_windows_have_buttons(cls: type[MedRecError]):
    assert "`medrec" not in cls.template


def test_what_can_be_typed_next_is_told_at_a_terminal():
    error = errors.WaitsInOutbox(why="The node is away.")
    assert error.sentence == "Saved here, not yet shared: The node is away."
    assert error.at_terminal == f"{error.sentence} `medrec outbox retry` goes on."
    assert errors.NotRegisteredYet(command="patient register").at_terminal == (
        "This account is not registered yet. First: `medrec patient register`."
    )
    assert errors.NodeDown(url="here").at_terminal == errors.NodeDown(url="here").sentence
