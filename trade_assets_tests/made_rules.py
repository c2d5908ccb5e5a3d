"""What a rule that is made up declares beside its kind."""

from trade_assets.identities.kinds import Labelled, Sum

DECLARED = {"name": "a_rule", "table": "a_table", "description": "A rule.", "source": "its words", "authority": "definition"}
SUM = Sum(total="t", parts={"a": 1}, **DECLARED)
LABEL = Labelled(printed="table", **DECLARED)
