// Command pulumi-resource-command is a Pulumi plugin with the schema and the behaviour of the official "command" plugin.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/pulumi/pulumi-go-provider/infer"

	"pulumi-kubeadm/offline/command/local"
	"pulumi-kubeadm/offline/command/remote"
)

// version is the release of the official plugin, and of the npm SDK, that this one stands in for.
const version = "1.2.1"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-command:", err)
		os.Exit(1)
	}
}

func run() error {
	provider, err := infer.NewProviderBuilder().
		WithDisplayName("Command").
		WithDescription("Runs commands on this computer and, over SSH, on others.").
		WithResources(
			infer.Resource(&local.Command{}),
			infer.Resource(&remote.Command{}),
			infer.Resource(&remote.CopyToRemote{}),
		).
		WithFunctions(infer.Function(&local.Run{})).
		Build()
	if err != nil {
		return err
	}
	return provider.Run(context.Background(), "command", version)
}
