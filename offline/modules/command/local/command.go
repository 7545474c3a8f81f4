// Package local runs commands on the computer that runs Pulumi.
package local

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"pulumi-kubeadm/offline/command/lifecycle"
)

// Command is the resource command:local:Command.
type Command struct{}

// Annotate describes the resource in the schema.
func (c *Command) Annotate(a infer.Annotator) {
	a.Describe(&c, "A command that runs on this computer when the resource is created, updated or deleted.")
}

// CommandInputs are the arguments of a Command.
type CommandInputs struct {
	lifecycle.Inputs
	Process
}

// CommandState is what the engine keeps of a Command.
type CommandState struct {
	CommandInputs
	Result
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
	state := CommandState{CommandInputs: request.Inputs, Result: request.State.Result}
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

// run executes command and keeps its result. Without a command it does nothing.
func (s *CommandState) run(ctx context.Context, command *string) error {
	if command == nil {
		return nil
	}
	result, err := s.Process.run(ctx, *command, s.Streams)
	if err == nil {
		s.Result = result
	}
	return err
}
