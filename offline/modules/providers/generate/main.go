// generate writes schema.json and bridge-metadata.json of one provider:
//
//	PROVIDER=tls go run ./generate schema --skip-docs --out tls
package main

import (
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"

	"pulumi-kubeadm/offline/providers/random"
	"pulumi-kubeadm/offline/providers/tls"
)

func main() {
	if os.Getenv("PROVIDER") == "random" {
		tfgen.Main("random", random.Info())
	} else {
		tfgen.Main("tls", tls.Info())
	}
}
