/* A fleet of phones that fetch their files over TFTP, as a 7960 does, from one thread.
 *
 * Every phone has its own address (a `local` route makes all of them ours). It requests its files one after the other,
 * acknowledges each block, and retransmits its last packet after four seconds. All phones use one socket for the n-th
 * file of their list, so a phone has a new port for each file, and one system call handles many datagrams. Every byte
 * is compared with the file in --expect. The result is one line of JSON; status 1 if a phone failed.
 */
#include "batch.h"
#include "pace.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RRQ = 1, DATA = 3, ACK = 4, ERROR = 5 };
enum { NOT_FOUND = 1, UNKNOWN_TRANSFER = 5 };
enum { BLOCK = 512, MOST_FILES = 16, LONGEST_NAME = 80, MOST_TRIES = 5 };
enum state { WAITING, RUNNING, DONE, FAILED };


struct content {
    unsigned char *bytes;
    size_t size;
};

struct file {
    const char *pattern; /* %M stands for the phone's MAC */
    bool absent;
    bool own; /* each phone has other contents; otherwise all have the same */
    struct content *contents;
    struct outbox *out;
};

struct phone {
    double start_at, deadline, ended_at;
    uint32_t blocks;  /* number of acknowledged blocks of the present file */
    in_port_t server; /* the server's port for the present transfer; 0: no reply yet */
    uint8_t file, tries, state;
};

static struct {
    const char *expect;
    struct sockaddr_in server;
    uint32_t first_address;
    uint64_t first_mac;
    double retry, loss;
    uint64_t seed;
} option = {.retry = 4, .first_mac = 0x00070E000000};

static struct file files[MOST_FILES];
static unsigned file_count;
static struct phone *phones;

static struct {
    unsigned long completed, failed, mismatches, retransmissions, duplicates, foreign, strange, refused;
    unsigned long requests, blocks, bytes, received;
} seen;

/* --- sending --------------------------------------------------------------------------------------- */

static void flush_all(void)
{
    for (unsigned number = 0; number < file_count; number++)
        if (files[number].out->count)
            flush(files[number].out);
}

static unsigned char *room_for(const struct phone *phone, in_port_t port, size_t size)
{
    struct sockaddr_in peer = option.server;
    peer.sin_port = port;
    return to_send(files[phone->file].out, peer, option.first_address + (phone - phones), size);
}

static void send_pair(const struct phone *phone, in_port_t port, uint16_t operation, uint16_t number)
{
    if (is_lost())
        return;
    uint16_t words[2] = {htons(operation), htons(number)};
    memcpy(room_for(phone, port, sizeof words), words, sizeof words);
}

static int name_of(char *name, size_t room, const char *pattern, const struct phone *phone)
{
    unsigned long long mac = option.first_mac + (phone - phones);
    const char *mark = strstr(pattern, "%M");
    if (!mark)
        return snprintf(name, room, "%s", pattern);
    return snprintf(name, room, "%.*s%012llX%s", (int)(mark - pattern), pattern, mac, mark + 2);
}

static void send_request(const struct phone *phone)
{
    char packet[2 + LONGEST_NAME + 6] = {0, RRQ};
    int length = 2 + name_of(packet + 2, LONGEST_NAME, files[phone->file].pattern, phone) + 1;
    memcpy(packet + length, "octet", 6);
    if (!is_lost())
        memcpy(room_for(phone, option.server.sin_port, length + 6), packet, length + 6);
}

/* --- one phone -------------------------------------------------------------------------------------- */

static void ask(struct phone *phone, double at)
{
    phone->blocks = phone->server = phone->tries = 0;
    phone->deadline = at + option.retry;
    send_request(phone);
}

static void end(struct phone *phone, enum state state, double at)
{
    phone->state = state;
    phone->ended_at = at;
    pace.ended++;
    *(state == DONE ? &seen.completed : &seen.failed) += 1;
}

static void finish_file(struct phone *phone, double at)
{
    seen.requests++;
    if (phone->file + 1u == file_count) {
        end(phone, DONE, at);
        return;
    }
    phone->file++;
    ask(phone, at);
}

static bool is_right(const struct phone *phone, const unsigned char *bytes, size_t length)
{
    const struct file *file = &files[phone->file];
    if (file->absent)
        return false;
    const struct content *content = &file->contents[file->own ? phone - phones : 0];
    size_t offset = (size_t)phone->blocks * BLOCK;
    size_t left = content->size - offset;
    return length == (left < BLOCK ? left : BLOCK) && !memcmp(bytes, content->bytes + offset, length);
}

static void take_data(struct phone *phone, uint16_t number, const unsigned char *bytes, size_t length, double at)
{
    if (phone->blocks && number == (uint16_t)phone->blocks) {
        seen.duplicates++;
        send_pair(phone, phone->server, ACK, number);
        return;
    }
    if (number != (uint16_t)(phone->blocks + 1)) {
        seen.strange++;
        return;
    }
    if (!is_right(phone, bytes, length)) {
        seen.mismatches++;
        end(phone, FAILED, at);
        return;
    }
    phone->blocks++;
    phone->tries = 0;
    phone->deadline = at + option.retry;
    seen.blocks++;
    seen.bytes += length;
    send_pair(phone, phone->server, ACK, number);
    if (length < BLOCK)
        finish_file(phone, at);
}

static void take_error(struct phone *phone, uint16_t code, double at)
{
    if (files[phone->file].absent && code == NOT_FOUND) {
        finish_file(phone, at);
        return;
    }
    seen.refused++;
    end(phone, FAILED, at);
}

static void take(struct phone *phone, in_port_t port, const unsigned char *packet, size_t size, double at)
{
    uint16_t operation = packet[0] << 8 | packet[1], number = packet[2] << 8 | packet[3];
    if (phone->server == 0)
        phone->server = port;
    if (port != phone->server) {
        /* A second transfer, because the request was retransmitted. */
        seen.foreign++;
        if (operation != ERROR)
            send_pair(phone, port, ERROR, UNKNOWN_TRANSFER);
    } else if (operation == DATA)
        take_data(phone, number, packet + 4, size - 4, at);
    else if (operation == ERROR)
        take_error(phone, number, at);
    else
        seen.strange++;
}

static void repeat_last_words(struct phone *phone, double at)
{
    if (++phone->tries > MOST_TRIES) {
        end(phone, FAILED, at);
        return;
    }
    seen.retransmissions++;
    phone->deadline = at + option.retry;
    if (phone->blocks)
        send_pair(phone, phone->server, ACK, phone->blocks);
    else
        send_request(phone);
}

/* --- the fleet ------------------------------------------------------------------------------------- */

static void sweep(double at)
{
    for (unsigned index = 0; index < pace.started; index++)
        if (phones[index].state == RUNNING && phones[index].deadline <= at)
            repeat_last_words(&phones[index], at);
}

static void start(unsigned index, double due, double at)
{
    struct phone *phone = &phones[index];
    phone->start_at = due;
    phone->state = RUNNING;
    ask(phone, at);
}

static void receive(unsigned number)
{
    static struct inbox in;
    int count = receive_waiting(&in, files[number].out->socket);
    double at = now();
    for (int slot = 0; slot < count; slot++) {
        uint32_t index = destination_of(&in, slot) - option.first_address;
        struct phone *phone = index < pace.started ? &phones[index] : NULL;
        seen.received++;
        if (is_lost())
            continue;
        /* A late packet for a file that is complete is counted, but not handled. */
        if (phone && phone->state == RUNNING && phone->file == number && size_of(&in, slot) >= 4)
            take(phone, in.peers[slot].sin_port, in.packets[slot], size_of(&in, slot), at);
        else
            seen.strange++;
    }
    flush_all();
}

static double run(void)
{
    static const struct actions actions = {start, sweep, flush_all, receive};
    struct pollfd polled[MOST_FILES];
    for (unsigned number = 0; number < file_count; number++)
        polled[number] = (struct pollfd){files[number].out->socket, POLLIN, 0};
    return run_storm(&actions, polled, file_count);
}

/* --- start and result ------------------------------------------------------------------------------- */

static struct content load(const char *pattern, const struct phone *phone)
{
    char path[4096];
    struct stat status;
    int length = snprintf(path, sizeof path - LONGEST_NAME, "%s/", option.expect ? option.expect : ".");
    name_of(path + length, LONGEST_NAME, pattern, phone);
    int opened = open(path, O_RDONLY);
    if (opened < 0 || fstat(opened, &status))
        die("%s: %s", path, strerror(errno));
    struct content content = {malloc(status.st_size + 1), status.st_size};
    if (read(opened, content.bytes, content.size) != status.st_size)
        die("%s: cannot be read whole", path);
    close(opened);
    return content;
}

static void prepare(void)
{
    phones = calloc(pace.phones, sizeof *phones);
    for (unsigned number = 0; number < file_count; number++) {
        struct file *file = &files[number];
        file->out = open_outbox(0, 0);
        file->own = strstr(file->pattern, "%M") != NULL;
        unsigned copies = file->absent ? 0 : file->own ? pace.phones : 1;
        file->contents = calloc(copies + 1, sizeof *file->contents);
        for (unsigned copy = 0; copy < copies; copy++)
            file->contents[copy] = load(file->pattern, &phones[copy]);
    }
}

static void report(double seconds, double cpu_seconds)
{
    double *times = calloc(pace.phones + 1, sizeof *times);
    unsigned count = 0;
    unsigned long sent = 0;
    for (unsigned index = 0; index < pace.phones; index++)
        if (phones[index].state == DONE)
            times[count++] = phones[index].ended_at - phones[index].start_at;
    for (unsigned number = 0; number < file_count; number++)
        sent += files[number].out->sent;
    printf("{\"phones\": %u, \"completed\": %lu, \"unfinished\": %lu, \"failed\": %lu, \"mismatches\": %lu, "
           "\"retransmissions\": %lu, \"duplicates\": %lu, \"foreign\": %lu, \"strange\": %lu, "
           "\"refused\": %lu, \"lost\": %lu, \"requests\": %lu, \"blocks\": %lu, \"bytes\": %lu, "
           "\"sent\": %lu, \"received\": %lu, \"seconds\": %.6f, \"cpu\": %.6f",
           pace.phones, seen.completed, pace.phones - seen.completed - seen.failed, seen.failed,
           seen.mismatches, seen.retransmissions, seen.duplicates, seen.foreign, seen.strange, seen.refused,
           lost, seen.requests, seen.blocks, seen.bytes, sent, seen.received, seconds, cpu_seconds);
    print_percentiles(times, count);
    puts("}");
}

static void add_file(const char *pattern, bool absent)
{
    if (file_count == MOST_FILES || strlen(pattern) > 64)
        die("at most %d files with names of 64 characters", MOST_FILES);
    files[file_count++] = (struct file){.pattern = pattern, .absent = absent};
}

static void read_options(int count, char **arguments)
{
    static const struct option known[] = {
        {"server", 1, 0, 's'}, {"port", 1, 0, 'p'},   {"phones", 1, 0, 'n'},  {"first-address", 1, 0, 'f'},
        {"get", 1, 0, 'g'},    {"absent", 1, 0, 'a'}, {"expect", 1, 0, 'e'},  {"window", 1, 0, 'w'},
        {"cap", 1, 0, 'c'},    {"retry", 1, 0, 'r'},  {"at-once", 1, 0, 'o'}, {"loss", 1, 0, 'l'},
        {"seed", 1, 0, 'S'},   {0, 0, 0, 0}};
    struct in_addr first = {htonl(INADDR_LOOPBACK)};
    option.server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(69)};
    for (int letter; (letter = getopt_long(count, arguments, "", known, NULL)) != -1;) {
        switch (letter) {
        case 's': inet_aton(optarg, &option.server.sin_addr); break;
        case 'p': option.server.sin_port = htons(atoi(optarg)); break;
        case 'n': pace.phones = atoi(optarg); break;
        case 'f': inet_aton(optarg, &first); break;
        case 'g': add_file(optarg, false); break;
        case 'a': add_file(optarg, true); break;
        case 'e': option.expect = optarg; break;
        case 'w': pace.window = atof(optarg); break;
        case 'c': pace.cap = atof(optarg); break;
        case 'r': option.retry = atof(optarg); break;
        case 'o': pace.at_once = atoi(optarg); break;
        case 'l': option.loss = atof(optarg); break;
        case 'S': option.seed = strtoull(optarg, NULL, 10); break;
        default: die("the options are listed in read_options of storm_client.c");
        }
    }
    option.first_address = ntohl(first.s_addr);
    seed_loss(option.loss, option.seed);
    if (!file_count)
        die("no file was named: --get NAME or --absent NAME");
}

int main(int count, char **arguments)
{
    read_options(count, arguments);
    prepare();
    double cpu_before = cpu();
    double seconds = run();
    report(seconds, cpu() - cpu_before);
    return seen.completed == pace.phones ? 0 : 1;
}
