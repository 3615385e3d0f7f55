/* The pace of a storm, the same for both clients: who starts when, and what is done in turn. */
#ifndef PACE_H
#define PACE_H

#include <poll.h>

/* What a client does. */
struct actions {
    void (*start)(unsigned phone, double due, double at);
    void (*sweep)(double at);           /* repeat what nobody answered */
    void (*flush)(void);
    void (*receive)(unsigned number);   /* from that one of the sockets */
};

extern struct pace {
    unsigned phones, at_once;           /* at_once: under way at any time; 0: started over `window` seconds */
    double window, cap;                 /* cap: seconds after which the storm is broken off */
    unsigned started, ended;
} pace;

/* Run the storm; returns its seconds. */
double run_storm(const struct actions *actions, struct pollfd *sockets, unsigned count);

#endif
