//go:build !linux

package proc

import (
	"context"
	"net"
)

// Dial connects to an address.
func (p *Process) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, network, addr)
}

// ForgetCode does nothing here.
func ForgetCode() {}
