/*
 * Takes the kernel's time stamps of the frames that arrive at an interface, and compares the gaps
 * between them with those that were wanted.
 *
 *   receiver INTERFACE FRAMES GAP|FILE
 *
 * GAP: nanoseconds from each frame to the next, a decimal number. FILE: the wanted gaps, FRAMES - 1
 * signed 64-bit integers of this machine's byte order, in nanoseconds. Ends after FRAMES frames, or
 * at SIGINT or SIGTERM, and prints one JSON object: times in nanoseconds, `first` since 1970, `errors`
 * the absolute differences between gaps and wanted gaps. Prints "ready" before, when it receives.
 *
 * Time stamps are those of a ring of packet(7) (TPACKET_V3): taken in nanoseconds when the frame is
 * handed to the network stack, so it does not matter how late this process is.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

enum { BLOCK = 1 << 20, BLOCKS = 64, RETIRE = 10 /* ms */, POLL = 100 /* ms */ };
static const int64_t SECOND = 1000000000;

static volatile sig_atomic_t stopped;

static void stop(int signal) { stopped = signal; }

static void die(const char *what) {
  fprintf(stderr, "receiver: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void *memory(size_t count, size_t size) {
  void *found = calloc(count ? count : 1, size);
  if (!found) die("no memory");
  memset(found, 0, count * size); /* no page is touched for the first time while frames come */
  return found;
}

static int open_ring(const char *interface, char **ring) {
  int fd = socket(AF_PACKET, SOCK_RAW, 0), version = TPACKET_V3, on = 1;
  if (fd < 0) die("no packet socket");
  struct tpacket_req3 wanted = {.tp_block_size = BLOCK, .tp_block_nr = BLOCKS, .tp_frame_size = 2048,
                                .tp_frame_nr = BLOCK / 2048 * BLOCKS, .tp_retire_blk_tov = RETIRE};
  if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0) die("TPACKET_V3");
  if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) < 0) die("PACKET_IGNORE_OUTGOING");
  if (setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &wanted, sizeof wanted) < 0) die("PACKET_RX_RING");
  *ring = mmap(NULL, (size_t)BLOCK * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
  if (*ring == MAP_FAILED) die("mmap");
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
                                .sll_ifindex = (int)if_nametoindex(interface)};
  if (!address.sll_ifindex || bind(fd, (struct sockaddr *)&address, sizeof address) < 0) die(interface);
  return fd;
}

static int compare(const void *left, const void *right) {
  int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return a < b ? -1 : a > b;
}

static int64_t at(const int64_t *sorted, int64_t count, double part) {
  return count == 0 ? 0 : sorted[(int64_t)((double)(count - 1) * part)];
}

int main(int count, char **word) {
  int64_t frames = count == 4 ? atoll(word[2]) : 0;
  if (frames < 1) {
    fprintf(stderr, "usage: receiver INTERFACE FRAMES GAP|FILE\n");
    return 2;
  }
  char *end;
  double gap = strtod(word[3], &end);
  int64_t *wanted = NULL;
  if (*end) {
    FILE *file = fopen(word[3], "rb");
    wanted = memory((size_t)frames, sizeof *wanted);
    if (!file || fread(wanted, sizeof *wanted, (size_t)frames - 1, file) != (size_t)frames - 1) die(word[3]);
    fclose(file);
  }
  int64_t *stamps = memory((size_t)frames, sizeof *stamps), *errors = memory((size_t)frames, sizeof *errors);
  char *ring;
  int fd = open_ring(word[1], &ring);
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  printf("ready\n");
  fflush(stdout);

  int64_t taken = 0;
  for (int block = 0; taken < frames && !stopped; block = (block + 1) % BLOCKS) {
    struct tpacket_block_desc *blocks = (void *)(ring + (size_t)block * BLOCK);
    while (!(__atomic_load_n(&blocks->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) && !stopped) {
      struct pollfd wait = {.fd = fd, .events = POLLIN};
      poll(&wait, 1, POLL);
    }
    if (stopped) break;
    struct tpacket3_hdr *frame = (void *)((char *)blocks + blocks->hdr.bh1.offset_to_first_pkt);
    for (uint32_t i = 0; i < blocks->hdr.bh1.num_pkts && taken < frames; i++) {
      stamps[taken++] = (int64_t)frame->tp_sec * SECOND + frame->tp_nsec;
      frame = (void *)((char *)frame + frame->tp_next_offset);
    }
    __atomic_store_n(&blocks->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  }
  struct tpacket_stats_v3 statistics = {0};
  socklen_t length = sizeof statistics;
  getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &statistics, &length);

  double ideal = 0;
  for (int64_t i = 1; i < taken; i++) {
    double want = wanted ? (double)wanted[i - 1] : gap;
    double off = (double)(stamps[i] - stamps[i - 1]) - want;
    ideal += want;
    errors[i - 1] = (int64_t)(off < 0 ? -off : off);
  }
  int64_t gaps = taken > 0 ? taken - 1 : 0;
  qsort(errors, (size_t)gaps, sizeof *errors, compare);
  printf("{\"frames\":%lld,\"dropped\":%u,\"first\":%lld,\"took\":%lld,\"ideal\":%.0f,"
         "\"errors\":{\"p50\":%lld,\"p99\":%lld,\"max\":%lld}}\n",
         (long long)taken, statistics.tp_drops, (long long)stamps[0],
         (long long)(taken ? stamps[taken - 1] - stamps[0] : 0), ideal, (long long)at(errors, gaps, 0.5),
         (long long)at(errors, gaps, 0.99), (long long)at(errors, gaps, 1));
  return 0;
}
