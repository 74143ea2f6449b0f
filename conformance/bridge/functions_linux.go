package main

import (
	"maps"

	"example.com/socket"
)

func init() {
	maps.Copy(types, byName(
		socket.NetlinkAddr{}, socket.PacketAddr{}, socket.VSOCKAddr{}, socket.ALGAddr{}, socket.TIPCAddr{}, socket.QIPCRTRAddr{},
		socket.CANAddr{}, socket.CANISOTPAddr{}, socket.CANJ1939Addr{},
		socket.BluetoothL2Addr{}, socket.BluetoothRCAddr{}, socket.BluetoothHCIAddr{}, socket.BluetoothSCOAddr{},
	))
}
