"""Messages for the scripts of IMAP: each in every way that FETCH has, and a small archive to be
searched, sorted and threaded."""

import base64

from mail import LETTER, crlf_normalised

PLAIN = (b"Date: Mon, 7 Feb 1994 21:52:25 -0800 (PST)\r\n"
         b"From: Fred Foobar <foobar@Blurdybloop.example>\r\n"
         b"Subject: afternoon meeting\r\n"
         b"To: mooch@owatagu.example, \"Joe Q. Public\" <john.q.public@example.com>,\r\n"
         b" Group: a@example.org, <b@example.org>;, Undisclosed:;\r\n"
         b"Cc: <@hop.example,@next.example:far@example.org>\r\n"
         b"Reply-To: <fred@example.org>\r\n"
         b"In-Reply-To: <one@example.org>\r\n"
         b"Message-Id: <B27397-0100000@Blurdybloop.example>\r\n"
         b"X-Empty:\r\nX-Folded: a\r\n  b\r\n\tc\r\n"
         b"\r\n"
         b"Hello Joe, do you think we can meet at 3:30 tomorrow?\r\n")

MIXED = (b"From: ann@example.org\r\nTo: bob@example.net\r\nSubject: parts\r\nMIME-Version: 1.0\r\n"
         b"Date: Tue, 6 Jan 2026 10:00:00 +0100\r\nMessage-ID: <parts@example.org>\r\n"
         b"Content-Type: multipart/mixed; boundary=\"b 1\"\r\n"
         b"\r\n"
         b"Preamble.\r\n"
         b"--b 1\r\n"
         b"Content-Type: text/plain; charset=ISO-8859-1; format=flowed\r\n"
         b"Content-Transfer-Encoding: quoted-printable\r\n"
         b"Content-ID: <one@example.org>\r\nContent-Description: first\r\n"
         b"Content-Language: en, de\r\nContent-Location: http://example.org/a\r\n"
         b"Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\n"
         b"\r\n"
         b"Gr=FC=DFe,=20\r\nsoft=\r\n break\r\n"
         b"--b 1\r\n"
         b"Content-Type: multipart/alternative; boundary=b2\r\n"
         b"\r\n"
         b"--b2\r\n\r\nno header\r\n"
         b"--b2\r\nContent-Type: text/html\r\nContent-Disposition: inline; size=5\r\n\r\n"
         b"<p>html</p>\r\n"
         b"--b2--\r\n"
         b"Between.\r\n"
         b"--b 1\r\n"
         b"Content-Type: application/octet-stream; name=\"a.bin\"\r\n"
         b"Content-Transfer-Encoding: BASE64\r\n"
         b"Content-Disposition: attachment; filename=\"a.bin\"\r\n"
         b"\r\n"
         + base64.encodebytes(bytes(range(256))).replace(b"\n", b"\r\n") +
         b"--b 1--\r\n"
         b"Epilogue.\r\n")


def enclosing(inner, kind=b"message/rfc822", encoding=b"7bit"):
    return (b"From: carol@example.org\r\nSubject: enclosed\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: multipart/mixed; boundary=outer\r\n\r\n"
            b"--outer\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n"
            b"--outer\r\nContent-Type: " + kind + b"\r\nContent-Transfer-Encoding: " + encoding
            + b"\r\nContent-Disposition: attachment\r\n\r\n" + inner + b"\r\n--outer--\r\n")


def wholly(inner):
    return (b"Subject: wholly\r\nContent-Type: message/rfc822\r\nMIME-Version: 1.0\r\n\r\n" + inner)


# Each a story of its own; names tell them apart in the list of differences.
MESSAGES = {
    "letter": LETTER,
    "plain": PLAIN,
    "mixed": MIXED,
    "enclosed": enclosing(PLAIN),
    "enclosed-mixed": enclosing(MIXED),
    "enclosed-twice": enclosing(enclosing(MIXED)),
    "wholly": wholly(PLAIN),
    "wholly-mixed": wholly(MIXED),
    "wholly-twice": wholly(wholly(MIXED)),
    "enclosed-base64": enclosing(base64.encodebytes(PLAIN).replace(b"\n", b"\r\n"),
                                 encoding=b"base64"),
    "no-body": b"Subject: no body\r\n\r\n",
    # Nothing between a header and the delimiter, with and without an empty line.
    "empty-parts": (b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=d\r\n\r\n"
                    b"--d\r\nContent-Type: text/plain\r\n\r\n"
                    b"--d\r\nContent-Type: text/html\r\n"
                    b"--d\r\nContent-Type: message/rfc822\r\n\r\nSubject: a\r\nTo: b\r\n"
                    b"--d\r\n\r\n--d--\r\n"),
    "no-end-of-header": b"Subject: no empty line\r\n",
    "no-header": b"\r\nNo header.\r\n",
    "no-last-line-end": b"Subject: the last line has no end\r\n\r\nText.",
    "digest": (b"MIME-Version: 1.0\r\nContent-Type: multipart/digest; boundary=d\r\n\r\n"
               b"--d\r\n\r\n" + PLAIN + b"--d\r\n"
               b"Content-Type: text/plain\r\n\r\nplain\r\n--d--\r\n"),
    "no-end-of-parts": (b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=d\r\n\r\n"
                        b"--d\r\n\r\none\r\n--d\r\n\r\ntwo\r\n"),
    "no-parts": b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=d\r\n\r\ntext\r\n",
    "no-boundary": b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed\r\n\r\ntext\r\n",
    "rfc2231": (b"MIME-Version: 1.0\r\nContent-Type: application/x-stuff;\r\n"
                b" title*0*=us-ascii'en'This%20is%20even%20more%20;\r\n"
                b" title*1*=%2A%2A%2Afun%2A%2A%2A%20;\r\n title*2=\"isn't it!\"\r\n"
                b"Content-Disposition: attachment; filename*=utf-8''na%C3%AFve.txt\r\n\r\nx\r\n"),
    "8-bit-subject": (b"Subject: Gr\xc3\xbc\xc3\x9fe \xff\r\n"
                      b"From: \xc3\xa4 <a@example.org>\r\n\r\nx\r\n"),
    "quoted": (b"From: \"A \\\"B\\\" \\\\ C\" <\"a b\"@example.org>\r\n"
               b"To: a.b.(comment)c@example.org\r\n"
               b"Subject: \"quoted\" \\ text\r\nCc: no address\r\nBcc: <>\r\n\r\nx\r\n"),
    "twice": (b"From: a@example.org\r\nFrom: b@example.org\r\nSubject: one\r\nSubject: two\r\n"
              b"To: c@example.org\r\nTo: d@example.org\r\n"
              b"Message-ID: <1@a>\r\nMessage-ID: <2@a>\r\n\r\nx\r\n"),
    "long-line": b"Subject: " + b"long " * 500 + b"\r\n\r\n" + b"x" * 3000 + b"\r\n",
    "one-octet": b"x",
    "unknown-encoding": (b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=x-none\r\n"
                         b"Content-Transfer-Encoding: x-strange\r\n\r\nx=41\r\n"),
    "bad-base64": (b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n"
                   b"Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8*=8gd29ybGQ\r\n"),
}

SINGLE = ("BODY.PEEK[]", "BODY.PEEK[HEADER]", "BODY.PEEK[TEXT]", "RFC822.HEADER", "RFC822.SIZE",
          "ENVELOPE", "BODY", "BODYSTRUCTURE", "INTERNALDATE", "BODY.PEEK[1]", "BODY.PEEK[1.MIME]",
          "BODY.PEEK[HEADER.FIELDS (From To subject X-Folded)]",
          "BODY.PEEK[HEADER.FIELDS (\"Date\" X-None)]",
          "BODY.PEEK[HEADER.FIELDS.NOT (From Received Content-Type)]",
          "BODY.PEEK[]<0.10>", "BODY.PEEK[]<7.5>", "BODY.PEEK[TEXT]<5.100000>",
          "BODY.PEEK[HEADER]<1000000.1>", "BODY.PEEK[1]<3.20>",
          "BODY.PEEK[HEADER.FIELDS (Subject)]<2.7>")
PARTS = ("2", "2.MIME", "2.HEADER", "2.TEXT", "2.1", "2.2", "2.1.MIME", "2.2.MIME", "2.2.HEADER",
         "2.2.2.1.MIME", "2.HEADER.FIELDS (From)", "2.HEADER.FIELDS.NOT (From)", "3", "3.MIME",
         "1.HEADER", "1.TEXT", "1.1", "1.1.MIME", "1.2", "1.1.1")


def read_whole(script, number, messages):
    """Says every FETCH there is for one message of the selected mailbox."""
    script.say(f"FETCH {number} ({' '.join(SINGLE)})")
    for section in PARTS:
        script.say(f"FETCH {number} BODY.PEEK[{section}]")
    for section in ("", "1", "2", "2.1", "3", "1.1"):
        script.say(f"FETCH {number} BINARY.PEEK[{section}]", needs="BINARY")
        script.say(f"FETCH {number} BINARY.SIZE[{section}]", needs="BINARY")
    script.say(f"FETCH {number} BINARY.PEEK[1]<2.7>", needs="BINARY")
    script.say(f"FETCH {number} BODY[1]<0.1>")
    script.say(f"FETCH {number} (FLAGS RFC822 RFC822.TEXT)")
    script.say(f"UID FETCH {number} (PREVIEW)", needs="PREVIEW")
    for macro in ("ALL", "FAST", "FULL"):
        script.say(f"FETCH {number} {macro}")
    script.say(f"SEARCH {number} SMALLER {messages} LARGER {messages - 2}")


def mail_scripts(new, user, messages):
    """One script a message, all in one mailbox; messages: {name: octets}."""
    scripts = []
    for number, (name, octets) in enumerate(messages.items(), 1):
        script = new(f"mail {name}", user)
        if number == 1:
            script.select("INBOX")
        text = crlf_normalised(octets)
        script.append("INBOX", text, "", "05-Jan-2026 10:00:00 +0100", name=name)
        read_whole(script, number, len(text) + 1)
        scripts.append(script)
    return scripts


# --- An archive ---------------------------------------------------------------------------------

PEOPLE = ("Ann Example <ann@example.org>", "bob@example.net", '"Carol, C." <carol@example.com>',
          "=?utf-8?q?J=C3=BCrgen?= <juergen@example.de>", "zoe@example.net",
          "Dave <DAVE@EXAMPLE.ORG>")
SUBJECTS = ("Meeting", "Re: Meeting", "RE: re: Meeting", "Fwd: Meeting (fwd)", "[list] Re: Meeting",
            "=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Re: =?utf-8?b?R3LDvMOfZQ==?=", "Invoice 17",
            "invoice 18", "Re[2]: Invoice 17", "", "[a][b] Fwd: [Fwd: Invoice 17]",
            "  spaces   inside ",
            "=?iso-8859-1?q?caf=E9?=", "(fwd)", "Re:", "Holiday")
BODIES = ((b"text/plain; charset=utf-8", b"8bit", "Grüße aus Köln, needle.".encode()),
          (b"text/plain; charset=iso-8859-1", b"quoted-printable", b"Gr=FC=DFe, hay=\r\nstack."),
          (b"text/plain; charset=utf-8", b"base64",
           base64.b64encode("Hidden in base64: Nadel, 你好".encode())),
          (b"text/html; charset=us-ascii", b"7bit", b"<p>A <b>need</b>le in html</p>"),
          (b"text/plain", b"7bit", b"Just words. Meeting at noon."),
          (b"application/octet-stream", b"base64", base64.b64encode(b"needle in an attachment")))
DATES = ("Mon, 5 Jan 2026 10:00:00 +0000", "Mon, 5 Jan 2026 23:30:00 -0500",
         "Tue, 6 Jan 2026 00:10:00 +0900", "Wed, 31 Dec 2025 23:59:59 +0000",
         "Fri, 13 Feb 2026 08:00 GMT", "1 Mar 2026 12:00:00 EST")
MONTHS = ("Dec-2025", "Jan-2026", "Feb-2026", "Mar-2026")


def archive(random, count, undated=()):
    """[(octets, flags, INTERNALDATE), ...]; undated: numbers of those that do not say when they
    were sent."""
    letters, ids = [], []
    for number in range(1, count + 1):
        kind, encoding, text = random.choice(BODIES)
        header = [f"From: {random.choice(PEOPLE)}", f"To: {random.choice(PEOPLE)}",
                  f"Subject: {random.choice(SUBJECTS)}"]
        if random.random() < 0.4:
            header.append(f"Cc: {random.choice(PEOPLE)}, {random.choice(PEOPLE)}")
        if random.random() < 0.2:
            header.append(f"Bcc: {random.choice(PEOPLE)}")
        if number not in undated:
            header.append(f"Date: {random.choice(DATES)}")
        elif number % 2:
            header.append("Date: no date at all")
        if random.random() < 0.9:
            ids.append(f"<{number}@example.org>")
            header.append(f"Message-ID: {ids[-1]}")
        if ids and random.random() < 0.6:
            header.append(f"References: {' '.join(random.sample(ids, min(len(ids), 2)))}")
        if ids and random.random() < 0.3:
            header.append(f"In-Reply-To: {random.choice(ids)}")
        header += [f"X-Number: {number}", "X-Empty:", "MIME-Version: 1.0"]
        octets = "\r\n".join(header).encode("utf-8")
        octets += (b"\r\nContent-Type: " + kind + b"\r\nContent-Transfer-Encoding: " + encoding
                   + b"\r\n\r\n" + text + b"\r\n" + b"more\r\n" * random.randrange(40))
        flags = " ".join(flag for flag in (r"\Seen", r"\Flagged", r"\Answered", r"\Draft",
                                           r"\Deleted", "$Work", "Later")
                         if random.random() < 0.25)
        date = (f"{random.randrange(1, 29):2}-{random.choice(MONTHS)} "
                f"{random.randrange(24):02}:{random.randrange(60):02}:00 +0000")
        letters.append((octets, flags, date))
    return letters


def fill(script, box, letters, names=None):
    names = names or [f"archive {number}" for number in range(1, len(letters) + 1)]
    for name, (octets, flags, date) in zip(names, letters):
        script.append(box, octets, flags, date, name=name)
    return names


# Short ones.
LETTERS = (LETTER, MESSAGES["plain"], b"Subject: short\r\n\r\ntext\r\n",
           b"From: a@example.org\r\nSubject: other\r\n"
           b"Date: Mon, 5 Jan 2026 10:00:00 +0000\r\n\r\n.\r\n")
