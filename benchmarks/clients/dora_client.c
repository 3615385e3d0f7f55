/* A fleet of phones that fetch their addresses over DHCP through one relay agent, from one thread.
 *
 * Each sends DISCOVER, gets OFFER, sends REQUEST and gets ACK, with the options of a 7960. A message without a reply
 * is retransmitted after four seconds. The transaction id is the end of the phone's MAC, so one subtraction finds the
 * phone of a reply. The relay agent's address is in the served network, so servers need no other subnet. The result
 * is one line of JSON; status 1 if a phone got no address, or an address that another phone has.
 */
#include "batch.h"
#include "pace.h"
#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DISCOVER = 1, OFFER = 2, REQUEST = 3, ACK = 5, NAK = 6 };
enum { FIXED = 236, OPTIONS = 240, MESSAGE_LENGTH = 320, MOST_TRIES = 5 };
enum { AT_XID = 4, AT_YIADDR = 16, AT_GIADDR = 24, AT_CHADDR = 28 };
enum { REQUESTED_ADDRESS = 50, MESSAGE_TYPE = 53, SERVER_IDENTIFIER = 54, PARAMETER_LIST = 55, VENDOR_CLASS = 60 };
enum state { WAITING, DISCOVERING, REQUESTING, DONE, FAILED };

static const unsigned char COOKIE[] = {99, 130, 83, 99};
static const unsigned char WANTED[] = {1, 66, 6, 3, 15, 150, 35};
static const char CLASS[] = "Cisco Systems, Inc. IP Phone CP-7960G"; /* its terminating zero is sent too */

struct phone {
    double start_at, deadline, ended_at;
    uint32_t address, server; /* in network byte order */
    uint8_t tries, state;
};

static struct {
    struct sockaddr_in server;
    uint32_t relay;
    uint64_t first_mac;
    uint16_t relay_port;
    double retry;
} option = {.retry = 4, .relay_port = 67, .first_mac = 0x00070E000000};

static struct phone *phones;
static struct outbox *out;

static struct {
    unsigned long completed, failed, retransmissions, strange, naks, changed, late, received;
} seen;

/* --- sending --------------------------------------------------------------------------------------- */

static unsigned char *put(unsigned char *at, uint8_t code, const void *value, uint8_t size)
{
    *at++ = code;
    *at++ = size;
    memcpy(at, value, size);
    return at + size;
}

static void say(const struct phone *phone, uint8_t type)
{
    uint64_t mac = option.first_mac + (phone - phones);
    uint32_t xid = htonl((uint32_t)mac), relay = htonl(option.relay);
    unsigned char *message = to_send(out, option.server, option.relay, MESSAGE_LENGTH), *at = message + OPTIONS;
    memset(message, 0, MESSAGE_LENGTH);
    message[0] = message[1] = message[3] = 1; /* BOOTREQUEST, Ethernet, one hop */
    message[2] = 6;
    memcpy(message + AT_XID, &xid, 4);
    memcpy(message + AT_GIADDR, &relay, 4);
    for (unsigned byte = 0; byte < 6; byte++)
        message[AT_CHADDR + byte] = mac >> (40 - 8 * byte);
    memcpy(message + FIXED, COOKIE, sizeof COOKIE);
    at = put(at, MESSAGE_TYPE, &type, 1);
    if (type == REQUEST) {
        at = put(at, REQUESTED_ADDRESS, &phone->address, 4);
        at = put(at, SERVER_IDENTIFIER, &phone->server, 4);
    }
    at = put(at, VENDOR_CLASS, CLASS, sizeof CLASS);
    at = put(at, PARAMETER_LIST, WANTED, sizeof WANTED);
    *at = 255;
}

/* --- one phone -------------------------------------------------------------------------------------- */

static void enter(struct phone *phone, enum state state, double at)
{
    phone->state = state;
    phone->tries = 0;
    phone->deadline = at + option.retry;
    say(phone, state == DISCOVERING ? DISCOVER : REQUEST);
}

static void end(struct phone *phone, enum state state, double at)
{
    phone->state = state;
    phone->ended_at = at;
    pace.ended++;
    *(state == DONE ? &seen.completed : &seen.failed) += 1;
}

static void repeat_last_words(struct phone *phone, double at)
{
    if (++phone->tries > MOST_TRIES) {
        end(phone, FAILED, at);
        return;
    }
    seen.retransmissions++;
    phone->deadline = at + option.retry;
    say(phone, phone->state == DISCOVERING ? DISCOVER : REQUEST);
}

/* Find an option's value with at least `size` bytes; NULL if there is none. */
static const unsigned char *option_of(const unsigned char *message, size_t length, uint8_t code, uint8_t size)
{
    const unsigned char *at = message + OPTIONS, *stop = message + length;
    while (at + 2 <= stop && *at != 255) {
        if (*at == 0)
            at++;
        else if (at + 2 + at[1] > stop)
            return NULL;
        else if (*at == code)
            return at[1] >= size ? at + 2 : NULL;
        else
            at += 2 + at[1];
    }
    return NULL;
}

static void take_ack(struct phone *phone, uint32_t address, double at)
{
    seen.changed += address != phone->address;
    phone->address = address;
    end(phone, DONE, at);
}

static void take(struct phone *phone, const unsigned char *message, size_t length, double at)
{
    const unsigned char *type = option_of(message, length, MESSAGE_TYPE, 1);
    const unsigned char *server = option_of(message, length, SERVER_IDENTIFIER, 4);
    uint32_t address;
    memcpy(&address, message + AT_YIADDR, 4);
    if (!type || !server)
        seen.strange++;
    else if (*type == OFFER && phone->state == DISCOVERING && address) {
        phone->address = address;
        memcpy(&phone->server, server, 4);
        enter(phone, REQUESTING, at);
    } else if (*type == ACK && phone->state == REQUESTING && address)
        take_ack(phone, address, at);
    else if (*type == NAK && phone->state == REQUESTING) {
        seen.naks++;
        enter(phone, DISCOVERING, at);
    } else
        seen.late++;
}

static void receive(unsigned number)
{
    (void)number;   /* all phones use the socket of one relay */
    static struct inbox in;
    int count = receive_waiting(&in, out->socket);
    double at = now();
    for (int slot = 0; slot < count; slot++) {
        const unsigned char *message = in.packets[slot];
        uint32_t xid;
        memcpy(&xid, message + AT_XID, 4);
        uint32_t index = ntohl(xid) - (uint32_t)option.first_mac;
        seen.received++;
        if (index < pace.started && size_of(&in, slot) > OPTIONS && !memcmp(message + FIXED, COOKIE, 4))
            take(&phones[index], message, size_of(&in, slot), at);
        else
            seen.strange++;
    }
}

/* --- the fleet ------------------------------------------------------------------------------------- */

static void sweep(double at)
{
    for (unsigned index = 0; index < pace.started; index++) {
        struct phone *phone = &phones[index];
        if ((phone->state == DISCOVERING || phone->state == REQUESTING) && phone->deadline <= at)
            repeat_last_words(phone, at);
    }
}

static void start(unsigned index, double due, double at)
{
    phones[index].start_at = due;
    enter(&phones[index], DISCOVERING, at);
}

static void flush_out(void) { flush(out); }

static double run(void)
{
    static const struct actions actions = {start, sweep, flush_out, receive};
    struct pollfd polled = {out->socket, POLLIN, 0};
    return run_storm(&actions, &polled, 1);
}

/* --- start and result ------------------------------------------------------------------------------- */

static int by_value(const void *one, const void *other)
{
    uint32_t left = *(const uint32_t *)one, right = *(const uint32_t *)other;
    return (left > right) - (left < right);
}

/* Return the number of phones that got an address which another phone has. */
static unsigned count_twice(void)
{
    uint32_t *addresses = calloc(pace.phones + 1, sizeof *addresses);
    unsigned count = 0, twice = 0;
    for (unsigned index = 0; index < pace.phones; index++)
        if (phones[index].state == DONE)
            addresses[count++] = phones[index].address;
    qsort(addresses, count, sizeof *addresses, by_value);
    for (unsigned index = 1; index < count; index++)
        twice += addresses[index] == addresses[index - 1];
    return twice;
}

static void report(double seconds, double cpu_seconds, unsigned twice)
{
    double *times = calloc(pace.phones + 1, sizeof *times);
    unsigned count = 0;
    for (unsigned index = 0; index < pace.phones; index++)
        if (phones[index].state == DONE)
            times[count++] = phones[index].ended_at - phones[index].start_at;
    printf("{\"phones\": %u, \"completed\": %lu, \"unfinished\": %lu, \"failed\": %lu, \"mismatches\": %lu, "
           "\"twice\": %u, \"naks\": %lu, \"retransmissions\": %lu, \"strange\": %lu, \"late\": %lu, "
           "\"requests\": %lu, \"blocks\": 0, \"bytes\": 0, \"sent\": %lu, \"received\": %lu, "
           "\"seconds\": %.6f, \"cpu\": %.6f",
           pace.phones, seen.completed, pace.phones - seen.completed - seen.failed, seen.failed,
           seen.changed, twice, seen.naks, seen.retransmissions, seen.strange, seen.late, seen.completed,
           out->sent, seen.received, seconds, cpu_seconds);
    print_percentiles(times, count);
    puts("}");
}

static void read_options(int count, char **arguments)
{
    static const struct option known[] = {
        {"server", 1, 0, 's'}, {"port", 1, 0, 'p'},   {"relay", 1, 0, 'R'}, {"phones", 1, 0, 'n'},
        {"window", 1, 0, 'w'}, {"cap", 1, 0, 'c'},    {"retry", 1, 0, 'r'}, {"at-once", 1, 0, 'o'},
        {"first-mac", 1, 0, 'm'}, {"relay-port", 1, 0, 'P'}, {0, 0, 0, 0}};
    struct in_addr relay = {htonl(INADDR_LOOPBACK)};
    option.server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(67)};
    for (int letter; (letter = getopt_long(count, arguments, "", known, NULL)) != -1;) {
        switch (letter) {
        case 's': inet_aton(optarg, &option.server.sin_addr); break;
        case 'p': option.server.sin_port = htons(atoi(optarg)); break;
        case 'R': inet_aton(optarg, &relay); break;
        case 'n': pace.phones = atoi(optarg); break;
        case 'w': pace.window = atof(optarg); break;
        case 'c': pace.cap = atof(optarg); break;
        case 'r': option.retry = atof(optarg); break;
        case 'o': pace.at_once = atoi(optarg); break;
        case 'P': option.relay_port = atoi(optarg); break;
        case 'm': option.first_mac = strtoull(optarg, NULL, 16); break;
        default: die("the options are listed in read_options of dora_client.c");
        }
    }
    option.relay = ntohl(relay.s_addr);
}

int main(int count, char **arguments)
{
    read_options(count, arguments);
    phones = calloc(pace.phones, sizeof *phones);
    out = open_outbox(option.relay, option.relay_port);
    double cpu_before = cpu();
    double seconds = run();
    double cpu_used = cpu() - cpu_before;
    unsigned twice = count_twice();
    report(seconds, cpu_used, twice);
    return seen.completed == pace.phones && !twice ? 0 : 1;
}
