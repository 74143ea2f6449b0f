#include "work.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

struct caller {
	_Alignas(128) atomic_long asked;
	int client, server;
	pthread_t asking, echoing;
};

static atomic_bool stop;
static pthread_rwlock_t begin = PTHREAD_RWLOCK_INITIALIZER;

/* A caller begins when all are there: the first would take the processors away
 * from the thread that makes the others. */
static void *ask(void *arg)
{
	struct caller *c = arg;
	char buf[message_size] = {0};
	pthread_rwlock_rdlock(&begin);
	pthread_rwlock_unlock(&begin);
	while (!stop) {
		send_all(c->client, buf, sizeof buf);
		want(c->client, buf, sizeof buf);
		atomic_fetch_add_explicit(&c->asked, 1, memory_order_relaxed);
	}
	shutdown(c->client, SHUT_WR);
	return NULL;
}

static void *answer(void *arg)
{
	char buf[message_size];
	echo(((struct caller *)arg)->server, buf, sizeof buf);
	return NULL;
}

static long asked(struct caller *callers, long n)
{
	long total = 0;
	for (long i = 0; i < n; i++)
		total += atomic_load_explicit(&callers[i].asked, memory_order_relaxed);
	return total;
}

static void start(struct caller *callers, long n)
{
	pthread_attr_t attr;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 128 << 10);
	pthread_rwlock_wrlock(&begin);
	for (long i = 0; i < n; i++) {
		struct caller *c = &callers[i];
		check(!pthread_create(&c->echoing, &attr, answer, c), "pthread_create");
		check(!pthread_create(&c->asking, &attr, ask, c), "pthread_create");
	}
	pthread_rwlock_unlock(&begin);
}

/* N connections echo at once, with a thread at either end of each. */
void many(struct spec *s)
{
	struct rlimit limit;
	struct sockaddr_in addr;
	int listener = tcp_listen(&addr);
	struct caller *callers = aligned_alloc(128, s->n * sizeof *callers);
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	for (long i = 0; i < s->n; i++) {
		callers[i].asked = 0;
		tcp_connected(listener, &addr, &callers[i].client, &callers[i].server);
	}
	start(callers, s->n);
	nap(s->seconds / 8);
	long before = asked(callers, s->n);
	struct window w = window_open();
	long messages;
	do { /* longer if nothing has happened by then */
		nap(s->seconds);
		messages = asked(callers, s->n) - before;
	} while (messages == 0);
	window_print(w, messages);
	stop = 1;
	for (long i = 0; i < s->n; i++) {
		pthread_join(callers[i].asking, NULL);
		pthread_join(callers[i].echoing, NULL);
	}
}
