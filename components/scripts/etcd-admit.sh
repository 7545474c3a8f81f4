#!/usr/bin/env bash
# Clears what an earlier machine of this name left in etcd, then admits this one as a learner, which has no vote.
# When it goes, its member is taken out, as soon as etcd can do without it.
: "${ADDRESS:?}" "${IDENTITY:?}"

main() {
  one_at_a_time
  if [[ ${1:-} == delete ]]; then
    leave
    return
  fi
  wait_for 120 "etcd to answer" etcdctl member list ||
    fail "etcd does not answer: $LAST_SEEN" "it has no quorum" "bring its members back first"
  if is_this_machine; then
    phase "is a member already"
    return
  fi
  remove_member "https://$ADDRESS:2380" || cannot_leave
  phase "admitting it as a learner"
  wait_for 120 "etcd to take another learner" add_learner ||
    fail "etcd takes no other member: $LAST_SEEN" "another member is missing or not healthy" "bring the others back first"
}

is_this_machine() {
  [[ $(etcdctl get "pulumi-kubeadm/machines/$NODE" --print-value-only) == "$IDENTITY" && -n $(member_id "https://$ADDRESS:2380") ]]
}

add_learner() {
  local id
  id=$(member_id "https://$ADDRESS:2380") || return 1
  [[ -n $id ]] || etcdctl member add "$NODE" --learner --peer-urls "https://$ADDRESS:2380"
}

leave() {
  phase "waiting until etcd can do without it"
  wait_for 900 "etcd to be able to do without $NODE" in_turn || cannot_leave
  remove_member "https://$ADDRESS:2380" alive || cannot_leave
  end_turn
}

cannot_leave() {
  fail "etcd would lose its quorum: $LAST_SEEN" "another member is missing or not healthy" "bring the others back first"
}

main "$@" </dev/null
