"""Messages to send, and comparing them with what comes out."""

import os
import pathlib
import re

from server import Skip

# A line over 1000 octets breaks no server here, but programs may fold it; 8-bit and dots must live.
LETTER = (b"From: Ann <ann@example.org>\r\n"
          b"To: bob@example.net\r\n"
          b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
          b"Date: Mon, 05 Jan 2026 10:00:00 +0000\r\n"
          b"Message-ID: <letter@example.org>\r\n"
          b"MIME-Version: 1.0\r\n"
          b"Content-Type: text/plain; charset=utf-8\r\n"
          b"Content-Transfer-Encoding: 8bit\r\n"
          b"\r\n"
          b".\r\n"
          b"..two dots, and .one inside\r\n"
          b"\r\n"
          b"Gr\xc3\xbc\xc3\x9fe \xe4\xbd\xa0\xe5\xa5\xbd\r\n"
          b"From here on: the end.\r\n")


def crlf_normalised(text):
    return re.sub(rb"\r\n|\n", b"\r\n", text)


def without_trace_fields(text):
    """Below the Return-Path and Received fields that the server put on top (RFC 5321 4.4)."""
    fields = re.match(rb"(?i)Return-Path: [^\r]*\r\nReceived: [^\r]*\r\n(?:[ \t][^\r]*\r\n)*", text)
    assert fields, text[:300]
    return text[fields.end():]


def refusal_reason(text):
    """Why SMTP has to refuse these bytes, or None."""
    rest = text.replace(b"\r\n", b"")
    if b"\0" in text:
        return "NUL (RFC 5322 2.3)"
    if b"\r" in rest:
        return "CR alone (RFC 5321 2.3.8)"
    return None


def folder_of_mail():
    """$MAILSCOPE_EML, or ../shared/data/eml beside the source tree: its .eml files in order."""
    beside = pathlib.Path(__file__).resolve().parents[3] / "shared" / "data" / "eml"
    folder = pathlib.Path(os.environ.get("MAILSCOPE_EML", beside))
    files = sorted(folder.rglob("*.eml")) if folder.is_dir() else []
    if not files:
        raise Skip(f"no .eml files in {folder}; MAILSCOPE_EML can name a folder of them")
    return files
