package remote

import (
	"context"

	provider "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// CopyToRemote is the resource command:remote:CopyToRemote.
type CopyToRemote struct{}

// Annotate describes the resource in the schema.
func (c *CopyToRemote) Annotate(a infer.Annotator) {
	a.Describe(&c, "A file, text or directory that is copied to another machine over SFTP. It stays there on delete.")
}

// CopyToRemoteInputs are the arguments, and all that the engine keeps, of a CopyToRemote.
type CopyToRemoteInputs struct {
	Connection *Connection          `pulumi:"connection" provider:"secret"`
	Triggers   *[]any               `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Source     types.AssetOrArchive `pulumi:"source"`
	RemotePath string               `pulumi:"remotePath"`
}

// Annotate describes the fields in the schema.
func (i *CopyToRemoteInputs) Annotate(a infer.Annotator) {
	a.Describe(&i.Connection, "How to connect to the machine.")
	a.Describe(&i.Triggers, "Values of any type; a change to one of them replaces the resource.")
	a.Describe(&i.Source, "A FileAsset, a StringAsset, or a FileArchive of a file or a directory.")
	a.Describe(&i.RemotePath, "Where to copy to; into it, if it is a directory. Missing parents are made.")
}

// Check refuses a source that is not on this computer's disk or a text. An unknown one is checked when it is known.
func (*CopyToRemote) Check(
	ctx context.Context, request infer.CheckRequest,
) (infer.CheckResponse[CopyToRemoteInputs], error) {
	inputs, failures, err := infer.DefaultCheck[CopyToRemoteInputs](ctx, request.NewInputs)
	if err == nil && !request.NewInputs.Get("source").HasComputed() {
		failures = append(failures, checkSource(inputs.Source)...)
	}
	return infer.CheckResponse[CopyToRemoteInputs]{Inputs: inputs, Failures: failures}, err
}

func checkSource(source types.AssetOrArchive) []provider.CheckFailure {
	switch asset, archive := source.Asset, source.Archive; {
	case asset == nil && archive == nil:
		return []provider.CheckFailure{{Property: "asset", Reason: "either asset or archive must be set"}}
	case asset != nil && !asset.IsPath() && !asset.IsText():
		return []provider.CheckFailure{{Property: "asset", Reason: "asset must be a path-based file asset or a text asset"}}
	case archive != nil && !archive.IsPath():
		return []provider.CheckFailure{{Property: "archive", Reason: "archive must be a path to a file or directory"}}
	}
	return nil
}

// Create copies the source.
func (*CopyToRemote) Create(
	ctx context.Context, request infer.CreateRequest[CopyToRemoteInputs],
) (infer.CreateResponse[CopyToRemoteInputs], error) {
	id, err := resource.NewUniqueHex("", 8, 0)
	if err == nil && !request.DryRun {
		err = request.Inputs.upload(ctx)
	}
	return infer.CreateResponse[CopyToRemoteInputs]{ID: id, Output: request.Inputs}, err
}

// Update copies the source again.
func (*CopyToRemote) Update(
	ctx context.Context, request infer.UpdateRequest[CopyToRemoteInputs, CopyToRemoteInputs],
) (infer.UpdateResponse[CopyToRemoteInputs], error) {
	var err error
	if !request.DryRun {
		err = request.Inputs.upload(ctx)
	}
	return infer.UpdateResponse[CopyToRemoteInputs]{Output: request.Inputs}, err
}
