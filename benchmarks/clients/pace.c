#include "batch.h"
#include "pace.h"
#include <time.h>

#define SWEEP_SECONDS 0.02

struct pace pace = {.phones = 1, .cap = 30};

/* Start the phones that are due; returns the time of the next start, or a time far in the future. */
static double start_some(const struct actions *actions, double begun, double at)
{
    while (pace.started < pace.phones) {
        double due = pace.at_once ? at : begun + pace.window * pace.started / pace.phones;
        if (pace.at_once && pace.started - pace.ended >= pace.at_once)
            break;
        if (due > at)
            return due;
        unsigned phone = pace.started++;
        actions->start(phone, due, at);
    }
    return at + 3600;
}

double run_storm(const struct actions *actions, struct pollfd *sockets, unsigned count)
{
    double begun = now(), at = begun, swept = begun;
    while (pace.ended < pace.phones && at < begun + pace.cap) {
        double wake_at = start_some(actions, begun, at);
        if (at - swept >= SWEEP_SECONDS) {
            actions->sweep(at);
            swept = at;
        }
        actions->flush();
        double sleep = (wake_at < swept + SWEEP_SECONDS ? wake_at : swept + SWEEP_SECONDS) - now();
        struct timespec timeout = {0, sleep > 0 ? sleep * 1e9 : 0};
        if (ppoll(sockets, count, &timeout, NULL) > 0)
            for (unsigned number = 0; number < count; number++)
                if (sockets[number].revents)
                    actions->receive(number);
        at = now();
    }
    return at - begun;
}
