// Package random describes HashiCorp's random provider to Pulumi as @pulumi/random knows it.
package random

import (
	"context"
	_ "embed"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	bridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/terraform-providers/terraform-provider-random/shim"
)

// Schema is the package's schema, made by ../generate.
//
//go:embed schema.json
var Schema []byte

//go:embed bridge-metadata.json
var metadata []byte

// Info maps the provider's resources to Pulumi's; Version is that of the npm package.
func Info() bridge.ProviderInfo {
	info := bridge.ProviderInfo{
		Name:         "random",
		Version:      "4.21.2",
		P:            tfbridge.ShimProvider(shim.New()),
		MetadataInfo: bridge.NewProviderMetadata(metadata),
	}
	info.MustComputeTokens(tokens.SingleModule("", "index", tokens.MakeStandard("random")))
	info.Resources["random_bytes"].ComputeID = bytesID
	return info
}

// bytesID is constant: RandomBytes has no id of its own, and one made from its value would show the secret.
func bytesID(context.Context, resource.PropertyMap) (resource.ID, error) {
	return "none", nil
}
