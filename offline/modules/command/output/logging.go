package output

import (
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Logging says which output streams the engine shows while a command runs.
type Logging string

const (
	logStdout Logging = "stdout"
	logStderr Logging = "stderr"
	logBoth   Logging = "stdoutAndStderr"
	logNone   Logging = "none"
)

// LoggingOf returns the choice that an optional input made; both streams are shown by default.
func LoggingOf[L ~string](choice *L) Logging {
	if choice == nil {
		return logBoth
	}
	return Logging(*choice)
}

// LoggingValues lists the choices for the schema, where local and remote commands each have an enum of their own.
func LoggingValues[L ~string]() []infer.EnumValue[L] {
	return []infer.EnumValue[L]{
		{Name: string(logStdout), Value: L(logStdout), Description: "Show standard output only."},
		{Name: string(logStderr), Value: L(logStderr), Description: "Show standard error only."},
		{Name: string(logBoth), Value: L(logBoth), Description: "Show standard output and standard error."},
		{Name: string(logNone), Value: L(logNone), Description: "Show nothing."},
	}
}

func (l Logging) showsStdout() bool { return l == logStdout || l == logBoth }
func (l Logging) showsStderr() bool { return l == logStderr || l == logBoth }
