package local

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"

	"pulumi-kubeadm/offline/command/output"
)

// Run is the function command:local:run.
type Run struct{}

// Annotate describes the function in the schema.
func (r *Run) Annotate(a infer.Annotator) {
	a.Describe(&r, "Runs a command on this computer, in every preview and every update.")
}

// RunInputs are the arguments of Run.
type RunInputs struct {
	Process
	Command string `pulumi:"command"`
}

// Annotate describes the fields in the schema.
func (i *RunInputs) Annotate(a infer.Annotator) {
	a.Describe(&i.Command, "The command to run.")
}

// RunOutputs are the results of Run.
type RunOutputs struct {
	RunInputs
	Result
}

// Invoke runs the command.
func (*Run) Invoke(
	ctx context.Context, request infer.FunctionRequest[RunInputs],
) (infer.FunctionResponse[RunOutputs], error) {
	result, err := request.Input.run(ctx, request.Input.Command, output.Streams{})
	return infer.FunctionResponse[RunOutputs]{Output: RunOutputs{RunInputs: request.Input, Result: result}}, err
}
