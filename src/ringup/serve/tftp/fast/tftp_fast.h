/* Shared by the two files of the TFTP server's C library: tftp_fast.c (ACKs, sockets) and tftp_known.c (requests). */
#ifndef TFTP_FAST_H
#define TFTP_FAST_H
#define _GNU_SOURCE
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
    OPCODE_READ_REQUEST = 1,
    OPCODE_DATA = 3,
    OPCODE_ACK = 4,
    HEADER = 4,
    BATCH = 64,             /* max. number of datagrams read from one port before the next port */
    MOST_OUT = 128,         /* max. number of packets per sendmmsg(2) */
    ROOM = 1024,            /* bytes read of a datagram: a request has at most 512, so a longer one is noticed */
    MOST_LEFT = 256,        /* max. number of datagrams left to Python per run, and of each kind of transfers */
    MOST_UNKNOWN_TIDS = 16, /* max. number of ACKs with unknown transfer IDs among these; further ones are only counted */
    BUCKETS = 1 << 15,
    MOST_PORTS = 17,        /* one for requests and sixteen for replies */
    MOST_KNOWN = 64,        /* max. number of cached requests: all phones of a boot share five */
    LONGEST_KNOWN = 128,    /* maximum length of one in bytes; names and modes that phones send have less than 40 */
    MOST_BEGUN = 1 << 14,   /* max. number of transfers begun here and not yet handed over or forgotten: 33,000 per second */
    ASKERS = 1 << 14,
    MOST_ASKED = 32,        /* requests per address and second; Python, with its own limit, gets the others */
    LEFT_OF_ALL = 2048,     /* datagrams per second that all addresses share while Python has many to handle; */
    LEAST_SHARE = 32,       /* minimum share of each address */
    PERIODS = 4,            /* periods per second; the datagrams left to Python are counted in each */
    PORT_PLACES = 1 << 16,
    PYTHONS = 0xffff,       /* instead of a cached request's number: Python began this transfer */
};

/* The state of one transfer; NativeProgress in serve/tftp/fast/native.py has the same fields. */
struct progress {
    struct progress *next;  /* in the same bucket */
    const uint8_t *data;    /* the complete file; if `ready`, its packets one after another, headers included */
    uint64_t size;
    double deadline, wait, first_wait;
    uint32_t block_size, count, window, acked, sent, unanswered, resent;
    uint32_t address, own_address;      /* network order; own_address 0: the socket chooses it */
    uint16_t port;                      /* network order */
    uint8_t port_index, offering, ready;
};

/* A cached request that is answered here until `valid_until`, and the initial state of its transfers. */
struct known {
    struct progress model;
    double valid_until;                 /* of CLOCK_MONOTONIC */
    uint32_t live;                      /* running transfers that use its bytes */
    uint32_t length;                    /* 0: this entry is free */
    uint8_t request[LONGEST_KNOWN];
};

/* A transfer begun here; these are in a ring, ordered by their start. */
struct begun {
    struct progress progress;           /* the first field: see `begun_of` */
    double started;                     /* of CLOCK_REALTIME */
    double due;                         /* by CLOCK_MONOTONIC: then it is forgotten if finished, else handed to Python */
    uint16_t known;
    uint8_t gone;                       /* 1: no longer in its bucket */
};

/* The number of datagrams from one address in one second, without the ACKs of its transfers. */
struct asker {
    uint32_t address, count;
    int64_t second;
};

/* A datagram that Python must handle, with its sender, local address and port. */
struct left {
    uint32_t address, own_address;
    uint16_t port, length;
    uint32_t port_index;
    uint8_t data[ROOM];
};

struct finished {
    uint32_t address;
    uint16_t port, known;               /* known: number of the cached request if the transfer began here, else PYTHONS */
    uint32_t resent;
    double started;
};

/* A transfer begun here that Python continues. */
struct handed {
    struct progress progress;
    double started;
    uint32_t known;
};

union control {             /* room for one IP_PKTINFO */
    struct cmsghdr header;
    uint8_t space[CMSG_SPACE(sizeof(struct in_pktinfo))];
};

/* Packets that the next flush sends from one port. */
struct outbox {
    uint32_t count;
    struct mmsghdr messages[MOST_OUT];
    struct iovec parts[MOST_OUT][2];
    struct sockaddr_in to[MOST_OUT];
    union control control[MOST_OUT];
    uint8_t header[MOST_OUT][HEADER];
};

struct table {
    /* _TableHead in serve/tftp/fast/native.py has the same fields, up to the blank line. */
    uint32_t left_count, finished_count, handed_count, most_left;
    int last_error;
    uint32_t live;                      /* running transfers that began here */
    uint64_t unknown_tids, unsent;      /* since the start: ACKs with unknown IDs not left to Python; packets not sent */
    double resend_after;                    /* seconds after which a transfer begun here is handed over */
    uint32_t spread;                    /* number of reply ports for transfers begun here; 0: Python begins all transfers */
    uint32_t main_address;              /* local address of these ports; requests to another address are left to Python */
    uint32_t many_left;                 /* datagrams per period above which each address has a share */
    double unanswered_bytes;            /* bytes that may be sent before a first ACK; Python adds to them */

    /* poll(2) and not epoll: for a socket that epoll watches, the kernel checks the watcher with every packet sent,
     * which takes a twentieth of the time. The last one is the wake-up descriptor. */
    uint32_t port_count;
    struct pollfd ports[MOST_PORTS + 1];
    struct left left[MOST_LEFT];
    struct finished finished[MOST_LEFT];
    struct handed handed[MOST_LEFT];
    uint32_t unknown_tids_left;            /* during this call of run() */
    uint32_t left_in_period, senders;   /* senders: number of addresses that sent in this second */
    int64_t period, second;
    double now, monotonic_now;          /* when the current datagrams arrived */
    struct progress *buckets[BUCKETS];

    struct known known[MOST_KNOWN];
    struct begun begun[MOST_BEGUN];
    uint32_t first_begun, begun_count;
    uint64_t port_multiplier;           /* these two as in ReplyPortChoice in engine/tftp/reply_ports.py */
    uint8_t port_choices[PORT_PLACES];
    struct asker askers[ASKERS];

    struct mmsghdr in[BATCH];
    struct iovec in_room[BATCH];
    struct sockaddr_in in_from[BATCH];
    union control in_control[BATCH];
    uint8_t in_data[BATCH][ROOM];

    struct outbox outboxes[MOST_PORTS];
};

/* Fibonacci hash; use its upper bits, because the addresses of one network differ in few bits. */
static inline uint64_t mixed(uint32_t address, uint16_t port)
{
    return ((uint64_t)address << 16 | port) * 0x9e3779b97f4a7c15u;
}

/* tftp_fast.c */
struct progress **bucket(struct table *table, uint32_t address, uint16_t port);
void table_add(struct table *table, struct progress *progress);
void table_remove(struct table *table, struct progress *progress);
void table_send(struct table *table, const struct progress *progress);

/* tftp_known.c */
uint32_t first_bytes(const struct progress *progress);
struct begun *begun_of(struct table *table, struct progress *progress);
uint32_t count_of(struct table *table, uint32_t address);
int begin(struct table *table, const uint8_t *request, uint32_t length, const struct sockaddr_in *from, uint32_t own,
          uint32_t asked);
void note_end(struct table *table, struct begun *begun);
void hand_over_due(struct table *table);
void hand_over_of(struct table *table, const struct sockaddr_in *from);

#endif
