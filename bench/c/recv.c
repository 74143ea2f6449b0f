#include "work.h"
#include <stdlib.h>
#include <sys/socket.h>

struct ends {
	int client, server;
	long n;
};

static double one_way(void *arg)
{
	struct ends *e = arg;
	char message[message_size] = {0};
	for (int i = 0; i < batch_size; i++) {
		send_all(e->client, message, sizeof message);
		char *b = malloc(e->n);
		check(recv(e->server, b, e->n, 0) == sizeof message, "recv");
		free(b);
	}
	return batch_size;
}

/* A short message is received into new memory with room for N bytes. */
void receive(struct spec *s)
{
	struct ends e = {.n = s->n};
	tcp_pair(&e.client, &e.server);
	measure(0, s->seconds, one_way, &e);
}
