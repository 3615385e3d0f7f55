/* Answer requests without Python for files that Python has just served and that are the same for all phones.
 *
 * In a boot storm every phone requests the same few files with the same bytes. Python caches such a request here for
 * a moment (table_learn), so that a changed file is noticed soon. A transfer that takes at most `resend_after` seconds
 * is only reported to Python at its end. A longer one is handed over to Python, which has the timers, and so is one
 * whose phone sends anything but an ACK.
 */
#include "tftp_fast.h"
#include <string.h>

/* --- cached requests ------------------------------------------------------------------------------------------ */

static int is_request(const struct known *known, const uint8_t *request, uint32_t length)
{
    return known->length == length && !memcmp(known->request, request, length);
}

/* Returns an entry that no transfer uses and that is free, outdated or of the same request; -1 if there is none. */
static int place_for(struct table *table, const uint8_t *request, uint32_t length, double now)
{
    int free = -1;
    for (int number = 0; number < MOST_KNOWN; number++) {
        struct known *known = &table->known[number];
        if (is_request(known, request, length))
            known->length = 0;      /* the file has changed */
        if (!known->live && (!known->length || known->valid_until < now))
            free = number;
    }
    return free;
}

/* Answer this request here for this many seconds, with transfers that begin like `model`. The caller keeps the bytes
 * of `model` as long as transfers may use them. Returns the number of the entry, or -1 if none is free. */
int table_learn(struct table *table, const uint8_t *request, uint32_t length, const struct progress *model, double now,
                double seconds)
{
    if (!table->spread || length > LONGEST_KNOWN)
        return -1;
    for (int number = 0; number < MOST_KNOWN; number++) {
        struct known *known = &table->known[number];
        if (is_request(known, request, length) && known->model.data == model->data) {
            known->valid_until = now + seconds;
            return number;
        }
    }
    int number = place_for(table, request, length, now);
    if (number < 0)
        return -1;
    struct known *known = &table->known[number];
    known->model = *model;
    known->valid_until = now + seconds;
    known->length = length;
    memcpy(known->request, request, length);
    return number;
}

static struct known *look_up(struct table *table, const uint8_t *request, uint32_t length)
{
    for (struct known *known = table->known; known < table->known + MOST_KNOWN; known++)
        if (is_request(known, request, length))
            return known->valid_until >= table->monotonic_now ? known : NULL;
    return NULL;
}

/* --- begun transfers ----------------------------------------------------------------------------------------- */

/* Returns the transfer with this state if it began here, else NULL. */
struct begun *begun_of(struct table *table, struct progress *progress)
{
    struct begun *begun = (struct begun *)progress;
    return begun >= table->begun && begun < table->begun + MOST_BEGUN ? begun : NULL;
}

/* Returns the bytes of the first window, as in engine/tftp/transfer.py; the first ACK gives them back to the bucket. */
uint32_t first_bytes(const struct progress *progress)
{
    uint32_t packets = progress->count < progress->window ? progress->count : progress->window;
    uint64_t payload = (uint64_t)packets * progress->block_size;
    return (payload < progress->size ? payload : progress->size) + HEADER * packets;
}

static int is_over(const struct progress *progress) { return progress->acked == progress->count; }

static void forget(struct table *table, struct begun *begun)
{
    table_remove(table, &begun->progress);
    begun->gone = 1;
}

static void hand_over(struct table *table, struct begun *begun)
{
    table->handed[table->handed_count++] = (struct handed){begun->progress, begun->started, begun->known};
    table->known[begun->known].live--;
    table->live--;
    forget(table, begun);
}

void note_end(struct table *table, struct begun *begun)
{
    table->known[begun->known].live--;
    table->live--;
}

/* Returns whether the oldest transfer begun here must now be handed over or forgotten. */
static int is_due(const struct table *table)
{
    return table->begun_count && table->begun[table->first_begun].due <= table->monotonic_now;
}

/* Hand over the transfers that are due. run() must end then: an ACK finds them only when Python has added them again. */
void hand_over_due(struct table *table)
{
    while (is_due(table) && table->handed_count < MOST_LEFT) {
        struct begun *begun = &table->begun[table->first_begun];
        if (!begun->gone && is_over(&begun->progress))
            forget(table, begun);
        else if (!begun->gone)
            hand_over(table, begun);
        table->first_begun = (table->first_begun + 1) % MOST_BEGUN;
        table->begun_count--;
    }
}

/* Returns the number of datagrams of this address in this second, before the current one. */
uint32_t count_of(struct table *table, uint32_t address)
{
    struct asker *asker = &table->askers[mixed(address, 0) >> 50];
    int64_t second = (int64_t)table->now;
    if (table->second != second) {
        table->second = second;
        table->senders = 0;
    }
    if (asker->address != address || asker->second != second) {
        *asker = (struct asker){address, 0, second};
        table->senders++;
    }
    return asker->count++;
}

/* Returns the running transfer of this phone's port, or NULL. */
static struct progress *under_way(struct table *table, uint32_t address, uint16_t port)
{
    struct progress *progress = *bucket(table, address, port);
    while (progress && (progress->address != address || progress->port != port || is_over(progress)))
        progress = progress->next;
    return progress;
}

/* Hand over a phone's transfer before Python handles a datagram of this phone, which may concern the transfer. */
void hand_over_of(struct table *table, const struct sockaddr_in *from)
{
    struct progress *progress = under_way(table, from->sin_addr.s_addr, from->sin_port);
    if (progress && begun_of(table, progress))
        hand_over(table, begun_of(table, progress));
}

void table_choose_ports(struct table *table, uint64_t multiplier, const uint8_t *choices)
{
    table->port_multiplier = multiplier;
    memcpy(table->port_choices, choices, PORT_PLACES);
}

/* Returns the reply port of an address, chosen as in engine/tftp/reply_ports.py. */
static uint8_t port_for(const struct table *table, uint32_t address)
{
    return 1 + table->port_choices[ntohl(address) * table->port_multiplier >> 48] % table->spread;
}

/* Answer a request with the first window of its file; returns 0 if the request is left to Python. */
int begin(struct table *table, const uint8_t *request, uint32_t length, const struct sockaddr_in *from, uint32_t own,
          uint32_t asked)
{
    uint32_t address = from->sin_addr.s_addr;
    uint16_t port = from->sin_port;
    /* Python must take over the transfers handed to it before a new one begins. */
    if (own != table->main_address || table->handed_count || table->begun_count == MOST_BEGUN)
        return 0;
    struct known *known = look_up(table, request, length);
    if (!known || first_bytes(&known->model) > table->unanswered_bytes || asked >= MOST_ASKED ||
        under_way(table, address, port))
        return 0;
    struct begun *begun = &table->begun[(table->first_begun + table->begun_count++) % MOST_BEGUN];
    *begun = (struct begun){.progress = known->model, .started = table->now, .known = known - table->known,
                            .due = table->monotonic_now + table->resend_after};
    struct progress *progress = &begun->progress;
    progress->address = address;
    progress->port = port;
    progress->port_index = port_for(table, address);
    progress->deadline = table->now + progress->wait;
    progress->sent = progress->count < progress->window ? progress->count : progress->window;
    known->live++;
    table->live++;
    table->unanswered_bytes -= first_bytes(progress);
    table_add(table, progress);
    table_send(table, progress);
    return 1;
}
