// pulumi-resource-random is the plugin behind @pulumi/random.
package main

import (
	"context"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"

	"pulumi-kubeadm/offline/providers/random"
)

func main() {
	tfbridge.Main(context.Background(), "random", random.Info(), tfbridge.ProviderMetadata{PackageSchema: random.Schema})
}
