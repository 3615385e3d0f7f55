/* Measure the minimum cost of a block here: one thread on one core is both ends and makes no decisions.
 *
 *     floor [SECONDS] [BATCH]
 *
 * It sends DATA packets of 516 bytes from one socket of 10.70.0.1 to another, and receives ACKs of 4 bytes, in
 * batches. The time of the other end is measured separately. Prints the seconds per block of the server's end.
 */
#include "batch.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DATA_LENGTH = 516, ACK_LENGTH = 4 };

static struct sockaddr_in address_of(const struct outbox *box)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    getsockname(box->socket, (struct sockaddr *)&address, &length);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static void send_many(struct outbox *from, struct sockaddr_in to, unsigned count, size_t size)
{
    static const unsigned char packet[DATA_LENGTH];
    for (unsigned number = 0; number < count; number++)
        memcpy(to_send(from, to, INADDR_LOOPBACK, size), packet, size);
    flush(from);
}

int main(int count, char **arguments)
{
    static struct inbox in;
    double wanted = count > 1 ? atof(arguments[1]) : 2;
    unsigned batch = count > 2 ? atoi(arguments[2]) : 64;
    struct outbox *server = open_outbox(0, 0), *phone = open_outbox(0, 0);
    struct sockaddr_in to_phone = address_of(phone), to_server = address_of(server);
    unsigned long blocks = 0;
    double spent = 0, begun = now();
    if (batch < 1 || batch > BATCH / 2)
        die("the batch must have 1 to %d datagrams", BATCH / 2);
    while (now() < begun + wanted) {
        send_many(phone, to_server, batch, ACK_LENGTH);
        double before = cpu();
        receive_waiting(&in, server->socket);
        send_many(server, to_phone, batch, DATA_LENGTH);
        spent += cpu() - before;
        receive_waiting(&in, phone->socket);
        blocks += batch;
    }
    printf("{\"batch\": %u, \"blocks\": %lu, \"cpu\": %.6f, \"blocks_per_cpu\": %.0f}\n", batch, blocks, spent,
           blocks / spent);
    return 0;
}
