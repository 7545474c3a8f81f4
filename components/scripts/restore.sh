#!/usr/bin/env bash
# The data of a cluster from a snapshot of etcd, on the machine that it begins with.
: "${SNAPSHOT_CHECKSUM?}" "${ADDRESS:?}" "${IDENTITY:?}" "${log_file?}"

readonly snapshot_file=/var/lib/pulumi-kubeadm/restore.db

# Makes the data of a member that is alone. Revisions leap, and all before are marked as gone, so that nobody who watches
# takes what they saw of the lost cluster for what is there now.
restore_etcd() {
  phase "restoring etcd's data from the snapshot"
  [[ $(sha256sum "$snapshot_file" 2>&1 | cut -d' ' -f1) == "$SNAPSHOT_CHECKSUM" ]] ||
    fail "the snapshot on this machine is not the one that was described" "it was changed while the update ran" \
      "run \`pulumi up\` again with the snapshot as it is"
  etcdutl snapshot restore "$snapshot_file" --data-dir /var/lib/etcd --bump-revision 1000000000 --mark-compacted \
    --name "$NODE" --initial-cluster "$NODE=https://$ADDRESS:2380" --initial-advertise-peer-urls "https://$ADDRESS:2380" \
    --initial-cluster-token "$IDENTITY" >>"$log_file" 2>&1 ||
    fail "etcdutl does not restore the snapshot" "see its words below" "take another snapshot"
}

# Other nodes come back with machines that join, and nobody is there to renew the leases of leaders. The pods of their control
# planes would pass for running ones. Machines that joined by themselves, which have the label of their pool, were not made
# anew and go on.
forget_lost_machines() {
  phase "forgetting the machines of the lost cluster"
  wait_for 60 "the API server to forget them" delete_lost ||
    fail "the nodes of the lost cluster could not be deleted: $LAST_SEEN" "the API server does not answer" "look at its log"
}

delete_lost() {
  kubectl delete nodes --selector '!pulumi-kubeadm/pool' --field-selector "metadata.name!=$NODE" &&
    kubectl --namespace kube-system delete pods --selector tier=control-plane --field-selector "spec.nodeName!=$NODE" \
      --force --grace-period 0 &&
    kubectl --namespace kube-system delete lease kube-controller-manager kube-scheduler --ignore-not-found
}
