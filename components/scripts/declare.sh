#!/usr/bin/env bash
# Records in the cluster how many control planes it is meant to have; evictions are held against it.
: "${CONTROL_PLANE_NODES:?}"

main() {
  one_at_a_time
  wait_for_api
  phase "declaring $CONTROL_PLANE_NODES control planes"
  kubectl apply --server-side --field-manager pulumi-kubeadm --filename - >/dev/null <<RECORD
apiVersion: v1
kind: ConfigMap
metadata:
  name: pulumi-kubeadm
  namespace: kube-system
data:
  controlPlaneNodes: "$CONTROL_PLANE_NODES"
RECORD
}

main "$@" </dev/null
