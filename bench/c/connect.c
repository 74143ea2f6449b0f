#include "work.h"
#include <sys/socket.h>
#include <unistd.h>

struct target {
	int listener;
	struct sockaddr_in addr;
};

/* The address of the peer is asked for, as the others do. */
static double come_and_go(void *arg)
{
	struct target *t = arg;
	for (int i = 0; i < 8; i++) {
		struct sockaddr_in from;
		socklen_t size = sizeof from;
		int client = tcp_dial(&t->addr);
		int server = accept(t->listener, (struct sockaddr *)&from, &size);
		check(server >= 0, "accept");
		close(client);
		close(server);
	}
	return 8;
}

/* A connection is made, accepted and closed at both ends, no more than N times. */
void connections(struct spec *s)
{
	struct target t;
	t.listener = tcp_listen(&t.addr);
	measure(s->n, s->seconds, come_and_go, &t);
}
