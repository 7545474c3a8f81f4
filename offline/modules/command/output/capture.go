// Package output collects what a command prints: for the resource's outputs, for error messages and, line by line,
// for the engine's log.
package output

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	provider "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Streams are the outputs of a command.
type Streams struct {
	Stdout string `pulumi:"stdout"`
	Stderr string `pulumi:"stderr"`
}

// Annotate describes the fields in the schema.
func (s *Streams) Annotate(a infer.Annotator) {
	a.Describe(&s.Stdout, "What the command wrote to standard output, without one trailing newline.")
	a.Describe(&s.Stderr, "What the command wrote to standard error, without one trailing newline.")
}

// Capture receives both output streams of one command.
type Capture struct {
	Stdout, Stderr io.Writer

	stdout, stderr bytes.Buffer
	both           lockedBuffer
	logs           []*lineLog
}

// NewCapture makes a Capture that shows the chosen streams in the engine's log while the command runs.
func NewCapture(ctx context.Context, logging Logging) *Capture {
	c := &Capture{}
	c.Stdout = c.tee(ctx, &c.stdout, logging.showsStdout())
	c.Stderr = c.tee(ctx, &c.stderr, logging.showsStderr())
	return c
}

func (c *Capture) tee(ctx context.Context, stream io.Writer, isLogged bool) io.Writer {
	writers := []io.Writer{stream, &c.both}
	if isLogged {
		log := &lineLog{send: provider.GetLogger(ctx).InfoStatus}
		c.logs = append(c.logs, log)
		writers = append(writers, log)
	}
	return io.MultiWriter(writers...)
}

// Finish returns what was captured, or, if the command failed, an error with the command and all that it printed.
// Call it once, after the command has ended.
func (c *Capture) Finish(command string, err error) (Streams, error) {
	for _, log := range c.logs {
		log.flush()
	}
	if err != nil {
		return Streams{}, fmt.Errorf("%w: running %q:\n%s", err, command, valid(c.both.String()))
	}
	return Streams{
		Stdout: strings.TrimSuffix(valid(c.stdout.String()), "\n"),
		Stderr: strings.TrimSuffix(valid(c.stderr.String()), "\n"),
	}, nil
}

// valid replaces what is not UTF-8, which the engine's protocol cannot carry.
func valid(text string) string {
	return strings.ToValidUTF8(text, "\uFFFD")
}

// lockedBuffer is a buffer that two streams may write to at once.
type lockedBuffer struct {
	bytes.Buffer
	mutex sync.Mutex
}

func (b *lockedBuffer) Write(data []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.Buffer.Write(data)
}
