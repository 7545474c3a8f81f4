// Package shim opens HashiCorp's random provider, which is internal to its module, to this one.
package shim

import (
	"github.com/hashicorp/terraform-plugin-framework/provider"
	internal "github.com/terraform-providers/terraform-provider-random/internal/provider"
)

// New makes the random provider.
func New() provider.Provider { return internal.New() }
