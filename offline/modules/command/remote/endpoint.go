// Package remote runs commands and copies files over SSH.
package remote

import (
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/pulumi/pulumi-go-provider/infer"
	"golang.org/x/crypto/ssh"
)

const (
	defaultUser           = "root"
	defaultPort           = 22
	defaultDialErrorLimit = 10
	defaultPerDialTimeout = 15
)

// Endpoint is one SSH server and how to log in to it.
type Endpoint struct {
	User               *string  `pulumi:"user,optional"`
	Password           *string  `pulumi:"password,optional" provider:"secret"`
	Host               string   `pulumi:"host"`
	Port               *float64 `pulumi:"port,optional"`
	PrivateKey         *string  `pulumi:"privateKey,optional" provider:"secret"`
	PrivateKeyPassword *string  `pulumi:"privateKeyPassword,optional" provider:"secret"`
	AgentSocketPath    *string  `pulumi:"agentSocketPath,optional"`
	DialErrorLimit     *int     `pulumi:"dialErrorLimit,optional"`
	PerDialTimeout     *int     `pulumi:"perDialTimeout,optional"`
	HostKey            *string  `pulumi:"hostKey,optional"`
}

// Annotate describes the fields in the schema and gives their defaults.
func (e *Endpoint) Annotate(a infer.Annotator) {
	a.Describe(&e.User, "The user to log in as.")
	a.SetDefault(&e.User, defaultUser)
	a.Describe(&e.Password, "The user's password.")
	a.Describe(&e.Host, "The host name or address of the SSH server.")
	a.Describe(&e.Port, "The port of the SSH server.")
	a.SetDefault(&e.Port, defaultPort)
	a.Describe(&e.PrivateKey, "The text of a private key; it is tried before the password.")
	a.Describe(&e.PrivateKeyPassword, "The passphrase of the private key.")
	a.Describe(&e.AgentSocketPath, "The socket of an SSH agent; by default $SSH_AUTH_SOCK, if set.")
	a.Describe(&e.DialErrorLimit, "How many failed attempts to connect are tried again; -1 is without limit.")
	a.SetDefault(&e.DialErrorLimit, defaultDialErrorLimit)
	a.Describe(&e.PerDialTimeout, "Seconds that one attempt to connect may take; 0 is without limit.")
	a.SetDefault(&e.PerDialTimeout, defaultPerDialTimeout)
	a.Describe(&e.HostKey, "The public key the server must have, as in authorized_keys; without it any is accepted.")
}

func (e *Endpoint) address() string {
	return net.JoinHostPort(e.Host, strconv.Itoa(int(valueOr(e.Port, defaultPort))))
}

func (e *Endpoint) dialErrorLimit() int {
	return valueOr(e.DialErrorLimit, defaultDialErrorLimit)
}

func (e *Endpoint) perDialTimeout() time.Duration {
	return time.Duration(valueOr(e.PerDialTimeout, defaultPerDialTimeout)) * time.Second
}

// clientConfig returns the settings for a handshake with this server. Call release when no handshake is to follow.
func (e *Endpoint) clientConfig() (config *ssh.ClientConfig, release func(), err error) {
	config = &ssh.ClientConfig{User: valueOr(e.User, defaultUser)}
	if err := e.pinHostKey(config); err != nil {
		return nil, nil, err
	}
	config.Auth, release, err = e.authMethods()
	return config, release, err
}

func (e *Endpoint) pinHostKey(config *ssh.ClientConfig) error {
	if e.HostKey == nil {
		config.HostKeyCallback = ssh.InsecureIgnoreHostKey()
		return nil
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(*e.HostKey))
	if err != nil {
		return fmt.Errorf("failed to parse host key: %w", err)
	}
	config.HostKeyCallback = ssh.FixedHostKey(key)
	config.HostKeyAlgorithms = []string{key.Type()}
	return nil
}

func valueOr[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}
