package remote

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/pulumi/pulumi-go-provider/infer"
	"golang.org/x/crypto/ssh"
)

// Connection is the SSH server that a resource works on, with the one that may have to be passed to reach it.
type Connection struct {
	Endpoint
	Proxy *ProxyConnection `pulumi:"proxy,optional"`
}

// Annotate describes the type in the schema.
func (c *Connection) Annotate(a infer.Annotator) {
	a.Describe(&c, "How to connect to a machine.")
	a.Describe(&c.Proxy, "How to connect to the bastion in front of the machine.")
}

// ProxyConnection is a bastion.
type ProxyConnection struct {
	Endpoint
}

// Annotate describes the type in the schema.
func (c *ProxyConnection) Annotate(a infer.Annotator) {
	a.Describe(&c, "How to connect to a bastion.")
}

// client is an SSH connection together with the connection to the bastion that carries it.
type client struct {
	*ssh.Client
	proxy *ssh.Client
}

// Close ends both connections, and with them every session.
func (c *client) Close() {
	_ = c.Client.Close()
	if c.proxy != nil {
		_ = c.proxy.Close()
	}
}

// dial connects, trying again as often as the connection allows.
func (c *Connection) dial(ctx context.Context) (*client, error) {
	if c.Proxy == nil {
		direct, err := c.handshake(ctx, "Dial", dialTCP)
		if err != nil {
			return nil, err
		}
		return &client{Client: direct}, nil
	}

	proxy, err := c.Proxy.handshake(ctx, "Dial proxy", dialTCP)
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	behind, err := c.handshake(ctx, "Dial", proxy.DialContext)
	if err != nil {
		_ = proxy.Close()
		return nil, fmt.Errorf("proxy: %w", err)
	}
	return &client{Client: behind, proxy: proxy}, nil
}

type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// dialTCP notices within a minute that the other side is gone, so that no command waits for it for ever.
func dialTCP(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 15 * time.Second, Interval: 15 * time.Second, Count: 3,
	}}
	return dialer.DialContext(ctx, network, address)
}

// handshake connects over what dial gives until it succeeds or the endpoint's limit of errors is reached.
func (e *Endpoint) handshake(ctx context.Context, what string, dial dialFunc) (*ssh.Client, error) {
	config, release, err := e.clientConfig()
	if err != nil {
		return nil, err
	}
	defer release()
	return retry(ctx, what, e.dialErrorLimit(), func() (*ssh.Client, error) {
		return e.handshakeOnce(ctx, config, dial)
	})
}

func (e *Endpoint) handshakeOnce(ctx context.Context, config *ssh.ClientConfig, dial dialFunc) (*ssh.Client, error) {
	if limit := e.perDialTimeout(); limit > 0 {
		limited, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		ctx = limited
	}
	conn, err := dial(ctx, "tcp", e.address())
	if err != nil {
		return nil, err
	}
	// A deadline on conn would do the same, but a connection through a proxy has none.
	keep := context.AfterFunc(ctx, func() { _ = conn.Close() })
	sshConn, channels, requests, err := ssh.NewClientConn(conn, e.address(), config)
	if !keep() {
		err = fmt.Errorf("ssh: no handshake with %s: %w", e.address(), ctx.Err())
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return ssh.NewClient(sshConn, channels, requests), nil
}
