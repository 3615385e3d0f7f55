/* Send and receive many datagrams with one system call; both clients use this. */
#ifndef BATCH_H
#define BATCH_H

#define _GNU_SOURCE
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { BATCH = 256, LARGEST = 1024, LARGEST_SENT = 400 };

/* Datagrams that wait to be sent from one socket. */
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

/* Datagrams that one call received from a socket. */
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

/* Open a UDP socket with a large receive buffer on this address and port (host order; 0 is any). */
struct outbox *open_outbox(uint32_t address, uint16_t port);

/* Return the buffer for a datagram to `peer` from our address `source` (host order; 0: as the route decides). */
unsigned char *to_send(struct outbox *out, struct sockaddr_in peer, uint32_t source, size_t size);

void flush(struct outbox *out);

/* Receive the waiting datagrams; returns their number. */
int receive_waiting(struct inbox *in, int socket);

size_t size_of(const struct inbox *in, int slot);

/* Return the address, in host order, to which a datagram was sent; it is one of ours. */
uint32_t destination_of(const struct inbox *in, int slot);

double now(void);

/* Return the seconds of processor time that this process has used. */
double cpu(void);

/* Choose the share of datagrams that are lost; the same seed loses the same ones. */
void seed_loss(double share, uint64_t seed);
bool is_lost(void);
extern unsigned long lost;

/* Sort these seconds and print `"p50": ...` and so on. */
void print_percentiles(double *times, unsigned count);

void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
