package local

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"pulumi-kubeadm/offline/command/output"
)

// Logging is the enum command:local:Logging.
type Logging string

// Values lists the enum for the schema.
func (Logging) Values() []infer.EnumValue[Logging] { return output.LoggingValues[Logging]() }

// Process is how a command is run and what is collected afterwards.
type Process struct {
	Stdin                  *string            `pulumi:"stdin,optional"`
	Logging                *Logging           `pulumi:"logging,optional"`
	Interpreter            *[]string          `pulumi:"interpreter,optional"`
	Dir                    *string            `pulumi:"dir,optional"`
	Environment            *map[string]string `pulumi:"environment,optional"`
	AssetPaths             *[]string          `pulumi:"assetPaths,optional"`
	ArchivePaths           *[]string          `pulumi:"archivePaths,optional"`
	AddPreviousOutputInEnv *bool              `pulumi:"addPreviousOutputInEnv,optional"`
}

// Annotate describes the fields in the schema.
func (p *Process) Annotate(a infer.Annotator) {
	a.Describe(&p.Stdin, "What the command reads from standard input.")
	a.Describe(&p.Logging, "Which output is shown while the command runs; by default both streams.")
	a.Describe(&p.Interpreter, "The program that gets the command as its last argument; by default /bin/sh -c.")
	a.Describe(&p.Dir, "The directory in which the command runs.")
	a.Describe(&p.Environment, "Variables for the command, beside those of the plugin.")
	a.Describe(&p.AssetPaths, "Globs of files to return as assets after the command; `!` excludes.")
	a.Describe(&p.ArchivePaths, "Globs of files to return as one archive after the command; `!` excludes.")
	a.Describe(&p.AddPreviousOutputInEnv,
		"Whether the command sees its predecessor's output as PULUMI_COMMAND_STDOUT and PULUMI_COMMAND_STDERR; "+
			"by default yes.")
}

// Result is what a command leaves.
type Result struct {
	output.Streams
	Assets  *map[string]*types.AssetOrArchive `pulumi:"assets,optional"`
	Archive *resource.Archive                 `pulumi:"archive,optional"`
}

// Annotate describes the fields in the schema.
func (r *Result) Annotate(a infer.Annotator) {
	a.Describe(&r.Assets, "The files that `assetPaths` found, by their path below the directory.")
	a.Describe(&r.Archive, "The files that `archivePaths` found.")
}

func (p *Process) run(ctx context.Context, command string, previous output.Streams) (Result, error) {
	capture := output.NewCapture(ctx, output.LoggingOf(p.Logging))
	process := p.prepare(ctx, command, previous)
	process.Stdout, process.Stderr = capture.Stdout, capture.Stderr
	err := process.Run()
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	streams, err := capture.Finish(command, err)
	if err != nil {
		return Result{}, err
	}
	return p.collect(streams)
}

func (p *Process) prepare(ctx context.Context, command string, previous output.Streams) *exec.Cmd {
	arguments := []string{"/bin/sh", "-c"}
	if p.Interpreter != nil && len(*p.Interpreter) > 0 {
		arguments = *p.Interpreter
	}
	process := exec.CommandContext(ctx, arguments[0], append(arguments[1:len(arguments):len(arguments)], command)...)
	process.Stdin = strings.NewReader(valueOrZero(p.Stdin))
	process.Dir = valueOrZero(p.Dir)

	variables := maps.Clone(valueOrZero(p.Environment))
	if variables == nil {
		variables = map[string]string{}
	}
	maps.Copy(variables, previous.Previous(p.AddPreviousOutputInEnv))
	process.Env = os.Environ()
	for name, value := range variables {
		process.Env = append(process.Env, name+"="+value)
	}

	// A group of its own, so that the processes which the interpreter started end with it.
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	process.Cancel = func() error { return syscall.Kill(-process.Process.Pid, syscall.SIGKILL) }
	return process
}

func (p *Process) collect(streams output.Streams) (Result, error) {
	result := Result{Streams: streams}
	dir := valueOrZero(p.Dir)
	if p.AssetPaths != nil {
		assets, err := findAssets(dir, *p.AssetPaths)
		if err != nil {
			return Result{}, err
		}
		result.Assets = &assets
	}
	if p.ArchivePaths != nil {
		archive, err := findArchive(dir, *p.ArchivePaths)
		if err != nil {
			return Result{}, err
		}
		result.Archive = archive
	}
	return result, nil
}

func valueOrZero[T any](value *T) T {
	if value == nil {
		var zero T
		return zero
	}
	return *value
}
