/* Datagrams by the hundred: what both storm clients share. */
#ifndef BATCH_H
#define BATCH_H

#define _GNU_SOURCE
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { BATCH = 256, LARGEST = 1024, LARGEST_SENT = 400 };

/* What is to be sent from one socket. */
struct outbox {
    int socket;
    unsigned count;
    unsigned long sent;
    struct mmsghdr headers[BATCH];
    struct iovec parts[BATCH];
    struct sockaddr_in peers[BATCH];
    union {
        char room[CMSG_SPACE(sizeof(struct in_pktinfo))];
        struct cmsghdr aligned;
    } sources[BATCH];
    unsigned char packets[BATCH][LARGEST_SENT];
};

/* What one call received, from any socket. */
struct inbox {
    struct mmsghdr headers[BATCH];
    struct iovec parts[BATCH];
    struct sockaddr_in peers[BATCH];
    union {
        char room[CMSG_SPACE(sizeof(struct in_pktinfo))];
        struct cmsghdr aligned;
    } destinations[BATCH];
    unsigned char packets[BATCH][LARGEST];
};

/* An open UDP socket on this address and port (host order; 0 is any), with a large receive buffer. */
struct outbox *open_outbox(uint32_t address, uint16_t port);

/* Room for a datagram to `peer` from our address `source` (host order; 0: as the route has it). */
unsigned char *to_send(struct outbox *out, struct sockaddr_in peer, uint32_t source, size_t size);

void flush(struct outbox *out);

/* Take what waits; returns how many. */
int receive_waiting(struct inbox *in, int socket);

size_t size_of(const struct inbox *in, int slot);

/* Which of our addresses a datagram was sent to, host order. */
uint32_t destination_of(const struct inbox *in, int slot);

double now(void);

/* Seconds of processor time that we have used. */
double cpu(void);

/* Chooses a share of the datagrams, the same ones for the same seed. */
void seed_loss(double share, uint64_t seed);
bool is_lost(void);
extern unsigned long lost;

/* Print `"p50": ...` and so on of these seconds, sorting them. */
void print_percentiles(double *times, unsigned count);

void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
