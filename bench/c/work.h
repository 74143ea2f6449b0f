/* The floor: the same work in C. Every program of the comparison takes the same
 * arguments, KIND N MODE TIMEOUT_MS TIME_MS FILE, and prints one JSON object. */
#include <netinet/in.h>
#include <stdatomic.h>

struct spec {
	long n;
	const char *mode;
	long timeout_ms;
	double seconds;
	const char *file;
};

/* A batch does some operations and returns how many. */
typedef double batch(void *);

enum { batch_size = 64, message_size = 64 };

void roundtrip(struct spec *);
void many(struct spec *);
void stream(struct spec *);
void datagram(struct spec *);
void connections(struct spec *);
void receive(struct spec *);

/* meter.c */
struct window { double start, cpu; };
struct window window_open(void);
void window_print(struct window, double ops);
void measure(double limit, double seconds, batch *, void *);
void nap(double seconds);

/* pair.c */
void check(int ok, const char *what);
int tcp_listen(struct sockaddr_in *);
int tcp_dial(const struct sockaddr_in *);
void tcp_connected(int listener, const struct sockaddr_in *, int *client, int *server);
void tcp_pair(int *client, int *server);
void no_delay(int fd);
void set_timeout(int fd, long ms);
void send_all(int fd, const char *, long n);
void want(int fd, char *, long n);
void echo(int fd, char *, long n);
