/* The pace of a run, the same for both clients: which phone starts when, and what is done repeatedly. */
#ifndef PACE_H
#define PACE_H

#include <poll.h>

/* The actions of a client. */
struct actions {
    void (*start)(unsigned phone, double due, double at);
    void (*sweep)(double at);           /* retransmit what got no reply in time */
    void (*flush)(void);
    void (*receive)(unsigned number);   /* receive from the socket with this number */
};

extern struct pace {
    unsigned phones, at_once;           /* at_once: phones active at any time; 0: starts spread over `window` seconds */
    double window, cap;                 /* cap: seconds after which the run is ended */
    unsigned started, ended;
} pace;

/* Run the clients; returns the seconds that this took. */
double run_storm(const struct actions *actions, struct pollfd *sockets, unsigned count);

#endif
