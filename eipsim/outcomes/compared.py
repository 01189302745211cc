"""What a comparison of two runs counts beside the outcomes of each: the one home of what its words mean.

Adopters, vouchers and costs by the name that `Comparison.summary()` and its files have for them.
"""

from __future__ import annotations

from eipsim.outcomes.registry import QUANTITIES

ADOPTERS = {
    "adopters": "firms that have adopted a measure by the end of the runs",
    "baseline_adopters": "the same in the baseline",
    "additional_adopters": "firms that adopt a measure here and none in the baseline",
    "lost_adopters": "firms that adopt a measure in the baseline and none here",
    "subsidised_adopters": "firms of which a voucher has paid part of a measure",
    "adoptions": "measures that firms have adopted, each counted once a firm",
    "baseline_adoptions": "the same in the baseline",
    "additional_adoptions": "measures that firms adopt here and not in the baseline",
    "lost_adoptions": "measures that firms adopt in the baseline and not here",
    "subsidised_adoptions": "adoptions of which a voucher has paid a part",
    "free_riding_adoptions": "of the subsidised adoptions, those that the same firm makes in the baseline too, sooner or later",
    "free_riding_adoption_share": "their share in the subsidised adoptions",
    "brought_forward_adoptions": "of these, what the firm adopts in a later year in the baseline",
    "years_brought_forward": "by how many years in all",
    "beside_vouchers": "what firms with a voucher adopt without its money and not in the baseline",
    "given_up_for_vouchers": "what firms with a voucher do not adopt, and do in the baseline",
    "vouchers_used": "vouchers, one a firm and year, of which something was used",
    "voucher_money_usd": "public money for vouchers, their administration included",
}
VOUCHERS = {
    "additional_per_voucher": "measures with a voucher that the firm does not adopt in the baseline, for each voucher used",
    "net_per_voucher": "the same, with what its holders adopt besides, less what they give up for it",
    "additional_per_1000_usd": "as additional_per_voucher, for each 1,000 USD of public money for vouchers",
    "net_per_1000_usd": "as net_per_voucher, for each 1,000 USD of that money",
    "years_sooner": "by how many years the adoptions with a voucher come sooner that the baseline has too, in the mean",
}
TONNES, TRANSFERS, PER_TONNE = "additional_tonnes", "transfers_to_the_public", "per_tonne"
COSTS = {
    TONNES: "CO2, scopes 1 and 2, that the baseline emits and the scenario does not",
    TRANSFERS: "carbon price, charges and fines that firms pay the public; in none of the costs",
    "public_cost": "spending of regulators and donors, vouchers included",
    "private_cost": "own money of firms and operators, interest, and what firms forgo as energy is dear, less savings and sales",
    "total_cost": "cost to society: public and private cost, less the interest that banks get",
}
PERIODS = {"cumulative": "of all years, each counted alike", "discounted": "of all years, discounted to the first"}


def definitions_of(quantity: str) -> dict[str, str]:
    """What a quantity of a comparison is: itself by its name, or the words that its name is made of; empty where it is unknown.

    >>> definitions_of("additional_adopters")
    {'additional_adopters': 'firms that adopt a measure here and none in the baseline'}
    >>> list(definitions_of("discounted_public_cost_per_tonne"))
    ['discounted', 'public_cost', 'per_tonne']
    """
    period, _, rest = quantity.partition("_")
    what = rest.removesuffix(f"_{PER_TONNE}")
    if period in PERIODS and what in COSTS:
        each = {PER_TONNE: f"for each of the {TONNES}"} if what != rest else {}
        return {period: PERIODS[period], what: COSTS[what]} | each
    known = QUANTITIES.get(quantity)
    said = known.definition if known else (ADOPTERS | VOUCHERS).get(quantity)
    return {quantity: said} if said else {}
