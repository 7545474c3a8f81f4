// Package shim opens HashiCorp's tls provider, which is internal to its module, to this one.
package shim

import (
	"github.com/hashicorp/terraform-plugin-framework/provider"
	internal "github.com/hashicorp/terraform-provider-tls/internal/provider"
)

// New makes the tls provider.
func New() provider.Provider { return internal.New() }
