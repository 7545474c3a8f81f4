#!/usr/bin/env bash
# Starts the member of etcd that was admitted for this machine, unless it runs, and has it promoted to a voter.
: "${ADDRESS:?}" "${IDENTITY:?}"
: "${member_record:?}" "${version_record:?}"

readonly data_folder=/var/lib/etcd

main() {
  local id
  one_at_a_time
  wait_for 60 "etcd to say which members it has" member_id "https://$ADDRESS:2380" ||
    fail "etcd does not answer: $LAST_SEEN" "it has no quorum" "bring its members back first"
  id=$(member_id "https://$ADDRESS:2380")
  [[ -n $id ]] || fail "etcd has no member at $ADDRESS" "somebody has taken it out" \
    "replace this machine: put its name into the key replace"
  if [[ $(cat "$member_record" 2>/dev/null) != "$id" ]]; then
    clear_data
    record_member "$id"
  fi
  phase "starting its member of etcd"
  describe_first_start
  systemctl --no-block start etcd
  wait_for 180 "etcd to start" has_started ||
    fail_with_words "etcd does not start: $LAST_SEEN" "its words are below" "put right what they say, then run \`pulumi up\` again"
  wait_for 300 "etcd to make it a voter" is_voter "$id" ||
    fail_with_words "it did not become a voter: $LAST_SEEN" "it has not caught up with the leader" "look at the network between the members and at its disk"
  etcdctl put "pulumi-kubeadm/machines/$NODE" "$IDENTITY" >/dev/null
}

# What a member left that is no longer one; etcd would not start with it.
clear_data() {
  systemctl stop etcd
  [[ ! -e $data_folder/member ]] || phase "clearing the data of an earlier member"
  rm --recursive --force "$data_folder/member" "$version_record"
}

has_started() {
  is_active && return
  describe_first_start
  return 1
}

# Until it has data, etcd wants to be told all members there are, and others may come while it starts. It would make an
# etcd of its own if it were told nothing.
describe_first_start() {
  local list members
  [[ ! -e $data_folder/member/wal ]] || return 0
  list=$(etcdctl member list) || return 0
  mapfile -t members < <(awk -F', ' -v own="https://$ADDRESS:2380" -v name="$NODE" \
    '{print ($4 == own ? name : $3 == "" ? $1 : $3) "=" $4}' <<<"$list")
  write_first_start existing "${members[@]}"
}

# is_voter ID: a learner is promoted; etcd refuses until it has all data.
is_voter() {
  etcdctl member list | grep --quiet "^$1, .*, false\$" && return
  etcdctl member promote "$1"
}

main "$@" </dev/null
