#include "work.h"
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct ends {
	int client, server;
	long n;
	char buf[65536];
};

static double alone(void *arg)
{
	struct ends *e = arg;
	for (int i = 0; i < batch_size; i++) {
		send_all(e->client, e->buf, e->n);
		want(e->server, e->buf, e->n);
		send_all(e->server, e->buf, e->n);
		want(e->client, e->buf, e->n);
	}
	return batch_size;
}

static double ask(void *arg)
{
	struct ends *e = arg;
	for (int i = 0; i < batch_size; i++) {
		send_all(e->client, e->buf, e->n);
		want(e->client, e->buf, e->n);
	}
	return batch_size;
}

static void *echoing(void *arg)
{
	char buf[65536];
	struct ends *e = arg;
	echo(e->server, buf, e->n);
	return NULL;
}

static void two_threads(struct spec *s, struct ends *e)
{
	pthread_t other;
	check(!pthread_create(&other, NULL, echoing, e), "pthread_create");
	measure(0, s->seconds, ask, e);
	shutdown(e->client, SHUT_WR);
	pthread_join(other, NULL);
}

static void two_processes(struct spec *s, struct ends *e)
{
	pid_t pid = fork();
	check(pid >= 0, "fork");
	if (pid == 0) {
		close(e->client);
		echo(e->server, e->buf, sizeof e->buf);
		_exit(0);
	}
	close(e->server);
	measure(0, s->seconds, ask, e);
	shutdown(e->client, SHUT_WR);
	waitpid(pid, NULL, 0);
}

/* One message there and back over one connection: both ends in one thread, in
 * two, or in two processes. */
void roundtrip(struct spec *s)
{
	static struct ends e;
	e.n = s->n;
	tcp_pair(&e.client, &e.server);
	set_timeout(e.client, s->timeout_ms);
	set_timeout(e.server, s->timeout_ms);
	if (!strcmp(s->mode, "one"))
		measure(0, s->seconds, alone, &e);
	else if (!strcmp(s->mode, "two"))
		two_threads(s, &e);
	else
		two_processes(s, &e);
}
