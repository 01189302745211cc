"""The columns of the tenant firms: one array per attribute, one row per (park, plot, vintage), sorted by park."""

from __future__ import annotations

from functools import cache

import numpy as np

from eipsim.catalogue import N_MEASURES, STREAMS
from eipsim.columns import Col
from eipsim.data.loading import read_facts, value_of
from eipsim.drivers import CARRIERS, FIRST_YEAR, REFERENCE_YEAR, Drivers

# Columns of use: what a firm takes from outside or gives away, per year.
USES = ("electricity", "coal_diesel", "dear_fuel", "biomass", "water", "waste", "hazardous", "material", "chemicals")
ELECTRICITY, COAL_DIESEL, DEAR_FUEL, BIOMASS, WATER, WASTE, HAZARDOUS, MATERIAL, CHEMICALS = range(len(USES))
USE_UNITS = ("MWh", "GJ", "GJ", "GJ", "m3", "t", "t", "USD", "USD")
DEAR_CARRIERS = ("fuel_oil", "LPG", "natural_gas")
CHEAP_CARRIERS = ("coal", "diesel")
NOT_INSTALLED, STOCK, ADOPTED = range(3)  # where an installed measure comes from
NOT_RECOMMENDED, RECOMMENDED, IMPLEMENTED = range(3)
N_USES, N_STREAMS = len(USES), len(STREAMS)


# State of the firms, one row per (park, plot, vintage). [m] measures, [k] uses, [l] streams.
FIRM_COLUMNS = (
    Col("key", np.uint64, "name of the firm in keyed draws, from park, plot and vintage"),
    Col("open_bits", np.int64, "bit m is set for an option it knows, lacks and could have"),
    Col("waiting_bits", np.int64, "bit m is set for an option not known yet that would do something here"),
    Col("installed_bits", np.int64, "bit m is set when measure m is installed"),
    Col("adopted_bits", np.int64, "bit m is set when measure m was adopted after 2015, beyond the initial stock"),
    Col("overdraft", np.int64, "cents of earlier projects still to be paid from yearly budgets"),
    Col("firm_effect", np.float64, "log-odds of acceptance"),
    Col("voucher_rate", np.float64, "share of cost a voucher of this year pays"),
    Col("log_size", np.float64, "ln of energy and water bill [USD/yr] at 2024 prices and initial use"),
    Col("awareness_of_recp", np.float64, "firm aware once the chance of not having heard falls to this"),
    Col("employees", np.float64, "persons"),
    Col("revenue", np.float64, "USD/yr"),
    Col("operating_cost", np.float64, "USD/yr of the measures adopted"),
    Col("shifted", np.float64, "MWh/yr that an adopted battery really moves from peak to off-peak hours"),
    Col("invested", np.int64, "cents this year, own money"),
    Col("subsidy", np.int64, "cents this year"),
    Col("park", np.int32, "row of its park"),
    Col("n_adopted", np.int16, "measures adopted and still in place"),
    Col("aware_year", np.int16, "0 = has not heard of cleaner production"),
    Col("audit_year", np.int16, "0 = never audited"),
    Col("violation_year", np.int16, "last year found in violation, 0 = never"),
    Col("sector", np.int8, "number of its archetype, 0 to 17"),
    Col("boiler_state", np.int8, "what its boiler house burns: as it was, biomass, heat pump, electricity"),
    Col("covered", np.bool_, "at or above the energy threshold of the carbon price"),
    Col("constrained", np.bool_, "finance-constrained"),
    Col("changed", np.bool_, "what is installed has changed since use was last worked out"),
    Col("applies_recp", np.bool_, "aware and has adopted since"),
    Col("measured", np.bool_, "its savings are measured"),
    Col("known_year", np.int16, "year in which the option became known, or fresh again; 0 = not known", (N_MEASURES,)),
    Col("expiry_year", np.int16, "year in which an installed measure is worn out", (N_MEASURES,)),
    Col("margin", np.float32, "chance of not having accepted over the firm's draw; accepted at 1 or below; inf = installed",
        (N_MEASURES,)),
    Col("cost_factor", np.float32, "ln of the project's cost over the catalogue's", (N_MEASURES,)),
    Col("awareness_bar", np.float32, "option known once the chance of not having noticed falls to this", (N_MEASURES,)),
    Col("level", np.float64, "ln(use now of the measure's stream / size); ln(1 / size) for a lump sum", (N_MEASURES,)),
    Col("use", np.float64, "per year, with all measures", (N_USES,)),
    Col("stock_use", np.float64, "per year, with the initial stock and its renewals only", (N_USES,)),
    # who it is
    Col("entry_year", np.int16, "first year in the park"),
    Col("exit_year", np.int16, "first year no longer in the park; 9999 = stays"),
    Col("foreign", np.bool_, "foreign-owned"),
    Col("toe", np.float64, "TOE/yr, energy use as observed in 2024"),
    Col("compliance_cost", np.float64, "USD/yr"),
    Col("gross_use", np.float64, "per year, without any measure", (N_USES,)),
    Col("gross_level", np.float64, "ln(use without any measure / size) by stream", (N_STREAMS,)),
    # what it has and had, by measure
    Col("installed_year", np.int16, "year of installation; 0 = not installed", (N_MEASURES,)),
    Col("first_adopted", np.int16, "year of the first adoption; 0 = never", (N_MEASURES,)),
    Col("origin", np.uint8, "NOT_INSTALLED, STOCK (initial stock and its renewals) or ADOPTED", (N_MEASURES,)),
    Col("recommended", np.uint8, "NOT_RECOMMENDED, RECOMMENDED by an audit, or IMPLEMENTED since", (N_MEASURES,)),
    Col("episode", np.uint8, "how often the measure has worn out without renewal", (N_MEASURES,)),
    Col("subsidised", np.uint8, "1 when a voucher paid part of the first adoption", (N_MEASURES,)),
    Col("known_bits", np.int64, "bit m is set when option m is known"),
    Col("stock_bits", np.int64, "initial stock and renewals when stock_use was last worked out; -1 = never"),
    Col("voucher_left", np.int64, "cents"),
)  # fmt: skip


@cache
def fuel_shares() -> np.ndarray:
    """Shares of fuel energy [n_sectors, (coal and diesel, dear fuels, biomass)]."""
    table = read_facts("fuel_mix")
    groups = (CHEAP_CARRIERS, DEAR_CARRIERS, ("biomass",))
    return np.stack([table[list(group)].astype(float).sum(axis=1).to_numpy() for group in groups], axis=1)


@cache
def group_weights() -> np.ndarray:
    """Weight of each carrier within its group of fuels [n_sectors, 3, n_carriers]."""
    table = read_facts("fuel_mix")
    weights = np.zeros((len(table), 3, len(CARRIERS)))
    for g, group in enumerate((CHEAP_CARRIERS, DEAR_CARRIERS, ("biomass",))):
        weight = table[list(group)].astype(float).to_numpy()
        weight = np.where(weight.sum(axis=1, keepdims=True) > 0.0, weight, 1.0)
        weights[:, g, [CARRIERS.index(carrier) for carrier in group]] = weight / weight.sum(axis=1, keepdims=True)
    return weights


def fuel_properties(per_carrier: np.ndarray) -> np.ndarray:
    """A property of carriers (price, emission factor) [..., n_carriers] as the mean of each fuel group [..., n_sectors, 3]."""
    return np.einsum("...c,sgc->...sg", per_carrier, group_weights())


def without_measures(catalogue) -> np.ndarray:
    """Factors [n_sectors, n_uses] from use observed in 2024 to use without any measure.

    Observed intensities contain the measures that firms had in 2024; for independent penetrations the expected factor of a
    stream is the product of 1 - penetration x net share. Biomass that replaced fossil fuel is moved back.
    """
    from eipsim.catalogue import CHEMICALS as CHEMICAL_STREAM
    from eipsim.catalogue import DEAR_FUEL as DEAR_STREAM
    from eipsim.catalogue import ELECTRICITY as POWER_STREAM
    from eipsim.catalogue import ENERGY_ALL, FOSSIL, FUEL, SOLID_WASTE
    from eipsim.catalogue import MATERIAL as MATERIAL_STREAM
    from eipsim.catalogue import WATER as WATER_STREAM

    def kept(*streams: int) -> np.ndarray:
        chosen = np.isin(catalogue.stream, streams)
        return np.prod(1.0 - catalogue.penetration[chosen, None] * catalogue.net_share[chosen], axis=0)

    n_sectors = catalogue.reach.shape[1]
    factors = np.ones((n_sectors, len(USES)))
    factors[:, ELECTRICITY] = 1.0 / kept(POWER_STREAM, ENERGY_ALL)
    fuel = kept(FUEL, ENERGY_ALL)
    factors[:, COAL_DIESEL] = 1.0 / (fuel * kept(FOSSIL))
    factors[:, DEAR_FUEL] = 1.0 / (fuel * kept(FOSSIL, DEAR_STREAM))
    factors[:, WATER] = 1.0 / kept(WATER_STREAM)
    factors[:, WASTE] = 1.0 / kept(SOLID_WASTE)
    factors[:, HAZARDOUS] = 1.0 / kept(CHEMICAL_STREAM)
    factors[:, MATERIAL] = 1.0 / kept(MATERIAL_STREAM)
    factors[:, CHEMICALS] = 1.0 / kept(CHEMICAL_STREAM)
    shares = fuel_shares()
    burnt_before = shares[:, 0] * factors[:, COAL_DIESEL] * fuel + shares[:, 1] * factors[:, DEAR_FUEL] * fuel
    boiler = int(np.flatnonzero(catalogue.input_kind == 2)[0])
    moved = burnt_before * catalogue.penetration[boiler] * catalogue.net_share[boiler] * catalogue.input_amount[boiler]
    biomass = np.maximum(shares[:, 2] - moved, 0.0) / fuel
    factors[:, BIOMASS] = np.where(shares[:, 2] > 0.0, biomass / np.where(shares[:, 2] > 0.0, shares[:, 2], 1.0), 0.0)
    return factors


def observed_use(tenants, c) -> np.ndarray:
    """Use per year [n_rows, n_uses] at the intensities observed in 2024."""
    shares = fuel_shares()[tenants.sector]
    materials = read_facts("archetype_materials")
    of_revenue = materials[["materials_share_of_revenue_central", "chemicals_share_of_revenue_central"]]
    spending = c.materials_scale * tenants.revenue_usd[:, None] * of_revenue.astype(float).to_numpy()[tenants.sector]
    spending[:, 0] -= spending[:, 1]  # the material share includes the process chemicals
    fuel = tenants.fuel_gj[:, None] * shares
    others = np.stack([tenants.water_m3, tenants.waste_t, tenants.hazardous_t], axis=1)
    return np.concatenate([tenants.electricity_mwh[:, None], fuel, others, spending], axis=1)


def energy_and_water_bill(use: np.ndarray, sector: np.ndarray, drivers: Drivers, wastewater_ratio: np.ndarray):
    """Bill [USD/yr] at 2024 prices: the fixed yardstick `size` of MODEL section 5.2."""
    year = REFERENCE_YEAR - FIRST_YEAR
    fuel_price = fuel_properties(drivers.fuel_price[year])[sector]
    water_price = drivers.water_price + drivers.wastewater_price * wastewater_ratio[sector]
    fuel_bill = (use[:, [COAL_DIESEL, DEAR_FUEL, BIOMASS]] * fuel_price).sum(axis=1)
    return use[:, ELECTRICITY] * drivers.electricity_price[year] + fuel_bill + use[:, WATER] * water_price


def tonnes_oil_equivalent(tenants) -> np.ndarray:
    per_mwh = value_of("driver_paths", "tonnes_oil_equivalent_per_mwh")
    return tenants.electricity_mwh * per_mwh + tenants.fuel_gj / value_of("driver_paths", "gj_per_tonne_oil_equivalent")
