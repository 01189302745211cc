# What pages and reports say, in English. One message an idea; vi.ftl has the same messages with the same variables.
# Numbers come written ({ $amount }), except whole ones on which a plural depends ({ $n }).

## Numbers and units

scale-thousand = thousand
scale-million = million
scale-billion = billion
from-to = { $low } to { $high }

## Counts

counted-parks = { $n ->
    [one] { $n } park
   *[other] { $n } parks
}
counted-firms = { $n ->
    [one] { $n } firm
   *[other] { $n } firms
}
counted-runs = { $n ->
    [one] { $n } run
   *[other] { $n } runs
}
and = { $first } and { $last }

## How numbers are told

in-year = in { $year }
over-years = over { $first }–{ $last }
points = { $amount } percentage points
spread-range = nine tenths of { $n } runs: { $range }
spread-interval = 95 % interval of { $n } pairs of runs: { $range }
spread-same = the same in all { $n } runs
spread-one = one run, so how sure it is cannot be told
change-points-more = { $amount } percentage points more than under “{ $base }”
change-points-less = { $amount } percentage points less than under “{ $base }”
change-percent-more = { $amount } % more than under “{ $base }”
change-percent-less = { $amount } % less than under “{ $base }”
change-units-more = { $amount } more than under “{ $base }”
change-units-less = { $amount } less than under “{ $base }”
change-times = { $amount } times as much as under “{ $base }”

## Findings

title-plain = Results of { $name }
title-level = { $scenario } – { $outcome } { $when }: { $value }
finding-rises = { $outcome }: up from { $start } in { $first } to { $end } in { $last }
finding-falls = { $outcome }: down from { $start } in { $first } to { $end } in { $last }
finding-same = { $outcome }: { $end } in { $last }, as in { $first }
finding-differs = { $outcome } { $when }: under “{ $scenario }” { $change }{ $n ->
    [one] {""}
   *[other] , the largest difference
}
finding-none-differs = { $outcome } { $when }: { $n ->
    [one] the scenario does not differ clearly from “{ $baseline }”
   *[other] none of { $n } scenarios differs clearly from “{ $baseline }”
}

## The page

kicker = Report of eipsim, a simulation of how industrial parks in Viet Nam become eco-industrial parks
subtitle-run = Scenario: { $scenarios } · { $n ->
    [one] one run
   *[other] { $n } runs
} · { $first }–{ $last } · written on { $date }
subtitle-comparison = Scenarios: { $scenarios } · { $n ->
    [one] one run of each
   *[other] { $n } runs of each
} · { $first }–{ $last } · written on { $date }
subtitle-store = Scenarios: { $scenarios } · { $n ->
    [one] one run of each
   *[other] { $n } runs of each
} · { $first }–{ $last } · written on { $date }
contents = Contents
footer = A model is not a forecast: read what it cannot say before you use a number of this report. Money is in constant US dollars of 2024.

## Heads of tables

head-scenario = scenario
head-target = target
head-year = year
head-asked = asked for
head-reached = reached (nine tenths of runs)
head-verdict = verdict
head-public-money = public money beyond the baseline
head-tonnes = CO₂ avoided beyond the baseline
head-per-million = for each million USD of public money
head-shortfall = less than the best mix at the same public money
head-public = public
head-free-riders = of it to free riders
head-private = firms and operators
head-total = in all
head-transfers = transfers to the public, in none of these
head-measure = what avoids it
head-avoided = CO₂ avoided
head-capital = capital
head-cost-per-tonne = cost of a tonne
head-factor = uncertain input
head-interval = 95 % interval
head-note = note
head-criterion = criterion
head-failing = parks that fail it
head-failing-alone = that fail nothing else
head-shortfall-median = median shortfall
head-outcome = outcome
head-park = park
head-id = id
head-state = state
head-firms = firms
head-score = score of 100
head-has = the park has
head-needed = needed
head-what = what
head-value = value
head-table = numbers of the model
head-values = how many
head-vietnamese = Vietnamese
head-english = English
head-article = taken from

## Summary

summary-title = What came out
summary-nothing = These results hold no outcome that a report could tell.
summary-run = { $n ->
    [one] One run of “{ $scenario }” gives, for all parks of its world:
   *[other] { $n } runs of “{ $scenario }” give, for all parks of its world (medians):
}
summary-comparison = { $others ->
    [one] One scenario is
   *[other] { $others } scenarios are
} held against “{ $scenario }” in { $n ->
    [one] one pair of runs
   *[other] { $n } pairs of runs
} that share their draws, so that they differ by the policy only. “{ $scenario }” gives (medians):
summary-store = The store “{ $folder }” has { $n ->
    [one] one run
   *[other] { $n } runs
} of each scenario, over inputs that are not known well. “{ $scenario }” gives (medians):
summary-level = { $outcome } { $when }: { $value } ({ $spread }).
summary-against = “{ $scenario }” against “{ $baseline }”:
summary-difference = { $outcome } { $when }: { $difference } ({ $spread }).
summary-unclear = { $outcome } { $when }: { $difference }, which cannot be told from zero ({ $spread }).
summary-same = Unchanged: { $outcomes }.

## How to read

reading-title = How to read the numbers
reading-range = A range of nine tenths of the runs is where the middle 90 % of single runs lie: what chance, and in a sweep what is not known, makes different.
reading-interval = A 95 % interval says how well the mean of the pairs of runs is known: another set of runs would give another mean, which lies in such an interval 19 times in 20. It says nothing of whether the model is right.
reading-discounted = Discounted means that later money and later tonnes count less, at the social discount rate of the model, back to the first year.
reading-flows = What flows (tonnes, money) is summed over all years where it says so; all else is that of the last year.
reading-additional = Additional is what would not have happened under the scenario that is compared with.

## Pathways and targets

pathways-title = Pathways and the targets of law and plan
pathways-nothing = These results hold no outcome over several years that could be drawn.
pathways-some = Pictures show the baseline and those scenarios that end farthest from it, { $n } at most.
pathways-caption = Lines: medians of { $n } runs; bands: half and nine tenths of the runs. At the right, medians of { $year }.
pathways-caption-one = One run, so no bands. At the right, values of { $year }.
pathways-some-bands = Bands of the baseline and of what ends highest only.
pathways-marks = Diamonds: what a law or plan asks for.
targets-title = Targets
targets-none = These results state no target of a law or plan, or their scenario can no longer be read as it was run. A run of a scenario of the library states them.
targets-finding = { $met ->
    [0] None of { $n } targets is met in every run
    [one] One of { $n } targets is met in every run
   *[other] { $met } of { $n } targets are met in every run
}
target-at-least = at least { $level }
target-at-most = at most { $level }
target-cannot-tell = cannot be told
target-unknown = not known
target-met-all = met
target-met-none = missed
target-met-some = met in { $met } of { $n } runs

## Policies at equal cost

equal-title = Policies at equal cost
equal-finding = A million dollars of public money avoids most under “{ $scenario }”: { $tonnes }
equal-finding-none = No scenario avoids CO₂ with public money beyond the baseline's that can be told from zero
equal-no-money = no public money
equal-note = Discounted, in brackets 95 % intervals. For each million USD: tonnes over public money, as means. Best mix: what the scenarios of this table, the baseline among them, would avoid at the same public money if it were divided among them in the best way.
equal-same-money = The scenarios spend the same public money, so that they can be compared as they are.
equal-other-money = The scenarios do not spend the same public money. Tonnes for each million compare them only as far as twice the money does twice as much; scenarios of the library under “equal-budget/” spend the same.
costs-need-comparison = What a policy costs is the difference from what would have been without it, so it takes a comparison. These results are of one scenario; this command makes them:
costs-not-stored = This store does not hold what costs need: a baseline, so that runs come in pairs, and the outcomes of money and CO₂ of the model.

## Who pays for what tonne

payers-title = Who pays for what tonne
payers-finding-costs = A tonne avoided costs least under “{ $scenario }”: { $amount } in all
payers-finding-saves = A tonne avoided saves most under “{ $scenario }”: { $amount } in all
payers-finding-none = No scenario avoids tonnes that can be told from none, so no tonne has a cost
payers-table = Cost of an additional tonne of CO₂, by who pays
payers-axis = USD for each additional tonne of CO₂ avoided
payers-caption = Left of zero: firms and operators save more than they pay. Lines: 95 % intervals of the total, a diamond, whose number stands at the right. Discounted.
payers-note = USD for each additional tonne, discounted, in brackets 95 % intervals. Carbon price, charges and fines are transfers: they cost firms what they bring to the public, and count in no other column.
cost-no-tonne = no additional tonne
cost-no-tonne-note = No additional tonne: emissions do not fall below the baseline's.
cost-uncertain-tonne = tonnes not told from zero
cost-uncertain-tonne-note = Where additional tonnes cannot be told from zero, no cost of a tonne is given.
cost-other-drivers = other drivers
cost-other-drivers-note = Where the drivers differ from the baseline's, the tonnes include what they change.
legend-public = public
legend-free-riders = public, to free riders
legend-private = firms and operators
legend-total = in all
steps-finding = { $measure }: { $share } of the CO₂ avoided in { $year }, more than anything else
steps-note = Cost of a tonne: capital as an annuity less what is saved each year, carbon price left out; below zero it saves money. Measures of firms, shared systems of parks and exchanges, as adopted in this run. Costs here are not beyond a baseline's.

## Sensitivity

sensitivity-title = Which uncertain inputs decide
sensitivity-needs-store = Which inputs decide can be told from the store of a sweep only: a run or a comparison varies no inputs. `eipsim sweep` makes one from a design.
sensitivity-not-allowed = The design of this store, or what it holds, does not allow to attribute differences to single inputs. This command says why:
sensitivity-limits = Shares are of what the design varies, over the ranges that it gives; what it holds fixed is not in them. Two inputs can be told apart only where their intervals do not overlap. `eipsim sensitivity` gives all indices and says what to keep in mind.
sensitivity-none = { $outcome }: which input matters most cannot be told, as the one with the largest index has an interval that reaches zero, or none; more points would be needed.
sensitivity-finding = { $outcome }: { $factor } matters most under “{ $scenario }”
sensitivity-caption = Bars: { $n } points of the design; lines: 95 % intervals of drawing the points anew.
sensitivity-luck = Luck makes { $share } of the variance of a run.
sensitivity-no-luck = How much luck makes cannot be told from these runs.
sensitivity-table = { $outcome }: the inputs that matter most
index-share = share of variance, alone and with others
index-other = index { $index }
legend-matters = told from zero
legend-not-told = not told from zero, or from an input without effect
note-constant = the outcome does not vary
note-nothing = not told from zero
note-dummy = not told from an input without effect

## Certificates

certificates-title = Why parks are not certified
certificates-need-run = Which criteria bind is kept by a run of one scenario, not by comparisons and sweeps. This command gives it:
certificates-no-decree = No decree on eco-industrial parks is in force in the years of this run, so that no park can be certified.
certificates-states = In the first run, at the end of { $year }, there are { $parks } parks. Furthest state of each: { $states }.
certificates-finding = In { $year } { $n } of { $parks } operating parks fail the criterion “{ $criterion }”, more than any other.
certificates-finding-alone = { $n ->
    [one] One park fails
   *[other] { $n } parks fail
} nothing but “{ $criterion }”.
certificates-finding-none = In { $year } no operating park fails any criterion
certificates-axis = % of { $parks } operating parks with tenants
certificates-caption = Criteria of { $decree }, end of { $year }. At the right: parks that fail it / that fail nothing else.
certificates-table = The criteria in numbers
certificates-note = A park fails a criterion when it would not get a certificate for it alone, whether or not it wants one. Shortfall: of the median park among those that fail, in the unit of the criterion. A park that meets every criterion may still have no certificate: its operator has not committed, or its application waits.
legend-failing = fail it
legend-failing-alone = fail nothing else
state-established = { $n } founded, without tenants
state-operating = { $n } in operation
state-committed = { $n } committed to conversion
state-converted = { $n } converted
state-applied = { $n } applied for the certificate
state-certified = { $n } certified
of-state-established = founded, without tenants
of-state-operating = in operation
of-state-committed = committed to conversion
of-state-converted = converted
of-state-applied = applied for the certificate
of-state-certified = certified

## A province

province-title = The province { $province }
province-needs-run = Provinces are not kept by sweeps. This command gives them; then name the province in a report of its results:
province-both-maps = { $province }, the same parks on the map of 2024 and on that of July 2025
province-scenarios = { $province } in { $year }, by scenario
province-map-2024 = { $province } on the map of 2024
province-map-2025 = { $province } on the map of July 2025, in all years
province-no-table = These results have no table by this map.
province-no-parks = The province has no park in the world of this run.
province-finding = In { $year }, { $certified } of { $parks } operating parks of { $province } hold a certificate
province-note = Of one run: chance moves a single province more than the country.
province-parks = { $n ->
    [one] Its park at the end of { $year }
   *[other] Its { $n } parks at the end of { $year }, the largest first
}
province-parks-some = The { $most } largest of its { $n } parks at the end of { $year }
province-merged = Since July 2025 { $province } is part of { $successor }.

## A park

park-title = The park { $park }
park-needs-run = A park is looked into by running it again, which takes a run or a comparison. This command makes one; then name the park again:
park-synthetic = The park is a real one only as far as lists of parks tell of it; its tenants are synthetic. A result for a named park is one for a park of its size, place and kind, and chance moves a single park much.
park-absent = At the end of { $year } the park is not founded.
park-verdict-certified = Yes: at the end of { $year } the park holds a certificate, granted or renewed in { $granted }.
park-verdict-applied = Not yet: at the end of { $year } the park has applied (in { $applied }) and waits for the decision.
park-verdict-none = No: at the end of { $year } the park has no certificate.
park-verdict-preparing = No: at the end of { $year } the park has no certificate; it prepares its application.
park-verdict-revoked = No: at the end of { $year } the park has no certificate; the one it had was revoked.
park-failing = It fails { $n } of { $of } criteria.
park-none-failing = It meets all { $of } criteria; what is missing is the commitment of its operator or the decision of the province.
park-no-decree = No decree on eco-industrial parks is in force at the end of { $year }.
park-criteria = The criteria of { $decree } at the end of { $year }
park-commit = Its operator committed to conversion in { $year }.
park-not-commit = Its operator has not committed to conversion.
park-converted = Conversion was complete in { $year }.
park-not-converted = It has not converted.
park-applied = It applied for the certificate in { $year }, for the last time.
park-not-applied = It has never applied for the certificate.
park-pursues = To its operator the certificate is worth { $benefit }, and what was missing costs it { $cost }, so it acts.
park-does-not-pursue = To its operator the certificate is worth { $benefit }, but what is missing costs it { $cost }, so it does nothing.
park-out-of-reach = To its operator the certificate is worth { $benefit }, but a criterion fails that nothing can mend.
park-nothing-missing = To its operator the certificate is worth { $benefit }; nothing was missing that it could order.
park-audits = The operator has had { $n ->
    [one] one audit of a tenant done
   *[other] { $n } audits of tenants done
} since 2015.
park-systems = { $n ->
    [one] One shared system is in use
   *[other] { $n } shared systems are in use
}
head-system = shared system
head-since = since
head-used = used
head-tenants = tenants connected
park-no-systems = Shared infrastructure: none in use.
park-on-record = { $n ->
    [one] One tenant is
   *[other] { $n } tenants are
} on record for a violation.
holds = holds
fails = fails
yes = yes
no = no
no-violation = no violation on record
again-own-code = The run used code of its user's own, which a report does not run again, so the park cannot be looked into here; `eipsim explain park` can, with --trust.
again-ensemble = The runs differ in their parameters and populations (--ensemble), so there is no one run to look into; a plain run of the scenario has one.
again-other-data = The data of the model have changed since these results were made, so that the same run can no longer be made; run the scenario again.
again-other-scenario = The scenario can no longer be read as it was run (a file of the user's, or changed since), so that the same run cannot be made; `eipsim explain park` takes the file.
again-other-world = The world of the run is no longer what it was, so that the same run cannot be made; run the scenario again.

## Names that promise more than they hold, told plainly

scenario-net-zero-2050 = Towards net zero

## Pages of things: parks, firms, provinces, stores

page-park = { $park } ({ $id }, { $province })
page-firm = The firm { $firm }
page-store = { $title }
page-why-park = Is it certified, and why?
page-scores = Scores
page-tenants = Tenants
page-measures = Measures in use
page-exchanges = Exchanges
page-place = Where it lies
page-what-firm = What it is
page-history = What became of it
page-decisions = What it took and did not take, in { $year }
page-country = Against the country
page-ranks = Which policy is best
page-failing = Under which inputs the policy fails
page-search = Search
page-search-hint = A park, a province, or the id of a firm
page-search-none = Nothing here is called “{ $text }”.
page-search-found = { $n ->
    [one] One thing is called so
   *[other] { $n } things are called so
}
page-index = Results
page-parks = Parks
page-provinces = Provinces
page-overview = The country
page-all-parks = { $n ->
    [one] One park at the end of { $year }
   *[other] { $n } parks at the end of { $year }
}
page-all-provinces = { $n ->
    [one] One province at the end of { $year }
   *[other] { $n } provinces at the end of { $year }
}
page-back = All pages
page-other-language = Tiếng Việt
page-not-again = The pages of parks need the run once more, which cannot be made:
page-written = Written by { $version } on { $date }. These pages need neither a network nor Python.
page-skip = To the content
page-kicker = eipsim, a simulation of how industrial parks in Viet Nam become eco-industrial parks
page-failed = This page cannot be shown:
page-working = Working it out, which takes as long as a run…
page-year = At the end of
store-none = No store was given to this dashboard: `eipsim dashboard STORE` shows one.
kind-park = park
kind-firm = firm
kind-province = province
score-score = Mean score
score-management = Management
score-environment = Environment
score-social = Social
score-economic = Economic
scores-table = Scores over the years, of { $full }
scores-axis = points of { $full }
scores-caption = Of the four categories of criteria, and their mean.
tenants-none = At the end of { $year } the park has no tenants.
tenants-finding = { $applying } of { $n ->
    [one] one tenant applies
   *[other] { $n } tenants apply
} RECP at the end of { $year }
tenants-largest = { $n ->
    [one] The largest of its { $of } tenants
   *[other] The { $n } largest of its { $of } tenants
}
tenants-note = By employees. CO₂ avoided: by its own measures, exchanges and shared systems, in the year.
measures-none = No tenant uses any of the measures.
measures-finding = { $measure } is what most tenants use: { $n }
measures-note = In use at the end of the year. Adopted: not those that a firm began with. With public money: bought with a voucher.
exchanges-none = No tenant has ever been part of an exchange that was looked into.
exchanges-none-now = { $n ->
    [one] One exchange was identified; it does not operate.
   *[other] { $n } exchanges were identified; none of them operates.
}
exchanges-finding = { $n ->
    [one] One exchange operates
   *[other] { $n } exchanges operate
}, of { $ever } that were ever identified
exchanges-some = The { $n } largest of { $of } streams.
side-partner = a partner who is no tenant
side-elsewhere = { $sector }, in another park
network-title = Who gives what to whom in { $park }
network-caption = A ribbon is as thick as its number of exchanges, and leads from who gives, at the left, to who takes, at the right. Dark: tenants of the park; pale: partners outside. The words of this figure are English.
english-figure = The words of this figure are English.
fold-figure = The figure of the command line
firm-what = { $sector }, { $employees } employees, { $owner }, { $finance }, in its park since { $since }.
firm-foreign = foreign
firm-domestic = domestic
firm-constrained = short of finance
firm-unconstrained = not short of finance
firm-synthetic = The firm is synthetic: no real firm is meant.
firm-used = What it used and saved in { $year }
of-firm-employees = Employees
of-firm-revenue_usd = Revenue
of-firm-electricity_mwh = Electricity used
of-firm-fuel_gj = Fuel used
of-firm-water_m3 = Water used
of-firm-waste_t = Waste
of-firm-co2_t = CO₂
firm-entered = { $year }: it came to its park.
firm-heard = { $year }: it heard of cleaner production (RECP).
firm-not-heard = It has not heard of cleaner production (RECP).
firm-audited = { $year }: it was audited, for the last time.
firm-never-audited = It has never been audited.
firm-adopted = { $year }: it adopted { $measures }.
firm-with-voucher = with a voucher
firm-stock = It began with { $measures }.
decisions-finding = It has { $has } of { $applicable } measures that would do something for it, at the end of { $year }
decisions-note = { $n ->
    [0] Costs, savings and chances: of those that it knows and has not.
    [one] One more measure does nothing in its sector, or saves what it does not use. Costs, savings and chances: of those that it knows and has not.
   *[other] { $n } more measures do nothing in its sector, or save what it does not use. Costs, savings and chances: of those that it knows and has not.
} Acceptance: within two years.
decision-of = { $measure }: { $verdict }
decision-not-noticed = It does not know of it: the chance of not having noticed it has come down to { $left }, and it is noticed at { $bar }, its draw.
decision-hazard = The hazard of noticing it in this year was { $hazard }.
decision-known = It has known of it since { $year }.
decision-cost = It would cost { $cost }, hidden costs included.
decision-voucher = A voucher pays { $amount } of that ({ $rate }).
decision-loan = A bank would lend { $amount } over { $years } years at { $rate } above inflation.
decision-saves = It would save { $saving }: a payback of { $payback }.
decision-never-pays = At the prices of the year it would cost more to run than it saves.
decision-peers = { $share } of the firms that it looks at have it.
decision-acceptance = It accepts within two years with a chance of { $share }, by the rule `{ $rule }`.
decision-accepted = It has accepted it: the chance of not having done so came down to { $chance }; its draw is { $bar }.
decision-not-accepted = It has not accepted it yet: the chance of not having done so has come down to { $chance }, and it accepts at { $bar }, its draw.
decision-budget = Its budget for measures was { $amount } in the year.
decision-turn = When its turn came { $left } were left; it needed { $needed } of its own.
verdict-absent = not there
verdict-took-it = taken in this year
verdict-renewed-it = worn out, renewed at once
verdict-chosen-at-renewal = chosen when its boiler was worn out
verdict-new-boiler = its boiler is new, and of another kind
verdict-has-it-from-stock = began with it
verdict-adopted-it-before = adopted in an earlier year
verdict-not-applicable = does nothing there
verdict-not-available = not yet on the market
verdict-not-known = not noticed yet
verdict-excluded = cannot be had beside another
verdict-never-pays = costs more than it saves
verdict-not-accepted = known, not accepted yet
verdict-cannot-pay = accepted, but beyond the budget
head-province = province
head-sector = sector
head-employees = employees
head-owner = owner
head-firm = firm
head-applies-recp = apply RECP
head-co2 = CO₂
head-measures-used = measures in use
head-tenants-use = tenants that use it
head-adopted = of them adopted
head-with-public-money = with public money
head-category = category
head-stream = what
head-gives = gives
head-takes = takes
head-how-many = exchanges
head-moved = moved in the year
head-a-measure = measure
head-what-came = what came of it
head-known-since = known or had since
head-cost = would cost
head-saves = would save
head-payback = payback
head-acceptance = acceptance
head-here = here
head-country = country
head-part = part of the country
head-rank = rank
head-mean = mean
head-best-share = best in
head-regret = mean regret
head-from = from
head-to = to
head-found-again = found again
head-parks = parks
the-country = the country
country-finding = { $province } makes { $share } of the CO₂ avoided in the country in { $year }
country-note = Shares, scores and intensities are no part of the country's: they stand beside it.
country-more = { $outcome }: more in { $province } ({ $here }) than in the country ({ $country }), in { $year }
country-less = { $outcome }: less in { $province } ({ $here }) than in the country ({ $country }), in { $year }
country-same = { $outcome }: as much in { $province } as in the country ({ $country }), in { $year }
country-caption = Of one run, from year to year.
province-new-map = { $province } is on the map of July 2025 only, and this run has no table by it: a run with details has one.
store-needs-factors = It takes a design that varies inputs, with points enough, as with:
store-needs-scenarios = This store holds one scenario, so nothing can be ranked. It takes a design with several:
store-not-ranked = What this store holds does not allow to rank its scenarios. This command says why:
store-not-discovered = What this store holds does not allow to search for such inputs. This command says why:
ranks-finding = { $outcome } { $when }: “{ $scenario }” is best on average, and in { $best } of { $n } states of the world
ranks-axis = % of the states of the world in which it is best
ranks-caption = { $n } states: inputs and draws that all scenarios share. Lines: 95 % intervals.
ranks-table = { $outcome }: the scenarios, the best first
ranks-note = Best in: share of the states. Mean regret: what is lost against the best scenario of each state.
ranks-map = { $outcome }: how often each scenario has each rank
failing-means = Said to fail is here what comes out among the worst { $share } of the policy's own runs: `{ $where }`.
failing-none = “{ $scenario }”: no inputs were found under which it fails clearly more often than elsewhere, in { $n } runs.
failing-finding = “{ $scenario }” fails in { $density } of the runs within these limits (of all: { $base }); { $coverage } of its failures are there
failing-note = A dash: no limit on this side. Found again: share of resamples of the runs that limit the same input.
page-of-one = Pages of parks and provinces are of the results of one scenario. These commands give them:
page-more = More
page-report = The report of the country: pathways and targets, costs, certificates, limits, provenance
page-search-hint-pages = A park or a province, by its name or words of it
network-command = This command draws who gives what to whom:
ranks-tie = { $outcome } { $when }: no scenario is better than another.

## Limits

limits-title = What the model cannot say
limits-intro = A model does not tell which questions it answers badly. These are known:
limit-output = Output and the number of firms do not answer to policy: nothing can be said of jobs won or lost by a policy, of leakage abroad, or of competitiveness.
limit-prices = Prices are given from outside (that of biomass apart): a hundred parks that buy heat pumps do not make them dearer or cheaper.
limit-grid = The emission factor of the electricity grid is a path: electricity saved does not change how the rest is made, and avoids no CO₂ where the path is near zero.
limit-answer = Where energy is dear, firms use less of it and lose by that; who else gains or loses, and what they give up, is not known.
limit-loans = Nobody defaults on a loan, so guarantees cost the public nothing: a ranking that puts them high ranks this assumption.
limit-limited = Not limited are engineers, installers, equipment, land for boilers and the room of the grid, so ambitious scenarios look easier than they would be.
limit-catalogue = There are twenty-four measures that can be bought today: no hydrogen, no capture of CO₂, no new processes. What is left in 2050 is what this catalogue leaves. Methane, nitrous oxide and refrigerants are not counted.
limit-programmes = No programme in Viet Nam has been evaluated against firms that it did not reach. The effect of a programme rests on an assumption with a range down to none.
limit-judgement = Most numbers of behaviour, the years from which measures can be had, and how their cost falls are judgement.
limit-parks = Parks that could be listed are real, their tenants are synthetic.
limit-single-run = A single run says little of one park or one programme: chance moves a park much, and the synthetic firms move what programmes cost several-fold.

## How well the model's numbers are known

values-title = How well the numbers of the model are known
values-finding = { $sourced } of the model's own numbers stand in a source that was seen; { $assumed } are assumed
values-parameters = parameters of the model
values-world = constants of the world
values-measures = figures of the measures
values-note = Sourced: stands in its source. Derived: worked out from sources, or within what they say. Calibrated: fitted to the record of one programme. Assumed: a judgement, or only recalled. Of the version of eipsim that wrote this report.
status-sourced = sourced
status-derived = derived
status-calibrated = calibrated
status-assumed = assumed

## Provenance

provenance-title = Where these results come from
provenance-table = What decided the results
provenance-note = The same version, scenario, world, seed and replicate give the same results. In brackets: the beginning of the digest of a content; equal contents have equal digests.
provenance-folder = results
provenance-design = design
provenance-scenarios = scenarios
provenance-settings = settings
provenance-world = world
provenance-years = years
provenance-runs = runs
provenance-points = points of the design
provenance-sampler = sampler
provenance-factors = inputs that are varied
provenance-rule = decision rule
provenance-seed = seed
provenance-replicate = replicate
provenance-population = population
provenance-replicates = replicates
provenance-ensemble = parameter sets
provenance-parameters = digest of the parameters
provenance-data = digest of the data
provenance-versions = versions
provenance-commit = commit
provenance-finished = made on
provenance-report = report written by
remark-missing = { $n ->
    [one] One run of the design has
   *[other] { $n } runs of the design have
} no result and count in nothing.
remark-failures = { $n ->
    [one] One run
   *[other] { $n } runs
} failed and count in nothing, together with those they are paired with.
remark-prices = In { $n } years from { $first } on a price of energy was farther from what was to be expected than it may count.
remark-own-country = The world is a country of its user's own; what its tables lack is Viet Nam's.
remark-totals = The world does not meet all totals that its tables ask for; its manifest lists them.
remark-own-code = Code of the user's own took part in these results.
remark-other-data = The data of the model have changed since these results were made.

## Terms

terms-title = Terms
terms-intro = Terms of the law are those of Decree 35/2022/ND-CP and Circular 05/2025/TT-BKHDT, where they have one. The Vietnamese text of this report has not yet been read by a native official.
terms-table = Terms in both languages, and where each is taken from
terms-note = “Term of ours”: the model needs a word that the texts read do not have, or whose article is not known for certain.
term-park = industrial park
article-park = Decree 35/2022/ND-CP
term-eip = eco-industrial park
article-eip = Decree 35/2022/ND-CP, article 37 (criteria)
term-symbiosis = industrial symbiosis
article-symbiosis = Decree 35/2022/ND-CP, article 37 clause 2
term-recp = resource-efficient and cleaner production (RECP)
article-recp = Decree 35/2022/ND-CP, article 37 clause 2
term-operator = investor in the construction and business of infrastructure of the park (operator)
article-operator = Decree 35/2022/ND-CP, article 37 clause 1
term-firm = firm in the park (tenant)
article-firm = Decree 35/2022/ND-CP
term-certificate = certificate of an eco-industrial park
article-certificate = Decree 35/2022/ND-CP; procedure: Circular 05/2025/TT-BKHDT
term-criteria = criteria of an eco-industrial park
article-criteria = Decree 35/2022/ND-CP, article 37
term-services = basic services of infrastructure
article-services = Decree 35/2022/ND-CP, article 37 clause 1
term-waste-reuse = reuse of waste
article-waste-reuse = Decree 08/2022/ND-CP, article 3 clause 6; article 65 clause 1
term-waste-recycling = recycling of waste
article-waste-recycling = Decree 08/2022/ND-CP, article 3 clause 7
term-conversion = conversion to an eco-industrial park
article-conversion = Decree 35/2022/ND-CP
term-shared-infrastructure = shared infrastructure
article-shared-infrastructure = Circular 05/2025/TT-BKHDT, which counts it as industrial symbiosis
term-audit = RECP assessment (audit)
article-audit = term of ours
term-voucher = voucher (a share of the cost of a measure paid by the public)
article-voucher = term of ours
term-carbon-price = carbon price
article-carbon-price = term of ours; the carbon market: Decree 119/2025
term-scenario = scenario
article-scenario = term of ours
term-baseline = baseline, the scenario that others are compared with
article-baseline = term of ours
term-run = run (one simulation)
article-run = term of ours
term-outcome = outcome (a yearly quantity)
article-outcome = term of ours
term-assumed = assumed (a judgement without source)
article-assumed = term of ours

## The dashboard: frame

dash-title = eipsim – eco-industrial parks of Viet Nam, live
dash-subtitle = eco-industrial parks, live
dash-skip = To the content
dash-pages = Pages
dash-tab-what-if = What if
dash-tab-pathways = Pathways
dash-tab-map = Map
dash-tab-funnel = Funnel
dash-tab-money = Money
dash-tab-store = Store
dash-light = Light
dash-dark = Dark
dash-mistakes = This cannot be shown as it was asked for:
dash-computing = Simulating …
dash-no-page = There is no page “{ $path }”. The tabs above lead to those that there are.

## The dashboard: what if

dash-choose-scenario = Scenario
dash-choose-beside = Beside it
dash-choose-world = World
dash-choose-rule = How firms decide
dash-choose-seed = Seed of the draws
dash-choose-outcome = Outcome
dash-own-files = Files of the command
dash-group-enacted = Enacted
dash-group-single-instruments = Single instruments
dash-group-packages = Packages
dash-group-counterfactuals = Counterfactuals
dash-group-equal-budget = Equal budget
dash-world-vietnam = Viet Nam, all parks
dash-world-pilot-parks = Eight pilot parks
dash-rule-acceptance_curve = Acceptance curve
dash-rule-npv_hurdle = Net present value
dash-rule-planned_behaviour = Planned behaviour
dash-rule-real_option = Real option
dash-rule-threshold = Threshold of peers
dash-with-levers = { $scenario }, with { $n ->
    [one] one lever
   *[other] { $n } levers
} moved
dash-levers = Levers
dash-levers-note = Each is set for everybody from its year on; before, and for what is not moved, the scenario holds.
dash-kind-economic = Money
dash-kind-informational = Information and training
dash-kind-regulatory = Law and inspection
dash-kind-facilitation = Facilitation and certificates
dash-kind-symbiosis = Symbiosis and shared systems
dash-moved = { $n ->
    [one] (one moved)
   *[other] ({ $n } moved)
}
dash-lever-stands = In the scenario: { $value } in { $year }.
dash-lever-differs = In the scenario it differs between places or firms.
dash-lever-mistake = { $lever }: “{ $typed }” cannot stand here. Allowed: { $low } to { $high } ({ $unit }), from a year between { $first } and { $last }. Nothing has been changed.
dash-from = from
dash-back = Back to the scenario
dash-more-pairs = ({ $n } of { $all } pairs so far)
dash-what-if-caption = Lines: the first pair of runs, with the same draws. Bands, as soon as there are three pairs: from the lowest to the highest run.
dash-differences = What differs
dash-questions = Worth a question:
dash-head-outcome = outcome
dash-head-mine = what if
dash-head-base = beside it
dash-head-difference = difference
dash-head-spread = how sure
dash-beside = { $name }: { $value }
dash-save-title = Save
dash-save-note = A scenario file for “eipsim check” and “eipsim run”; your browser saves it.
dash-save = Save as a scenario file

## The dashboard: pathways, map, funnel, money

dash-pathways-caption = Dots: the values of { $year }. One run of each.
dash-play = Play
dash-pause = Pause
dash-year = Year
dash-map-finding = { $scenario }: by { $year }, { $converted } of { $parks } parks have converted; with a certificate: { $certified }
dash-map-caption = A point a park, by what it has become; parks that are not known by place stand near the point of their province. A click opens the page of a park. The outline takes no position on boundaries.
dash-state-established = Established
dash-state-operating = Operating
dash-state-committed = Committed to the path
dash-state-converted = Converted
dash-state-applied = Applying for a certificate
dash-state-certified = Certified
dash-funnel-finding = { $scenario }: by { $year }, { $aware } of firms know of cleaner production and { $apply } apply it; certified parks: { $certified }
dash-funnel-caption = Counts, and shares of the first stage. RECP: resource-efficient and cleaner production.
dash-funnel-options = Options that audits recommend
dash-funnel-firms = Tenant firms
dash-funnel-parks = Industrial parks
dash-stage-options-identified = identified
dash-stage-options-implemented = implemented
dash-stage-firms = in a park
dash-stage-firms-aware-share = aware of RECP
dash-stage-recp-firm-share-unmeasured = apply RECP
dash-stage-recp-firm-share = apply it, measured
dash-stage-parks-established = established
dash-stage-parks-operating = operating
dash-stage-parks-committed = committed
dash-stage-parks-converted = converted
dash-stage-parks-certified = certified
dash-money-of = Who pays, and who gains: { $scenario }
dash-payer-firms = Firms
dash-payer-operators = Park operators
dash-payer-public = The public
dash-gained = Saved and earned in the year
dash-payers-finding = Of { $total } spent { $first }–{ $last }, firms pay { $firms }, operators { $operators }, the public { $public }; savings and earnings are { $times } times as much
dash-payers-nothing = Nothing is spent { $first }–{ $last }
dash-payers-caption = Constant USD of 2024, not discounted. Firms: measures, exchanges and interest. Operators: shared systems, certification, brokering. The public: vouchers, audits, inspections, grants, administration. Carbon price, charges and fines are transfers and not shown.
dash-size-below = below { $n } employees
dash-size-between = { $low } to { $high }
dash-size-from = { $low } and more
dash-size-finding = { $firms } of firms, those with { $name } employees, pay { $invested } of what firms put in and have { $saving } of what they save
dash-owner-domestic = Vietnamese firms
dash-owner-foreign = Foreign-owned firms
dash-owner-finding = Foreign-owned firms are { $firms } of firms, pay { $invested } of what firms put in and have { $saving } of what they save
dash-share-of-firms = share of firms
dash-share-of-revenue = share of revenue
dash-share-of-invested = share of own money put in
dash-share-of-vouchers = share of vouchers paid
dash-share-of-saving = share of savings
dash-firms-caption = Firms that are there in the last year. Own money and vouchers: since each is there, for measures, their renewal and what operators commission for it. Savings: bills avoided in the last year by measures, systems and exchanges, less running costs.
dash-public-money-usd = public money spent
dash-firm-investment-usd = firms’ investment
dash-firm-saving-usd = firms’ savings
dash-provinces-finding = { $names } have { $share } of what firms save
dash-provinces-caption = The { $n } of { $all } provinces whose firms save most, sums of { $first }–{ $last }; provinces of 2024.

## Mistakes: what the core tells in English, in the same words, so that pages have it in every language

mistake = { $where }: { $what }
mistake-with-hint = { $where }: { $what }; { $hint }
mistake-unknown = { $kind } { $name } is unknown
mistake-number = { $text } is no number that can stand here
mistake-no-number = { $text } is not a number
mistake-bounds = { $value } is out of bounds
mistake-year = the year { $year } is out of bounds
mistake-park-fits = park { $name } fits { $n }
mistake-own-code = names code, which runs only when you agree: { $code }
mistake-no-store = there is no store
mistake-later-store = was written by a later version of eipsim (format { $format }, this one reads { $ours })
mistake-damaged = is damaged
hint-none = there is none to choose from
hint-near = did you mean { $name }?
hint-two = did you mean { $first } or { $second }?
hint-allowed = allowed: { $names }
hint-none-near = none of the { $n } known names is near it
hint-between = allowed: { $low } to { $high }
hint-between-of = allowed: { $low } to { $high } ({ $unit })
hint-one-of = write one of: { $names }
hint-trust = read it, then say --trust; in Python: trust=True
hint-install = install that version
hint-make-store = `eipsim sweep DESIGN --store DIR` makes one, `eipsim store ls` finds them
hint-sweep-again = the same `eipsim sweep` with the design's file writes it again
kind-store = store
firm-in-year = firm in { $year }
where-argument = argument
where-lever = { $lever }
where-store = store { $folder }
question-anyway = { $setting } has no effect: it is so anyway in the years of the run
question-alone = { $setting } has no effect while { $lever } is 0
question-far = { $setting } is far outside what the library uses
hint-set-too = set levers.{ $lever } for the same years
hint-at-most = at most { $most } there
hint-in-dong = at most { $most } there; is it in dong? { $dong } VND are { $usd } USD, and money is in USD

## Mistakes: what else the core tells, which is English in every language

told-input = { $detail }
told-run = { $detail }
told-balance = { $detail }
told-error = { $detail }
told-question = { $detail }
