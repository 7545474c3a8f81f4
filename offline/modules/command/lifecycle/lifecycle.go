// Package lifecycle holds what local and remote commands have in common: which command runs when.
package lifecycle

import (
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Inputs are the commands of a resource, one per step of its life, and what replaces it.
type Inputs struct {
	Triggers *[]any  `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Create   *string `pulumi:"create,optional"`
	Update   *string `pulumi:"update,optional"`
	Delete   *string `pulumi:"delete,optional"`
}

// Annotate describes the fields in the schema.
func (i *Inputs) Annotate(a infer.Annotator) {
	a.Describe(&i.Triggers, "Values of any type; a change to one of them replaces the resource.")
	a.Describe(&i.Create, "The command that runs when the resource is created.")
	a.Describe(&i.Update, "The command that runs when another input changes; without it, `create` runs again.")
	a.Describe(&i.Delete, "The command that runs when the resource is deleted.")
}

// OnUpdate returns the command that an update runs, or nil.
func (i *Inputs) OnUpdate() *string {
	if i.Update != nil {
		return i.Update
	}
	return i.Create
}
