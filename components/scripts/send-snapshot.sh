#!/usr/bin/env bash
# Sends a snapshot of etcd to the machine that the cluster begins with. Runs on the operator's computer.
: "${SNAPSHOT_FILE:?}"

main() {
  if [[ ${1:-} == delete ]]; then
    return
  fi
  phase "sending it $SNAPSHOT_FILE"
  on_machine "sudo --non-interactive bash -c 'umask 077 && mkdir -p /var/lib/pulumi-kubeadm && cat >/var/lib/pulumi-kubeadm/restore.db'" 3<"$SNAPSHOT_FILE" ||
    fail "the snapshot did not arrive" "see ssh's words above" "put right what they say, then run \`pulumi up\` again"
}

main "$@" </dev/null
