"""Static rules of gateways, save the event-based one (BPMN 2.0.2 §10.6)."""

from mtd.core.process.rules.chart import GATEWAYS, Broken, Chart, Rule


def _direction(chart: Chart) -> Broken:
    for node in chart.of(*GATEWAYS):
        into, out_of = len(chart.into(node)), len(chart.out_of(node))
        ways = f"it has {into} incoming and {out_of} outgoing flows"
        if node.direction == "Converging" and out_of > 1:
            yield node, f"its direction is Converging, yet {ways}: leave one outgoing flow"
        elif node.direction == "Diverging" and into > 1:
            yield node, f"its direction is Diverging, yet {ways}: leave one incoming flow"
        elif node.direction == "Mixed" and (into < 2 or out_of < 2):
            yield node, f"its direction is Mixed, yet {ways}: draw two of each"


def _several(chart: Chart) -> Broken:
    for node in chart.of(*(GATEWAYS - {"eventBasedGateway"})):
        into, out_of = len(chart.into(node)), len(chart.out_of(node))
        if into < 2 and out_of < 2:
            ways = f"it has {into} incoming and {out_of} outgoing flows"
            yield node, f"a gateway splits or joins, and {ways}: draw what is missing"


RULES = (
    Rule("gateway-direction", "§8.4.9", _direction, harmless=True),
    Rule("gateway-several-flows", "§10.6.1", _several, harmless=True),
)
