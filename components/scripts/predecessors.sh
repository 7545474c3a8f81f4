#!/usr/bin/env bash
# What earlier machines in the place of this one keep from its member of etcd, where they go after it has come.

# They are left to their eviction. But nobody goes on with a join of theirs, and etcd takes no new member while one is away.
clear_predecessors() {
  local tokens members name secret peer client
  shares_its_place || return 0
  tokens=$(admitted)
  while IFS=$'\t' read -r name secret; do
    ! is_predecessor "$name" || kubectl --namespace kube-system delete secret "$secret" --ignore-not-found >/dev/null
  done <<<"$tokens"
  members=$(etcdctl member list)
  while read -r name peer client; do
    is_predecessor "$name" || continue
    wait_for 30 "the member of $name to be healthy" etcdctl endpoint health --endpoints "$client" ||
      clear_predecessor "$name" "$peer"
  done < <(awk -F', ' '$2 == "started" && $6 == "false" {print $3, $4, $5}' <<<"$members")
}

is_predecessor() {
  [[ $1 != "$NODE" ]] && is_in_its_place "$1"
}

# clear_predecessor NAME PEER_URL: as its eviction would.
clear_predecessor() {
  local ADDRESS=${2#https://}
  ADDRESS=${ADDRESS%:*}
  phase "clearing what $1 left, whose member of etcd is away"
  open_turns
  wait_for_quorum "$1"
  kubectl delete node "$1" --ignore-not-found >/dev/null
  forget_pods "$1"
  remove_member "$2" ||
    fail "etcd does not let the member of $1 go: $LAST_SEEN" "another member is missing or not healthy" "bring the others back first"
  flock --unlock 8
}

# With nobody on the way, a learner is what a join has left that was given up, and etcd takes no other one beside it.
clear_learners() {
  local members peer
  shares_its_place || return 0
  members=$(etcdctl member list)
  while read -r peer; do
    remove_member "$peer"
  done < <(awk -F', ' '$6 == "true" {print $4}' <<<"$members")
}
