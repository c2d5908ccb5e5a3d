"""Facts of a few printed figures, for tests of what is made of them."""

import pandas as pd

from trade_assets.identities.document_facts import Facts
from trade_assets.identities.forms import Printed


def facts_of(*prints):
    """Facts of (series, measure, period, printed text), one below the other on lines 1, 2, …; an empty text is a gap."""
    rows = [
        {
            "series": series, "measure": measure, "period": period, "text": text, "table": "table", "row": line, "column": measure,
            "line": line, "start": 0, "end": len(text), "flags": "", "value": float(text.replace(",", "")) if text else None,
            "decimals": len(text.partition(".")[2]) if text else None,
        }
        for line, (series, measure, period, text) in enumerate(prints, start=1)
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    return Facts.of_frame(frame.assign(value=frame["value"].astype("Float64"), decimals=frame["decimals"].astype("Int64")))


def figure(text):
    """A figure from its text."""
    whole, _, fraction = text.replace(",", "").partition(".")
    return Printed(int(whole + fraction), len(fraction))
