#include "work.h"
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

struct ends {
	int client, server, connected;
	long n;
	struct sockaddr_in to;
	char buf[65536];
};

static double one_way(void *arg)
{
	struct ends *e = arg;
	for (int i = 0; i < batch_size; i++) {
		struct sockaddr_in from;
		socklen_t size = sizeof from;
		ssize_t sent = e->connected
			? send(e->client, e->buf, e->n, 0)
			: sendto(e->client, e->buf, e->n, 0, (struct sockaddr *)&e->to, sizeof e->to);
		check(sent == e->n, "sendto");
		ssize_t got = recvfrom(e->server, e->buf, e->n, 0, (struct sockaddr *)&from, &size);
		check(got == e->n, "recvfrom");
	}
	return batch_size;
}

static int udp(struct sockaddr_in *addr)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t size = sizeof *addr;
	check(fd >= 0, "socket");
	memset(addr, 0, sizeof *addr);
	addr->sin_family = AF_INET;
	addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	check(!bind(fd, (struct sockaddr *)addr, sizeof *addr), "bind");
	check(!getsockname(fd, (struct sockaddr *)addr, &size), "getsockname");
	return fd;
}

/* N bytes are sent over UDP and received, with the address of the sender, which is
 * connected or names the address at each call. */
void datagram(struct spec *s)
{
	static struct ends e;
	struct sockaddr_in own;
	e.n = s->n;
	e.connected = !strcmp(s->mode, "connected");
	e.server = udp(&e.to);
	e.client = udp(&own);
	if (e.connected)
		check(!connect(e.client, (struct sockaddr *)&e.to, sizeof e.to), "connect");
	set_timeout(e.client, s->timeout_ms);
	set_timeout(e.server, s->timeout_ms);
	measure(0, s->seconds, one_way, &e);
}
