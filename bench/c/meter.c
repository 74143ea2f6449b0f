#include "work.h"
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static double processor_time(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

struct window window_open(void)
{
	struct window w = {now(), processor_time()};
	return w;
}

void window_print(struct window w, double ops)
{
	printf("{\"ns\": %.1f, \"cpu\": %.1f}\n", (now() - w.start) / ops * 1e9,
	       (processor_time() - w.cpu) / ops * 1e9);
}

static double repeat(double limit, double seconds, batch *b, void *arg)
{
	double ops = 0, end = now() + seconds;
	do
		ops += b(arg);
	while ((limit == 0 || ops < limit) && now() <= end);
	return ops;
}

/* measure runs b for some time, after warming up, and prints the cost of an
 * operation. It ends early after limit operations, if limit isn't 0. */
void measure(double limit, double seconds, batch *b, void *arg)
{
	repeat(limit / 8, seconds / 8, b, arg);
	struct window w = window_open();
	window_print(w, repeat(limit, seconds, b, arg));
}

void nap(double seconds)
{
	struct timespec t = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
	nanosleep(&t, NULL);
}
