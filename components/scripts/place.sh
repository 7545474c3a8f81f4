#!/usr/bin/env bash
# The place of a node, which machines have one after another; where each comes before the last one goes, they share it.
# PLACE is what they all are to the program; the name of each as a node goes on with a word of its own.
: "${PLACE:?}"

shares_its_place() {
  [[ $NODE != "$PLACE" ]]
}

is_in_its_place() {
  [[ $1 =~ ^$PLACE(-[a-z][0-9a-z]*)?$ ]]
}

# Whether only the record goes, as when that alone is replaced: nobody came after this node, and somebody is to be there.
keeps_its_place() {
  local places names name last=""
  shares_its_place && is_this_machine || return 1
  places=$(kubectl --namespace kube-system get configmap pulumi-kubeadm --output 'jsonpath={.data.places}') ||
    fail "the cluster does not say which places it has" "the API server does not answer" "see its log"
  names=$(kubectl get nodes --sort-by .metadata.creationTimestamp --output 'jsonpath={range .items[*]}{.metadata.name}{"\n"}{end}') ||
    fail "the cluster does not say which nodes it has" "the API server does not answer" "see its log"
  while read -r name; do
    ! is_in_its_place "$name" || last=$name
  done <<<"$names"
  [[ $last == "$NODE" && " $places " == *" $PLACE "* ]]
}
