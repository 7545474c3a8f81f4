package remote

import (
	"net"
	"os"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// authMethods lists the ways to log in, in the order in which they are tried. Call release after the last handshake.
func (e *Endpoint) authMethods() (methods []ssh.AuthMethod, release func(), err error) {
	release = func() {}
	switch socket := e.agentSocket(); {
	case e.PrivateKey != nil:
		signer, err := e.signer()
		if err != nil {
			return nil, nil, err
		}
		methods = append(methods, ssh.PublicKeys(signer))
	case socket != "":
		// SSH tries only one method of the kind "publickey", so an agent beside a private key would never be asked.
		conn, err := net.Dial("unix", socket)
		if err != nil {
			return nil, nil, err
		}
		release = func() { _ = conn.Close() }
		methods = append(methods, ssh.PublicKeysCallback(agent.NewClient(conn).Signers))
	}
	if e.Password != nil {
		methods = append(methods, ssh.Password(*e.Password), ssh.KeyboardInteractive(e.answerWithPassword))
	}
	return methods, release, nil
}

func (e *Endpoint) signer() (ssh.Signer, error) {
	if e.PrivateKeyPassword != nil {
		return ssh.ParsePrivateKeyWithPassphrase([]byte(*e.PrivateKey), []byte(*e.PrivateKeyPassword))
	}
	return ssh.ParsePrivateKey([]byte(*e.PrivateKey))
}

func (e *Endpoint) agentSocket() string {
	return valueOr(e.AgentSocketPath, os.Getenv("SSH_AUTH_SOCK"))
}

func (e *Endpoint) answerWithPassword(_, _ string, questions []string, _ []bool) ([]string, error) {
	answers := make([]string, len(questions))
	for i := range answers {
		answers[i] = *e.Password
	}
	return answers, nil
}
