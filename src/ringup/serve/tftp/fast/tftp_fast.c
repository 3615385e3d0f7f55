/* The TFTP server's C library: answer ACKs with DATA packets, without Python.
 *
 * Nearly every datagram of a boot storm is an ACK, and the answer is the next block. ACKs are answered here, and so
 * are the requests that tftp_known.c has cached. All other datagrams (other requests, errors, ACKs with unknown
 * transfer IDs) are left to Python unchanged. The rules for ACKs are those of engine/tftp/progress.py, and the
 * engine's tests run against both. This file is optional: without it, Python does all of this.
 *
 * One thread calls run(); no other thread may use the table meanwhile. No memory is allocated after table_new.
 */
#include "tftp_fast.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double GATHER_SECONDS = 0.002;

/* Python compares these sizes with its own before it uses the library; `left_size` is the size of an array element. */
size_t progress_size(void) { return sizeof(struct progress); }
size_t handed_size(void) { return sizeof(struct handed); }
size_t finished_size(void) { return sizeof(struct finished); }
size_t left_head_size(void) { return offsetof(struct left, data); }
size_t table_head_size(void) { return offsetof(struct table, port_count); }
size_t left_size(void) { return sizeof(struct left); }
struct left *table_left(struct table *table) { return table->left; }
struct finished *table_finished(struct table *table) { return table->finished; }
struct handed *table_handed(struct table *table) { return table->handed; }

/* Update the state by an ACK; returns the number of packets to send, starting at `acked`. */
uint32_t acknowledge(struct progress *progress, uint32_t number, double now)
{
    if (progress->offering) {
        if (number)
            return 0;
        progress->offering = 0;
    } else {
        uint32_t step = (number - progress->acked) & 0xffff;
        if (step == 0 || step > progress->sent - progress->acked)
            return 0;
        progress->acked += step;
        if (progress->acked == progress->count)
            return 0;
        uint32_t again = progress->sent - progress->acked;
        if (again && progress->resent + again > progress->acked + progress->window) {
            progress->unanswered = 0;
            progress->wait = progress->first_wait;
            return 0;
        }
        progress->resent += again;
    }
    uint32_t left = progress->count - progress->acked;
    progress->unanswered = 0;
    progress->wait = progress->first_wait;
    progress->deadline = now + progress->wait;
    progress->sent = progress->acked + (left < progress->window ? left : progress->window);
    return progress->sent - progress->acked;
}

/* --- the table ----------------------------------------------------------------------------------------------- */

struct progress **bucket(struct table *table, uint32_t address, uint16_t port)
{
    return &table->buckets[mixed(address, port) >> 49];
}

static struct progress *find(struct table *table, uint32_t address, uint16_t port, uint32_t port_index)
{
    struct progress *progress = *bucket(table, address, port);
    while (progress && (progress->address != address || progress->port != port || progress->port_index != port_index))
        progress = progress->next;
    return progress;
}

void table_add(struct table *table, struct progress *progress)
{
    struct progress **first = bucket(table, progress->address, progress->port);
    progress->next = *first;
    *first = progress;
}

void table_remove(struct table *table, struct progress *progress)
{
    struct progress **place = bucket(table, progress->address, progress->port);
    while (*place && *place != progress)
        place = &(*place)->next;
    if (*place)
        *place = progress->next;
}

static void prepare(struct outbox *outbox)
{
    for (uint32_t i = 0; i < MOST_OUT; i++) {
        outbox->to[i].sin_family = AF_INET;
        outbox->messages[i].msg_hdr = (struct msghdr){.msg_name = &outbox->to[i], .msg_namelen = sizeof outbox->to[i],
                                                      .msg_iov = outbox->parts[i]};
        outbox->control[i].header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo)),
                                                     .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO};
    }
}

void table_free(struct table *table) { free(table); }

/* Returns NULL and sets errno if there is no memory or there are too many ports. */
struct table *table_new(const int *ports, uint32_t count, int wake_up)
{
    if (count > MOST_PORTS) {
        errno = EINVAL;
        return NULL;
    }
    struct table *table = calloc(1, sizeof *table);
    if (!table)
        return NULL;
    table->most_left = MOST_LEFT;
    table->resend_after = 0.5;
    table->many_left = 1000;
    table->port_count = count;
    for (uint32_t index = 0; index < count; index++)
        table->ports[index] = (struct pollfd){.fd = ports[index], .events = POLLIN};
    table->ports[count] = (struct pollfd){.fd = wake_up, .events = POLLIN};
    for (uint32_t i = 0; i < BATCH; i++) {
        table->in_room[i] = (struct iovec){table->in_data[i], ROOM};
        table->in[i].msg_hdr = (struct msghdr){.msg_name = &table->in_from[i], .msg_iov = &table->in_room[i],
                                               .msg_iovlen = 1, .msg_control = &table->in_control[i]};
    }
    for (uint32_t index = 0; index < count; index++)
        prepare(&table->outboxes[index]);
    return table;
}

/* --- sending ------------------------------------------------------------------------------------------------- */

static void flush(struct table *table, uint32_t port_index)
{
    struct outbox *outbox = &table->outboxes[port_index];
    uint32_t gone = 0;
    while (gone < outbox->count) {
        int sent = sendmmsg(table->ports[port_index].fd, outbox->messages + gone, outbox->count - gone, MSG_DONTWAIT);
        if (sent > 0) {
            gone += sent;
            continue;
        }
        if (errno == EINTR)
            continue;
        table->last_error = errno;
        /* A full queue refuses the other packets, too; any other error concerns only the first packet. */
        uint32_t lost = errno == EAGAIN || errno == ENOBUFS ? outbox->count - gone : 1;
        table->unsent += lost;
        gone += lost;
    }
    outbox->count = 0;
}

static void queue_data(struct table *table, const struct progress *progress, uint32_t number)
{
    struct outbox *outbox = &table->outboxes[progress->port_index];
    if (outbox->count == MOST_OUT)
        flush(table, progress->port_index);
    uint32_t i = outbox->count++;
    uint64_t left = progress->size - (uint64_t)number * progress->block_size;
    uint32_t length = left < progress->block_size ? left : progress->block_size;
    struct iovec *parts = outbox->parts[i];
    struct msghdr *message = &outbox->messages[i].msg_hdr;
    if (progress->ready) {  /* the kernel sends one part a little faster than two */
        const uint8_t *packet = progress->data + (uint64_t)number * (progress->block_size + HEADER);
        parts[0] = (struct iovec){(void *)packet, length + HEADER};
        message->msg_iovlen = 1;
    } else {
        uint8_t *header = outbox->header[i];
        header[0] = 0;
        header[1] = OPCODE_DATA;
        header[2] = (number + 1) >> 8;
        header[3] = number + 1;
        parts[0] = (struct iovec){header, HEADER};
        parts[1] = (struct iovec){(void *)(progress->data + (uint64_t)number * progress->block_size), length};
        message->msg_iovlen = 2;
    }
    outbox->to[i].sin_addr.s_addr = progress->address;
    outbox->to[i].sin_port = progress->port;
    if (progress->own_address) {
        struct in_pktinfo *info = (struct in_pktinfo *)CMSG_DATA(&outbox->control[i].header);
        info->ipi_spec_dst.s_addr = progress->own_address;
        message->msg_control = &outbox->control[i];
        message->msg_controllen = CMSG_SPACE(sizeof *info);
    } else {
        message->msg_control = NULL;
        message->msg_controllen = 0;
    }
}

/* Queue the current window, the packets from `acked` to `sent`, for the next flush. */
void table_send(struct table *table, const struct progress *progress)
{
    for (uint32_t number = progress->acked; number < progress->sent; number++)
        queue_data(table, progress, number);
}

void table_flush(struct table *table)
{
    for (uint32_t index = 0; index < table->port_count; index++)
        if (table->outboxes[index].count)
            flush(table, index);
}

/* --- receiving ----------------------------------------------------------------------------------------------- */

static uint32_t own_address(struct msghdr *message)
{
    for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control; control = CMSG_NXTHDR(message, control))
        if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO)
            return ((struct in_pktinfo *)CMSG_DATA(control))->ipi_spec_dst.s_addr;
    return 0;
}

static void leave(struct table *table, uint32_t i, uint32_t port_index)
{
    struct left *left = &table->left[table->left_count++];
    left->address = table->in_from[i].sin_addr.s_addr;
    left->port = table->in_from[i].sin_port;
    left->own_address = own_address(&table->in[i].msg_hdr);
    left->port_index = port_index;
    left->length = table->in[i].msg_len;
    memcpy(left->data, table->in_data[i], left->length);
}

static void finish(struct table *table, struct progress *progress)
{
    struct finished *finished = &table->finished[table->finished_count++];
    struct begun *begun = begun_of(table, progress);
    *finished = (struct finished){progress->address, progress->port, PYTHONS, progress->resent, 0.0};
    if (begun) {                /* the transfer stays in its bucket, because its phone may repeat the last ACK */
        finished->known = begun->known;
        finished->started = begun->started;
        note_end(table, begun);
    } else {
        table_remove(table, progress);
    }
}

/* Answer an ACK; returns 0 if it is left to Python. */
static int answer_ack(struct table *table, uint32_t i, uint32_t port_index)
{
    const uint8_t *data = table->in_data[i];
    uint32_t address = table->in_from[i].sin_addr.s_addr;
    uint16_t port = table->in_from[i].sin_port;
    struct progress *progress = find(table, address, port, port_index);
    if (!progress) {
        if (table->unknown_tids_left < MOST_UNKNOWN_TIDS) {
            table->unknown_tids_left++;
            return 0;
        }
        table->unknown_tids++;
        return 1;
    }
    if (progress->acked == progress->count) /* a repeated last ACK of a transfer that began here and is finished */
        return 1;
    int is_first = !progress->acked;
    uint32_t packets = acknowledge(progress, data[2] << 8 | data[3], table->now);
    if (is_first && progress->acked && begun_of(table, progress))
        table->unanswered_bytes += first_bytes(progress);
    for (uint32_t number = progress->acked; packets; number++, packets--)
        queue_data(table, progress, number);
    if (progress->acked == progress->count)
        finish(table, progress);
    return 1;
}

/* Returns whether to drop a datagram: Python has many in this period, and this address has used up its share.
 * Otherwise a flood of requests would fill the kernel's queue, and a phone's request would wait there for seconds. */
static int is_too_much(struct table *table, uint32_t sent)
{
    int64_t period = (int64_t)(table->now * PERIODS);
    if (table->period != period) {
        table->period = period;
        table->left_in_period = 0;
    }
    uint32_t share = table->senders ? LEFT_OF_ALL / table->senders : LEFT_OF_ALL;
    if (table->left_in_period >= table->many_left && sent >= (share > LEAST_SHARE ? share : LEAST_SHARE)) {
        table->unknown_tids++;
        return 1;
    }
    table->left_in_period++;
    return 0;
}

/* Answer or drop a datagram; returns 0 if it is left to Python. */
static int answer(struct table *table, uint32_t i, uint32_t port_index)
{
    const uint8_t *data = table->in_data[i];
    uint32_t length = table->in[i].msg_len;
    int is_complete = length >= HEADER && !data[0];
    if (is_complete && data[1] == OPCODE_ACK)
        return answer_ack(table, i, port_index);
    /* A datagram to a reply port is not a request and can wait. If it is forged, it must not use up a phone's share. */
    uint32_t sent = port_index ? LEFT_OF_ALL : count_of(table, table->in_from[i].sin_addr.s_addr);
    if (is_complete && data[1] == OPCODE_READ_REQUEST && port_index == 0 &&
        begin(table, data, length, &table->in_from[i], own_address(&table->in[i].msg_hdr), sent))
        return 1;
    if (is_too_much(table, sent))
        return 1;
    if (is_complete)
        hand_over_of(table, &table->in_from[i]);
    return 0;
}

static double clock_seconds(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

static void drain(struct table *table, uint32_t port_index)
{
    for (uint32_t i = 0; i < BATCH; i++) {
        table->in[i].msg_hdr.msg_namelen = sizeof table->in_from[i];
        table->in[i].msg_hdr.msg_controllen = sizeof table->in_control[i];
    }
    int received = recvmmsg(table->ports[port_index].fd, table->in, BATCH, MSG_DONTWAIT, NULL);
    table->now = clock_seconds(CLOCK_REALTIME);
    for (int i = 0; i < received; i++)
        if (table->in_from[i].sin_port && !answer(table, i, port_index)) /* port 0 cannot be answered */
            leave(table, i, port_index);
    if (port_index)
        flush(table, port_index);
    else
        table_flush(table);     /* a transfer begun by a request may use any reply port */
}

static int has_room(const struct table *table)
{
    return table->left_count <= MOST_LEFT - BATCH && table->finished_count <= MOST_LEFT - BATCH &&
           table->handed_count <= MOST_LEFT - BATCH;
}

static int gathered(const struct table *table)
{
    return table->left_count + table->finished_count + table->handed_count;
}

static double earlier(double one, double other) { return one < other ? one : other; }

/* Wait for datagrams until this time; returns 0 if none came or Python is to wake up, or -1 and sets errno. */
static int wait_for_some(struct table *table, double until)
{
    if (table->begun_count)
        until = earlier(until, table->begun[table->first_begun].due);
    double wait = until - table->monotonic_now;
    int ready = poll(table->ports, table->port_count + 1, gathered(table) || wait <= 0 ? 0 : (int)(wait * 1000) + 1);
    if (ready < 0)
        return errno == EINTR ? 0 : -1;
    return ready > 0 && !table->ports[table->port_count].revents;
}

/* Serve until Python has datagrams or transfers to handle, the wake-up descriptor is readable, or `seconds` are over.
 * These are gathered while more datagrams are waiting, for at most GATHER_SECONDS: in a boot storm Python then gets
 * many of them per call. Returns their number, or -1 and sets errno. */
int run(struct table *table, double seconds)
{
    table->left_count = table->finished_count = table->handed_count = table->unknown_tids_left = 0;
    table->monotonic_now = clock_seconds(CLOCK_MONOTONIC);
    double until = table->monotonic_now + seconds;
    do {
        int had_some = gathered(table), ready = wait_for_some(table, until);
        if (ready < 0)
            return -1;
        table->monotonic_now = clock_seconds(CLOCK_MONOTONIC);
        for (uint32_t index = 0; ready && index < table->port_count; index++)
            if (table->ports[index].revents && has_room(table))
                drain(table, index);
        hand_over_due(table);
        if (table->handed_count || (!ready && (gathered(table) || table->ports[table->port_count].revents)))
            break;
        if (!had_some && gathered(table))
            until = earlier(until, table->monotonic_now + GATHER_SECONDS);
    } while (table->monotonic_now < until && has_room(table));
    return gathered(table);
}
