"""What the benchmarks and soaks share: a link to send over, a sender, recorders, and their judges.

Everything that is made here (processes, network namespaces, files) is gone when the `Testbed` is
left, however that happens.
"""

import argparse
import ctypes
import dataclasses
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent
TARGET = SCRIPTS.parent / "target" / "bench"
TAPDECK = str(SCRIPTS / "tapdeck")

NAMESPACES = "tdbench"
SENDING, RECEIVING = "tx0", "rx0"  # the two ends of the link
SENDER_NICE = -10  # a core is the sender's own also where a recorder would want all of them

GIB = 1 << 30
MOST_DISK = 30 * 10**9  # bytes that one run may write
RECORD_HEADER = 16  # bytes of pcap around a frame

READY_SECONDS, END_SECONDS, SETTLE_SECONDS = 60, 120, 300
QUIET_SECONDS = 1.5  # longer than the second after which tcpdump's kernel buffer hands over a block


class Refused(Exception):
    """What was asked cannot be done here, or went wrong; the text is for who asked."""


def size_of(text):
    """Bytes, from 64MiB or 1GiB and the like."""
    match = re.fullmatch(r"(\d+)\s*(|[KMG]iB)", text)
    if not match or int(match[1]) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is no size (for example 64MiB)")
    return int(match[1]) << {"": 0, "KiB": 10, "MiB": 20, "GiB": 30}[match[2]]


def output_of(command, **options):
    """What a command prints; Refused, with what it said, where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise Refused(f"{command[0]} failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def run_main(name, main):
    """Runs a script's main function and exits as all of Tapdeck does: 0 good, 1 not, 2 refused."""

    def end(number, _frame):
        raise KeyboardInterrupt(number)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGHUP, end)
    try:
        sys.exit(main())
    except Refused as refused:
        print(f"{name}: {refused}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print(f"{name}: interrupted; what it made is removed", file=sys.stderr)
        sys.exit(130)


def prepare(packages):
    """Packages, the built sender and the built command, before anything else is made."""
    if os.geteuid() != 0:
        raise Refused("network namespaces need root: run it as root")
    if subprocess.run([str(SCRIPTS / "packages"), "gcc", "libc6-dev", "iproute2", *packages]).returncode:
        raise Refused("packages are missing")
    if subprocess.run([TAPDECK, "--version"], stdout=subprocess.DEVNULL).returncode:
        raise Refused("tapdeck does not build")
    TARGET.mkdir(parents=True, exist_ok=True)
    source, program = SCRIPTS / "bench" / "sender.c", TARGET / "sender"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        output_of(["gcc", "-O2", "-Wall", "-Wextra", "-o", str(program), str(source)])
    return program


class Testbed:
    """Two network namespaces joined by a veth pair, and a directory for what is recorded."""

    def __init__(self, sender, directory):
        self.sender = sender
        self.base = f"{NAMESPACES}-{os.getpid()}"
        self.near, self.far = self.base + "-tx", self.base + "-rx"
        self.directory = pathlib.Path(directory).absolute() / self.base
        self.processes = []
        self.cores = sorted(os.sched_getaffinity(0))

    def __enter__(self):
        remove_leftovers(self.directory.parent)
        try:
            self.directory.mkdir(parents=True)
            for namespace in (self.near, self.far):
                output_of(["ip", "netns", "add", namespace])
            output_of(["ip", "link", "add", SENDING, "netns", self.near, "type", "veth",
                       "peer", "name", RECEIVING, "netns", self.far])
            for namespace, interface in ((self.near, SENDING), (self.far, RECEIVING)):
                output_of(["ip", "-n", namespace, "link", "set", interface, "arp", "off",
                           "addrgenmode", "none", "up"])  # nobody speaks but the sender
        except BaseException as failure:
            self.__exit__()
            if isinstance(failure, OSError):
                raise Refused(f"no room for files: {failure}") from failure
            raise
        return self

    def __exit__(self, *_):
        numbers = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
        before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        for namespace in (self.near, self.far):
            subprocess.run(["ip", "netns", "delete", namespace], stderr=subprocess.DEVNULL)
        shutil.rmtree(self.directory, ignore_errors=True)
        for number, handler in zip(numbers, before):
            signal.signal(number, handler)

    def start(self, command, **options):
        """Starts a process that ends with the testbed; Ctrl-C does not reach it by itself."""
        # Nothing may come between its start and its being known here.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True,
                                       preexec_fn=end_with_parent, **options)
            self.processes = [one for one in self.processes if one.poll() is None] + [process]
        finally:
            unblock_signals()
        return process

    def start_sending(self, size, rate, seconds, frames=None):
        """Starts the sender, on the last core: frames of `size` bytes, `rate` a second (0: all it can).

        A run writes no more than MOST_DISK: the sender stops at so many frames.
        """
        most = MOST_DISK // (size + RECORD_HEADER)
        command = ["ip", "netns", "exec", self.near, "nice", "-n", str(SENDER_NICE), str(self.sender),
                   SENDING, str(size), str(rate), str(seconds), str(frames or most)]
        if len(self.cores) > 1:
            command[4:4] = ["taskset", "-c", str(self.cores[-1])]
        return self.start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    @staticmethod
    def sent(sender):
        """Waits for the sender, and gives what it says: sent, refused, seconds, cpuSeconds."""
        out, err = sender.communicate()
        if sender.returncode != 0:
            raise Refused(f"the sender failed: {err.strip()}")
        return json.loads(out)

    def send(self, size, rate, seconds):
        return self.sent(self.start_sending(size, rate, seconds))

    def arrived(self):
        """Frames that the far end received and dropped since the link was made."""
        shown = output_of(["ip", "-j", "-s", "-n", self.far, "link", "show", "dev", RECEIVING])
        received = json.loads(shown)[0]["stats64"]["rx"]
        return received["packets"], received["dropped"]

    def captures(self):
        """Whether somebody has a running packet socket on the far end."""
        sockets = output_of(["ip", "netns", "exec", self.far, "cat", "/proc/net/packet"])
        return any(row.split()[5] == "1" and row.split()[4] != "0" for row in sockets.splitlines()[1:])

    def empty_directory(self):
        """A directory for one run. What the run before left for the disk to do is done first."""
        directory = self.directory / "run"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        sync(directory)
        return directory


def end_with_parent():
    """In a child before its program runs: it is killed when who started it is, see prctl(2)."""
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ignored by what a shell started in the background
    unblock_signals()


def unblock_signals():
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})


def remove_leftovers(parent):
    """What was killed could not remove its namespaces and files; names carry its process id."""
    names = {line.split()[0] for line in output_of(["ip", "netns", "list"]).splitlines() if line}
    names |= {path.name for path in parent.glob(NAMESPACES + "-*")}
    for name in names:
        match = re.fullmatch(rf"({NAMESPACES}-(\d+))(-tx|-rx)?", name)
        if match and not os.path.exists(f"/proc/{match[2]}"):
            subprocess.run(["ip", "netns", "delete", name], stderr=subprocess.DEVNULL)
            shutil.rmtree(parent / match[1], ignore_errors=True)


class Recorder:
    """A running recorder, whichever it is; what it says goes to a log file.

    `ready` is a pattern of what it says once it captures.
    """

    def __init__(self, testbed, command, directory, ready, environment=None):
        self.testbed, self.directory, self.ready = testbed, directory, ready
        self.name = shlex.join(command)
        self.log = testbed.directory / "recorder.log"
        with open(self.log, "wb") as log:
            self.process = testbed.start(command, stdout=log, stderr=subprocess.STDOUT,
                                         env=environment and {**os.environ, **environment})
        self.await_ready()

    def said(self):
        return self.log.read_text(errors="replace")

    def await_ready(self):
        until = time.monotonic() + READY_SECONDS
        while not (re.search(self.ready, self.said()) and self.testbed.captures()):
            if self.process.poll() is not None or time.monotonic() > until:
                raise Refused(f"{self.name} does not capture: {self.said().strip()}")
            time.sleep(0.02)

    def status(self, field):
        """A field of /proc/PID/status in bytes, for example VmHWM."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+) kB", text, re.MULTILINE)[1]) * 1024

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def settle(self):
        """Waits until the recorder has nothing left to do: its files stay as they are, and it rests."""
        until = time.monotonic() + SETTLE_SECONDS
        seen, since, cpu = None, time.monotonic(), 0.0
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise Refused(f"{self.name} ended: {self.said().strip()}")
            now = [(name, stat.st_size, stat.st_blocks) for name, stat in self.entries()]
            if now != seen or self.cpu_seconds() - cpu > 0.1 * QUIET_SECONDS:
                seen, since, cpu = now, time.monotonic(), self.cpu_seconds()
            elif time.monotonic() - since >= QUIET_SECONDS:
                return
            time.sleep(0.1)
        raise Refused(f"{self.name} did not come to rest in {SETTLE_SECONDS} s")

    def entries(self):
        found = []
        for entry in os.scandir(self.directory):
            try:
                found.append((entry.name, entry.stat()))
            except FileNotFoundError:
                pass  # renamed meanwhile
        return sorted(found, key=lambda one: one[0])

    def stop(self):
        """Ends it by SIGINT, and gives all that it said."""
        self.process.send_signal(signal.SIGINT)
        try:
            status = self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            raise Refused(f"{self.name} did not end in {END_SECONDS} s") from None
        if status != 0:
            raise Refused(f"{self.name} ended with status {status}: {self.said().strip()}")
        return self.said()


TAPDECK_READY = r"tapdeck record: recording on"


def tapdeck_command(testbed, directory, ring, *options):
    return [TAPDECK, "record", "-i", RECEIVING, "--netns", testbed.far, "-o", str(directory),
            "--buffer", f"{ring // 1024}KiB", "--json", *options]


def tapdeck_report(said):
    """The object on the last line of what `tapdeck record --json` said."""
    try:
        return json.loads(said.strip().splitlines()[-1])
    except (IndexError, ValueError):
        raise Refused(f"tapdeck told no figures: {said.strip()}") from None


def captures_in(directory):
    return sorted(path for path in directory.iterdir() if re.search(r"\.pcap(ng)?$", path.name))


def packets_in(directory):
    """Packets in all captures of a directory, as capinfos counts them."""
    files = [str(path) for path in captures_in(directory)]
    if not files:
        return 0
    rows = output_of(["capinfos", "-c", "-M", "-T", "-r", *files]).splitlines()
    if len(rows) != len(files):
        raise Refused(f"capinfos counted {len(rows)} files of {len(files)}")
    return sum(int(row.split("\t")[1]) for row in rows)


def bytes_in(directory):
    return sum(path.stat().st_size for path in captures_in(directory))


def sync(directory):
    """Waits until the file system of a directory has nothing left to write."""
    output_of(["sync", "-f", str(directory)])


def machine_seconds():
    """CPU time that the whole machine has worked, of which only differences mean something.

    All the time there was, less what /proc/stat says was idle, waiting for the disk, or stolen. That is
    user, nice, system, irq and softirq; but the kernel adds those up by looking at each clock tick, and
    misses work that is done between two ticks, while it knows idle time to the microsecond.
    """
    rows = pathlib.Path("/proc/stat").read_text().splitlines()
    fields = [int(one) for one in rows[0].split()[1:]]
    cores = sum(re.match(r"cpu\d", row) is not None for row in rows)
    not_worked = (fields[3] + fields[4] + fields[7]) / os.sysconf("SC_CLK_TCK")
    return cores * time.monotonic() - not_worked


def check_room(directory, wanted):
    """Refuses where the disk has no room for the largest run, and some to spare."""
    if not os.access(directory, os.W_OK) or not os.path.isdir(directory):
        raise Refused(f"{directory} is no directory that can be written to: name one by --dir")
    wanted = min(wanted, MOST_DISK)
    free = shutil.disk_usage(directory).free
    if free < wanted * 1.1 + GIB:
        raise Refused(f"{directory} has {free / 1e9:.0f} GB free, a run writes up to {wanted / 1e9:.0f} GB: "
                      "name a directory with more room by --dir, or shorten the runs")


@dataclasses.dataclass(frozen=True)
class Machine:
    """Where the figures come from."""
    cpu: str
    cores: int
    memory_gib: int
    kernel: str
    file_system: str
    versions: dict

    @staticmethod
    def of(directory, versions):
        model = re.search(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        mount = output_of(["findmnt", "-n", "-o", "FSTYPE,SOURCE,OPTIONS", "-T", str(directory)]).split()
        return Machine(model[1] if model else os.uname().machine, len(os.sched_getaffinity(0)),
                       round(memory / GIB), os.uname().release, f"{mount[0]} on {mount[1]} ({mount[2]})",
                       versions)

    def text(self):
        tools = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        return (f"{self.cores} cores ({self.cpu}), {self.memory_gib} GiB, Linux {self.kernel}, "
                f"{self.file_system}\n{tools}")
