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
