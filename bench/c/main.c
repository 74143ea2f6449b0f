#include "work.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	void (*run)(struct spec *);
} kinds[] = {
	{"roundtrip", roundtrip}, {"many", many},           {"stream", stream},
	{"datagram", datagram},   {"connect", connections}, {"recv", receive},
};

int main(int argc, char **argv)
{
	if (argc != 7) {
		fprintf(stderr, "usage: %s KIND N MODE TIMEOUT_MS TIME_MS FILE\n", argv[0]);
		return 2;
	}
	struct spec s = {atol(argv[2]), argv[3], atol(argv[4]), atol(argv[5]) / 1e3, argv[6]};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!strcmp(kinds[i].name, argv[1])) {
			kinds[i].run(&s);
			return 0;
		}
	}
	fprintf(stderr, "no work %s\n", argv[1]);
	return 2;
}
