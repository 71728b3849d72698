"""Exim and Dovecot from Debian's packages, each with a throw-away configuration on a free port of
127.0.0.1. They run as a user without rights (the caller, or nobody when that is root), touch
nothing outside one temporary folder, and are gone with it."""

import contextlib
import ctypes
import grp
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from server import Skip

LIBEXEC = pathlib.Path("/usr/lib/dovecot"), pathlib.Path("/usr/libexec/dovecot")
DEADLINE = 30  # seconds that a program is given to start, to deliver or to end

EXIM = """
primary_hostname = mail.example.net
qualify_domain = example.net
domainlist local_domains = example.net
exim_user = {user}
exim_group = {group}
spool_directory = {root}/spool
log_file_path = {root}/log/%slog
pid_file_path = {root}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts =
rfc1413_hosts =
keep_environment =
prdr_enable = false
deliver_drop_privilege = true
add_environment = PATH=/usr/bin
bounce_return_message = false
ignore_bounce_errors_after = 0s
# Limits as mailsim serve has them, so that what differs is behaviour and not a number.
message_size_limit = 67108864
recipients_max = 1000
received_headers_max = 100
allow_domain_literals = true
dsn_advertise_hosts = *
smtp_max_synprot_errors = 19
smtp_max_unknown_commands = 19
smtp_accept_max_nonmail = 1000
smtp_accept_max_per_connection = 1000
smtp_receive_timeout = 5m
smtp_return_error_details = true
acl_smtp_vrfy = accept
acl_smtp_expn = accept
acl_smtp_rcpt = rcpt

begin acl
rcpt:
  accept authenticated = *
  deny !domains = +local_domains
       message = relaying denied
  require verify = recipient
  accept

begin routers
postmaster:
  driver = redirect
  local_parts = postmaster
  domains = +local_domains
  data = alice
accounts:
  driver = accept
  local_parts = alice : bob
  domains = +local_domains
  transport = maildir
elsewhere:
  driver = accept
  domains = ! +local_domains
  transport = maildir
  verify_only

begin transports
maildir:
  driver = appendfile
  directory = {root}/mail/${{lookup{{$local_part}}lsearch{{{root}/accounts}}}}
  maildir_format
  create_directory
  return_path_add
  envelope_to_add = false
  delivery_date_add = false

begin retry
* * F,1h,1m

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_set_id = $auth2
  server_condition = ${{if eq{{${{lookup{{$auth2}}lsearch{{{root}/passwords}}{{$value}}fail}}}}{{$auth3}}}}
  server_prompts = :
login:
  driver = plaintext
  public_name = LOGIN
  server_set_id = $auth1
  server_condition = ${{if eq{{${{lookup{{$auth1}}lsearch{{{root}/passwords}}{{$value}}fail}}}}{{$auth2}}}}
  server_prompts = Username:: : Password::
"""

DOVECOT = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
listen = 127.0.0.1
protocols = {protocol}
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_uid = {user}
mail_gid = {group}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {root}/users
}}
userdb {{
  driver = passwd-file
  args = {root}/users
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service {protocol}-login {{
  chroot =
  inet_listener {protocol} {{
    port = {port}
  }}
  inet_listener {protocol}s {{
    port = 0
  }}
}}
service imap-hibernate {{
  chroot =
}}
"""

# What is on the disk is of no use after the test. The special uses are those of mailsim serve.
DOVECOT_IMAP = DOVECOT + """
import_environment = TZ=UTC
mail_fsync = never
mail_max_userip_connections = 0
mail_attribute_dict = file:%h/attributes
protocol imap {{
  imap_metadata = yes
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    special_use = \\Sent
  }}
  mailbox Drafts {{
    special_use = \\Drafts
  }}
  mailbox Junk {{
    special_use = \\Junk
  }}
  mailbox Trash {{
    special_use = \\Trash
  }}
  mailbox Archive {{
    special_use = \\Archive
  }}
}}
service imap-login {{
  service_count = 0
}}
"""
DOVECOT_PLUGINS = """
mail_plugins = acl quota
protocol imap {{
  mail_plugins = acl imap_acl quota imap_quota
}}
plugin {{
  acl = vfile
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=1G
}}
"""


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(happened, what):
    """Waits until happened() is true; an AssertionError that says what did not come to be."""
    end = time.monotonic() + DEADLINE
    while not happened():
        assert time.monotonic() < end, f"in {DEADLINE} s: {what}"
        time.sleep(0.01)


def answers(port):
    with contextlib.closing(socket.socket()) as probe:
        probe.settimeout(DEADLINE)
        if probe.connect_ex(("127.0.0.1", port)) != 0:
            return False
        return probe.recv(1) != b""


PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38  # linux/prctl.h
LIBC = ctypes.CDLL(None)


def tie_to_parent():
    """In the child: it ends when the test is killed, and a setuid program gains nothing (Exim is
    one, and would lose the first tie by it)."""
    LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


class Peer:
    """A program that serves until stop(), in a folder of its own."""
    PROGRAM = ""
    FOLDER = None  # where that folder is; None: where temporary ones are

    def __init__(self):
        self.program = shutil.which(self.PROGRAM, path=os.environ["PATH"] + ":/usr/sbin")
        if self.program is None:
            raise Skip(f"{self.PROGRAM} is not installed")
        self.who = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="mailscope-", dir=self.FOLDER))
        self.process = None
        self.port = None

    def start(self):
        """Another port is tried when somebody took the free one in between."""
        for _ in range(3):
            self.port = free_port()
            self.process = self.run(self.prepare())
            end = time.monotonic() + DEADLINE
            while self.process.poll() is None and time.monotonic() < end:
                if answers(self.port):
                    return self
                time.sleep(0.02)
            self.end_process()
        said = pathlib.Path(self.root, "said").read_text("utf-8", "replace")
        raise Skip(f"{self.PROGRAM} does not start here: {said.strip()[-300:]}")

    def run(self, arguments):
        rights = {}
        if os.getuid() == 0:
            rights = {"user": self.who.pw_uid, "group": self.who.pw_gid, "extra_groups": []}
        with open(self.root / "said", "wb") as said:
            return subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                    cwd=self.root, start_new_session=True,
                                    preexec_fn=tie_to_parent, **rights)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def own(self):
        """All that is here is the unprivileged user's."""
        if os.getuid() != 0:
            return
        for path in [self.root, *self.root.rglob("*")]:
            os.chown(path, self.who.pw_uid, self.who.pw_gid)

    def configure(self, text):
        group = grp.getgrgid(self.who.pw_gid).gr_name
        self.write("conf", text.format(root=self.root, port=self.port, user=self.who.pw_name,
                                       group=group, protocol=self.PROTOCOL))

    def end_process(self):
        """Its whole session, which it leads: children, too."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self):
        self.end_process()
        shutil.rmtree(self.root, ignore_errors=True)

    def version(self):
        """As "4.96"."""
        raise NotImplementedError

    def prepare(self):
        """Writes what it reads; the command that starts it."""
        raise NotImplementedError


class Exim(Peer):
    PROGRAM = "exim4"
    PROTOCOL = "smtp"

    def version(self):
        said = subprocess.run([self.program, "-bV"], stdout=subprocess.PIPE, text=True, check=True)
        return said.stdout.split()[2]

    def prepare(self):
        for folder in ("spool", "log", "mail"):
            (self.root / folder).mkdir(exist_ok=True)
        self.write("passwords", "alice: secret\nbob: secret\n")
        self.write("accounts", "alice: alice\nbob: bob\n")
        self.configure(EXIM)
        self.own()
        return [self.program, "-C", str(self.root / "conf"), "-bdf"]

    def mail(self):
        """All messages delivered since the last time, as {"bob": [text, ...]}, with CRLF."""
        def settled():
            spool = self.root / "spool" / "input"
            return not spool.is_dir() or not any(spool.iterdir())
        until(settled, f"Exim delivers what it took; its log:\n{self.log()}")
        return {user: taken(self.root / "mail" / user / "new") for user in ("alice", "bob")}

    def log(self):
        return "\n".join(path.read_text("utf-8", "replace")[-2000:]
                         for path in sorted((self.root / "log").iterdir()))


def taken(folder):
    """The files of a folder in the order of their coming, which removes them."""
    texts = []
    files = list(folder.iterdir()) if folder.is_dir() else []
    for path in sorted(files, key=lambda path: path.stat().st_mtime_ns):
        texts.append(path.read_bytes().replace(b"\n", b"\r\n"))
        path.unlink()
    return texts


class Dovecot(Peer):
    PROGRAM = "dovecot"
    PROTOCOL = "pop3"

    def __init__(self):
        super().__init__()
        self.maildrops = 0

    def version(self):
        said = subprocess.run([self.program, "--version"], stdout=subprocess.PIPE, text=True,
                              check=True)
        return said.stdout.split()[0]

    def prepare(self):
        place = self.root / "now"
        self.write("users", "".join(f"{user}:secret:::::: userdb_mail=maildir:{place}/{user}\n"
                                    for user in ("alice", "bob")))
        self.configure(DOVECOT)
        self.fill({})
        return [self.program, "-F", "-c", str(self.root / "conf")]

    def fill(self, maildrops):
        """New maildrops for all: maildrops["bob"] is a Maildir to copy; others are empty."""
        until(self.no_sessions, f"sessions end; the log:\n{self.log()}")
        self.maildrops += 1
        place = self.root / f"mail{self.maildrops}"
        place.mkdir()
        for user, folder in maildrops.items():
            shutil.copytree(folder, place / user)
        (self.root / "next").symlink_to(place)
        (self.root / "next").replace(self.root / "now")
        self.own()

    def no_sessions(self):
        """No process of its serves somebody: one that is cut off ends a little later."""
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                name, _, rest = stat.read_text("utf-8", "replace").partition("(")[2].rpartition(")")
                session = int(rest.split()[3])
                if name == self.PROTOCOL and self.process and session == self.process.pid:
                    return False
        return True

    def log(self):
        path = self.root / "log"
        return path.read_text("utf-8", "replace")[-2000:] if path.exists() else ""


class DovecotImap(Dovecot):
    """With mailboxes of its own format for as many users as are named, in memory where that is
    possible."""
    PROTOCOL = "imap"
    CONFIGURATION = DOVECOT_PLUGINS + DOVECOT_IMAP
    FOLDER = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

    def __init__(self, users):
        super().__init__()
        self.users = users
        if not any(path.joinpath("imap").exists() for path in LIBEXEC):
            self.stop()
            raise Skip("dovecot-imapd is not installed")

    def prepare(self):
        self.write("users", "".join(
            f"{user}:secret::::{self.root}/home/{user}::userdb_mail=sdbox:~/mail\n"
            for user in self.users))
        (self.root / "home").mkdir(exist_ok=True)
        self.configure(self.CONFIGURATION)
        self.own()
        return [self.program, "-F", "-c", str(self.root / "conf")]
