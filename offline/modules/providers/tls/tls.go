// Package tls describes HashiCorp's tls provider to Pulumi as @pulumi/tls knows it.
package tls

import (
	_ "embed"

	"github.com/hashicorp/terraform-provider-tls/shim"
	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
)

// Schema is the package's schema, made by ../generate.
//
//go:embed schema.json
var Schema []byte

//go:embed bridge-metadata.json
var metadata []byte

// Info maps the provider's resources to Pulumi's; Version is that of the npm package.
func Info() tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		Name:         "tls",
		Version:      "5.6.1",
		P:            pf.ShimProvider(shim.New()),
		MetadataInfo: tfbridge.NewProviderMetadata(metadata),
	}
	info.MustComputeTokens(tokens.SingleModule("tls_", "index", tokens.MakeStandard("tls")))
	return info
}
