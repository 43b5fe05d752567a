"""`mtd dte`, by the real command."""

import json
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mtd.core.tax.countries.cl.content import ZONE
from mtd.runtime.rehearsal.forging import caf_file, certificate, new_key, pkcs12_file
from tests.core.tax.countries.cl.schemas import SCHEMAS, needs_schemas
from tests.core.tax.countries.cl.sealing import of_type, the_authority
from tests.faces.cli.running import mtd


def _files(folder: Path) -> tuple[str, str]:
    """A document, and the key of the authority that its folio comes from."""
    document, key = folder / "boleta.xml", folder / "authority.pem"
    document.write_bytes(of_type("39").content)
    public = the_authority().key.public_key()
    key.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return str(document), f"--authority-key=999={key}"


@needs_schemas
def test_exit_0_only_when_every_check_passed(tmp_path: Path) -> None:
    document, key = _files(tmp_path)
    done = mtd("dte", "verify", document, key, f"--schemas={SCHEMAS}", home=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every check passed" in done.stdout


def test_without_schemas_it_is_not_called_right(tmp_path: Path) -> None:
    document, key = _files(tmp_path)
    done = mtd("dte", "verify", document, key, "--json", home=tmp_path, MTD_SII_SCHEMAS="")
    assert done.returncode == 2, done.stderr
    report = json.loads(done.stdout)
    assert report["passed"] is False
    unmade = [row["name"] for row in report["checks"] if row["verdict"] != "ok"]
    assert unmade == ["schema"]


def test_another_authority_s_folio_fails(tmp_path: Path) -> None:
    document, _ = _files(tmp_path)
    done = mtd("dte", "verify", document, home=tmp_path)
    assert done.returncode == 1
    assert "no key of the authority" in " ".join(done.stdout.split())


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert "No such file" in mtd("dte", "verify", "absent.xml", home=tmp_path).stderr
    document, _ = _files(tmp_path)
    bad = mtd("dte", "verify", document, "--authority-key=x", home=tmp_path)
    assert bad.returncode == 1
    assert "is not IDK=FILE" in bad.stderr
    no_schemas = mtd("dte", "verify", document, f"--schemas={tmp_path}", home=tmp_path)
    assert no_schemas.returncode == 1
    assert "DTE_v10.xsd" in no_schemas.stderr


def test_a_document_is_issued_shown_followed_and_drawn(tmp_path: Path) -> None:
    by = the_authority()
    pem = by.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    known = {
        f"MTD__ISSUERS__PARIS__AUTHORITY_KEYS__{by.idk}": pem.decode(),
        "P12_PASSWORD": "secret",
    }

    def run(*arguments: str) -> CompletedProcess[str]:
        return mtd(*arguments, home=tmp_path, timeout_s=60, **known)

    now = datetime.now(UTC)
    folios, signer, asked = (tmp_path / name for name in ("caf.xml", "p12", "request.json"))
    folios.write_bytes(caf_file(by, "76111111-6", "39", (1, 10), now.astimezone(ZONE).date()))
    key = new_key(2048)
    signer.write_bytes(pkcs12_file(key, certificate(key, "12345678-5", now), b"secret"))
    line = {"description": "Zapatilla", "unit_price": "11900", "price_includes_tax": True}
    request = {
        "country": "CL", "issuer": "paris", "order": "PO-1", "kind": "receipt",
        "occurred_at": now.isoformat(), "currency": "CLP", "lines": [line],
    }  # fmt: skip
    asked.write_text(json.dumps(request))
    assert run("caf", "import", str(folios)).returncode == 0
    password = "--password=env:P12_PASSWORD"
    assert run("caf", "certificate", str(signer), "--issuer=paris", password).returncode == 0

    done = run("dte", "issue", str(asked), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["name"] == "76111111-39-1"
    assert "already" in run("dte", "issue", str(asked)).stdout
    assert "SIGNED" in run("dte", "status", "76111111-39-1").stdout
    assert "11900 CLP" in run("dte", "show", "76111111-39-1").stdout
    for form, begins in (("letter", b"%PDF"), ("ticket", b"%PDF"), ("xml", b"<?xml")):
        to = tmp_path / form
        assert (
            run("dte", "render", "76111111-39-1", f"--to={to}", f"--format={form}").returncode == 0
        )
        assert to.read_bytes().startswith(begins)
    asked.write_text(json.dumps(request | {"lines": [line | {"quantity": "-1"}]}))
    bad = run("dte", "issue", str(asked))
    assert bad.returncode == 1
    assert "Detalle/QtyItem, line 1" in bad.stderr
    assert "there is no tax document" in run("dte", "show", "76111111-39-9").stderr
