#include "work.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* check ends the program if something went wrong. */
void check(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

int tcp_listen(struct sockaddr_in *addr)
{
	int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t size = sizeof *addr;
	check(fd >= 0, "socket");
	check(!setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "SO_REUSEADDR");
	memset(addr, 0, sizeof *addr);
	addr->sin_family = AF_INET;
	addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	check(!bind(fd, (struct sockaddr *)addr, sizeof *addr), "bind");
	check(!listen(fd, 4096), "listen");
	check(!getsockname(fd, (struct sockaddr *)addr, &size), "getsockname");
	return fd;
}

int tcp_dial(const struct sockaddr_in *addr)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	check(fd >= 0, "socket");
	check(!connect(fd, (const struct sockaddr *)addr, sizeof *addr), "connect");
	return fd;
}

void no_delay(int fd)
{
	int on = 1;
	check(!setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
}

void tcp_connected(int listener, const struct sockaddr_in *addr, int *client, int *server)
{
	*client = tcp_dial(addr);
	*server = accept(listener, NULL, NULL);
	check(*server >= 0, "accept");
	no_delay(*client);
	no_delay(*server);
}

/* tcp_pair returns the two ends of a connection, without Nagle's delay. */
void tcp_pair(int *client, int *server)
{
	struct sockaddr_in addr;
	int listener = tcp_listen(&addr);
	tcp_connected(listener, &addr, client, server);
	close(listener);
}

void set_timeout(int fd, long ms)
{
	struct timeval t = {ms / 1000, ms % 1000 * 1000};
	if (ms == 0)
		return;
	check(!setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t), "SO_RCVTIMEO");
	check(!setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t), "SO_SNDTIMEO");
}

void send_all(int fd, const char *b, long n)
{
	while (n > 0) {
		ssize_t sent = send(fd, b, n, MSG_NOSIGNAL);
		check(sent >= 0, "send");
		b += sent;
		n -= sent;
	}
}

/* want receives a message that has to come whole. */
void want(int fd, char *b, long n)
{
	check(recv(fd, b, n, 0) == n, "recv");
}

/* echo sends back what comes until the stream ends. */
void echo(int fd, char *b, long size)
{
	ssize_t n;
	while ((n = recv(fd, b, size, 0)) > 0)
		send_all(fd, b, n);
	check(n == 0, "recv");
}
