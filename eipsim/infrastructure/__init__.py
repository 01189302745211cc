"""Systems that tenants of a park share, built and run by its operator.

`items` reads what there is, `columns` names the state, `systems` lays it out. `operation` is the order of the year; `year` is
the compiled part: it calls the verbs of `customers` (what tenants ask for), `investing` (what operators study and wish for),
`building` (what is built, with which public money) and `serving` (what systems do). `checks` says what must hold, `tables` what
it all is to parks.
"""
