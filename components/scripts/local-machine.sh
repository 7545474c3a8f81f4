#!/usr/bin/env bash
# A container that is used as a machine: systemd, sshd, one user with sudo. Runs on the operator's computer.
: "${CLUSTER:?}" "${NETWORK:?}" "${ADDRESS:?}" "${IMAGE:?}" "${PUBLISH?}"
: "${CPUS?}" "${MEMORY_MEBIBYTES?}" "${HOST_KEY:?}" "${AUTHORIZED_KEY:?}"

container=$CLUSTER-$NODE
mirror=${PULUMI_KUBEADM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pulumi-kubeadm}/mirror

main() {
  remove_container
  if [[ ${1:-} == delete ]]; then
    return
  fi
  docker image inspect "$IMAGE" >/dev/null 2>&1 ||
    fail "there is no image $IMAGE" "this computer was not prepared for platform local" "run \`npm start\`, which prepares it"
  create_container
  if [[ -n $PUBLISH ]]; then
    docker network connect "$NETWORK-published" "$container"
  fi
  docker start "$container" >/dev/null ||
    fail "the container did not start" "see Docker's words above" "free the port or the address that it names"
  docker exec --interactive "$container" bash -s <<<"$(keys_script)"
  # The step's output is the machine's identity.
  docker inspect --format '{{.Id}}' "$container"
}

remove_container() {
  local words
  try_to_remove && return
  thaw || true
  try_to_remove ||
    fail "the container $container cannot be removed: $words" "Docker does not answer, or cannot end what runs in it" \
      "see that \`docker info\` answers, end it as Docker's words say, or restart Docker"
}

try_to_remove() {
  words=$(docker rm --force --volumes "$container" 2>&1) || is_gone
}

# A Docker that does not answer says nothing of the container. Its words for that may be "no such file", of its socket.
is_gone() {
  local said
  said=$(docker container inspect "$container" 2>&1) && return 1
  [[ ${said,,} == *"no such container"* ]]
}

# With version 1 of cgroups a process that runc had frozen when its machine was killed does not end, and Docker waits in vain.
thaw() {
  local id
  id=$(docker inspect --format '{{.Id}}' "$container")
  # shellcheck disable=SC2016 # Expanded in the container.
  docker run --rm --network none --entrypoint bash --volume /sys/fs/cgroup/freezer:/freezer "$IMAGE" -c \
    'find /freezer -path "*$0*" -name freezer.state -exec bash -c "echo THAWED >\"\$0\"" {} \;' "$id" 2>/dev/null
}

create_container() {
  local flags=()
  if [[ -n $PUBLISH ]]; then
    flags+=(--publish "$PUBLISH")
  fi
  if [[ -n $CPUS ]]; then
    flags+=(--cpus "$CPUS")
  fi
  if [[ -n $MEMORY_MEBIBYTES ]]; then
    flags+=(--memory "${MEMORY_MEBIBYTES}m" --memory-swap "${MEMORY_MEBIBYTES}m")
  fi
  docker create --name "$container" --hostname "$NODE" --label "pulumi-kubeadm=$CLUSTER" --restart unless-stopped \
    --network "$NETWORK" --ip "$ADDRESS" --env "ADDRESS=$ADDRESS" "${flags[@]}" \
    --cap-add ALL --cap-drop SYS_RESOURCE --cgroupns private --device /dev/kmsg --device-cgroup-rule 'a *:* rwm' \
    --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined \
    --sysctl net.ipv4.ip_forward=1 --tmpfs /run --tmpfs /run/lock --tmpfs /tmp \
    --volume /var --volume /lib/modules:/lib/modules:ro --volume "$mirror:/opt/mirror:ro" \
    "$IMAGE" >/dev/null
}

# The entry point waits for the host key, so it comes last.
keys_script() {
  cat <<SCRIPT
set -e
umask 077
install -m 0600 -o admin -g admin /dev/null /home/admin/.ssh/authorized_keys
echo '$AUTHORIZED_KEY' >/home/admin/.ssh/authorized_keys
cat >/etc/ssh/ssh_host_ed25519_key.new <<'KEY'
$HOST_KEY
KEY
mv /etc/ssh/ssh_host_ed25519_key.new /etc/ssh/ssh_host_ed25519_key
SCRIPT
}

main "$@" </dev/null
