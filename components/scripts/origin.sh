#!/usr/bin/env bash
# Which cluster the nodes belong to: the one that a restore began, or the one before it.
: "${ORIGIN?}"

readonly origin_record=/var/lib/pulumi-kubeadm/origin

# Whether the admin machine knows of another cluster than the one that this node is of: then a restore gave it up.
is_given_up() {
  [[ -e $origin_record && $(<"$origin_record") != "$ORIGIN" ]]
}
