"""What can be asked about given messages: words of their headers and texts once decoded, addresses,
dates, sizes, names of fields, charsets. They only choose what is asked: what is right, the servers
say."""

import datetime
import email
import email.header
import email.utils
import re

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ADDRESSES = ("From", "To", "Cc", "Bcc")


def printable(text):
    """What a quoted string or a literal can be made of without a thought."""
    return text != "" and not re.search(r"[\x00-\x08\x0a-\x1f\x7f\ufffd\ud800-\udfff]", text)


def decoded_header(text):
    try:
        return str(email.header.make_header(email.header.decode_header(text)))
    except (ValueError, LookupError):
        return text


def decoded_text(octets, charset):
    try:
        return octets.decode(charset)
    except (ValueError, LookupError):
        return octets.decode("utf-8", "replace")


def day(date):
    return f"{date.day}-{MONTHS[date.month - 1]}-{date.year:04}"


class Letter:
    """A message as one who asks sees it."""

    def __init__(self, name, octets, flags, date):
        self.name, self.octets, self.flags, self.date = name, octets, flags, date
        parsed = email.message_from_bytes(octets)
        head, _, body = octets.decode("latin-1").partition("\r\n\r\n")
        unfolded = re.sub(r"\r\n(?=[ \t])", "", head)
        self.fields = [(field, value.strip()) for field, colon, value in
                       (line.partition(":") for line in unfolded.split("\r\n"))
                       if colon and re.fullmatch(r"[!-~]+", field)]
        self.raw_lines = [line for line in body.split("\r\n") if line.isascii() and printable(line)]
        self.lines, self.charsets = [], []
        for part in parsed.walk():
            if part.get_content_maintype() != "text" or part.is_multipart():
                continue
            charset = str(part.get_content_charset() or "us-ascii")
            self.charsets.append(charset)
            text = decoded_text(part.get_payload(decode=True) or b"", charset)
            self.lines += [line for line in re.split(r"\r?\n", text) if printable(line)]
        self.days = [day(found) for found in map(self.sent, self.values("Date")) if found]

    @staticmethod
    def sent(text):
        try:
            return email.utils.parsedate_to_datetime(text)
        except (TypeError, ValueError, IndexError):
            return None

    def values(self, name):
        """Decoded, without those that cannot be said."""
        return [text for field, value in self.fields if field.lower() == name.lower()
                for text in [decoded_header(value)] if printable(text)]


def piece(random, text):
    """Of a text: a word, some of its octets (few are in everything), or all of it; with other
    letters in its case, at times."""
    what = random.randrange(4)
    if what == 0:
        text = random.choice(text.split() or [""])
    elif what <= 2:
        begin = random.randrange(max(1, len(text) - 3))
        text = text[begin:begin + random.randrange(4, 25)]
    text = text[:60]
    how = random.randrange(6)
    # Beyond ASCII, which letters are the same is another question than what is found where.
    return text.swapcase() if how == 0 and text.isascii() else text


def near(random, text):
    """That day, or one close to it, as "5-Jan-2026"."""
    found, month, year = text.split("-")
    date = datetime.date(int(year), MONTHS.index(month) + 1, int(found))
    return day(date + datetime.timedelta(days=random.choice((-1, 0, 0, 0, 1))))
