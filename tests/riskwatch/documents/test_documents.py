"""Uploads are what they claim to be; papers print what they are given; altered files are noticed."""

import base64
import gzip
import io
import zipfile
import zlib

import openpyxl
import pymupdf
import pytest
from PIL import Image

from riskwatch.documents import actions, inspection, paper, pdf
from riskwatch.documents.inspection import inspect
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
    with pytest.raises(Refusal):
        inspect(body, name, limit=10_000)


def packed_pdf(inside, *, says=b"/Type/ObjStm/N 1/First 4", how=zlib.compress):
    return b"%PDF-1.5\n1 0 obj<<" + says + b"/Filter/FlateDecode>>stream\n" + how(inside) + b"\nendstream endobj"


RUNS = b"1 0 <</S/JavaScript/JS(app.alert(1))>>"


def with_word_inside(inside):
    """A deflated stream in which the word that ends streams lies open, in a stored block."""
    opener = zlib.compressobj(0)
    head = opener.compress(b" endstream ") + opener.flush(zlib.Z_FULL_FLUSH)
    deflated = zlib.compressobj(9, zlib.DEFLATED, -15)
    return head + deflated.compress(inside) + deflated.flush()


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.4\n1 0 obj<</OpenActio#6e<</S/J#61vaScript/J#53(app.alert(1))>>>>endobj",
        b"%PDF-1.4\n<</AA<</O<</S/L#61unch/F(cmd.exe)>>>>>>",
        b"%PDF-1.4\n<</S/Whatever/JS(app.alert(1))>>",
        b"%PDF-1.4\n<</Names<</EmbeddedFiles 3 0 R>>>>",
        packed_pdf(RUNS), packed_pdf(RUNS.replace(b"Java", b"J#61va")), packed_pdf(b"1 0 <</JS 5 0 R>>"),
        packed_pdf(RUNS, says=b"/Typ#65/Obj#53tm/N 1/First 4"), packed_pdf(RUNS, says=b"/Length 99"),
        packed_pdf(RUNS, how=with_word_inside), packed_pdf(RUNS, how=lambda inside: base64.a85encode(zlib.compress(inside))),
        packed_pdf(b"1 0 <<>>", says=b"/Type/ObjStm/N 1/First 4/DecodeParms<</Predictor 12>>"),
        b"%PDF-1.4\n% >>stream\n5 0 obj<</S/JavaScript/JS(x)>>endobj % endstream",
    ],
)  # fmt: skip
def test_a_pdf_that_runs_something_is_refused_however_it_is_written(body):
    with pytest.raises(Refusal):
        inspect(body, "a.pdf", limit=100_000)


def test_a_pdf_that_unpacks_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_UNPACKED", 2**22)
    with pytest.raises(Refusal, match="巨大"):
        inspect(packed_pdf(b" " * 2**22 + b"x"), "a.pdf", limit=10_000_000)


def test_an_honest_pdf_is_taken(at):
    made = pymupdf.open()
    page = made.new_page()
    page.insert_text((50, 50), "JavaScript, Launch and AA in plain words")
    page.insert_image((100, 100, 200, 200), stream=picture())
    page.insert_link({"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(0, 0, 9, 9), "uri": "https://example.org/"})
    body = made.tobytes(deflate=True, use_objstms=True)
    assert b"ObjStm" in body
    assert inspect(body, "a.pdf", limit=10_000_000)[0] == "application/pdf"
    assert inspect(paper.render("notice", CONTENT, at=at), "a.pdf", limit=10_000_000)[0] == "application/pdf"


def test_a_pdf_with_a_picture_of_every_byte_is_taken():
    noise = Image.effect_noise((1500, 1500), 90).convert("RGB")
    made = pymupdf.open()
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95)
    made.new_page().insert_image((0, 0, 500, 500), stream=out.getvalue())
    assert inspect(made.tobytes(), "a.pdf", limit=20_000_000)[0] == "application/pdf"


def parcel_of(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parcel:
        for name, body in parts.items():
            parcel.writestr(name.replace("__", "/").replace("TYPES", "[Content_Types].xml"), body)
    return out.getvalue()


OUTSIDE = '<Relationships><Relationship Id="r" Type="http://x/relationships/{kind}" Target="http://x/" TargetMode="External"/></Relationships>'
DOCUMENT = {
    "TYPES": "<Types/>",
    "word__document.xml": "<x/>",
    "_rels__.rels": "<Relationships/>",
    "word__media__image1.png": b"x",
}


@pytest.mark.parametrize(
    "extra",
    [{"word__VBAPROJECT.bin": b"x"}, {"word__activeX__activeX1.xml": "<x/>"}, {"word__embeddings__a.docx": b"x"}, {"evil.exe": b"MZ"},
     {"word__media__image2.exe": b"MZ"}, {"xl__macrosheets__sheet1.xml": "<x/>"}, {"word__printerSettings__evil.dll": b"x"},
     {"TYPES": '<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'},
     {"word___rels__settings.xml.rels": OUTSIDE.format(kind="attachedTemplate")}, {"word__xl": b"x"}],
)  # fmt: skip
def test_a_document_with_a_part_that_does_not_belong_is_refused(extra):
    with pytest.raises(Refusal):
        inspect(parcel_of(**(DOCUMENT | extra)), "a.docx", limit=100_000)


def test_an_honest_document_and_workbook_are_taken():
    links = {"word___rels__document.xml.rels": OUTSIDE.format(kind="hyperlink")}
    assert inspect(parcel_of(**(DOCUMENT | links)), "a.docx", limit=100_000)[0].endswith("document")
    book = openpyxl.Workbook()
    book.active.append(["来源", "标题"])
    book.active["A2"].hyperlink = "https://example.org/"
    book.active["A2"].comment = openpyxl.comments.Comment("注", "某人")
    book.active.add_image(openpyxl.drawing.image.Image(io.BytesIO(picture())), "C3")
    out = io.BytesIO()
    book.save(out)
    assert inspect(out.getvalue(), "a.xlsx", limit=100_000)[0].endswith("sheet")


@pytest.mark.parametrize("name", ["a.xlsx", "a.docx"])
def test_a_plain_zip_under_an_office_name_is_refused(name):
    with pytest.raises(Refusal):
        inspect(parcel_of(TYPES="<Types/>", readme="x"), name, limit=100_000)


EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


@pytest.mark.parametrize(
    ("body", "name"),
    [(b" " * 5000 + EICAR, "a.txt"), (gzip.compress(b" " * (2**20 - 9) + EICAR, mtime=0), "a.gz"), (gzip.compress(b"x" * 999, mtime=0)[:-9], "a.gz"),
     (b'<?xml version="1.0" encoding="nope"?><a/>', "a.xml")],
)  # fmt: skip
def test_what_hides_behind_the_first_bytes_is_found(body, name):
    with pytest.raises(Refusal):
        inspect(body, name, limit=2_000_000)


def test_a_gzip_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(inspection, "MAX_UNPACKED", 2**21)
    with pytest.raises(Refusal, match="巨大"):
        inspect(gzip.compress(b"\0" * 2**22), "a.gz", limit=100_000)
    assert inspect(gzip.compress(b"x" * 1000), "a.csv.gz", limit=100_000)[0] == "application/gzip"


def test_a_file_over_the_limit_is_refused():
    with pytest.raises(Refusal, match="超过"):
        inspect(b"a" * 2_000_001, "a.txt", limit=2_000_000)


def test_a_photo_loses_its_hidden_notes():
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
