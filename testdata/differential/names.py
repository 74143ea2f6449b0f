"""Functions of the module: byte order, inet_*, interfaces, look-ups."""


def byte_order():
    htons(1)
    htons(65535)
    ntohs(0x1234)
    htonl(1)
    ntohl(0x12345678)
    ntohl(4294967295)


def inet_aton_forms():
    inet_aton("127.0.0.1")
    inet_aton("127.1")
    inet_aton("0x7f.1")
    inet_aton("1.2.3.4 foo")
    inet_aton("017700000001")
    inet_aton("")
    inet_aton(" 1.2.3.4")
    inet_aton("1.2.3.256")
    inet_aton("1.2.3.4.5")
    inet_ntoa(b"\x7f\0\0\1")


def inet_pton_forms():
    inet_pton(AF_INET, "1.2.3.4")
    inet_pton(AF_INET, "01.2.3.4")
    inet_pton(AF_INET, "1.2.3")
    inet_pton(AF_INET6, "::1")
    inet_pton(AF_INET6, "::ffff:1.2.3.4")
    inet_pton(AF_INET6, "fe80::1%lo")
    inet_pton(AF_INET6, "1:2:3:4:5:6:7:8:9")
    inet_pton(AF_UNIX, "x")


def inet_ntop_forms():
    inet_ntop(AF_INET, b"\1\2\3\4")
    inet_ntop(AF_INET, b"\1\2\3")
    inet_ntop(AF_INET6, bytes(15) + b"\1")
    inet_ntop(AF_INET6, bytes(12) + b"\1\2\3\4")
    inet_ntop(AF_INET6, bytes(10) + b"\xff\xff\1\2\3\4")
    inet_ntop(AF_INET6, b"\0\1\0\0\0\1\0\0\0\0\0\1\0\1\0\1")
    inet_ntop(AF_UNIX, b"\1\2\3\4")


def interfaces():
    if_nameindex()
    if_nametoindex("lo")
    if_indextoname(1)
    if_indextoname(99999)
    if_nametoindex("nonesuch")


def numeric_hosts():
    gethostbyname("127.0.0.1")
    gethostbyname("127.1")
    gethostbyname("")
    gethostbyname("<broadcast>")
    gethostbyname("::1")
    getaddrinfo("127.0.0.1", 80)
    getaddrinfo("127.0.0.1", 80, AF_INET, SOCK_STREAM)
    getaddrinfo("::1", "http", type=SOCK_STREAM)
    getaddrinfo(None, 80, AF_INET, SOCK_STREAM, 0, AI_PASSIVE)
    getaddrinfo("127.0.0.1", 80, AF_INET6)
    getaddrinfo("name", 80, 0, 0, 0, AI_NUMERICHOST)
    getaddrinfo("127.0.0.1", "nonesuch")
    getaddrinfo("127.0.0.1", 80, 99)
    getaddrinfo("127.0.0.1", 80, AF_INET, 99)


def numeric_names():
    getnameinfo(("127.0.0.1", 80), NI_NUMERICHOST | NI_NUMERICSERV)
    getnameinfo(("127.0.0.1", 80), NI_NUMERICHOST)
    getnameinfo(("::1", 53, 0, 0), NI_NUMERICHOST | NI_DGRAM)
    getnameinfo(("name", 80), NI_NUMERICHOST)


def services():
    getservbyname("http")
    getservbyname("domain", "udp")
    getservbyname("nonesuch")
    getservbyport(80)
    getservbyport(80, "tcp")
    getservbyport(65536)
    getprotobyname("tcp")
    getprotobyname("nonesuch")
    gethostname()


def byte_order_round_trips():
    """Twice is nothing, and the ends of the range."""
    ntohs(htons(0x1234))
    ntohl(htonl(0x12345678))
    htons(0)
    ntohs(65535)
    htonl(0)
    htonl(4294967295)


def inet_aton_bases():
    """Hexadecimal, octal, and the parts that are left out."""
    inet_aton("0xff.0xff.0xff.0xff")
    inet_aton("0xffffffff")
    inet_aton("0x100000000")
    inet_aton("1.65535")
    inet_aton("1.16777215")
    inet_aton("1.16777216")
    inet_aton("1.2.65535")
    inet_aton("1.2.65536")
    inet_aton("08.1.1.1")
    inet_aton("1..2")
    inet_aton("1.")
    inet_aton("-1.2.3.4")
    inet_aton("255.255.255.255")


def inet_pton_of_zeroes():
    """Where two colons may stand."""
    inet_pton(AF_INET6, "::")
    inet_pton(AF_INET6, "1::")
    inet_pton(AF_INET6, "1::2::3")
    inet_pton(AF_INET6, ":::")
    inet_pton(AF_INET6, ":1::2")
    inet_pton(AF_INET6, "1:2:3:4:5:6:7::")
    inet_pton(AF_INET6, "1:2:3:4:5:6:7:8::")
    inet_pton(AF_INET6, "1:2:3:4:5:6:7")
    inet_pton(AF_INET6, "::1.2.3.4")
    inet_pton(AF_INET6, "1:2:3:4:5:6:1.2.3.4")
    inet_pton(AF_INET6, "1:2:3:4:5:6:7:1.2.3.4")
    inet_pton(AF_INET6, "::1.2.3")
    inet_pton(AF_INET6, "::12345")
    inet_pton(AF_INET6, "")
    inet_pton(AF_INET6, "1.2.3.4")
    inet_pton(AF_INET, "")
    inet_pton(AF_INET, " 1.2.3.4")
    inet_pton(AF_INET, "1.2.3.4 ")


def inet_ntop_shortest():
    """The longest run of zeroes is left out, the first of two, but never just one."""
    inet_ntop(AF_INET6, packed([0, 1, 0, 1]))
    inet_ntop(AF_INET6, inet_pton(AF_INET6, "1:0:0:2:0:0:0:3"))
    inet_ntop(AF_INET6, inet_pton(AF_INET6, "1:0:2:3:4:5:6:7"))
    inet_ntop(AF_INET6, inet_pton(AF_INET6, "1:0:0:2:3:0:0:4"))
    inet_ntop(AF_INET6, inet_pton(AF_INET6, "ABCD:EF01::"))
    inet_ntop(AF_INET6, inet_pton(AF_INET6, "::2:3"))
    inet_ntop(AF_INET6, inet_pton(AF_INET6, "::1:2:3"))
    inet_ntop(AF_INET6, inet_pton(AF_INET6, "64:ff9b::1.2.3.4"))
    inet_ntop(AF_INET6, bytes(15))
    inet_ntop(AF_INET6, bytes(17))
    inet_ntop(AF_INET, b"")
    inet_ntop(99, bytes(4))


def interfaces_out_of_range():
    if_indextoname(0)
    if_indextoname(-1)
    if_nametoindex("")
    if_nametoindex("a name that is too long for an interface")


def addresses_without_a_host():
    """None is this machine to connect to, and any to bind to."""
    getaddrinfo(None, 80, type=SOCK_STREAM)
    getaddrinfo(None, 80, type=SOCK_STREAM, flags=AI_PASSIVE)
    getaddrinfo(None, 80, AF_INET6, SOCK_DGRAM)
    getaddrinfo(None, "80", AF_INET, SOCK_DGRAM)
    getaddrinfo(None, None)
    getaddrinfo("127.0.0.1", None, AF_INET, SOCK_STREAM)


def addresses_by_service():
    getaddrinfo("127.0.0.1", "http")
    getaddrinfo("127.0.0.1", "domain", type=SOCK_DGRAM)
    getaddrinfo("127.0.0.1", "https", type=SOCK_DGRAM)
    getaddrinfo("127.0.0.1", "http", type=SOCK_STREAM, flags=AI_NUMERICSERV)
    getaddrinfo("127.0.0.1", "80", type=SOCK_STREAM, flags=AI_NUMERICSERV)
    getaddrinfo("127.0.0.1", "http", type=SOCK_RAW)
    getaddrinfo("127.0.0.1", 80, type=SOCK_RAW)


def addresses_by_protocol():
    getaddrinfo("127.0.0.1", 80, 0, 0, IPPROTO_TCP)
    getaddrinfo("127.0.0.1", 80, 0, 0, IPPROTO_UDP)
    getaddrinfo("127.0.0.1", 80, 0, SOCK_STREAM, IPPROTO_UDP)
    getaddrinfo("127.0.0.1", 80, 0, 0, IPPROTO_ICMP)


def addresses_with_a_canonical_name():
    getaddrinfo("127.0.0.1", 80, type=SOCK_STREAM, flags=AI_CANONNAME)
    getaddrinfo("::1", 80, type=SOCK_STREAM, flags=AI_CANONNAME | AI_NUMERICHOST)
    getaddrinfo(None, 80, type=SOCK_STREAM, flags=AI_CANONNAME)


def addresses_mapped():
    """AI_V4MAPPED brings AF_INET's address where none of AF_INET6 is found."""
    getaddrinfo("127.0.0.1", 80, AF_INET6, SOCK_STREAM, 0, AI_V4MAPPED)
    getaddrinfo("127.0.0.1", 80, AF_INET, SOCK_STREAM, 0, AI_V4MAPPED)
    getaddrinfo("::1", 80, AF_INET, SOCK_STREAM)
    getaddrinfo("::ffff:127.0.0.1", 80, AF_INET, SOCK_STREAM)


def addresses_with_a_zone():
    getaddrinfo("fe80::1%lo", 80, type=SOCK_STREAM)
    getaddrinfo("fe80::1%1", 80, type=SOCK_STREAM)
    getaddrinfo("fe80::1%nonesuch", 80, type=SOCK_STREAM)
    getaddrinfo("127.0.0.1%lo", 80, type=SOCK_STREAM, flags=AI_NUMERICHOST)


def addresses_of_odd_spellings():
    getaddrinfo("127.1", 80, type=SOCK_STREAM)
    getaddrinfo("0x7f000001", 80, type=SOCK_STREAM)
    getaddrinfo("127.1", 80, type=SOCK_STREAM, flags=AI_NUMERICHOST)


def names_of_addresses():
    getnameinfo(("127.0.0.1", 53), NI_NUMERICHOST | NI_DGRAM)
    getnameinfo(("127.0.0.1", 80), NI_NUMERICHOST | NI_NAMEREQD)
    getnameinfo(("127.0.0.1", 9), NI_NUMERICHOST | NI_NUMERICSERV)
    getnameinfo(("fe80::1", 80, 0, 1), NI_NUMERICHOST | NI_NUMERICSERV)
    getnameinfo(("::1", 80), NI_NUMERICHOST | NI_NUMERICSERV)
    getnameinfo(("::1", 80, 0x100000, 0), NI_NUMERICHOST | NI_NUMERICSERV)


def services_by_protocol():
    """A service may have a port on one protocol alone."""
    getservbyname("domain", "tcp")
    getservbyname("ssh", "tcp")
    getservbyname("ssh", "udp")
    getservbyname("http", "nonesuch")
    getservbyname("")
    getservbyport(53, "udp")
    getservbyport(22, "udp")
    getservbyport(-1)
    getservbyport(0)
    getprotobyname("udp")
    getprotobyname("ipv6-icmp")
    getprotobyname("TCP")
    getprotobyname("")


def this_host():
    gethostbyname("localhost")
    gethostbyname_ex("127.0.0.1")
    gethostbyname("0")
    gethostbyname("0x7f.1")
