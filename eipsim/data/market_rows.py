"""One row model for each table of a country's market: what a cell may hold, in which unit. Columns as in the packaged tables."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, FiniteFloat, create_model, model_validator

from eipsim.data.loading import read_facts
from eipsim.data.tables import TableRow, Text
from eipsim.data.world_rows import MOST, Name, NotNegative, Positive, RangeRow, Share, Year

SHARES_SUM = 0.005  # by how much shares that sum to one may miss it
AS_A_DATE = "a date, as 2025-05-10"
Date = Annotated[str, Field(pattern=r"^(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$", description=AS_A_DATE)]
OrDash = Annotated[Positive | None, BeforeValidator(lambda text: None if text == "-" else text)]


class PathRow(RangeRow):
    """A row of driver_paths.csv."""

    name: Name


class LearningRow(RangeRow):
    """A row of learning_and_pv.csv."""

    parameter: Name


class OutputGrowthRow(RangeRow):
    """How the output of an archetype's firms grows: 1/yr before 2024, over the national rate after it."""

    arch_id: Name
    period: Literal["before", "after"]
    central: Annotated[
        FiniteFloat, Field(gt=-1, lt=10, description="nothing shrinks by more than all; 0.03 is three per cent")
    ]


class MeasureRow(RangeRow):
    """One figure of one measure."""

    measure_id: Name
    parameter: Name
    name: Text = None
    stream: Text = None


class PenetrationRow(RangeRow):
    """Share of the firms of one archetype that had a measure in 2024, where it is not that of all."""

    measure_id: Name
    arch_id: Name
    low: Share | None = None
    central: Share
    high: Share | None = None


class PriceRow(TableRow):
    """A price, in the unit that the packaged row of the item has."""

    item: Name
    value: Positive
    year: Text = None


class FactorRow(TableRow):
    """An emission factor, in the unit that the packaged row has."""

    factor: Name
    value: NotNegative


class TechnologyRow(TableRow):
    """How a figure of a technology moves; `-` where a year is not known."""

    tech: Name
    parameter: Name
    y2020: OrDash = None
    y2025: OrDash = None
    y2030: OrDash = None
    y2040: OrDash = None
    y2050: OrDash = None


class ProcessRow(RangeRow):
    """A figure of what a process of an archetype emits, in the unit that the packaged row has."""

    arch_id: Name
    process: Name
    parameter: Name

    @model_validator(mode="after")
    def is_possible(self) -> ProcessRow:
        most = 1.0 if self.parameter == "share_of_output" else MOST
        if not 0.0 <= self.central <= most:
            raise ValueError(f"central = {self.central:g} is out of range; allowed: 0 to {most:g}")
        return self


class FuelMixRow(TableRow):
    """Shares of the carriers in the fuel energy of an archetype."""

    arch_id: Name
    coal: Share
    biomass: Share
    fuel_oil: Share
    LPG: Share
    natural_gas: Share
    diesel: Share

    @model_validator(mode="after")
    def is_whole(self) -> FuelMixRow:
        total = self.coal + self.biomass + self.fuel_oil + self.LPG + self.natural_gas + self.diesel
        if abs(total - 1.0) > SHARES_SUM:
            raise ValueError(f"the shares of {self.arch_id} sum to {total:.4g}; they must sum to 1")
        if self.biomass >= 1.0:
            raise ValueError(f"{self.arch_id} burns biomass only; leave some fossil fuel, which measures act on")
        return self


class MaterialsRow(TableRow):
    """Shares of revenue spent on materials and, inside them, on process chemicals."""

    arch_id: Name
    materials_share_of_revenue_low: Share | None = None
    materials_share_of_revenue_central: Share
    materials_share_of_revenue_high: Share | None = None
    chemicals_share_of_revenue_central: Share

    @model_validator(mode="after")
    def chemicals_are_materials(self) -> MaterialsRow:
        if self.chemicals_share_of_revenue_central > self.materials_share_of_revenue_central:
            raise ValueError("chemicals_share_of_revenue_central is more than that of all materials, which holds it")
        return self


class InputRow(TableRow):
    """What a measure uses instead of what it saves."""

    measure_id: Name
    input: Literal["none", "electricity", "biomass"]
    amount_low: NotNegative | None = None
    amount_central: NotNegative
    amount_high: NotNegative | None = None


class MeasureNameRow(TableRow):
    """What a measure is called; only its label is free."""

    measure_id: Name
    name: Name
    label: Name
    reaches: Name


class ExclusionRow(TableRow):
    """Two measures of which a firm takes one."""

    measure_a: Name
    measure_b: Name
    why: Text = None


class TariffRow(TableRow):
    """The average retail tariff from a date on, in the country's own money per kWh."""

    date: Date
    vnd_per_kwh_ex_vat: Positive

    @model_validator(mode="after")
    def is_a_day(self) -> TariffRow:
        try:
            datetime.date.fromisoformat(self.date)
        except ValueError:
            raise ValueError(f"date = {self.date!r} is no day of the calendar") from None
        return self


class GridRow(TableRow):
    """Emission factor of the grid in a year, tCO2 per MWh."""

    year: Year
    low: Annotated[FiniteFloat, Field(gt=0, le=3)] | None = None
    central: Annotated[FiniteFloat, Field(gt=0, le=3)]
    high: Annotated[FiniteFloat, Field(gt=0, le=3)] | None = None


class DeflatorRow(TableRow):
    """Change of consumer prices in a year, as a share: 0.03 is three per cent."""

    year: Year
    cpi_change: Annotated[FiniteFloat, Field(gt=-0.9, lt=10)]
    vnd_per_usd: Positive | None = None


# How far a measure applies to each of the archetypes of the packaged table.
ApplicabilityRow = create_model(
    "ApplicabilityRow",
    __base__=TableRow,
    measure_id=(Name, ...),
    **dict.fromkeys(read_facts("applicability").columns[1:], (NotNegative, ...)),  # type: ignore[call-overload]
)
