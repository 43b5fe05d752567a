"""Pools: a file in which a buyer asks a seller, who calls a check of the same file and answers."""

from mtd.runtime.definitions.packing import File
from tests.core.process.drawn import NAMESPACE, chain

MESSAGE = "<messageEventDefinition/>"
BUYER = (
    '<process id="b1" name="Comprador"><startEvent id="bs"/><sendTask id="ask" name="Pedir"/>'
    f'<intermediateCatchEvent id="wait" name="Respuesta">{MESSAGE}</intermediateCatchEvent>'
    f'<endEvent id="be"/>{chain("bs", "ask", "wait", "be")}</process>'
)
SELLER = (
    f'<process id="s1" name="Vendedor"><startEvent id="hear" name="Pedido">{MESSAGE}</startEvent>'
    '<userTask id="review" name="review"/><callActivity id="check" calledElement="c1"/>'
    f'<endEvent id="tell" name="Contestar">{MESSAGE}</endEvent>'
    f"{chain('hear', 'review', 'check', 'tell')}</process>"
)
CHECK = (
    '<process id="c1" name="Control"><startEvent id="cs"/><scriptTask id="count"/>'
    f'<endEvent id="ce"/>{chain("cs", "count", "ce")}</process>'
)
COLLABORATION = (
    '<collaboration id="c"><participant id="pb1" processRef="b1"/>'
    '<participant id="ps1" processRef="s1"/><messageFlow id="m1" sourceRef="ask" targetRef="hear"/>'
    '<messageFlow id="m2" sourceRef="tell" targetRef="wait"/></collaboration>'
)
BINDINGS = '[user.review]\nrole = "agent"\n[script.count]\nset = { checked = "true" }\n'


def trade(*processes: str, name: str = "trade", bindings: str = BINDINGS) -> list[File]:
    """`trade.bpmn` of those processes, which are the three above unless given, and its bindings."""
    drawn = "".join(processes or (BUYER, SELLER, CHECK))
    collaboration = COLLABORATION if 'id="b1"' in drawn else ""
    text = (
        f'<definitions xmlns="{NAMESPACE}" targetNamespace="t">{collaboration}{drawn}</definitions>'
    )
    return [File(f"{name}.bpmn", text.encode()), File(f"{name}.toml", bindings.encode())]
