"""What a cell of the tables of exchange types may hold, in which unit. Columns keep the names of the evidence tables."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, FiniteFloat, model_validator

from eipsim.data.tables import TableRow, Text
from eipsim.data.world_rows import Latitude, Longitude, Name, NotNegative, Positive, Share, Year

TypeId = Annotated[str, Field(pattern=r"^IS\d{2}$", description="IS and two digits, as IS01")]
YesNo = Annotated[bool, BeforeValidator(lambda text: {"yes": True, "no": False}.get(text, text))]
Base = Literal[
    "fuel_gj", "coal_gj", "biomass_and_coal_gj", "employees", "wastewater_m3", "solid_waste_t", "hazardous_t",
    "province", "park_wastewater_m3", "firms", "electricity_mwh", "area_ha",
]  # fmt: skip
Stream = Literal["heat", "waste", "hazardous", "wastewater", "biogas", "by_product", "carbon_dioxide", "none"]
LegalClass = Literal["R0", "R1", "R2", "R3", "R4", "R5"]


def must_rise(*columns: str, central: str = "central") -> Any:
    """A check that low, `central` and high of the `columns`, as in supply_{}, do not fall."""

    def check(self):
        for column in columns:
            names = [column.format(level) for level in ("low", central, "high")]
            values = [getattr(self, name) for name in names]
            if sorted(values) != values:
                raise ValueError(f"{', '.join(names)} must not fall: {values}")
        return self

    return model_validator(mode="after")(check)


class EconomicsRow(TableRow):
    """A row of is_exchanges.csv: distance [km], values and costs [USD per unit], CO2 [t per unit] of one type."""

    beside: ClassVar = (
        "yield_low", "yield_c", "yield_high", "yield_unit", "reg_class", "needs_waste_licence", "co2_t_low",
        "co2_t_high",
    )  # fmt: skip

    is_id: TypeId
    donor: Name
    receiver: Name
    stream: Name
    unit: Name
    dist_km_low: NotNegative
    dist_km_c: NotNegative
    dist_km_high: NotNegative
    donor_avoided_low: FiniteFloat
    donor_avoided_c: FiniteFloat
    donor_avoided_high: FiniteFloat
    receiver_value_low: FiniteFloat
    receiver_value_c: FiniteFloat
    receiver_value_high: FiniteFloat
    capex_low: NotNegative
    capex_c: NotNegative
    capex_high: NotNegative
    opex_c: FiniteFloat
    co2_t_c: FiniteFloat
    status: Name

    _rising = must_rise("dist_km_{}", "donor_avoided_{}", "receiver_value_{}", "capex_{}", central="c")


class KeysRow(TableRow):
    """A row of is_exchange_keys.csv: who gives and takes, under which legal class, and how much a donor has."""

    beside: ClassVar = ("supply_unit",)

    is_id: TypeId
    kind: Literal["exchange", "municipal", "infrastructure"]
    donor_ids: Text = None
    receiver_ids: Text = None
    external_partner: Text = None
    reg_class: LegalClass
    supply_base: Base
    supply_low: NotNegative
    supply_central: Positive
    supply_high: Positive
    status: Name

    _rising = must_rise("supply_{}")


class DemandRow(TableRow):
    """A row of exchange_demand.csv: the stream it draws on, what it displaces at the receiver, how it moves."""

    is_id: TypeId
    stream: Stream
    drawn: NotNegative
    demand: Literal["fuel", "water", "material", "none"]
    displaced: NotNegative
    demand_share_low: Share
    demand_share_central: Share
    demand_share_high: Share
    moves_by: Literal["truck", "pipe"]
    co2_where: Literal["park", "outside"]
    urban: YesNo
    external_counts: YesNo
    additional_share: Share
    external_limit: Positive | None = None
    reform: Literal["none", "waste", "wastewater", "hazardous"]
    status: Name

    _rising = must_rise("demand_share_{}")


class ClassRow(TableRow):
    """A row of reg_classes.csv: months, cost [USD] and probability of refusal of one legal class."""

    beside: ClassVar = (
        "requirement", "cost_usd_low", "cost_usd_high", "refusal_probability_low", "refusal_probability_high",
        "cost_and_refusal_status",
    )  # fmt: skip

    reg_class: LegalClass
    meaning: Name
    months_low: NotNegative
    months_high: NotNegative
    status: Name
    cost_usd_central: NotNegative
    refusal_probability_central: Share


class PartnerRow(TableRow):
    """A row of municipal_partners.csv: a municipal plant that can supply parks near it."""

    is_id: TypeId
    name: Name
    province_2024: Name
    from_year: Year
    latitude: Latitude
    longitude: Longitude
    capacity_per_year: Positive
    unit: Name
    status: Name
