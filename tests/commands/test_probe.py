from tests.conftest import Operator
import tests.conftest, sys
def test_probe(operator):
    assert isinstance(operator, Operator), (type(operator), sorted(m for m in sys.modules if "conftest" in m))
    operator.subscribers(3)
    from datetime import date
    t=operator.bill(date(2026,3,1))
    assert t.invoices==6, t
    assert operator.findings()==[]
