package remote

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"pulumi-kubeadm/offline/command/lifecycle"
	"pulumi-kubeadm/offline/command/output"
)

// Command is the resource command:remote:Command.
type Command struct{}

// Annotate describes the resource in the schema.
func (c *Command) Annotate(a infer.Annotator) {
	a.Describe(&c, "A command that runs on another machine, over SSH, when the resource is created, updated or deleted.")
}

// Logging is the enum command:remote:Logging.
type Logging string

// Values lists the enum for the schema.
func (Logging) Values() []infer.EnumValue[Logging] { return output.LoggingValues[Logging]() }

// CommandInputs are the arguments of a Command.
type CommandInputs struct {
	lifecycle.Inputs
	Connection             *Connection       `pulumi:"connection" provider:"secret"`
	Stdin                  *string           `pulumi:"stdin,optional"`
	Logging                *Logging          `pulumi:"logging,optional"`
	Environment            map[string]string `pulumi:"environment,optional"`
	AddPreviousOutputInEnv *bool             `pulumi:"addPreviousOutputInEnv,optional"`
}

// Annotate describes the fields in the schema.
func (i *CommandInputs) Annotate(a infer.Annotator) {
	a.Describe(&i.Connection, "How to connect to the machine.")
	a.Describe(&i.Stdin, "What the command reads from standard input.")
	a.Describe(&i.Logging, "Which output is shown while the command runs; by default both streams.")
	a.Describe(&i.Environment, "Variables for the command; the SSH server must admit them with AcceptEnv.")
	a.Describe(&i.AddPreviousOutputInEnv,
		"Whether the command sees its predecessor's output as PULUMI_COMMAND_STDOUT and PULUMI_COMMAND_STDERR; "+
			"by default yes.")
}

// CommandState is what the engine keeps of a Command.
type CommandState struct {
	CommandInputs
	output.Streams
}

// Create runs the create command.
func (*Command) Create(
	ctx context.Context, request infer.CreateRequest[CommandInputs],
) (infer.CreateResponse[CommandState], error) {
	state := CommandState{CommandInputs: request.Inputs}
	id, err := resource.NewUniqueHex(request.Name, 8, 0)
	if err == nil && !request.DryRun {
		err = state.run(ctx, state.Inputs.Create)
	}
	return infer.CreateResponse[CommandState]{ID: id, Output: state}, err
}

// Update runs the update command, or the create command if there is none.
func (*Command) Update(
	ctx context.Context, request infer.UpdateRequest[CommandInputs, CommandState],
) (infer.UpdateResponse[CommandState], error) {
	state := CommandState{CommandInputs: request.Inputs, Streams: request.State.Streams}
	var err error
	if !request.DryRun {
		err = state.run(ctx, state.OnUpdate())
	}
	return infer.UpdateResponse[CommandState]{Output: state}, err
}

// Delete runs the delete command.
func (*Command) Delete(
	ctx context.Context, request infer.DeleteRequest[CommandState],
) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, request.State.run(ctx, request.State.Inputs.Delete)
}
