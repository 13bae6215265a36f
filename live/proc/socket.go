package proc

import (
	"cmp"
	"net"
	"slices"
	"strconv"

	"github.com/prometheus/procfs"
)

// Sockets are those of a process that are in one state and talk to one peer.
type Sockets struct {
	Peer  string // host:port, of TCP; for what listens, where
	State string // "established", "listen", "close-wait", …, "udp"
	Count int
}

// states are the kernel's numbers of TCP's states.
var states = map[uint64]string{
	1: "established", 2: "syn-sent", 3: "syn-recv", 4: "fin-wait-1", 5: "fin-wait-2", 6: "time-wait",
	7: "close", 8: "close-wait", 9: "last-ack", 10: "listen", 11: "closing",
}

const listening = 10

// line is a socket of the process's network namespace.
type line struct {
	inode     uint64
	local     net.TCPAddr
	peer      net.TCPAddr
	state     uint64
	connected bool // TCP
}

// lines reads the tables of the process's network namespace, which may be another
// than ours.
func (p *Process) lines(udp bool) []line {
	fs, err := procfs.NewFS(p.path(""))
	if err != nil {
		return nil
	}
	var all []line
	//lint:ignore SA1019 netlink asks the kernel about our own namespace; the tables of /proc/PID are the process's
	for _, read := range []func() (procfs.NetTCP, error){fs.NetTCP, fs.NetTCP6} {
		list, err := read()
		if err != nil {
			continue
		}
		for _, l := range list {
			all = append(all, line{
				inode: l.Inode, state: l.St, connected: true,
				local: net.TCPAddr{IP: l.LocalAddr, Port: int(l.LocalPort)},
				peer:  net.TCPAddr{IP: l.RemAddr, Port: int(l.RemPort)},
			})
		}
	}
	if !udp {
		return all
	}
	for _, read := range []func() (procfs.NetUDP, error){fs.NetUDP, fs.NetUDP6} {
		list, err := read()
		if err != nil {
			continue
		}
		for _, l := range list {
			all = append(all, line{inode: l.Inode, local: net.TCPAddr{IP: l.LocalAddr, Port: int(l.LocalPort)}})
		}
	}
	return all
}

// sockets groups those that the process has open. Connections that came in are
// grouped by where they came to, and only the host they came from.
func (p *Process) sockets(inodes map[uint64]bool) []Sockets {
	if len(inodes) == 0 {
		return nil
	}
	lines := p.lines(true)
	listens := map[int]bool{} // port -> something listens there
	for _, l := range lines {
		if l.connected && l.state == listening && inodes[l.inode] {
			listens[l.local.Port] = true
		}
	}
	counts := map[Sockets]int{}
	for _, l := range lines {
		if !inodes[l.inode] {
			continue
		}
		delete(inodes, l.inode)
		s := Sockets{Peer: l.peer.String(), State: states[l.state]}
		switch {
		case !l.connected:
			s.Peer, s.State = l.local.String(), "udp"
		case l.state == listening:
			s.Peer = l.local.String()
		case listens[l.local.Port]:
			s.Peer = l.peer.IP.String() + " → :" + strconv.Itoa(l.local.Port)
		}
		counts[s]++
	}
	if len(inodes) > 0 {
		counts[Sockets{State: "local"}] = len(inodes) // no internet address
	}
	var list []Sockets
	for s, n := range counts {
		s.Count = n
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b Sockets) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Peer, b.Peer), cmp.Compare(a.State, b.State))
	})
	return list
}

// Listens are the addresses at which the process waits for connections.
func (p *Process) Listens() []net.TCPAddr {
	targets, err := p.p.FileDescriptorTargets()
	if err != nil {
		return nil
	}
	inodes := map[uint64]bool{}
	for _, target := range targets {
		if _, inode := descriptor(target); inode > 0 {
			inodes[inode] = true
		}
	}
	if len(inodes) == 0 {
		return nil
	}
	var list []net.TCPAddr
	for _, l := range p.lines(false) {
		if l.state == listening && inodes[l.inode] {
			list = append(list, l.local)
		}
	}
	return list
}
