"""The columns of the tenant firms: one array per attribute, one row per (park, plot, vintage), sorted by park."""

from __future__ import annotations

import numpy as np

from eipsim.core.columns import Col
from eipsim.market.catalogue import N_MEASURES, STREAMS
from eipsim.market.uses import N_USES

# where an installed measure comes from; CHOSEN: adopted too, when the boiler was worn out
NOT_INSTALLED, STOCK, ADOPTED, CHOSEN = range(4)
NOT_RECOMMENDED, RECOMMENDED, IMPLEMENTED = range(3)
N_STREAMS = len(STREAMS)

# What a firm is, as long as it is there. [m] measures, [k] uses, [l] streams.
DESCRIPTION_COLUMNS = (
    Col("gross_use", np.float64, "per year, without any measure", (N_USES,)),
    Col("toe", np.float64, "TOE/yr, energy use as observed in 2024"),
    Col("entry_year", np.int16, "first year in the park"),
    Col("exit_year", np.int16, "first year no longer in the park; 9999 = stays"),
    Col("foreign", np.bool_, "owned from abroad"),
    Col("constrained", np.bool_, "finance-constrained: buys only what its cash and a soft loan can pay"),
    Col("sector", np.int8, "number of its archetype, 0 to 17"),
    Col("price_row", np.int16, "whose prices it pays: its sector's, or those of its sector and main fuel (market.fuels)"),
    Col("park", np.int32, "row of its park"),
    Col("key", np.uint64, "name of the firm in keyed draws, from park, plot and vintage"),
    Col("employees", np.float64, "persons employed"),
    Col("revenue", np.float64, "USD/yr at the output of 2024"),
    Col("log_size", np.float64, "ln of energy and water bill [USD/yr] at 2024 prices and initial use"),
    Col("gross_level", np.float64, "ln(use without any measure / size) by stream; ln(1 / size) for lump sums", (N_STREAMS,)),
)  # fmt: skip

# What it has come to, zero before it moves in.
STATE_COLUMNS = (
    Col("stream_level", np.float64, "ln(use now of the stream / size); ln(1 / size) for lump sums", (N_STREAMS,)),
    Col("open_bits", np.int64, "bit m is set for an option it knows, lacks and could have"),
    Col("waiting_bits", np.int64, "bit m is set for an option not known yet that would do something here"),
    Col("installed_bits", np.int64, "bit m is set when measure m is installed"),
    Col("adopted_bits", np.int64, "bit m is set when measure m was adopted after 2015, beyond the initial stock"),
    Col("overdraft", np.int64, "cents of earlier projects still to be paid from yearly budgets"),
    Col("firm_effect", np.float64, "what the firm itself adds to acceptance, in log-odds"),
    Col("voucher_rate", np.float64, "share of cost a voucher of this year pays"),
    Col("awareness_of_recp", np.float64, "firm aware once the chance of not having heard falls to this"),
    Col("operating_cost", np.float64, "USD/yr of the measures adopted"),
    Col("shifted", np.float64, "MWh/yr that an adopted battery really moves from peak to off-peak hours"),
    Col("invested", np.int64, "cents put into measures this year, own money"),
    Col("subsidy", np.int64, "cents that vouchers paid this year"),
    Col("invested_so_far", np.int64, "cents put into measures since it is there, own money, closed years"),
    Col("subsidy_so_far", np.int64, "cents that vouchers paid it, closed years"),
    Col("borrowed", np.int64, "cents lent to it this year, where loans are followed"),
    Col("debt_service", np.int64, "cents of instalments and interest that fall due this year on earlier loans"),
    Col("n_adopted", np.int16, "measures adopted and still in place"),
    Col("aware_year", np.int16, "0 = has not heard of cleaner production"),
    Col("audit_year", np.int16, "0 = never audited"),
    Col("violation_year", np.int16, "last year found in violation, 0 = never"),
    Col("boiler_expiry", np.int16, "year in which its fossil boiler is worn out, also while another stands; 0 = has none"),
    Col("boiler_state", np.int8, "what its boiler house burns: as it was, biomass, heat pump, electricity"),
    Col("covered", np.bool_, "pays the carbon price"),
    Col("foreseen", np.bool_, "would pay it in the default scenario of the world; the same where firms do not answer to prices"),
    Col("changed", np.bool_, "what is installed has changed since use was last worked out"),
    Col("applies_recp", np.bool_, "aware and has adopted since, where causes are asked for what was recommended to it"),
    Col("measured", np.bool_, "its savings are measured"),
    Col("heeded", np.int8, "last year, counted from 1, whose energy bill has moved its awareness bars; 0 = none"),
    Col("known_year", np.int16, "year in which the option became known, or fresh again; 0 = not known", (N_MEASURES,)),
    Col("expiry_year", np.int16, "year in which an installed measure is worn out", (N_MEASURES,)),
    Col("margin", np.float32, "chance of not having accepted over the firm's draw; accepted at 1 or below; inf = installed",
        (N_MEASURES,)),
    Col("cost_factor", np.float32, "ln of the project's cost over the catalogue's", (N_MEASURES,)),
    Col("awareness_bar", np.float32, "option known once the chance of not having noticed falls to this", (N_MEASURES,)),
    Col("use", np.float64, "per year, with all measures", (N_USES,)),
    Col("stock_use", np.float64, "per year, with the initial stock and its renewals only", (N_USES,)),
    # what is seldom looked at
    Col("compliance_cost", np.float64, "what complying with the law costs it, USD/yr; 0 = it complies by itself, or has cured"),
    Col("installed_year", np.int16, "year of installation; 0 = not installed", (N_MEASURES,)),
    Col("first_adopted", np.int16, "year of the first adoption; 0 = never", (N_MEASURES,)),
    Col("origin", np.uint8, "NOT_INSTALLED, STOCK (initial stock and its renewals), ADOPTED or CHOSEN", (N_MEASURES,)),
    Col("recommended", np.uint8, "NOT_RECOMMENDED, RECOMMENDED by an audit, or IMPLEMENTED since", (N_MEASURES,)),
    Col("episode", np.uint8, "how often the measure has worn out without renewal", (N_MEASURES,)),
    Col("subsidised", np.uint8, "1 when a voucher paid part of the first adoption", (N_MEASURES,)),
    Col("known_bits", np.int64, "bit m is set when option m is known"),
    Col("advised_bits", np.int64, "bit m is set when an audit, a training, the operator or a peer has recommended option m"),
    Col("stock_bits", np.int64, "initial stock and renewals when stock_use was last worked out; -1 = never"),
    Col("voucher_left", np.int64, "cents of this year's voucher not spent yet"),
)  # fmt: skip

# One row per (park, plot, vintage).
FIRM_COLUMNS = DESCRIPTION_COLUMNS + STATE_COLUMNS
