#!/usr/bin/env bash
# The Docker networks of the machines, none of which has a way out. Runs on the operator's computer.
: "${NETWORK:?}" "${SUBNET:?}" "${CLUSTER:?}"

# Docker publishes no port of an internal network, so the load balancer is on a second one without masquerading.
published=$NETWORK-published

main() {
  remove_network "$NETWORK"
  remove_network "$published"
  if [[ ${1:-} == delete ]]; then
    return
  fi
  phase "creating the network $SUBNET"
  docker info >/dev/null 2>&1 ||
    fail "the Docker daemon does not answer" "it is not installed, not running, or not for this user" "run \`npm start\`, which sees to it"
  create_network "$NETWORK" --internal --subnet "$SUBNET"
  create_network "$published" --opt com.docker.network.bridge.enable_ip_masquerade=false
}

remove_network() {
  local words
  words=$(docker network rm "$1" 2>&1) || is_gone "$1" ||
    fail "the network $1 cannot be removed: $words" "Docker does not answer, or a container is still on it" \
      "see that \`docker info\` answers; docker network inspect $1 names the container to remove"
}

# A Docker that does not answer says nothing of the network.
is_gone() {
  local said
  said=$(docker network inspect "$1" 2>&1) && return 1
  [[ ${said,,} == *"no such network"* || ${said,,} == *"network "*"not found"* ]]
}

create_network() {
  local name=$1
  shift
  docker network create --label "pulumi-kubeadm=$CLUSTER" "$@" "$name" >/dev/null ||
    fail "no network $SUBNET" "another network or interface of this computer has this subnet" "choose another localSubnet"
}

main "$@" </dev/null
