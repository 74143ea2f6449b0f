package socket_test

import (
	"crypto/sha256"
	"errors"
	"testing"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// The families that come with a kernel module, each skipped with the module's
// name where it isn't loaded.

const (
	canCure  = "modprobe -a can can_raw can_bcm can_isotp can_j1939 vcan"
	vcanCure = "ip link add dev vcan0 type vcan && ip link set up vcan0"
)

// vcanSocket opens an AF_CAN socket, on a machine that has the interface vcan0.
func vcanSocket(t *testing.T, kind socket.SocketKind, proto socket.Proto) *socket.Socket {
	t.Helper()
	s := opens(t, canCure, socket.AF_CAN, kind, proto)
	if _, err := socket.IfNameToIndex("vcan0"); err != nil {
		t.Skipf("vcan0: %v: %s", err, vcanCure)
	}
	return s
}

// canFrame is a struct can_frame of linux/can.h.
func canFrame(id uint32, data string) []byte {
	b := native.AppendUint32(nil, id)
	b = append(b, byte(len(data)), 0, 0, 0)
	return append(append(b, data...), make([]byte, 8-len(data))...)
}

func TestCANRaw(t *testing.T) {
	s := vcanSocket(t, socket.SOCK_RAW, socket.CAN_RAW)
	r := vcanSocket(t, socket.SOCK_RAW, socket.CAN_RAW)
	wantBound(t, s, socket.CANAddr{"vcan0"}, socket.CANAddr{"vcan0"})
	wantBound(t, r, socket.CANAddr{}, socket.CANAddr{}) // all interfaces
	frame := canFrame(0x123, "frame")
	if _, err := s.Send(frame); err != nil {
		t.Fatal(err)
	}
	wantPacket(t, r, string(frame), socket.CANAddr{"vcan0"})
}

func TestCANBroadcastManager(t *testing.T) {
	s := vcanSocket(t, socket.SOCK_DGRAM, socket.CAN_BCM)
	must(t, s.Connect(socket.CANAddr{"vcan0"}))
	if err := s.Connect(socket.CANAddr{"vcan0"}); !errors.Is(err, unix.EISCONN) {
		t.Errorf("a second Connect: %v, want EISCONN", err)
	}
}

func TestCANISOTP(t *testing.T) {
	a := vcanSocket(t, socket.SOCK_DGRAM, socket.CAN_ISOTP)
	b := vcanSocket(t, socket.SOCK_DGRAM, socket.CAN_ISOTP)
	nameA, nameB := socket.CANISOTPAddr{"vcan0", 0x7E0, 0x7E8}, socket.CANISOTPAddr{"vcan0", 0x7E8, 0x7E0}
	wantBound(t, a, nameA, nameA)
	wantBound(t, b, nameB, nameB)
	if _, err := a.Send([]byte("single")); err != nil {
		t.Fatal(err)
	}
	if data, err := b.Recv(100); string(data) != "single" || err != nil {
		t.Errorf("Recv() = %q, %v", data, err)
	}
}

func TestCANJ1939(t *testing.T) {
	s := vcanSocket(t, socket.SOCK_DGRAM, socket.CAN_J1939)
	r := vcanSocket(t, socket.SOCK_DGRAM, socket.CAN_J1939)
	node := func(addr uint8) socket.CANJ1939Addr {
		return socket.CANJ1939Addr{"vcan0", socket.J1939_NO_NAME, socket.J1939_NO_PGN, addr}
	}
	wantBound(t, s, node(0x20), node(0x20))
	wantBound(t, r, node(0x30), node(0x30))
	to := node(0x30)
	to.PGN = 0x12300
	if _, err := s.SendTo([]byte("j1939"), to); err != nil {
		t.Fatal(err)
	}
	from := node(0x20)
	from.PGN = 0x12300
	wantPacket(t, r, "j1939", from)
}

// wantBound binds s and checks the name that it has then.
func wantBound(t *testing.T, s *socket.Socket, to, want socket.Address) {
	t.Helper()
	must(t, s.Bind(to))
	if name, err := s.GetSockName(); err != nil || name != want {
		t.Errorf("GetSockName() = %v, %v, want %v", name, err, want)
	}
}

func TestALGHash(t *testing.T) {
	const cure = "modprobe -a af_alg algif_hash"
	s := opens(t, cure, socket.AF_ALG, socket.SOCK_SEQPACKET)
	err := s.Bind(socket.ALGAddr{Type: "hash", Name: "sha256"})
	if errors.Is(err, unix.ENOENT) {
		t.Skipf("%v: %s", err, cure)
	}
	must(t, err)
	if name, err := s.GetSockName(); !errors.Is(err, unix.EOPNOTSUPP) {
		t.Errorf("GetSockName() = %v, %v, want EOPNOTSUPP", name, err)
	}
	op, from, err := s.Accept()
	must(t, err)
	defer op.Close()
	if from != nil {
		t.Errorf("accepted from %v, want nil", from)
	}
	must(t, op.SendAll([]byte("abc")))
	got, err := op.Recv(64)
	must(t, err)
	if want := sha256.Sum256([]byte("abc")); string(got) != string(want[:]) {
		t.Errorf("the kernel's SHA-256 is %x, want %x", got, want)
	}
}

func TestTIPC(t *testing.T) {
	const service = 18888
	server := opens(t, "modprobe tipc", socket.AF_TIPC, socket.SOCK_RDM)
	client := opens(t, "modprobe tipc", socket.AF_TIPC, socket.SOCK_RDM)
	must(t, server.Bind(socket.TIPCAddr{AddrType: socket.TIPC_ADDR_NAMESEQ, V1: service, V2: 5, V3: 17}))
	to := socket.TIPCAddr{AddrType: socket.TIPC_ADDR_NAME, V1: service, V2: 11}
	if _, err := client.SendTo([]byte("tipc"), to); err != nil {
		t.Fatal(err)
	}
	data, from, err := server.RecvFrom(100)
	must(t, err)
	name, err := client.GetSockName()
	must(t, err)
	a, ok := from.(socket.TIPCAddr)
	b, ok2 := name.(socket.TIPCAddr)
	if string(data) != "tipc" || !ok || !ok2 || a.AddrType != socket.TIPC_ADDR_ID || a.V1 != b.V1 || a.V2 != b.V2 {
		t.Errorf("RecvFrom() = %q from %v, want it from %v", data, from, name)
	}
}

func TestQIPCRTR(t *testing.T) {
	s := opens(t, "modprobe qrtr", socket.AF_QIPCRTR, socket.SOCK_DGRAM)
	r := opens(t, "modprobe qrtr", socket.AF_QIPCRTR, socket.SOCK_DGRAM)
	name, err := r.GetSockName()
	must(t, err)
	own, ok := name.(socket.QIPCRTRAddr)
	if !ok {
		t.Fatalf("GetSockName() = %#v, want a QIPCRTRAddr", name)
	}
	must(t, r.Bind(socket.QIPCRTRAddr{Node: own.Node})) // any port
	must(t, s.Bind(socket.QIPCRTRAddr{Node: own.Node}))
	to, err := r.GetSockName()
	must(t, err)
	from, err := s.GetSockName()
	must(t, err)
	if to.Port() == 0 || to == from {
		t.Errorf("bound to %v and %v, want two ports", to, from)
	}
	if _, err := s.SendTo([]byte("qrtr"), to); err != nil {
		t.Fatal(err)
	}
	wantPacket(t, r, "qrtr", from)
}

func TestRDS(t *testing.T) {
	const cure = "modprobe -a rds rds_tcp"
	s := opens(t, cure, socket.AF_RDS, socket.SOCK_SEQPACKET)
	r := opens(t, cure, socket.AF_RDS, socket.SOCK_SEQPACKET)
	must(t, s.Bind(socket.Addr("127.0.0.1", 0)))
	must(t, r.Bind(socket.Addr("127.0.0.1", 0)))
	to, err := r.GetSockName()
	must(t, err)
	from, err := s.GetSockName()
	must(t, err)
	if _, err := s.SendTo([]byte("rds"), to); err != nil {
		t.Fatal(err)
	}
	wantPacket(t, r, "rds", from)
}

// Bluetooth needs no adapter to bind to any.
func TestBluetooth(t *testing.T) {
	const cure = "modprobe -a bluetooth rfcomm"
	const firstPSM = 0x1001 // of those that L2CAP gives to who asks for none
	for _, tt := range []struct {
		name  string
		kind  socket.SocketKind
		proto socket.Proto
		any   socket.Address
	}{
		{"L2CAP", socket.SOCK_SEQPACKET, socket.BTPROTO_L2CAP, socket.BluetoothL2Addr{BDAddr: socket.BDADDR_ANY}},
		{"RFCOMM", socket.SOCK_STREAM, socket.BTPROTO_RFCOMM, socket.BluetoothRCAddr{BDAddr: socket.BDADDR_ANY}},
		{"SCO", socket.SOCK_SEQPACKET, socket.BTPROTO_SCO, socket.BluetoothSCOAddr{BDAddr: socket.BDADDR_ANY}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := opens(t, cure, socket.AF_BLUETOOTH, tt.kind, tt.proto)
			must(t, s.Bind(tt.any))
			name, err := s.GetSockName()
			must(t, err)
			if a, ok := name.(socket.BluetoothL2Addr); ok && a.PSM >= firstPSM {
				a.PSM = 0
				name = a
			}
			if name != tt.any {
				t.Errorf("GetSockName() = %v, want %v", name, tt.any)
			}
		})
	}
	t.Run("HCI", func(t *testing.T) {
		s := opens(t, cure, socket.AF_BLUETOOTH, socket.SOCK_RAW, socket.Proto(socket.BTPROTO_HCI))
		must(t, s.Bind(socket.BluetoothHCIAddr{DevID: socket.HCI_DEV_NONE}))
	})
}
