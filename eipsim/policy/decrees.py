"""Decree files: the criteria of the certificate, their thresholds and dates. A reform is a file, CSV or YAML.

A CSV file has a row per criterion, as `eipsim/data/decrees.csv`. A YAML file is one decree, or a list under `decrees`:

    rule_id: Reform-2027
    extends: D35-2022              # keeps its criteria; it stays in force until the day before
    in_force_from: 2027-01-01
    criteria:
      tenant firms applying RECP with measured savings: 0.15
      annual report to the authority: null         # no longer asked for

Without `extends` the files replace the enacted decrees altogether. Every mistake is told with its file and line.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from eipsim.core.names import shown, spelt_as
from eipsim.core.years import NEVER
from eipsim.data.csv_files import read_csv
from eipsim.data.tables import how_to_write
from eipsim.data.yaml_tree import MOST_BYTES, Node, read_file
from eipsim.errors import Mistake, refuse_all, unknown

FILE = Path(__file__).parents[1] / "data" / "decrees.csv"
COLUMNS = ("rule_id", "in_force_from", "in_force_to", "criterion", "threshold", "unit", "procedure_available_from")
DATES = ("in_force_from", "in_force_to", "procedure_available_from")
VALIDITY = "certificate validity"
COMPLY_WITHIN = "a park founded as eco-industrial must comply within"
# Sentences that the model can evaluate, and the unit that a park's standing is told in.
SENTENCES = {
    "tenant firms aware of RECP": "firms",
    "tenant firms applying RECP": "firms",
    "tenant firms applying RECP with measured savings": "firms",
    "tenant firms planning to join symbiosis": "firms",
    "industrial symbiosis links": "links",
    "industrial symbiosis with suitable ISO systems at its participants": "links",
    "participants of the symbiosis without violation": "years",
    "land for green space, traffic and shared infrastructure": "share",
    "land for green space and shared infrastructure": "share",
    "investor without violation": "years",
    "all basic services, symbiosis support, tracking of inputs and outputs": "yes/no",
    "annual report to the authority": "reports",
}
SHARES = ("firms", "share")  # units of criteria whose threshold is a share
TERMS = (VALIDITY, COMPLY_WITHIN)  # terms of the certificate, not conditions for it
YAML_KEYS = ("rule_id", "extends", *DATES, "source", "criteria")


@dataclass(frozen=True)
class Criterion:
    sentence: str
    threshold: float
    unit: str


@dataclass(frozen=True)
class Decree:
    """One rule set, in force from `first` to `last`; certificates can be applied for from `procedure`."""

    rule_id: str
    first: datetime.date
    last: datetime.date
    procedure: datetime.date
    criteria: tuple[Criterion, ...]
    validity: int
    comply_within: int = NEVER

    def governs(self, year: int) -> bool:
        """In force at the end of the year."""
        return self.first <= datetime.date(year, 12, 31) <= self.last

    def open_in(self, year: int) -> bool:
        return self.procedure <= datetime.date(year, 12, 31)


@dataclass(frozen=True)
class Draft:
    """What a file says of one decree: `said` is sentence -> (place, threshold as text, None = dropped)."""

    rule_id: str
    place: str
    dates: dict[str, str]
    said: dict[str, tuple[str, str | None]]
    extends: str | None = None
    extends_place: str = ""


def read_decrees(files: tuple[str, ...] = (), enacted: str = str(FILE)) -> tuple[Decree, ...]:
    """The decrees of the files, or the `enacted` ones of a country, in order of their date. InputError with every mistake."""
    names = tuple(str(file) for file in files) or (enacted,)
    return _read(names, enacted, tuple(_version(name) for name in (*names, enacted)))


def is_decree_file(file: str) -> bool:
    """Whether a YAML file says what a decree says and a scenario does not."""
    tree, _ = read_file(Path(file), file, MOST_BYTES, "decree file")
    said = tree.value if isinstance(tree.value, dict) else {}
    listed = _items(said["decrees"]) if "decrees" in said else []
    return bool(said.keys() & {"rule_id", "criteria", *DATES}) or any(isinstance(node.value, dict) for node in listed)


def _items(node: Node) -> list[Node]:
    return node.value if isinstance(node.value, list) else []


def _version(file: str) -> tuple[int, int]:
    """What changes when a file is written again."""
    try:
        status = Path(file).stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _drafts_of(file: str) -> tuple[list[Draft], list[Mistake]]:
    """The decrees of a file and every mistake in it."""
    return _drafts_of_yaml(file) if file.lower().endswith((".yaml", ".yml")) else _drafts_of_csv(file)


@cache
def _read(files: tuple[str, ...], enacted: str, versions: tuple) -> tuple[Decree, ...]:
    read = [_drafts_of(file) for file in files]
    refuse_all([mistake for _, mistakes in read for mistake in mistakes])
    drafts = [draft for made, _ in read for draft in made]
    drafts += _enacted_that_stay(drafts, enacted)
    refuse_all(_name_mistakes(drafts))
    decrees = sorted(_until_replaced(_resolved(drafts), drafts), key=lambda decree: decree.first)
    places = {draft.rule_id: draft.place for draft in drafts}
    refuse_all([_overlap(a, b, places) for a, b in pairwise(decrees) if b.first <= a.last])
    return tuple(decrees)


def _overlap(a: Decree, b: Decree, places: dict[str, str]) -> Mistake:
    end = "no end" if a.last == datetime.date.max else a.last
    hint = f"{a.rule_id} ({places[a.rule_id]}) is in force to {end}; give it in_force_to, or write extends: {a.rule_id}"
    return Mistake(places[b.rule_id], f"decrees {a.rule_id} and {b.rule_id} are in force at the same time", hint)


# ---- decrees that build on others ------------------------------------------------------------------------------------


def _enacted_that_stay(drafts: list[Draft], enacted: str) -> list[Draft]:
    """The enacted decrees, when one of the `drafts` builds on a decree that is not among them."""
    here, staying = {draft.rule_id for draft in drafts}, list[Draft]()
    for file in dict.fromkeys((enacted, str(FILE))):  # a country's own may build on those of Viet Nam
        if all(draft.extends is None or draft.extends in here for draft in [*drafts, *staying]):
            break
        staying += [draft for draft in _drafts_of(file)[0] if draft.rule_id not in here]
        here |= {draft.rule_id for draft in staying}
    return staying


def _name_mistakes(drafts: list[Draft]) -> list[Mistake]:
    """Decrees that build on none, on themselves or in a circle, and names given twice."""
    by_name, found = {draft.rule_id: draft for draft in drafts}, []
    for draft in drafts:
        if by_name[draft.rule_id] is not draft:
            found.append(Mistake(by_name[draft.rule_id].place, f"decree {draft.rule_id} is given twice", draft.place))
        seen, parent = {draft.rule_id}, draft.extends
        if parent is not None and parent not in by_name:
            found.append(unknown(draft.extends_place, "decree", parent, [n for n in by_name if n != draft.rule_id]))
        while parent in by_name:
            if parent in seen:
                found.append(Mistake(draft.extends_place, f"decree {draft.rule_id} extends itself"))
                break
            seen.add(parent)
            parent = by_name[parent].extends
    return found


def _resolved(drafts: list[Draft]) -> list[Decree]:
    by_name = {draft.rule_id: draft for draft in drafts}

    def complete(draft: Draft) -> Draft:
        if draft.extends is None:
            return draft
        parent = complete(by_name[draft.extends])
        procedure = draft.dates["procedure_available_from"] or parent.dates["procedure_available_from"]
        dates = {**draft.dates, "procedure_available_from": procedure}
        return replace(draft, said={**parent.said, **draft.said}, dates=dates, extends=None)

    return [_decree(complete(draft)) for draft in drafts]


def _until_replaced(decrees: list[Decree], drafts: list[Draft]) -> list[Decree]:
    """A decree on which another builds ends the day before that one begins."""
    by_name = {decree.rule_id: decree for decree in decrees}
    for draft in drafts:
        if draft.extends is not None:
            old, new = by_name[draft.extends], by_name[draft.rule_id]
            if old.first < new.first <= old.last:
                by_name[old.rule_id] = replace(old, last=new.first - datetime.timedelta(days=1))
    return list(by_name.values())


def _decree(draft: Draft) -> Decree:
    asked = {sentence: float(value) for sentence, (_, value) in draft.said.items() if value is not None}
    return Decree(
        rule_id=draft.rule_id,
        first=_date(draft.dates["in_force_from"], datetime.date.min),
        last=_date(draft.dates["in_force_to"], datetime.date.max),
        procedure=_date(draft.dates["procedure_available_from"], datetime.date.max),
        criteria=tuple(Criterion(s, threshold, SENTENCES[s]) for s, threshold in asked.items() if s in SENTENCES),
        validity=int(asked.get(VALIDITY, NEVER)),
        comply_within=int(asked.get(COMPLY_WITHIN, NEVER)),
    )


def _date(text: str, otherwise: datetime.date) -> datetime.date:
    return datetime.date.fromisoformat(text.strip()) if text.strip() else otherwise


# ---- CSV -------------------------------------------------------------------------------------------------------------


def _drafts_of_csv(file: str) -> tuple[list[Draft], list[Mistake]]:
    """The decrees of a CSV file and every mistake in it."""
    rows, found = _rows(file)
    if found:
        return [], found
    names = dict.fromkeys(row["rule_id"] for _, row in rows)
    by_name = {name: [(where, row) for where, row in rows if row["rule_id"] == name] for name in names}
    found = [mistake for own in by_name.values() for mistake in _contradictions(own)]
    return [_draft_of_rows(own) for own in by_name.values()], found


def _draft_of_rows(rows: list[tuple[str, dict]]) -> Draft:
    place, head = rows[0]
    said: dict[str, tuple[str, str | None]] = {row["criterion"]: (where, row["threshold"]) for where, row in rows}
    return Draft(head["rule_id"], place, {name: head[name] for name in DATES}, said)


def _rows(file: str) -> tuple[list[tuple[str, dict]], list[Mistake]]:
    """The rows of one file with their places, and every mistake in them."""
    read = read_csv(Path(file), file)
    if read.mistakes:
        return [], read.mistakes
    missing = [name for name in COLUMNS if name not in read.header]
    if missing:
        return [], [Mistake(f"{file}:1", f"columns are missing: {', '.join(missing)}")]
    if not read.rows:
        return [], [Mistake(f"{file}:1", "has no rows", "write one for each criterion")]
    known = [*SENTENCES, *TERMS]
    numbered = [
        (read.where(line), row | {"criterion": spelt_as(row["criterion"].strip(), known) or row["criterion"]})
        for line, row in read.records()
    ]
    return numbered, [mistake for where, row in numbered for mistake in _row_mistakes(where, row)]


def _row_mistakes(where: str, row: dict) -> list[Mistake]:
    """Every mistake of one row of a decree file."""
    found = [] if row["rule_id"].strip() else [Mistake(where, "the decree has no name", "fill in rule_id")]
    found += _threshold_mistakes(where, row["criterion"], row["threshold"])
    return found + _date_mistakes(where, dict.fromkeys(DATES, where), row)


def _contradictions(rows: list[tuple[str, dict]]) -> list[Mistake]:
    """What one decree says twice, or with other dates than its first row."""
    (_, head), said, found = rows[0], set(), []
    for where, row in rows:
        if any(row[column].strip() != head[column].strip() for column in DATES):
            found.append(Mistake(where, f"the dates differ from those of the first row of {head['rule_id']}"))
        if row["criterion"] in said:
            found.append(Mistake(where, f"{row['criterion']!r} is said twice in {head['rule_id']}"))
        said.add(row["criterion"])
    return found


# ---- YAML ------------------------------------------------------------------------------------------------------------


def _drafts_of_yaml(file: str) -> tuple[list[Draft], list[Mistake]]:
    """The decrees of a YAML file and every mistake in it."""
    tree, found = read_file(Path(file), file, MOST_BYTES, "decree file")
    if found:
        return [], found
    if not isinstance(tree.value, dict):
        return [], [Mistake(tree.place, "a decree file is a mapping (name: value)")]
    several = tree.value.get("decrees")
    nodes = [tree] if several is None else _items(several)
    if several is not None and (not nodes or len(tree.value) > 1):
        hint = "give one decree, or only `decrees: [...]`"
        return [], [Mistake(several.place, "decrees is not a list of decrees", hint)]
    drafts: list[Draft] = []
    for node in nodes:
        draft, mistakes = _draft_of_node(node)
        drafts, found = [*drafts, draft], found + mistakes
    return ([], found) if found else (drafts, [])


def _draft_of_node(node: Node) -> tuple[Draft, list[Mistake]]:
    """One decree of a YAML file; what is wrong in it."""
    if not isinstance(node.value, dict):
        return Draft("", node.place, {}, {}), [Mistake(node.place, "a decree is a mapping (name: value)")]
    given = node.value
    found = [unknown(given[key].place, "key", str(key), YAML_KEYS) for key in given if key not in YAML_KEYS]
    texts, mistakes = _texts(given, ("rule_id", "extends", *DATES))
    found += mistakes
    if not texts["rule_id"].strip():
        found.append(Mistake(node.place, "the decree has no name", "fill in rule_id"))
    places = {name: given[name].place if name in given else node.place for name in DATES}
    found += _date_mistakes(node.place, places, texts)
    said, mistakes = _said(node)
    extends = texts["extends"].strip() or None
    draft = Draft(
        texts["rule_id"].strip(), node.place, {name: texts[name] for name in DATES}, said, extends,
        given["extends"].place if "extends" in given else node.place,
    )  # fmt: skip
    return draft, found + mistakes


def _texts(given: dict, names: Iterable[str]) -> tuple[dict[str, str], list[Mistake]]:
    """The plain values of `names` as text ("" where there is none)."""
    texts, found = {}, []
    for name in names:
        value = given[name].value if name in given else None
        if isinstance(value, dict | list):
            found.append(Mistake(given[name].place, f"{name} is not a single value"))
            value = None
        texts[name] = "" if value is None else str(value)
    return texts, found


def _said(node: Node) -> tuple[dict[str, tuple[str, str | None]], list[Mistake]]:
    """The criteria of a YAML decree: sentence -> (place, threshold)."""
    criteria = node.value.get("criteria")
    if criteria is None or not isinstance(criteria.value, dict):
        where = node.place if criteria is None else criteria.place
        return {}, [Mistake(where, "the decree has no criteria", "criteria: maps each sentence to its threshold")]
    said: dict[str, tuple[str, str | None]] = {}
    found = []
    known = [*SENTENCES, *TERMS]
    for written, value in criteria.value.items():
        sentence = spelt_as(str(written), known) or str(written)
        if isinstance(value.value, dict | list | bool):
            found.append(Mistake(value.place, f"the threshold of {sentence!r} is not a number"))
        elif value.value is None:
            found += [] if sentence in known else [unknown(value.place, "criterion", sentence, known)]
            said[sentence] = value.place, None
        else:
            found += _threshold_mistakes(value.place, sentence, str(value.value))
            said[sentence] = value.place, str(value.value)
    return said, found


# ---- what both forms can have wrong ----------------------------------------------------------------------------------


def _threshold_mistakes(where: str, sentence: str, threshold: str) -> list[Mistake]:
    if sentence not in SENTENCES and sentence not in TERMS:
        return [unknown(where, "criterion", sentence, [*SENTENCES, *TERMS])]
    try:
        value = float(threshold)
    except ValueError:
        return [Mistake(where, f"threshold {shown(threshold)} is not a number", how_to_write(threshold.strip()))]
    if not 0.0 <= value < np.inf:
        return [Mistake(where, f"threshold {threshold} is out of range", "allowed: 0 or more")]
    if SENTENCES.get(sentence) in SHARES and value > 1.0:
        return [Mistake(where, f"threshold {threshold} is not a share", "allowed: 0 to 1")]
    if sentence in TERMS and not (value >= 1.0 and value.is_integer()):
        return [Mistake(where, f"{sentence}: {threshold} years", "allowed: a whole number of at least 1")]
    return []


def _date_mistakes(where: str, places: dict[str, str], row: dict[str, str]) -> list[Mistake]:
    """What is wrong with the dates of a decree that begins at `where`; `places` says where each date stands."""
    found, dates = [], {}
    for column in DATES:
        try:
            dates[column] = _date(row[column], datetime.date.max)
        except ValueError:
            what = f"{column} {shown(row[column])} is not a date"
            found.append(Mistake(places[column], what, "write it as 2025-01-24"))
    if not row["in_force_from"].strip():
        found.append(Mistake(where, "the decree has no date of entry into force", "fill in in_force_from"))
        return found
    first, last = dates.get("in_force_from"), dates.get("in_force_to")
    if first and last and last < first:
        found.append(Mistake(places["in_force_to"], f"the decree ends before it begins: {first} to {last}"))
    return found
