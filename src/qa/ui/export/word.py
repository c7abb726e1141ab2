"""Write a conversation as a Word document (.docx), which is a few XML files in an archive.

What is needed of the format is paragraphs with a style and runs that are bold and highlighted
(ECMA-376, part 1, 17.3): less than a library of its own would bring.
"""

import io
import re
import zipfile
from typing import Final
from xml.etree import ElementTree as ET

from qa.ui.export.lines import Kind, Line, lines
from qa.ui.page_state import Conversation
from qa.ui.views.page import Piece

_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# What XML cannot hold at all (XML 1.0, 2.2).
_NOT_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STYLES: dict[Kind, str] = {
    "title": "Title",
    "question": "Heading1",
    "note": "Normal",
    "prose": "Normal",
    "answer": "Strong",
    "quote": "Quote",
    "reference": "Reference",
}
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FIXED = {
    "[Content_Types].xml": f"""{_XML}<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="{_MAIN}.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="{_MAIN}.styles+xml"/></Types>""",
    "_rels/.rels": f"""{_XML}<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>
</Relationships>""",
    "word/_rels/document.xml.rels": f"""{_XML}<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>""",
    "word/styles.xml": f"""{_XML}<w:styles xmlns:w="{_WORD}">
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>
<w:pPr><w:spacing w:after="120"/></w:pPr><w:rPr><w:sz w:val="22"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/>
<w:rPr><w:b/><w:sz w:val="36"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/>
<w:basedOn w:val="Normal"/>
<w:pPr><w:keepNext/><w:spacing w:before="360"/><w:outlineLvl w:val="0"/></w:pPr>
<w:rPr><w:b/><w:sz w:val="26"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Strong"><w:name w:val="Answer"/><w:basedOn w:val="Normal"/>
<w:pPr><w:keepNext/></w:pPr><w:rPr><w:b/><w:sz w:val="24"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Quote"><w:name w:val="Quote"/><w:basedOn w:val="Normal"/>
<w:pPr><w:keepNext/><w:pBdr>
<w:left w:val="single" w:sz="18" w:space="10" w:color="2563EB"/></w:pBdr>
<w:ind w:left="280"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Reference"><w:name w:val="Reference"/>
<w:basedOn w:val="Normal"/>
<w:pPr><w:ind w:left="280"/></w:pPr>
<w:rPr><w:color w:val="555555"/><w:sz w:val="19"/></w:rPr></w:style>
</w:styles>""",
}
ET.register_namespace("w", _WORD)


def to_word(conversation: Conversation) -> bytes:
    """Return the bytes of a .docx file; what is marked is bold on yellow."""
    document = ET.Element(_tag("document"))
    body = ET.SubElement(document, _tag("body"))
    for line in lines(conversation):
        body.append(_paragraph(line))
    parts = {**_FIXED, "word/document.xml": _XML + ET.tostring(document, "unicode")}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            # A time of its own would make two files of one conversation differ.
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _paragraph(line: Line) -> ET.Element:
    paragraph = ET.Element(_tag("p"))
    style = ET.SubElement(ET.SubElement(paragraph, _tag("pPr")), _tag("pStyle"))
    style.set(_tag("val"), _STYLES[line.kind])
    for piece in line.pieces:
        if piece.text:
            paragraph.append(_run(piece))
    return paragraph


def _run(piece: Piece) -> ET.Element:
    run = ET.Element(_tag("r"))
    if piece.marked:
        look = ET.SubElement(run, _tag("rPr"))
        ET.SubElement(look, _tag("b"))
        ET.SubElement(look, _tag("highlight")).set(_tag("val"), "yellow")
    for number, part in enumerate(_NOT_XML.sub("", piece.text).splitlines()):
        if number:
            ET.SubElement(run, _tag("br"))
        text = ET.SubElement(run, _tag("t"))
        text.text = part
        text.set(_SPACE, "preserve")
    return run


def _tag(name: str) -> str:
    return f"{{{_WORD}}}{name}"
