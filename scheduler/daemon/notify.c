#include "daemon/notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>

#include "base/arena.h"

struct notifier {
    struct clock *clock;
    bool (*healthy)(void *arg);
    void *arg;
    struct clock_timer beat;
    struct span interval; /* 0 = no watchdog asked for */
};

static void send_beat(struct clock_timer *timer)
{
    struct notifier *notifier = timer->owner;

    if (notifier->healthy(notifier->arg))
        (void)sd_notify(0, "WATCHDOG=1");
    notifier->clock->after(notifier->clock, &notifier->beat, notifier->interval);
}

struct notifier *notifier_new(struct clock *clock, bool (*healthy)(void *arg), void *arg)
{
    struct notifier *notifier = calloc(1, sizeof *notifier);
    uint64_t usec = 0;

    if (!notifier)
        out_of_memory();
    notifier->clock = clock;
    notifier->healthy = healthy;
    notifier->arg = arg;
    notifier->beat = (struct clock_timer){.fire = send_beat, .owner = notifier};
    if (sd_watchdog_enabled(0, &usec) > 0)
        notifier->interval.ms = (int64_t)(usec / 2000);
    return notifier;
}

void notify_ready(struct notifier *notifier)
{
    if (!notifier)
        return;
    (void)sd_notify(0, "READY=1");
    if (puts("READY") != EOF) /* lint: puts because READY on stdout is a contract */
        (void)fflush(stdout);
    if (notifier->interval.ms > 0)
        send_beat(&notifier->beat);
}

void notify_reloading(struct notifier *notifier)
{
    (void)notifier;
    (void)sd_notify(0, "STATUS=reading the campaign files");
}

void notify_status(struct notifier *notifier, const char *sentence)
{
    (void)notifier;
    (void)sd_notifyf(0, "STATUS=%s", sentence);
}

void notify_stopping(struct notifier *notifier)
{
    if (!notifier)
        return;
    notifier->clock->stop(notifier->clock, &notifier->beat);
    (void)sd_notify(0, "STOPPING=1");
}

void notifier_free(struct notifier *notifier)
{
    if (!notifier)
        return;
    notifier->clock->stop(notifier->clock, &notifier->beat);
    free(notifier);
}
