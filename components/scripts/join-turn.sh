#!/usr/bin/env bash
# The turn of a control plane that is to join with a member of etcd.

turn_limit_seconds=900

# etcd takes one new member at a time. It would refuse kubeadm's further tries for as long as another one is on its way, and
# keep each of them in its log: a member that starts again soon after takes them for members, and calls them for ever.
wait_for_turn() {
  phase "waiting until no other control plane joins"
  open_turns
  wait_for "$turn_limit_seconds" "the control planes that join before it" in_turn nobody_joins ||
    fail "another control plane is still joining: $LAST_SEEN" "its join failed, or its machine is gone" \
      "run \`pulumi up\` again; take a machine that is gone out of the configuration, or replace it"
}

# No control plane has a token and is not a voter yet.
nobody_joins() {
  local tokens members name
  tokens=$(admitted) || return 1
  members=$(etcdctl member list) || return 1
  while IFS=$'\t' read -r name _; do
    [[ $name == control-plane-* && $name != "$NODE" ]] || continue
    if ! grep --quiet "started, $name, .*, false$" <<<"$members"; then
      echo "$name is on its way"
      return 1
    fi
  done <<<"$tokens"
}

# The machine that each token is for, and its Secret.
admitted() {
  kubectl --namespace kube-system get secrets --field-selector type=bootstrap.kubernetes.io/token \
    --output 'go-template={{range .items}}{{with .data.description}}{{base64decode .}}{{end}}{{"\t"}}{{.metadata.name}}{{"\n"}}{{end}}'
}
