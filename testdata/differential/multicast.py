"""Groups and broadcast on the loopback interface."""


def group_v4():
    """Who joined on 127.0.0.1 receives, its own datagrams too."""
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("", 0))
    a.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, inet_aton("224.0.0.251") + inet_aton("127.0.0.1"))
    a.setsockopt(IPPROTO_IP, IP_MULTICAST_IF, inet_aton("127.0.0.1"))
    a.sendto(b"x", ("224.0.0.251", a.getsockname()[1]))
    a.recvfrom(10)
    a.setsockopt(IPPROTO_IP, IP_DROP_MEMBERSHIP, inet_aton("224.0.0.251") + inet_aton("127.0.0.1"))
    a.setsockopt(IPPROTO_IP, IP_MULTICAST_LOOP, 0)
    a.getsockopt(IPPROTO_IP, IP_MULTICAST_LOOP)


def group_v4_by_index():
    """struct ip_mreqn has an interface's number behind the two addresses."""
    a = socket(AF_INET, SOCK_DGRAM)
    a.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, inet_aton("224.0.0.251") + bytes(4) + packed([1]))
    a.setsockopt(IPPROTO_IP, IP_MULTICAST_IF, bytes(8) + packed([1]))
    a.getsockopt(IPPROTO_IP, IP_MULTICAST_IF, 4)
    a.setsockopt(IPPROTO_IP, IP_MULTICAST_IF, bytes(8) + packed([99999]))
    a.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, inet_aton("224.0.0.251") + bytes(4) + packed([99999]))


def group_v4_as_the_own_address():
    """Bound to the group, only what goes there arrives."""
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("224.0.0.251", 0))
    a.getsockname()
    a.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, inet_aton("224.0.0.251") + inet_aton("127.0.0.1"))
    b = socket(AF_INET, SOCK_DGRAM)
    b.setsockopt(IPPROTO_IP, IP_MULTICAST_IF, inet_aton("127.0.0.1"))
    b.sendto(b"unicast", ("127.0.0.1", a.getsockname()[1]))
    b.sendto(b"multicast", a.getsockname())
    a.recv(100)


def group_v6():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.bind(("::", 0))
    a.setsockopt(IPPROTO_IPV6, IPV6_JOIN_GROUP, inet_pton(AF_INET6, "ff11::fb") + packed([1]))
    a.setsockopt(IPPROTO_IPV6, IPV6_MULTICAST_IF, 1)
    a.setsockopt(IPPROTO_IPV6, IPV6_JOIN_GROUP, inet_pton(AF_INET6, "ff11::fb") + packed([1]))
    a.setsockopt(IPPROTO_IPV6, IPV6_JOIN_GROUP, inet_pton(AF_INET6, "::1") + packed([1]))
    a.setsockopt(IPPROTO_IPV6, IPV6_JOIN_GROUP, inet_pton(AF_INET6, "ff11::fc") + packed([99999]))
    a.setsockopt(IPPROTO_IPV6, IPV6_JOIN_GROUP, inet_pton(AF_INET6, "ff11::fc"))
    a.setsockopt(IPPROTO_IPV6, IPV6_LEAVE_GROUP, inet_pton(AF_INET6, "ff11::fb") + packed([1]))
    a.setsockopt(IPPROTO_IPV6, IPV6_LEAVE_GROUP, inet_pton(AF_INET6, "ff11::fb") + packed([1]))


def hops_v6():
    a = socket(AF_INET6, SOCK_DGRAM)
    a.getsockopt(IPPROTO_IPV6, IPV6_MULTICAST_HOPS)
    a.setsockopt(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 5)
    a.getsockopt(IPPROTO_IPV6, IPV6_MULTICAST_HOPS)
    a.setsockopt(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 256)
    a.setsockopt(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, -1)
    a.getsockopt(IPPROTO_IPV6, IPV6_MULTICAST_HOPS)
    a.setsockopt(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0)
    a.getsockopt(IPPROTO_IPV6, IPV6_MULTICAST_LOOP)
    a.setsockopt(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 2)


def not_on_a_stream():
    a = socket()
    a.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, inet_aton("224.0.0.251") + inet_aton("127.0.0.1"))
    a.setsockopt(IPPROTO_IP, IP_MULTICAST_TTL, 1)
    a.setsockopt(IPPROTO_IP, IP_MULTICAST_IF, inet_aton("127.0.0.1"))
    b = socket(AF_UNIX, SOCK_DGRAM)
    b.setsockopt(IPPROTO_IP, IP_MULTICAST_TTL, 1)


def one_port_for_two():
    """Two sockets on one port, with SO_REUSEADDR: each gets a group's datagram."""
    a = socket(AF_INET, SOCK_DGRAM)
    a.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    a.bind(("", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    b.bind(a.getsockname())
    a.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, inet_aton("224.0.0.251") + inet_aton("127.0.0.1"))
    b.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, inet_aton("224.0.0.251") + inet_aton("127.0.0.1"))
    c = socket(AF_INET, SOCK_DGRAM)
    c.setsockopt(IPPROTO_IP, IP_MULTICAST_IF, inet_aton("127.0.0.1"))
    c.sendto(b"to both", ("224.0.0.251", a.getsockname()[1]))
    a.recv(10)
    b.recv(10)


def broadcast_on_loopback():
    a = socket(AF_INET, SOCK_DGRAM)
    a.bind(("", 0))
    b = socket(AF_INET, SOCK_DGRAM)
    b.sendto(b"x", ("127.255.255.255", a.getsockname()[1]))
    b.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)
    b.sendto(b"x", ("127.255.255.255", a.getsockname()[1]))
    a.recvfrom(10)
