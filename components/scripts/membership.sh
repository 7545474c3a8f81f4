#!/usr/bin/env bash
# Makes a joined machine a member in full standing: Ready, with its labels and taints.
: "${IDENTITY:?}" "${TOKEN_ID:?}" "${LABELS[@]-}" "${TAINTS[@]-}" "${CNI:?}" "${KUBERNETES_VERSION:?}" "${CONTAINERD_VERSION:?}"

ready_limit_seconds=300

main() {
  one_at_a_time
  wait_for_api
  phase "setting its labels and taints"
  settle_node
  phase "waiting until it is Ready"
  wait_for "$ready_limit_seconds" "$NODE to be Ready" node_is_ready || explain_not_ready
  take_pods_again
  delete_token
}

# Labels and taints that an earlier run set and this one does not name are taken away; those of others stay.
settle_node() {
  local patch
  wait_for 60 "the Node object" node_exists ||
    fail "there is no Node named $NODE" "its kubelet never registered" "look at journalctl -u kubelet on the machine"
  kubectl annotate --overwrite node "$NODE" "pulumi-kubeadm/machine=$IDENTITY" >/dev/null
  patch=$(printf '%s\n' "${LABELS[@]}")
  change_set label "$patch"
  patch=$(printf '%s\n' "${TAINTS[@]}")
  change_set taint "$patch"
}

node_exists() {
  [[ -n $(node_field '{.metadata.name}') ]]
}

# change_set label|taint LINES: applies the lines, removes those of the last run that are gone, and remembers these. kubectl
# refuses to remove a taint that the node does not have.
change_set() {
  local kind=$1 wanted=$2 record="pulumi-kubeadm/${1}s" before present line arguments=()
  present=$(node_field '{range .spec.taints[*]}{.key}:{.effect}{"\n"}{end}')
  before=$(node_field "{.metadata.annotations.pulumi-kubeadm/${kind}s}")
  while read -r line; do
    [[ -z $line ]] || arguments+=("$line")
  done <<<"$wanted"
  for line in $before; do
    line=$(identifier "$kind" "$line")
    if ! grep --quiet --fixed-strings --line-regexp "$line" < <(identifiers "$kind" "$wanted") &&
      [[ $kind == label || $'\n'$present$'\n' == *$'\n'"$line"$'\n'* ]]; then
      arguments+=("$line-")
    fi
  done
  ((${#arguments[@]} == 0)) || kubectl "$kind" --overwrite node "$NODE" "${arguments[@]}" >/dev/null
  kubectl annotate --overwrite node "$NODE" "$record=$(tr '\n' ' ' <<<"$wanted" | sed 's/ *$//')" >/dev/null
}

identifiers() {
  while read -r line; do
    identifier "$1" "$line"
  done <<<"$2"
}

# A label is its key; a taint its key and effect.
identifier() {
  if [[ $1 == label ]]; then
    echo "${2%%=*}"
  else
    sed -E 's/^([^=:]*)(=[^:]*)?:/\1:/' <<<"$2"
  fi
}

node_is_ready() {
  local versions conditions
  versions=$(node_versions)
  conditions=$(node_field '{.status.conditions[?(@.type=="Ready")].status} {.status.conditions[?(@.type=="Ready")].message}')
  echo "$conditions (kubelet ${versions% *}, containerd ${versions#* })"
  [[ $versions == "$KUBERNETES_VERSION $CONTAINERD_VERSION" ]] || return 1
  # Without a network plugin of ours a node waits for the one that the user brings.
  [[ $conditions == True* || ($CNI == none && $conditions == *"cni plugin not initialized"*) ]]
}

explain_not_ready() {
  local cause="see the kubelet's message"
  case $LAST_SEEN in
    *cni* | *network*) cause="no network plugin serves the node; look at the pods of the CNI on it" ;;
    "" | Unknown*) cause="its kubelet does not report; look at journalctl -u kubelet on the machine" ;;
  esac
  fail "$NODE is not Ready after $ready_limit_seconds s: $LAST_SEEN" "$cause" "put it right, then run \`pulumi up\` again"
}

main "$@" </dev/null
