"""Uploads are what they claim to be; papers print what they are given; altered files are noticed."""

import io
import zipfile

import pymupdf
import pytest
from PIL import Image

from riskwatch.documents import actions, paper
from riskwatch.refusals import Refusal

CONTENT = {
    "organ": "上海海关",
    "number": "沪〔2026〕1号",
    "addressees": ["某公司"],
    "sections": [["一、事由", '#read("/etc/passwd") #sys.inputs']],
    "signer": "张三",
}


def picture(**info):
    out = io.BytesIO()
    image = Image.new("RGB", (20, 20), "red")
    image.save(out, "JPEG", exif=Image.Exif().tobytes() if not info else b"Exif\x00\x00MM\x00*GPS-SECRET")
    return out.getvalue()


def office(name):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parcel:
        parcel.writestr("[Content_Types].xml", "<x/>")
        parcel.writestr(name, b"x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"", "a.txt"), (b"MZ\x90", "a.exe"), (b"%PDF-1.4 x", "a.jpg"), (b"<html>", "a.png"),
        (b"%PDF-1.4 /JavaScript (app.alert(1))", "a.pdf"), (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", "a.txt"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "a.xml"), (b"{bad", "a.json"), (office("xl/vbaProject.bin"), "a.xlsx"), (b"a\x00b", "a.txt"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_claims_is_refused(body, name):
    from riskwatch.documents.inspection import inspect

    with pytest.raises(Refusal):
        inspect(body, name, limit=10_000)


def test_a_file_over_the_limit_is_refused():
    from riskwatch.documents.inspection import inspect

    with pytest.raises(Refusal, match="超过"):
        inspect(b"a" * 2_000_001, "a.txt", limit=2_000_000)


def test_a_photo_loses_its_hidden_notes():
    from riskwatch.documents.inspection import inspect

    assert b"GPS-SECRET" not in inspect(picture(gps=1), "a.jpg", limit=100_000)[1]


@pytest.mark.django_db
def test_an_altered_file_is_noticed(cast, at):
    kept = actions.store(b"hello", name="a.txt", purpose="evidence", by=cast["sh-registrar"], at=at)
    assert actions.read(kept) == b"hello"
    actions.path_of(kept.sha256).write_bytes(b"hullo")
    with pytest.raises(Refusal) as altered:
        actions.read(kept)
    assert altered.value.code == "altered"
    actions.path_of(kept.sha256).unlink()


@pytest.mark.parametrize("kind", sorted(paper.KINDS))
def test_every_kind_of_paper_prints_its_title_number_and_text_and_runs_nothing(kind, at):
    body = paper.render(kind, CONTENT, at=at)
    text = "".join(page.get_text() for page in pymupdf.open(stream=body, filetype="pdf"))
    flat = text.replace("\n", "").replace(" ", "")
    assert paper.KINDS[kind][0] in flat
    assert "沪〔2026〕1号" in flat
    assert '#read("/etc/passwd")' in flat.replace("“", '"').replace("”", '"')
    assert "root:" not in flat


def test_the_same_content_gives_the_same_bytes(at):
    assert paper.render("notice", CONTENT, at=at) == paper.render("notice", CONTENT, at=at)


def test_a_paper_without_a_needed_field_is_refused_by_name(at):
    with pytest.raises(Refusal) as refused:
        paper.render("notice", CONTENT | {"signer": ""}, at=at)
    assert "signer" in refused.value.fields
