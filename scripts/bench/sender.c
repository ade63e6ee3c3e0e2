/*
 * Sends numbered frames to an interface from one thread, at a rate or as fast as the kernel takes
 * them, and tells exactly how many the kernel accepted.
 *
 *   sender INTERFACE SIZE RATE SECONDS FRAMES
 *
 * SIZE: bytes of a frame without its check sequence. RATE: frames a second, 0 for as many as go.
 * Ends after SECONDS, after FRAMES, or at SIGINT or SIGTERM, and prints one JSON object.
 *
 * A frame is Ethernet, IPv4 and UDP to an address that nobody has; its payload is the 8 bytes
 * "TDNUMBER", the frame's number from 0 as 8 bytes big-endian, and a pattern. Frames go by packet(7)
 * sockets with PACKET_QDISC_BYPASS, in batches of sendmmsg(2): what that returns is what was accepted.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, HEADERS = 14 + 20 + 8, NUMBER = HEADERS + 8, LEAST = NUMBER + 8, MOST = 9000 };
static const int64_t SECOND = 1000000000, PAUSE = 100000, BEHIND = 10000000; /* nanoseconds */

static volatile sig_atomic_t stopped;
static unsigned char frames[BATCH][MOST];

static void stop(int signal) { stopped = signal; }

static void die(const char *what) {
  fprintf(stderr, "sender: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * SECOND + time.tv_nsec;
}

static void sleep_until(int64_t deadline) {
  struct timespec time = {deadline / SECOND, deadline % SECOND};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

/* Everything of a frame but its number; the layouts are of IEEE 802.3, RFC 791 and RFC 768. */
static void fill(unsigned char *frame, int size) {
  static const unsigned char head[HEADERS] = {
      2, 0x7d, 0, 0, 0, 2, 2, 0x7d, 0, 0, 0, 1, 8, 0,                                    /* Ethernet */
      0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, 17, 0, 0, 198, 18, 0, 1, 198, 18, 0, 2, /* IPv4 */
      0, 9, 0, 9, 0, 0, 0, 0};                                                          /* UDP */
  memcpy(frame, head, sizeof head);
  uint16_t field = htons((uint16_t)(size - 14));
  memcpy(frame + 16, &field, 2);
  field = htons((uint16_t)(size - 34));
  memcpy(frame + 38, &field, 2);
  uint32_t sum = 0;
  for (int i = 14; i < 34; i += 2) sum += (uint32_t)(frame[i] << 8 | frame[i + 1]);
  sum = (sum & 0xffff) + (sum >> 16);
  field = htons((uint16_t) ~(sum + (sum >> 16)));
  memcpy(frame + 24, &field, 2);
  memcpy(frame + HEADERS, "TDNUMBER", 8);
  for (int i = LEAST; i < size; i++) frame[i] = (unsigned char)i;
}

static int open_socket(const char *interface) {
  int fd = socket(AF_PACKET, SOCK_RAW, 0), on = 1, room = 4 << 20;
  if (fd < 0) die("no packet socket");
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(interface)};
  if (!address.sll_ifindex || bind(fd, (struct sockaddr *)&address, sizeof address) < 0) die(interface);
  if (setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) < 0) die("PACKET_QDISC_BYPASS");
  if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room) < 0) die("SO_SNDBUFFORCE");
  return fd;
}

int main(int count, char **word) {
  if (count != 6) {
    fprintf(stderr, "usage: sender INTERFACE SIZE RATE SECONDS FRAMES\n");
    return 2;
  }
  int size = atoi(word[2]);
  int64_t rate = atoll(word[3]), limit = atoll(word[5]);
  double seconds = atof(word[4]);
  if (size < LEAST || size > MOST || rate < 0 || rate > SECOND || !(seconds > 0 && seconds < 1e6)) {
    fprintf(stderr, "sender: SIZE is from %d to %d, RATE at most 10^9, SECONDS below 10^6\n", LEAST, MOST);
    return 2;
  }
  int fd = open_socket(word[1]);
  struct mmsghdr messages[BATCH] = {0};
  struct iovec parts[BATCH];
  for (int i = 0; i < BATCH; i++) {
    fill(frames[i], size);
    parts[i] = (struct iovec){frames[i], (size_t)size};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
  }
  signal(SIGINT, stop);
  signal(SIGTERM, stop);
  prctl(PR_SET_TIMERSLACK, 1);

  int64_t sent = 0, refused = 0, start = now(), time = start, end = start + (int64_t)(seconds * 1e9);
  int64_t anchor = start, anchored = 0; /* the pace is counted from here: a time, and frames by then */
  int64_t quantum = rate * PAUSE / SECOND; /* frames sent together at a rate; few at a time are dear */
  quantum = rate == 0 || quantum > BATCH ? BATCH : quantum < 1 ? 1 : quantum;
  while (!stopped && time < end && sent < limit) {
    int batch = (int)(limit - sent < quantum ? limit - sent : quantum);
    int64_t deadline = rate == 0 ? 0 : anchor + (int64_t)((double)(anchored + batch) * 1e9 / (double)rate);
    if (rate > 0 && time - deadline > BEHIND) { /* never a long burst to catch up */
      anchor = time;
      anchored = 0;
    } else if (time < deadline) {
      sleep_until(deadline < end ? deadline : end);
    } else {
      for (int i = 0; i < batch; i++) {
        uint64_t number = htobe64((uint64_t)(sent + i));
        memcpy(frames[i] + NUMBER, &number, 8);
      }
      int accepted = sendmmsg(fd, messages, (unsigned)batch, 0);
      if (accepted < 0 && errno != ENOBUFS && errno != EAGAIN && errno != EINTR) die("sendmmsg");
      if (accepted < batch) refused++;
      if (accepted > 0) {
        sent += accepted;
        anchored += accepted;
      }
    }
    time = now();
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double used = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  printf("{\"sent\":%lld,\"refused\":%lld,\"seconds\":%.6f,\"cpuSeconds\":%.6f}\n", (long long)sent,
         (long long)refused, (double)(time - start) / 1e9, used);
  return 0;
}
