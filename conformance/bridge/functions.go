//go:build unix

package main

import (
	"reflect"

	"example.com/socket"
)

// functions are the calls that are no method.
var functions = map[string]any{
	"Release": handles.release, // what Python's garbage collection does

	"New":               socket.New,
	"FromFd":            socket.FromFd,
	"SocketPair":        socket.SocketPair,
	"CloseFd":           socket.CloseFd,
	"CreateConnection":  socket.CreateConnection,
	"CreateServer":      socket.CreateServer,
	"HasDualStackIPv6":  socket.HasDualStackIPv6,
	"GetDefaultTimeout": socket.GetDefaultTimeout,
	"SetDefaultTimeout": socket.SetDefaultTimeout,

	"SendFds":   socket.SendFds,
	"RecvFds":   socket.RecvFds,
	"CmsgLen":   socket.CmsgLen,
	"CmsgSpace": socket.CmsgSpace,

	"GetAddrInfo":       socket.GetAddrInfo[string],
	"GetAddrInfoOfPort": socket.GetAddrInfo[int],
	"GetNameInfo":       socket.GetNameInfo,
	"GetFQDN":           socket.GetFQDN,
	"GetHostByName":     socket.GetHostByName,
	"GetHostByNameEx":   socket.GetHostByNameEx,
	"GetHostByAddr":     socket.GetHostByAddr,
	"GetServByName":     socket.GetServByName,
	"GetServByPort":     socket.GetServByPort,
	"GetProtoByName":    socket.GetProtoByName,
	"GetHostName":       socket.GetHostName,
	"SetHostName":       socket.SetHostName,

	"Htons":         socket.Htons,
	"Htonl":         socket.Htonl,
	"Ntohs":         socket.Ntohs,
	"Ntohl":         socket.Ntohl,
	"InetAton":      socket.InetAton,
	"InetNtoa":      socket.InetNtoa,
	"InetPton":      socket.InetPton,
	"InetNtop":      socket.InetNtop,
	"IfNameIndex":   socket.IfNameIndex,
	"IfNameToIndex": socket.IfNameToIndex,
	"IfIndexToName": socket.IfIndexToName,
}

// constructors make addresses and options.
var constructors = map[string]any{
	"Addr":          socket.Addr,
	"Addr6":         socket.Addr6,
	"Timeout":       socket.Timeout,
	"SourceAddress": socket.SourceAddress,
	"AllErrors":     socket.AllErrors,
	"Backlog":       socket.Backlog,
	"ReusePort":     socket.ReusePort,
	"DualStackIPv6": socket.DualStackIPv6,
}

// types are those of the other addresses and arguments.
var types = byName(
	socket.AddressFamily(0), socket.SocketKind(0), socket.Proto(0), socket.Fileno(0), socket.AddressInfo(0),
	socket.UnixAddr(""),
)

func byName(values ...any) map[string]reflect.Type {
	named := map[string]reflect.Type{}
	for _, v := range values {
		t := reflect.TypeOf(v)
		named[t.Name()] = t
	}
	return named
}
