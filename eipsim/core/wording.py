"""How numbers are told in sentences."""


def usd(amount: float) -> str:
    """Money in whole dollars; cents where it is little.

    >>> usd(1234567.8), usd(3.456), usd(-20.0)
    ('1,234,568 USD', '3.46 USD', '-20.00 USD')
    """
    return f"{amount:,.0f} USD" if abs(amount) >= 100.0 else f"{amount:,.2f} USD"


def share(part: float) -> str:
    """A share of one as per cent, with three digits.

    >>> share(0.12345), share(0.000123)
    ('12.3 %', '0.0123 %')
    """
    return f"{100.0 * part:.3g} %"


def number(value: float) -> str:
    """A plain number with three to four digits, whole numbers as they are.

    >>> number(12.0), number(0.12345), number(12345.6)
    ('12', '0.123', '12,346')
    """
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"


def years(value: float) -> str:
    return f"{value:.2f} years" if value < 1e4 else "never"
