/* Requests answered without Python: those for a file that it has just served to somebody, and that is the same for all.
 *
 * In a storm every phone asks for the same few files with the same bytes. Python tells which requests it knows the
 * answer to (table_learn), for a moment each, so a file that changes is seen soon. What a transfer begun here takes no
 * more than `resend_after` for is only reported when it is over; a longer one is handed over to Python, which has the timers,
 * and so is one whose phone says anything unusual.
 */
#include "tftp_fast.h"
#include <string.h>

/* --- what is known ------------------------------------------------------------------------------------------- */

static int is_request(const struct known *known, const uint8_t *request, uint32_t length)
{
    return known->length == length && !memcmp(known->request, request, length);
}

/* A place that no transfer uses: one of the same request, an empty one, or one that is out of date. */
static int place_for(struct table *table, const uint8_t *request, uint32_t length, double now)
{
    int free = -1;
    for (int number = 0; number < MOST_KNOWN; number++) {
        struct known *known = &table->known[number];
        if (is_request(known, request, length))
            known->length = 0;      /* its bytes are others now */
        if (!known->live && (!known->length || known->valid_until < now))
            free = number;
    }
    return free;
}

/* Answer these requests here for so many seconds, with transfers like `model`, whose bytes stay where they are as long
 * as transfers may hold on to them. Returns the number of its place, or -1 where there is none. */
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

/* The transfer that these numbers are of, if it was begun here. */
struct begun *begun_of(struct table *table, struct progress *progress)
{
    struct begun *begun = (struct begun *)progress;
    return begun >= table->begun && begun < table->begun + MOST_BEGUN ? begun : NULL;
}

/* The bytes of the first window, as in engine/tftp/transfer.py; they are given back at the first ACK. */
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

/* Whether the oldest transfer begun here waits to be handed over or forgotten. */
static int is_due(const struct table *table)
{
    return table->begun_count && table->begun[table->first_begun].due <= table->monotonic_now;
}

/* To be followed by the end of the run: until Python has added them to the table, an ACK would find no transfer. */
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

/* How much this address has sent in this second, before the datagram in hand. */
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

/* The transfer of this phone's port that is under way. */
static struct progress *under_way(struct table *table, uint32_t address, uint16_t port)
{
    struct progress *progress = *bucket(table, address, port);
    while (progress && (progress->address != address || progress->port != port || is_over(progress)))
        progress = progress->next;
    return progress;
}

/* Before Python looks at what a phone says: it must find the transfer that this may be about. */
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

/* The reply port of an address, as engine/tftp/reply_ports.py chooses it. */
static uint8_t port_for(const struct table *table, uint32_t address)
{
    return 1 + table->port_choices[ntohl(address) * table->port_multiplier >> 48] % table->spread;
}

/* Answer a request with the first window of its file; 0 if it is left to Python. */
int begin(struct table *table, const uint8_t *request, uint32_t length, const struct sockaddr_in *from, uint32_t own,
          uint32_t asked)
{
    uint32_t address = from->sin_addr.s_addr;
    uint16_t port = from->sin_port;
    /* What Python has yet to take over it must find first. */
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
