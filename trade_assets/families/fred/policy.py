"""What FRED's series may show revised: they are copies of the agencies' and carry no marks."""

from __future__ import annotations

from trade_assets.families.ft900.policy import POLICY as OF_TRADE
from trade_assets.families.mxp.policy import POLICY as OF_PRICES
from trade_assets.vintages.policy import Policy

POLICY = Policy((*OF_TRADE.lines, *OF_PRICES.lines))
