#!/usr/bin/env python3
"""Traffic between the lab's guests: deterministic, paced, bounded. Run inside a guest's namespace.

  serve     answers: HTTP-like on TCP 80, DNS-like on UDP 53, numbered datagrams on UDP 7777
  mix       HTTP-like, DNS-like, ICMP echo and VLAN-tagged frames, in a fixed order
  numbered  N numbered datagrams at a fixed rate; counts the answers
  frames    broadcasts and multicasts that a careless host would act on: a router
            advertisement, ARP, DHCP
  kinds     N numbered frames of every kind, in turn, at a fixed rate
"""

import argparse
import json
import selectors
import signal
import socket
import struct
import sys
import time

HTTP_PORT, DNS_PORT, NUMBERED_PORT, REPORT_PORT = 80, 53, 7777, 7776
SO_RCVBUFFORCE = 33  # socket(7); not in the module
BODY = bytes(i % 251 for i in range(4000))


def wait_until(deadline):
    """Sleeps until the monotonic clock shows the deadline (seconds)."""
    left = deadline - time.monotonic()
    if left > 0:
        time.sleep(left)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip_header(source, target, protocol, length, identification=1):
    head = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + length, identification, 0, 64, protocol, 0,
        socket.inet_aton(source), socket.inet_aton(target))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:]


def udp_packet(source, source_port, target, target_port, payload):
    length = 8 + len(payload)
    pseudo = socket.inet_aton(source) + socket.inet_aton(target) + struct.pack("!BBH", 0, 17, length)
    head = struct.pack("!HHH", source_port, target_port, length)
    value = checksum(pseudo + head + b"\0\0" + payload) or 0xFFFF
    return ip_header(source, target, 17, length) + head + struct.pack("!H", value) + payload


def udp6_packet(source, source_port, target, target_port, payload):
    length = 8 + len(payload)
    ends = socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, target)
    head = struct.pack("!HHH", source_port, target_port, length)
    value = checksum(ends + struct.pack("!II", length, 17) + head + b"\0\0" + payload) or 0xFFFF
    return (struct.pack("!IHBB", 0x60000000, length, 17, 64) + ends + head
            + struct.pack("!H", value) + payload)


def fragments(packet, identification, first):
    """An IPv4 packet in two: so many bytes, in eights, are in the first."""
    head, body = packet[:20], packet[20:]
    parts = []
    for start, part in ((0, body[:first]), (first, body[first:])):
        flags = start // 8 | (0x2000 if start == 0 else 0)
        fields = (head[:2] + struct.pack("!HHH", 20 + len(part), identification & 0xFFFF, flags)
                  + head[8:10] + b"\0\0" + head[12:])
        parts.append(fields[:10] + struct.pack("!H", checksum(fields)) + fields[12:] + part)
    return parts


def mac_bytes(text):
    return bytes.fromhex(text.replace(":", ""))


def own_mac(interface):
    with open(f"/sys/class/net/{interface}/address", encoding="ascii") as file:
        return mac_bytes(file.read().strip())


def numbered_payload(kind, number, size):
    return (kind + struct.pack("!Q", number) + BODY)[:size]


def serve(options):
    chooser = selectors.DefaultSelector()

    def udp(port):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
        sock.bind((options.address, port))
        sock.setblocking(False)
        return sock

    listener = socket.create_server((options.address, HTTP_PORT), backlog=128)
    listener.setblocking(False)
    seen = {"received": 0, "next": 0, "inOrder": True}

    def accept():
        connection, _ = listener.accept()
        connection.settimeout(2)
        try:
            request = connection.recv(2048)
            if request.startswith(b"GET "):
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                    + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(BODY) + BODY)
        except OSError:
            pass  # a client that went away
        finally:
            connection.close()

    def answer_dns(sock):
        query, peer = sock.recvfrom(512)
        if len(query) >= 12:
            answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(options.address)
            sock.sendto(query[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + query[12:] + answer, peer)

    def answer_numbered(sock):
        for _ in range(64):
            try:
                message, peer = sock.recvfrom(2048)
            except BlockingIOError:
                return
            number = struct.unpack("!Q", message[1:9])[0]
            seen["inOrder"] = seen["inOrder"] and number == seen["next"]
            seen["next"] = number + 1
            seen["received"] += 1
            sock.sendto(b"A" + message[1:], peer)

    def report(sock):
        _, peer = sock.recvfrom(512)
        sock.sendto(json.dumps(seen).encode(), peer)
        seen.update(received=0, next=0, inOrder=True)

    dns, numbered_socket, reports = udp(DNS_PORT), udp(NUMBERED_PORT), udp(REPORT_PORT)
    chooser.register(reports, selectors.EVENT_READ, lambda: report(reports))
    chooser.register(listener, selectors.EVENT_READ, accept)
    chooser.register(dns, selectors.EVENT_READ, lambda: answer_dns(dns))
    chooser.register(numbered_socket, selectors.EVENT_READ, lambda: answer_numbered(numbered_socket))
    print("serving", flush=True)
    while True:
        for key, _ in chooser.select():
            key.data()


def mix(options):
    dns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    dns.setblocking(False)
    dns.connect((options.to, DNS_PORT))
    icmp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    icmp.setblocking(False)
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    raw.bind((options.interface, 0))
    ethernet = mac_bytes(options.to_mac) + own_mac(options.interface)
    source = dns.getsockname()[0]
    counts = {"http": 0, "dns": 0, "icmp": 0, "vlan": 0, "failed": 0}

    def query(number):
        name = b"\x05host%d\x04test\0" % (number % 10)
        dns.send(struct.pack("!HHHHHH", number & 0xFFFF, 0x100, 1, 0, 0, 0) + name + b"\0\1\0\1")

    def fetch(number):
        with socket.create_connection((options.to, HTTP_PORT), timeout=1) as connection:
            connection.sendall(b"GET /object/%d HTTP/1.1\r\nHost: lab.test\r\n\r\n" % number)
            while connection.recv(65536):
                pass

    def ping(number):
        body = struct.pack("!BBHHH", 8, 0, 0, 0x7464, number & 0xFFFF) + BODY[:48]
        icmp.sendto(body[:2] + struct.pack("!H", checksum(body)) + body[4:], (options.to, 0))

    def tagged(number):
        packet = udp_packet(source, 9000, options.to, 9000, numbered_payload(b"V", number, 120))
        raw.send(ethernet + struct.pack("!HHH", 0x8100, options.vlan, 0x0800) + packet)

    def drain():
        for sock in (dns, icmp):
            try:
                while True:
                    sock.recv(65536)
            except (BlockingIOError, ConnectionRefusedError):
                pass

    # Ten steps a round; an exchange over HTTP is about a dozen packets, the others one or two.
    steps = [("http", fetch)] + [("dns", query), ("icmp", ping), ("vlan", tagged)] * 3
    start = time.monotonic()
    number = 0
    while options.seconds == 0 or time.monotonic() - start < options.seconds:
        wait_until(start + number / options.steps)
        kind, act = steps[number % len(steps)]
        try:
            act(number // len(steps))
            counts[kind] += 1
        except OSError:
            counts["failed"] += 1
        drain()
        number += 1
    print(json.dumps(counts), flush=True)


def numbered(options):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
    sock.bind(("", options.source_port))
    sock.connect((options.to, NUMBERED_PORT))

    def report():
        """What the other side has counted since the last report."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            control.connect((options.to, REPORT_PORT))
            control.settimeout(0.5)
            for _ in range(20):
                try:
                    control.send(b"report")
                    return json.loads(control.recv(2048))
                except (TimeoutError, ConnectionRefusedError):
                    time.sleep(0.1)
        sys.exit(f"numbered: nobody answers at {options.to}")

    report()  # starts the count over
    if options.hold:
        print("ready", flush=True)
        sys.stdin.readline()
    payloads = [numbered_payload(b"Q", number, options.size) for number in range(options.count)]
    answers, in_order = 0, True
    sock.setblocking(False)
    start = time.monotonic()

    def drain():
        nonlocal answers, in_order
        while True:
            try:
                message = sock.recv(2048)
            except BlockingIOError:
                return
            in_order = in_order and struct.unpack("!Q", message[1:9])[0] == answers
            answers += 1

    for number, payload in enumerate(payloads):
        wait_until(start + number / options.pps)
        sock.send(payload)
        drain()
    seconds = time.monotonic() - start
    patience = time.monotonic() + 5
    while answers < options.count and time.monotonic() < patience:
        drain()
        time.sleep(0.001)
    confirmed = report()
    print(json.dumps({
        "sent": options.count, "confirmed": confirmed["received"],
        "confirmedInOrder": confirmed["inOrder"], "answers": answers,
        "answersInOrder": in_order, "seconds": round(seconds, 3)}), flush=True)


def frames(options):
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    raw.bind((options.interface, 0))
    mac = own_mac(options.interface)

    prefix = socket.inet_pton(socket.AF_INET6, "2001:db8:7ad::")
    advertisement = (
        struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0)
        + bytes([1, 1]) + mac
        + struct.pack("!BBBBIII", 3, 4, 64, 0xC0, 86400, 14400, 0) + prefix)
    link_local = socket.inet_pton(socket.AF_INET6, "fe80::7ad")
    all_nodes = socket.inet_pton(socket.AF_INET6, "ff02::1")
    pseudo = link_local + all_nodes + struct.pack("!II", len(advertisement), 58)
    advertisement = (advertisement[:2] + struct.pack("!H", checksum(pseudo + advertisement))
                     + advertisement[4:])
    router = (bytes.fromhex("333300000001") + mac + b"\x86\xdd"
              + struct.pack("!IHBB", 0x60000000, len(advertisement), 58, 255)
              + link_local + all_nodes + advertisement)

    everyone = b"\xff" * 6
    sender, wanted = socket.inet_aton("198.19.0.250"), socket.inet_aton(options.arp_target)
    request = (everyone + mac + b"\x08\x06" + struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1)
               + mac + sender + b"\0" * 6 + wanted)
    gratuitous = (everyone + mac + b"\x08\x06" + struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1)
                  + mac + sender + b"\0" * 6 + sender)
    bootp = (struct.pack("!BBBBIHH", 1, 1, 6, 0, 0x7AD, 0, 0x8000) + b"\0" * 16 + mac
             + b"\0" * 202 + bytes.fromhex("63825363") + bytes([53, 1, 1, 255]))
    discover = everyone + mac + b"\x08\x00" + udp_packet("0.0.0.0", 68, "255.255.255.255", 67, bootp)

    kinds = [router, request, gratuitous, discover]
    for index in range(options.count):
        raw.send(kinds[index % len(kinds)])
        time.sleep(0.01)
    print(json.dumps({"sent": options.count}), flush=True)


# What a frame of each kind says of itself, in this order: MARK, series, its letter, its number.
MARK = b"TDKF"
KINDS = {
    "unicast": b"u", "broadcast": b"b", "multicast": b"m", "unknown": b"n", "reserved": b"r",
    "vlan": b"v", "ipv6": b"6", "fragment": b"f", "full": b"F"}
KINDS_PORT = 7779
UNKNOWN_MAC = bytes.fromhex("027d00ffffff")


def kinds(options):
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    raw.bind((options.interface, 0))
    source, target = own_mac(options.interface), mac_bytes(options.to_mac)
    tag = struct.pack("!HH", 0x8100, options.vlan)
    sequence = options.kinds.split(",")
    for kind in sequence:
        if kind not in KINDS:
            sys.exit(f"kinds: '{kind}' is none of {', '.join(KINDS)}")

    def frame_of(kind, number):
        payload = (MARK + struct.pack("!H", options.series) + KINDS[kind]
                   + struct.pack("!I", number) + BODY)

        def udp(to, size=100):
            return udp_packet(
                options.source, KINDS_PORT, to, KINDS_PORT, payload[:size])

        def ethernet(to, packet, ethertype=b"\x08\x00", tags=b""):
            return [to + source + tags + ethertype + packet]

        match kind:
            case "broadcast":
                return ethernet(b"\xff" * 6, udp("255.255.255.255"))
            case "multicast":
                return ethernet(bytes.fromhex("01005e130101"), udp("239.19.1.1"))
            case "unknown":
                return ethernet(UNKNOWN_MAC, udp("198.19.0.199"))
            case "reserved":  # a bridge forwards it to nobody (IEEE 802.1Q, table 8-1)
                return ethernet(bytes.fromhex("0180c200000e"), payload[:100], b"\x88\xb5")
            case "vlan":
                return ethernet(target, udp(options.to), tags=tag)
            case "ipv6":
                return ethernet(
                    target, udp6_packet(
                        options.source6, KINDS_PORT, options.to6, KINDS_PORT, payload[:100]),
                    b"\x86\xdd")
            case "fragment":  # both fragments say what they are of
                body = (payload[:56] + b"\0" * 64)[:56] + payload[:64]
                packet = udp_packet(options.source, KINDS_PORT, options.to, KINDS_PORT, body)
                return [ethernet(target, part)[0] for part in fragments(packet, number, 64)]
            case "full":
                return ethernet(target, udp(options.to, 1500 - 28))
            case _:
                return ethernet(target, udp(options.to))

    frames_of = [frame_of(sequence[i % len(sequence)], i) for i in range(options.count)]
    sent = {kind: 0 for kind in sequence}
    start = time.monotonic()
    number = 0
    for index, parts in enumerate(frames_of):
        for part in parts:
            wait_until(start + number / options.pps)
            raw.send(part)
            number += 1
        sent[sequence[index % len(sequence)]] += len(parts)
    print(json.dumps({"sent": sent, "frames": number}), flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds_of_traffic = parser.add_subparsers(required=True, metavar="KIND")

    one = kinds_of_traffic.add_parser("serve", help="answer the others until ended")
    one.add_argument("--address", required=True, help="own address")
    one.set_defaults(run=serve)

    one = kinds_of_traffic.add_parser("mix", help="the mixed traffic of a small network")
    one.add_argument("--to", required=True, help="address of the guest that serves")
    one.add_argument("--to-mac", required=True)
    one.add_argument("--interface", default="eth0")
    one.add_argument("--vlan", type=int, default=100, help="VLAN of the tagged frames (default 100)")
    one.add_argument("--steps", type=float, default=50, help="steps a second (default 50)")
    one.add_argument("--seconds", type=float, default=60, help="how long, 0 for ever (default 60)")
    one.set_defaults(run=mix)

    one = kinds_of_traffic.add_parser("numbered", help="numbered datagrams")
    one.add_argument("--to", required=True, help="address of the guest that serves")
    one.add_argument("--count", type=int, default=10000)
    one.add_argument("--pps", type=float, default=5000, help="datagrams a second (default 5000)")
    one.add_argument("--size", type=int, default=200, help="bytes of payload, 9 or more (default 200)")
    one.add_argument("--source-port", type=int, default=7778)
    one.add_argument("--hold", action="store_true", help="say 'ready' and wait for a line before sending")
    one.set_defaults(run=numbered)

    one = kinds_of_traffic.add_parser("frames", help="a router advertisement, ARP requests, DHCP, in turn")
    one.add_argument("--interface", default="eth0")
    one.add_argument("--arp-target", default="198.18.0.1", help="whom the ARP request asks for")
    one.add_argument("--count", type=int, default=40)
    one.set_defaults(run=frames)

    one = kinds_of_traffic.add_parser("kinds", help="numbered frames of every kind, in turn")
    one.add_argument("--interface", default="eth0")
    one.add_argument("--from", dest="source", required=True, help="own IPv4 address")
    one.add_argument("--from6", dest="source6", required=True, help="own IPv6 address")
    one.add_argument("--to", required=True, help="IPv4 address of another guest")
    one.add_argument("--to6", required=True, help="its IPv6 address")
    one.add_argument("--to-mac", required=True)
    one.add_argument("--vlan", type=int, default=20, help="VLAN of the tagged frames (default 20)")
    one.add_argument("--kinds", default=",".join(KINDS), help="which ones (default all)")
    one.add_argument("--series", type=int, default=0, help="a number that all of them carry")
    one.add_argument("--count", type=int, default=1000, help="fragments count once (default 1000)")
    one.add_argument("--pps", type=float, default=5000, help="frames a second (default 5000)")
    one.set_defaults(run=kinds)

    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    options.run(options)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
