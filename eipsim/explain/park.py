"""Why a park is or is not certified in a year: each criterion of the decree in force, what the park has and needs."""

from __future__ import annotations

import datetime
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from eipsim.agents.operator.columns import APPLIED, CERTIFICATE_STATES, CERTIFIED, REVOKED
from eipsim.certification import pursuit
from eipsim.certification.criteria import Finding, findings
from eipsim.certification.year import decree_of
from eipsim.core.money import CENTS
from eipsim.core.numbers import number, share, usd
from eipsim.core.own_code import short
from eipsim.core.years import NEVER
from eipsim.explain.wording import Explanation, check_year
from eipsim.infrastructure.items import item_labels, item_names
from eipsim.policy.decrees import Decree
from eipsim.policy.own import Move, told_moves
from eipsim.world.columns import DRAWN

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel

YES_NO = "yes/no"
DRAWN_WORDS = dict(
    zip(DRAWN, ("its area", "the number of its tenants", "the year of its foundation", "where it lies"), strict=True)
)


def explain_park(model: EIPModel, row: int, year: int) -> Explanation:
    """How the park of `row` stood at the end of `year`. InputError for a year outside the model's."""
    check_year(model, year)
    then = model if model.year == year else model.replay(year)
    return _ParkCase(then, row).explanation()


class _ParkCase:
    """One park at the end of the year of `model`."""

    def __init__(self, model: EIPModel, row: int):
        self.model, self.row, self.year = model, row, model.year
        self.park = model.state.operators[row]
        self.decree = decree_of(model.state.certification.decrees, model.year)
        self.findings: list[Finding] = []
        if self.decree is not None and self.park.established_year <= model.year:
            self.findings = findings(self.decree, model.park_records(), row)
        self.failing = [finding for finding in self.findings if not finding.holds]

    def explanation(self) -> Explanation:
        w, p = self.model.world, self.park
        province = w.provinces[w.parks.province[self.row]]
        title = f"{w.park_names[self.row]} ({w.park_ids[self.row]}, {province}) in {self.year}"
        if p.established_year > self.year:
            verdict, sentence, lines = "absent", f"No: the park is not founded before {p.established_year}.", []
        else:
            verdict, sentence = CERTIFICATE_STATES[p.certificate], self.sentence()
            lines = [self.about_park(), *self.about_list(), *self.about_province(), *self.history()]
            lines += [*self.about_pursuit(), self.about_infrastructure(), *self.about_term()]
            lines += [*self.about_inspections(), *self.about_instruments()]
            lines += [self.about_decree(), *map(told, self.findings)]
        return Explanation(title, verdict, sentence, tuple(lines), self.facts())

    def sentence(self) -> str:
        p, year = self.park, self.year
        if p.certificate == CERTIFIED:
            return f"Yes: certified in {p.certified_year}{self.validity()}.{self.failing_since()}"
        if p.certificate == APPLIED:
            return f"Not yet: it applied in {p.applied_year}; the decision is due in {self.decision_year()}."
        begun = "No: the certificate was revoked; " if p.certificate == REVOKED else "No: "
        return begun + self.reason(year)

    def reason(self, year: int) -> str:
        """Why a park without a certificate or an application has none."""
        if self.decree is None:
            return f"no decree on eco-industrial parks was in force at the end of {year}."
        if not self.decree.open_in(year):
            nobody = f"{procedure(self.decree, self.year)}, so nobody could apply."
            return f"{nobody} {self.failures()}" if self.failing else nobody
        if self.model.state.books.counts[self.row, 0] == 0:
            return "the park has no tenant firms."
        if self.failing:
            return self.failures()
        if self.park.commit_year == 0:
            return "it meets every criterion, but its operator has not committed to the eco-industrial path."
        return "it meets every criterion, but the province could process no further application in this year."

    def failures(self) -> str:
        """The failing criteria in one sentence."""
        short = [f"{finding.criterion} ({shortfall(finding)})" for finding in self.failing]
        return f"{len(short)} of {len(self.findings)} criteria fail: " + "; ".join(short) + "."

    def validity(self) -> str:
        if self.decree is None or self.decree.validity >= NEVER:
            return ", without an end"
        end = self.park.certified_year + self.decree.validity
        return f", valid for {self.decree.validity} years, to be renewed in {end}"

    def failing_since(self) -> str:
        """What a certified park would fail by now."""
        if not self.failing or self.decree is None or self.decree.validity >= NEVER:
            return ""
        fails = f"{len(self.failing)} of {len(self.findings)} criteria would not hold today"
        return f" {fails}, which counts when it is renewed."

    def decision_year(self) -> int:
        duration = self.model.this_year.levers.certification_duration[self.park.province]
        years = math.ceil(self.model.state.market.constants.dossier_years * duration)
        return int(max(self.park.applied_year + years, self.year + 1))

    def about_park(self) -> str:
        p, counts = self.park, self.model.state.books.counts[self.row]
        opened = f"tenants since {p.operating_year}" if p.operating_year <= self.year else "no tenants yet"
        scores = f"mean score {number(float(p.score.mean()))} of 100"
        return (
            f"Park: founded in {p.established_year}, {opened}, {number(float(p.area_ha))} ha, {int(counts[0])} firms "
            f"now, operator's capacity {p.capacity:.2f} of 1, {scores}."
        )

    def about_list(self) -> list[str]:
        """What of it no list of parks tells."""
        drawn = [DRAWN_WORDS[what] for what in self.model.world.drawn.get(self.model.world.park_ids[self.row], ())]
        return [f"Drawn, because no list of parks tells it: {', '.join(drawn)}."] if drawn else []

    def about_province(self) -> list[str]:
        """Of which province its own has become a part."""
        maps, own = self.model.state.maps, int(self.park.province)
        if not maps.holds(self.year) or maps.old[own] == maps.new[own]:
            return []
        together = "dossiers, the aim of inspections, what is left of fines and the example of its parks are those of the whole"
        return [f"Province: {maps.old[own]} is part of {maps.new[own]} from {maps.first_year}; {together}."]

    def history(self) -> list[str]:
        """Commitment, conversion, application and certificate, as far as they have come."""
        p, lines = self.park, []
        if self.waits_for_tenants():
            lines.append("Commitment: none; the park has no tenants, and its operator waits for the first.")
        elif p.commit_year == 0:
            lines.append(
                f"Commitment: not committed; the chance of not having committed is {p.uncommitted:.4f}, the operator "
                f"commits when it falls to {p.commitment_bar:.4f}, its draw."
            )
        else:
            lines.append(f"Commitment: in {p.commit_year}, {self.how_committed()}.")
            lines.append(f"Conversion: {self.conversion()}.")
        lines.append(f"Certificate: {CERTIFICATE_STATES[p.certificate]}" + self.dates() + ".")
        return lines

    def waits_for_tenants(self) -> bool:
        """Without tenants an operator does not set out, where the parameters have it so."""
        nobody = self.model.rows_alive(self.row).size == 0
        needed = self.model.state.market.constants.tenants_needed > 0.0
        return bool(needed and nobody and self.park.commit_year == 0)

    def conversion(self) -> str:
        if self.park.converted_year > 0:
            return f"complete in {self.park.converted_year}"
        years = number(self.model.state.market.constants.conversion_years)
        return f"under way, complete {years} years after commitment"

    def dates(self) -> str:
        p = self.park
        applied = f", applied in {p.applied_year}" if p.applied_year > 0 else ", never applied"
        return applied + (f", granted or renewed in {p.certified_year}" if p.certified_year > 0 else "")

    def about_pursuit(self) -> list[str]:
        """What the operator does about the criteria that fail, and has done."""
        if not pursuit.is_on(self.model.state):
            return []
        p, lines = self.park, []
        if p.certificate_benefit > 0.0 or p.pursues:
            lines.append(f"Pursuit: {self.weighed()}.")
        elif p.commit_year > 0 and self.failing:
            lines.append("Pursuit: nothing; the operator expects no benefit of the certificate.")
        if self.ordered():
            lines.append(f"Commissioned: {'; '.join(self.ordered())}.")
        return lines

    def cost_in_reach(self) -> float | None:
        """What is missing would cost the operator [USD/yr]; None where nothing can mend it."""
        cost = float(self.park.certificate_cost)
        return cost if math.isfinite(cost) else None

    def weighed(self) -> str:
        """What the operator expected of the certificate in this year, what was missing, and what it did."""
        p = self.park
        expected = f"the certificate is worth {usd(float(p.certificate_benefit))} a year to the operator"
        if math.isinf(p.certificate_cost):
            return f"{expected}; a criterion fails that nothing can mend, so it does nothing"
        if p.certificate_cost == 0.0:
            return f"{expected}; nothing was missing that it could order"
        cost = f"what was missing costs it {usd(float(p.certificate_cost))} a year"
        if not p.pursues:
            return f"{expected}; {cost}, so it does nothing"
        bound = " (it is bound by its foundation)" if p.certificate_cost > p.certificate_benefit else ""
        return f"{expected}; {cost}, so it acts{bound}, for {usd(p.pursuit_spending / CENTS)} this year"

    def ordered(self) -> list[str]:
        """What has been commissioned, and when last."""
        p = self.park
        audits = f"{p.audits_since_2015} audits of tenants since 2015 ({p.audits_ordered} in {self.year})"
        done = [audits] if p.audits_since_2015 > 0 else []
        for year, what in (
            (p.metering_year, "meters at its tenants"), (p.trained_year, "training of its tenants, last"),
            (p.brokered_year, "full facilitation, last"), (p.studied_year, "studies of shared systems, last"),
        ):  # fmt: skip
            done += [f"{what} in {year}"] if year > 0 else []
        return done

    def systems(self) -> np.recarray:
        """The shared systems of the park that serve somebody this year."""
        table = self.model.state.infrastructure.systems
        return table[(table.park == self.row) & (table.used > 0.0)]

    def about_infrastructure(self) -> str:
        """What the park's tenants share, since when, and how much of it is used."""
        told = [
            f"{item_labels()[s.kind]} since {s.built_year}"
            + (f", {s.connected} tenants" if s.connected else "")
            + f", {100.0 * s.used / s.capacity:.0f} % used"
            for s in self.systems()
        ]
        return f"Shared infrastructure: {'; '.join(told) if told else 'none'}."

    def moves(self) -> list[tuple[Move, float, float]]:
        """What instruments of the user's own moved for the park this year, before and after."""
        zone = int(self.model.lever_paths.zones[self.row])
        return list(told_moves(self.model.instruments.moves, self.row, int(self.park.province), zone))

    def about_instruments(self) -> list[str]:
        """What instruments of the user's own moved this year."""
        told: dict[str, list[str]] = {}
        for move, before, after in self.moves():
            here = f"here from {number(before)} to {number(after)}" if before != after else "not here"
            told.setdefault(short(move.instrument), []).append(f"{move.lever} ({here})")
        moved = "; ".join(f"{name} moved {', '.join(levers)}" for name, levers in told.items())
        return [f"Own instruments: {moved}."] if told else []

    def about_term(self) -> list[str]:
        """What a park founded as an eco-industrial park has promised."""
        p, decree = self.park, self.decree
        if not p.born_eco or decree is None or decree.comply_within >= NEVER:
            return []
        if p.lapsed_year > 0:
            kept = f"missed its term in {p.lapsed_year} and does not comply yet: it is fined and gets no public money"
        else:
            kept = f"must comply by {p.established_year + decree.comply_within}"
        return [f"Term: founded as an eco-industrial park, {kept}."]

    def on_record(self) -> np.ndarray:
        """bool [tenants]: found in violation so recently that inspections are aimed at it."""
        last = self.model.state.firms.violation_year[self.model.rows_alive(self.row)]
        return (last > 0) & (self.year - last < self.model.state.market.constants.record_years)

    def about_inspections(self) -> list[str]:
        """How often tenants are inspected, what a violation costs them, and how many are on record for one."""
        by_owner = [self.regime(foreign) for foreign in (False, True)]
        on_record, rows = self.on_record(), self.model.rows_alive(self.row)
        if not (any(chance for chance, _ in by_owner) or on_record.any()):
            return []
        domestic, foreign = (f"{share(chance)} a year, fine {usd(fine)}" for chance, fine in by_owner)
        regime = domestic if domestic == foreign else f"{domestic} for domestic firms, {foreign} for foreign ones"
        without_cost = np.count_nonzero(self.model.state.firms.compliance_cost[rows] == 0.0)
        at_no_cost = f", {without_cost} comply whatever the chance" if without_cost else ""
        on_it = f"{np.count_nonzero(on_record)} of {rows.size} tenants are on record for a violation"
        return [f"Inspections: chance on average {regime}; {on_it}{at_no_cost}."]

    def regime(self, foreign: bool) -> tuple[float, float]:
        """Chance of inspection [1/yr] and fine [USD] of tenants, foreign or not."""
        levers = self.model.this_year.levers.of_firm(foreign)
        return float(levers.inspection_probability[self.park.province]), float(levers.fine_usd)

    def how_committed(self) -> str:
        year = self.park.commit_year
        for programme in self.model.lever_paths.programmes:
            covers = programme.first_year <= year <= programme.last_year
            if programme.commits_parks and covers and programme.eligible[self.row]:
                return f"through {programme.title}"
        return "by duty from its foundation" if self.park.born_eco else "of its own accord"

    def about_decree(self) -> str:
        if self.decree is None:
            end, decrees = datetime.date(self.year, 12, 31), self.model.state.certification.decrees
            first = [decree.first for decree in decrees if decree.first > end]
            return "Decree: none in force" + (f"; the next one enters into force on {min(first)}." if first else ".")
        since = f"in force since {self.decree.first}"
        return f"Decree: {self.decree.rule_id}, {since}; {procedure(self.decree, self.year)}."

    def facts(self) -> dict[str, Any]:
        p = self.park
        rows = [{**vars(finding), "holds": bool(finding.holds), "gap": gap(finding)} for finding in self.findings]
        return {
            "park": self.model.world.park_ids[self.row], "year": self.year,
            "decree": self.decree.rule_id if self.decree else None,
            "commit_year": int(p.commit_year), "converted_year": int(p.converted_year),
            "applied_year": int(p.applied_year), "certified_year": int(p.certified_year),
            "instruments": [
                {"instrument": move.instrument, "lever": move.lever, "before": before, "after": after}
                for move, before, after in self.moves()
            ],
            "born_eco": bool(p.born_eco), "lapsed_year": int(p.lapsed_year), "criteria": rows,
            "pursues": bool(p.pursues), "operator_audits_done": int(p.audits_since_2015),
            "certificate_benefit_usd": float(p.certificate_benefit), "certificate_cost_usd": self.cost_in_reach(),
            "tenants_on_record": int(np.count_nonzero(self.on_record())),
            "infrastructure": [
                {
                    "item": item_names()[s.kind], "built_year": int(s.built_year), "tenants": int(s.connected),
                    "capacity": float(s.capacity), "used": float(s.used), "tariff_usd": float(s.tariff),
                }
                for s in self.systems()
            ],
        }  # fmt: skip


def gap(finding: Finding) -> float:
    """By how much a criterion fails, in its unit; 0 when it holds."""
    return max(finding.needed - finding.value, 0.0)


def shortfall(finding: Finding) -> str:
    """By how many firms, links or years a criterion fails."""
    return "not offered" if finding.unit == YES_NO else f"short by {number(gap(finding))} {finding.unit}"


def told(finding: Finding) -> str:
    """One criterion in one line."""
    if finding.unit == YES_NO:
        return f"- {finding.criterion}: {'yes: holds' if finding.holds else 'no: FAILS'}"
    clean = finding.unit == "years" and finding.value >= NEVER
    value = "no violation on record" if clean else f"{number(finding.value)} {finding.unit}"
    verdict = "holds" if finding.holds else f"FAILS, {shortfall(finding)}"
    return f"- {finding.criterion}: {value}, needed {number(finding.needed)} {finding.unit}: {verdict}"


def procedure(decree: Decree, year: int) -> str:
    """From when on certificates can be applied for, said at the end of `year`."""
    if decree.procedure == datetime.date.max:
        return "it never had a procedure for applying"
    day = f"{decree.procedure.day} {decree.procedure:%B %Y}"
    exists = f"the procedure for applying exists since {day}"
    return exists if decree.open_in(year) else f"no procedure existed before {day}"
