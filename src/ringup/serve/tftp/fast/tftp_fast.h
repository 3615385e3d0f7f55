/* What the two halves of the TFTP server's fast path share: tftp_fast.c (ACKs, the kernel) and tftp_known.c (requests). */
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
    BATCH = 64,             /* datagrams taken from one port before the next port gets its turn */
    MOST_OUT = 128,         /* packets handed to the kernel at once */
    ROOM = 1024,            /* bytes read of a datagram: a request has at most 512, so a longer one shows */
    MOST_LEFT = 256,        /* datagrams left to Python at once; as many finished and handed over */
    MOST_UNKNOWN_TIDS = 16, /* of them ACKs with unknown transfer IDs: a flood of those is only counted */
    BUCKETS = 1 << 15,
    MOST_PORTS = 17,        /* of requests, and sixteen of replies */
    MOST_KNOWN = 64,        /* requests that can be answered here: a boot has five that all phones share */
    LONGEST_KNOWN = 128,    /* bytes of one; names and modes that phones send have less than 40 */
    MOST_BEGUN = 1 << 14,   /* transfers begun here and not yet handed over or forgotten: 33,000 a second */
    ASKERS = 1 << 14,
    MOST_ASKED = 32,        /* requests of one address in a second; the others are left to Python, which has a bound too */
    LEFT_OF_ALL = 2048,     /* datagrams in a second that all addresses share while Python has many, */
    LEAST_SHARE = 32,       /* and what each of them has of these at least */
    PERIODS = 4,            /* of a second, in each of which the datagrams left to Python are counted */
    PORT_PLACES = 1 << 16,
    PYTHONS = 0xffff,       /* in the place of a known request's number: Python began this transfer */
};

/* The numbers of one transfer; NativeProgress in serve/tftp/fast/native.py has the same fields. */
struct progress {
    struct progress *next;  /* in its bucket */
    const uint8_t *data;    /* the whole file; or its packets one after another, headers included, if `ready` */
    uint64_t size;
    double deadline, wait, first_wait;
    uint32_t block_size, count, window, acked, sent, unanswered, resent;
    uint32_t address, own_address;      /* network order; own 0: the socket's own */
    uint16_t port;                      /* network order */
    uint8_t port_index, offering, ready;
};

/* A request that is answered here until `valid_until`, and what its transfers begin with. */
struct known {
    struct progress model;
    double valid_until;                 /* of CLOCK_MONOTONIC */
    uint32_t live;                      /* transfers that hold on to its bytes */
    uint32_t length;                    /* 0: forgotten */
    uint8_t request[LONGEST_KNOWN];
};

/* A transfer begun here. They stand in a ring in the order of their begin. */
struct begun {
    struct progress progress;           /* the first field: see `begun_of` */
    double started;                     /* of CLOCK_REALTIME */
    double due;                         /* of CLOCK_MONOTONIC: forgotten if it is over then, else handed to Python */
    uint16_t known;
    uint8_t gone;                       /* from its bucket */
};

/* What one address has sent in one second, ACKs of its transfers excepted. */
struct asker {
    uint32_t address, count;
    int64_t second;
};

/* A datagram that Python must look at, and what is known of it. */
struct left {
    uint32_t address, own_address;
    uint16_t port, length;
    uint32_t port_index;
    uint8_t data[ROOM];
};

struct finished {
    uint32_t address;
    uint16_t port, known;               /* known: of a transfer begun here, else PYTHONS */
    uint32_t resent;
    double started;
};

/* A transfer begun here that Python goes on with. */
struct handed {
    struct progress progress;
    double started;
    uint32_t known;
};

union control {             /* room for one IP_PKTINFO */
    struct cmsghdr header;
    uint8_t space[CMSG_SPACE(sizeof(struct in_pktinfo))];
};

/* Packets that leave from one port with the next call. */
struct outbox {
    uint32_t count;
    struct mmsghdr messages[MOST_OUT];
    struct iovec parts[MOST_OUT][2];
    struct sockaddr_in to[MOST_OUT];
    union control control[MOST_OUT];
    uint8_t header[MOST_OUT][HEADER];
};

struct table {
    /* Up to the blank line as _TableHead in serve/tftp/fast/native.py. */
    uint32_t left_count, finished_count, handed_count, most_left;
    int last_error;
    uint32_t live;                      /* transfers begun here and under way */
    uint64_t unknown_tids, unsent;      /* in all: ACKs with unknown IDs not left to Python; packets not taken */
    double resend_after;                    /* seconds after which a transfer begun here is handed over */
    uint32_t spread;                    /* reply ports that a request may be answered from; 0: Python begins them all */
    uint32_t main_address;              /* those ports' own; requests to another are left to Python */
    uint32_t many_left;                 /* left to Python in a period: from then on each address has a share */
    double unanswered_bytes;            /* that may still be sent to whoever acknowledges nothing; Python adds to them */

    /* poll(2) and not epoll: a socket that is watched all the time costs a look at its watcher for every packet that
     * has left, a twentieth of all. The last one is the wake-up descriptor. */
    uint32_t port_count;
    struct pollfd ports[MOST_PORTS + 1];
    struct left left[MOST_LEFT];
    struct finished finished[MOST_LEFT];
    struct handed handed[MOST_LEFT];
    uint32_t unknown_tids_left;            /* in this run */
    uint32_t left_in_period, senders;   /* senders: addresses in this second */
    int64_t period, second;
    double now, monotonic_now;          /* when the datagrams in hand came */
    struct progress *buckets[BUCKETS];

    struct known known[MOST_KNOWN];
    struct begun begun[MOST_BEGUN];
    uint32_t first_begun, begun_count;
    uint64_t port_multiplier;           /* these two: ReplyPortChoice in engine/tftp/reply_ports.py */
    uint8_t port_choices[PORT_PLACES];
    struct asker askers[ASKERS];

    struct mmsghdr in[BATCH];
    struct iovec in_room[BATCH];
    struct sockaddr_in in_from[BATCH];
    union control in_control[BATCH];
    uint8_t in_data[BATCH][ROOM];

    struct outbox outboxes[MOST_PORTS];
};

/* Fibonacci hashing, for the upper bits: phones of one network differ in few bits of their addresses. */
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
