#include "batch.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define RECEIVE_BUFFER (64 << 20)

unsigned long lost;
static double loss_share;
static uint64_t random_state = 88172645463325252;

void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(2);
}

double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec + at.tv_nsec / 1e9;
}

double cpu(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

void seed_loss(double share, uint64_t seed)
{
    loss_share = share;
    random_state ^= seed * 0x9E3779B97F4A7C15;
}

bool is_lost(void)
{
    if (loss_share == 0)
        return false;
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    bool chosen = (random_state >> 11) / 9007199254740992.0 < loss_share;
    lost += chosen;
    return chosen;
}

struct outbox *open_outbox(uint32_t address, uint16_t port)
{
    struct outbox *out = calloc(1, sizeof *out);
    int buffer = RECEIVE_BUFFER, on = 1;
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
    own.sin_addr.s_addr = htonl(address);
    out->socket = socket(AF_INET, SOCK_DGRAM, 0);
    /* Datagrams must not be lost because our own receive buffer is full. */
    if (setsockopt(out->socket, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer))
        setsockopt(out->socket, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    setsockopt(out->socket, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    if (out->socket < 0 || bind(out->socket, (struct sockaddr *)&own, sizeof own))
        die("a socket on port %d: %s", port, strerror(errno));
    for (unsigned slot = 0; slot < BATCH; slot++) {
        struct msghdr *header = &out->headers[slot].msg_hdr;
        out->parts[slot].iov_base = out->packets[slot];
        out->sources[slot].aligned =
            (struct cmsghdr){CMSG_LEN(sizeof(struct in_pktinfo)), IPPROTO_IP, IP_PKTINFO};
        header->msg_name = &out->peers[slot];
        header->msg_namelen = sizeof out->peers[slot];
        header->msg_iov = &out->parts[slot];
        header->msg_iovlen = 1;
        header->msg_control = &out->sources[slot];
        header->msg_controllen = sizeof out->sources[slot].room;
    }
    return out;
}

unsigned char *to_send(struct outbox *out, struct sockaddr_in peer, uint32_t source, size_t size)
{
    if (out->count == BATCH)
        flush(out);
    unsigned slot = out->count++;
    struct in_pktinfo *info = (struct in_pktinfo *)CMSG_DATA(&out->sources[slot].aligned);
    info->ipi_spec_dst.s_addr = htonl(source);
    out->peers[slot] = peer;
    out->parts[slot].iov_len = size;
    return out->packets[slot];
}

void flush(struct outbox *out)
{
    unsigned done = 0;
    while (done < out->count) {
        int sent = sendmmsg(out->socket, out->headers + done, out->count - done, 0);
        if (sent < 0 && errno != EINTR)
            die("sending: %s", strerror(errno));
        done += sent > 0 ? sent : 0;
    }
    out->sent += out->count;
    out->count = 0;
}

int receive_waiting(struct inbox *in, int socket)
{
    for (unsigned slot = 0; slot < BATCH; slot++) {
        struct msghdr *header = &in->headers[slot].msg_hdr;
        in->parts[slot] = (struct iovec){in->packets[slot], LARGEST};
        header->msg_name = &in->peers[slot];
        header->msg_namelen = sizeof in->peers[slot];
        header->msg_iov = &in->parts[slot];
        header->msg_iovlen = 1;
        header->msg_control = &in->destinations[slot];
        header->msg_controllen = sizeof in->destinations[slot].room;
    }
    return recvmmsg(socket, in->headers, BATCH, MSG_DONTWAIT, NULL);
}

size_t size_of(const struct inbox *in, int slot)
{
    return in->headers[slot].msg_len;
}

uint32_t destination_of(const struct inbox *in, int slot)
{
    const struct in_pktinfo *info = (const struct in_pktinfo *)CMSG_DATA(&in->destinations[slot].aligned);
    return ntohl(info->ipi_addr.s_addr);
}

static int by_size(const void *one, const void *other)
{
    double difference = *(const double *)one - *(const double *)other;
    return (difference > 0) - (difference < 0);
}

void print_percentiles(double *times, unsigned count)
{
    static const struct {
        const char *name;
        double share;
    } wanted[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"max", 1}};
    qsort(times, count, sizeof *times, by_size);
    for (unsigned index = 0; index < sizeof wanted / sizeof *wanted; index++) {
        double value = count ? times[(unsigned)((count - 1) * wanted[index].share + 0.5)] : 0;
        printf(", \"%s\": %.6f", wanted[index].name, value);
    }
}
