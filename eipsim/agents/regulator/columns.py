"""The columns of the regulators: row 0 is the nation, row v + 1 province v. Money is in cents, so no sum depends on an order."""

from __future__ import annotations

import numpy as np

from eipsim.core.columns import Col

# State of the regulators. Money lines are cents of this year, except the balance.
REGULATOR_COLUMNS = (
    Col("province", np.int16, "row of the province; -1 = nation"),
    Col("balance", np.int64, "cents left at the end of the year; never negative"),
    Col("appropriation", np.int64, "cents from the treasury"),
    Col("donor", np.int64, "cents that donors give for programmes"),
    Col("fines", np.int64, "cents that firms, operators and lapsed parks are fined"),
    Col("earmarked", np.int64, "cents of carbon revenue handed to the regulator"),
    Col("vouchers", np.int64, "cents of vouchers that firms have spent"),
    Col("audits", np.int64, "cents for audits"),
    Col("screening", np.int64, "cents for screening parks for programmes and exchanges"),
    Col("inspections", np.int64, "cents for inspections"),
    Col("support", np.int64, "cents for facilitation grants, training, information, provincial support, monitoring"),
    Col("administration", np.int64, "cents for running programmes and vouchers, and what a programme's budget leaves"),
    Col("infrastructure", np.int64, "cents for co-funding and soft loans of shared infrastructure"),
    Col("inspections_done", np.int64, "inspections of this year"),
    Col("violations_found", np.int64, "of these, inspections that found a violation"),
    Col("audits_done", np.int64, "audits of this year"),
    Col("vouchers_dealt", np.int64, "vouchers of this year"),
    Col("adaptive_level", np.float64, "where the adaptive rule has set the lever that it steers, in the lever's unit"),
    Col("audits_owed", np.float64, "part of an audit that the adaptive rule has granted and not yet given"),
    Col("interest", np.int64, "cents of interest on firms' loans that the public pays for them"),
    Col("vouchers_asked", np.int64, "cents that firms apply for in vouchers, where they do"),
    Col("vouchers_offered", np.int64, "cents that vouchers are dealt for: what they would pay, or their caps if reserved"),
    Col("voucher_adoptions", np.int64, "measures that firms buy with a voucher they applied for"),
    Col("voucher_adoptions_anyway", np.int64, "of these, measures that they would have bought this year without"),
    Col("voucher_adoptions_given_up", np.int64, "measures that they would have bought without, and do not buy with one"),
    Col("vouchers_anyway", np.int64, "cents of vouchers for measures that would have been bought without"),
)  # fmt: skip

MONEY_IN = ("appropriation", "donor", "fines", "earmarked")
MONEY_OUT = (
    "vouchers", "audits", "screening", "inspections", "support", "administration", "infrastructure", "interest",
)  # fmt: skip
