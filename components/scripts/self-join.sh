#!/usr/bin/env bash
# Makes this instance a node by itself, with the scripts that a machine over SSH gets. systemd runs it until it succeeds.
: "${PREPARE:?}" "${JOIN:?}" "${GROUP:?}" "${HOOK:?}"

readonly token_pattern='^[a-z0-9]{6}\.[a-z0-9]{16}$'

main() {
  local token pool=$NODE
  phase "asking what instance it is"
  wait_for 120 "the instance metadata service" describe_instance ||
    fail "the instance does not say what it is: $LAST_SEEN" "the metadata service is off or does not answer" \
      "look at the metadata options of the launch template"
  eval "$LAST_SEEN"
  echo "$pool: is $NODE at ${address:?}"
  install_packages
  run_part 900 "$PREPARE"
  phase "reading the pool's token"
  wait_for 600 "a token in the parameter $PARAMETER" read_token ||
    fail "there is no token: $LAST_SEEN" "no control plane has handed one over, or the instance's role may not read it" \
      "look at journalctl -u pulumi-kubeadm-join-token on the control planes, and at the policy of the instance's role"
  token=$LAST_SEEN
  run_part 1500 "$JOIN"
  phase "telling the group $GROUP that it has joined"
  wait_for 300 "the group's answer" complete_launch ||
    fail "the group was not told that this instance has joined: $LAST_SEEN" "the instance's role may not, or there is no way to the service" \
      "look at the role's policy autoscaling:CompleteLifecycleAction and at the route to the service's endpoint; an hour after its start the group ends it"
  systemctl disable --quiet pulumi-kubeadm-self-join.service
  phase "has joined"
}

# Prints assignments of what the two parts are told. Each is held against what it may look like, since it becomes a part of
# a script.
describe_instance() {
  local id ip zone region kind lifecycle
  id=$(metadata instance-id) || return
  ip=$(metadata local-ipv4) || return
  zone=$(metadata placement/availability-zone) || return
  region=$(metadata placement/region) || return
  kind=$(metadata instance-type) || return
  lifecycle=$(metadata instance-life-cycle) || return
  printf '%s\n' "$id" "$ip" "$zone" "$region" "$kind" "$lifecycle" | grep --invert-match --extended-regexp '^[a-z0-9.-]+$' && return 1
  echo "NODE=$id address=$ip zone=$zone region=$region kind=$kind lifecycle=$lifecycle"
}

# Images of Debian and Ubuntu lack some of what the checks of a machine ask for.
install_packages() {
  local missing=() package
  for package in conntrack curl ethtool iptables nftables openssl socat; do
    dpkg-query --show --showformat '${db:Status-Status}\n' "$package" 2>/dev/null | grep --quiet --line-regexp installed || missing+=("$package")
  done
  ((${#missing[@]} > 0)) || return 0
  phase "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get --quiet --quiet --option DPkg::Lock::Timeout=300 update
  apt-get --quiet --quiet --option DPkg::Lock::Timeout=300 install --yes --no-install-recommends "${missing[@]}"
}

read_token() {
  local value
  value=$(get_parameter) || {
    echo "$value"
    return 1
  }
  [[ $value =~ $token_pattern ]] || {
    echo "the parameter holds no token yet"
    return 1
  }
  echo "$value"
}

# The group waits for it, or others would go for an instance that does not join. For one that is older than the group's hook,
# or has told it already, it does not wait.
complete_launch() {
  local answer action=Action=CompleteLifecycleAction\&Version=2011-01-01
  answer=$(call_service autoscaling "${AWS_ENDPOINT_URL_AUTO_SCALING:-}" \
    "$action&AutoScalingGroupName=$GROUP&LifecycleHookName=$HOOK&InstanceId=$NODE&LifecycleActionResult=CONTINUE" \
    --header "Content-Type: application/x-www-form-urlencoded") ||
    grep --quiet "No active Lifecycle Action" <<<"$answer" || {
    echo "$answer"
    return 1
  }
}

# run_part LIMIT TEXT: a script as a machine over SSH gets it: on stdin, with what only the instance knows filled in.
run_part() {
  local text=$2
  text=${text//@INSTANCE@/"$NODE"}
  text=${text//@ADDRESS@/"$address"}
  text=${text//@ZONE@/"$zone"}
  text=${text//@REGION@/"$region"}
  text=${text//@INSTANCE_TYPE@/"$kind"}
  text=${text//@LIFECYCLE@/"$lifecycle"}
  text=${text//@TOKEN.@/"${token-}"}
  printf '%s\n' "$text" | timeout --kill-after=10 "$1" bash -s -- create
}

main "$@" </dev/null
