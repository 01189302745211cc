"""The parts of a scenario: drivers, lever entries, programmes, the adaptive regulator."""

from __future__ import annotations

from typing import Any, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator, model_validator

from eipsim.core.years import FIRST_YEAR, LAST_YEAR
from eipsim.data.parameters import load_parameters
from eipsim.errors import did_you_mean
from eipsim.policy.lever import Owner
from eipsim.policy.levers import LEVERS
from eipsim.policy.programmes import DRAWN
from eipsim.scenarios.values import (
    Count,
    Frozen,
    Level,
    Names,
    Number,
    Positive,
    RawPath,
    Text,
    Year,
    YearPath,
    in_order,
    misplaced_years,
    raise_all,
    told,
)

Ration = Literal[
    "random", "small_first", "dirty_first", "committed_parks_first", "cost_effective_first"
]  # who comes first
# Outcomes that an adaptive regulator can watch: those of which more is better.
WATCHED = (
    "recp_firm_share", "firms_aware_share", "firms_assisted", "options_implemented", "parks_converted",
    "parks_certified", "park_score_mean", "co2_avoided_t",
)  # fmt: skip


OWNERS = get_args(Owner)
# Why owners cannot be named: of levers for which no firm is asked, of prices.
NOT_BY_OWNER = (
    "no firm is asked for it, so that none has an owner to name; ",
    "firms of all owners see the same prices; ",
)


class Drivers(Frozen):
    """What moves around the parks whatever policy does: a level of each projection."""

    grid: Level = "central"
    """Emission factor of the electricity grid: low (cleaner), central, high."""
    births: Literal["central", "high"] = "central"
    """Parks founded: central (575 by 2030) or high (600)."""
    electricity_price: Level = "central"
    """Electricity tariff without policy."""
    fuel_price: Level = "central"
    """Prices of fuels without policy."""
    carbon_price: Level = "central"
    """Price of an allowance in the pilot years of the carbon market, where `carbon_facilities` says who holds them."""


class LeverEntry(Frozen):
    """One setting of a lever: a value or a path, for some years and some targets."""

    lever: Text  # first: the other fields are checked against it
    """The lever it sets; filled in from the key it stands under."""
    value: Number | None = None
    """The value in every year from `from` to `until`. Give either this or `path`."""
    path: RawPath | None = None
    """Year: value. Linear between the years, constant after the last; before the first the entry does nothing."""
    first_year: Year = Field(FIRST_YEAR, alias="from")
    """First year in which the entry acts."""
    last_year: Year = Field(LAST_YEAR, alias="until")
    """Last year in which the entry acts; afterwards earlier entries, what is inherited, or the default hold again."""
    parks: Names | None = None
    """Parks reached, by id (P352), name or words of it, with or without accents. Default: all."""
    provinces: Names | None = None
    """Provinces reached, of the year in which it begins (63 to 2025, then 34), with or without accents. Default: all."""
    sectors: Names | None = None
    """Sectors reached, by id (A11) or name. Default: all."""
    owners: Names | None = None
    """Firms reached, by who owns them: domestic, foreign. Park operators count as domestic. Default: all."""
    replace: bool = Field(False, strict=True)
    """True, in the first entry of a lever: nothing of it is inherited. Default: in other years and places it is."""
    source: Text = ""
    """Where an enacted instrument is laid down; `assumed`, with the reason, for a level that nobody has enacted."""

    @field_validator("lever")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in LEVERS:
            raise told("is unknown", did_you_mean(name, LEVERS))
        return name

    @field_validator("value", "path")
    @classmethod
    def _is_within_bounds(cls, given: Any, info: ValidationInfo) -> Any:
        lever = LEVERS.get(info.data.get("lever", ""))
        if lever is None or given is None:
            return given
        values = [((year,), v) for year, v in given.items()] if isinstance(given, dict) else [((), given)]
        hint = f"allowed: {lever.least:g} to {lever.most:g} ({lever.unit})"
        beyond = [(where, v) for where, v in values if not lever.least <= v <= lever.most]
        wrong = [(where, told(f"= {v:g} is out of bounds", hint), v) for where, v in beyond]
        raise_all(wrong + (misplaced_years(given) if isinstance(given, dict) else []))
        return given

    @field_validator("parks", "provinces", "sectors", "owners")
    @classmethod
    def _can_be_aimed(cls, names: Any, info: ValidationInfo) -> Any:
        lever = LEVERS.get(info.data.get("lever", ""))
        if names is not None and lever is not None and info.field_name not in lever.targets:
            by = " or ".join(lever.targets)
            hint = f"it can be aimed by {by}" if by else "it holds for the whole country"
            why = NOT_BY_OWNER[lever.scope == "price"] if info.field_name == "owners" else ""
            raise told(f"cannot aim {lever.name}", why + hint)
        return names

    @field_validator("owners")
    @classmethod
    def _are_known(cls, names: tuple[str, ...] | None) -> tuple[str, ...] | None:
        wrong = [(i, name) for i, name in enumerate(names or ()) if name not in OWNERS]
        raise_all([((i,), told(f"= {name!r:.60} is unknown", did_you_mean(name, OWNERS)), name) for i, name in wrong])
        return names

    @property
    def levels(self) -> tuple[float, ...]:
        """Every value that it sets the lever to, between which a path goes straight."""
        return tuple(self.path.values()) if self.path else () if self.value is None else (self.value,)

    def reaches(self, owner: Owner) -> bool:
        """Whether it holds for firms of this owner."""
        return self.owners is None or owner in self.owners

    @model_validator(mode="after")
    def _makes_sense(self) -> LeverEntry:
        if (self.value is None) == (self.path is None):
            raise told("needs either value or path" + ("" if self.path is None else ", not both"))
        in_order(self.first_year, self.last_year)
        return self


class Selection(Frozen):
    """Whom a programme serves sooner where a draw decides: larger firms, and firms that want it."""

    size_exponent: Number | None = None
    """Larger firms sooner, in proportion to (energy and water bill)^this. Default: `regulators.selection_size_exponent`."""
    willingness: Number | None = None
    """Willing firms sooner, by exp(this x the firm's own effect on acceptance). Default: `regulators.selection_willingness`."""

    @field_validator("size_exponent", "willingness")
    @classmethod
    def _is_within_bounds(cls, given: float | None, info: ValidationInfo) -> float | None:
        parameter = load_parameters()[f"regulators.selection_{info.field_name}"]
        if given is not None and not parameter.least <= given <= parameter.most:
            raise told(f"= {given:g} is out of bounds", f"allowed: {parameter.least:g} to {parameter.most:g}")
        return given


class Programme(Frozen):
    """A named delivery of assistance to parks and their firms."""

    title: Text = ""
    """Full name, for tables and figures."""
    source: Text = ""
    """Where dates, parks, audits and budget come from; what is assumed."""
    first_year: Year = Field(alias="from")
    """First year of delivery."""
    last_year: Year = Field(alias="until")
    """Last year of delivery: by then all audits are done."""
    audits: Count = 0
    """Audits of tenant firms over the whole period."""
    budget_usd: Positive = 0.0
    """Money over the whole period [USD of 2024]; 0: not known, the model's cost of an audit applies."""
    payer: Literal["donor", "public", "operator"] = "donor"
    """Who pays: a donor, the public budget, or park operators themselves."""
    rule: Ration = "random"
    """Which eligible firms are audited first."""
    selection: Selection | None = None
    """Whom the draw of `random` or `committed_parks_first` favours. Default: as the parameters have it."""
    commits_parks: bool = Field(False, strict=True)
    """True: the operators of its parks commit to the eco-industrial path when it reaches them."""
    screening_year: Year | None = None
    """Year in which its parks are screened for exchanges of by-products. Default: they are not."""
    parks: Names | None = None
    """Eligible parks by id or name. Default: all."""
    provinces: Names | None = None
    """Eligible provinces. Default: all."""
    sectors: Names | None = None
    """Eligible sectors. Default: all."""
    choose_parks: int | None = Field(None, strict=True, ge=1, le=10_000)
    """Instead of `parks`: the model takes this many parks with most tenants that are in no other programme."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Programme:
        in_order(self.first_year, self.last_year)
        if self.parks is not None and self.choose_parks is not None:
            raise told("has parks and choose_parks", "give one of them; `parks: null` removes an inherited list")
        if self.screening_year is not None and not self.first_year <= self.screening_year <= self.last_year:
            what = f"has screening_year {self.screening_year} outside its years"
            raise told(what, f"allowed: {self.first_year} to {self.last_year}")
        self._leaves_something_to_the_draw()
        return self

    def _leaves_something_to_the_draw(self) -> None:
        """A rule that ranks firms by itself leaves nothing for a selection to favour."""
        if self.rule in DRAWN or self.selection is None:
            return
        said = self.selection.model_dump(exclude_none=True)
        what, hint = f"cannot be combined with rule {self.rule}", f"remove it, or write rule: {' or '.join(DRAWN)}"
        raise_all([(("selection", name), told(f"= {v:g} {what}", hint), v) for name, v in said.items() if v != 0.0])


class Target(Frozen):
    """What a law or plan asks of a year, so that a run can tell whether it is met."""

    outcome: Text
    """The outcome of the whole country that is looked at."""
    year: Year
    """The year at whose end it is looked at."""
    since: Year | None = None
    """Only what has come since the end of this year counts."""
    per: Text | None = None
    """Another outcome, counted likewise, of which it is the share."""
    of_year: Year | None = None
    """It is looked at as a share of what it was in this year."""
    at_least: Number | None = None
    """The target is met from here on, ..."""
    at_most: Number | None = None
    """... or down from here."""
    source: Text = ""
    """Which law or plan says so; what is assumed in how it is read."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Target:
        if (self.at_least is None) == (self.at_most is None):
            raise told("needs one of at_least and at_most", "for example at_least: 0.4")
        if self.since is not None and self.since >= self.year:
            raise told(f"counts since {self.since}, which is not before {self.year}", "give an earlier year")
        return self

    @property
    def level(self) -> float:
        """What is to be reached, or not to be passed."""
        level = self.at_most if self.at_least is None else self.at_least
        assert level is not None
        return level


class Adaptive(Frozen):
    """One quantity that the national regulator moves by itself, by the gap between a watched outcome and its target."""

    lever: Text
    """What it moves: `audits` (a year, in the whole country) or a lever."""
    outcome: Literal[WATCHED]  # type: ignore[valid-type]
    """What it watches: the outcome at the end of the last year."""
    target: YearPath
    """Year: target of the outcome, in its unit; linear between the years."""
    gain: Positive = 0.5
    """Share of the range from least to most by which it moves in a year when the whole target is missing; 0: it stays."""
    start: Number = 0.0
    """Where it begins. With `gain: 0` the regulator is the static control: the same instrument at one level."""
    least: Number = 0.0
    """It never goes below this."""
    most: Number
    """It never goes above this."""

    @field_validator("lever")
    @classmethod
    def _can_be_moved(cls, name: str) -> str:
        can = [known for known in ("audits", *LEVERS) if known != "programme_capacity"]  # deliveries are planned ahead
        if name not in can:
            raise told(f"= {name!r} cannot be moved", did_you_mean(name, can))
        return name

    @field_validator("start", "least", "most")
    @classmethod
    def _is_within_bounds(cls, limit: float, info: ValidationInfo) -> float:
        lever = LEVERS.get(info.data.get("lever", ""))
        least, most = (lever.least, lever.most) if lever else (0.0, 1e7)
        if not least <= limit <= most:
            raise told(f"= {limit:g} is out of bounds", f"allowed: {least:g} to {most:g}")
        return limit

    @model_validator(mode="after")
    def _makes_sense(self) -> Adaptive:
        if self.most < self.least:
            raise told(f"has most {self.most:g} below least {self.least:g}")
        if self.start > self.most:
            raise told(f"has start {self.start:g} above most {self.most:g}")
        return self


class Regulator(Frozen):
    """The national regulator: static (default) or adaptive."""

    adaptive: Adaptive | None = None
    """Present: the regulator steers one quantity by itself. Absent: it keeps to the levers of the scenario."""
    voucher_rule: Ration = "random"
    """Which firms get vouchers first when the budget does not reach all."""
