#!/usr/bin/env bash
# Whose turn it is to be away from external etcd: a key in etcd itself, so that no two members ever are.
: "${ADDRESS:?}"

readonly size_key=pulumi-kubeadm/size
readonly turn_key=pulumi-kubeadm/turn
# A turn ends by itself when whoever has it was killed.
readonly turn_seconds=180

# in_turn: whether etcd can do without this member, and it alone is about to be away. Who cannot go lets others go first.
in_turn() {
  local declared
  declared=$(etcdctl get "$size_key" --print-value-only) || return 1
  if [[ -z $declared ]]; then
    echo "etcd does not say how many members it is meant to have"
    return 1
  fi
  others_suffice "$declared" && take_turn || return 1
  others_suffice "$declared" && return
  end_turn
  return 1
}

take_turn() {
  local holder lease answer
  holder=$(etcdctl get "$turn_key" --print-value-only) || return 1
  if [[ $holder == "$NODE" ]]; then
    end_turn
  elif [[ -n $holder ]]; then
    echo "it is the turn of $holder"
    return 1
  fi
  lease=$(etcdctl lease grant "$turn_seconds" | awk '{print $2}') || return 1
  answer=$(etcdctl txn <<<"create(\"$turn_key\") = \"0\""$'\n\n'"put $turn_key $NODE --lease=$lease") || return 1
  [[ $answer == SUCCESS* ]] && return
  echo "it has just become the turn of another member"
  etcdctl lease revoke "$lease"
  return 1
}

end_turn() {
  etcdctl del "$turn_key" >/dev/null
}
