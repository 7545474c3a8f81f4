package remote

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	provider "github.com/pulumi/pulumi-go-provider"
	"golang.org/x/crypto/ssh"

	"pulumi-kubeadm/offline/command/output"
)

// run executes command in a session of its own and keeps its output. Without a command it does nothing.
func (s *CommandState) run(ctx context.Context, command *string) error {
	if command == nil {
		return nil
	}
	client, err := s.Connection.dial(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	defer context.AfterFunc(ctx, client.Close)()

	session, err := client.NewSession()
	if err != nil {
		return err
	}
	defer session.Close()
	if err := s.setEnvironment(ctx, session); err != nil {
		return err
	}

	capture := output.NewCapture(ctx, output.LoggingOf(s.Logging))
	session.Stdout, session.Stderr = capture.Stdout, capture.Stderr
	err = runWithInput(session, *command, valueOr(s.Stdin, ""))
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	streams, err := capture.Finish(*command, err)
	if err == nil {
		s.Streams = streams
	}
	return err
}

// runWithInput runs command. Unlike with Session.Stdin, a command may succeed without reading all of its input.
func runWithInput(session *ssh.Session, command, input string) error {
	stdin, err := session.StdinPipe()
	if err != nil {
		return err
	}
	if err := session.Start(command); err != nil {
		return err
	}
	go func() {
		_, _ = io.WriteString(stdin, input)
		_ = stdin.Close()
	}()
	return session.Wait()
}

func (s *CommandState) setEnvironment(ctx context.Context, session *ssh.Session) error {
	log := provider.GetLogger(ctx)
	for _, name := range slices.Sorted(maps.Keys(s.Environment)) {
		if err := session.Setenv(name, s.Environment[name]); err != nil {
			log.Error(refusedVariable(name))
			return fmt.Errorf("could not set environment variable %q: %w", name, err)
		}
	}
	for name, value := range s.Previous(s.AddPreviousOutputInEnv) {
		if err := session.Setenv(name, value); err != nil {
			log.Warning(refusedVariable(name))
		}
	}
	return nil
}

func refusedVariable(name string) string {
	return fmt.Sprintf("the SSH server refused the environment variable %s: name it in AcceptEnv of its sshd_config, "+
		"or assign it in the command or on stdin", name)
}
