"""`mtd caf`, by the real command."""

import json
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mtd.core.tax.countries.cl.content import ZONE
from mtd.runtime.rehearsal.forging import authority, caf_file, certificate, new_key, pkcs12_file
from tests.faces.cli.running import mtd

RUT = "76111111-6"
TODAY = datetime.now(UTC).astimezone(ZONE).date()


def test_folios_and_a_certificate_are_taken_in(tmp_path: Path) -> None:
    by = authority()
    pem = by.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    named = f"MTD__ISSUERS__PARIS__AUTHORITY_KEYS__{by.idk}"
    native = {"MTD__ISSUERS__PARIS__PROVIDER": "cl.native"}
    known = {named: pem.decode(), "P12_PASSWORD": "secret", "USER": "ana", **native}
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(caf_file(by, RUT, "39", (1, 10), TODAY))
    bad.write_bytes(caf_file(authority(), RUT, "33", (1, 10), TODAY))

    done = mtd("caf", "import", str(good), str(bad), home=tmp_path, timeout_s=60, **known)
    assert done.returncode == 1
    assert f"good.xml: {RUT} type 39, 1 to 10, until " in done.stdout
    assert "bad.xml: its FRMA is not the signature" in done.stderr

    key = new_key(2048)
    file = tmp_path / "ana.p12"
    file.write_bytes(pkcs12_file(key, certificate(key, "12345678-5", datetime.now(UTC)), b"secret"))
    arguments = ("caf", "certificate", str(file), "--issuer=paris", "--password=env:P12_PASSWORD")
    done = mtd(*arguments, home=tmp_path, timeout_s=60, **known)
    assert done.returncode == 0, done.stderr
    assert "12345678-5 signs for paris" in done.stdout
    assert "known already" in mtd(*arguments, home=tmp_path, timeout_s=60, **known).stderr

    listed = mtd("caf", "list", "--json", home=tmp_path, timeout_s=60, **known)
    assert listed.returncode == 0, listed.stderr
    (one,) = json.loads(listed.stdout)
    assert (one["range"]["first"], one["range"]["last"], one["left_of_series"]) == (1, 10, 10)
    assert one["range"]["imported_by"] == "ana (command line)"
    assert "PRIVATE" not in listed.stdout + done.stdout
    assert "10 of 10" in mtd("caf", "list", home=tmp_path, timeout_s=60, **known).stdout


def test_a_series_is_declared_where_a_country_has_them(tmp_path: Path) -> None:
    arguments = ("caf", "series", "F001", "--issuer=lima", "--type=01", "--customer=peru")
    done = mtd(*arguments, "--first=18", home=tmp_path, timeout_s=60, USER="ana")
    assert done.returncode == 0, done.stderr
    assert "20100070970 type 01 series F001, 18 to 99999999" in done.stdout
    again = mtd(*arguments, home=tmp_path, timeout_s=60)
    assert again.returncode == 1
    assert "overlap with 18 to 99999999 of type 01-F001" in again.stderr
    chilean = ("caf", "series", "F001", "--issuer=paris", "--type=33", "--customer=peru")
    refused = mtd(*chilean, home=tmp_path, timeout_s=60)
    assert refused.returncode == 1
    assert "in CL numbers are authorised by the SII" in refused.stderr
    assert "01-F001" in mtd("caf", "list", "--customer=peru", home=tmp_path, timeout_s=60).stdout
