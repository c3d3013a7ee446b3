"""Money: whole billionths of a US dollar inside, decimal dollars at the edge."""

from decimal import Decimal

NANO_PER_USD = 1_000_000_000


def to_usd(nano_usd: int) -> Decimal:
    """Dollars for an amount in billionths, exact, in plain notation and without needless zeros."""
    amount = Decimal(nano_usd).scaleb(-9).normalize()
    return amount if amount.as_tuple().exponent <= 0 else amount.quantize(Decimal(1))  # type: ignore[operator] # finite
