"""The columns of the park operators: one array per attribute, one row per park of the world."""

from __future__ import annotations

import numpy as np

from eipsim.core.columns import Col

FULL_SCORE = 100.0  # points
SCORES = ("management", "environment", "social", "economic")
NO_CERTIFICATE, PREPARING, APPLIED, CERTIFIED, REVOKED = range(5)
CERTIFICATE_STATES = ("none", "preparing", "applied", "certified", "revoked")

# State of the park operators, one row per park of the world.
OPERATOR_COLUMNS = (
    Col("key", np.uint64, "name of the park in keyed draws, from its id"),
    Col("province", np.int16, "row of the province it lies in"),
    Col("group", np.int16, "number of the company that runs several parks; -1 = it runs this one only"),
    Col("established_year", np.int16, "year in which the park is founded"),
    Col("operating_year", np.int16, "year in which it has its first tenants"),
    Col("area_ha", np.float64, "ha of the whole park"),
    Col("green_share", np.float64, "share of the land that is green space, roads and shared infrastructure"),
    Col("capacity", np.float64, "how able the operator is, 0 to 1"),
    Col("effect", np.float64, "what it adds to its tenants' acceptance, in log-odds"),
    Col("uncommitted", np.float64, "chance of not having committed by now"),
    Col("commitment_bar", np.float64, "it commits once that chance falls to this, a draw"),
    Col("commit_year", np.int16, "year in which it committed to the eco-industrial path; 0 = never"),
    Col("converted_year", np.int16, "year in which the park had been converted; 0 = never"),
    Col("born_eco", np.bool_, "founded as an eco-industrial park"),
    Col("born_eco_draw", np.float64, "founded as an eco-industrial park when the province's duty exceeds this draw"),
    Col("in_programme", np.bool_, "a programme that commits its parks works here this year"),
    Col("facilitation", np.float64, "effort for its tenants, share of the full effort of a fully able operator"),
    Col("training", np.float64, "training of its tenants, share of full training"),
    Col("monitored", np.bool_, "the park has a monitoring system, so that its tenants' savings are measured"),
    Col("monitoring_draw", np.float64, "it has one when the lever exceeds this draw"),
    Col("score", np.float64, "points of 100 by category", (len(SCORES),)),
    Col("ceiling", np.float64, "points of 100 by category that are in reach without shared infrastructure", (len(SCORES),)),
    Col("violation_year", np.int16, "last year the operator was found in violation, 0 = never"),
    Col("compliance_cost", np.float64, "what complying with the law costs it, USD/yr; 0 = it complies by itself, or has cured"),
    Col("inspection_record", np.float64, "share of the past years in which it was inspected, as far as remembered"),
    Col("tenants_record", np.float64, "share of its tenants inspected in the past years, likewise; -1 = nothing to remember yet"),
    Col("certificate", np.int8, "position in CERTIFICATE_STATES"),
    Col("applied_year", np.int16, "year of the last application for a certificate; 0 = never"),
    Col("certified_year", np.int16, "year in which the certificate in force was granted or renewed; 0 = there is none"),
    Col("spending", np.int64, "cents this year, own money"),
    Col("revenue", np.int64, "cents this year from shared infrastructure"),
    Col("grants", np.int64, "cents this year from the public for shared infrastructure"),
    Col("points", np.float64, "rise of the scores by shared infrastructure in operation", (len(SCORES),)),
    Col("points_counted", np.float64, "of these, what the scores have risen by", (len(SCORES),)),
    Col("platform", np.bool_, "a monitoring platform serves its tenants"),
    Col("lapsed_year", np.int16, "year in which a park founded as eco-industrial missed its term; 0 = it has not"),
    # what it is, and how it pursues the certificate that it has set out for
    Col("quality", np.float64, "latent quality behind capacity, facilitation, speed and effect, in standard deviations"),
    Col("facilitation_factor", np.float64, "its facilitation over that of others of its capacity and effort"),
    Col("score_speed", np.float64, "how fast its scores rise, over that of others with its effort"),
    Col("belief", np.float64, "premium that it reckons with over the one announced"),
    Col("preference", np.float64, "USD/yr that the certificate is worth to it without any premium"),
    Col("pursues", np.bool_, "this year it does something about what the certificate still needs"),
    Col("certificate_benefit", np.float64, "USD/yr that it expects of the certificate, when it last looked"),
    Col("certificate_cost", np.float64, "USD/yr that what is missing would cost it; inf = out of its reach"),
    Col("audits_wanted", np.int32, "audits of tenants that it has asked auditors for this year, as far as there are auditors"),
    Col("audits_ordered", np.int32, "audits of tenants that it commissioned this year"),
    Col("audits_since_2015", np.int32, "audits of tenants that it has commissioned"),
    Col("metering_year", np.int16, "year in which it put meters at its tenants; 0 = never"),
    Col("trained_year", np.int16, "last year in which it paid for a training of its tenants; 0 = never"),
    Col("brokered_year", np.int16, "last year in which it paid for full facilitation of its own accord; 0 = never"),
    Col("studied_year", np.int16, "last year in which it commissioned studies of shared systems; 0 = never"),
    Col("pursuit_spending", np.int64, "cents this year, own money for what the certificate needs; part of spending"),
)  # fmt: skip
