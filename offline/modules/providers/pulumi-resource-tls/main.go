// pulumi-resource-tls is the plugin behind @pulumi/tls.
package main

import (
	"context"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"

	"pulumi-kubeadm/offline/providers/tls"
)

func main() {
	tfbridge.Main(context.Background(), "tls", tls.Info(), tfbridge.ProviderMetadata{PackageSchema: tls.Schema})
}
