"""One row model for each kind of table a world is built from: what a cell may hold, in which unit.

Blank cells that are not needed become None. `docs/own-country.md` explains the tables to a user. Columns keep the names
of the evidence tables.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, FiniteFloat, model_validator

from eipsim.data.tables import TableRow, Text

Share = Annotated[FiniteFloat, Field(ge=0, le=1)]
MOST = 1e12  # of any number of a table: more is a slip, and would not stay finite
NotNegative = Annotated[FiniteFloat, Field(ge=0, le=MOST)]
Positive = Annotated[FiniteFloat, Field(gt=0, le=MOST)]
MOST_FIRMS, MOST_PARKS = 10_000_000, 100_000  # more than any country has
Firms = Annotated[int, Field(ge=0, le=MOST_FIRMS)]
FirmsOfPark = Annotated[int, Field(ge=0, le=100_000)]
Count = Annotated[int, Field(ge=0, le=MOST_PARKS)]
Year = Annotated[int, Field(ge=1900, le=2100)]
SWAPPED = "decimal degrees, north first: are latitude and longitude swapped?"
Latitude = Annotated[FiniteFloat, Field(ge=-90, le=90, description=SWAPPED)]
Longitude = Annotated[FiniteFloat, Field(ge=-180, le=180, description="decimal degrees, east of Greenwich")]
ID_LETTERS = "letters, digits, _ and . without spaces, as N1"
Name = Annotated[str, Field(min_length=1, max_length=300, description="text of at most 300 characters")]
Lowered = BeforeValidator(lambda text: text.lower() if isinstance(text, str) else text)
Known = Annotated[Literal["true", "false", "unknown"], Lowered]
CheckName = Literal[
    "firms", "employees_per_firm", "foreign_share", "ln_size_sigma", "revenue_per_worker", "large_user_share",
    "parks_established", "parks_operating", "park_area_kha",
]  # fmt: skip


class RangeRow(TableRow):
    """A number with the range that analyses explore; without range it is known."""

    low: FiniteFloat | None = None
    central: FiniteFloat
    high: FiniteFloat | None = None

    @model_validator(mode="after")
    def low_to_high(self) -> RangeRow:
        low, high = self.low_or_central, self.high_or_central
        if not low <= self.central <= high:
            raise ValueError(f"low, central, high = {low:g}, {self.central:g}, {high:g} are not in rising order")
        return self

    @property
    def low_or_central(self) -> float:
        return self.central if self.low is None else self.low

    @property
    def high_or_central(self) -> float:
        return self.central if self.high is None else self.high


class ParkRow(TableRow):
    """A park: established (it exists), unverified (name only), or planned. Area in ha, coordinates in degrees."""

    beside: ClassVar = (
        "province_2025", "region", "src_area", "year_basis", "src_year", "operating_basis", "src_operator",
        "src_coord", "n_firms_basis", "src_n_firms", "dominant_sectors", "src_sectors", "notes",
    )  # fmt: skip

    park_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]+$", max_length=60, description=ID_LETTERS)]
    name_vi: Name
    name_ascii: Text = None
    province_2024: Name
    status: Annotated[Literal["established", "unverified", "planned"], Lowered]
    area_ha: Annotated[FiniteFloat, Field(gt=0, le=50_000)] | None = None
    established_year: Year | None = None
    operating: Known = "unknown"
    operator: Text = None
    operator_group: Text = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    coord_type: Annotated[Literal["park", "province_point"] | None, Lowered] = None
    n_firms: FirmsOfPark | None = None
    source_ids: Text = None
    confidence: Text = None

    @model_validator(mode="after")
    def has_whole_point(self) -> ParkRow:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude must both be given or both be blank")
        return self


class ProvinceRow(TableRow):
    """A province: its region, a point (degrees), and how many parks are to be synthesised beyond those named."""

    beside: ClassVar = (
        "parks_found_established", "of_which_2025", "parks_found_unverified", "parks_found_planned", "parks_with_area",
        "area_found_ha", "parks_with_own_coordinates", "official_count", "official_year", "official_kind",
        "official_source", "management_board", "src_board", "economic_zones_named", "n_candidate_names",
        "suggested_basis",
    )  # fmt: skip

    province_2024: Name
    name_ascii: Text = None
    region: Name
    merged_into_2025: Text = None
    latitude: Latitude
    longitude: Longitude
    official_operating: Count | None = None
    suggested_total_end2024: Count | None = None
    to_synthesise: Count = 0


class SuccessorRow(TableRow):
    """Of which province one of 2024 becomes part (its own name: it stays), and the day on which that begins its work."""

    beside: ClassVar = ("source", "status")

    province_2024: Name
    successor: Name
    in_force: Annotated[str, Field(pattern=r"^(19|20)\d\d-(0[1-9]|1[0-2])-\d\d$", description="a day, as 2025-07-01")]

    @property
    def first_year(self) -> int:
        """The first whole year."""
        year, *day = map(int, self.in_force.split("-"))
        return year if day == [1, 1] else year + 1


class CandidateRow(TableRow):
    """A name for a synthesised park."""

    beside: ClassVar = ("province_2025", "region", "basis")

    name_vi: Name
    name_ascii: Text = None
    province_2024: Name


class ParkCountRow(TableRow):
    """Parks of the whole country on a date."""

    beside: ClassVar = ("leased_share_operating", "fdi_projects", "domestic_projects", "workers_million")

    date: Annotated[
        str, Field(pattern=r"^(19|20)\d\d(-(0[1-9]|1[0-2]))?$", description="a year or a month, as 2024 or 2024-12")
    ]
    established: Count
    operating: Count | None = None
    area_kha: Positive | None = None

    @property
    def year(self) -> int:
        return int(self.date[:4])

    @model_validator(mode="after")
    def operates_what_exists(self) -> ParkCountRow:
        if self.operating is not None and self.operating > self.established:
            raise ValueError(f"operating = {self.operating} is more than established = {self.established}")
        return self


class PlanRow(TableRow):
    """Established parks in a year that `park_counts.csv` does not tell: history before it and the plan after it."""

    year: Year
    established: Count
    established_high: Count | None = None
    operating_share: Share | None = None

    @model_validator(mode="after")
    def high_is_high(self) -> PlanRow:
        if self.established_high is not None and self.established_high < self.established:
            raise ValueError(f"established_high = {self.established_high} is below established = {self.established}")
        return self


class FirmCountRow(TableRow):
    """Tenant firms alive in the whole country in a year."""

    year: Year
    firms: Firms


class ArchetypeRow(TableRow):
    """A kind of tenant firm: share, sizes, yearly resource use per employee (low, central, high = P10, P50, P90)."""

    beside: ClassVar = ("status_codes", "status_of_intensities")

    arch_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]+$", description=ID_LETTERS)]
    name: Name
    vsic: Text = None
    share_of_park_firms: Share
    emp_mean: Annotated[FiniteFloat, Field(ge=1, le=1e6)]
    emp_sigma: Annotated[FiniteFloat, Field(ge=0, le=5)]
    emp_median: Positive | None = None
    fdi_share: Share
    revenue_kUSD_per_emp: Positive  # noqa: N815
    elec_MWh_per_emp_low: Positive  # noqa: N815
    elec_c: Positive
    elec_high: Positive
    fuel_GJ_per_emp_low: Positive  # noqa: N815
    fuel_c: Positive
    fuel_high: Positive
    water_m3_per_emp_low: Positive
    water_c: Positive
    water_high: Positive
    wastewater_ratio: Share | None = None
    solid_waste_t_per_emp_low: Positive
    waste_c: Positive
    waste_high: Positive
    haz_kg_per_emp_low: Positive
    haz_c: Positive
    haz_high: Positive

    def intensities(self) -> list[tuple[float, float, float]]:
        """(low, central, high) per employee and year: electricity MWh, fuel GJ, water m3, waste t, hazardous kg."""
        return [
            (self.elec_MWh_per_emp_low, self.elec_c, self.elec_high),
            (self.fuel_GJ_per_emp_low, self.fuel_c, self.fuel_high),
            (self.water_m3_per_emp_low, self.water_c, self.water_high),
            (self.solid_waste_t_per_emp_low, self.waste_c, self.waste_high),
            (self.haz_kg_per_emp_low, self.haz_c, self.haz_high),
        ]

    @model_validator(mode="after")
    def low_to_high(self) -> ArchetypeRow:
        for low, central, high in self.intensities():
            if not low <= central <= high:
                raise ValueError(f"low, central, high = {low:g}, {central:g}, {high:g} are not in rising order")
        return self


class AnchorRow(TableRow):
    """Known sectors of a park or province: `archetypes` are ids joined by semicolons."""

    place_kind: Annotated[Literal["park", "province"], Lowered]
    place: Name
    archetypes: Name


class BoundRow(TableRow):
    """What is known of a park without a founding year: established between these years, with tenants by then."""

    park_id: Name
    established_from: Year | None = None
    established_by: Year | None = None
    operating_by: Year | None = None
    pilot: Annotated[Literal["true", "false"], Lowered] = "false"

    @model_validator(mode="after")
    def first_to_last(self) -> BoundRow:
        first, last = self.established_from, self.established_by
        if first and last and first > last:
            raise ValueError(f"established_from = {first} is after established_by = {last}")
        return self


class RegionAreaRow(TableRow):
    """Lognormal law of park areas (ha) in a region."""

    region: Name
    ln_mean: FiniteFloat
    ln_sd: NotNegative


class WorldParameterRow(RangeRow):
    """One assumed constant of world building; `least` and `most` bound what a user's table may say."""

    parameter: Name
    least: FiniteFloat | None = None
    most: FiniteFloat | None = None


class CheckRow(TableRow):
    """One national total that the world must meet: `allowed` is the relative deviation."""

    check: CheckName
    year: Year
    target: Positive
    allowed: Positive
