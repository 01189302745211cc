"""Inspections of a year: who is inspected, who is found in violation and what becomes of it, what it costs. MODEL.md section 8.

[v] provinces, [o] owners: domestic, foreign. Park operators count as domestic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eipsim.core.compiled import allocating, compiled, prefetch_cell
from eipsim.core.draws import PROCESSES, draw
from eipsim.core.money import CENTS
from eipsim.policy.province_maps import pooled
from eipsim.rules.compliance import complies, penalty_of, perceived_chance, record_after

if TYPE_CHECKING:
    from eipsim.market.constants import Constants
    from eipsim.model.state import State, Year
    from eipsim.policy.levers import Levers

INSPECTION_DRAW, CURE_DRAW = PROCESSES["inspection"], PROCESSES["cure"]
DOMESTIC, FOREIGN = range(2)


class Inspection(NamedTuple):
    """What inspectors of all provinces go by in a year.

    Who is inspected is drawn from the world's `keys`: a firm's row is looked up only when it may be inspected.
    """

    rows: np.ndarray  # int64, rows of the firms that are there, sorted by park
    first: np.ndarray  # int64 [p + 1], where those of each park begin
    keys: np.ndarray  # uint64 [firms]
    foreign: np.ndarray  # bool [firms]
    park: np.ndarray  # int [firms], row of the park
    come: np.ndarray  # int64, rows of the firms that are new this year
    records: np.ndarray  # float [firms], share of the past years in which each was inspected, as far as remembered
    stream: np.uint64  # of who is inspected
    cure_stream: np.uint64  # of who cures what is found
    year: int
    probability: np.ndarray  # float [v, o], 1/yr on average
    aim: np.ndarray  # float [v, 2], factor of it for those without and those with a record
    fine: np.ndarray  # float [o], USD
    constants: Constants
    drawn: np.ndarray  # int64, room for the rows of those who may be inspected in a park
    inspected: np.ndarray  # bool [firms], who is inspected this year; nobody yet


class Found(NamedTuple):
    """What inspections have come to: how many there were, and violations of domestic and of foreign firms."""

    inspections: int
    domestic: int
    foreign: int


@compiled
def is_on_record(violation_year, inspection):
    """A violation was found not long ago; what this year's inspections find does not count before the next."""
    age = inspection.year - violation_year
    return violation_year > 0 and 0 < age <= inspection.constants.record_years


@compiled
def chance_of_inspection(province, foreign, on_record, inspection):
    """Chance [1/yr] that somebody of this owner is inspected, on record or not."""
    owner, known = FOREIGN if foreign else DOMESTIC, 1 if on_record else 0
    return min(1.0, inspection.probability[province, owner] * inspection.aim[province, known])


@compiled
def chance_for_tenant(firms, i, operators, p, inspection):
    """The same for the tenant of row i in park p: its own record counts, and that of the park's operator."""
    on_record = is_on_record(firms.violation_year[i], inspection)
    on_record = on_record or is_on_record(operators.violation_year[p], inspection)
    return chance_of_inspection(operators.province[p], inspection.foreign[i], on_record, inspection)


@compiled
def chance_for_operator(operators, p, inspection):
    """The same for the operator of park p."""
    on_record = is_on_record(operators.violation_year[p], inspection)
    return chance_of_inspection(operators.province[p], False, on_record, inspection)


@compiled
def highest_chance(province, inspection):
    """Nobody of the province is inspected more often [1/yr]."""
    of_owners, aim = inspection.probability[province], inspection.aim[province]
    return min(1.0, max(of_owners[DOMESTIC], of_owners[FOREIGN]) * max(aim[0], aim[1]))


@compiled
def violates(compliance_cost, chance, record, park_record, fine, inspection):
    """Whether a firm or operator with its own `record`, inspected with this true `chance`, has not found complying worth it."""
    constants = inspection.constants
    share, weight = constants.own_record_share, constants.record_learning_weight
    perceived = perceived_chance(chance, record, park_record, share, weight)
    return not complies(compliance_cost, perceived, penalty_of(fine, constants.other_violation_cost))


@compiled
def note_violation(table, i, key, inspection):
    """The violation stands on record; who cures it has paid for it once and for all, and complies from then on."""
    table.violation_year[i] = inspection.year
    if draw(inspection.cure_stream, key, inspection.year, 0) < inspection.constants.cure_probability:
        table.compliance_cost[i] = 0.0


@compiled
def inspect_tenants(firms, operators, p, inspection):
    """Tenants of park p are inspected. Returns (inspections, violations of domestic firms, of foreign ones)."""
    stream, keys, year = inspection.stream, inspection.keys, inspection.year
    likely, done, domestic, foreign = 0, 0, 0, 0
    most = highest_chance(operators.province[p], inspection)
    for n in range(inspection.first[p], inspection.first[p + 1]):
        i = inspection.rows[n]
        if draw(stream, keys[i], year, 0) < most:
            prefetch_cell(firms, i, "compliance_cost")
            prefetch_cell(firms, i, "violation_year")
            inspection.drawn[likely] = i
            likely += 1
    for n in range(likely):
        i = inspection.drawn[n]
        chance = chance_for_tenant(firms, i, operators, p, inspection)
        if draw(stream, keys[i], year, 0) < chance:
            done += 1
            inspection.inspected[i] = True
            fine, record = inspection.fine[FOREIGN if inspection.foreign[i] else DOMESTIC], inspection.records[i]
            if violates(firms.compliance_cost[i], chance, record, operators.tenants_record[p], fine, inspection):
                note_violation(firms, i, keys[i], inspection)
                foreign += inspection.foreign[i]
                domestic += not inspection.foreign[i]
    return done, domestic, foreign


@compiled
def inspect_operator(operators, p, inspection):
    """The operator of park p is inspected, if the park has opened. Returns (whether it was, whether it violated)."""
    if operators.operating_year[p] > inspection.year:
        return False, False
    chance = chance_for_operator(operators, p, inspection)
    inspected = draw(inspection.stream, operators.key[p], inspection.year, 1) < chance
    records, fine = (operators.inspection_record[p], operators.tenants_record[p]), inspection.fine[DOMESTIC]
    found = inspected and violates(operators.compliance_cost[p], chance, *records, fine, inspection)
    if found:
        note_violation(operators, p, operators.key[p], inspection)
    return inspected, found


@compiled
def inspect_park(firms, operators, p, inspection):
    """Tenants of park p and its operator are inspected, and remember it where that matters. Returns what `Found` holds."""
    learns = inspection.constants.record_learning_weight > 0.0
    if learns:
        begin_records(operators, p, inspection)
    # what inspections find changes nobody's chance before the next year
    done, domestic, foreign = inspect_tenants(firms, operators, p, inspection)
    inspected, found = inspect_operator(operators, p, inspection)
    if learns:
        keep_records(operators, p, done, inspected, inspection)
    return Found(done + inspected, domestic + found, foreign)


@compiled
def begin_records(operators, p, inspection):
    """A park's record begins with the true chance of its first tenants, and so do theirs."""
    first, end = inspection.first[p], inspection.first[p + 1]
    opens = operators.tenants_record[p] < 0.0
    if opens:
        domestic = chance_of_inspection(operators.province[p], False, False, inspection)
        foreign = chance_of_inspection(operators.province[p], True, False, inspection)
        abroad = 0
        for n in range(first, end):
            abroad += inspection.foreign[inspection.rows[n]]
        operators.inspection_record[p] = domestic
        if end > first:
            operators.tenants_record[p] = (domestic * (end - first - abroad) + foreign * abroad) / (end - first)
        for n in range(first, end):
            inspection.records[inspection.rows[n]] = operators.tenants_record[p]


@compiled
def begin_records_of_newcomers(province, operators, inspection):
    """A firm's record begins with that of the park it comes to; those that come to parks of the province (-1: of all)."""
    for n in range(inspection.come.size):
        i = inspection.come[n]
        p = inspection.park[i]
        if operators.tenants_record[p] >= 0.0 and (province < 0 or operators.province[p] == province):
            inspection.records[i] = operators.tenants_record[p]


@compiled
def keep_records(operators, p, done, operator_inspected, inspection):
    """The year's inspections, `done` of tenants, enter the records of the tenants, the operator and the park."""
    first, end, years = inspection.first[p], inspection.first[p + 1], inspection.constants.record_years
    for n in range(first, end):
        i = inspection.rows[n]
        inspection.records[i] = record_after(inspection.records[i], np.float64(inspection.inspected[i]), years)
    its_share = 1.0 if operator_inspected else 0.0
    operators.inspection_record[p] = record_after(operators.inspection_record[p], its_share, years)
    if end > first:
        operators.tenants_record[p] = record_after(operators.tenants_record[p], done / (end - first), years)


# ---- by province -------------------------------------------------------------------------------------------------------


@compiled
def somebody_is_asked(province, inspection):
    """Whether there is anything to do in a province: inspections, or memories of them that fade."""
    return highest_chance(province, inspection) > 0.0 or inspection.constants.record_learning_weight > 0.0


@compiled
def inspect_province(regulators, r, firms, operators, inspection):
    """Provincial regulator r inspects its parks, receives the fines and is appropriated what inspections cost."""
    done, domestic, foreign = 0, 0, 0
    if not somebody_is_asked(regulators.province[r], inspection):
        return
    begin_records_of_newcomers(regulators.province[r], operators, inspection)
    for p in range(operators.key.size):
        if operators.province[p] == regulators.province[r]:
            in_park = inspect_park(firms, operators, p, inspection)
            done += in_park.inspections
            domestic += in_park.domestic
            foreign += in_park.foreign
    account_for_inspections(regulators[r], Found(done, domestic, foreign), inspection)


@compiled
def account_for_inspections(regulator, found, inspection):
    """The regulator receives the fines and is appropriated what inspections cost."""
    fine, violations = inspection.fine, found.domestic + found.foreign
    fines = violations * fine[DOMESTIC] + found.foreign * (fine[FOREIGN] - fine[DOMESTIC])
    regulator.inspections_done = found.inspections
    regulator.violations_found = violations
    regulator.inspections = np.int64(found.inspections * inspection.constants.inspection_cost_usd * CENTS + 0.5)
    regulator.appropriation += regulator.inspections
    regulator.fines = np.int64(fines * CENTS + 0.5)


@allocating
def all_inspect(regulators, firms, operators, inspection):
    """What `inspect_province` does, for every province: rows 1 and up."""
    found = np.zeros((regulators.size, 3), np.int64)
    begin_records_of_newcomers(-1, operators, inspection)
    for p in range(operators.size):
        province = operators[p].province
        if somebody_is_asked(province, inspection):
            in_park = inspect_park(firms, operators, p, inspection)
            found[province + 1, 0] += in_park.inspections
            found[province + 1, 1] += in_park.domestic
            found[province + 1, 2] += in_park.foreign
    for r in range(1, regulators.size):
        if somebody_is_asked(regulators[r].province, inspection):
            account_for_inspections(regulators[r], Found(found[r, 0], found[r, 1], found[r, 2]), inspection)


def inspection_of(state: State, year: Year) -> Inspection:
    """What inspectors go by in `year`."""
    levers, streams, tenants = year.levers, state.surroundings.streams, state.world.firms
    abroad = levers.of_foreign_firms
    probability = np.stack([levers.inspection_probability, abroad.inspection_probability], axis=1)
    plan = Inspection(
        rows=year.rows, first=year.first, keys=tenants.key, foreign=tenants.foreign, park=tenants.park,
        come=state.world.in_year(year.number).come, records=state.inspection_records,
        stream=streams[INSPECTION_DRAW], cure_stream=streams[CURE_DRAW], year=year.number,
        probability=probability, aim=np.ones(probability.shape),
        fine=np.array([levers.fine_usd, abroad.fine_usd]),
        constants=state.market.constants, drawn=np.empty(year.rows.size, dtype=np.int64),
        inspected=np.zeros(tenants.key.size, dtype=np.bool_),
    )  # fmt: skip
    targeted = "inspection_targeting" in levers.in_force
    return plan._replace(aim=aim_of(state, levers, plan, year.home)) if targeted else plan


def inspect(state: State, year: Year) -> None:
    """The year's inspections of all provinces."""
    all_inspect(state.regulators, state.firms, state.operators, inspection_of(state, year))


# ---- targeting ---------------------------------------------------------------------------------------------------------


def aim_of(state: State, levers: Levers, untargeted: Inspection, home: np.ndarray | None = None) -> np.ndarray:
    """Factors of the chance of inspection [v, 2] that aim the province's share of inspections at those on record.

    Provinces that are part of one (`home` [v]) aim together, at those on record in any of them.

    As many inspections are to be expected as without: what cannot go to those on record, who are inspected once a year at most,
    goes to the others.
    """
    on_record, everybody = numbers_on_record(state.firms, state.operators, untargeted)
    chance, due_there = untargeted.probability, (everybody * untargeted.probability).sum(axis=1)
    due = pooled(due_there, home)  # inspections to be expected
    due_on_record = pooled((on_record * chance).sum(axis=1), home)
    share = share_aimed(levers.inspection_targeting, due_there, home)
    aimed = (due_on_record > 0.0) & (share > 0.0)
    known = np.ones(share.size)
    known[aimed] += share[aimed] * (due[aimed] / due_on_record[aimed] - 1.0)
    left = due - pooled((on_record * np.minimum(1.0, chance * known[:, None])).sum(axis=1), home)
    due_to_others = due - due_on_record
    others = np.ones(share.size)
    shared = aimed & (due_to_others > 0.0)
    others[shared] = np.maximum(left[shared] / due_to_others[shared], 0.0)
    return np.stack([others, known], axis=1)


def share_aimed(shares: np.ndarray, due: np.ndarray, home: np.ndarray | None) -> np.ndarray:
    """The share of inspections [v] that a whole province aims: the mean of its parts', weighted with what is `due` in each."""
    if home is None:
        return shares
    return pooled(shares * due, home) / np.maximum(pooled(due, home), np.finfo(float).tiny)


@allocating
def numbers_on_record(firms, operators, inspection):
    """Tenants and operators on record, and all of them: float [v, o] both."""
    on_record, everybody = np.zeros(inspection.probability.shape), np.zeros(inspection.probability.shape)
    for p in range(operators.size):
        province, known = operators.province[p], is_on_record(operators.violation_year[p], inspection)
        for n in range(inspection.first[p], inspection.first[p + 1]):
            i = inspection.rows[n]
            owner = FOREIGN if inspection.foreign[i] else DOMESTIC
            everybody[province, owner] += 1.0
            if known or is_on_record(firms.violation_year[i], inspection):
                on_record[province, owner] += 1.0
        if operators.operating_year[p] <= inspection.year:
            everybody[province, DOMESTIC] += 1.0
            if known:
                on_record[province, DOMESTIC] += 1.0
    return on_record, everybody
