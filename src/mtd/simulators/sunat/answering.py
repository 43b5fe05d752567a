"""What the service answers: a receipt in a zip, a status, or a SOAP fault with its code."""

import io
import zipfile
from base64 import b64encode
from datetime import UTC, datetime
from html import escape

from mtd.simulators.ledger import Outcome
from mtd.simulators.soap import ENVELOPE, XML, answer
from mtd.simulators.sunat.checking import ZONE
from mtd.simulators.sunat.filed import Kept
from mtd.simulators.system import Reply

NAMESPACE = "http://service.sunat.gob.pe"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""A zip's first moment: the same receipt makes the same bytes."""
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"

CODES = {
    "0001": "El comprobante existe y está aceptado",
    "0002": "El comprobante existe pero está rechazado",
    "0003": "El número de RUC no está inscrito en los registros de la SUNAT",
    "0004": "La constancia existe",
    "0011": "El comprobante de pago electrónico no existe",
    "0100": "El sistema no puede responder su solicitud. Intente nuevamente",
    "0101": "El encabezado de seguridad es incorrecto",
    "0102": "Usuario o contraseña incorrectos",
    "0140": "Existe un Documento igual en Proceso.",
    "0151": "El nombre del archivo ZIP es incorrecto",
    "0154": "El RUC del archivo no corresponde al RUC del usuario",
    "0155": "El archivo ZIP esta vacio",
    "0156": "El archivo ZIP esta corrupto",
    "0157": "El archivo ZIP no contiene comprobantes",
    "0158": "El archivo ZIP contiene demasiados comprobantes para este tipo de envío",
    "0161": "El nombre del archivo XML no coincide con el nombre del archivo ZIP",
    "0300": "No se encontró la raíz documento xml",
    "0305": "El sistema no puede procesar el archivo xml",
    "0306": "No se puede leer (parsear) el archivo XML",
    "1001": "ID - El dato SERIE-CORRELATIVO no cumple con el formato",
    "1003": "InvoiceTypeCode - El valor no coincide con el nombre del archivo",
    "1032": "El comprobante ya esta informado y se encuentra con estado anulado o rechazado",
    "1033": "El comprobante fue registrado previamente con otros datos",
    "1034": "Número de RUC del nombre del archivo no coincide con el consignado en el XML",
    "1035": "Numero de Serie del nombre del archivo no coincide con el consignado en el XML",
    "1036": "Número de documento en el nombre del archivo no coincide con el del XML",
    "1059": "El XML no contiene firma digital.",
    "2014": "No existe el número de documento de identidad del receptor del documento",
    "2017": "El numero de documento de identidad del receptor debe ser RUC",
    "2022": "RegistrationName - El dato ingresado no cumple con el estandar",
    "2024": "El tag InvoicedQuantity o un importe de la línea no cumple con el formato",
    "2027": "No existe informacion de cac:Item/cbc:Description del item",
    "2072": "CustomizationID - La versión del documento no es la correcta",
    "2074": "UBLVersionID - La versión del UBL no es correcta",
    "2108": "Presentacion fuera de fecha",
    "2119": "El documento modificado en la Nota de credito no esta registrada.",
    "2121": "El documento modificado en la Nota de credito esta registrada como rechazada",
    "2325": "El certificado usado no es el comunicado a SUNAT",
    "2327": "El certificado usado no se encuentra vigente",
    "2329": "La fecha de emision se encuentra fuera del limite permitido",
    "2335": "El documento electrónico ingresado ha sido alterado",
    "2336": "Ocurrió un error en el proceso de validación de la firma digital",
    "2752": "El número de ítem no puede estar duplicado.",
    "2800": "El tipo de documento de identidad del receptor no esta permitido.",
    "3103": "El producto del factor y monto base no corresponde al monto de afectacion",
    "3110": "El monto de afectacion de IGV por linea debe ser igual a 0.00",
    "3205": "Debe consignar el tipo de operación",
    "3244": "Debe consignar la informacion del tipo de transaccion del comprobante",
    "3271": "El valor de venta por ítem difiere de los importes consignados.",
    "3272": "La base imponible a nivel de línea difiere de la información consignada",
    "3277": "La sumatoria del total valor de venta de línea no corresponde al total",
    "3278": "La sumatoria de valor de venta no corresponde a los importes consignados",
    "3280": "El importe total del comprobante no coincide con el valor calculado",
    "3291": "El cálculo del IGV es Incorrecto",
    "3294": "La sumatoria de impuestos globales no corresponde al monto total de impuestos.",
    "4252": "El dato ingresado como atributo @listName es incorrecto.",
}
"""The service's own words, by return code."""


def taken(packed: bytes) -> Reply:
    """`sendBillResponse` with the receipt: the document is registered from now on."""
    content = f"<applicationResponse>{b64encode(packed).decode()}</applicationResponse>"
    body = answer(NAMESPACE, "sendBillResponse", content)
    return Reply(body=body, content_type=XML, outcome=Outcome.APPLIED)


def status(operation: str, code: str, packed: bytes | None = None) -> Reply:
    """The answer to a question about one document."""
    place = "statusCdr" if operation == "getStatusCdr" else "status"
    held = "" if packed is None else f"<content>{b64encode(packed).decode()}</content>"
    inner = (
        f"<{place}>{held}<statusCode>{code}</statusCode>"
        f"<statusMessage>{escape(CODES[code])}</statusMessage></{place}>"
    )
    body = answer(NAMESPACE, f"{operation}Response", inner)
    return Reply(body=body, content_type=XML, outcome=Outcome.READ)


def fault(
    code: str, detail: str = "", *, http: int = 500, outcome: Outcome = Outcome.REFUSED
) -> Reply:
    """A SOAP fault as the service makes it: `soap-env:Client.CODE`, HTTP status 500."""
    side = "Server" if code in ("0100", "0140") else "Client"
    words = CODES.get(code, "")
    said = escape(f"{words} - Detalle: {detail}" if detail else words)
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><soap-env:Envelope xmlns:soap-env="{ENVELOPE}">'
        f"<soap-env:Body><soap-env:Fault><faultcode>soap-env:{side}.{code}</faultcode>"
        f"<faultstring>{said}</faultstring></soap-env:Fault></soap-env:Body></soap-env:Envelope>"
    ).encode()
    return Reply(status=http, body=body, content_type=XML, outcome=outcome)


def cdr_zip(kept: Kept) -> bytes:
    """The receipt of one document in its zip, `R-` before the document's name."""
    content = _cdr(kept).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(f"R-{kept.name}.xml", _EPOCH)
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, content)
    return packed.getvalue()


def _cdr(kept: Kept) -> str:
    at = datetime.fromtimestamp(kept.at, UTC).astimezone(ZONE)
    code = kept.reasons[0] if kept.reasons else "0"
    kind = {"01": "La Factura", "03": "La Boleta", "07": "La Nota de Credito"}[kept.name[12:14]]
    became = "rechazada" if kept.reasons else "aceptada"
    said = f"{kind} numero {kept.identifier}, ha sido {became}"
    if kept.reasons:
        said = f"{said} - {CODES[code]}"
    notes = "".join(
        f"<cbc:Note>{each} - {escape(CODES[each])}</cbc:Note>"
        for each in (*kept.reasons[1:], *kept.notes)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><ar:ApplicationResponse'
        f' xmlns:ar="{_UBL}ApplicationResponse-2"'
        f' xmlns:cac="{_UBL}CommonAggregateComponents-2"'
        f' xmlns:cbc="{_UBL}CommonBasicComponents-2">'
        f"<cbc:UBLVersionID>2.0</cbc:UBLVersionID><cbc:CustomizationID>1.0</cbc:CustomizationID>"
        f"<cbc:ID>{int(kept.at * 1000)}</cbc:ID>"
        f"<cbc:ResponseDate>{at:%Y-%m-%d}</cbc:ResponseDate>"
        f"<cbc:ResponseTime>{at:%H:%M:%S}</cbc:ResponseTime>{notes}"
        f"<cac:SenderParty><cac:PartyIdentification><cbc:ID>20131312955</cbc:ID>"
        f"</cac:PartyIdentification></cac:SenderParty>"
        f"<cac:ReceiverParty><cac:PartyIdentification><cbc:ID>{kept.ruc}</cbc:ID>"
        f"</cac:PartyIdentification></cac:ReceiverParty>"
        f"<cac:DocumentResponse><cac:Response><cbc:ReferenceID>{kept.identifier}</cbc:ReferenceID>"
        f"<cbc:ResponseCode>{code}</cbc:ResponseCode>"
        f"<cbc:Description>{escape(said)}</cbc:Description></cac:Response>"
        f"<cac:DocumentReference><cbc:ID>{kept.identifier}</cbc:ID></cac:DocumentReference>"
        f"<cac:RecipientParty><cac:PartyIdentification><cbc:ID>{escape(kept.buyer)}</cbc:ID>"
        f"</cac:PartyIdentification></cac:RecipientParty></cac:DocumentResponse>"
        f"</ar:ApplicationResponse>"
    )
