#include "work.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

struct flow {
	int client, server, file;
	long n, size;
	char *from, *into;
};

static atomic_bool stop;

static void send_file(struct flow *f)
{
	off_t offset = 0;
	while (offset < f->n)
		check(sendfile(f->client, f->file, &offset, f->n - offset) > 0, "sendfile");
}

static void *keep_sending(void *arg)
{
	struct flow *f = arg;
	while (!stop) {
		if (f->from)
			send_all(f->client, f->from, f->n);
		else
			send_file(f);
	}
	shutdown(f->client, SHUT_WR);
	return NULL;
}

/* Some receives, counted in MiB; into new memory if there is none to use. */
static double receiving(void *arg)
{
	struct flow *f = arg;
	long total = 0;
	for (int i = 0; i < 4; i++) {
		char *b = f->into ? f->into : malloc(f->size);
		ssize_t n = recv(f->server, b, f->size, 0);
		check(n >= 0, "recv");
		if (!f->into)
			free(b);
		total += n;
	}
	return total / 1048576.0;
}

/* One thread sends and another receives as fast as it goes, N bytes a call, or a
 * file of N bytes over and over. */
void stream(struct spec *s)
{
	struct flow f = {.n = s->n, .size = s->n};
	pthread_t sender;
	tcp_pair(&f.client, &f.server);
	if (!strcmp(s->mode, "file")) {
		f.size = 256 << 10;
		f.file = open(s->file, O_RDONLY);
		check(f.file >= 0, s->file);
	} else {
		f.from = calloc(1, f.n);
	}
	if (strcmp(s->mode, "recv"))
		f.into = malloc(f.size);
	check(!pthread_create(&sender, NULL, keep_sending, &f), "pthread_create");
	measure(0, s->seconds, receiving, &f);
	stop = 1;
	while (receiving(&f) > 0)
		;
	pthread_join(sender, NULL);
}
