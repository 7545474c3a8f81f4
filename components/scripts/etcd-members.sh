#!/usr/bin/env bash
# The members of etcd, through the etcdctl of the script that this is a part of.

# member_id PEER_URL: the id of the etcd member with this peer URL, or nothing.
member_id() {
  etcdctl member list | awk -F', ' -v url="$1" '$4 == url {print $1}'
}

# remove_member PEER_URL [alive]: takes the member with this peer URL out, if there is one. etcd refuses while another
# member is connected for less than 5 s, as one is that has just joined; meanwhile one that is alive may come to lead again.
remove_member() {
  local id
  wait_for 60 "etcd to say which members it has" member_id "$1" || return 1
  id=$(member_id "$1") || return 1
  [[ -n $id ]] || return 0
  phase "taking its etcd member out"
  wait_for 60 "etcd to let its member go" member_goes "$1" "${2:-}"
}

member_goes() {
  local id
  id=$(member_id "$1") || return 1
  [[ -n $id ]] || return 0
  [[ $2 != alive ]] || hand_over
  etcdctl member remove "$id"
}

# others_suffice DECLARED: all members but the one of $ADDRESS are healthy voters, there is another, and there are at least
# as many as the cluster declares. A learner has no vote that could be missed.
others_suffice() {
  local members is_learner endpoints
  members=$(etcdctl member list) || return 1
  is_learner=$(awk -F', ' -v own="https://$ADDRESS:2380" '$4 == own {print $6}' <<<"$members")
  [[ $is_learner == false ]] || return 0
  if (($(wc -l <<<"$members") < $1)); then
    echo "$(wc -l <<<"$members") members, $1 declared: $(awk -F', ' '{print $3}' <<<"$members" | paste -sd' ')"
    return 1
  fi
  endpoints=$(awk -F', ' -v own="https://$ADDRESS:2380" '$4 != own {print $5}' <<<"$members" | paste -sd,)
  if [[ $members != *$'\n'* ]]; then
    echo "there is no other member"
    return 1
  fi
  if [[ ,$endpoints, == *,,* ]]; then
    echo "a member has not started"
    return 1
  fi
  if grep --quiet ', true$' <<<"$members"; then
    echo "a member is still a learner"
    return 1
  fi
  etcdctl endpoint health --endpoints "$endpoints"
}

# Has another member lead than that of $ADDRESS: a leader that leaves would stop all writes until the others have found out.
hand_over() {
  local other
  other=$(etcdctl member list | awk -F', ' -v own="https://$ADDRESS:2380" '$4 != own {id = $1} END {print id}') || return 0
  etcdctl move-leader "$other" --endpoints "https://$ADDRESS:2379" >/dev/null 2>&1 || true
}

# members_are_at_least VERSION: else it prints the oldest version that runs.
members_are_at_least() {
  local oldest
  oldest=$(etcdctl endpoint status --cluster | awk -F', ' '{print $3}' | sort --version-sort | head -n 1)
  echo "$oldest"
  [[ $(printf '%s\n' "$1" "$oldest" | sort --version-sort | head -n 1) == "$1" ]]
}
