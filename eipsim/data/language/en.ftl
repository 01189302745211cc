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
