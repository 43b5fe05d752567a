"""`mtd dte`, by the real command."""

import json
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

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
